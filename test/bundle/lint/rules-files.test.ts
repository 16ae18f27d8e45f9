import { describe, expect, it, test } from 'vitest'
import type { LintContext } from '../../../src/bundle/lint/rule.js'
import { rules } from '../../../src/bundle/lint/rules-files.js'
import {
  findingsIn,
  forcedText,
  profileText,
  propertyListText,
  registryLine,
  registryText,
  type SettingsFiles,
  signed,
} from '../../builders/lint-settings.js'

const policy = { permissions: { disableBypassPermissionsMode: 'disable' } }
const policyKeys = '<key>permissions</key><dict><key>disableBypassPermissionsMode</key><string>disable</string></dict>'
const codeKey = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\ClaudeCode'
const desktopKey = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Claude'
const userKey = 'HKEY_CURRENT_USER\\SOFTWARE\\Policies\\ClaudeCode'
const settingsLine = registryLine('Settings', JSON.stringify(policy))

/** The hits of one rule as `severity line path`. */
async function hits(id: string, files: SettingsFiles, context?: Partial<LintContext>): Promise<string[]> {
  const own = rules.filter((rule) => rule.id === id)
  expect(own).toHaveLength(1)
  const found = await findingsIn(files, own, context)
  return found.map(({ severity, file, line, path }) => [severity, `${file}:${line}`, path].filter(Boolean).join(' '))
}

interface Case {
  readonly id: string
  readonly bad: SettingsFiles
  readonly found: readonly string[]
  readonly good: SettingsFiles
}

