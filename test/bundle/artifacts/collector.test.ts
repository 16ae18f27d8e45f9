import fc from 'fast-check'
import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import type { BundleFile } from '../../../src/bundle/artifact.js'
import { collector } from '../../../src/bundle/artifacts/collector.js'
import { CollectorReference, ConfigText, renderConfig } from '../../../src/bundle/collector/config-text.js'
import type { BundleWarning } from '../../../src/bundle/plan.js'
import { Secret } from '../../../src/policy/secret-reference.js'
import { privacyTiers } from '../../../src/policy/telemetry.js'
import { planOf } from '../../builders/plan.js'

const endpoint = 'https://otel.example.com:4318'
const full = {
  telemetry: {
    endpoint,
    headers: { Authorization: 'env:OTEL_AUTHORIZATION', 'x-team': 'plain:fleet' },
    privacy: 'metadata',
    traces: true,
    resourceAttributes: { 'team.id': 'platform' },
    endpointAttributes: { serial: 'serial', 'owner.mail': 'email', department: 'department' },
  },
  collector: {
    tls: { certificate: '/etc/otel/tls.crt', key: '/etc/otel/tls.key', clientAuthority: '/etc/otel/clients.crt' },
    clickhouse: {
      endpoint: 'tcp://clickhouse.example.com:9440',
      username: 'env:CLICKHOUSE_USER',
      password: 'file:/run/secrets/clickhouse password',
      retentionDays: 30,
    },
  },
}

interface Config {
  extensions: Record<string, Record<string, unknown>>
  receivers: { otlp: { protocols: Record<string, Record<string, unknown>> } }
  processors: Record<string, Record<string, unknown>>
  connectors: Record<string, { default_pipelines?: string[]; table: { condition: string; pipelines: string[] }[] }>
  exporters: Record<string, Record<string, unknown>>
  service: {
    extensions: string[]
    pipelines: Record<string, Record<'receivers' | 'processors' | 'exporters', string[]>>
  }
}

function build(
  policy: Record<string, unknown>,
  more = {},
): { config: Config; text: string; page: string; warnings: BundleWarning[] } {
  const warnings: BundleWarning[] = []
  const files = collector.files(planOf(policy, { warn: (warning) => warnings.push(warning), ...more }))
  const [yaml, page] = files as [BundleFile, BundleFile]
  const text = String(yaml.content)
  // Read twice, with the bundle's reader and with another one, and then as the collector would.
  expect(yaml.readBack?.(Buffer.from(text))).toEqual(yaml.data)
  expect(load(text)).toEqual(yaml.data)
  return { config: expand(load(text)) as Config, text, page: String(page.content), warnings }
}

const environment: Record<string, string> = {
  'env:FLEET_IDENTITY_KEY': 'k'.repeat(64),
  'env:OTEL_AUTHORIZATION': 'Bearer token',
  'env:CLICKHOUSE_USER': 'fleet',
  'file:/run/secrets/clickhouse password': 'pass',
}

/** What the collector makes of a text, after confmap/expand.go and resolver.go of 0.159.0, with `env` as default scheme. */
function expand(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expand)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, expand(inner)]))
  if (typeof value !== 'string') return value
  let text = value
  for (let uri = findUri(text); uri !== undefined; uri = findUri(text)) {
    const found = environment[uri.slice(2, -1)]
    if (found === undefined) throw new Error(`the collector would look up ${uri}`)
    text = text.replaceAll(uri, () => found)
  }
  return text.replaceAll('$$', () => '$')
}

/** The first `${…}` that is no escaped one. An escaped one ends the search, so that nothing behind it is looked up. */
function findUri(text: string): string | undefined {
  const close = text.indexOf('}')
  if (close < 0) return undefined
  const open = text.slice(0, close + 1).lastIndexOf(`\${`)
  const rest = text.slice(close + 1)
  if (open < 0) return rest.includes('}') ? findUri(rest) : undefined
  const dollars = /\$*$/.exec(text.slice(0, open))?.[0].length ?? 0
  return dollars % 2 === 1 ? undefined : text.slice(open, close + 1)
}

