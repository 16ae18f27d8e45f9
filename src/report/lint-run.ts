import { type FindingsDocument, findingsDocument, type LintFacts } from '../bundle/lint/findings-document.js'
import { type Finding, inOrder, lint } from '../bundle/lint/lint.js'
import { type Severity, severities } from '../bundle/lint/rule.js'
import { rules } from '../bundle/lint/rules.js'
import { type ReadSettings, readSettings } from '../bundle/read-settings.js'
import type { SettingsKind } from '../bundle/settings-kind.js'
import { parseVersion } from '../gates/version.js'
import { byText } from '../platform/by-text.js'
import { now, parseAsOf } from '../platform/clock.js'
import { type ExitCode, exitCode, Failure } from '../platform/failure.js'
import { writeFileSafely } from '../platform/write-file.js'
import { findPolicy, type LoadedPolicy, loadPolicy } from '../policy/load-policy.js'
import type { PrivacyTier } from '../policy/telemetry.js'
import { readScan } from '../readiness/read-scan.js'
import { findingsSarif } from './findings-sarif.js'
import { findingsJson, findingsText } from './findings-text.js'
import { paintFor } from './paint.js'
import { terminalLook } from './terminal-look.js'

export const lintFormats = ['text', 'json', 'sarif'] as const
export type LintFormat = (typeof lintFormats)[number]
export const failOnLevels = [...severities, 'never'] as const

/** The flags of `fleet settings lint`. */
export interface LintFlags {
  readonly json?: boolean | undefined
  readonly client?: string | undefined
  readonly scan?: string | undefined
  readonly privacy?: string | undefined
  readonly policy?: string | undefined
  readonly 'fail-on': string
  readonly format?: string | undefined
  readonly output?: string | undefined
  readonly as?: string | undefined
  readonly 'as-of'?: string | undefined
}

/** Reads, judges, writes `--output`, and gives what stdout should show. Throws a Failure where nothing could be read. */
export async function runLint(
  paths: readonly string[],
  flags: LintFlags,
  { notes }: { readonly notes: (text: string) => void },
): Promise<{ readonly output: string; readonly exit: ExitCode }> {
  const facts = await factsOf(flags)
  const read = await readSettings(paths, { as: flags.as as SettingsKind | undefined })
  refuseEmpty(read)
  const context = {
    codeVersions: facts.versions.claudeCode.known,
    desktopVersions: facts.versions.claudeDesktop.known,
    privacy: facts.privacy,
    asOf: facts.asOf,
  }
  const findings: Finding[] = read.groups.flatMap(({ files, hasFile }) => lint(files, rules, { ...context, hasFile }))
  const document = findingsDocument(read, rules.length, findings.sort(inOrder), facts)
  const format = flags.json ? 'json' : ((flags.format as LintFormat | undefined) ?? 'text')
  if (flags.output !== undefined) {
    const form = (flags.format as LintFormat | undefined) ?? formatOfFile(flags.output)
    const neverOver = [
      ...read.files.map(({ file }) => file),
      ...[flags.scan, facts.policy?.file].flatMap((file) => file ?? []),
    ]
    await writeFileSafely(flags.output, render(document, form, false), { neverOver })
    notes(`Wrote ${flags.output} (${form}).`)
  }
  const shown = flags.output !== undefined && !flags.json ? 'text' : format
  return { output: render(document, shown, true), exit: exitOf(document, flags['fail-on']) }
}

function formatOfFile(file: string): LintFormat {
  if (/\.sarif(?:\.json)?$/i.test(file)) return 'sarif'
  return /\.(?:txt|log)$/i.test(file) ? 'text' : 'json'
}

function render(document: FindingsDocument, format: LintFormat, toStdout: boolean): string {
  if (format === 'json') return findingsJson(document)
  if (format === 'sarif') return findingsSarif(document, rules)
  return findingsText(document, toStdout ? terminalLook() : { width: 100, paint: paintFor(false) })
}

function exitOf({ refused, findings }: FindingsDocument, failOn: string): ExitCode {
  if (refused.length > 0) return exitCode.inputRefused
  const level = severities.indexOf(failOn as Severity)
  const reached = findings.some(({ severity }) => severities.indexOf(severity) <= level)
  return reached ? exitCode.thresholdFailed : exitCode.ok
}

/** Versions, tier and day that a lint judges by. */
async function factsOf(flags: LintFlags): Promise<LintFacts> {
  const asOf = flags['as-of'] === undefined ? now() : parseAsOf(flags['as-of'])
  const given = flags.client === undefined ? [] : parseClients(flags.client)
  const policy = await policyOf(flags)
  const versions = await versionsOf(given, flags.scan)
  const privacy = (flags.privacy as PrivacyTier | undefined) ?? policy?.policy.telemetry?.privacy
  return { asOf, versions, privacy, policy: policy && { digest: policy.digest, file: policy.file } }
}

/** The policy is only asked for its tier: with --privacy, or without a fleet.yaml here, none is needed. */
async function policyOf({ policy, privacy }: LintFlags): Promise<LoadedPolicy | undefined> {
  const file = policy ?? (privacy === undefined ? await findPolicy(['.']) : undefined)
  return file === undefined ? undefined : await loadPolicy(file)
}

function parseClients(text: string): string[] {
  return text.split(',').map((part) => {
    const version = parseVersion(part)
    if (version.kind === 'version') return version.normal
    throw new Failure(exitCode.usage, 'bad-version', '--client needs versions of Claude Code, separated by commas.', {
      tryThis: ['Such as --client 2.1.197,2.1.240'],
    })
  })
}

async function versionsOf(clients: readonly string[], scan: string | undefined): Promise<LintFacts['versions']> {
  const rows = scan === undefined ? [] : (await readScan(scan)).versions
  const of = (product: string, more: readonly string[]) => {
    const own = rows.filter((row) => row.product === product)
    const parsed = own.map((row) => ({ row, version: parseVersion(row.version) }))
    const known = parsed.flatMap(({ version }) => (version.kind === 'version' ? [version.normal] : []))
    const unreadable = parsed.filter(({ version }) => version.kind === 'unknown')
    return {
      known: [...new Set([...known, ...more])].sort(inVersionOrder),
      unreadable: unreadable.reduce((sum, { row }) => sum + row.endpoints, 0),
    }
  }
  return { claudeCode: of('claude-code', clients), claudeDesktop: of('claude-desktop', []) }
}

function inVersionOrder(a: string, b: string): number {
  return byText(padded(a), padded(b))
}

/** Numbers of one width, so that the order of texts is that of versions. */
function padded(version: string): string {
  return version.replace(/\d+/g, (digits) => digits.padStart(10, '0'))
}

/** Nothing looked at is never a clean result. */
function refuseEmpty({ files, refused, passedOver }: ReadSettings): void {
  if (files.length > 0) return
  const [first, ...others] = refused
  if (first === undefined)
    throw new Failure(exitCode.inputRefused, 'no-settings', 'No settings of Claude were found there.', {
      tryThis: [
        `${passedOver.length === 1 ? '1 file was' : `${passedOver.length} files were`} passed over. Give settings files themselves, or say with --as what one is.`,
      ],
    })
  throw new Failure(exitCode.inputRefused, first.code, first.message, {
    where: { file: first.file },
    tryThis: [first.tryThis, ...others.map(({ file, message }) => `${file}: ${message}`)].filter((text) => text !== ''),
  })
}
