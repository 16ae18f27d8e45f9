/**
 * The tables as the Collector's ClickHouse exporter made them over the years, without codecs and indexes, which change
 * no answer: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/clickhouseexporter (2026-11-21).
 */
export const eras = ['2023', '2024', '2025', '2026'] as const
export type Era = (typeof eras)[number]

const map = 'Map(LowCardinality(String), String)'

export function createTables(
  database: string,
  era: Era,
  names = { logs: 'otel_logs', traces: 'otel_traces', metrics: 'otel_metrics' },
): string[] {
  const table = (name: string) => `CREATE TABLE \`${database}\`.\`${name}\``
  // Since 2026 data points keep whole seconds.
  const pointTime = era === '2026' ? 'DateTime' : 'DateTime64(9)'
  const points = `ResourceAttributes ${map}, ResourceSchemaUrl String, ScopeName String, ScopeVersion String, ScopeAttributes ${map}, ScopeDroppedAttrCount UInt32, ScopeSchemaUrl String, ServiceName LowCardinality(String), MetricName String, MetricDescription String, MetricUnit String, Attributes ${map}, StartTimeUnix ${pointTime}, TimeUnix ${pointTime}, Flags UInt32`
  const pointOrder =
    era === '2026'
      ? '(ServiceName, MetricName, toStartOfHour(TimeUnix), cityHash64(Attributes), TimeUnix)'
      : '(ServiceName, MetricName, Attributes, toUnixTimestamp64Nano(TimeUnix))'
  const pointTable = (kind: string, columns: string) =>
    `${table(`${names.metrics}_${kind}`)} (${points}, ${columns}) ENGINE = MergeTree PARTITION BY toDate(TimeUnix) ORDER BY ${pointOrder}`
  return [
    `CREATE DATABASE IF NOT EXISTS \`${database}\``,
    `${table(names.logs)} (${logColumns(era)}) ENGINE = MergeTree ${logOrder[era]}`,
    `${table(names.traces)} (Timestamp DateTime64(9), TraceId String, SpanId String, ParentSpanId String, TraceState String, SpanName LowCardinality(String), SpanKind LowCardinality(String), ServiceName LowCardinality(String), ResourceAttributes ${map}, ScopeName String, ScopeVersion String, SpanAttributes ${map}, Duration UInt64, StatusCode LowCardinality(String), StatusMessage String, Events Nested (Timestamp DateTime64(9), Name LowCardinality(String), Attributes ${map}), Links Nested (TraceId String, SpanId String, TraceState String, Attributes ${map})) ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, SpanName, toDateTime(Timestamp))`,
    pointTable('sum', 'Value Float64, AggregationTemporality Int32, IsMonotonic Boolean'),
    pointTable('gauge', 'Value Float64'),
    pointTable('histogram', 'Count UInt64, Sum Float64, BucketCounts Array(UInt64), ExplicitBounds Array(Float64)'),
    pointTable('exponential_histogram', 'Count UInt64, Sum Float64, Scale Int32'),
    pointTable('summary', 'Count UInt64, Sum Float64'),
  ]
}

function logColumns(era: Era): string {
  return [
    'Timestamp DateTime64(9)',
    ...(era === '2024' || era === '2025' ? ['TimestampTime DateTime DEFAULT toDateTime(Timestamp)'] : []),
    'TraceId String, SpanId String, TraceFlags UInt8, SeverityText LowCardinality(String), SeverityNumber UInt8',
    `ServiceName LowCardinality(String), Body String, ResourceAttributes ${map}, LogAttributes ${map}`,
    ...(era === '2023'
      ? []
      : [
          `ResourceSchemaUrl String, ScopeSchemaUrl String, ScopeName String, ScopeVersion String, ScopeAttributes ${map}`,
        ]),
    ...(era === '2025' || era === '2026' ? ['EventName String'] : []),
  ].join(', ')
}

const byTimestampTime =
  'PARTITION BY toDate(TimestampTime) PRIMARY KEY (ServiceName, TimestampTime) ORDER BY (ServiceName, TimestampTime, Timestamp)'
const logOrder: Readonly<Record<Era, string>> = {
  '2023': 'PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, SeverityText, toUnixTimestamp(Timestamp), TraceId)',
  '2024': byTimestampTime,
  '2025': byTimestampTime,
  '2026': 'PARTITION BY toDate(Timestamp) ORDER BY (toStartOfFiveMinutes(Timestamp), ServiceName, Timestamp)',
}