const cases: readonly Case[] = [
  {
    id: 'settings-dead-path',
    bad: { 'ProgramData/ClaudeCode/managed-settings.json': policy },
    found: ['error ProgramData/ClaudeCode/managed-settings.json:1'],
    good: { 'Program Files/ClaudeCode/managed-settings.json': policy },
  },
  {
    id: 'drop-in-ignored',
    bad: {
      'managed-settings.d/.x.json': policy,
      'managed-settings.d/y.JSON': policy,
      'managed-settings.d/a/z.json': policy,
    },
    found: [
      'error managed-settings.d/.x.json:1',
      'error managed-settings.d/a/z.json:1',
      'error managed-settings.d/y.JSON:1',
    ],
    good: { 'managed-settings.d/50-x.json': policy },
  },
  {
    id: 'server-cannot-carry',
    bad: {
      'server-managed-settings.json': {
        wslInheritsWindowsSettings: true,
        policyHelper: { path: '/usr/local/bin/policy' },
        forceLoginMethod: 'gateway',
      },
    },
    found: [
      'error server-managed-settings.json:2 wslInheritsWindowsSettings',
      'error server-managed-settings.json:3 policyHelper',
      'error server-managed-settings.json:6 forceLoginMethod',
    ],
    good: {
      'server-managed-settings.json': { forceLoginMethod: 'claudeai' },
      'managed-settings.json': { wslInheritsWindowsSettings: true, forceLoginMethod: 'gateway' },
    },
  },
  {
    id: 'registry-value-name',
    bad: { 'a.reg': registryText({ [codeKey]: ['"Setings"="{}"', '@="{}"'] }) },
    found: ['error a.reg:4', 'error a.reg:5'],
    good: { 'a.reg': registryText({ [codeKey]: [settingsLine], [desktopKey]: ['"disableAutoUpdates"="true"'] }) },
  },
  {
    id: 'registry-value-type',
    bad: {
      'a.reg': registryText({
        [codeKey]: ['"Settings"=dword:00000001'],
        [desktopKey]: ['"disableAutoUpdates"=hex(b):01,00,00,00,00,00,00,00', '"otlpEndpoint"=hex(2):61,00,00,00'],
      }),
    },
    found: ['error a.reg:4', 'error a.reg:7 disableAutoUpdates', 'error a.reg:8 otlpEndpoint'],
    good: {
      'a.reg': registryText({
        [codeKey]: ['"Settings"=hex(2):7b,00,7d,00,00,00'],
        [desktopKey]: ['"disableAutoUpdates"=dword:00000001', '"otlpEndpoint"="https://otel.acme.example"'],
      }),
    },
  },
  {
    id: 'registry-subkey',
    bad: { 'a.reg': registryText({ [`${codeKey}\\env`]: ['"A"="1"', '"B"="2"'], [`${desktopKey}\\x`]: ['"a"="b"'] }) },
    found: ['error a.reg:4', 'error a.reg:8'],
    good: { 'a.reg': registryText({ [codeKey]: [settingsLine], [`${codeKey}\\old`]: ['"A"=-'] }) },
  },
  {
    id: 'registry-hive-shadow',
    bad: { 'a.reg': registryText({ [codeKey]: [settingsLine], [userKey]: [settingsLine] }) },
    found: ['warning a.reg:7'],
    good: {
      'a.reg': registryText({
        [codeKey]: [registryLine('Settings', '{"wslInheritsWindowsSettings":true}')],
        [desktopKey]: ['"disableAutoUpdates"="true"'],
        [userKey]: [settingsLine],
      }),
    },
  },
  {
    id: 'registry-user-hive',
    bad: { 'a.reg': registryText({ [userKey]: [settingsLine] }) },
    found: ['warning a.reg:4'],
    good: { 'a.reg': registryText({ [codeKey]: [settingsLine], [userKey]: ['"Settings"=-'] }) },
  },
  {
    id: 'registry-line-ignored',
    bad: { 'a.reg': registryText({ [codeKey]: [settingsLine, 'nonsense', settingsLine] }) },
    found: ['error a.reg:5', 'warning a.reg:6'],
    good: { 'a.reg': registryText({ [codeKey]: ['; a comment', settingsLine] }) },
  },
  {
    id: 'profile-payload-twice',
    bad: {
      'a.mobileconfig': profileText(['com.anthropic.claudecode', policyKeys], ['com.anthropic.claudecode', policyKeys]),
    },
    found: ['warning a.mobileconfig:14'],
    good: {
      'a.mobileconfig': profileText(['com.anthropic.claudecode', policyKeys], ['com.anthropic.claudefordesktop', '']),
      'b.mobileconfig': profileText(['com.anthropic.claudecode', policyKeys]),
    },
  },
  {
    id: 'profile-signed-variable',
    bad: {
      'a.mobileconfig': signed(
        profileText([
          'com.anthropic.claudecode',
          '<key>env</key><dict><key>A</key><string>$SERIALNUMBER</string></dict>',
        ]),
      ),
    },
    found: ['error a.mobileconfig:12 env.A'],
    good: {
      'a.mobileconfig': signed(profileText(['com.anthropic.claudecode', policyKeys])),
      'b.mobileconfig': profileText([
        'com.anthropic.claudecode',
        '<key>env</key><dict><key>A</key><string>$SERIALNUMBER</string></dict>',
      ]),
    },
  },
  {
    id: 'payload-key-as-setting',
    bad: {
      'managed-settings.json': { ...policy, PayloadUUID: 'x' },
      'com.anthropic.claudecode.plist': propertyListText(
        `${policyKeys}\n<key>PayloadVersion</key><integer>1</integer>`,
      ),
      'com.anthropic.claudefordesktop.plist': propertyListText('<key>PayloadType</key><integer>1</integer>'),
      'x.mobileconfig': profileText([
        'com.apple.ManagedClient.preferences',
        forcedText('com.anthropic.claudecode', `${policyKeys}\n<key>PayloadUUID</key><string>x</string>`),
      ]),
    },
    found: [
      'warning com.anthropic.claudecode.plist:5 PayloadVersion',
      'warning com.anthropic.claudefordesktop.plist:4 PayloadType',
      'warning managed-settings.json:5 PayloadUUID',
      'warning x.mobileconfig:15 PayloadUUID',
    ],
    good: { 'a.mobileconfig': profileText(['com.anthropic.claudecode', policyKeys]) },
  },
]

