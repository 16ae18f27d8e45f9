import * as z from 'zod'
import { byText } from '../../platform/by-text.js'
import { sha256 } from '../../platform/sha256.js'
import { isPlainPath } from '../../platform/summed-folder.js'
import { mdms } from '../../policy/delivery.js'
import { Probe } from '../../policy/probe.js'
import { factTable, probePlatforms } from '../facts.js'
import { jobPlaces, probeColumn, probeName } from './kit-places.js'
import type { KitFile, KitPlan } from './kit-plan.js'
import type { KitWarning } from './kit-warnings.js'

const Path = z.string().max(300).refine(isPlainPath)

/** `probe.json` of a kit, `fleet.probe-kit/v1`: what was built, for what policy, and the digest of every file. */
export const ProbeKit = z.object({
  schema: z.literal('fleet.probe-kit/v1'),
  /** Where the kit stands; only in what the command prints. */
  folder: z.string().optional(),
  /** False: only shown, with --dry-run; only in what the command prints. */
  written: z.boolean().optional(),
  /** Programs that read the shell scripts without objection; only in what the command prints. */
  scriptsReadBy: z.array(z.string()).optional(),
  organization: z.string().optional(),
  policy: z.object({ digest: z.string(), stamp: z.string().regex(/^[0-9a-f]{16}$/) }),
  mdm: z.array(z.enum(mdms)),
  platforms: z.array(z.enum(probePlatforms)),
  /** The name of the attribute, and of the column in SQL. */
  names: z.object({ attribute: z.string(), column: z.string() }),
  /** The parts of the line, in its order: the key, and the name of the fact. */
  facts: z.array(z.object({ key: z.string(), fact: z.string() })),
  staleAfterDays: Probe.shape.staleAfterDays.unwrap(),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
  files: z.array(
    z.object({
      path: Path,
      size: z.int().min(0),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      /** Octal, as `chmod` takes it. */
      mode: z.enum(['0644', '0755']),
      about: z.string(),
    }),
  ),
})
export type ProbeKit = z.infer<typeof ProbeKit>

export function kitManifest(plan: KitPlan, files: readonly KitFile[], warnings: readonly KitWarning[]): ProbeKit {
  const { organization } = plan.loaded.policy
  return {
    schema: 'fleet.probe-kit/v1',
    ...(organization !== undefined && { organization }),
    policy: { digest: plan.loaded.digest, stamp: plan.stamp },
    mdm: [...plan.mdms],
    platforms: [...plan.platforms],
    names: { attribute: probeName, column: probeColumn },
    facts: Object.entries(factTable).map(([fact, { key }]) => ({ key, fact })),
    staleAfterDays: plan.staleAfterDays,
    warnings: warnings.map(({ code, message }) => ({ code, message })),
    files: files
      .map(({ path, content, mode, about }) => ({
        path,
        size: Buffer.byteLength(content),
        sha256: sha256(content),
        mode: mode === 0o755 ? ('0755' as const) : ('0644' as const),
        about,
      }))
      .sort((a, b) => byText(a.path, b.path)),
  }
}

/** Where the line is kept on endpoints of a platform, in words. */
export function linePlace(platform: (typeof probePlatforms)[number]): string {
  return platform === 'windows'
    ? `HKLM\\${jobPlaces.windows.key}, value ${jobPlaces.windows.value}`
    : jobPlaces[platform].line
}
