import { describe, expect, it } from 'vitest'
import { dropIn, explained, inForce, keyOf, lossesOf, sourcesOf } from './machine.js'

describe('which source wins', () => {
  it.each([
    [['server', 'plist', 'file'], 'server'],
    [['plist', 'file'], 'plist'],
    [['hklm', 'file', 'hkcu'], 'hklm'],
    [['file', 'hkcu'], 'file'],
    [['hkcu'], 'hkcu'],
  ] as const)('of %j it is %s, whole', (sources, winner) => {
    const machine = explained(
      Object.fromEntries(sources.map((source) => [source, { model: source, [`${source}Only`]: 1 }])),
    )
    expect(machine.winner).toEqual({ state: 'one', sources: [winner] })
    expect(inForce(machine, 'model')).toBe(winner)
    for (const source of sources)
      if (source !== winner) expect(lossesOf(machine, 'model')[source]).toMatch(/skipped|hkcu/)
  })

  it('ignores what the winner leaves open in the others, and says so', () => {
    const machine = explained({ server: { model: 'opus' }, file: { cleanupPeriodDays: 7, language: 'de' } })
    expect(inForce(machine, 'cleanupPeriodDays')).toBe('none')
    expect(lossesOf(machine, 'cleanupPeriodDays')).toEqual({ file: 'skipped-whole' })
    expect(machine.summary).toBe("server wins whole: 1 key; the file's 2 keys are skipped in silence.")
    expect(machine.sources.find(({ source }) => source === 'file')?.outcome).toBe('skipped')
  })

  it.each([[{ wslInheritsWindowsSettings: true }], [{ managedSourcesBehavior: 'first-wins' }], [{}]])(
    'does not count %j as a policy',
    (control) => {
      const machine = explained({ hklm: control, file: { model: 'opus' } })
      expect(machine.winner).toEqual({ state: 'one', sources: ['file'] })
      expect(inForce(machine, 'model')).toBe('opus')
    },
  )

  it.each([
    ['a key nobody knows', { telemetri: {} }, undefined],
    ['a key this client does not know', { deniedModels: ['haiku'] }, '2.1.200'],
    ['an invalid value alone', { cleanupPeriodDays: 'soon' }, undefined],
    ['a key the server cannot carry', { policyHelper: { path: '/usr/local/bin/policy' } }, undefined],
  ])('does not know the winner where the server has %s', (_what, server, client) => {
    const machine = explained({ server, file: { model: 'opus', disableClaudeAiConnectors: true } }, client)
    expect(machine.winner).toEqual({ state: 'unknown', sources: ['server', 'file'] })
    expect(keyOf(machine, 'model')).toMatchObject({ state: 'unknown', unknown: 'winner-not-known' })
    expect(machine.summary).toContain('not known')
  })

  it('keeps what holds either way although the winner is not known', () => {
    const machine = explained({ server: { telemetri: {} }, file: { forceRemoteSettingsRefresh: true } })
    expect(inForce(machine, 'forceRemoteSettingsRefresh')).toBe(true)
  })

  it('names no winner where nothing can be read', () => {
    expect(explained({ file: {} }).winner.state).toBe('none')
    expect(explained({ user: { model: 'opus' } }).summary).toContain('No managed source')
  })

  it('says that the policy helper of the winner may replace everything', () => {
    const file = { model: 'opus', policyHelper: { path: '/usr/local/bin/policy' }, forceRemoteSettingsRefresh: true }
    const machine = explained({ file })
    expect(keyOf(machine, 'model')).toMatchObject({ state: 'unknown', unknown: 'policy-helper' })
    expect(inForce(machine, 'forceRemoteSettingsRefresh')).toBe(true)
    expect(inForce(explained({ server: { language: 'de' }, file }), 'language')).toBe('de')
    expect(inForce(explained({ file }, '2.1.100'), 'model')).toBe('opus')
  })
})

