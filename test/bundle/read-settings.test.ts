import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { explainAdvice } from '../../src/bundle/kind-advice.js'
import { readSettings } from '../../src/bundle/read-settings.js'
import {
  forcedText,
  profileText,
  propertyListText,
  readFolder,
  readNamed,
  registryLine,
  registryText,
  type SettingsFiles,
  settingsFolder,
  signed,
} from '../builders/lint-settings.js'

const policy = { permissions: { disableBypassPermissionsMode: 'disable' } }
const policyKeys = '<key>permissions</key><dict><key>disableBypassPermissionsMode</key><string>disable</string></dict>'

async function kinds(files: SettingsFiles): Promise<string[]> {
  const { files: read } = await readFolder(files)
  return read.map(({ file, surface, channel, format }) => `${file}: ${surface} ${channel} ${format}`)
}

describe('what a file is', () => {
  test.each([
    ['managed-settings.json', policy, 'claude-code file json'],
    ['managed-settings.d/50-x.json', policy, 'claude-code drop-in json'],
    ['managed-mcp.json', { mcpServers: {} }, 'managed-mcp file json'],
    ['server-managed-settings.json', policy, 'claude-code server json'],
    ['remote-settings.json', policy, 'claude-code server json'],
    ['settings.json', policy, 'claude-code user json'],
    ['home/alex/.claude/settings.json', policy, 'claude-code user json'],
    ['repository/.claude/settings.json', policy, 'claude-code project json'],
    ['home/alex/.claude/settings.local.json', policy, 'claude-code project json'],
    ['claude-desktop/managed-settings.json', { unknownKey: true }, 'claude-desktop file json'],
    ['managed-settings.json', { secureVmFeaturesEnabled: false }, 'claude-desktop file json'],
    ['managed-settings.json', { disableDeepLinkRegistration: 'disable' }, 'claude-code file json'],
    ['strict.json', { permissions: {}, sandbox: {} }, 'claude-code file json'],
  ])('%s', async (file, content, kind) => {
    expect(await kinds({ [file]: content })).toEqual([`${file}: ${kind}`])
  })

  it('follows --as for named files only', async () => {
    const { files } = await readNamed({ 'x.json': policy }, { as: 'project' })
    expect(files.map(({ channel }) => channel)).toEqual(['project'])
    const folder = await readFolder({ 'managed-settings.json': policy }, { as: 'project' })
    expect(folder.files.map(({ channel }) => channel)).toEqual(['file'])
  })

  it('reads drop-ins that no client reads as what they are: nothing in force', async () => {
    const { files } = await readFolder({
      'managed-settings.d/.a.json': policy,
      'managed-settings.d/b.json.bak': policy,
      'managed-settings.d/c/d.json': policy,
      'managed-settings.d/e.json': policy,
    })
    expect(files.map(({ file, value, problems }) => [file, value, problems[0]?.code])).toEqual([
      ['managed-settings.d/.a.json', undefined, 'drop-in-hidden'],
      ['managed-settings.d/b.json.bak', undefined, 'drop-in-name'],
      ['managed-settings.d/c/d.json', undefined, 'drop-in-folder'],
      ['managed-settings.d/e.json', policy, undefined],
    ])
  })
})

describe('property lists', () => {
  const desktop = '<key>disabledBuiltinTools</key><string>["WebSearch"]</string>'

  it('reads every payload of a profile, both styles', async () => {
    const { files } = await readFolder({
      'a.mobileconfig': profileText(
        ['com.anthropic.claudecode', policyKeys],
        ['com.apple.security.firewall', '<key>EnableFirewall</key><true/>'],
        ['com.anthropic.claudefordesktop', desktop],
        ['com.apple.ManagedClient.preferences', forcedText('com.anthropic.claudecode', policyKeys)],
      ),
    })
    expect(files.map(({ surface, channel, value }) => [surface, channel, value])).toEqual([
      ['claude-code', 'plist', policy],
      ['claude-desktop', 'plist', { disabledBuiltinTools: ['WebSearch'] }],
      ['claude-code', 'plist', policy],
    ])
    expect(files[1]?.payload).toEqual({ disabledBuiltinTools: '["WebSearch"]' })
  })

  it('knows the line of a setting inside a payload', async () => {
    const text = profileText(['com.anthropic.claudecode', policyKeys])
    const { files } = await readFolder({ 'a.mobileconfig': text })
    const line = text.split('\n').findIndex((each) => each.includes('disableBypass')) + 1
    expect(files[0]?.lineOf(['permissions', 'disableBypassPermissionsMode'])).toBe(line)
  })

  it('reads preference files by domain, keys or --as, and binary ones', async () => {
    const binary = Buffer.from(
      'YnBsaXN0MDDRAQJbcGVybWlzc2lvbnPRAwRfEBxkaXNhYmxlQnlwYXNzUGVybWlzc2lvbnNNb2RlV2Rpc2FibGUICxcaOQAAAAAAAAEBAAAAAAAAAAUAAAAAAAAAAAAAAAAAAABB',
      'base64',
    )
    const { files } = await readFolder({ 'com.anthropic.claudecode.plist': binary })
    expect(files).toMatchObject([{ surface: 'claude-code', channel: 'plist', value: policy }])
    const keys = propertyListText('<key>secureVmFeaturesEnabled</key><string>false</string>')
    expect(await kinds({ 'policy.plist': keys })).toEqual(['policy.plist: claude-desktop plist plist'])
    const named = await readNamed({ 'x.plist': propertyListText('<key>a</key><string>b</string>') }, { as: 'desktop' })
    expect(named.files[0]?.surface).toBe('claude-desktop')
  })

  it('reads signed profiles and says that they are', async () => {
    const { files } = await readFolder({
      'a.mobileconfig': signed(profileText(['com.anthropic.claudecode', policyKeys])),
    })
    expect(files[0]?.value).toEqual(policy)
    expect(files[0]?.problems.map(({ code }) => code)).toContain('signed')
  })
})

