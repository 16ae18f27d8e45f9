import type { EnvironmentVariable } from './environment-variables.js'
import type { Origin } from './settings-key.js'

/** A variable without what the whole table says of it. */
type Row = Omit<EnvironmentVariable, keyof Origin | 'telemetryBlock'>

const monitoring: Origin = {
  grade: 'official',
  source: 'https://code.claude.com/docs/en/monitoring-usage',
  checked: '2026-08-22',
}
const variablesPage: Origin = {
  grade: 'official',
  source: 'https://code.claude.com/docs/en/env-vars',
  checked: '2026-08-22',
}
const monitoringLater: Origin = { ...monitoring, grade: 'newer-official', checked: '2026-09-01' }
const quotedMonitoring: Origin = { ...monitoring, grade: 'third-party', checked: '2026-09-01' }
/** The variables of the specification; whether Claude Code honours them was not read. */
const specification: Origin = {
  grade: 'third-party',
  source: 'https://github.com/open-telemetry/opentelemetry-specification/blob/main/specification/protocol/exporter.md',
  checked: '2026-08-22',
}

const yes = ['0', '1'] as const
const truth = ['false', 'true'] as const
const protocols = ['grpc', 'http/json', 'http/protobuf'] as const
const milliseconds = /^[1-9]\d*$/
const signals = ['metrics', 'logs', 'traces'] as const

const anyText =
  'Any text turns it on, 0 too. About traffic to Anthropic; what it does to your own exporters is unknown.'
const notSaid = 'A variable of the specification; whether the client honours it is unknown.'

/** `OTEL_EXPORTER_OTLP_<suffix>` and the same for each signal. */
function exporterVariables(suffix: string, row: Omit<Row, 'name' | 'signal'>): Row[] {
  return [
    { ...row, name: `OTEL_EXPORTER_OTLP_${suffix}` },
    ...signals.map((signal) => ({
      ...row,
      name: `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${suffix}`,
      signal,
      ...(row.kind === 'endpoint' && { note: 'Used as it is: the path, such as /v1/logs, has to be in it.' }),
    })),
  ]
}

