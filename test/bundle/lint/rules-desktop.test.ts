import { describe, expect, it, test } from 'vitest'
import type { LintContext } from '../../../src/bundle/lint/rule.js'
import { rules } from '../../../src/bundle/lint/rules-desktop.js'
import {
  findingsIn,
  profileText,
  registryLine,
  registryText,
  type SettingsFiles,
} from '../../builders/lint-settings.js'

const linux = 'claude-desktop/managed-settings.json'
const onLinux = (settings: unknown): SettingsFiles => ({ [linux]: settings })
const inProfile = (keys: string): SettingsFiles => ({
  'a.mobileconfig': profileText(['com.anthropic.claudefordesktop', keys]),
})
const inRegistry = (...lines: string[]): SettingsFiles => ({
  'a.reg': registryText({ 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Claude': lines }),
})
const thirdParty = { inferenceProvider: 'gateway' }
const before = { asOf: Date.parse('2026-10-07T18:59:59Z') }
const after = { asOf: Date.parse('2026-10-07T19:00:00Z') }

async function hits(id: string, files: SettingsFiles, context?: Partial<LintContext>): Promise<string[]> {
  const own = rules.filter((rule) => rule.id === id)
  expect(own).toHaveLength(1)
  const found = await findingsIn(files, own, context)
  return found.map(({ severity, path }) => `${severity} ${path}`.trim())
}

type Case = readonly [
  id: string,
  what: string,
  bad: SettingsFiles,
  found: readonly string[],
  good: SettingsFiles,
  context?: Partial<LintContext>,
]

const cases: readonly Case[] = [
  ['desktop-file-unreadable', 'a comment', onLinux('{ // no\n}'), ['error'], onLinux({})],
  ['desktop-file-unreadable', 'a list', onLinux('[]'), ['error'], inProfile('')],
  [
    'desktop-key-unknown',
    'Linux',
    onLinux({ otlpEndpiont: 'x' }),
    ['error otlpEndpiont'],
    onLinux({ otlpEndpoint: 'x' }),
  ],
  [
    'desktop-key-unknown',
    'macOS',
    inProfile('<key>IsDxtEnabled</key><string>true</string>'),
    ['warning IsDxtEnabled'],
    inProfile('<key>banner</key><string>{}</string>'),
  ],
  [
    'desktop-key-unknown',
    'Windows',
    inRegistry('"nonsense"="1"'),
    ['warning nonsense'],
    inRegistry('"disableAutoUpdates"="1"', '@=""'),
  ],
  [
    'desktop-dotted-key',
    'registry',
    inRegistry('"inferenceGatewayOidc.clientId"="x"'),
    ['error ["inferenceGatewayOidc.clientId"]'],
    inRegistry(registryLine('inferenceGatewayOidc', '{"clientId":"x"}')),
  ],
  [
    'desktop-key-too-new',
    'Linux',
    onLinux({ banner: {}, organizationInstructions: 'x' }),
    ['error organizationInstructions'],
    onLinux({ banner: {}, disableAutoUpdates: true }),
    { desktopVersions: ['1.30096.1', '1.40609.0'] },
  ],
  [
    'desktop-key-too-new',
    'Linux, no release stated',
    onLinux({ disableWslSessions: true }),
    ['warning disableWslSessions'],
    inRegistry('"disableWslSessions"="true"'),
    { desktopVersions: ['1.30096.1'] },
  ],
  [
    'desktop-key-too-new',
    'Windows',
    inRegistry('"organizationInstructions"="x"'),
    ['warning organizationInstructions'],
    inRegistry('"disableAutoUpdates"="true"'),
    { desktopVersions: ['1.30096.1'] },
  ],
  [
    'desktop-key-too-new',
    'no versions given',
    onLinux({ banner: {}, organizationInstructions: 'x' }),
    ['note organizationInstructions'],
    onLinux({ disableAutoUpdates: true }),
  ],
  [
    'desktop-key-deprecated',
    'before its end',
    onLinux({ isDxtEnabled: true }),
    ['warning isDxtEnabled'],
    onLinux({ isDesktopExtensionEnabled: true }),
    before,
  ],
  [
    'desktop-key-deprecated',
    'after its end',
    onLinux({ isDxtEnabled: true }),
    ['error isDxtEnabled'],
    onLinux({ isDesktopExtensionEnabled: true }),
    after,
  ],
  [
    'desktop-key-deprecated',
    'without an end',
    onLinux({ requireCoworkFullVmSandbox: true }),
    ['note requireCoworkFullVmSandbox'],
    onLinux({}),
    after,
  ],
  [
    'desktop-value-form',
    'before its end',
    inRegistry('"otlpHeaders"="x-team=fin"'),
    ['warning otlpHeaders'],
    inRegistry(registryLine('otlpHeaders', '{"x-team":"fin"}')),
    before,
  ],
  [
    'desktop-value-form',
    'after its end',
    onLinux({ managedMcpServers: [{ name: 'x', transport: 'http', url: 'https://x.example', scopes: ['a'] }] }),
    ['error managedMcpServers[0].scopes'],
    onLinux({ managedMcpServers: [{ name: 'x', transport: 'http', url: 'https://x.example' }] }),
    after,
  ],
  [
    'desktop-native-array',
    'a list',
    inProfile('<key>disabledBuiltinTools</key><array><string>WebSearch</string></array>'),
    ['warning disabledBuiltinTools'],
    inProfile('<key>disabledBuiltinTools</key><string>["WebSearch"]</string>'),
  ],
  [
    'desktop-native-array',
    'an object',
    inProfile('<key>banner</key><dict><key>enabled</key><true/></dict>'),
    ['warning banner'],
    onLinux({ banner: { enabled: true } }),
  ],
  [
    'desktop-wrong-type',
    'each kind',
    onLinux({
      autoUpdaterEnforcementHours: 200,
      disableAutoUpdates: 'yes',
      otlpContentCapture: ['everything'],
      otlpProtocol: 'http',
      deploymentDisplayName: 'x'.repeat(61),
      disabledBuiltinTools: '["a',
    }),
    [
      'error autoUpdaterEnforcementHours',
      'error disableAutoUpdates',
      'error otlpContentCapture',
      'error otlpProtocol',
      'error deploymentDisplayName',
      'error disabledBuiltinTools',
    ],
    onLinux({
      autoUpdaterEnforcementHours: 72,
      disableAutoUpdates: true,
      otlpContentCapture: [],
      otlpProtocol: 'http/json',
      deploymentDisplayName: 'x',
      disabledBuiltinTools: '["a"]',
      // An old form is another rule's.
      otlpHeaders: 'a=b',
    }),
  ],
  [
    'desktop-deployment',
    'keys of a third-party deployment',
    onLinux({ otlpEndpoint: 'https://otel.acme.example', otlpAttrMaxChars: 4000, managedMcpServers: [] }),
    ['warning otlpEndpoint', 'note otlpAttrMaxChars', 'note managedMcpServers'],
    onLinux({ ...thirdParty, otlpEndpoint: 'https://otel.acme.example' }),
  ],
  [
    'desktop-deployment',
    'keys of sign-in',
    onLinux({ ...thirdParty, secureVmFeaturesEnabled: false }),
    ['warning secureVmFeaturesEnabled'],
    onLinux({ secureVmFeaturesEnabled: false }),
  ],
  [
    'desktop-grpc',
    'registry',
    inRegistry('"otlpProtocol"="grpc"'),
    ['warning otlpProtocol'],
    inRegistry('"otlpProtocol"="http/protobuf"'),
  ],
  [
    'desktop-telemetry-cleartext',
    'profile',
    inProfile('<key>otlpEndpoint</key><string>http://otel.acme.example:4318</string>'),
    ['error otlpEndpoint'],
    inProfile('<key>otlpEndpoint</key><string>http://127.0.0.1:4318</string>'),
  ],
  [
    'desktop-content-above-tier',
    'above',
    onLinux({ otlpContentCapture: ['toolDetails', 'userPrompts', 'rawApiBodies'] }),
    ['error otlpContentCapture[1]', 'error otlpContentCapture[2]'],
    onLinux({ otlpContentCapture: ['toolDetails'] }),
    { privacy: 'tool-details' },
  ],
  [
    'desktop-content-above-tier',
    'not set',
    onLinux({ disableAutoUpdates: true }),
    ['warning'],
    onLinux({ otlpContentCapture: [] }),
    { privacy: 'metadata' },
  ],
  [
    'desktop-content-above-tier',
    'not set, and no tier stated',
    onLinux({ otlpContentCapture: '' }),
    ['note otlpContentCapture'],
    onLinux(thirdParty),
  ],
]

describe.each(cases.map(([id, what, bad, found, good, context]) => ({ id, what, bad, found, good, context })))(
  '$id, $what',
  ({ id, bad, found, good, context }) => {
    it('finds what is wrong', async () => {
      expect((await hits(id, bad, context)).sort()).toEqual([...found].sort())
    })

    it('finds nothing where all is well', async () => {
      expect(await hits(id, good, context)).toEqual([])
    })
  },
)

it('has a test for every rule', () => {
  expect([...new Set(cases.map(([id]) => id))].sort()).toEqual(rules.map(({ id }) => id).sort())
})

it('names the nearest key', async () => {
  const [finding] = await findingsIn(
    onLinux({ otlpEndpiont: 'x' }),
    rules.filter(({ id }) => id === 'desktop-key-unknown'),
  )
  expect(finding?.fix).toContain('otlpEndpoint')
  expect(finding?.message).toContain('ignore the whole file')
})

it('lists the old releases out there', async () => {
  const [finding] = await findingsIn(
    onLinux({ organizationInstructions: 'x' }),
    rules.filter(({ id }) => id === 'desktop-key-too-new'),
    { desktopVersions: ['1.30096.1', '1.40609.0'] },
  )
  expect(finding?.versions).toEqual({ range: '<1.37937.0', affected: ['1.30096.1'], given: 2 })
})

test('content is judged over all files that may meet on a machine', async () => {
  const files = { ...inRegistry('"disableAutoUpdates"="true"'), ...onLinux({ otlpContentCapture: [] }) }
  expect(await hits('desktop-content-above-tier', files)).toEqual([])
  const provider = { ...inRegistry('"otlpEndpoint"="https://x.example"'), ...onLinux(thirdParty) }
  expect(await hits('desktop-deployment', provider)).toEqual([])
})
