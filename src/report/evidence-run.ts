import { now, parseAsOf } from '../platform/clock.js'
import { type ExitCode, exitCode, Failure } from '../platform/failure.js'
import { writeFileSafely } from '../platform/write-file.js'
import { findPolicy, type LoadedPolicy, loadPolicy } from '../policy/load-policy.js'
import { secretOfFlag } from '../policy/secret-flag.js'
import type { CanaryResult } from '../telemetry/canary/canary-result.js'
import { findCanary } from '../telemetry/canary/find-canary.js'
import { readCanary } from '../telemetry/canary/read-canary.js'
import type { ClickHouse } from '../telemetry/clickhouse/connection.js'
import {
  type EvidenceRequest,
  evidenceDocument,
  type GatheredTelemetry,
  type KnownInventory,
  telemetryOfFiles,
  telemetryQuery,
} from '../telemetry/evidence.js'
import type { EvidenceDocument } from '../telemetry/evidence-document.js'
import { sectionNames } from '../telemetry/evidence-findings.js'
import { type FoundTelemetry, findTelemetry } from '../telemetry/find-telemetry.js'
import { readKnownEndpoints } from '../telemetry/known-endpoints.js'
import { type ClickHouseFlags, openFromFlags, refuseBothOrNone } from './evidence/clickhouse-flags.js'
import { evidenceCsv, evidenceJson } from './evidence-rows.js'
import { evidenceText } from './evidence-text.js'
import { parsePercent } from './parse-percent.js'
import { showProgress } from './progress.js'
import { terminalLook } from './terminal-look.js'
import { usualPolicy } from './usual-policy.js'
import { countText } from './words.js'

export const evidenceFormats = ['table', 'json', 'csv'] as const
type Format = (typeof evidenceFormats)[number]

/** The flags of `fleet evidence`. */
export interface EvidenceFlags extends ClickHouseFlags {
  readonly json?: boolean | undefined
  readonly policy?: string | undefined
  readonly scan?: string | undefined
  readonly 'as-of'?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly before?: readonly string[] | undefined
  readonly canary?: string | undefined
  readonly 'identity-key'?: string | undefined
  readonly 'fail-under'?: string | undefined
  readonly section?: readonly string[] | undefined
  readonly format?: string | undefined
  readonly output?: string | undefined
}

const day = 86_400_000
/** A database may hold years; without --since it is asked for this much. */
const daysOfDatabase = 30

/** Reads telemetry and inventory, judges, writes `--output`, and gives what stdout should show. */
export async function runEvidence(
  paths: readonly string[],
  flags: EvidenceFlags,
  { notes }: { readonly notes: (text: string) => void },
): Promise<{ readonly output: Iterable<string>; readonly exit: ExitCode }> {
  checkUse(paths, flags)
  const asOf = flags['as-of'] === undefined ? now() : parseAsOf(flags['as-of'])
  const failUnder = flags['fail-under'] === undefined ? undefined : parsePercent(flags['fail-under'])
  const policy = await loadPolicy(
    flags.policy ?? (flags.scan === undefined ? await findPolicy(['.']) : await usualPolicy(flags.scan)),
  )
  const until = flags.until === undefined ? asOf : timeOf('--until', flags.until)
  const since =
    flags.since === undefined
      ? flags.clickhouse === undefined
        ? 0
        : until - daysOfDatabase * day
      : timeOf('--since', flags.since)
  if (since >= until)
    throw new Failure(exitCode.usage, 'empty-window', '--since must be earlier than --until, or else than --as-of.')
  const hashKey =
    flags['identity-key'] === undefined
      ? undefined
      : (await secretOfFlag('--identity-key', flags['identity-key'], process.env)).reveal()
  const inventory = flags.scan === undefined ? undefined : await inventoryOf(flags.scan)
  const request: EvidenceRequest = { policy, inventory, asOf, since, until, hashKey }
  const clickhouse = flags.clickhouse === undefined ? undefined : await openFromFlags(flags, policy)
  try {
    const read = await gather(paths, flags, request, clickhouse)
    const document = evidenceDocument(read.telemetry, { ...request, redaction: read.redaction })
    return await shown(document, read, { flags, failUnder, policy, notes })
  } finally {
    await clickhouse?.close()
  }
}

function checkUse(paths: readonly string[], flags: EvidenceFlags): void {
  refuseBothOrNone(paths, flags)
  const stdin = [...paths, ...(flags.before ?? []), flags.scan ?? ''].filter((path) => path === '-')
  if (stdin.length > 1)
    throw new Failure(exitCode.usage, 'stdin-twice', 'Only one of the inputs can come from stdin.', {
      tryThis: ['Give the others as files.'],
    })
  if (flags['fail-under'] !== undefined && flags.scan === undefined)
    throw new Failure(exitCode.usage, 'no-scan', '--fail-under needs an inventory to take a share of.', {
      tryThis: ['Add --scan scan.json'],
    })
}

function timeOf(flag: string, text: string): number {
  try {
    return parseAsOf(text)
  } catch {
    throw new Failure(
      exitCode.usage,
      'bad-time',
      `${flag} needs a date such as 2026-11-01, or a time such as 2026-11-01T08:00:00Z.`,
    )
  }
}

async function inventoryOf(file: string): Promise<KnownInventory> {
  return { file, ...(await readKnownEndpoints(file)) }
}

