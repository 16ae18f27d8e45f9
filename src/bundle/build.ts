import { relative, sep } from 'node:path'
import { compare, gte } from 'semver'
import { byText } from '../platform/by-text.js'
import { exitCode, Failure } from '../platform/failure.js'
import { sha256 } from '../platform/sha256.js'
import { mdms as allMdms } from '../policy/delivery.js'
import type { LoadedPolicy } from '../policy/load-policy.js'
import { type Environment, resolveSecret, type Secret } from '../policy/secret-reference.js'
import type { EndpointField } from '../policy/telemetry.js'
import type { Artifact, BundleFile } from './artifact.js'
import { bundleReadme } from './artifacts/bundle-readme.js'
import { companionArtifacts, settingsArtifacts } from './artifacts/index.js'
import { runBooks } from './artifacts/run-books.js'
import { checkScripts } from './check-scripts.js'
import { writeJsonText } from './formats/json-text.js'
import { lowestVersions, readScanFacts, type ScanFacts, versionsOf } from './from-scan.js'
import { type Finding, lint } from './lint/lint.js'
import { rules } from './lint/rules.js'
import { type BundleManifest, checksumLines } from './manifest.js'
import { bundlePaths } from './places.js'
import { type BundleGroup, type BundlePlan, type BundleWarning, joinedWarnings, type LowestVersion } from './plan.js'
import { openStage } from './publish.js'
import { readSettings } from './read-settings.js'
import { policyStamp } from './stamp.js'
import { secretHeaders } from './telemetry-environment.js'

/** What `fleet settings build` was asked for. */
export interface BuildRequest {
  readonly loaded: LoadedPolicy
  /** The folder that becomes the bundle. */
  readonly target: string
  readonly scan?: string | undefined
  readonly per?: EndpointField | undefined
  readonly resolveSecrets: boolean
  /** Replace a bundle that was changed by hand. */
  readonly force: boolean
  readonly asOf: number
  readonly environment: Environment
}

/** What was built. */
export interface BuiltBundle {
  readonly folder: string
  readonly manifest: BundleManifest
  /** What lint still has to say about it: warnings and notes, since errors stop the build. */
  readonly findings: readonly Finding[]
  /** Programs of this machine that read the shell scripts without objection; empty where it has none. */
  readonly scriptsReadBy: readonly string[]
}

/** One step of a build, for progress: run in order, each once. */
export interface BuildStep {
  readonly title: string
  readonly run: () => Promise<void>
}

/** The steps of a build, and what it gave once all of them have run. `discard` is for when one of them fails. */
export interface Build {
  readonly steps: readonly BuildStep[]
  readonly result: () => BuiltBundle
  readonly discard: () => void
}

/**
 * Turns a policy into a bundle folder: every artifact is written, read back with a reader of its own and compared, the
 * whole is linted, and only then the folder takes its place. Throws a Failure, and leaves no folder, when anything is
 * refused on the way.
 */
export function prepareBuild(request: BuildRequest): Build {
  const { target } = request
  const warnings: BundleWarning[] = []
  const warn = (warning: BundleWarning) => {
    warnings.push(warning)
  }
  const files: BundleFile[] = []
  let facts: ScanFacts | undefined
  let plan: BundlePlan | undefined
  let stage: Awaited<ReturnType<typeof openStage>> | undefined
  let manifest: BundleManifest | undefined
  let findings: readonly Finding[] = []
  let scriptsReadBy: readonly string[] = []

  const steps: BuildStep[] = [
    {
      title: 'Read the policy and the scan',
      async run() {
        checkRequest(request)
        facts = request.scan === undefined ? undefined : await readScanFacts(request.scan, request.per)
        plan = await makePlan(request, facts, warn)
        const { scan, loaded, force } = request
        const neverOver = [scan, loaded.file].flatMap((file) => (file === undefined || file === '-' ? [] : [file]))
        stage = await openStage(target, { force, neverOver })
      },
    },
    ...[...settingsArtifacts, ...companionArtifacts].map((artifact) => ({
      title: artifact.title,
      run: async () => addFiles(artifact, plan!, facts?.groups ?? []),
    })),
    {
      title: 'Write every file, and read it back',
      async run() {
        files.push(...runBooks(plan!, files))
        const readme = bundleReadme(plan!, files, joinedWarnings(warnings))
        manifest = manifestOf(plan!, facts, [readme, ...files], joinedWarnings(warnings))
        const manifestText = writeJsonText(manifest)
        const sums = checksumLines(manifest, manifestText)
        for (const file of [readme, ...files]) await stage!.write(file)
        const plain = { mode: 0o644, secret: false, about: '' } as const
        await stage!.write({ path: bundlePaths.checksums, content: sums, ...plain })
        await stage!.write({ path: bundlePaths.manifest, content: manifestText, ...plain })
      },
    },
    {
      title: 'Check the shell scripts',
      async run() {
        scriptsReadBy = await checkScripts(
          stage!.folder,
          files.map(({ path }) => path),
        )
      },
    },
    {
      title: 'Lint what was written',
      async run() {
        findings = await lintBundle(stage!.folder, request, plan!, facts)
      },
    },
    {
      title: 'Put the bundle in its place',
      run: () => stage!.publish({ secrets: (plan!.secrets?.size ?? 0) > 0 }),
    },
  ]

  function addFiles(artifact: Artifact, whole: BundlePlan, groups: readonly BundleGroup[]): void {
    files.push(...artifact.files(whole))
    if (!settingsArtifacts.includes(artifact)) return
    for (const group of groups) {
      const folder = `groups/${group.folder}`
      const made = artifact.files({ ...whole, group })
      files.push(...made.map((file) => ({ ...file, path: `${folder}/${file.path}` })))
    }
  }

  return {
    steps,
    result: () => ({ folder: target, manifest: manifest!, findings, scriptsReadBy }),
    discard: () => stage?.discard(),
  }
}

