import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { Policy } from '../../src/policy/policy.js'

/** What is wrong with one section, as `path: message`. */
function mistakes(section: Record<string, unknown>): string[] {
  const parsed = Policy.safeParse(section)
  if (parsed.success) return []
  const flat = (issues: readonly { path: PropertyKey[]; message: string; errors?: unknown }[]): string[] =>
    issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  return flat(parsed.error.issues)
}

const endpoint = 'https://otel.example.com:4318'

/** Every pattern of a text below a schema that would be told as a pattern. */
function patternsWithoutText(schema: unknown, place: string, seen = new Set<unknown>()): string[] {
  if (!(schema instanceof z.ZodType) || seen.has(schema)) return []
  seen.add(schema)
  const { checks = [], shape = {}, options = [], ...def } = schema.def as unknown as Definition
  const own = checks
    .map((check) => check._zod.def)
    .filter(({ format, error }) => format === 'regex' && error === undefined)
    .map(({ pattern }) => `${place}: ${String(pattern)}`)
  const inside: [string, unknown][] = [
    ...Object.entries(shape),
    ...options.map((option, index): [string, unknown] => [String(index), option]),
    ...['innerType', 'element', 'keyType', 'valueType'].map((key): [string, unknown] => [key, def[key]]),
  ]
  return [...own, ...inside.flatMap(([name, inner]) => patternsWithoutText(inner, `${place}.${name}`, seen))]
}

interface Definition extends Record<string, unknown> {
  readonly checks?: readonly { readonly _zod: { readonly def: Readonly<Record<string, unknown>> } }[]
  readonly shape?: object
  readonly options?: readonly unknown[]
}

it('says in words what every text must look like', () => {
  expect(patternsWithoutText(Policy, 'policy')).toEqual([])
  expect(patternsWithoutText(z.strictObject({ a: z.array(z.string().regex(/^x/)).optional() }), 'x')).toEqual([
    'x.a.innerType.element: /^x/',
  ])
})

describe('telemetry', () => {
  it('has safe defaults', () => {
    expect(Policy.parse({ telemetry: { endpoint } }).telemetry).toEqual({
      endpoint,
      protocol: 'http/protobuf',
      headers: {},
      privacy: 'metadata',
      traces: false,
      metricIntervalSeconds: 60,
      logIntervalSeconds: 5,
      resourceAttributes: {},
      endpointAttributes: {},
    })
  })

  it.each([
    'http://otel.example.com:4318',
    'otel.example.com:4318',
    'https://user:password@otel.example.com',
    'https://otel.example.com/?token=x',
    'https://otel.example.com/v1/logs',
    'https://otel.example.com/$(touch x)',
    'https://otel.example.com/\n',
    'https://ötel.example.com',
  ])('refuses the address %j', (address) => {
    expect(mistakes({ telemetry: { endpoint: address } }).length).toBeGreaterThan(0)
  })

  it.each(['http://127.0.0.1:4318', 'http://localhost:4318', 'http://[::1]:4318', 'https://otel.example.com/base'])(
    'takes the address %s',
    (address) => {
      expect(mistakes({ telemetry: { endpoint: address } })).toEqual([])
    },
  )

  it.each(['Bearer abc', 'secret', 'env:', 'env:A B', 'file:', 'plain:', 'plain:a,b', 'plain:a\nb', 'plain: a'])(
    'refuses the header value %j, so that no secret stands in a policy by mistake',
    (value) => {
      expect(mistakes({ telemetry: { endpoint, headers: { Authorization: value } } })).toHaveLength(1)
    },
  )

  it.each(['env:TOKEN', 'file:/run/secrets/token', 'plain:finance', 'plain:a b=c'])(
    'takes the header value %s',
    (value) => {
      expect(mistakes({ telemetry: { endpoint, headers: { 'X-Team': value } } })).toEqual([])
    },
  )

  it.each(['X Team', 'X:Team', 'X\r\nY', '', 'X$Y', "X'Y"])('refuses the header name %j', (name) => {
    expect(mistakes({ telemetry: { endpoint, headers: { [name]: 'env:A' } } }).length).toBeGreaterThan(0)
  })

  it('refuses one header twice, in whatever case', () => {
    expect(mistakes({ telemetry: { endpoint, headers: { 'X-A': 'env:A', 'x-a': 'env:B' } } })).toEqual([
      'telemetry.headers: one header stands twice; case does not matter',
    ])
  })

  it.each([
    'service.name',
    'user.email',
    'session.id',
    'host.arch',
    'fleet.policy',
    'A',
    'a b',
    'a=b',
    'a,b',
    'a..b',
    '',
  ])('refuses the attribute key %j', (key) => {
    expect(mistakes({ telemetry: { endpoint, resourceAttributes: { [key]: 'x' } } }).length).toBeGreaterThan(0)
    expect(mistakes({ telemetry: { endpoint, endpointAttributes: { [key]: 'serial' } } }).length).toBeGreaterThan(0)
  })

  it('refuses one attribute from two places', () => {
    const telemetry = { endpoint, resourceAttributes: { site: 'x' }, endpointAttributes: { site: 'site' } }
    expect(mistakes({ telemetry })).toEqual(['telemetry.endpointAttributes.site: stands in resourceAttributes too'])
  })
})

