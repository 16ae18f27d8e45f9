import { afterEach, describe, expect, it } from 'vitest'
import { writePropertyList } from '../../../src/bundle/formats/property-list.js'
import type { MachinePlatform } from '../../../src/platform/machine.js'
import { denialOf } from '../../../src/selftest/drill/denial.js'
import {
  type DrillSettings,
  isElsewhere,
  loopbackPort,
  matchesBash,
  notAnAddress,
  readDrillSettings,
} from '../../../src/selftest/drill/drill-settings.js'
import { type BuiltMachine, buildMachine, type MachineSpec } from '../../builders/machine.js'

const machines: BuiltMachine[] = []
afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.remove()
})

const users = { linux: { name: 'ada', id: 1000 }, macos: { name: 'ada', id: 501 }, windows: { name: 'ada' } }

async function settingsOn(
  platform: MachinePlatform,
  files: Record<string, unknown>,
  more: Partial<MachineSpec> = {},
): Promise<DrillSettings> {
  const texts = Object.entries(files).map(([path, content]): [string, string] => [
    path,
    typeof content === 'string' ? content : JSON.stringify(content),
  ])
  const machine = await buildMachine({
    platform,
    now: '2026-11-20T08:00:00Z',
    installed: '2026-11-10T08:00:00Z',
    users: [users[platform]],
    files: Object.fromEntries(texts),
    ...more,
  })
  machines.push(machine)
  return readDrillSettings(machine.machine, '2.1.329')
}

const file = '/etc/claude-code/managed-settings.json'
const pinned = (url: string) => ({ env: { CLAUDE_CODE_ENABLE_TELEMETRY: '1', OTEL_EXPORTER_OTLP_ENDPOINT: url } })

describe('where managed settings are read from', () => {
  it('a file with its drop-ins, without hidden ones', async () => {
    const settings = await settingsOn('linux', {
      [file]: pinned('https://one.acme.example'),
      '/etc/claude-code/managed-settings.d/50-fleet.json': pinned('https://two.acme.example'),
      '/etc/claude-code/managed-settings.d/.hidden.json': pinned('https://three.acme.example'),
    })
    expect(settings).toMatchObject({ endpoints: ['https://two.acme.example'], telemetry: 'on', fromServer: 'none' })
    expect(settings.files).toHaveLength(2)
  })

  it('a property list of the machine above the file, and one of a user where the machine has none', async () => {
    const list = (url: string) => writePropertyList(pinned(url))
    const ofUser = {
      '/Library/Managed Preferences/ada/com.anthropic.claudecode.plist': list('https://user.acme.example'),
    }
    const both = {
      ...ofUser,
      '/Library/Managed Preferences/com.anthropic.claudecode.plist': list('https://machine.acme.example'),
      '/Library/Application Support/ClaudeCode/managed-settings.json': pinned('https://file.acme.example'),
    }
    expect((await settingsOn('macos', both)).endpoints).toEqual(['https://machine.acme.example'])
    expect((await settingsOn('macos', ofUser)).endpoints).toEqual(['https://user.acme.example'])
  })

  it('the registry above the file', async () => {
    const key = 'SOFTWARE\\Policies\\ClaudeCode'
    const registry = [
      { hive: 'HKLM', key, name: 'Settings', text: JSON.stringify(pinned('https://hklm.acme.example')) },
    ]
    const files = { 'C:\\Program Files\\ClaudeCode\\managed-settings.json': pinned('https://file.acme.example') }
    expect((await settingsOn('windows', files, { registry })).endpoints).toEqual(['https://hklm.acme.example'])
    expect((await settingsOn('windows', files)).endpoints).toEqual(['https://file.acme.example'])
  })

  it('tells what cannot be read from what is not there', async () => {
    const dropIns = '/etc/claude-code/managed-settings.d'
    const settings = await settingsOn(
      'linux',
      {},
      {
        files: {
          [file]: { link: '/opt/settings.json' },
          '/opt/settings.json': JSON.stringify(pinned('https://one.acme.example')),
          [`${dropIns}/10-large.json`]: { sparse: 64 * 1024 * 1024 },
          [`${dropIns}/20-folder.json`]: { folder: true },
        },
      },
    )
    expect(settings.unread).toEqual([
      { place: file, why: 'not-a-file' },
      { place: `${dropIns}/10-large.json`, why: 'too-large' },
      { place: `${dropIns}/20-folder.json`, why: 'not-a-file' },
    ])
    expect(settings).toMatchObject({ files: [], broken: [] })
    expect((await settingsOn('linux', {}, { files: { [dropIns]: { link: '/opt' } } })).unread).toEqual([
      { place: dropIns, why: 'not-a-file' },
    ])
  })

  it('tells what is broken, also in a property list', async () => {
    const list = '/Library/Managed Preferences/com.anthropic.claudecode.plist'
    expect(await settingsOn('macos', { [list]: '<plist><dict>' })).toMatchObject({ broken: [list], files: [] })
    for (const text of ['{ "env": {}, }', '[]', '"text"'])
      expect((await settingsOn('linux', { [file]: text })).broken).toEqual([file])
    expect((await settingsOn('linux', { [file]: '\ufeff{}' })).broken).toEqual([])
  })

  it('passes over a broken value that a user can write, below others', async () => {
    const key = 'SOFTWARE\\Policies\\ClaudeCode'
    const ofUser = { hive: 'ada', key, name: 'Settings', text: '{' }
    const ofMachine = { hive: 'HKLM', key, name: 'Settings', text: '{}' }
    expect((await settingsOn('windows', {}, { registry: [ofUser] })).broken).toEqual([`HKCU\\${key}`])
    expect((await settingsOn('windows', {}, { registry: [ofUser, ofMachine] })).broken).toEqual([])
    expect((await settingsOn('windows', {}, { registry: [{ ...ofMachine, text: '{' }] })).broken).toEqual([
      `HKLM\\${key}`,
    ])
  })

  it('does not know what a registry says that does not answer, or users that cannot be listed', async () => {
    const built = await buildMachine({ platform: 'windows', now: 0, installed: 0, users: [], files: {} })
    machines.push(built)
    const fails = () => Promise.reject(new Error('no answer'))
    const settings = await readDrillSettings({ ...built.machine, users: fails, registryText: fails }, '2.1.329')
    expect(settings.unread).toEqual([{ place: 'HKLM\\SOFTWARE\\Policies\\ClaudeCode', why: 'denied' }])
    expect(settings.fromServer).toBe('unread')
  })

  it('nowhere, where none stand', async () => {
    const settings = await settingsOn('linux', {})
    expect(settings).toMatchObject({ files: [], endpoints: [], telemetry: 'open', asksHook: false, deny: 'no' })
  })
})

