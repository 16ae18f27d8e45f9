import type { WordField } from '../fields.js'
import { senderColumns, type TelemetryQuery } from '../tables.js'
import {
  identityOf,
  identityParameters,
  isCanary,
  knownService,
  literal,
  maybeKnown,
  sequenceOf,
  timeOf,
  wordOf,
} from './columns.js'
import type { ClickHouseParameters } from './connection.js'
import type { RecordTable } from './schema.js'

/** Name of a column to its SQL expression. */
export type Columns = Readonly<Record<string, string>>

/** What is asked of a table: the window and the attributes that may name an endpoint. */
export interface RowsOptions {
  readonly query: TelemetryQuery
  /** Only these events. */
  readonly events?: readonly string[] | undefined
  /** Further conditions on columns. */
  readonly where?: readonly string[] | undefined
  /** Whether there are copies of a log record that differ, see `differingCopies`. */
  readonly copiesDiffer?: boolean | undefined
  /** Those at or after the end of the window instead of those in it. */
  readonly late?: boolean | undefined
}

/** The last time that a DateTime64 of nanoseconds can hold. */
const lastTime = 9_223_372_036_000
/** The last second of a DateTime. */
const lastCoarseTime = 4_294_967_295_000

/** What every question binds. The first millisecond of 1970 stands for no time. */
export function rowParameters({ since, until, identityKeys }: TelemetryQuery): ClickHouseParameters {
  const within = (time: number) => Math.min(Math.max(Math.ceil(time), 1), lastTime)
  return { since: within(since), until: within(until), ...identityParameters(identityKeys) }
}

/** The window, in a form that leaves out partitions and ranges of the primary key. */
export function inWindow({ time, coarseTime }: RecordTable, { since, until }: TelemetryQuery): string {
  const instant = (name: string) => `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`
  const conditions = [`${time} >= ${instant('since')}`, `${time} < ${instant('until')}`]
  if (coarseTime !== undefined && since > 0 && until < lastCoarseTime)
    conditions.push(
      `${coarseTime} >= toDateTime(${instant('since')}, 'UTC')`,
      `${coarseTime} <= toDateTime(${instant('until')}, 'UTC')`,
    )
  return conditions.join(' AND ')
}

/** All from the end of the window on. */
function afterWindow({ time, coarseTime }: RecordTable, { until }: TelemetryQuery): string {
  const instant = `fromUnixTimestamp64Milli({until:Int64}, 'UTC')`
  const coarse = coarseTime !== undefined && until < lastCoarseTime
  return `${time} >= ${instant}${coarse ? ` AND ${coarseTime} >= toDateTime(${instant}, 'UTC')` : ''}`
}

/** Columns that every row has: who sent it as a hash, and what tells it from others. */
export function rowColumns(table: RecordTable, { identityKeys }: TelemetryQuery): Columns {
  return {
    service: wordOf(table, 'service'),
    session: wordOf(table, 'session'),
    sequence: sequenceOf(table),
    at: timeOf(table),
    sender: `reinterpretAsUInt128(sipHash128(${senderTexts(table, identityKeys.length).join(', ')}))`,
  }
}

/** The columns of a sender, then its identity. */
export function senderTexts(table: RecordTable, identityKeys: number): string[] {
  return [
    ...senderColumns.map((column) => (column === 'service' ? 'service' : wordOf(table, column))),
    ...Array.from({ length: identityKeys }, (_, index) => identityOf(table, index)),
  ]
}

/** Whether there is something to tell copies of a log record by. */
export const isNumbered = `(session != '' AND sequence >= 0)`

/** What copies of a log record have in common, and nothing else has; what cannot be told is nobody's copy. */
const recordKey = `reinterpretAsUInt128(if(${isNumbered}, sipHash128(session, sequence, at), reinterpretAsFixedString(generateUUIDv4())))`

/** All that a row says, as a number: copies that agree in it agree in every column that is asked for. */
function saidHash({ own, resource, eventName }: RecordTable): string {
  const maps = [own, resource].flatMap((map) => [`mapKeys(${map})`, `mapValues(${map})`])
  return `sipHash64(ServiceName, Body, ${[...maps, ...(eventName === undefined ? [] : [eventName])].join(', ')})`
}