const guard = (value: unknown) => ({ hooks: { guard: value } })

describe('the hook that fleet ships', () => {
  it('asks nobody, refuses nothing, and lets work go on, until it is told otherwise', () => {
    expect(Policy.parse(guard({})).hooks?.guard).toEqual({ deny: [], whenUnsure: 'allow', keep: 100 })
    expect(Policy.parse(guard({ evaluate: { url: endpoint } })).hooks?.guard?.evaluate).toEqual({
      url: endpoint,
      timeoutSeconds: 5,
    })
    expect(Policy.parse({ hooks: {} }).hooks?.guard).toBeUndefined()
  })

  it('takes what its configuration can say', () => {
    const value = {
      deny: [{ tool: 'Bash', contains: 'rm -rf "/"' }, { tool: 'mcp__a-b.c__*' }, { tool: '*', contains: ' ' }],
      evaluate: {
        url: 'http://127.0.0.1:8080/decide',
        timeoutSeconds: 60,
        authorizationFile: {
          macos: '/etc/fleet/a',
          linux: '/etc/fleet/hook-authorization',
          windows: 'C:\\Program Files\\Fleet\\a.txt',
        },
      },
      whenUnsure: 'deny',
      keep: 500,
    }
    expect(Policy.parse(guard(value)).hooks?.guard).toEqual(value)
  })
})

it('the section probe has its defaults', () => {
  expect(Policy.parse({ probe: {} }).probe).toEqual({
    columns: [],
    staleAfterDays: 7,
    requires: ['installed'],
    restartWithinHours: 24,
  })
  expect(Policy.parse({}).probe).toBeUndefined()
})

