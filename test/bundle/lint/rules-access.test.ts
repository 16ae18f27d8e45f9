import { describe, expect, it } from 'vitest'
import { rules } from '../../../src/bundle/lint/rules-access.js'
import { errorsOf, hitsOf, settingsFile } from '../../builders/settings-file.js'

const of = (id: string, value: unknown, more = {}, context = {}) =>
  hitsOf(rules, id, settingsFile(value, more), context)
const deny = (...list: string[]) => ({ permissions: { deny: list } })
const allow = (...list: string[]) => ({ permissions: { allow: list } })
const locked = { allowManagedPermissionRulesOnly: true }
const lockedServers = { allowManagedMcpServersOnly: true }
const name = { serverName: 'tickets' }
const url = { serverUrl: 'https://mcp.example.com/*' }
const domains = (network: object, permissions = {}) => ({ permissions, sandbox: { network } })

/** Each rule with settings it finds fault with, and settings it does not. */
const cases: readonly (readonly [id: string, bad: unknown, good: unknown])[] = [
  ['permission-rule-unparsable', deny('Bash(echo'), deny('Bash(echo:*)')],
  ['permission-rule-unparsable', deny(''), deny('Bash(echo (a))')],
  ['permission-rule-unparsable', allow('(x)'), allow('Bash')],
  ['permission-rule-useless', deny('Write(docs/**)'), deny('Edit(docs/**)')],
  ['permission-rule-useless', deny('WebFetch(https://example.com)'), deny('WebFetch(domain:example.com)')],
  ['permission-rule-useless', allow('Agent(model:opus)'), deny('Agent(model:opus)')],
  ['permission-rule-tool-unknown', deny('bash'), deny('Bash', 'mcp__any__thing', 'Cd(/x)')],
  ['permission-allow-glob', allow('mcp__*'), deny('mcp__*', '*')],
  ['permission-rule-anchor', deny('Read(/etc/**)'), deny('Read(//etc/**)', 'Read(~/.ssh/**)', 'Read(./.env)')],
  ['permission-rule-windows-path', deny('Read(C:\\Users\\**)'), deny('Read(//c/Users/**)')],
  [
    'permission-shadowed',
    { permissions: { deny: ['Bash'], allow: ['Bash(npm run *)'] } },
    { permissions: { deny: ['Bash(rm *)'], allow: ['Bash(npm run *)'] } },
  ],
  [
    'permission-shadowed',
    { permissions: { deny: ['mcp__*'], ask: ['mcp__a__b'] } },
    { permissions: { deny: ['Read'], ask: ['Edit'] } },
  ],
  [
    'permission-shadowed',
    { permissions: { deny: ['WebFetch(domain:a.example)'], allow: ['WebFetch(domain:a.example)'] } },
    {},
  ],
  ['permission-lock-without-rules', locked, { ...locked, ...allow('Edit(~/CoworkProjects/**)') }],
  ['permission-lock-without-rules', { ...locked, ...deny('Bash') }, deny('Bash')],
  [
    'permission-bypass-open',
    deny('Bash'),
    { permissions: { deny: ['Bash'], disableBypassPermissionsMode: 'disable' } },
  ],
  ['permission-bypass-open', locked, { model: 'x' }],
  ['mcp-entry-invalid', { allowedMcpServers: [{ serverName: 'a b' }] }, { deniedMcpServers: [{ serverName: 'a b' }] }],
  ['mcp-entry-invalid', { deniedMcpServers: ['tickets'] }, { allowedMcpServers: [name, url] }],
  ['mcp-lock-without-list', lockedServers, { ...lockedServers, allowedMcpServers: [] }],
  ['mcp-list-open', { allowedMcpServers: [url] }, { ...lockedServers, allowedMcpServers: [url] }],
  ['mcp-name-only', { allowedMcpServers: [name] }, { allowedMcpServers: [url] }],
  ['mcp-name-only', { allowedMcpServers: [name, url] }, { deniedMcpServers: [name, url] }],
  [
    'domains-lock-empty',
    domains({ allowManagedDomainsOnly: true }),
    domains({ allowManagedDomainsOnly: true, allowedDomains: ['a.example'] }),
  ],
  [
    'domains-lock-empty',
    domains({ allowManagedDomainsOnly: true, allowedDomains: [] }),
    domains({ allowManagedDomainsOnly: true }, { allow: ['WebFetch(domain:a.example)'] }),
  ],
  ['sandbox-unavailable', { sandbox: { enabled: true } }, { sandbox: { enabled: true, failIfUnavailable: true } }],
  ['sandbox-unavailable', { sandbox: { enabled: true, failIfUnavailable: false } }, { sandbox: { enabled: false } }],
]