describe('keys that count from every admin source', () => {
  const below = (value: object, client?: string) => explained({ server: { language: 'de' }, file: value }, client)

  it.each([
    ['sandbox.bwrapPath', { sandbox: { bwrapPath: '/usr/bin/bwrap' } }, '/usr/bin/bwrap'],
    ['sandbox.socatPath', { sandbox: { socatPath: '/usr/bin/socat' } }, '/usr/bin/socat'],
    ['sandbox.ripgrep', { sandbox: { ripgrep: { command: '/usr/bin/rg' } } }, { command: '/usr/bin/rg' }],
    ['sandbox.filesystem.disabled', { sandbox: { filesystem: { disabled: true } } }, true],
    ['sandbox.network.strictAllowlist', { sandbox: { network: { strictAllowlist: true } } }, true],
    ['sandbox.network.allowManagedDomainsOnly', { sandbox: { network: { allowManagedDomainsOnly: true } } }, true],
    ['allowAllClaudeAiMcps', { allowAllClaudeAiMcps: true }, true],
    ['allowManagedMcpServersOnly', { allowManagedMcpServersOnly: true }, true],
    ['useAutoModeDuringPlan', { useAutoModeDuringPlan: false }, false],
    ['syncClaudeAiSkills', { syncClaudeAiSkills: false }, false],
    ['enableArtifact', { enableArtifact: false }, false],
    ['maxEffortLevel', { maxEffortLevel: 'medium' }, 'medium'],
    ['attribution.commit', { attribution: { commit: '' } }, ''],
    ['includeCoAuthoredBy', { includeCoAuthoredBy: false }, false],
    ['forceRemoteSettingsRefresh', { forceRemoteSettingsRefresh: true }, true],
    ['disableClaudeAiConnectors', { disableClaudeAiConnectors: true }, true],
    ['deniedMcpServers', { deniedMcpServers: [{ serverName: 'x' }] }, [{ serverName: 'x' }]],
  ])('reads %s from a source that does not win', (path, file, value) => {
    const machine = below(file)
    expect(inForce(machine, path)).toEqual(value)
    expect(sourcesOf(machine, path)).toEqual(['file'])
  })

  it.each([
    ['useAutoModeDuringPlan', { useAutoModeDuringPlan: true }],
    ['syncClaudeAiSkills', { syncClaudeAiSkills: true }],
    ['enableArtifact', { enableArtifact: true }],
    ['attribution.commit', { attribution: { commit: 'Made with care' } }],
    ['sandbox.network.allowManagedDomainsOnly', { sandbox: { network: { allowManagedDomainsOnly: false } } }],
  ])('hears of %s only what restricts', (path, file) => {
    expect(inForce(below(file), path)).toBe('none')
  })

  it.each([
    ['enableArtifact', { enableArtifact: false }, '2.1.241'],
    ['maxEffortLevel', { maxEffortLevel: 'low' }, '2.1.266'],
    ['allowManagedMcpServersOnly', { allowManagedMcpServersOnly: true }, '2.1.272'],
    ['deniedMcpServers', { deniedMcpServers: [{ serverName: 'x' }] }, '2.1.272'],
    ['forceRemoteSettingsRefresh', { forceRemoteSettingsRefresh: true }, '2.1.190'],
  ])('did not read %s so in %s', (path, file, client) => {
    expect(inForce(below(file, client), path)).toBe('none')
  })

  it('turns a lock on for a true in any of them, whatever the winner says', () => {
    const lock = (on: boolean) => ({ sandbox: { network: { allowManagedDomainsOnly: on } } })
    const machine = explained({ server: lock(false), plist: lock(false), file: lock(true) })
    expect(inForce(machine, 'sandbox.network.allowManagedDomainsOnly')).toBe(true)
    expect(lossesOf(machine, 'sandbox.network.allowManagedDomainsOnly')).toEqual({
      server: 'stricter-wins',
      plist: 'stricter-wins',
    })
  })

  it('joins the lists under a lock that is on anywhere, and only then', () => {
    const list = (domain: string, more = {}) => ({ sandbox: { network: { allowedDomains: [domain], ...more } } })
    const path = 'sandbox.network.allowedDomains'
    const locked = explained({ server: list('a.example'), file: list('b.example', { allowManagedDomainsOnly: true }) })
    expect(inForce(locked, path)).toEqual(['a.example', 'b.example'])
    const open = explained({ server: list('a.example'), file: list('b.example') })
    expect(inForce(open, path)).toEqual(['a.example'])
    const reads = (host: string, more = {}) => ({ sandbox: { filesystem: { allowRead: [host], ...more } } })
    const machine = explained({ server: reads('/a'), file: reads('/b', { allowManagedReadPathsOnly: true }) })
    expect(inForce(machine, 'sandbox.filesystem.allowRead')).toEqual(['/a', '/b'])
  })

  it('says that domain rules count for the locked list', () => {
    const server = {
      permissions: { allow: ['WebFetch(domain:c.example)'] },
      sandbox: { network: { allowManagedDomainsOnly: true, allowedDomains: ['a.example'] } },
    }
    expect(keyOf(explained({ server }), 'sandbox.network.allowedDomains').notes).toHaveLength(1)
  })

  it('takes the list of MCP servers whole from the highest source while their lock is on', () => {
    const servers = (name: string) => [{ serverName: name }]
    const machine = (client?: string) =>
      explained(
        {
          server: { language: 'de' },
          plist: { allowedMcpServers: servers('a') },
          file: { allowedMcpServers: servers('b'), allowManagedMcpServersOnly: true },
        },
        client,
      )
    expect(inForce(machine(), 'allowedMcpServers')).toEqual(servers('a'))
    expect(lossesOf(machine(), 'allowedMcpServers')).toEqual({ file: 'whole-list' })
    expect(inForce(machine('2.1.272'), 'allowedMcpServers')).toBe('none')
  })

  it('takes the lowest cap, and joins the denied servers', () => {
    const machine = explained({
      server: { maxEffortLevel: 'high', deniedMcpServers: [{ serverName: 'a' }] },
      plist: { maxEffortLevel: 'low' },
      file: { maxEffortLevel: 'max', deniedMcpServers: [{ serverName: 'b' }, { serverName: 'a' }] },
    })
    expect(inForce(machine, 'maxEffortLevel')).toBe('low')
    expect(inForce(machine, 'deniedMcpServers')).toEqual([{ serverName: 'a' }, { serverName: 'b' }])
  })

  it('does not guess where sources disagree and no page says which counts', () => {
    const disabled = (value: boolean) => ({ sandbox: { filesystem: { disabled: value } } })
    const machine = explained({ server: disabled(false), file: disabled(true) })
    expect(keyOf(machine, 'sandbox.filesystem.disabled')).toMatchObject({ state: 'unknown', unknown: 'not-stated' })
  })

  it('leaves the hive of the user out', () => {
    const machine = explained({ file: { language: 'de' }, hkcu: { forceRemoteSettingsRefresh: true } })
    expect(inForce(machine, 'forceRemoteSettingsRefresh')).toBe('none')
  })

  it('takes the gateway of a login from the machine, never from the server', () => {
    const gateway = (url: string) => ({ forceLoginGatewayUrl: url, forceLoginMethod: 'gateway' })
    const machine = explained({
      server: { ...gateway('https://s.example'), model: 'opus' },
      plist: { language: 'de' },
      file: gateway('https://f.example'),
    })
    expect(inForce(machine, 'forceLoginGatewayUrl')).toBe('none')
    expect(lossesOf(machine, 'forceLoginGatewayUrl')).toEqual({ server: 'not-through-server', file: 'highest-only' })
    const without = explained({ server: { model: 'opus' }, file: gateway('https://f.example') })
    expect(inForce(without, 'forceLoginGatewayUrl')).toBe('https://f.example')
    expect(inForce(without, 'forceLoginMethod')).toBe('gateway')
  })
})