const sectionsOfSettings = [
  'telemetry',
  'hooks',
  'plugins',
  'permissions',
  'mcp',
  'claudeCode',
  'claudeDesktop',
] as const

function checkRequest({ loaded, scan, per, resolveSecrets }: BuildRequest): void {
  const { telemetry } = loaded.policy
  if (loaded.file === undefined)
    throw new Failure(exitCode.usage, 'no-policy', 'A bundle is made from a policy, and there is none here.', {
      tryThis: ['fleet init writes one.', 'Or name it: --policy fleet.yaml.'],
    })
  if (sectionsOfSettings.every((section) => loaded.policy[section] === undefined))
    throw new Failure(
      exitCode.inputRefused,
      'nothing-to-build',
      'The policy says nothing that settings could be made from.',
      {
        where: { file: loaded.file },
        tryThis: [`Add one of these sections: ${sectionsOfSettings.join(', ')}. fleet init shows an example of each.`],
      },
    )
  if (per !== undefined && scan === undefined)
    throw new Failure(exitCode.usage, 'per-without-scan', '--per needs the scan that says which endpoint is where.', {
      tryThis: ['Add --scan scan.json.'],
    })
  if (per !== undefined && !Object.values(telemetry?.endpointAttributes ?? {}).includes(per))
    throw new Failure(
      exitCode.usage,
      'per-unused',
      'No attribute of the policy is made from that field, so every group would be the same.',
      {
        where: { file: loaded.file, path: 'telemetry.endpointAttributes' },
        tryThis: [`Add an entry such as ${per}: ${per}.`],
      },
    )
  const hasSecrets = Object.values(telemetry?.headers ?? {}).some((value) => !value.startsWith('plain:'))
  if (telemetry?.protocol === 'grpc' && hasSecrets && !resolveSecrets)
    throw new Failure(
      exitCode.inputRefused,
      'helper-not-read',
      'Under grpc the client reads no headers helper, and static headers would put the secret into the bundle.',
      {
        where: { file: loaded.file, path: 'telemetry.protocol' },
        tryThis: [
          'Set protocol: http/protobuf (and the port to 4318): the headers then come from a helper.',
          'Or build with --resolve-secrets, which writes the headers into files that every local user can read.',
        ],
      },
    )
}

