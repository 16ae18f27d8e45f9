import * as z from 'zod'
import { type ClickHouse, quotedIdentifier } from './connection.js'
import { notClickHouse, otherSchema, withoutTables } from './failures.js'

/**
 * A table of the Collector's ClickHouse exporter, as far as questions need to know it. Its forms over the years:
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/clickhouseexporter/internal/sqltemplates (2026-11-21).
 */
export interface RecordTable {
  readonly name: string
  /** Quoted, with its database. */
  readonly sql: string
  /** The columns of attributes of a record and of what sent it: Map(String, String). */
  readonly own: string
  readonly resource: string
  /** The column of the time; of whole seconds in the tables of metrics since 2026. */
  readonly time: string
  /** Logs from 2024 to 2026 are partitioned and sorted by this copy of the time, in whole seconds. */
  readonly coarseTime?: string | undefined
  /** Logs since 2025 keep `event_name` of the record. */
  readonly eventName?: string | undefined
}

export interface ExporterTables {
  readonly logs: RecordTable
  /** Tables of metrics that are there: an exporter that was given no metrics makes none. */
  readonly points: readonly RecordTable[]
  readonly spans?: RecordTable | undefined
}

/** As the exporter calls its tables unless it is told otherwise; those of metrics go on with the kind of point. */
const [logs, traces, metrics] = ['otel_logs', 'otel_traces', 'otel_metrics']
const pointKinds = ['sum', 'gauge', 'histogram', 'exponential_histogram', 'summary'] as const
const Column = z.object({ table: z.string(), name: z.string(), type: z.string() })
const mapOfTexts = /^Map\((?:LowCardinality\()?String\)?, ?(?:LowCardinality\()?String\)?\)$/

/**
 * Asks the catalogue what tables there are and what form they have. Throws Failure when there are no logs, or a table
 * has another form than the exporter's, such as the JSON columns of its option `json`.
 */
export async function exporterTables(clickhouse: ClickHouse): Promise<ExporterTables> {
  const names = [logs, traces, ...pointKinds.map((kind) => `${metrics}_${kind}`)]
  const columns = new Map<string, Map<string, string>>()
  // A row of its own, since a web page may come as an answer without rows.
  const sql =
    "SELECT table, name, type FROM (SELECT table, name, type, position FROM system.columns WHERE database = {database:String} AND has({names:Array(String)}, table) UNION ALL SELECT '', 'answered', '', 0) ORDER BY table, position"
  for await (const row of clickhouse.rows(sql, { database: clickhouse.database, names })) {
    const column = Column.safeParse(row)
    if (!column.success) break
    const { table, name, type } = column.data
    const ofTable = columns.get(table) ?? new Map<string, string>()
    columns.set(table, ofTable.set(name, type))
  }
  if (!columns.get('')?.has('answered')) throw notClickHouse(clickhouse.address)
  const find = (name: string, own: string, time: string): RecordTable | undefined => {
    const found = columns.get(name)
    return found && recordTable(clickhouse, name, found, own, time)
  }
  const found = find(logs, 'LogAttributes', 'Timestamp')
  if (found === undefined) throw withoutTables(clickhouse.address)
  return {
    logs: found,
    points: pointKinds.flatMap((kind) => find(`${metrics}_${kind}`, 'Attributes', 'TimeUnix') ?? []),
    spans: find(traces, 'SpanAttributes', 'Timestamp'),
  }
}

function recordTable(
  { address, database }: ClickHouse,
  name: string,
  columns: ReadonlyMap<string, string>,
  own: string,
  time: string,
): RecordTable {
  const resource = 'ResourceAttributes'
  for (const column of [own, resource]) {
    const type = columns.get(column) ?? ''
    if (/^(?:JSON|Object)\b/.test(type))
      throw otherSchema(
        address,
        'The exporter was told to write attributes as JSON columns (json: true). Only Map columns can be read: write to tables without that option.',
      )
    if (!mapOfTexts.test(type))
      throw otherSchema(address, 'Its columns of attributes must be Map(String, String), as the exporter makes them.')
  }
  if (!/^DateTime/.test(columns.get(time) ?? '') || !columns.has('ServiceName'))
    throw otherSchema(
      address,
      'It lacks the time or the name of the service: name the database that the exporter writes to.',
    )
  return {
    name,
    sql: `${quotedIdentifier(database)}.${quotedIdentifier(name)}`,
    own,
    resource,
    time,
    coarseTime: columns.has('TimestampTime') ? 'TimestampTime' : undefined,
    eventName: columns.has('EventName') ? 'EventName' : undefined,
  }
}