describe.each(cases)('$id', ({ id, bad, found, good }) => {
  it('finds what is wrong', async () => {
    expect((await hits(id, bad)).sort()).toEqual([...found].sort())
  })

  it('finds nothing where all is well', async () => {
    expect(await hits(id, good)).toEqual([])
  })
})

it('has a test for every rule', () => {
  expect([...cases.map(({ id }) => id), 'source-shadowed'].sort()).toEqual(rules.map(({ id }) => id).sort())
})

it('says of a dead path that old clients read it', async () => {
  const files = { 'ProgramData/ClaudeCode/managed-settings.json': policy }
  expect(await hits('settings-dead-path', files, { codeVersions: ['2.1.74'] })).toEqual([])
  expect(await hits('settings-dead-path', files, { codeVersions: ['2.1.74', '2.1.75'] })).toHaveLength(1)
})

it('warns of another value where Settings is there too', async () => {
  const files = { 'a.reg': registryText({ [codeKey]: [settingsLine, '"Other"="x"'] }) }
  expect(await hits('registry-value-name', files)).toEqual(['warning a.reg:5'])
})

it('knows that Claude Desktop merged the hives before 1.19367.0, and that any value hides the other', async () => {
  const files = {
    'a.reg': registryText({
      [desktopKey]: ['"unknown"=hex(2):61,00,00,00'],
      'HKEY_CURRENT_USER\\SOFTWARE\\Policies\\Claude': ['"disableAutoUpdates"="true"'],
    }),
  }
  expect(await hits('registry-hive-shadow', files)).toEqual(['warning a.reg:7'])
  expect(await hits('registry-hive-shadow', files, { desktopVersions: ['1.18286.0'] })).toEqual([])
  expect(await hits('registry-hive-shadow', files, { desktopVersions: ['1.19367.0'] })).toHaveLength(1)
})

describe('source-shadowed', () => {
  const shadowed = (files: SettingsFiles, context?: Partial<LintContext>) => hits('source-shadowed', files, context)
  const server = 'server-managed-settings.json'
  const file = 'managed-settings.json'

  it('names the lower source', async () => {
    expect(await shadowed({ [server]: policy, [file]: policy })).toEqual([`warning ${file}:1`])
  })

  test.each<[string, SettingsFiles]>([
    ['the higher one holds a control key only', { [server]: { wslInheritsWindowsSettings: true }, [file]: policy }],
    ['they are one source', { [file]: policy, 'managed-settings.d/a.json': policy }],
    [
      'they are on other systems',
      {
        'a.reg': registryText({ [userKey]: [settingsLine] }),
        'com.anthropic.claudecode.plist': propertyListText(policyKeys),
      },
    ],
    ['a user file is no managed source', { [file]: policy, 'settings.json': policy }],
    ['the program is another', { [server]: policy, 'claude-desktop/managed-settings.json': { banner: {} } }],
    [
      'the hives have a rule of their own',
      { 'a.reg': registryText({ [codeKey]: [settingsLine], [userKey]: [settingsLine] }) },
    ],
    [
      'a bundle holds alternatives',
      { 'manifest.json': { schema: 'fleet.bundle/v1' }, SHA256SUMS: 'x', [server]: policy, [file]: policy },
    ],
  ])('finds nothing where %s', async (_, files) => {
    expect(await shadowed(files)).toEqual([])
  })

  test.each<[string, SettingsFiles]>([
    ['with its settings', { [server]: { ...policy, managedSourcesBehavior: 'merge' }, [file]: policy }],
    [
      'with that key alone',
      {
        [server]: { managedSourcesBehavior: 'merge' },
        'com.anthropic.claudecode.plist': propertyListText(policyKeys),
        [file]: policy,
      },
    ],
  ])('holds for old clients only where the highest source merges, %s', async (_, files) => {
    expect(await shadowed(files, { codeVersions: ['2.1.241'] })).toEqual([`warning ${file}:1`])
    expect(await shadowed(files, { codeVersions: ['2.1.242'] })).toEqual([])
  })
})
