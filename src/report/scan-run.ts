import { resolve } from 'node:path'
import { catalogue, selectGates } from '../gates/catalogue.js'
import type { Gate } from '../gates/gate.js'
import { readTelemetryEvidence } from '../health/telemetry-evidence.js'
import { EndpointsText } from '../history/endpoints-text.js'
import { type HistoryPlace, historyPlace } from '../history/history-folder.js'
import { judgedEndpoint } from '../history/snapshot-of-scan.js'
import type { DateOrder } from '../inventory/timestamp.js'
import { now, parseAsOf } from '../platform/clock.js'
import type { Encoding } from '../platform/encoding.js'
import { type ExitCode, exitCode, Failure } from '../platform/failure.js'
import { findInputs, type Input, type InputProblem } from '../platform/input.js'
import { realPathOf } from '../platform/watch-files.js'
import { writeFileSafely } from '../platform/write-file.js'
import { findPolicy, type LoadedPolicy, loadPolicy } from '../policy/load-policy.js'
import { coverageOf } from '../readiness/coverage.js'
import { type Scan, type SkippedFile, scan } from '../readiness/scan.js'
import { scanHead } from '../readiness/scan-document.js'
import { sources } from '../sources/index.js'
import { type Mapping, parseMapping } from '../sources/mapping.js'
import { type Format, formatOfFile } from './format.js'
import { paintFor } from './paint.js'
import { parsePercent } from './parse-percent.js'
import { showProgress } from './progress.js'
import { type Remembering, rememberScan } from './remember-scan.js'
import { inHistory, pathsBelow, pathsToRead } from './scan-paths.js'
import { refusal, refuseDoubt, refuseEmpty } from './scan-refusals.js'
import { scanCsv, scanJson, scanNdjson } from './scan-rows.js'
import { scanTable } from './scan-table.js'
import { terminalLook } from './terminal-look.js'

/** The flags of `fleet scan`. */
export interface ScanFlags {
  readonly json?: boolean | undefined
  readonly policy?: string | undefined
  readonly 'as-of'?: string | undefined
  readonly format?: string | undefined
  readonly output?: string | undefined
  readonly 'fail-under'?: string | undefined
  readonly source?: string | undefined
  readonly map?: readonly string[] | undefined
  readonly encoding?: string | undefined
  readonly 'date-order'?: string | undefined
  readonly evidence?: string | undefined
  readonly strict?: boolean | undefined
  readonly history?: string | undefined
  readonly 'no-history'?: boolean | undefined
}

/** Notes that people keep beside their exports. Only files found in a folder are passed over by name, never named ones. */
const noteNames = /(?:\.(?:md|ya?ml|toml)|\/(?:LICENSE|SHA256SUMS))$/i

/** Everything that is settled before a file is read. */
export interface PreparedScan {
  /** The paths that are read: those given, else that of the policy, else exports. */
  readonly paths: readonly string[]
  readonly policy: LoadedPolicy
  readonly gates: readonly Gate[]
  readonly inputs: readonly Input[]
  readonly unreadable: readonly InputProblem[]
  readonly skipped: readonly SkippedFile[]
  readonly mappings: readonly Mapping[]
  readonly asOf: number
  readonly format: Format
  readonly failUnder: number | undefined
  /** Where the scan will be remembered, if anywhere. */
  readonly history: HistoryPlace | undefined
  /** Tells the files of the history, also where this scan is not to be remembered. */
  readonly isHistory: (path: string) => boolean
  readonly flags: ScanFlags
}

/** What a caller of `prepareScan` knows better. */
export interface PrepareOptions {
  /** Why a file (its path without links, and what of it is below the path that was given) is no export, if it is none. */
  readonly passOver?: (path: string, below: string) => string | undefined
}

