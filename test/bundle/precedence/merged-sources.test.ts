import { describe, expect, it } from 'vitest'
import { explained, inForce, keyOf, lossesOf } from './machine.js'

const merge = { managedSourcesBehavior: 'merge' }

describe('managedSourcesBehavior: merge', () => {
  it('joins the sources with a policy key', () => {
    const machine = explained({
      server: { ...merge, model: 'opus' },
      plist: { language: 'de' },
      file: { model: 'haiku' },
    })
    expect(machine.winner).toEqual({ state: 'merged', sources: ['server', 'plist', 'file'] })
    expect(inForce(machine, 'model')).toBe('opus')
    expect(inForce(machine, 'language')).toBe('de')
    expect(machine.summary).toBe('server, plist and file are merged: managedSourcesBehavior in server.')
  })

  it('is read only from the highest source that has it or a policy key', () => {
    const below = explained({ server: { model: 'opus' }, file: { ...merge, language: 'de' } })
    expect(inForce(below, 'language')).toBe('none')
    expect(lossesOf(below, 'managedSourcesBehavior')).toEqual({ file: 'behaviour-elsewhere' })
    const alone = explained({ server: merge, plist: { model: 'opus' }, file: { language: 'de' } })
    expect(inForce(alone, 'language')).toBe('de')
    expect(alone.winner.sources).toEqual(['plist', 'file'])
    const overruled = explained({
      server: { managedSourcesBehavior: 'first-wins' },
      plist: { ...merge, model: 'opus' },
      file: { language: 'de' },
    })
    expect(inForce(overruled, 'language')).toBe('none')
  })

  it.each([
    ['before 2.1.242', 'merge', '2.1.241'],
    ['with a word that is none', 'both', undefined],
  ])('does nothing %s', (_what, value, client) => {
    const machine = explained(
      { server: { managedSourcesBehavior: value, model: 'opus' }, file: { language: 'de' } },
      client,
    )
    expect(inForce(machine, 'language')).toBe('none')
  })

  it('does nothing in the file, and says so', () => {
    const machine = explained({ file: { ...merge, model: 'opus' }, hkcu: { language: 'de' } })
    expect(inForce(machine, 'language')).toBe('none')
    expect(keyOf(machine, 'managedSourcesBehavior').notes).toHaveLength(1)
  })

  it('never takes the hive of the user in', () => {
    const machine = explained({ hklm: { ...merge, model: 'opus' }, hkcu: { language: 'de' } })
    expect(lossesOf(machine, 'language')).toEqual({ hkcu: 'hkcu-never-joins' })
  })

  it('joins lists and hooks', () => {
    const hook = (command: string) => ({ PreToolUse: [{ matcher: '*', hooks: [{ type: 'command', command }] }] })
    const machine = explained({
      server: { ...merge, permissions: { deny: ['WebFetch'] }, hooks: hook('a') },
      file: { permissions: { deny: ['WebSearch', 'WebFetch'] }, hooks: hook('b') },
    })
    expect(inForce(machine, 'permissions.deny')).toEqual(['WebFetch', 'WebSearch'])
    expect(inForce(machine, 'hooks.PreToolUse')).toHaveLength(2)
  })

  it.each([
    ['availableModels', ['opus'], ['haiku']],
    ['allowedMcpServers', [{ serverName: 'a' }], [{ serverName: 'b' }]],
    ['strictKnownMarketplaces', [{ source: 'github', repo: 'a/a' }], []],
    ['allowedChannelPlugins', [{ marketplace: 'a', plugin: 'a' }], []],
    ['fallbackModel', ['a'], ['b']],
  ])('takes %s whole from the highest source that sets it', (key, high, low) => {
    const both = explained({ server: { ...merge, model: 'x' }, plist: { [key]: high }, file: { [key]: low } })
    expect(inForce(both, key)).toEqual(high)
    expect(lossesOf(both, key)).toEqual({ file: 'whole-list' })
  })

  it.each([
    ['apiKeyHelper', '/a'],
    ['otelHeadersHelper', '/a'],
    ['proxyAuthHelper', '/a'],
    ['forceLoginOrgUUID', '00000000-0000-4000-8000-000000000000'],
    ['parentSettingsBehavior', 'merge'],
  ])('reads %s from the top source only', (key, value) => {
    const machine = explained({ server: { ...merge, model: 'x' }, file: { [key]: value } })
    expect(lossesOf(machine, key)).toEqual({ file: 'highest-only' })
    expect(inForce(explained({ server: { ...merge, [key]: value }, file: { model: 'x' } }), key)).toBe(value)
  })

  it('reads permissions.defaultMode from the top source only', () => {
    const machine = explained({ server: { ...merge, model: 'x' }, file: { permissions: { defaultMode: 'plan' } } })
    expect(inForce(machine, 'permissions.defaultMode')).toBe('none')
  })

  it('takes the strictest value of a lock, and a looser one from the top only', () => {
    const machine = explained({
      server: { ...merge, allowManagedHooksOnly: false, crossSessionInbound: 'hold' },
      plist: { permissions: { disableBypassPermissionsMode: 'disable' }, allowManagedPermissionRulesOnly: false },
      file: { allowManagedHooksOnly: true, crossSessionInbound: 'accept' },
    })
    expect(inForce(machine, 'allowManagedHooksOnly')).toBe(true)
    expect(inForce(machine, 'crossSessionInbound')).toBe('hold')
    expect(inForce(machine, 'permissions.disableBypassPermissionsMode')).toBe('disable')
    expect(lossesOf(machine, 'allowManagedPermissionRulesOnly')).toEqual({ plist: 'looser-below-top' })
  })

  it('does not guess whether a key is a lock', () => {
    const sources = (high: boolean) => ({
      server: { ...merge, sandbox: { enabled: high } },
      file: { sandbox: { enabled: true } },
    })
    expect(keyOf(explained(sources(false)), 'sandbox.enabled').unknown).toBe('lock-not-named')
    expect(inForce(explained(sources(true)), 'sandbox.enabled')).toBe(true)
    const switches = explained({ server: { ...merge, model: 'x' }, file: { disableRemoteControl: true } })
    expect(inForce(switches, 'disableRemoteControl')).toBe(true)
  })

  it('joins provided MCP servers by name', () => {
    const servers = (url: string, ...names: string[]) => ({
      managedMcpServers: Object.fromEntries(names.map((name) => [name, { type: 'http', url }])),
    })
    const machine = explained({
      server: { ...merge, ...servers('https://s.example', 'a') },
      file: servers('https://f.example', 'a', 'b'),
    })
    expect(inForce(machine, 'managedMcpServers.a')).toMatchObject({ url: 'https://s.example' })
    expect(inForce(machine, 'managedMcpServers.b')).toMatchObject({ url: 'https://f.example' })
  })

  it('drops modelOverrides below a source with models and no overrides', () => {
    const overrides = { modelOverrides: { opus: 'x' } }
    const dropped = explained({ server: { ...merge, availableModels: ['opus'] }, file: overrides })
    expect(lossesOf(dropped, 'modelOverrides')).toEqual({ file: 'model-overrides-dropped' })
    expect(inForce(explained({ server: { ...merge, model: 'x' }, file: overrides }), 'modelOverrides')).toEqual({
      opus: 'x',
    })
  })

  it('does not guess whether entries of other objects join', () => {
    const plugins = (name: string) => ({ enabledPlugins: { [name]: true } })
    const machine = explained({ server: { ...merge, ...plugins('a@acme') }, file: plugins('b@acme') })
    expect(inForce(machine, 'enabledPlugins["a@acme"]')).toBe(true)
    expect(keyOf(machine, 'enabledPlugins["b@acme"]').unknown).toBe('entries-not-stated')
  })

  it('takes the ripgrep of the sandbox whole', () => {
    const ripgrep = (value: object) => ({ sandbox: { ripgrep: value } })
    const machine = explained({
      server: { ...merge, ...ripgrep({ command: '/a' }) },
      file: ripgrep({ command: '/b', args: ['x'] }),
    })
    expect(inForce(machine, 'sandbox.ripgrep')).toEqual({ command: '/a' })
  })
})
