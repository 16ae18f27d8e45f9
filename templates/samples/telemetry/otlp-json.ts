import type { Attributes, DataPoint, LogRecord, Value } from './client-records.js'
import { metrics, resourceOf, scopeOf } from './client-records.js'
import type { Client } from './script.js'

/**
 * How a request is written. A client writes whole numbers as JSON numbers and counts what it dropped (client 2.1.197,
 * 2026-11-20); the Collector's file exporter writes them as texts and names the trace, as OTLP's JSON mapping has it:
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding (2026-11-21).
 */
export interface Dialect {
  readonly writer: 'client' | 'collector'
  /** Attributes that a collector took out. */
  readonly without?: ReadonlySet<string>
  /** Every number is a text. */
  readonly numbersAsText?: boolean
  /** `event.name` with the prefix that belongs to the body only. */
  readonly prefixedNames?: boolean
  /** Milliseconds between what happened and what the collector's clock said. */
  readonly observedAfter?: number
}

/** A log record with attributes that the collector added. */
export type KeptRecord = LogRecord & { readonly added?: Attributes }
export type KeptPoint = DataPoint & { readonly added?: Attributes }

/** One line with these log records; those of one client stand under one resource. */
export function logLine(records: readonly KeptRecord[], dialect: Dialect): string {
  const { writer, observedAfter = 0, prefixedNames } = dialect
  const resourceLogs = byClient(records).map(([client, own]) => ({
    ...resource(client, dialect),
    scopeLogs: [
      {
        scope: { name: scopeOf(client, 'logs'), version: client.version },
        logRecords: own.map((record) => ({
          timeUnixNano: nanoseconds(record.time),
          observedTimeUnixNano: nanoseconds(record.time + observedAfter),
          body: { stringValue: record.body },
          attributes: attributeList(
            record.attributes.map(([key, value]) =>
              key === 'event.name' && prefixedNames
                ? ([key, `claude_code.${record.event}`] as const)
                : ([key, value] as const),
            ),
            dialect,
            record.added,
          ),
          ...(writer === 'client' ? { droppedAttributesCount: 0 } : { traceId: '', spanId: '' }),
        })),
      },
    ],
  }))
  return JSON.stringify({ resourceLogs })
}

/** One line with these data points. */
export function metricLine(points: readonly KeptPoint[], dialect: Dialect): string {
  const resourceMetrics = byClient(points).map(([client, own]) => ({
    ...resource(client, dialect),
    scopeMetrics: [
      {
        scope: { name: scopeOf(client, 'metrics'), version: client.version },
        metrics: (Object.keys(metrics) as (keyof typeof metrics)[]).flatMap((name) => {
          const dataPoints = own
            .filter(({ metric }) => metric === name)
            .map((point) => ({
              attributes: attributeList(point.attributes, dialect, point.added),
              startTimeUnixNano: nanoseconds(point.start),
              timeUnixNano: nanoseconds(point.time),
              asDouble: point.value,
            }))
          const sum = { aggregationTemporality: 1, isMonotonic: true, dataPoints }
          return dataPoints.length === 0 ? [] : [{ name, ...metrics[name], sum }]
        }),
      },
    ],
  }))
  return JSON.stringify({ resourceMetrics })
}

function resource(client: Client, dialect: Dialect) {
  const attributes = attributeList(resourceOf(client), dialect)
  return { resource: { attributes, ...(dialect.writer === 'client' && { droppedAttributesCount: 0 }) } }
}

function byClient<T extends { readonly client: Client }>(items: readonly T[]): [Client, T[]][] {
  const groups = new Map<Client, T[]>()
  for (const item of items) {
    const own = groups.get(item.client)
    if (own === undefined) groups.set(item.client, [item])
    else own.push(item)
  }
  return [...groups]
}

function attributeList(attributes: Attributes, dialect: Dialect, added: Attributes = []) {
  return [...attributes.filter(([key]) => !dialect.without?.has(key)), ...added].map(([key, value]) => ({
    key,
    value: anyValue(value, dialect),
  }))
}

function anyValue(value: Value, dialect: Dialect): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'number') {
    if (dialect.numbersAsText) return { stringValue: String(value) }
    return { intValue: dialect.writer === 'client' ? value : String(value) }
  }
  if ('double' in value)
    return dialect.numbersAsText ? { stringValue: String(value.double) } : { doubleValue: value.double }
  return { arrayValue: { values: value.map((member) => ({ stringValue: member })) } }
}

const nanoseconds = (milliseconds: number) => `${milliseconds}000000`
