import { describe, expect, it } from 'vitest'
import { rules as allRules } from '../../../src/bundle/lint/rules.js'
import { rules } from '../../../src/bundle/lint/rules-keys.js'
import { hitsOf, settingsFile } from '../../builders/settings-file.js'

const of = (id: string, value: unknown, more = {}, context = {}) =>
  hitsOf(rules, id, settingsFile(value, more), context)

describe('unknown-key', () => {
  it('finds a slip and names what is meant', () => {
    const [hit] = of('unknown-key', { managedSourcesBehaviour: 'merge' })
    expect(hit).toMatchObject({ path: ['managedSourcesBehaviour'] })
    expect(hit?.message).toContain('managedSourcesBehavior')
    expect(hit?.severity).toBeUndefined()
  })

  it('calls the wrong case an error', () => {
    expect(of('unknown-key', { DisableAllHooks: true })).toMatchObject([{ severity: 'error' }])
  })

  it('looks into closed objects', () => {
    expect(of('unknown-key', { permissions: { denny: [] } })).toMatchObject([{ path: ['permissions', 'denny'] }])
    expect(of('unknown-key', { sandbox: { network: { allowedDomain: [] } } })).toMatchObject([
      { path: ['sandbox', 'network', 'allowedDomain'] },
    ])
  })

  it('takes names for text, whatever they are', () => {
    const file = settingsFile('{ "__proto__": 1, "constructor": 2, "a\\u202eb": 3 }')
    const hits = hitsOf(rules, 'unknown-key', file)
    expect(hits.map(({ path }) => path[0])).toEqual(['__proto__', 'constructor', 'a\u202eb'])
    expect(hits.at(-1)?.message).not.toContain('\u202e')
  })

  it('lets known and free names be', () => {
    expect(of('unknown-key', { env: { ANY: 'x' }, hooks: {}, enabledPlugins: { 'a@b': true }, $schema: '' })).toEqual(
      [],
    )
  })

  it('leaves fields of profiles and invented blocks to their rules', () => {
    expect(of('unknown-key', { PayloadUUID: 'x', telemetry: {}, exporters: {} })).toEqual([])
    expect(of('invented-key', { telemetry: {}, exporters: {}, env: {} })).toHaveLength(2)
    expect(of('invented-key', { env: {} })).toEqual([])
  })
})

describe('a key that has a rule of its own in its channel', () => {
  it.each([
    ['server', { wslInheritsWindowsSettings: true }, 'server-cannot-carry'],
    ['server', { policyHelper: { path: '/x' } }, 'server-cannot-carry'],
    ['file', { PayloadUUID: 'x' }, 'payload-key-as-setting'],
    ['file', { telemetry: {} }, 'invented-key'],
    ['user', { allowManagedHooksOnly: true }, 'managed-key-elsewhere'],
  ] as const)('in %s %j is found once', (channel, value, rule) => {
    const file = settingsFile(value, { channel })
    const ids = allRules.filter(
      ({ id, surface }) => ['any', 'claude-code'].includes(surface) && hitsOf(allRules, id, file).length > 0,
    )
    expect(ids.map(({ id }) => id).filter((id) => id !== 'control-keys-only')).toEqual([rule])
  })
})

describe('managed-key-elsewhere', () => {
  it('finds managed keys in files of users and projects', () => {
    expect(of('managed-key-elsewhere', { allowManagedHooksOnly: true }, { channel: 'user' })).toHaveLength(1)
    expect(of('managed-key-elsewhere', { allowManagedHooksOnly: true }, { channel: 'project' })).toHaveLength(1)
    expect(of('managed-key-elsewhere', { allowManagedHooksOnly: true })).toEqual([])
    expect(of('managed-key-elsewhere', { allowManagedHooksOnly: true }, { channel: 'hkcu' })).toEqual([])
  })

  it('finds keys of users in a project', () => {
    expect(of('managed-key-elsewhere', { autoMode: {} }, { channel: 'project' })).toHaveLength(1)
    expect(of('managed-key-elsewhere', { autoMode: {} }, { channel: 'user' })).toEqual([])
  })

  it('finds keys of the client’s own file', () => {
    expect(of('managed-key-elsewhere', { teammateDefaultModel: 'x' })).toHaveLength(1)
  })
})