describe('registry files', () => {
  it('reads each hive and program by itself', async () => {
    const { files } = await readFolder({
      'a.reg': registryText({
        'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\ClaudeCode': [registryLine('Settings', JSON.stringify(policy))],
        'HKEY_CURRENT_USER\\Software\\Policies\\ClaudeCode': [registryLine('settings', '{"model":"opus"}')],
        'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Claude': ['"disableAutoUpdates"=dword:00000001'],
        'HKEY_LOCAL_MACHINE\\SOFTWARE\\Other': ['"a"="b"'],
      }),
    })
    expect(files.map(({ surface, channel, value }) => [surface, channel, value])).toEqual([
      ['claude-code', 'hklm', policy],
      ['claude-desktop', 'hklm', { disableAutoUpdates: true }],
      ['claude-code', 'hkcu', { model: 'opus' }],
    ])
    expect(files[0]?.lineOf(['permissions'])).toBe(4)
  })

  it('has no settings where the JSON inside is damaged, and says what is wrong with it', async () => {
    const { files } = await readFolder({
      'a.reg': registryText({
        'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\ClaudeCode': [registryLine('Settings', '{"model":"opus",}')],
      }),
    })
    expect(files[0]).toMatchObject({ value: undefined, lenient: { model: 'opus' } })
    expect(files[0]?.problems).toContainEqual(expect.objectContaining({ code: 'trailing-comma', line: 4 }))
  })
})

