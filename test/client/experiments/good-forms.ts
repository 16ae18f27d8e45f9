import { collectorAddress, type Experiment, type Setup } from '../experiment.js'
import type { Seen } from '../seen.js'
import { hookEntry, hookFile, telemetry, withGoodHook, withTelemetry } from './setup.js'

const good = withGoodHook()
const enforced: Partial<Seen> = {
  starts: true,
  complains: false,
  toolRan: false,
  hooksBlocking: 1,
  signals: ['logs', 'metrics'],
}

const arrives: Partial<Seen> = { starts: true, complains: false, signals: ['logs', 'metrics'] }
const goodForm = (id: string, about: string, fixed: Setup, seen: Partial<Seen>): Experiment => ({
  rule: 'good-form',
  id,
  about,
  fixed,
  expects: [{ versions: '*', fixed: seen }],
})

const withAttributes = (text: string) => withTelemetry({ OTEL_RESOURCE_ATTRIBUTES: text })
const twenty = Array.from({ length: 20 }, (_, index) => [`key.${index}`, `value-${index}`] as const)
const hard = {
  blank: 'field ops',
  comma: 'a,b',
  equals: 'a=b',
  letters: 'Zürich 東京',
  percent: '100%',
  quotes: '"a" \'b\'',
}
const encoded = Object.entries(hard).map(
  ([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("'", '%27')}`,
)
const sorted = (pairs: readonly (readonly [string, string])[]) => Object.fromEntries([...pairs].sort())

/** Forms that must work in every version: what a built bundle relies on. */
export const goodForms: readonly Experiment[] = [
  goodForm(
    'attributes-encoded',
    'Every hard character arrives when percent-encoded.',
    withAttributes(encoded.join(',')),
    {
      ...arrives,
      attributes: hard,
    },
  ),
  goodForm(
    'attributes-many',
    'Twenty entries all arrive.',
    withAttributes(twenty.map(([name, value]) => `${name}=${value}`).join(',')),
    { ...arrives, attributes: sorted(twenty) },
  ),
  goodForm(
    'attributes-plain',
    'The characters that need no encoding.',
    withAttributes('a=http://x/y:1,b=@z,c_d.e-f=A.b_c-9'),
    { ...arrives, attributes: { a: 'http://x/y:1', b: '@z', 'c_d.e-f': 'A.b_c-9' } },
  ),
  goodForm('attributes-blank-after-comma', 'A blank after the comma.', withAttributes('a=x, b=1'), {
    ...arrives,
    attributes: { a: 'x', b: '1' },
  }),
  goodForm('attributes-trailing-comma', 'A comma at the end.', withAttributes('a=x,b=1,'), {
    ...arrives,
    attributes: { a: 'x', b: '1' },
  }),
  goodForm('attributes-empty-value', 'An empty value.', withAttributes('a=,b=1'), {
    ...arrives,
    attributes: { a: '', b: '1' },
  }),
  goodForm(
    'enabled-true',
    'The switch may be `true`.',
    withTelemetry({ CLAUDE_CODE_ENABLE_TELEMETRY: 'true' }),
    arrives,
  ),
  goodForm('two-exporters', 'A list of exporters.', withTelemetry({ OTEL_LOGS_EXPORTER: 'otlp,console' }), {
    starts: true,
    signals: ['logs', 'metrics'],
  }),
  goodForm(
    'endpoint-slash',
    'An endpoint with a slash at its end.',
    withTelemetry({ OTEL_EXPORTER_OTLP_ENDPOINT: `${collectorAddress}/` }),
    { ...arrives, paths: ['/v1/logs', '/v1/metrics'] },
  ),
  goodForm('protobuf', 'Protobuf over HTTP.', withTelemetry({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }), {
    ...arrives,
    contentTypes: ['application/x-protobuf'],
  }),
  goodForm(
    'basic-header',
    'A header value that ends in equals signs.',
    withTelemetry({ OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic YTpiYw==' }),
    { ...arrives, headers: { authorization: 'Basic YTpiYw==' } },
  ),
  goodForm(
    'managed-wins-telemetry',
    'The user cannot send telemetry elsewhere or stop it.',
    {
      ...withTelemetry(),
      user: { env: { OTEL_LOGS_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' } },
      shell: { OTEL_LOGS_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' },
    },
    arrives,
  ),
  goodForm(
    'managed-wins-hooks',
    'The user cannot turn managed hooks off.',
    { ...good, user: { disableAllHooks: true } },
    enforced,
  ),
  ...[undefined, ''].map((matcher) =>
    goodForm(
      matcher === undefined ? 'hook-no-matcher' : 'hook-empty-matcher',
      'A hook without a matcher runs for every tool.',
      { ...good, managed: { env: telemetry(), hooks: { PreToolUse: [hookEntry({ matcher })] } } },
      enforced,
    ),
  ),
  goodForm(
    'hook-http',
    'A hook of type http is asked; an empty answer lets the call through.',
    withTelemetry(
      {},
      {
        hooks: { PreToolUse: [{ matcher: '*', hooks: [{ type: 'http', url: `${collectorAddress}/hook` }] }] },
      },
    ),
    { ...arrives, toolRan: true, paths: ['/hook', '/v1/logs', '/v1/metrics'] },
  ),
  goodForm(
    'drop-in',
    'Hooks in a drop-in and env in the base file are merged.',
    {
      managed: { env: telemetry() },
      dropIns: { '50-hooks.json': { hooks: { PreToolUse: [hookEntry()] } } },
      files: hookFile('deny'),
    },
    enforced,
  ),
  goodForm(
    'deny-tool',
    'A deny rule for a whole tool takes it away.',
    withTelemetry({}, { permissions: { deny: ['Bash'] } }),
    {
      ...arrives,
      toolOffered: false,
      toolRan: false,
    },
  ),
  goodForm('utf-16', 'UTF-16 with a byte order mark.', { ...good, encoding: 'utf-16' }, enforced),
  goodForm(
    'utf-8-bom',
    'A UTF-8 byte order mark.',
    { ...good, managed: `\uFEFF${JSON.stringify(good.managed)}` },
    enforced,
  ),
]