/** Settles policy, inputs and options; throws a Failure that says what to do. */
export async function prepareScan(
  paths: readonly string[],
  flags: ScanFlags,
  { passOver = () => undefined }: PrepareOptions = {},
): Promise<PreparedScan> {
  const asOf = flags['as-of'] === undefined ? now() : parseAsOf(flags['as-of'])
  const failUnder = flags['fail-under'] === undefined ? undefined : parsePercent(flags['fail-under'])
  const mappings = flags.map ? [parseMapping(flags.map)] : []
  const format = flags.json ? 'json' : ((flags.format as Format | undefined) ?? 'table')
  const policy = await loadPolicy(flags.policy ?? (await findPolicy(['.', ...paths.filter((path) => path !== '-')])))
  const gates = chosenGates(policy)
  const read = await pathsToRead(paths, policy)
  const found = await findInputs(read, { stdin: process.stdin })
  const policyFile = policy.file === undefined ? undefined : resolve(policy.file)
  // --no-history asks for no record of this scan; the records of earlier ones are no exports even so.
  const isHistory = await inHistory(historyPlace({ history: flags.history }, policy))
  const belowGiven = await pathsBelow(read)
  const named = new Set(paths)
  const skipReason = ({ name, file }: Input) => {
    if (named.has(name)) return undefined
    const known = file === undefined ? undefined : passOver(file, belowGiven(file))
    if (known !== undefined) return known
    if (file !== undefined && file === policyFile) return 'policy'
    return noteNames.test(name) ? 'note' : undefined
  }
  const problemReasons = new Map<InputProblem, string>()
  const ofHistory = new Set<InputProblem>()
  for (const problem of found.problems) {
    if (named.has(problem.name)) continue
    const path = await realPathOf(problem.name)
    const reason = passOver(path, belowGiven(path))
    if (isHistory(path)) ofHistory.add(problem)
    else if (reason !== undefined) problemReasons.set(problem, reason)
  }
  // What fleet itself remembers is no part of a scan, and would make the next one differ: it is passed over without a word.
  const inputs = found.inputs.filter(({ name, file }) => named.has(name) || file === undefined || !isHistory(file))
  return {
    paths: read,
    policy,
    gates,
    inputs: inputs.filter((input) => skipReason(input) === undefined),
    unreadable: found.problems.filter((problem) => !problemReasons.has(problem) && !ofHistory.has(problem)),
    skipped: [
      ...found.skipped.filter(({ name }) => !/(?:^|\/)\.fleet$/.test(name)),
      ...inputs.flatMap((input) => {
        const reason = skipReason(input)
        return reason === undefined ? [] : [{ name: input.name, reason }]
      }),
      ...[...problemReasons].map(([{ name }, reason]) => ({ name, reason })),
    ],
    mappings: [...mappings, ...policy.policy.sources.map],
    asOf,
    format,
    failUnder,
    history: historyPlace(flags, policy),
    isHistory,
    flags,
  }
}

/** The catalogue with the levels of the policy, and the policy's own gates. Throws a Failure for ids that do not exist. */
export function chosenGates(policy: LoadedPolicy): readonly Gate[] {
  const { gates, problems } = selectGates(catalogue, policy.policy.gates)
  if (problems.length > 0) throw gateFailure(problems, policy)
  return gates
}

type GateProblems = ReturnType<typeof selectGates>['problems']

function gateFailure(problems: GateProblems, policy: LoadedPolicy): Failure {
  const tryThis = problems.map((problem) => {
    if (problem.code === 'gate-id-taken')
      return `${problem.id}: the catalogue has a gate of this id; choose another id.`
    if (problem.code === 'gate-picked-twice') return `${problem.id}: named twice.`
    const meant = problem.suggestions.length > 0 ? ` Did you mean ${problem.suggestions.join(' or ')}?` : ''
    return `${problem.id}: no gate has this id.${meant} fleet gates lists all of them.`
  })
  return new Failure(exitCode.inputRefused, 'policy-invalid', 'The policy names gates that cannot be used.', {
    where: { file: policy.file ?? 'fleet.yaml', path: 'gates' },
    tryThis,
  })
}

/** What a scan came to. */
export interface ScanRun {
  /** What stdout should show. */
  readonly output: Iterable<string>
  readonly exit: ExitCode | undefined
  /** Not every file could be read whole. */
  readonly incomplete: boolean
  /** Coverage is below --fail-under; said apart from `exit`, which tells the gravest only. */
  readonly belowThreshold: boolean
}