describe('what is refused or passed over', () => {
  test.each([
    ['fleet.yaml', 'organization: Acme\n', 'policy-given', /fleet settings build/],
    ['scan.json', { schema: 'fleet.scan/v1' }, 'scan-given', /--scan/],
    ['package.json', { name: 'x', version: '1.0.0' }, 'not-settings', /--as/],
    ['claude_desktop_config.json', { mcpServers: {} }, 'not-settings', /folder/],
    ['notes.txt', 'hello\n', 'not-settings', /\.mobileconfig/],
    ['other.plist', propertyListText('<key>a</key><string>b</string>'), 'not-settings', /--as/],
    ['other.mobileconfig', profileText(['com.apple.dock', '']), 'not-settings', /PayloadType/],
    ['other.reg', registryText({ 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Other': ['"a"="b"'] }), 'not-settings', /keys/],
  ])('%s', async (file, content, code, tryThis) => {
    const named = await readNamed({ [file]: content })
    expect(named.refused).toEqual([
      { file, code, message: expect.any(String) as string, tryThis: expect.stringMatching(tryThis) as string },
    ])
    // Beside settings in a folder it is no mistake.
    const folder = await readFolder({ [file]: content, 'managed-settings.json': policy })
    expect(folder.refused).toEqual([])
    expect(folder.passedOver).toEqual([{ file, reason: 'not-settings' }])
  })

  it('refuses what is damaged, also in a folder: unknown is never a pass', async () => {
    const text = profileText(['com.anthropic.claudecode', policyKeys])
    const { refused, files } = await readFolder({ 'a.mobileconfig': text.slice(0, 300), 'b.mobileconfig': text })
    expect(refused.map(({ file, code }) => [file, code])).toEqual([['a.mobileconfig', 'cut-off']])
    expect(files).toHaveLength(1)
  })

  it('refuses what is not there, and reads the rest', async () => {
    const folder = settingsFolder({ 'managed-settings.json': policy })
    const read = await readSettings([join(folder, 'managed-settings.json'), join(folder, 'missing.json')])
    expect(read.files).toHaveLength(1)
    expect(read.refused.map(({ code }) => code)).toEqual(['input-not-found'])
  })

  it('refuses --as where the file names itself', async () => {
    const read = await readNamed(
      { 'a.mobileconfig': profileText(['com.anthropic.claudecode', policyKeys]) },
      { as: 'managed' },
    )
    expect(read.refused.map(({ code }) => code)).toEqual(['as-not-needed'])
  })

  it('names hidden files, links and files that are given twice', async () => {
    const folder = settingsFolder({
      'managed-settings.json': policy,
      '.git/config': 'x',
      'node_modules/a.json': policy,
    })
    symlinkSync(join(folder, 'managed-settings.json'), join(folder, 'settings.json'))
    const read = await readSettings([folder, join(folder, 'managed-settings.json')])
    expect(read.files).toHaveLength(1)
    expect(read.passedOver.map(({ file, reason }) => [file.slice(folder.length + 1), reason])).toEqual([
      ['.git', 'hidden'],
      ['managed-settings.json', 'same-file'],
      ['node_modules', 'hidden'],
      ['settings.json', 'link'],
    ])
  })
})

it('gives the same for any order of the paths', async () => {
  const files = { 'b/managed-settings.json': policy, 'a/settings.json': policy }
  const folder = settingsFolder(files)
  const paths = Object.keys(files).map((path) => join(folder, path))
  const [one, other] = await Promise.all([readSettings(paths), readSettings([...paths].reverse())])
  expect(one.files.map(({ file }) => file)).toEqual(other.files.map(({ file }) => file))
  expect(one.files.map(({ file }) => file)).toEqual([...paths].sort())
})

describe('a part of a bundle', () => {
  const bundle = {
    'bundle/manifest.json': { schema: 'fleet.bundle/v1' },
    'bundle/SHA256SUMS': 'x',
    'bundle/claude-code/linux/managed-settings.json': policy,
    'bundle/claude-code/server/server-managed-settings.json': policy,
    'bundle/claude-code/headers/otel-headers.sh': '#!/bin/sh\n',
    'bundle/claude-desktop/managed-settings.json': { disableAutoUpdates: true },
  }
  const root = settingsFolder(bundle)
  const at = (...parts: string[]) => join(root, 'bundle', ...parts)
  const server = at('claude-code', 'server', 'server-managed-settings.json')
  const linux = at('claude-code', 'linux', 'managed-settings.json')

  test.each([
    ['a folder of it', [at('claude-code')], [linux, server]],
    ['a folder deep in it', [at('claude-code', 'linux')], [linux]],
    ['files of it', [server, linux], [linux, server]],
    ['a folder and a file of it', [at('claude-code', 'server'), linux], [linux, server]],
  ])('is read as that: %s', async (_, paths, files) => {
    const { groups, passedOver } = await readSettings(paths)
    expect(groups.map((group) => [group.bundle, group.files.map(({ file }) => file)])).toEqual([[at(), files]])
    expect(groups[0]?.hasFile?.('/usr/local/libexec/fleet/otel-headers')).toBe(true)
    expect(passedOver.map(({ file }) => file).filter((file) => file.includes('manifest'))).toEqual([])
  })

  test.each([
    ['there are no checksums', { 'manifest.json': { schema: 'fleet.bundle/v1' } }],
    ['the manifest is another', { 'manifest.json': { schema: 'other/v1' }, SHA256SUMS: 'x' }],
    ['the manifest cannot be read', { 'manifest.json': '{', SHA256SUMS: 'x' }],
  ])('is none where %s', async (_, files) => {
    const folder = settingsFolder({ ...files, 'part/managed-settings.json': policy })
    const { groups } = await readSettings([join(folder, 'part')])
    expect(groups.map((group) => [group.bundle, group.hasFile])).toEqual([[undefined, undefined]])
  })
})

it('names the options of the command that reads', async () => {
  const files = {
    'package.json': { name: 'x' },
    'damaged.json': '{',
    'other.plist': propertyListText('<key>a</key><string>b</string>'),
    'scan.json': { schema: 'fleet.scan/v1' },
  }
  const { refused } = await readNamed(files, { advice: explainAdvice })
  expect(refused).toHaveLength(4)
  for (const { tryThis } of refused) expect(tryThis).not.toMatch(/--as|--scan/)
  const told = refused.map(({ tryThis }) => tryThis).join('\n')
  for (const option of ['--file', '--server', '--user', '--plist']) expect(told).toContain(option)
})

it('keeps bundles apart, and knows what a bundle carries', async () => {
  const { groups } = await readFolder({
    'managed-settings.json': policy,
    'bundle/manifest.json': { schema: 'fleet.bundle/v1' },
    'bundle/SHA256SUMS': 'x',
    'bundle/claude-code/linux/managed-settings.json': policy,
    'bundle/claude-code/headers/otel-headers.sh': '#!/bin/sh\n',
  })
  expect(groups.map(({ bundle, files }) => [bundle === undefined, files.map(({ file }) => file)])).toEqual([
    [true, ['managed-settings.json']],
    [false, ['bundle/claude-code/linux/managed-settings.json']],
  ])
  const hasFile = groups[1]?.hasFile
  expect(hasFile?.('/usr/local/libexec/fleet/otel-headers')).toBe(true)
  expect(hasFile?.('C:\\Program Files\\ClaudeCode\\otel-headers.ps1')).toBe(false)
  expect(hasFile?.('/usr/local/bin/hook')).toBeUndefined()
})
