import { describe, expect, it } from 'vitest'
import { clientBehaviour } from '../../../src/bundle/client-behaviour.js'
import { rules } from '../../../src/bundle/lint/rules-telemetry.js'
import { errorsOf, goodEnvironment, hitsOf, settingsFile, withEnvironment } from '../../builders/settings-file.js'

const generic = 'OTEL_EXPORTER_OTLP_ENDPOINT'
const of = (id: string, changes: Record<string, unknown>, settings = {}, context = {}) =>
  hitsOf(rules, id, withEnvironment(changes, settings), context)

describe('the good form', () => {
  it('has no finding at all', () => {
    const file = withEnvironment()
    expect(rules.flatMap(({ id }) => hitsOf(rules, id, file, { codeVersions: ['2.1.150', '2.1.329'] }))).toEqual([])
    expect(errorsOf(rules, file)).toEqual([])
  })
})

/** Each rule with variables it finds fault with, and variables it does not. */
const cases: readonly (readonly [id: string, bad: Record<string, unknown>, good: Record<string, unknown>])[] = [
  ['telemetry-not-enabled', { CLAUDE_CODE_ENABLE_TELEMETRY: undefined }, { CLAUDE_CODE_ENABLE_TELEMETRY: 'true' }],
  ['telemetry-not-enabled', { CLAUDE_CODE_ENABLE_TELEMETRY: '0' }, { CLAUDE_CODE_ENABLE_TELEMETRY: 1 }],
  ['telemetry-not-enabled', { CLAUDE_CODE_ENABLE_TELEMETRY: 'yes' }, {}],
  [
    'telemetry-no-exporter',
    { OTEL_METRICS_EXPORTER: undefined, OTEL_LOGS_EXPORTER: undefined, OTEL_TRACES_EXPORTER: undefined },
    { OTEL_METRICS_EXPORTER: undefined },
  ],
  ['telemetry-no-exporter', { OTEL_METRICS_EXPORTER: 'otel' }, { OTEL_METRICS_EXPORTER: 'otlp,prometheus' }],
  ['telemetry-no-logs-exporter', { OTEL_LOGS_EXPORTER: undefined }, { OTEL_LOGS_EXPORTER: 'otlp,console' }],
  ['telemetry-no-logs-exporter', { OTEL_LOGS_EXPORTER: 'console' }, {}],
  ['telemetry-no-logs-exporter', { OTEL_LOGS_EXPORTER: 'none' }, {}],
  ['telemetry-no-protocol', { OTEL_EXPORTER_OTLP_PROTOCOL: undefined }, {}],
  [
    'telemetry-no-protocol',
    { OTEL_EXPORTER_OTLP_PROTOCOL: undefined, OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json' },
    {
      OTEL_EXPORTER_OTLP_PROTOCOL: undefined,
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/json',
    },
  ],
  ['telemetry-protocol-unknown', { OTEL_EXPORTER_OTLP_PROTOCOL: 'http' }, { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }],
  ['telemetry-protocol-unknown', { OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'HTTP/JSON' }, {}],
  ['telemetry-port-mismatch', { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, { [generic]: 'https://c.example.com' }],
  ['telemetry-port-mismatch', { [generic]: 'https://c.example.com:4317' }, { [generic]: 'https://c.example.com:9999' }],
  ['telemetry-cleartext', { [generic]: 'http://collector.example.com:4318' }, { [generic]: 'http://127.0.0.1:4318' }],
  ['telemetry-cleartext', { BETA_TRACING_ENDPOINT: 'http://c.example.com' }, { [generic]: 'http://[::1]:4318' }],
  ['telemetry-endpoint-invalid', { [generic]: 'collector.example.com' }, { [generic]: 'https://c.example.com/otlp' }],
  ['telemetry-endpoint-invalid', { [generic]: 'collector.example.com:4317' }, {}],
  ['telemetry-endpoint-invalid', { [generic]: 'https://c.example.com/?key=x' }, {}],
  ['telemetry-endpoint-invalid', { [generic]: 'https://c.exa mple.com' }, {}],
  ['telemetry-endpoint-path', { [generic]: 'https://c.example.com/v1/logs' }, { [generic]: 'https://c.example.com/' }],
  [
    'telemetry-signal-endpoint',
    { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'https://collector.example.com:4318' },
    { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'https://collector.example.com:4318/v1/logs' },
  ],
  ['telemetry-signal-endpoint', { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'https://siem.example.com/v1/logs' }, {}],
  ['telemetry-signal-endpoint', { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'https://collector.example.com:4318/logs' }, {}],
  [
    'telemetry-signal-protocol',
    { OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'grpc' },
    { OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json' },
  ],
  [
    'telemetry-headers-malformed',
    { OTEL_EXPORTER_OTLP_HEADERS: 'Authorization: Bearer abc' },
    { OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic YTpiYw==,x-team=fin' },
  ],
  ['telemetry-headers-malformed', { OTEL_EXPORTER_OTLP_HEADERS: 'a=1,b' }, {}],
  ['telemetry-headers-malformed', { OTEL_EXPORTER_OTLP_LOGS_HEADERS: '=1' }, {}],
  [
    'telemetry-headers-encoded',
    { OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20abc' },
    { OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer abc' },
  ],
  ['telemetry-selector-open', { OTEL_METRICS_EXPORTER: undefined }, {}],
  ['telemetry-selector-open', { OTEL_TRACES_EXPORTER: undefined }, {}],
  ['telemetry-variable-unknown', { OTEL_SDK_DISABLED: 'true' }, { CLAUDE_CODE_USE_BEDROCK: '1' }],
  ['telemetry-variable-unknown', { OTEL_LOG_USER_PROMPT: '0' }, { MY_VARIABLE: '1' }],
  ['telemetry-variable-unknown', { claude_code_enable_telemetry: '1' }, {}],
  ['telemetry-interval', { OTEL_METRIC_EXPORT_INTERVAL: '60s' }, { OTEL_METRIC_EXPORT_INTERVAL: '60000' }],
  ['telemetry-interval', { OTEL_METRIC_EXPORT_INTERVAL: '100' }, {}],
  ['telemetry-interval', { OTEL_METRIC_EXPORT_INTERVAL: '36000000' }, { OTEL_LOGS_EXPORT_INTERVAL: 5000 }],
  ['env-not-string', { OTEL_METRIC_EXPORT_INTERVAL: 1000 }, {}],
  ['env-not-string', { ANY: { a: 'b' } }, {}],
]

describe.each(cases)('%s', (id, bad, good) => {
  it(`finds ${JSON.stringify(bad)}`, () => {
    expect(of(id, bad).length).toBeGreaterThan(0)
  })

  it(`lets ${JSON.stringify(good)} be`, () => {
    expect(of(id, good)).toEqual([])
  })
})

describe('telemetry-selector-open', () => {
  it('does not repeat that events, or nothing at all, are sent', () => {
    const logs = { OTEL_LOGS_EXPORTER: undefined }
    expect(of('telemetry-no-logs-exporter', logs)).toHaveLength(1)
    expect(of('telemetry-selector-open', logs)).toEqual([])
    const neither = { ...logs, OTEL_METRICS_EXPORTER: undefined }
    expect(of('telemetry-no-exporter', neither)).toHaveLength(1)
    expect(of('telemetry-selector-open', neither)).toEqual([])
  })
})

describe('what is missing', () => {
  const ids = ['telemetry-not-enabled', 'telemetry-no-exporter', 'telemetry-no-protocol', 'telemetry-selector-open']

  it('is only said of settings about telemetry', () => {
    const file = settingsFile({ model: 'x', env: { HTTPS_PROXY: 'https://proxy.example.com' } })
    for (const id of ids) expect(hitsOf(rules, id, file)).toEqual([])
  })

  it('is only said of managed settings', () => {
    const file = settingsFile({ env: { OTEL_LOGS_EXPORTER: 'otlp' } }, { channel: 'user' })
    for (const id of ids) expect(hitsOf(rules, id, file)).toEqual([])
  })

  it('is not said of settings that only switch telemetry off', () => {
    const file = settingsFile({ env: { CLAUDE_CODE_ENABLE_TELEMETRY: '0' } })
    for (const id of ids) expect(hitsOf(rules, id, file)).toEqual([])
  })

  it('may stand in another drop-in', () => {
    const { OTEL_EXPORTER_OTLP_PROTOCOL, CLAUDE_CODE_ENABLE_TELEMETRY, ...rest } = goodEnvironment()
    const base = settingsFile({ env: rest })
    const more = settingsFile(
      { env: { OTEL_EXPORTER_OTLP_PROTOCOL, CLAUDE_CODE_ENABLE_TELEMETRY } },
      { channel: 'drop-in' },
    )
    const elsewhere = { ...more, file: 'other/managed-settings.d/50-more.json' }
    expect(errorsOf(rules, base, { files: [base, more] })).toEqual([])
    expect(errorsOf(rules, more, { files: [base, more] })).toEqual([])
    expect(errorsOf(rules, base, { files: [base, elsewhere] })).toHaveLength(2)
  })

  it('is said once, at the first file with telemetry', () => {
    const base = settingsFile({ model: 'x' })
    const first = settingsFile({ env: { OTEL_LOGS_EXPORTER: 'otlp' } }, { channel: 'drop-in' })
    const second = { ...first, file: 'managed-settings.d/60-more.json' }
    const files = [second, base, first]
    const found = files.map((file) => hitsOf(rules, 'telemetry-not-enabled', file, { files }).length)
    expect(found).toEqual([0, 0, 1])
  })
})

describe('telemetry-no-protocol', () => {
  const without = { OTEL_EXPORTER_OTLP_PROTOCOL: undefined }
  const [silent, withDefault] = clientBehaviour.protocolDefault

  it('is an error for clients that send nothing', () => {
    const [hit] = of('telemetry-no-protocol', without, {}, { codeVersions: ['2.1.200'] })
    expect(hit).toMatchObject({ versions: silent.versions })
    expect(hit?.severity).toBeUndefined()
  })

  it('is a note for clients with a default', () => {
    expect(of('telemetry-no-protocol', without, {}, { codeVersions: ['2.1.329'] })).toMatchObject([
      { severity: 'note', versions: withDefault.versions },
    ])
  })
})

describe('a value in force', () => {
  it('is reported at the file that has it', () => {
    const base = withEnvironment({ [generic]: 'https://c.example.com:4317' })
    const more = settingsFile({ env: { [generic]: 'https://c.example.com:4318' } }, { channel: 'drop-in' })
    const files = [base, more]
    expect(hitsOf(rules, 'telemetry-port-mismatch', base, { files })).toEqual([])
    expect(hitsOf(rules, 'telemetry-port-mismatch', base)).toHaveLength(1)
    const grpc = settingsFile({ env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' } }, { channel: 'drop-in' })
    expect(hitsOf(rules, 'telemetry-port-mismatch', base, { files: [base, grpc] })).toEqual([])
  })
})

describe('the helper for headers', () => {
  const helper = { otelHeadersHelper: '/usr/local/libexec/fleet/otel-headers' }
  const grpc = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', [generic]: 'https://c.example.com:4317' }

  it('does not run under grpc', () => {
    expect(of('telemetry-helper-grpc', grpc, helper)).toHaveLength(1)
    expect(of('telemetry-helper-grpc', {}, helper)).toEqual([])
    expect(of('telemetry-helper-grpc', grpc)).toEqual([])
  })

  it('has to be delivered', () => {
    expect(of('telemetry-helper-missing', {}, helper, { hasFile: () => false })).toHaveLength(1)
    expect(of('telemetry-helper-missing', {}, helper, { hasFile: () => true })).toEqual([])
    expect(of('telemetry-helper-missing', {}, helper)).toEqual([])
  })

  it('is looked for behind its interpreter', () => {
    const path = 'C:\\Program Files\\ClaudeCode\\otel-headers.ps1'
    const settings = { otelHeadersHelper: `powershell.exe -NoProfile -File "${path}"` }
    const hasFile = (asked: string) => (asked.endsWith('.ps1') && !asked.includes('-File') ? asked === path : undefined)
    expect(of('telemetry-helper-missing', {}, settings, { hasFile })).toEqual([])
    expect(
      of('telemetry-helper-missing', {}, settings, {
        hasFile: (asked: string) => (asked === path ? false : undefined),
      }),
    ).toHaveLength(1)
  })

  it.each(['otel-headers', './otel-headers', '~/bin/otel-headers', '$HOME/otel-headers', 'sh scripts/headers.sh'])(
    'must not be found as %s',
    (otelHeadersHelper) => {
      expect(of('telemetry-helper-missing', {}, { otelHeadersHelper })).toMatchObject([{ severity: 'warning' }])
    },
  )

  it('stands alone', () => {
    expect(of('telemetry-helper-and-static', { OTEL_EXPORTER_OTLP_HEADERS: 'a=b' }, helper)).toHaveLength(1)
    expect(of('telemetry-helper-and-static', {}, helper)).toEqual([])
    const [hit] = of('telemetry-helper-and-static', { OTEL_EXPORTER_OTLP_HEADERS: 'a=b' }, helper)
    expect(hit?.message).toContain('both are sent, and the helper wins')
  })
})

describe('variable-too-new', () => {
  it('names the clients out there', () => {
    const changes = { OTEL_LOG_MANAGED_SETTINGS: '1' }
    expect(of('variable-too-new', changes, {}, { codeVersions: ['2.1.200'] })).toMatchObject([{ versions: '<2.1.274' }])
    expect(of('variable-too-new', changes, {}, { codeVersions: ['2.1.300'] })).toEqual([])
    expect(of('variable-too-new', {}, {}, { codeVersions: ['2.1.100'] })).toEqual([])
  })
})

describe('env-server-withheld', () => {
  it('is about the server only', () => {
    const env = { HTTPS_PROXY: 'https://proxy.example.com' }
    expect(hitsOf(rules, 'env-server-withheld', withEnvironment(env, {}, { channel: 'server' }))).toHaveLength(1)
    expect(hitsOf(rules, 'env-server-withheld', withEnvironment({}, {}, { channel: 'server' }))).toEqual([])
    expect(hitsOf(rules, 'env-server-withheld', withEnvironment(env))).toEqual([])
  })
})

describe('secrets', () => {
  it('are never shown', () => {
    const file = withEnvironment({
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization: canary,%20canary',
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'Authorization=canary%20canary',
      [generic]: 'http://canary:canary@c.example.com:4317/canary?canary',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://canary@d.example.com:4317/?canary#canary',
    })
    const messages = rules.flatMap(({ id }) => hitsOf(rules, id, file)).map(({ message }) => message)
    expect(messages.length).toBeGreaterThan(4)
    expect(messages.join('\n')).not.toContain('canary')
  })
})