/** For stderr, where another exit code wins or none is given. */
export function belowThresholdText(flags: ScanFlags): string {
  return `Coverage is below --fail-under ${flags['fail-under']}.`
}

/** Runs a prepared scan: reads, judges, writes `--output`, and appends to the history. */
export async function runScan(
  prepared: PreparedScan,
  { notes, fleet, asks = true }: Remembering & { readonly asks?: boolean },
): Promise<ScanRun> {
  const { flags, inputs, format } = prepared
  const evidence = flags.evidence === undefined ? undefined : await readTelemetryEvidence(flags.evidence)
  const strict = flags.strict === true
  if (strict && prepared.unreadable.length > 0) throw refusal(prepared.unreadable)
  const terminal = process.stderr.isTTY === true && !process.env.CI
  const progress = showProgress({
    title: 'Reading exports',
    files: inputs.length,
    onlyStderr: !process.stdout.isTTY,
    terminal,
  })
  const mayAsk = asks && terminal && process.stdin.isTTY === true && format === 'table'
  const remembered = prepared.history && new EndpointsText()
  const result = await scan({
    inputs,
    unreadable: prepared.unreadable,
    skipped: prepared.skipped,
    policy: prepared.policy,
    gates: prepared.gates,
    evidence,
    asOf: prepared.asOf,
    stopAtProblem: strict,
    onVerdict: remembered && ((endpoint, verdict) => remembered.add(judgedEndpoint(endpoint, verdict))),
    read: {
      sources,
      only: sources.find(({ id }) => id === flags.source),
      mappings: prepared.mappings,
      probeColumns: prepared.policy.policy.probe?.columns,
      encoding: flags.encoding as Encoding | undefined,
      dateOrder: flags['date-order'] as DateOrder | undefined,
      onProgress: progress.read,
      askMapping: mayAsk
        ? async (file, table) => {
            // A spinner would paint over the questions.
            await progress.end()
            return (await import('./ask-mapping.js')).askMapping(file, table, prepared.policy.file)
          }
        : undefined,
    },
  }).finally(() => progress.end())
  refuseEmpty(result)
  if (strict) refuseDoubt(result)
  if (flags.output !== undefined) {
    const form = (flags.format as Format | undefined) ?? formatOfFile(flags.output) ?? 'json'
    const neverOver = [
      ...inputs.flatMap(({ file }) => file ?? []),
      ...(prepared.policy.file ? [prepared.policy.file] : []),
      ...(evidence ? [evidence.file] : []),
    ]
    await writeFileSafely(flags.output, await render(result, form, { toStdout: false, fleet }), { neverOver })
    notes(`Wrote ${flags.output} (${form}).`)
  }
  const forgotten =
    prepared.history && remembered && (await rememberScan(result, remembered.end(), prepared.history, { fleet, notes }))
  const incomplete =
    result.files.some(({ problem, incomplete }) => problem || incomplete) || result.unreadable.length > 0
  const { failUnder } = prepared
  // Counts, not the rounded percentage: 94.96 % is below 95.
  const belowThreshold = failUnder !== undefined && !coverageOf(result.summary.states, failUnder).met
  return {
    output: await render(result, flags.output !== undefined && !flags.json ? 'table' : format, {
      toStdout: true,
      fleet,
    }),
    exit: forgotten ?? (incomplete ? exitCode.inputRefused : belowThreshold ? exitCode.thresholdFailed : undefined),
    incomplete,
    belowThreshold,
  }
}

async function render(
  result: Scan,
  format: Format,
  { toStdout, fleet }: { readonly toStdout: boolean; readonly fleet: string },
): Promise<Iterable<string>> {
  if (format === 'json') return scanJson(result)
  if (format === 'ndjson') return scanNdjson(result)
  if (format === 'csv') return scanCsv(result)
  const head = scanHead(result)
  const { organization, target } = result.policy.policy
  const about = { organization, targetBy: target.by }
  if (format === 'markdown') {
    const { reportOfScan } = await import('./markdown/report-of-scan.js')
    return [reportOfScan(head, { ...about, fleet })]
  }
  const look = toStdout ? terminalLook() : { width: 100, paint: paintFor(false) }
  return [scanTable(head, { ...look, ...about })]
}
