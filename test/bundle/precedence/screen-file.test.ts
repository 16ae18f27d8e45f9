import { describe, expect, it } from 'vitest'
import { explainCode } from '../../../src/bundle/precedence/explain-code.js'
import { dropIn, explained, given, inForce, keyOf, lossesOf } from './machine.js'

describe('values that a client cannot use', () => {
  it.each([
    ['allowManagedHooksOnly', 'yes', true],
    ['allowManagedMcpServersOnly', 1, true],
    ['disableCommandPluginSources', 'x', true],
    ['enforceAvailableModels', {}, true],
    ['availableModels', 'opus', []],
    ['allowedMcpServers', {}, []],
    ['crossSessionInbound', 'never', 'refuse'],
    ['forceLoginOrgUUID', 7, []],
    ['disableSideloadFlags', 'x', true],
    ['strictKnownMarketplaces', 'acme/plugins', []],
  ])('fall to a stricter one for %s', (key, wrong, stricter) => {
    const machine = explained({ file: { [key]: wrong } })
    expect(inForce(machine, key)).toEqual(stricter)
    expect(lossesOf(machine, key)).toEqual({ file: 'invalid-stricter' })
  })

  it.each([
    ['disableSideloadFlags', 'x', '2.1.276'],
    ['allowedHttpHookUrls', 'x', '2.1.266'],
  ])('are dropped where %s did not fall back yet', (key, wrong, client) => {
    expect(lossesOf(explained({ file: { [key]: wrong, model: 'x' } }, client), key)).toEqual({ file: 'invalid' })
  })

  it.each([
    ['cleanupPeriodDays', 0],
    ['model', 7],
    ['requiredMinimumVersion', '9,0,0'],
    ['requiredMinimumVersion', 'latest'],
    ['deniedMcpServers', 'x'],
  ])('are dropped: %s %j', (key, wrong) => {
    const machine = explained({ file: { [key]: wrong, language: 'de' } })
    expect(inForce(machine, key)).toBe('none')
    expect(lossesOf(machine, key)).toEqual({ file: 'invalid' })
    expect(inForce(machine, 'language')).toBe('de')
  })

  it('lose single entries of a list', () => {
    const machine = explained({
      file: {
        permissions: { deny: ['WebFetch', 'Bash(echo', 7] },
        deniedMcpServers: [{ serverName: 'a' }, { name: 'b' }],
        availableModels: ['opus', 3],
      },
    })
    expect(inForce(machine, 'permissions.deny')).toEqual(['WebFetch'])
    expect(keyOf(machine, 'permissions.deny').losers.map(({ value }) => value)).toEqual(['Bash(echo', 7])
    expect(inForce(machine, 'deniedMcpServers')).toEqual([{ serverName: 'a' }])
    expect(inForce(machine, 'availableModels')).toEqual(['opus'])
  })

  it('put what stands beside them in the same key in doubt, or take it along', () => {
    const file = { permissions: { defaultMode: 'yolo', deny: ['WebFetch'] }, language: 'de' }
    const machine = explained({ file })
    expect(keyOf(machine, 'permissions.deny')).toMatchObject({ state: 'unknown', unknown: 'sibling-invalid' })
    expect(inForce(machine, 'language')).toBe('de')
    expect(lossesOf(explained({ file }, '2.1.281'), 'permissions.deny')).toEqual({ file: 'sibling-invalid' })
  })

  it('forbid the bypass from 2.1.282 on, and took the deny rules along before', () => {
    const file = { permissions: { disableBypassPermissionsMode: true, deny: ['WebFetch'] } }
    expect(inForce(explained({ file }), 'permissions.disableBypassPermissionsMode')).toBe('disable')
    expect(inForce(explained({ file }), 'permissions.deny')).toEqual(['WebFetch'])
    expect(inForce(explained({ file }, '2.1.281'), 'permissions.disableBypassPermissionsMode')).toBe('none')
    expect(inForce(explained({ file }, '2.1.281'), 'permissions.deny')).toBe('none')
  })

  it('make a lock written as a text fall open before 2.1.229', () => {
    const file = { allowManagedHooksOnly: 'true', language: 'de' }
    expect(inForce(explained({ file }, '2.1.228'), 'allowManagedHooksOnly')).toBe('none')
    expect(inForce(explained({ file }, '2.1.229'), 'allowManagedHooksOnly')).toBe(true)
  })

  it('cost old clients the whole managed file, and put the file of a user in doubt', () => {
    const file = { cleanupPeriodDays: 'x', language: 'de' }
    expect(lossesOf(explained({ file }, '2.1.165'), 'language')).toEqual({ file: 'file-left-out' })
    expect(inForce(explained({ file }, '2.1.166'), 'language')).toBe('de')
    expect(keyOf(explained({ server: file }, '2.1.168'), 'language').unknown).toBe('old-client-invalid')
    expect(inForce(explained({ server: file }, '2.1.169'), 'language')).toBe('de')
    expect(keyOf(explained({ user: file }), 'language').unknown).toBe('file-may-be-rejected')
  })

  it('make a managed file lose all hooks, or all of it, by version', () => {
    const file = { hooks: { PreToolUse: [{ matcher: ['Bash'], hooks: [] }], Stop: [{ hooks: [] }] }, language: 'de' }
    expect(lossesOf(explained({ file }), 'hooks.Stop')).toEqual({ file: 'hooks-misshapen' })
    expect(inForce(explained({ file }), 'language')).toBe('de')
    expect(lossesOf(explained({ file }, '2.1.150'), 'language')).toEqual({ file: 'file-left-out' })
    expect(inForce(explained({ file }, '2.1.166'), 'language')).toBe('de')
  })
})

