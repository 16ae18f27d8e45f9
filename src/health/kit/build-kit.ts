import { writeJsonText } from '../../bundle/formats/json-text.js'
import { exitCode, Failure } from '../../platform/failure.js'
import type { Mdm } from '../../policy/delivery.js'
import type { LoadedPolicy } from '../../policy/load-policy.js'
import { hookKit } from './hook-kit.js'
import { kitManifest, type ProbeKit } from './kit-manifest.js'
import { kitPaths } from './kit-places.js'
import { type KitFile, kitPlan } from './kit-plan.js'
import { kitReadme } from './kit-readme.js'
import { kitRunBooks } from './kit-run-books.js'
import { kitWarnings } from './kit-warnings.js'
import { fleetdmFiles, osqueryPack } from './osquery-files.js'
import { probeScripts } from './probe-scripts.js'
import { publishKit } from './publish-kit.js'
import { scheduledProbe } from './scheduled-probe.js'

/** What `fleet probe build` was asked for. */
export interface KitRequest {
  readonly loaded: LoadedPolicy
  /** The folder that becomes the kit. */
  readonly target: string
  /** Only for these products; undefined: for those that the policy delivers with. */
  readonly mdms?: readonly Mdm[] | undefined
  /** Replace a kit that was changed by hand. */
  readonly force: boolean
  /** Make everything, and write nothing. */
  readonly dryRun: boolean
}

/** What was built. */
export interface BuiltKit {
  readonly folder: string
  readonly written: boolean
  readonly manifest: ProbeKit
  /** Programs of this machine that read the shell scripts without objection; empty where it has none. */
  readonly scriptsReadBy: readonly string[]
}

/** The files of a kit without README, manifest and sums: the same policy gives the same bytes. */
export function kitFiles(loaded: LoadedPolicy, mdms?: readonly Mdm[]): readonly KitFile[] {
  const plan = kitPlan(loaded, mdms)
  const files = [
    ...probeScripts(plan),
    ...fleetdmFiles(plan),
    ...osqueryPack(plan),
    ...scheduledProbe(plan),
    ...hookKit(plan),
  ]
  return [...files, ...kitRunBooks(plan, files)]
}

/** Makes the kit of a policy and publishes it. Throws a Failure, and leaves what was there. */
export async function buildKit({ loaded, target, mdms, force, dryRun }: KitRequest): Promise<BuiltKit> {
  if (loaded.file === undefined)
    throw new Failure(exitCode.usage, 'no-policy', 'Probes are made from a policy, and there is none here.', {
      tryThis: ['fleet init writes one.', 'Or name it: --policy fleet.yaml.'],
    })
  const plan = kitPlan(loaded, mdms)
  const warnings = kitWarnings(plan)
  const files = kitFiles(loaded, mdms)
  const readme = kitReadme(plan, files, warnings)
  const manifest = kitManifest(plan, [readme, ...files], warnings)
  if (dryRun) return { folder: target, written: false, manifest, scriptsReadBy: [] }
  const manifestFile: KitFile = { path: kitPaths.manifest, content: writeJsonText(manifest), mode: 0o644, about: '' }
  const neverOver = loaded.file === '-' ? [] : [loaded.file]
  const scriptsReadBy = await publishKit(target, [readme, ...files, manifestFile], { force, neverOver })
  return { folder: target, written: true, manifest, scriptsReadBy }
}