async function makePlan(
  { loaded, per, resolveSecrets, environment }: BuildRequest,
  facts: ScanFacts | undefined,
  warn: (warning: BundleWarning) => void,
): Promise<BundlePlan> {
  const { policy } = loaded
  const plan: BundlePlan = {
    loaded,
    stamp: policyStamp(policy),
    lowest: lowestVersions(policy, facts?.head, warn),
    mdms: policy.delivery?.mdm ?? allMdms,
    groupedBy: per,
    warn,
  }
  if (facts !== undefined && facts.withoutValue > 0)
    warn({
      code: 'endpoints-without-group',
      message: `${facts.withoutValue} endpoints of the scan have no value in the field of the groups: they get the bundle outside groups/.`,
    })
  if (!resolveSecrets) return plan
  const secrets = new Map<string, Secret>()
  for (const [name, reference] of secretHeaders(plan)) {
    const secret = await resolveSecret(reference, environment, loaded.folder)
    // In a header list a comma would begin the next header.
    if (!/^[\x21-\x2b\x2d-\x7e](?:[\x20-\x2b\x2d-\x7e]*[\x21-\x2b\x2d-\x7e])?$/.test(secret.reveal()))
      throw new Failure(
        exitCode.inputRefused,
        'secret-invalid',
        'The value of a header must be visible ASCII without a comma.',
        {
          tryThis: [`${reference}: use another value, or the headers helper (without --resolve-secrets).`],
        },
      )
    secrets.set(name, secret)
  }
  if (secrets.size > 0)
    warn({
      code: 'secrets-written',
      message:
        'This bundle holds secrets: its marked files are for their owner only, and on endpoints every local user can read them.',
    })
  return { ...plan, secrets }
}

function manifestOf(
  plan: BundlePlan,
  facts: ScanFacts | undefined,
  files: readonly BundleFile[],
  warnings: readonly BundleWarning[],
): BundleManifest {
  const { policy, digest } = plan.loaded
  const lowest = (version: BundlePlan['lowest']['code']) => version && { version: version.normal, from: version.from }
  const [desktop, code] = [lowest(plan.lowest.desktop), lowest(plan.lowest.code)]
  const groups = facts?.groups ?? []
  return {
    schema: 'fleet.bundle/v1',
    ...(policy.organization !== undefined && { organization: policy.organization }),
    policy: { digest, stamp: plan.stamp },
    lowest: { ...(desktop && { desktop }), ...(code && { code }) },
    ...(groups.length > 0 && {
      groups: groups.map(({ field, value, folder, endpoints }) => ({
        field,
        value,
        folder: `groups/${folder}`,
        endpoints: endpoints.length,
      })),
    }),
    secrets: files.some(({ secret }) => secret),
    warnings: [...warnings],
    files: files
      .map(({ path, content, mode, secret, about }) => ({
        path,
        size: Buffer.byteLength(content),
        sha256: sha256(content),
        mode: `0${mode.toString(8)}` as '0600' | '0644' | '0755',
        secret,
        about,
      }))
      .sort((a, b) => byText(a.path, b.path)),
  }
}

/** Lints the stage as a stranger's bundle; an error means that the policy asks for what clients would drop or leak. */
async function lintBundle(
  folder: string,
  request: BuildRequest,
  plan: BundlePlan,
  facts: ScanFacts | undefined,
): Promise<readonly Finding[]> {
  const { groups, refused } = await readSettings([folder])
  const [unreadable] = refused
  if (unreadable !== undefined)
    throw new Failure(
      exitCode.verificationFailed,
      'read-back-differs',
      'An artifact cannot be read back; nothing was published.',
      {
        where: { file: relative(folder, unreadable.file).split(sep).join('/') },
      },
    )
  // Versions below what the policy promises were warned of; the bundle is made for those at and above it.
  const versions = (product: 'claude-code' | 'claude-desktop', lowest: LowestVersion | undefined) => {
    const seen = versionsOf(facts?.head, product)
    if (lowest === undefined) return seen
    return [...new Set([lowest.normal, ...seen.filter((version) => gte(version, lowest.normal))])].sort(compare)
  }
  const found = groups.flatMap(({ files, hasFile }) =>
    lint(files, rules, {
      codeVersions: versions('claude-code', plan.lowest.code),
      desktopVersions: versions('claude-desktop', plan.lowest.desktop),
      privacy: plan.loaded.policy.telemetry?.privacy,
      asOf: request.asOf,
      hasFile,
    }),
  )
  const inside = found.map((finding) => ({ ...finding, file: relative(folder, finding.file).split(sep).join('/') }))
  const expected = inside.filter(({ rule }) => rule !== 'secret-in-settings' || plan.secrets === undefined)
  const errors = expected.filter(({ severity }) => severity === 'error')
  if (errors.length > 0)
    throw new Failure(
      exitCode.inputRefused,
      'policy-does-not-lint',
      'The policy asks for settings that clients would drop, ignore or leak; nothing was written.',
      {
        ...(plan.loaded.file !== undefined && { where: { file: plan.loaded.file } }),
        tryThis: [
          ...new Set(
            errors.map(
              ({ rule, path, message, fix }) => `${rule}${path === '' ? '' : ` at ${path}`}: ${message} ${fix}`,
            ),
          ),
        ].slice(0, 12),
      },
    )
  return expected
}
