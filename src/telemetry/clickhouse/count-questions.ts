import * as z from 'zod'
import { byText } from '../../platform/by-text.js'
import { countService } from '../otlp/input-report.js'
import { surfaceNames } from '../surfaces/index.js'
import type { TelemetryQuery } from '../tables.js'
import { answerRows, Count, Text } from './answer-rows.js'
import { isCanary, knownService, maybeKnown, serviceOf, wordOf } from './columns.js'
import type { ClickHouse } from './connection.js'
import { inWindow, rowParameters } from './record-rows.js'
import type { RecordTable } from './schema.js'

/** Log records, copies included. */
export interface LogCounts {
  readonly read: number
  readonly beforeWindow: number
  readonly afterWindow: number
  readonly foreign: Readonly<Record<string, number>>
  /** In the window. */
  readonly canary: number
  /** Outside the window; not in `beforeWindow` and `afterWindow`. */
  readonly canaryOutside: number
  /** In the window, without canaries. */
  readonly inWindow: number
}

/**
 * Counts log records. Over all time only the two columns of the primary key are read, so that a year of records costs
 * little; but for canaries, which nothing but their session tells.
 */
export async function askCounts(clickhouse: ClickHouse, logs: RecordTable, query: TelemetryQuery): Promise<LogCounts> {
  const { time } = logs
  const instant = (name: string) => `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`
  const sums = `count() AS records, countIf(${time} < fromUnixTimestamp64Milli(toInt64(1), 'UTC')) AS untimed, countIf(${time} < ${instant('since')}) - untimed AS earlier, countIf(${time} >= ${instant('until')}) AS later`
  const Row = z.object({ service: Text, records: Count, untimed: Count, earlier: Count, later: Count })
  const parameters = rowParameters(query)
  // Nameless resources are few, and lie together.
  const nameless = `SELECT ${serviceOf(logs)} AS service, ${sums} FROM ${logs.sql} WHERE ServiceName = '' GROUP BY service`
  const named = `SELECT toString(ServiceName) AS service, ${sums} FROM ${logs.sql} WHERE ServiceName != '' GROUP BY ServiceName`
  const services = [
    ...(await answerRows(clickhouse, named, parameters, Row)),
    ...(await answerRows(clickhouse, nameless, parameters, Row)),
  ]
  const known = services.filter(({ service }) => isKnown(service))
  const sum = (of: (row: z.output<typeof Row>) => number) => known.reduce((total, row) => total + of(row), 0)
  const Window = z.object({ canaries: Count, records: Count })
  const windowQuestion = `SELECT countIf(canary) AS canaries, countIf(NOT canary) AS records FROM (SELECT ${wordOf(logs, 'service')} AS service, ${wordOf(logs, 'session')} AS session, ${isCanary} AS canary FROM ${logs.sql} WHERE ${inWindow(logs, query)} AND ${maybeKnown} AND ${knownService})`
  const [window] = await answerRows(clickhouse, windowQuestion, parameters, Window)
  const outside = `${time} >= fromUnixTimestamp64Milli(toInt64(1), 'UTC') AND (${time} < ${instant('since')} OR ${time} >= ${instant('until')})`
  const Canaries = z.object({ earlier: Count, later: Count })
  const canaryQuestion = `SELECT countIf(early) AS earlier, countIf(NOT early) AS later FROM (SELECT ${wordOf(logs, 'service')} AS service, ${wordOf(logs, 'session')} AS session, ${time} < ${instant('since')} AS early FROM ${logs.sql} WHERE ${outside} AND ${maybeKnown} AND ${knownService} AND ${isCanary})`
  const [canaries] = await answerRows(clickhouse, canaryQuestion, parameters, Canaries)
  return {
    read: sum(({ records, untimed }) => records - untimed),
    beforeWindow: sum(({ earlier }) => earlier) - canaries!.earlier,
    afterWindow: sum(({ later }) => later) - canaries!.later,
    foreign: foreignServices(services.filter(({ service }) => !isKnown(service))),
    canary: window!.canaries,
    canaryOutside: canaries!.earlier + canaries!.later,
    inWindow: window!.records,
  }
}

/** Records in the window of known surfaces, copies included. */
export async function askRecords(clickhouse: ClickHouse, table: RecordTable, query: TelemetryQuery): Promise<number> {
  const sql = `SELECT count() AS records FROM (SELECT ${wordOf(table, 'service')} AS service FROM ${table.sql} WHERE ${inWindow(table, query)} AND ${maybeKnown} AND ${knownService})`
  const [row] = await answerRows(clickhouse, sql, rowParameters(query), z.object({ records: Count }))
  return row!.records
}

function isKnown(service: string): boolean {
  return surfaceNames.some((name) => name === service)
}

function foreignServices(rows: readonly { service: string; records: number }[]): Record<string, number> {
  const sums = new Map<string, number>()
  for (const { service, records } of [...rows].sort((a, b) => b.records - a.records || byText(a.service, b.service)))
    countService(sums, service, records)
  return Object.fromEntries([...sums].sort(([a], [b]) => byText(a, b)))
}
