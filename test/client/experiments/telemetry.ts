import { collectorAddress, type Experiment, type Setup } from '../experiment.js'
import type { Seen } from '../seen.js'
import { telemetry, withTelemetry } from './setup.js'

const arrives: Partial<Seen> = { starts: true, signals: ['logs', 'metrics'] }
const nothing: Partial<Seen> = { starts: true, complains: false, signals: [] }

function experiment(
  rule: string,
  id: string,
  about: string,
  bad: Readonly<Record<string, unknown>>,
  expects: Experiment['expects'],
  fixed: Setup = withTelemetry(),
): Experiment {
  return { rule, id, about, bad: withTelemetry(bad), fixed, expects }
}

const always = (bad: Partial<Seen>, fixed: Partial<Seen> = arrives) => [{ versions: '*', bad, fixed }]

export const telemetryExperiments: readonly Experiment[] = [
  experiment(
    'telemetry-not-enabled',
    'no-switch',
    'Telemetry is configured but never switched on.',
    { CLAUDE_CODE_ENABLE_TELEMETRY: undefined },
    always(nothing),
  ),
  experiment(
    'telemetry-not-enabled',
    'switch-is-0',
    'Telemetry is switched off by the same file that configures it.',
    { CLAUDE_CODE_ENABLE_TELEMETRY: '0' },
    always(nothing),
  ),
  experiment(
    'telemetry-no-exporter',
    'no-exporter',
    'No exporter is chosen for any signal.',
    { OTEL_LOGS_EXPORTER: undefined, OTEL_METRICS_EXPORTER: undefined },
    always(nothing),
  ),
  experiment(
    'telemetry-no-logs-exporter',
    'metrics-only',
    'Metrics are exported and events are not.',
    { OTEL_LOGS_EXPORTER: undefined },
    always({ starts: true, complains: false, signals: ['metrics'] }),
  ),
  experiment(
    'telemetry-no-logs-exporter',
    'console',
    'Events go to the console, which nobody collects.',
    { OTEL_LOGS_EXPORTER: 'console' },
    always({ starts: true, signals: ['metrics'] }),
  ),
  experiment(
    'telemetry-no-protocol',
    'no-protocol',
    'No protocol is set.',
    { OTEL_EXPORTER_OTLP_PROTOCOL: undefined },
    [
      { versions: '<2.1.323', bad: nothing, fixed: arrives },
      {
        versions: '*',
        bad: { ...arrives, contentTypes: ['application/x-protobuf'] },
        fixed: { ...arrives, contentTypes: ['application/json'] },
      },
    ],
  ),
  experiment(
    'telemetry-protocol-unknown',
    'http',
    'The protocol is a word that no client knows.',
    { OTEL_EXPORTER_OTLP_PROTOCOL: 'http' },
    always(nothing),
  ),
  experiment(
    'telemetry-port-mismatch',
    'grpc-to-http',
    'gRPC is sent to a port that speaks HTTP.',
    { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    always(nothing),
  ),
  experiment(
    'telemetry-endpoint-path',
    'ends-in-signal-path',
    'The endpoint for all signals already ends in the path of one; paths are appended to it.',
    { OTEL_EXPORTER_OTLP_ENDPOINT: `${collectorAddress}/v1/logs` },
    always(
      { starts: true, complains: false, paths: ['/v1/logs/v1/logs', '/v1/logs/v1/metrics'] },
      { ...arrives, paths: ['/v1/logs', '/v1/metrics'] },
    ),
  ),
  experiment(
    'telemetry-signal-endpoint',
    'no-path',
    'The endpoint of one signal is used as it is: without a path, logs are posted to the root.',
    { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: collectorAddress },
    always(
      { starts: true, complains: false, paths: ['/', '/v1/metrics'] },
      { ...arrives, paths: ['/v1/logs', '/v1/metrics'] },
    ),
    withTelemetry({ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${collectorAddress}/v1/logs` }),
  ),
  experiment(
    'telemetry-headers-malformed',
    'colon',
    'Headers are written as in HTTP, with a colon.',
    { OTEL_EXPORTER_OTLP_HEADERS: 'Authorization: Bearer abc' },
    always({ ...arrives, headers: {} }, { ...arrives, headers: { authorization: 'Bearer abc' } }),
    withTelemetry({ OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer abc' }),
  ),
  experiment(
    'telemetry-headers-encoded',
    'percent-20',
    'A percent escape in a header is not decoded.',
    { OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20abc,x-team=finance' },
    always(
      { ...arrives, headers: { authorization: 'Bearer%20abc', 'x-team': 'finance' } },
      { ...arrives, headers: { authorization: 'Bearer abc', 'x-team': 'finance' } },
    ),
    withTelemetry({ OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer abc,x-team=finance' }),
  ),
  experiment(
    'telemetry-signal-protocol',
    'logs-grpc',
    'Events are sent by gRPC to a port that speaks HTTP; metrics arrive.',
    { OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'grpc' },
    always({ starts: true, complains: false, signals: ['metrics'] }),
  ),
  experiment(
    'telemetry-endpoint-invalid',
    'no-scheme',
    'An endpoint without http:// or https://.',
    { OTEL_EXPORTER_OTLP_ENDPOINT: collectorAddress.replace('http://', '') },
    always({ starts: true, signals: [] }),
  ),
  experiment(
    'telemetry-variable-unknown',
    'sdk-disabled',
    'A variable of OpenTelemetry that the client does not read: telemetry goes on.',
    { OTEL_SDK_DISABLED: 'true' },
    always(arrives, nothing),
    withTelemetry({ CLAUDE_CODE_ENABLE_TELEMETRY: '0' }),
  ),
  {
    rule: 'telemetry-selector-open',
    id: 'metrics',
    about: 'The user switches an exporter on that the managed file does not set.',
    bad: { ...withTelemetry({ OTEL_METRICS_EXPORTER: undefined }), shell: { OTEL_METRICS_EXPORTER: 'otlp' } },
    fixed: { ...withTelemetry({ OTEL_METRICS_EXPORTER: 'none' }), shell: { OTEL_METRICS_EXPORTER: 'otlp' } },
    expects: always(arrives, { starts: true, signals: ['logs'] }),
  },
  helperAndStatic(),
  helper('absent', 'The script that prints the headers is not there.', {}),
  helper('not-executable', 'The script that prints the headers may not be run.', { mode: 0o644 }),
  {
    rule: 'env-not-string',
    id: 'number',
    about: 'A number where a text is documented is accepted.',
    bad: withTelemetry({ CLAUDE_CODE_ENABLE_TELEMETRY: 1, OTEL_METRIC_EXPORT_INTERVAL: 1000 }),
    fixed: withTelemetry({ CLAUDE_CODE_ENABLE_TELEMETRY: '1', OTEL_METRIC_EXPORT_INTERVAL: '1000' }),
    expects: always(arrives),
  },
  {
    rule: 'env-not-string',
    id: 'boolean',
    about: 'A boolean where a text is documented is accepted.',
    bad: withTelemetry({ CLAUDE_CODE_ENABLE_TELEMETRY: true }),
    fixed: withTelemetry(),
    expects: always(arrives),
  },
  {
    rule: 'invented-key',
    id: 'telemetry-block',
    about: 'A telemetry block as public guides show it does nothing.',
    bad: { managed: { telemetry: { enabled: true, endpoint: collectorAddress }, exporters: { otlp: {} } } },
    fixed: withTelemetry(),
    expects: always(nothing),
  },
]

/** Static headers and those of a script, with one name in both. */
function helperAndStatic(): Experiment {
  const path = '/etc/claude-code/otel-headers.sh'
  const files = { [path]: { content: '#!/bin/sh\necho \'{"x-both": "script", "x-script": "1"}\'\n', mode: 0o755 } }
  const environment = telemetry({ OTEL_EXPORTER_OTLP_HEADERS: 'x-both=static,x-static=1' })
  return {
    rule: 'telemetry-helper-and-static',
    id: 'same-name',
    about: 'Headers of both places are sent; of equal names the one of the script counts.',
    bad: { managed: { env: environment, otelHeadersHelper: path }, files },
    fixed: { managed: { env: telemetry(), otelHeadersHelper: path }, files },
    expects: always(
      { ...arrives, headers: { 'x-both': 'script', 'x-script': '1', 'x-static': '1' } },
      { ...arrives, headers: { 'x-both': 'script', 'x-script': '1' } },
    ),
  }
}

function helper(id: string, about: string, script: { mode?: number }): Experiment {
  const path = '/etc/claude-code/otel-headers.sh'
  const content = '#!/bin/sh\necho \'{"Authorization": "Bearer abc"}\'\n'
  const settings = { managed: { env: telemetry(), otelHeadersHelper: path } }
  return {
    rule: 'telemetry-helper-missing',
    id,
    about,
    bad: script.mode === undefined ? settings : { ...settings, files: { [path]: { content, mode: script.mode } } },
    fixed: { ...settings, files: { [path]: { content, mode: 0o755 } } },
    expects: always(
      { starts: true, complains: true, signals: [] },
      { ...arrives, headers: { authorization: 'Bearer abc' } },
    ),
  }
}