/** Records of which there are copies that differ, and which of these counts: the one with the least `saidHash`. */
function differing(logs: RecordTable, query: TelemetryQuery): string {
  const needed: Columns = {
    service: wordOf(logs, 'service'),
    session: wordOf(logs, 'session'),
    sequence: sequenceOf(logs),
    at: timeOf(logs),
    recordKey,
    said: saidHash(logs),
  }
  return `SELECT r.recordKey AS differingKey, min(r.said) AS countingSaid FROM (${rows(logs, needed, { query, where: [isNumbered] })}) AS r GROUP BY r.recordKey HAVING min(r.said) != max(r.said)`
}

/** Asks how many records there are of which there are copies that differ, such as those of two pipelines. */
export function differingCopies(logs: RecordTable, query: TelemetryQuery): string {
  return `SELECT count() AS records FROM (${differing(logs, query)})`
}

/**
 * Whether a row is the copy that counts, or says the same: of each record one in every question, and it is picked before
 * anything is asked of it.
 */
function counts(logs: RecordTable, { query, copiesDiffer }: RowsOptions): string {
  if (!copiesDiffer) return '1'
  // One set for both, so that it is made once: the copy that counts, and 0 for the record itself.
  const set = `(SELECT differingKey, arrayJoin([toUInt64(0), countingSaid]) AS said FROM (${differing(logs, query)}))`
  return `(NOT ${isNumbered} OR (${recordKey}, ${saidHash(logs)}) IN ${set} OR (${recordKey}, toUInt64(0)) NOT IN ${set})`
}

/** Rows of the known surfaces in the window, copies included, with these columns. Canaries are left out. */
export function rows(table: RecordTable, columns: Columns, { query, events, where = [], late }: RowsOptions): string {
  const conditions = [
    late ? afterWindow(table, query) : inWindow(table, query),
    maybeKnown,
    knownService,
    `NOT ${isCanary}`,
    ...(events === undefined ? [] : [`event IN (${events.map(literal).join(', ')})`]),
    ...where,
  ]
  return `SELECT ${selected(columns)} FROM ${table.sql} WHERE ${conditions.join(' AND ')}`
}

/** The same of log records, once each. It keeps 90 bytes of a record, so it is for some events rather than for all. */
export function distinctRows(table: RecordTable, columns: Columns, options: RowsOptions): string {
  return `${countingRows(table, columns, options)} LIMIT 1 BY ${recordKey}`
}

/**
 * The same for all log records: grouped, which the server does on all cores, and on disk where memory runs out. Only
 * `kept` columns come out; they should be short.
 */
export function groupedRows(
  table: RecordTable,
  columns: Columns,
  kept: readonly string[],
  options: RowsOptions,
): string {
  const all = { ...columns, recordKey }
  const values = kept.map((column) => `any(r.${column}) AS ${column}`)
  return `SELECT ${values.join(', ')} FROM (${countingRows(table, all, options)}) AS r GROUP BY r.recordKey`
}

/**
 * The same with what copies hold: a row for each record and each thing that copies of it say, with `same` (how many say
 * it) and `isRecord` (1 where it is the record that counts).
 */
export function contentCopies(
  table: RecordTable,
  columns: Columns,
  kept: readonly string[],
  options: RowsOptions,
): string {
  const all = {
    ...columns,
    recordKey,
    said: options.copiesDiffer ? saidHash(table) : '0',
    isOne: counts(table, options),
  }
  const values = kept.map((column) => `any(r.${column}) AS ${column}`)
  return `SELECT ${values.join(', ')}, toInt64(any(r.isOne)) AS isRecord, toInt64(count()) AS same FROM (${rows(table, all, options)}) AS r GROUP BY r.recordKey, r.said`
}

function countingRows(table: RecordTable, columns: Columns, options: RowsOptions): string {
  const { where = [] } = options
  return rows(table, columns, { ...options, where: options.copiesDiffer ? [...where, counts(table, options)] : where })
}

/** Words as columns of their own names. */
export function wordColumns(table: RecordTable, fields: readonly WordField[]): Columns {
  return Object.fromEntries(fields.map((field) => [field, wordOf(table, field)]))
}

function selected(columns: Columns): string {
  return Object.entries(columns)
    .map(([name, expression]) => (name === expression ? name : `${expression} AS ${name}`))
    .join(', ')
}