describe('what they say', () => {
  it('every address that a signal goes to', async () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.acme.example:4318/',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'https://logs.acme.example/v1/logs',
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'not an address',
    }
    expect((await settingsOn('linux', { [file]: { env } })).endpoints).toEqual([
      'https://otel.acme.example:4318',
      'https://logs.acme.example/v1/logs',
      notAnAddress,
    ])
  })

  it('telemetry that is off, a policy helper, all hooks off', async () => {
    const settings = await settingsOn('linux', {
      [file]: {
        env: { CLAUDE_CODE_ENABLE_TELEMETRY: '0' },
        policyHelper: { path: '/opt/helper' },
        disableAllHooks: true,
      },
    })
    expect(settings).toMatchObject({ telemetry: 'off', policyHelper: true, hooksOff: true })
  })

  it('which hooks are asked about Bash, and where hooks post to', async () => {
    const hooks = (matcher: string) => ({
      PreToolUse: [{ matcher, hooks: [{ type: 'command', command: '/opt/hook' }] }],
      Stop: [{ hooks: [{ type: 'http', url: 'https://hooks.acme.example/stop?key=secret' }] }],
    })
    const settings = await settingsOn('linux', { [file]: { hooks: hooks('Write|Bash') } })
    expect(settings).toMatchObject({ asksHook: true, hookUrls: ['https://hooks.acme.example/stop'] })
    expect((await settingsOn('linux', { [file]: { hooks: hooks('Write') } })).asksHook).toBe(false)
  })

  it('nothing, where the file does not parse', async () => {
    const settings = await settingsOn('linux', { [file]: '{ "env": {}, }' })
    expect(settings).toMatchObject({ start: 'refused', telemetry: 'open' })
  })
})

describe('addresses', () => {
  it('are of this machine or elsewhere; what is no URL may be anywhere', () => {
    expect(['http://127.0.0.1:4318', 'http://localhost', 'http://[::1]:9/x'].map(loopbackPort)).toEqual([4318, 80, 9])
    expect(['https://127.0.0.1:4318', 'http://10.0.0.1:4318', notAnAddress].map(loopbackPort)).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(
      ['https://localhost:4318', 'https://acme.example', 'http://127.0.0.1.acme.example', notAnAddress].map(
        isElsewhere,
      ),
    ).toEqual([false, true, true, true])
  })
})

it.each([
  [undefined, true],
  ['*', true],
  ['Bash|Write', true],
  ['bash', false],
  ['^B.*', true],
  ['(', false],
] as const)('a matcher %s takes Bash: %s', (matcher, takes) => {
  expect(matchesBash(matcher, '2.1.329')).toBe(takes)
})

it.each([
  ['Bash', 'tool'],
  ['Bash(*)', 'tool'],
  ['Bash(echo:*)', 'command'],
  ['Bash(echo *)', 'command'],
  ['Bash(echo fleet-drill)', 'command'],
  ['Bash(ech:*)', 'no'],
  ['Bash(echo)', 'no'],
  ['Bash(* fleet-drill)', 'maybe'],
  ['Bash(echo', 'no'],
  ['B*', 'maybe'],
  ['Write', 'no'],
] as const)('the deny rule %s comes to %s', (rule, denial) => {
  expect(denialOf(rule)).toBe(denial)
})
