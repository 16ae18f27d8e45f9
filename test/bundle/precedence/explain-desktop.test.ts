import { describe, expect, it } from 'vitest'
import { explainAdvice } from '../../../src/bundle/kind-advice.js'
import { explainDesktop } from '../../../src/bundle/precedence/explain-desktop.js'
import type { GivenSettings } from '../../../src/bundle/precedence/source.js'
import type { SettingsFile } from '../../../src/bundle/settings-file.js'
import { settingsFromJson } from '../../../src/bundle/settings-from-json.js'
import { settingsFromPropertyList } from '../../../src/bundle/settings-from-property-list.js'
import { settingsFromRegistry } from '../../../src/bundle/settings-from-registry.js'
import { inForce, keyOf, lossesOf } from './machine.js'

function settingsIn(read: unknown): readonly SettingsFile[] {
  if (!Array.isArray(read)) throw new TypeError('no settings')
  return read as SettingsFile[]
}

function registry(
  machine: readonly string[],
  user: readonly string[] = [],
  below: readonly string[] = [],
): GivenSettings[] {
  const section = (key: string, lines: readonly string[]) => (lines.length === 0 ? [] : [`[${key}]`, ...lines, ''])
  const text = [
    'Windows Registry Editor Version 5.00',
    '',
    ...section('HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Claude', machine),
    ...section('HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Claude\\Sub', below),
    ...section('HKEY_CURRENT_USER\\SOFTWARE\\Policies\\Claude', user),
  ].join('\r\n')
  return settingsIn(settingsFromRegistry('x.reg', Buffer.from(text))).map((settings) => ({
    source: settings.channel === 'hklm' ? 'hklm' : 'hkcu',
    settings,
  }))
}

function plist(file: string, keys: Record<string, string>): GivenSettings {
  const entries = Object.entries(keys).map(([name, value]) => `<key>${name}</key>${value}`)
  const text = `<?xml version="1.0"?><plist version="1.0"><dict>${entries.join('')}</dict></plist>`
  return {
    source: 'plist',
    settings: settingsIn(settingsFromPropertyList(file, Buffer.from(text), 'desktop', explainAdvice))[0]!,
  }
}

function linux(content: object): GivenSettings {
  const read = settingsFromJson(
    { name: 'managed-settings.json', path: '/managed-settings.json' },
    Buffer.from(JSON.stringify(content)),
    { as: 'desktop', named: true, advice: explainAdvice },
  )
  return { source: 'file', settings: settingsIn(read)[0]! }
}

describe('Claude Desktop on Windows', () => {
  const user = ['"disableAutoUpdates"="false"', '"isLocalDevMcpEnabled"="false"']

  it.each([
    [['"disableAutoUpdates"="true"']],
    [['"anything"=""']],
    [['@=""']],
    [['"x"=dword:00000000']],
    [['"x"=hex(2):00,00']],
  ])('does not read HKCU beside %j in HKLM', (machine) => {
    const result = explainDesktop(registry(machine, user), undefined)
    expect(inForce(result, 'isLocalDevMcpEnabled')).toBe('none')
    expect(lossesOf(result, 'isLocalDevMcpEnabled')).toEqual({ hkcu: 'machine-hive-present' })
    expect(result.notes.map(({ code }) => code)).toContain('hives-merged-before')
  })

  it.each([
    [[], ['"disableAutoUpdates"="true"']],
    [['"x"=hex:00'], []],
  ])('reads HKCU where HKLM has %j, and %j in a key below', (machine, below) => {
    expect(inForce(explainDesktop(registry(machine, user, below), undefined), 'isLocalDevMcpEnabled')).toBe(false)
  })

  it('merged the hives before 1.19367.0, the machine first', () => {
    const result = explainDesktop(registry(['"disableAutoUpdates"="true"'], user), '1.19366.0')
    expect(inForce(result, 'disableAutoUpdates')).toBe(true)
    expect(inForce(result, 'isLocalDevMcpEnabled')).toBe(false)
    expect(
      inForce(explainDesktop(registry(['"disableAutoUpdates"="true"'], user), '1.19367.0'), 'isLocalDevMcpEnabled'),
    ).toBe('none')
  })

  it('shows no value it cannot read', () => {
    const result = explainDesktop(
      registry(['"disableAutoUpdates"="perhaps"', '"otlpEndpoint"=hex(2):61,00,00,00']),
      undefined,
    )
    expect(lossesOf(result, 'disableAutoUpdates')).toEqual({ hklm: 'invalid' })
    expect(lossesOf(result, 'otlpEndpoint')).toEqual({ hklm: 'subkey-or-type' })
  })
})