describe('keys that are too new', () => {
  const value = { managedSourcesBehavior: 'merge', requiredMinimumVersion: '2.1.100' }

  it('names the clients out there', () => {
    const hits = of('key-too-new', value, {}, { codeVersions: ['2.1.300', '2.1.200', '2.1.90'] })
    expect(hits.map(({ path, versions }) => [path[0], versions])).toEqual([
      ['managedSourcesBehavior', '<2.1.242'],
      ['requiredMinimumVersion', '<2.1.163'],
    ])
    expect(hits[0]?.message).toContain('2 versions out there (lowest 2.1.90) ignore it')
    expect(hits[1]?.message).toContain('2.1.90 ignores it')
  })

  it('says it once where nothing is known of the clients', () => {
    expect(of('key-too-new', value)).toMatchObject([{ severity: 'note', versions: '<2.1.242' }])
  })

  it('lets new clients be', () => {
    expect(of('key-too-new', value, {}, { codeVersions: ['2.1.300'] })).toEqual([])
    expect(of('key-too-new', { model: 'x' })).toEqual([])
  })

  it('does not speak of clients older than any that was tried', () => {
    expect(of('key-too-new', { companyAnnouncements: [] })).toEqual([])
    expect(of('key-too-new', { companyAnnouncements: [] }, {}, { codeVersions: ['1.0.0'] })).toHaveLength(1)
  })

  it('knows second names', () => {
    const old = { codeVersions: ['2.1.231'] }
    expect(of('alias-too-new', { allowedMarketplaces: [] }, {}, old)).toMatchObject([{ versions: '<2.1.232' }])
    expect(of('alias-too-new', { strictKnownMarketplaces: [] }, {}, old)).toEqual([])
    expect(of('alias-too-new', { allowedMarketplaces: [] }, {}, { codeVersions: ['2.1.232'] })).toEqual([])
  })

  it('knows keys that went away', () => {
    expect(of('key-deprecated', { disableArtifact: true })).toHaveLength(1)
    expect(of('key-deprecated', { model: 'x' })).toEqual([])
  })
})

describe('wrong-type', () => {
  it.each([
    { allowManagedHooksOnly: 'true' },
    { permissions: { deny: 'Bash(echo:*)' } },
    { permissions: [] },
    { cleanupPeriodDays: 0 },
    { fallbackModel: ['a', 'b', 'c', 'd'] },
    { autoUpdatesChannel: 'beta' },
    { env: [] },
    { hooks: [] },
    { allowedMcpServers: 'all' },
  ])('finds %j', (value) => {
    expect(of('wrong-type', value)).toHaveLength(1)
  })

  it('says what old clients drop with it', () => {
    const [hit] = of('wrong-type', { model: 1 }, {}, { codeVersions: ['2.1.150'] })
    expect(hit?.message).toContain('ignore the whole file')
    const [newer] = of('wrong-type', { model: 1 }, {}, { codeVersions: ['2.1.329'] })
    expect(newer?.message).not.toContain('whole file')
    const [user] = of('wrong-type', { model: 1 }, { channel: 'user' })
    expect(user?.message).not.toContain('whole file')
  })

  it('shows no text of the file', () => {
    const [hit] = of('wrong-type', { apiKeyHelper: ['canary-secret'], forceLoginMethod: 'canary-secret' })
    expect(hit?.message).not.toContain('canary')
  })

  it.each([
    { allowManagedHooksOnly: true, permissions: { deny: [] }, cleanupPeriodDays: 30, env: {}, hooks: {} },
    { allowedMcpServers: ['not an object'] },
  ])('lets %j be', (value) => {
    expect(of('wrong-type', value)).toEqual([])
  })
})