describe('drop-ins', () => {
  const base = {
    cleanupPeriodDays: 30,
    permissions: { deny: ['WebFetch'] },
    env: { A: '1', B: '1' },
    fallbackModel: ['a'],
  }
  const first = dropIn('managed-settings.d/10-a.json', {
    cleanupPeriodDays: 20,
    permissions: { deny: ['WebFetch', 'WebSearch'] },
    env: { B: '2' },
    fallbackModel: ['b', 'c'],
    extraKnownMarketplaces: { acme: { source: { source: 'github', repo: 'acme/one' }, autoUpdate: true } },
  })
  const second = dropIn('managed-settings.d/20-b.json', {
    cleanupPeriodDays: 10,
    extraKnownMarketplaces: { acme: { source: { source: 'github', repo: 'acme/two' } } },
  })

  it.each([[[first, second]], [[second, first]]])('merges the base first and then by name', (more) => {
    const machine = explained({ file: base }, undefined, more)
    expect(inForce(machine, 'cleanupPeriodDays')).toBe(10)
    expect(inForce(machine, 'permissions.deny')).toEqual(['WebFetch', 'WebSearch'])
    expect(inForce(machine, 'env.A')).toBe('1')
    expect(inForce(machine, 'env.B')).toBe('2')
    expect(inForce(machine, 'fallbackModel')).toEqual(['b', 'c'])
    expect(inForce(machine, 'extraKnownMarketplaces.acme')).toEqual({ source: { source: 'github', repo: 'acme/two' } })
    expect(keyOf(machine, 'cleanupPeriodDays').from).toEqual([
      { source: 'file', file: 'managed-settings.d/20-b.json', line: 2 },
    ])
    expect(keyOf(machine, 'permissions.deny').from.map(({ file }) => file)).toEqual([
      'file.json',
      'managed-settings.d/10-a.json',
    ])
  })

  it('names the value of every earlier file as lost', () => {
    const machine = explained({ file: base }, undefined, [first, second])
    expect(keyOf(machine, 'cleanupPeriodDays').losers.map(({ value, why }) => [value, why])).toEqual([
      [30, 'later-drop-in'],
      [20, 'later-drop-in'],
    ])
  })

  it('replaces a scalar by an object and back', () => {
    const object = dropIn('10-a.json', { attribution: { pr: 'x' } })
    expect(inForce(explained({ file: { attribution: false } }, undefined, [object]), 'attribution.pr')).toBe('x')
    const scalar = dropIn('20-b.json', { attribution: false })
    const machine = explained({ file: {} }, undefined, [object, scalar])
    expect(inForce(machine, 'attribution')).toBe(false)
    expect(inForce(machine, 'attribution.pr')).toBe('none')
  })

  it('counts for clients from 2.1.83 on', () => {
    expect(inForce(explained({ file: base }, '2.1.82', [second]), 'cleanupPeriodDays')).toBe(30)
    expect(inForce(explained({ file: base }, '2.1.83', [second]), 'cleanupPeriodDays')).toBe(10)
  })
})