describe('keys that a client does not read', () => {
  it.each([
    ['server', { policyHelper: { path: '/x' } }, 'policyHelper', 'not-through-server'],
    ['server', { forceLoginMethod: 'gateway' }, 'forceLoginMethod', 'not-through-server'],
    ['hkcu', { forceLoginGatewayUrl: 'https://x.example' }, 'forceLoginGatewayUrl', 'not-from-hkcu'],
    ['file', { sshHostAllowlist: ['x'] }, 'sshHostAllowlist', 'read-by-desktop'],
    ['file', { autoConnectIde: true }, 'autoConnectIde', 'global-config'],
    ['file', { $schema: 'https://x.example' }, '["$schema"]', 'not-a-setting'],
    ['file', { exporters: {} }, 'exporters', 'unknown-key'],
    ['user', { allowManagedHooksOnly: true }, 'allowManagedHooksOnly', 'wrong-scope'],
    ['project', { autoMode: { allow: [] } }, 'autoMode.allow', 'not-in-repository'],
    ['local', { pluginConfigs: { x: 1 } }, 'pluginConfigs.x', 'not-in-repository'],
    ['project', { useAutoModeDuringPlan: true }, 'useAutoModeDuringPlan', 'not-in-repository'],
  ] as const)('from %s: %j', (source, content, path, why) => {
    const machine = explained({ [source]: content })
    expect(inForce(machine, path)).toBe('none')
    expect(lossesOf(machine, path)).toEqual({ [source]: why })
  })

  it('lists those newer than the client', () => {
    const file = { requiredMinimumVersion: '2.1.100', deniedModels: ['x'], modelPricing: {}, model: 'x' }
    const machine = explained({ file }, '2.1.150')
    expect(lossesOf(machine, 'requiredMinimumVersion')).toEqual({ file: 'too-new' })
    expect(lossesOf(machine, 'modelPricing')).toEqual({ file: 'too-new' })
    expect(machine.notes.map(({ message }) => message)).toContain(
      'Not read by 2.1.150: deniedModels, modelPricing, requiredMinimumVersion.',
    )
    expect(keyOf(explained({ file }, '2.1.260'), 'modelPricing').unknown).toBe('since-not-stated')
    const newest = explained({ file })
    expect(inForce(newest, 'deniedModels')).toEqual(['x'])
    expect(newest.notes.map(({ message }) => message).join(' ')).toContain('deniedModels (2.1.283)')
  })

  it('reads a second name from its version on, and the own name beside it', () => {
    const entry = { acme: { source: { source: 'github', repo: 'acme/x' } } }
    const file = { additionalMarketplaces: entry }
    expect(inForce(explained({ file }, '2.1.232'), 'extraKnownMarketplaces.acme')).toEqual(entry.acme)
    expect(lossesOf(explained({ file }, '2.1.231'), 'extraKnownMarketplaces.acme')).toEqual({ file: 'too-new' })
    const both = explained({ file: { ...file, extraKnownMarketplaces: {} } })
    expect(lossesOf(both, 'extraKnownMarketplaces')).toEqual({ file: 'alias-shadowed' })
  })
})

describe('files that do not parse', () => {
  const broken = '{ "model": "opus", }'
  it.each([
    [undefined, 'refused'],
    ['2.1.150', 'starts'],
    ['2.1.258', 'starts'],
    ['2.1.259', 'refused'],
  ])('contribute nothing, and decide for %s whether a session starts', (client, start) => {
    const machine = explained({ file: broken, hkcu: { language: 'de' } }, client)
    expect(machine.start).toBe(start)
    expect(lossesOf(machine, 'model')).toEqual({ file: 'not-parsed' })
    expect(inForce(machine, 'language')).toBe('de')
    expect(machine.notes[0]?.code).toBe('file-not-parsed')
  })

  it('leave the other drop-ins in force', () => {
    const machine = explained({ file: { model: 'opus' } }, '2.1.150', [
      dropIn('10-x.json', '{'),
      dropIn('20-x.json', { language: 'de' }),
    ])
    expect(inForce(machine, 'model')).toBe('opus')
    expect(inForce(machine, 'language')).toBe('de')
  })

  it.each(['server', 'hkcu', 'user'] as const)('keep no session from starting in %s', (source) => {
    expect(explained({ [source]: broken }).start).toBe('starts')
  })

  it('of an MDM are not known to do so: it was seen for the file only', () => {
    expect(explained({ hklm: broken }, '2.1.200').start).toBe('unknown')
    expect(explained({ plist: broken }).start).toBe('unknown')
  })

  it('count as empty where the file is', () => {
    expect(explainCode([given('file', '')], undefined).start).toBe('starts')
  })

  it('a version floor keeps a client out', () => {
    const file = { requiredMinimumVersion: '2.1.200' }
    expect(explained({ file }, '2.1.199').start).toBe('refused')
    expect(explained({ file }, '2.1.200').start).toBe('starts')
    expect(explained({ file }, '2.1.150').start).toBe('starts')
    expect(explained({ file: { requiredMaximumVersion: '2.1.200' } }, '2.1.201').start).toBe('refused')
  })
})