/** The variables by where they were read. */
export const environmentVariableTable: readonly (readonly [Origin, readonly Row[]])[] = [
  [
    monitoring,
    [
      {
        name: 'CLAUDE_CODE_ENABLE_TELEMETRY',
        kind: 'switch',
        values: yes,
        default: '0',
        note: 'Nothing is sent without it; true works like 1 (observed, 2.1.197).',
      },
      {
        name: 'OTEL_METRICS_EXPORTER',
        kind: 'exporter',
        values: ['console', 'none', 'otlp', 'prometheus'],
        list: true,
        signal: 'metrics',
      },
      {
        name: 'OTEL_LOGS_EXPORTER',
        kind: 'exporter',
        values: ['console', 'none', 'otlp'],
        list: true,
        signal: 'logs',
        note: 'Events travel on logs.',
      },
      {
        name: 'OTEL_TRACES_EXPORTER',
        kind: 'exporter',
        values: ['console', 'none', 'otlp'],
        list: true,
        signal: 'traces',
      },
      ...exporterVariables('PROTOCOL', {
        kind: 'protocol',
        values: protocols,
        note: 'No default: without it nothing is sent, except by the newest clients (http/protobuf).',
      }),
      ...exporterVariables('ENDPOINT', { kind: 'endpoint' }),
      ...exporterVariables('HEADERS', {
        kind: 'headers',
        pattern: /^[^=,\s]+=[^,]*(?:,[^=,\s]+=[^,]*)*$/,
        note: 'Values are sent as they are, not percent-decoded; name: value sends no header at all (observed).',
      }),
      ...exporterVariables('CERTIFICATE', { kind: 'other', note: 'grpc only.' }),
      ...exporterVariables('CLIENT_KEY', { kind: 'other', note: 'grpc only.' }),
      ...exporterVariables('CLIENT_CERTIFICATE', { kind: 'other', note: 'grpc only.' }),
      { name: 'CLAUDE_CODE_CLIENT_CERT', kind: 'other', note: 'The http protocols.' },
      { name: 'CLAUDE_CODE_CLIENT_KEY', kind: 'other', note: 'The http protocols.' },
      { name: 'CLAUDE_CODE_CLIENT_KEY_PASSPHRASE', kind: 'other', note: 'The http protocols.' },
      { name: 'NODE_EXTRA_CA_CERTS', kind: 'other', note: 'The http protocols.' },
      {
        name: 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
        kind: 'other',
        values: ['cumulative', 'delta'],
        default: 'delta',
        signal: 'metrics',
      },
      {
        name: 'OTEL_METRIC_EXPORT_INTERVAL',
        kind: 'interval',
        pattern: milliseconds,
        default: '60000',
        signal: 'metrics',
      },
      { name: 'OTEL_LOGS_EXPORT_INTERVAL', kind: 'interval', pattern: milliseconds, default: '5000', signal: 'logs' },
      {
        name: 'OTEL_TRACES_EXPORT_INTERVAL',
        kind: 'interval',
        pattern: milliseconds,
        default: '5000',
        signal: 'traces',
      },
      { name: 'OTEL_LOG_TOOL_DETAILS', kind: 'content-switch', values: yes, default: '0', tier: 'tool-details' },
      { name: 'OTEL_LOG_USER_PROMPTS', kind: 'content-switch', values: yes, default: '0', tier: 'content' },
      {
        name: 'OTEL_LOG_ASSISTANT_RESPONSES',
        kind: 'content-switch',
        values: yes,
        since: '2.1.193',
        tier: 'content',
        follows: 'OTEL_LOG_USER_PROMPTS',
      },
      { name: 'OTEL_LOG_TOOL_CONTENT', kind: 'content-switch', values: yes, default: '0', tier: 'content' },
      {
        name: 'OTEL_LOG_RAW_API_BODIES',
        kind: 'content-switch',
        pattern: /^(?:[01]|file:.+)$/,
        since: '2.1.111',
        default: '0',
        tier: 'raw',
        note: 'file:<folder> writes the bodies to files on the endpoint.',
      },
      {
        name: 'ENABLE_BETA_TRACING_DETAILED',
        kind: 'content-switch',
        values: yes,
        default: '0',
        tier: 'raw',
        alwaysOff: true,
        signal: 'traces',
        note: 'Acts only together with BETA_TRACING_ENDPOINT.',
      },
      { name: 'BETA_TRACING_ENDPOINT', kind: 'endpoint', signal: 'traces' },
      {
        name: 'CLAUDE_CODE_OTEL_CONTENT_MAX_LENGTH',
        kind: 'other',
        pattern: milliseconds,
        since: '2.1.214',
        default: '61440',
        note: 'UTF-16 units; the smallest of this and OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT counts.',
      },
      { name: 'OTEL_METRICS_INCLUDE_SESSION_ID', kind: 'switch', values: truth, default: 'true', signal: 'metrics' },
      {
        name: 'OTEL_METRICS_INCLUDE_ACCOUNT_UUID',
        kind: 'switch',
        values: truth,
        default: 'true',
        signal: 'metrics',
        note: 'Events are said to keep the account.',
      },
      { name: 'OTEL_METRICS_INCLUDE_VERSION', kind: 'switch', values: truth, default: 'false', signal: 'metrics' },
      {
        name: 'OTEL_METRICS_INCLUDE_ENTRYPOINT',
        kind: 'switch',
        values: truth,
        since: '2.1.152',
        default: 'false',
        signal: 'metrics',
      },
      {
        name: 'OTEL_METRICS_INCLUDE_RESOURCE_ATTRIBUTES',
        kind: 'switch',
        values: truth,
        since: '2.1.161',
        default: 'true',
        signal: 'metrics',
      },
      {
        name: 'OTEL_RESOURCE_ATTRIBUTES',
        kind: 'other',
        note: 'Not part of the telemetry block: set it in the same source as the exporters.',
      },
      {
        name: 'CLAUDE_CODE_ENHANCED_TELEMETRY_BETA',
        kind: 'switch',
        values: yes,
        default: '0',
        alias: 'ENABLE_ENHANCED_TELEMETRY_BETA',
        signal: 'traces',
        note: 'Spans need it.',
      },
      {
        name: 'CLAUDE_CODE_OTEL_HEADERS_HELPER_DEBOUNCE_MS',
        kind: 'interval',
        pattern: milliseconds,
        default: '1740000',
        note: 'Goes with the setting otelHeadersHelper.',
      },
    ],
  ],
  [
    monitoringLater,
    [
      {
        name: 'OTEL_LOG_MANAGED_SETTINGS',
        kind: 'switch',
        values: yes,
        since: '2.1.274',
        default: '0',
        note: 'Adds the redacted policy and its SHA-256 to one event.',
      },
    ],
  ],
  [
    quotedMonitoring,
    [{ name: 'OTEL_METRICS_INCLUDE_REPOSITORY', kind: 'switch', values: truth, since: '2.1.269', signal: 'metrics' }],
  ],
  [
    variablesPage,
    [
      { name: 'CLAUDE_CODE_PROPAGATE_TRACEPARENT', kind: 'switch', values: yes, since: '2.1.152', signal: 'traces' },
      { name: 'CLAUDE_CODE_OTEL_DIAG_STDERR', kind: 'switch', values: yes, since: '2.1.179', default: '0' },
      { name: 'CLAUDE_CODE_OTEL_FLUSH_TIMEOUT_MS', kind: 'interval', pattern: milliseconds, default: '5000' },
      { name: 'CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS', kind: 'interval', pattern: milliseconds, default: '2000' },
      {
        name: 'CLAUDE_CODE_ENABLE_FEEDBACK_SURVEY_FOR_OTEL',
        kind: 'switch',
        values: yes,
        since: '2.1.136',
        default: '0',
      },
      { name: 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', kind: 'other', pattern: milliseconds },
      { name: 'DISABLE_TELEMETRY', kind: 'switch', note: anyText },
      { name: 'DISABLE_ERROR_REPORTING', kind: 'switch', note: anyText },
      { name: 'CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC', kind: 'switch', note: anyText },
      { name: 'DO_NOT_TRACK', kind: 'switch', note: 'A real boolean, about traffic to Anthropic.' },
      { name: 'DISABLE_AUTOUPDATER', kind: 'switch', values: yes, note: 'Background updates only.' },
      { name: 'DISABLE_UPDATES', kind: 'switch', values: yes, note: 'Every way to update.' },
    ],
  ],
  [
    specification,
    [
      ...exporterVariables('TIMEOUT', { kind: 'interval', note: notSaid }),
      ...exporterVariables('COMPRESSION', { kind: 'other', note: notSaid }),
      ...exporterVariables('INSECURE', { kind: 'other', note: notSaid }),
      { name: 'OTEL_SERVICE_NAME', kind: 'other', note: notSaid },
    ],
  ],
]