function statements(config: Config, processor: string, signal: string): string[] {
  const groups = config.processors[processor]?.[signal] as { statements: string[] }[] | undefined
  return groups?.flatMap((group) => group.statements) ?? []
}

describe('the configuration of the collector', () => {
  it('holds together: every part that is named exists, every part that exists is used', () => {
    for (const policy of [full, { telemetry: { endpoint } }]) {
      const { config } = build(policy)
      const pipelines = Object.values(config.service.pipelines)
      const connectors = Object.keys(config.connectors)
      const used = (kind: 'receivers' | 'processors' | 'exporters') =>
        [...new Set(pipelines.flatMap((pipeline) => pipeline[kind] ?? []))].sort()
      expect(used('processors')).toEqual(Object.keys(config.processors).sort())
      expect(used('exporters')).toEqual([...Object.keys(config.exporters), ...connectors].sort())
      expect(used('receivers')).toEqual(['otlp', ...connectors].sort())
      expect([...config.service.extensions].sort()).toEqual(Object.keys(config.extensions).sort())
      const targets = Object.values(config.connectors).flatMap((connector) => [
        ...(connector.default_pipelines ?? []),
        ...connector.table.flatMap((row) => row.pipelines),
      ])
      expect(targets.filter((target) => !(target in config.service.pipelines))).toEqual([])
      const paths = Object.values(config.exporters).flatMap((exporter) => ('path' in exporter ? [exporter.path] : []))
      expect(new Set(paths).size).toBe(paths.length)
    }
  })

  it('takes content and identity out before anything is stored', () => {
    const { config } = build(full)
    const into = [
      'memory_limiter',
      'transform/required_attributes',
      'transform/redaction',
      'transform/identity',
      'batch',
    ]
    expect(config.service.pipelines['logs/in']?.processors).toEqual(into)
    expect(config.service.pipelines['traces/in']?.processors).toEqual(into)
    expect(config.service.pipelines['metrics/in']?.processors).toEqual(
      into.filter((name) => !name.endsWith('redaction')),
    )
    for (const [name, pipeline] of Object.entries(config.service.pipelines))
      expect(pipeline.receivers.includes('otlp'), name).toBe(name.endsWith('/in'))
  })

  it('drops the data when redaction or hashing fails, and keeps it when the check of attributes does', () => {
    const { config } = build(full)
    expect(config.processors['transform/redaction']?.error_mode).toBe('propagate')
    expect(config.processors['transform/identity']?.error_mode).toBe('propagate')
    expect(config.processors['transform/required_attributes']?.error_mode).toBe('ignore')
  })

  it('writes OTTL that closes its strings and brackets and calls functions that exist', () => {
    const known = [
      'append',
      'delete_key',
      'delete_matching_keys',
      'set',
      'IsMatch',
      'IsString',
      'Concat',
      'SHA256',
      'ConvertCase',
    ]
    for (const privacy of privacyTiers) {
      const { config } = build({ ...full, telemetry: { ...full.telemetry, privacy } })
      const all = [
        ...Object.keys(config.processors)
          .filter((name) => name.startsWith('transform/'))
          .flatMap((name) =>
            ['log_statements', 'metric_statements', 'trace_statements'].flatMap((signal) =>
              statements(config, name, signal),
            ),
          ),
        ...Object.values(config.connectors).flatMap(({ table }) => table.map(({ condition }) => condition)),
      ]
      expect(all.length).toBeGreaterThan(20)
      for (const statement of all) {
        const bare = statement.replace(/"(?:[^"\\]|\\.)*"/g, 'TEXT')
        expect(bare).not.toMatch(/["$\\]/)
        expect(bare.split('(').length, statement).toBe(bare.split(')').length)
        expect(bare.split('[').length, statement).toBe(bare.split(']').length)
        const called = [...bare.matchAll(/([A-Za-z_0-9]+)\(/g)]
          .map(([, name]) => name)
          .filter((name) => name !== 'not' && name !== 'and')
        expect(called.filter((name) => !known.includes(name ?? ''))).toEqual([])
      }
    }
  })

  it.each([
    ['metadata', ['prompt', 'response', 'tool_parameters', 'tool_input', 'body', 'body_ref', 'workspace.host_paths']],
    ['tool-details', ['prompt', 'response', 'body', 'body_ref']],
    ['content', ['body', 'body_ref']],
    ['raw', []],
  ] as const)('deletes what the tier %s does not allow, and nothing else', (privacy, gone) => {
    const { config } = build({ ...full, telemetry: { ...full.telemetry, privacy } })
    const content = ['prompt', 'response', 'tool_parameters', 'tool_input', 'body', 'body_ref', 'workspace.host_paths']
    const harmless = [
      'event.name',
      'event.sequence',
      'prompt.id',
      'prompt_length',
      'response_length',
      'body_length',
      'tool_name',
      'tool_result_size_bytes',
      'hook_event',
      'hook_source',
      'num_blocking',
      'result',
      'error_type',
      'model',
      'serial',
      'fleet.policy',
      'session.id',
      'workspace-host_paths',
      'department',
    ]
    for (const signal of ['log_statements', 'trace_statements']) {
      const patterns = statements(config, 'transform/redaction', signal).flatMap((statement) => {
        const found = /^delete_matching_keys\((?:log|span|spanevent)\.attributes, "(.*)"\)$/.exec(statement)
        return found?.[1] === undefined ? [] : [new RegExp(found[1])]
      })
      expect(patterns).toHaveLength(privacy === 'raw' ? 0 : signal === 'log_statements' ? 1 : 2)
      for (const pattern of patterns) {
        expect(content.filter((key) => pattern.test(key))).toEqual(gone)
        expect(harmless.filter((key) => pattern.test(key))).toEqual(
          signal === 'log_statements' ? [] : privacy === 'content' ? [] : ['result'],
        )
      }
    }
    expect('transform/redaction' in config.processors).toBe(privacy !== 'raw')
  })

  it('hashes everything that names a person, each resource once, also what the policy adds', () => {
    const { config } = build(full)
    for (const [signal, record] of [
      ['log_statements', 'log'],
      ['metric_statements', 'datapoint'],
      ['trace_statements', 'span'],
    ]) {
      const groups = config.processors['transform/identity']?.[signal as string] as { statements: string[] }[]
      expect(groups).toHaveLength(2)
      for (const [index, context] of ['resource', record].entries()) {
        const lines = groups[index]?.statements ?? []
        expect(lines.filter((line) => !line.includes(`(${context}.attributes`))).toEqual([])
        const hashed = lines.flatMap(
          (line) => /^set\(\w+\.attributes\["([^"]+)"\], Concat\(\["sha256:", SHA256\(/.exec(line)?.[1] ?? [],
        )
        expect(hashed).toEqual([
          'enduser.id',
          'owner.mail',
          'process.owner',
          'user.account_id',
          'user.account_uuid',
          'user.email',
          'user.id',
        ])
        const lowered = lines.flatMap(
          (line) => /ConvertCase\(\w+\.attributes\["([^"]+)"\], "lower"\)/.exec(line)?.[1] ?? [],
        )
        expect(lowered).toEqual(['owner.mail', 'user.email'])
        const [withoutKey] = lines
        const pattern = /attributes, "([^"]+)"\) where not IsMatch\("k+", "\^\[0-9A-Za-z\]\{32\}"\)$/.exec(
          withoutKey ?? '',
        )?.[1]
        expect(hashed.filter((key) => !new RegExp(pattern ?? '^$').test(key))).toEqual([])
        expect(new RegExp(pattern ?? '').test('user_email')).toBe(false)
      }
    }
    const { config: open, page } = build({ ...full, collector: { ...full.collector, hashIdentity: false } })
    expect(open.processors['transform/identity']).toBeUndefined()
    expect(page).toContain('Identity is stored as it comes')
    expect(page).not.toContain('FLEET_IDENTITY_KEY')
  })

  it('asks for the attributes that the settings deliver, and not of first-party Cowork', () => {
    const lines = (policy: Record<string, unknown>) =>
      statements(build(policy).config, 'transform/required_attributes', 'log_statements').filter((line) =>
        line.startsWith('append('),
      )
    const required = (policy: Record<string, unknown>) =>
      lines(policy).map((line) => /\], "([^"]+)"\) where/.exec(line)?.[1])
    expect(required(full)).toEqual(['department', 'fleet.policy', 'owner.mail', 'serial'])
    expect(lines(full).every((line) => line.endsWith(' and resource.attributes["service.name"] != "cowork"'))).toBe(
      true,
    )
    const own = { ...full, collector: { requiredAttributes: ['user.email', 'serial'] } }
    expect(required(own)).toEqual(['serial', 'user.email'])
    expect(lines(own).map((line) => line.includes('cowork'))).toEqual([true, false])
    const thirdParty = { ...full, claudeDesktop: { deployment: 'third-party' } }
    expect(lines(thirdParty).filter((line) => line.includes('cowork'))).toEqual([])
  })

  it('takes an attribute that nobody filled in for missing', () => {
    const [, line] = statements(build(full).config, 'transform/required_attributes', 'log_statements')
    const pattern = new RegExp(/IsMatch\(log\.attributes\["department"\], "([^"]+)"\)/.exec(line ?? '')?.[1] ?? '')
    expect(['C02XY', 'field ops', 'é', '%'].filter((value) => !pattern.test(value))).toEqual([])
    expect(
      ['', '$SERIALNUMBER', '{{serialnumber}}', '{DeviceSerialNumber}'].filter((value) => pattern.test(value)),
    ).toEqual([])
  })

  it('sends events about policy, hooks and permissions to the security file', () => {
    const { config } = build(full)
    const [row] = config.connectors['routing/events']?.table ?? []
    const pattern = new RegExp(/IsMatch\(attributes\["event.name"\], "(.*)"\)$/.exec(row?.condition ?? '')?.[1] ?? '')
    const security = [
      'hook_registered',
      'hook_execution_complete',
      'tool_decision',
      'permission_mode_changed',
      'auth',
      'managed_settings_resolved',
      'plugin_installed',
      'plugin_loaded',
      'mcp_server_connection',
      'claude_code.tool_decision',
    ]
    expect(security.filter((name) => !pattern.test(name))).toEqual([])
    expect(
      ['user_prompt', 'tool_result', 'api_request', 'authx', 'my_hook_registered'].filter((name) => pattern.test(name)),
    ).toEqual([])
  })

  it('refuses traces when the policy wants none', () => {
    const { config } = build({ telemetry: { endpoint } })
    expect(Object.keys(config.service.pipelines).filter((name) => name.startsWith('traces'))).toEqual([])
    expect(Object.keys(config.exporters)).not.toContain('file/traces')
    expect(statements(config, 'transform/identity', 'trace_statements')).toEqual([])
  })

  it('listens beyond the host only with TLS', () => {
    const { config } = build(full)
    const { grpc, http } = config.receivers.otlp.protocols
    expect([grpc?.endpoint, http?.endpoint]).toEqual(['0.0.0.0:4317', '0.0.0.0:4318'])
    expect(http?.tls).toMatchObject({
      cert_file: '/etc/otel/tls.crt',
      key_file: '/etc/otel/tls.key',
      client_ca_file: '/etc/otel/clients.crt',
    })
    const plain = build({ telemetry: { endpoint } })
    expect(plain.config.receivers.otlp.protocols.http).toEqual({ endpoint: 'localhost:4318' })
    expect(plain.page).toContain('only a proxy on the same host')
  })

  it.each([
    ['env:OTEL_AUTHORIZATION', { scheme: '', token: 'Bearer token' }, '`OTEL_AUTHORIZATION`'],
    ['file:/run/secrets/o$tel', { scheme: '', filename: '/run/secrets/o$tel' }, '`/run/secrets/o$tel`'],
    [`plain:Basic $a\${b}==`, { scheme: '', token: `Basic $a\${b}==` }, 'everybody may know it'],
  ])('knows its clients by the header Authorization, from %s', (value, extension, onPage) => {
    const { config, page, warnings } = build({ telemetry: { endpoint, headers: { authorization: value } } })
    expect(config.extensions.bearertokenauth).toEqual(extension)
    expect(config.receivers.otlp.protocols.grpc?.auth).toEqual({ authenticator: 'bearertokenauth' })
    expect(page).toContain(onPage)
    expect(warnings).toEqual([])
  })

  it('says so when it knows no client', () => {
    const { config, page, warnings } = build({ telemetry: { endpoint, headers: { 'x-team': 'env:TEAM' } } })
    expect(config.extensions.bearertokenauth).toBeUndefined()
    expect(warnings.map(({ code }) => code)).toEqual(['collector-open'])
    expect(page).toContain('does not look at `x-team`')
  })

  it('writes to ClickHouse with references for what is secret', () => {
    const { config, text, page } = build(full)
    expect(config.exporters.clickhouse).toEqual({
      endpoint: 'tcp://clickhouse.example.com:9440',
      database: 'otel',
      username: 'fleet',
      password: 'pass',
      connection_params: { secure: 'true' },
      ttl: '720h',
      create_schema: true,
    })
    expect(text).toContain(`\${file:/run/secrets/clickhouse password}`)
    expect(page).toContain('The file `/run/secrets/clickhouse password` on')
    expect(page).toContain('told to report to `https://otel.example.com:4318` (`http/protobuf`)')
  })

  it.each([
    ['tcp://clickhouse.example.com:9000', ['clickhouse-clear-text']],
    ['http://clickhouse.example.com:8123', ['clickhouse-clear-text']],
    ['tcp://localhost:9000', []],
    ['tcp://localhost.example.com:9000', ['clickhouse-clear-text']],
    ['https://clickhouse.example.com:8443', []],
  ])('warns of clear text on the way to %s', (store, codes) => {
    const { warnings } = build({ ...full, collector: { clickhouse: { endpoint: store } } })
    expect(warnings.map(({ code }) => code)).toEqual(codes)
  })

  it('refuses a reference that the collector could not hold', () => {
    for (const path of ['/a}b', `/a\${b`, '/a$b', '/a{b'])
      expect(() =>
        build({ ...full, collector: { clickhouse: { endpoint: 'https://c:8443', password: `file:${path}` } } }),
      ).toThrow(expect.objectContaining({ code: 'collector-reference' }))
  })

  it('names the file of the policy in a refusal, whatever it is called', () => {
    const password = 'file:/a}b'
    const plan = planOf({ ...full, collector: { clickhouse: { endpoint: 'https://c:8443', password } } })
    expect(() => collector.files({ ...plan, loaded: { ...plan.loaded, file: 'emea.yaml' } })).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({ where: { file: 'emea.yaml', path: 'collector.clickhouse.password' } }),
      }),
    )
  })

  it('is not made without telemetry', () => {
    const codes: string[] = []
    const plan = planOf({ collector: {} }, { warn: ({ code }) => codes.push(code) })
    expect(collector.files(plan)).toEqual([])
    expect(codes).toEqual(['collector-without-telemetry'])
    expect(collector.files(planOf())).toEqual([])
  })

  it('holds no secret, even when the build has them', () => {
    const secrets = new Map([['Authorization', new Secret('Bearer canary-3f9c')]])
    const { text, page } = build(full, { secrets })
    expect(text + page).not.toContain('canary-3f9c')
  })
})

describe('renderConfig', () => {
  it('is undone by the collector, whatever the data', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.string({ maxLength: 10, unit: fc.constantFrom('$', '{', '}', ':', 'e', 'n', 'v', 'A') }),
    )
    fc.assert(
      fc.property(text, (data) => {
        expect(expand(renderConfig({ a: [data] }))).toEqual({ a: [data] })
      }),
    )
  })

  it('keeps references apart from the data around them', () => {
    const key = new CollectorReference('env:FLEET_IDENTITY_KEY')
    expect(renderConfig(new ConfigText(['$', key, `\${env:X}$`]))).toBe(`$$\${env:FLEET_IDENTITY_KEY}$\${env:X}$$`)
  })
})