describe('the other sections', () => {
  it.each([
    [{ hooks: { required: [{ event: 'PreToolUse' }] } }, 'needs either command or url'],
    [{ hooks: { required: [{ event: 'PreToolUse', command: '/x', url: endpoint }] } }, 'needs either command or url'],
    [{ hooks: { required: [{ event: 'pre tool', command: '/x' }] } }, 'is not the name of an event'],
    [guard({ deny: [{ tool: 'Ba*sh' }] }), 'is not the name of a tool, such as Bash or mcp__*'],
    [guard({ deny: [{ tool: 'a b' }] }), 'is not the name of a tool'],
    [guard({ deny: [{ tool: '**' }] }), 'is not the name of a tool'],
    [guard({ deny: [{ tool: 'Bash', contains: 'x\ny' }] }), 'must be printable ASCII'],
    [guard({ deny: [{ tool: 'Bash', contains: 'é' }] }), 'must be printable ASCII'],
    [guard({ deny: [{ tool: 'Bash', contains: '' }] }), 'hooks.guard.deny.0.contains: '],
    [guard({ deny: Array.from({ length: 201 }, () => ({ tool: '*' })) }), 'hooks.guard.deny: '],
    [guard({ evaluate: { url: 'http://policy.example.com' } }), 'must be https://'],
    [guard({ evaluate: { url: 'https://policy.example.com/?key=x' } }), 'must have no user name, query or fragment'],
    [guard({ evaluate: { url: endpoint, timeoutSeconds: 61 } }), 'hooks.guard.evaluate.timeoutSeconds: '],
    [guard({ evaluate: { url: endpoint, authorizationFile: { macos: 'C:\\x' } } }), 'such as /etc/fleet'],
    [guard({ evaluate: { url: endpoint, authorizationFile: { linux: '/' } } }), 'such as /etc/fleet'],
    [guard({ evaluate: { url: endpoint, authorizationFile: { linux: '/etc/a b' } } }), 'such as /etc/fleet'],
    [guard({ evaluate: { url: endpoint, authorizationFile: { windows: '/etc/x' } } }), 'such as C:\\ProgramData'],
    [guard({ evaluate: { url: endpoint, authorization: 'Bearer x' } }), 'hooks.guard.evaluate: Unrecognized key'],
    [guard({ whenUnsure: 'maybe' }), 'hooks.guard.whenUnsure: '],
    [guard({ keep: 501 }), 'hooks.guard.keep: '],
    [guard({ keep: 0 }), 'hooks.guard.keep: '],
    [{ probe: { requires: ['installed', 'installed'] } }, 'names one twice'],
    [{ probe: { requires: ['recorded'] } }, 'probe.requires.0: '],
    [{ probe: { staleAfterDays: 0 } }, 'probe.staleAfterDays: '],
    [{ plugins: { approved: [{ plugin: 'a@b' }] } }, 'names a marketplace that plugins.marketplaces does not have'],
    [{ plugins: { approved: [{ plugin: 'a' }] } }, 'must be plugin@marketplace'],
    [{ claudeCode: { minimumVersion: '2.1' } }, 'is not a version of three numbers'],
    [{ claudeCode: { minimumVersion: '9,0,0' } }, 'is not a version of three numbers'],
    [{ claudeCode: { minimumVersion: 'latest' } }, 'is not a version of three numbers'],
    [{ claudeDesktop: { minimumVersion: '>=1.2.3' } }, 'is not a version of three numbers'],
    [{ delivery: { mdm: ['jamf'] } }, 'Invalid option'],
    [{ delivery: { mdm: ['intune', 'intune'] } }, 'names one twice'],
    [{ collector: { archive: 'relative' } }, 'must be an absolute path'],
    [{ collector: { clickhouse: { endpoint: 'ch', password: 'hunter2' } } }, 'must be tcp://'],
    [{ mcp: { allowed: [{ name: 'a b' }] } }, 'must be letters, digits'],
    [{ permissions: { deny: ['Bash\n'] } }, 'holds a control character'],
  ])('%j is refused: %s', (section, message) => {
    expect(mistakes(section).join('\n')).toContain(message)
  })

  const gitSource = (git: string) => ({ plugins: { marketplaces: [{ name: 'a', source: { git } }] } })
  it.each(['https://git.example.com/a.git', 'ssh://git@git.example.com:2222/a/b.git', 'git@git.example.com:a/b.git'])(
    'takes the git address %s',
    (git) => {
      expect(mistakes(gitSource(git))).toEqual([])
    },
  )

  it.each([
    'ssh://x',
    'ssh://',
    'ssh:///a',
    'https://git.example.com',
    'https://x/',
    'git@x',
    'git@x:',
    'git@x/a',
    'x',
  ])('refuses the git address %s', (git) => {
    expect(mistakes(gitSource(git))).toHaveLength(1)
  })

  it('an empty section means its defaults', () => {
    const policy = Policy.parse({ hooks: {}, plugins: {}, permissions: {}, mcp: {}, claudeCode: {}, collector: {} })
    expect(policy).toMatchObject({
      hooks: { required: [], managedOnly: true },
      plugins: { onlyThese: true },
      permissions: { forbidBypass: true, forbidAuto: false, managedOnly: false },
      mcp: { managedOnly: true, denied: [] },
      claudeCode: { settings: {} },
      collector: { hashIdentity: true },
    })
  })
})
