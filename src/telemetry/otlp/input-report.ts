import { byText } from '../../platform/by-text.js'
import type { Signal, TelemetryInput } from '../batch.js'
import { wordText } from './word-text.js'

/** Why a line could not be read. */
export type BadLine = 'not-json' | 'cut-off' | 'not-otlp' | 'not-utf8' | 'too-long'
/** Why a record could not be used. */
export type Rejection = 'no-time' | 'bad-record'
export type InputProblem = NonNullable<TelemetryInput['problem']>

/**
 * What became of one input, while it is read: plain counters, so that threads can send and add them. Whoever splits the
 * input into lines counts `bytes`, `lines`, and what it leaves out itself; a `BlockParser` counts all that is in a line,
 * empty and bad lines included.
 */
export interface InputReport {
  readonly file: string
  bytes: number
  lines: number
  emptyLines: number
  readonly badLines: Map<BadLine, number>
  records: number
  readonly counted: Record<Signal, number>
  /** Log records of other services, by `service.name`. */
  readonly foreign: Map<string, number>
  foreignOther: number
  readonly rejected: Map<Rejection, number>
  problem?: InputProblem | undefined
}

export function emptyReport(file: string): InputReport {
  return {
    file,
    bytes: 0,
    lines: 0,
    emptyLines: 0,
    badLines: new Map(),
    records: 0,
    counted: { log: 0, point: 0, span: 0 },
    foreign: new Map(),
    foreignOther: 0,
    rejected: new Map(),
  }
}

export function count<Key>(counts: Map<Key, number>, key: Key, more = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + more)
}

/** Adds what another reader of the same input counted; the first problem stays. */
export function addReport(into: InputReport, from: InputReport): void {
  into.bytes += from.bytes
  into.lines += from.lines
  into.emptyLines += from.emptyLines
  into.records += from.records
  into.counted.log += from.counted.log
  into.counted.point += from.counted.point
  into.counted.span += from.counted.span
  into.foreignOther += from.foreignOther
  for (const [code, lines] of from.badLines) count(into.badLines, code, lines)
  for (const [service, records] of from.foreign) countForeign(into, service, records)
  for (const [code, records] of from.rejected) count(into.rejected, code, records)
  into.problem ??= from.problem
}

/** As many names of services as are kept of one input; a hostile one could bring a new one with every record. */
const mostServices = 1000
/** All services beyond that. */
export const otherServices = '(other services)'

/** Counts log records of a service that no surface knows. */
export function countForeign(report: InputReport, service: string, records = 1): void {
  countService(report.foreign, wordText(service), records)
}

/** Adds records to those of a service, or of all others when there are too many services. */
export function countService(services: Map<string, number>, service: string, records: number): void {
  count(services, services.size < mostServices || services.has(service) ? service : otherServices, records)
}

/** The report as it is handed out: sorted, and without a prototype, because services name the members. */
export function finishedReport(report: InputReport): TelemetryInput {
  const { file, bytes, lines, emptyLines, badLines, records, counted, foreign, foreignOther, rejected, problem } =
    report
  return {
    file,
    bytes,
    lines,
    emptyLines,
    badLines: sorted(badLines),
    records,
    counted: { ...counted },
    foreign: sorted(foreign),
    foreignOther,
    rejected: sorted(rejected),
    ...(problem && { problem }),
  }
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  const entries = [...counts].sort(([a], [b]) => byText(a, b))
  return Object.assign(Object.create(null), Object.fromEntries(entries)) as Record<string, number>
}