interface Gathered {
  readonly telemetry: GatheredTelemetry
  readonly redaction: { readonly before?: GatheredTelemetry; readonly canary?: CanaryResult }
  /** Files on disk that were read, and may not be written over. */
  readonly files: readonly string[]
}

async function gather(
  paths: readonly string[],
  flags: EvidenceFlags,
  request: EvidenceRequest,
  clickhouse: ClickHouse | undefined,
): Promise<Gathered> {
  const found = await findTelemetry(paths)
  const before = flags.before === undefined ? undefined : await findTelemetry(flags.before)
  const canary = flags.canary === undefined ? undefined : await readCanary(flags.canary)
  if (clickhouse === undefined) refuseEmpty(found)
  if (before !== undefined) refuseEmpty(before)
  const progress = showProgress({
    title: 'Reading telemetry',
    files: found.inputs.length,
    onlyStderr: !process.stdout.isTTY,
    terminal: process.stderr.isTTY === true && !process.env.CI,
  })
  const onRead = (bytes: number) => progress.read('telemetry', bytes)
  const query = telemetryQuery(request)
  try {
    const telemetry =
      clickhouse === undefined ? await telemetryOfFiles(found, query, onRead) : await asked(clickhouse, query)
    const upstream = before && (await telemetryOfFiles(before, query, onRead))
    const survivors = canary && (await findCanary(clickhouse ?? found.inputs, canary, request.policy.policy))
    return {
      telemetry,
      redaction: { ...(upstream && { before: upstream }), ...(survivors && { canary: survivors }) },
      files: [...found.inputs, ...(before?.inputs ?? [])].flatMap(({ file }) => file ?? []),
    }
  } finally {
    await progress.end()
  }
}

async function asked(clickhouse: ClickHouse, query: ReturnType<typeof telemetryQuery>): Promise<GatheredTelemetry> {
  const { askClickHouse } = await import('../telemetry/clickhouse/ask-clickhouse.js')
  const { tables, counts, input } = await askClickHouse(clickhouse, query)
  return { tables, counts, source: { kind: 'clickhouse', tables: input.tables } }
}

function refuseEmpty({ inputs, problems }: FoundTelemetry): void {
  if (inputs.length > 0) return
  const [first] = problems
  throw new Failure(exitCode.inputRefused, 'nothing-read', first?.message ?? 'No telemetry was found to read.', {
    ...(first && { where: { file: first.name } }),
    tryThis: [first?.tryThis ?? "Give the folder that the collector's file exporter writes, or its files."],
  })
}

async function shown(
  document: EvidenceDocument,
  read: Gathered,
  {
    flags,
    failUnder,
    policy,
    notes,
  }: {
    readonly flags: EvidenceFlags
    readonly failUnder: number | undefined
    readonly policy: LoadedPolicy
    readonly notes: (text: string) => void
  },
): Promise<{ readonly output: Iterable<string>; readonly exit: ExitCode }> {
  const format = flags.json ? 'json' : ((flags.format as Format | undefined) ?? 'table')
  if (flags.output !== undefined) {
    const form = (flags.format as Format | undefined) ?? (/\.csv$/i.test(flags.output) ? 'csv' : 'json')
    const neverOver = [
      ...read.files,
      ...[policy.file, flags.scan, flags.canary].filter((file): file is string => file !== undefined && file !== '-'),
    ]
    await writeFileSafely(flags.output, render(document, form, flags), { neverOver })
    notes(`Wrote ${flags.output} (${form}).`)
  }
  const exit = exitOf(document, read, failUnder)
  const { proven, inScope } = document.coverage ?? {}
  if (exit === exitCode.thresholdFailed && inScope !== undefined)
    notes(
      `Proven are ${countText(proven ?? 0)} of ${countText(inScope.of)} endpoints in scope: less than ${failUnder} %.`,
    )
  return { output: render(document, flags.output !== undefined && !flags.json ? 'table' : format, flags), exit }
}

function render(document: EvidenceDocument, format: Format, { section = [] }: EvidenceFlags): Iterable<string> {
  if (format === 'json') return evidenceJson(document)
  if (format === 'csv') return evidenceCsv(document)
  const asked = section.includes('all') ? sectionNames : sectionNames.filter((name) => section.includes(name))
  return [evidenceText(document, terminalLook(), asked)]
}

/**
 * Input that was not read comes first: then no number is whole. Then what must not be there, what is too little, and a
 * canary that proves nothing.
 */
function exitOf({ redaction, coverage }: EvidenceDocument, read: Gathered, failUnder: number | undefined): ExitCode {
  if ([read.telemetry, read.redaction.before].some((telemetry) => telemetry && isIncomplete(telemetry)))
    return exitCode.inputRefused
  if (redaction.verdict === 'leak') return exitCode.verificationFailed
  if (failUnder !== undefined && coverage !== undefined) {
    const { proven, inScope } = coverage
    // Counts, not the rounded percentage: 94.96 % is below 95.
    if (inScope.of === 0 || proven * 100 < failUnder * inScope.of) return exitCode.thresholdFailed
  }
  return redaction.canary?.verdict === 'unknown' ? exitCode.hold : exitCode.ok
}

function isIncomplete({ source }: GatheredTelemetry): boolean {
  return source.kind === 'files' && (source.unreadable.length > 0 || source.inputs.some(({ problem }) => problem))
}