describe('Claude Desktop on a Mac', () => {
  const machine = plist('/Library/Managed Preferences/com.anthropic.claudefordesktop.plist', {
    disableAutoUpdates: '<string>true</string>',
    isLocalDevMcpEnabled: '<string>false</string>',
  })
  const own = (file: string) => plist(file, { disableAutoUpdates: '<string>false</string>' })

  it('merges the preferences key by key, those of the user first', () => {
    const user = own('/Library/Managed Preferences/jane/com.anthropic.claudefordesktop.plist')
    const result = explainDesktop([machine, user], undefined)
    expect(inForce(result, 'disableAutoUpdates')).toBe(false)
    expect(lossesOf(result, 'disableAutoUpdates')).toEqual({ plist: 'user-level-wins' })
    expect(inForce(result, 'isLocalDevMcpEnabled')).toBe(false)
  })

  it('does not guess which of two lists is the one of the user', () => {
    const result = explainDesktop([machine, own('other.plist')], undefined)
    expect(keyOf(result, 'disableAutoUpdates').unknown).toBe('levels-not-known')
    expect(inForce(result, 'isLocalDevMcpEnabled')).toBe(false)
  })

  it('does not know whether a native list is read', () => {
    const list = plist('x.plist', { disabledBuiltinTools: '<array><string>Bash</string></array>' })
    expect(keyOf(explainDesktop([list], undefined), 'disabledBuiltinTools').unknown).toBe('value-unreadable')
  })
})

describe('Claude Desktop on Linux', () => {
  it('ignores the whole file for a key that its release does not know', () => {
    const content = { disableAutoUpdates: true, inferenceModelPricingEnabled: true }
    expect(lossesOf(explainDesktop([linux(content)], '1.20000.0'), 'disableAutoUpdates')).toEqual({
      file: 'linux-file-ignored',
    })
    expect(inForce(explainDesktop([linux(content)], '1.40000.0'), 'disableAutoUpdates')).toBe(true)
    const unknown = explainDesktop([linux({ disableAutoUpdates: true, madeUp: 1 })], undefined)
    expect(keyOf(unknown, 'disableAutoUpdates').unknown).toBe('linux-file-may-be-ignored')
  })
})

describe('the whole configuration', () => {
  it('leaves the local one in force beside keys of app behaviour only', () => {
    const codes = (content: object) => explainDesktop([linux(content)], undefined).notes.map(({ code }) => code)
    expect(codes({ disableAutoUpdates: true })).toContain('local-in-force')
    expect(codes({ disableAutoUpdates: true, isLocalDevMcpEnabled: false })).toContain('local-ignored')
  })

  it('may be replaced by a bootstrap server, but for keys it cannot deliver', () => {
    const content = { bootstrapUrl: 'https://b.example', isLocalDevMcpEnabled: false }
    const result = explainDesktop([linux(content)], undefined)
    expect(keyOf(result, 'isLocalDevMcpEnabled').unknown).toBe('bootstrap-may-replace')
    expect(inForce(result, 'bootstrapUrl')).toBe('https://b.example')
    expect(
      inForce(explainDesktop([linux({ ...content, bootstrapEnabled: false })], undefined), 'isLocalDevMcpEnabled'),
    ).toBe(false)
  })

  it('says which keys the deployment does not read', () => {
    const result = explainDesktop([linux({ otlpEndpoint: 'https://o.example', forceLoginOrgUUID: 'x' })], undefined)
    expect(keyOf(result, 'otlpEndpoint').notes.join()).toContain('inferenceProvider')
    const third = explainDesktop([linux({ inferenceProvider: 'gateway', forceLoginOrgUUID: 'x' })], undefined)
    expect(keyOf(third, 'forceLoginOrgUUID').notes.join()).toContain('ignores it')
  })
})