describe.each(cases)('%s', (id, bad, good) => {
  it(`finds ${JSON.stringify(bad)}`, () => {
    expect(of(id, bad)).toHaveLength(1)
  })

  it(`lets ${JSON.stringify(good)} be`, () => {
    expect(of(id, good)).toEqual([])
  })
})

describe('rules of permissions', () => {
  it('weigh less in allow, where a skipped rule only asks more', () => {
    expect(of('permission-rule-unparsable', allow('Bash(echo'))).toMatchObject([{ severity: 'warning' }])
    expect(of('permission-rule-unparsable', deny('Bash(echo'))[0]?.severity).toBeUndefined()
  })

  it('weigh more where a slip in the case denies nothing', () => {
    expect(of('permission-rule-tool-unknown', deny('bash(echo:*)'))).toMatchObject([{ severity: 'error' }])
    expect(of('permission-rule-tool-unknown', allow('bash'))[0]?.severity).toBeUndefined()
    expect(of('permission-rule-tool-unknown', deny('ANewTool'))[0]?.severity).toBeUndefined()
  })

  it('name what is meant', () => {
    expect(of('permission-rule-tool-unknown', deny('bash'))[0]?.message).toContain('"Bash"')
    expect(of('permission-rule-windows-path', deny('Read(C:\\Users\\**)'))[0]?.message).toContain('//c/Users/**')
  })

  it('are shadowed across drop-ins', () => {
    const base = settingsFile(allow('Bash(npm run *)'))
    const more = settingsFile(deny('Bash'), { channel: 'drop-in' })
    expect(hitsOf(rules, 'permission-shadowed', base, { files: [base, more] })).toHaveLength(1)
  })

  it('have a wrong type elsewhere', () => {
    expect(of('permission-rule-unparsable', { permissions: { deny: [1, null, ['Bash(']] } })).toEqual([])
  })

  it('anchor as documented outside of managed settings', () => {
    expect(of('permission-rule-anchor', deny('Read(/src/**)'), { channel: 'project' })).toEqual([])
  })
})

describe('mcp-file-exclusive', () => {
  const mcp = { surface: 'managed-mcp', file: 'managed-mcp.json' } as const

  it('tells of the file, and of one that takes everything away', () => {
    expect(of('mcp-file-exclusive', { mcpServers: { a: { command: 'x' } } }, mcp)[0]?.severity).toBeUndefined()
    expect(of('mcp-file-exclusive', { mcpServers: {} }, mcp)).toMatchObject([{ severity: 'warning' }])
    expect(of('mcp-file-exclusive', { servers: {} }, mcp)).toMatchObject([{ severity: 'error' }])
  })

  it('is about that file only', () => {
    expect(rules.find(({ id }) => id === 'mcp-file-exclusive')?.surface).toBe('managed-mcp')
  })
})

it('finds no error in the good form', () => {
  const settings = {
    permissions: { deny: ['Read(//**/.env)', 'WebFetch'], disableBypassPermissionsMode: 'disable' },
    allowedMcpServers: [url, { serverCommand: ['/usr/local/bin/mcp', '--stdio'] }],
    ...lockedServers,
    sandbox: { enabled: true, failIfUnavailable: true },
  }
  expect(rules.flatMap(({ id, surface }) => (surface === 'claude-code' ? of(id, settings) : []))).toEqual([])
  expect(
    errorsOf(
      rules.filter(({ surface }) => surface === 'claude-code'),
      settingsFile(settings),
    ),
  ).toEqual([])
})

describe('a rule that never fits', () => {
  it.each([
    ['permission-rule-useless', 'Write(./secrets/**)'],
    ['permission-rule-windows-path', 'Read(C:\\\\Users\\\\**)'],
  ])('%s is an error in deny and only a warning in allow', (id, text) => {
    expect(of(id, deny(text))).toMatchObject([{ severity: 'error' }])
    expect(of(id, allow(text))).toMatchObject([{ severity: 'warning' }])
  })
})
