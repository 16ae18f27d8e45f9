import type { Session } from './engine.js'
import type { Era } from './exporter-tables.js'

export interface Attribute {
  readonly key: string
  readonly value: AttributeValue
}
export type AttributeValue =
  | { readonly stringValue: string }
  | { readonly intValue: string | number }
  | { readonly doubleValue: number }
  | { readonly boolValue: boolean }
  | { readonly arrayValue: { readonly values: readonly AttributeValue[] } }

export interface LogRecord {
  readonly timeUnixNano?: string
  readonly observedTimeUnixNano?: string
  readonly eventName?: string
  readonly body?: AttributeValue
  readonly attributes: readonly Attribute[]
}
export interface DataPoint {
  readonly timeUnixNano: string
  readonly attributes: readonly Attribute[]
}
export interface Span {
  readonly startTimeUnixNano: string
  readonly attributes: readonly Attribute[]
  readonly events: readonly { readonly attributes: readonly Attribute[] }[]
}
export const pointKinds = {
  sum: 'sum',
  gauge: 'gauge',
  histogram: 'histogram',
  exponentialHistogram: 'exponential_histogram',
  summary: 'summary',
} as const
export type PointKind = keyof typeof pointKinds

interface Resource {
  readonly resource: { readonly attributes: readonly Attribute[] }
}
/** One OTLP request, as far as records here use it. */
export interface OtlpRequest {
  readonly resourceLogs?: readonly (Resource & {
    readonly scopeLogs: readonly { readonly logRecords: readonly LogRecord[] }[]
  })[]
  readonly resourceMetrics?: readonly (Resource & {
    readonly scopeMetrics: readonly {
      readonly metrics: readonly Readonly<Partial<Record<PointKind, { readonly dataPoints: readonly DataPoint[] }>>>[]
    }[]
  })[]
  readonly resourceSpans?: readonly (Resource & {
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[]
  })[]
}

/** Writes requests into the tables as the exporter does: exporter_logs.go, exporter_traces.go, internal/metrics. */
export async function exportRequests(
  session: Session,
  database: string,
  era: Era,
  requests: readonly OtlpRequest[],
): Promise<void> {
  const tables = new Map<string, object[]>()
  const put = (table: string, row: object) => {
    const rows = tables.get(table)
    if (rows === undefined) tables.set(table, [row])
    else rows.push(row)
  }
  for (const request of requests) {
    for (const { resource, scopeLogs } of request.resourceLogs ?? [])
      for (const { logRecords } of scopeLogs)
        for (const record of logRecords)
          put('otel_logs', {
            ...common(resource.attributes),
            // A record without a time gets that of its observation.
            Timestamp: clickHouseTime(record.timeUnixNano ?? record.observedTimeUnixNano ?? '0'),
            Body: record.body === undefined ? '' : asString(record.body),
            LogAttributes: asMap(record.attributes),
            ...((era === '2025' || era === '2026') && { EventName: record.eventName ?? '' }),
          })
    for (const { resource, scopeMetrics } of request.resourceMetrics ?? [])
      for (const { metrics } of scopeMetrics)
        for (const metric of metrics)
          for (const [kind, table] of Object.entries(pointKinds))
            for (const point of metric[kind as PointKind]?.dataPoints ?? [])
              put(`otel_metrics_${table}`, {
                ...common(resource.attributes),
                TimeUnix:
                  era === '2026'
                    ? clickHouseTime(point.timeUnixNano).split('.')[0]
                    : clickHouseTime(point.timeUnixNano),
                Attributes: asMap(point.attributes),
              })
    for (const { resource, scopeSpans } of request.resourceSpans ?? [])
      for (const { spans } of scopeSpans)
        for (const span of spans)
          put('otel_traces', {
            ...common(resource.attributes),
            Timestamp: clickHouseTime(span.startTimeUnixNano),
            SpanAttributes: asMap(span.attributes),
            'Events.Timestamp': span.events.map(() => '1970-01-01 00:00:00.000000000'),
            'Events.Name': span.events.map(() => 'event'),
            'Events.Attributes': span.events.map(({ attributes }) => asMap(attributes)),
          })
  }
  // The engine's insert takes a plain name only.
  session.query(`USE \`${database}\``)
  for (const [table, rows] of tables)
    await session.insert({
      table,
      values: Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')),
      format: 'JSONEachRow',
    })
}

function common(attributes: readonly Attribute[]) {
  const service = attributes.find(({ key }) => key === 'service.name')?.value
  return {
    ResourceAttributes: asMap(attributes),
    ServiceName: service !== undefined && 'stringValue' in service ? service.stringValue : '',
  }
}

function asMap(attributes: readonly Attribute[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, asString(value)]))
}

/** `Value.AsString` of pdata: lists are JSON as Go writes it. */
function asString(value: AttributeValue): string {
  if ('stringValue' in value) return value.stringValue
  return goJson(asRaw(value))
}

function asRaw(value: AttributeValue): unknown {
  if ('stringValue' in value) return value.stringValue
  if ('intValue' in value) return Number(value.intValue)
  if ('doubleValue' in value) return value.doubleValue
  if ('boolValue' in value) return value.boolValue
  return value.arrayValue.values.map(asRaw)
}

function goJson(raw: unknown): string {
  return JSON.stringify(raw).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026')
}

/** Nanoseconds as ClickHouse reads a time, in UTC, which the tests run in. */
function clickHouseTime(nanoseconds: string): string {
  const digits = nanoseconds.padStart(10, '0')
  const second = new Date(Number(digits.slice(0, -9)) * 1000).toISOString().slice(0, 19)
  return `${second.replace('T', ' ')}.${digits.slice(-9)}`
}