describe('permission-bypass-type', () => {
  const set = (value: unknown) => ({ permissions: { disableBypassPermissionsMode: value } })

  it.each([true, 'true', 'disabled', null, 1])('finds %j', (value) => {
    expect(of('permission-bypass-type', set(value))).toHaveLength(1)
    expect(of('wrong-type', set(value))).toEqual([])
  })

  it('lets the word be', () => {
    expect(of('permission-bypass-type', set('disable'))).toEqual([])
    expect(of('permission-bypass-type', { permissions: {} })).toEqual([])
  })
})

describe('version limits', () => {
  it.each(['9,0,0', 'latest', '', '>=2.1.0', 9, null])('finds %j', (value) => {
    expect(of('version-floor-invalid', { requiredMinimumVersion: value })).toHaveLength(1)
    expect(of('wrong-type', { requiredMinimumVersion: value })).toEqual([])
  })

  it('does not know what clients make of a looser form', () => {
    expect(of('version-floor-invalid', { requiredMaximumVersion: '2.1' })).toMatchObject([{ severity: 'warning' }])
  })

  it('lets versions be', () => {
    expect(of('version-floor-invalid', { requiredMinimumVersion: '2.1.240' })).toEqual([])
  })

  it('are not looked for in clients that do not know the key', () => {
    expect(rules.find(({ id }) => id === 'version-floor-invalid')?.versions).toBe('>=2.1.163')
  })

  it('finds clients that would not start', () => {
    const codeVersions = ['2.1.100', '2.1.200', '2.1.300']
    const floor = of('version-floor-above', { requiredMinimumVersion: '2.1.250' }, {}, { codeVersions })
    // Older ones than 2.1.163 do not know the key, and start.
    expect(floor).toMatchObject([{ path: ['requiredMinimumVersion'], versions: '>=2.1.163 <2.1.250' }])
    expect(floor[0]?.message).toContain('2.1.200 refuses')
    expect(of('version-floor-above', { requiredMaximumVersion: '2.1.250' }, {}, { codeVersions })).toHaveLength(1)
    expect(of('version-floor-above', { requiredMinimumVersion: '2.1.150' }, {}, { codeVersions })).toEqual([])
    expect(of('version-floor-above', { requiredMinimumVersion: '2.1.250' })).toEqual([])
  })

  it('finds limits that exclude everybody', () => {
    const value = { requiredMinimumVersion: '2.1.250', requiredMaximumVersion: '2.1.240' }
    expect(of('version-floor-above', value)).toMatchObject([{ severity: 'error' }])
  })
})

describe('notes', () => {
  it('tells keys of the Desktop app', () => {
    expect(of('desktop-only-key', { sshHostAllowlist: [] })).toHaveLength(1)
    expect(of('desktop-only-key', { model: 'x' })).toEqual([])
  })

  it('tells a source that is none', () => {
    expect(of('control-keys-only', { managedSourcesBehavior: 'merge' })).toHaveLength(1)
    expect(of('control-keys-only', { managedSourcesBehavior: 'merge', model: 'x' })).toEqual([])
    expect(of('control-keys-only', {})).toEqual([])
    const base = settingsFile({ wslInheritsWindowsSettings: true })
    const more = settingsFile({ model: 'x' }, { channel: 'drop-in' })
    expect(hitsOf(rules, 'control-keys-only', base, { files: [base, more] })).toEqual([])
  })

  it('tells a managed default mode', () => {
    const [hit] = of('default-mode-managed', { permissions: { defaultMode: 'plan' } })
    expect(hit?.message).toContain('whatever mode the user has set')
    expect(of('default-mode-managed', { permissions: { defaultMode: 'plan' } }, { channel: 'user' })).toEqual([])
    expect(of('default-mode-managed', { permissions: {} })).toEqual([])
  })
})
