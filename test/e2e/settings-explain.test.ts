import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { SettingsExplained } from '../../src/bundle/precedence/explanation-document.js'
import { failureOf, fleet, folderWith, root, temporaryFolder } from './run-fleet.js'

let cwd: string
beforeAll(() => {
  cwd = temporaryFolder()
  cpSync(join(root, 'test', 'fixtures', 'precedence'), cwd, { recursive: true })
})

const explain = (...args: string[]) => fleet(['settings', 'explain', ...args], { cwd })
const explained = async (...args: string[]) => {
  const { out, err, exit } = await explain(...args, '--json')
  expect([exit, err]).toEqual([0, ''])
  return SettingsExplained.parse(JSON.parse(out))
}
const machine = ['--server', 'server.json', '--file', 'managed-settings.json', '--dropins', 'managed-settings.d']

describe('fleet settings explain', () => {
  it('names the winner first, then every key with its value, its source and what lost', async () => {
    const { out, err, exit } = await explain(...machine, '--user', 'user-settings.json')
    expect([exit, err]).toEqual([0, ''])
    expect(out).toMatch(/^server wins whole: 6 keys; the file's 10 keys are skipped in silence but for 5, which\s/)
    const words = out.replace(/\s+/g, ' ')
    for (const part of [
      'model opus server [1]:2',
      'not haiku (6) user [5]:2',
      '(6) managed settings set it',
      'user [5]:2',
      'not 10 (2)',
      '(2) its whole source is skipped: a higher one has a policy key',
      'file [4]:1',
      'telemetry variables come as one',
      'not true (1)',
      '(1) read from managed settings only',
      'https://code.claude.com/docs/en/managed-settings',
    ])
      expect(words).toContain(part)
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  })

  it('shows no secret, in no form', async () => {
    for (const form of [[], ['--json']]) {
      const { out } = await explain(...machine, '--user', 'user-settings.json', ...form)
      expect(out).not.toMatch(/not-a-real/)
      expect(out).toContain('[redacted]')
    }
  })

  it('gives places with lines, for one client', async () => {
    const document = await explained(...machine, '--client', '2.1.197')
    expect(document).toMatchObject({
      client: '2.1.197',
      winner: { state: 'one', sources: ['server'] },
      start: 'starts',
    })
    const key = document.keys.find(({ path }) => path === 'forceRemoteSettingsRefresh')
    expect(key).toMatchObject({
      state: 'set',
      value: true,
      from: [{ source: 'file', file: 'managed-settings.json', line: 7 }],
    })
    expect(document.keys.find(({ path }) => path === 'env.CLAUDE_CODE_ENABLE_TELEMETRY')?.state).toBe('none')
  })

  it('tells files apart by itself', async () => {
    const document = await explained('managed-settings.json', 'managed-settings.d', 'hklm.reg')
    expect(document.sources.map(({ source, outcome }) => [source, outcome])).toEqual([
      ['hklm', 'wins'],
      ['file', 'skipped'],
      ['hkcu', 'skipped'],
    ])
  })

  it('takes only the hive that an option names', async () => {
    const document = await explained('--hkcu', 'hklm.reg', '--client', '2.1.290')
    expect(document.sources.map(({ source }) => source)).toEqual(['hkcu'])
    expect(document.keys.map(({ path }) => path)).toEqual(['cleanupPeriodDays', 'model'])
  })

  it('prints one key', async () => {
    const { out } = await explain(...machine, '--key', 'permissions')
    expect(out).toContain('permissions.deny')
    expect(out).not.toContain('forceRemoteSettingsRefresh  ')
    expect((await explain(...machine, '--key', 'language')).out).toContain('No source sets language.')
    expect((await explained(...machine, '--key', 'env')).keys.length).toBe(6)
  })

  it('explains Claude Desktop where everything is of it', async () => {
    const folder = folderWith({
      'claude-desktop/managed-settings.json': '{ "disableAutoUpdates": true, "isLocalDevMcpEnabled": false }',
    })
    const { out, exit } = await fleet(['settings', 'explain', folder, '--json'])
    expect(exit).toBe(0)
    expect(SettingsExplained.parse(JSON.parse(out))).toMatchObject({
      surface: 'claude-desktop',
      winner: { sources: ['file'] },
    })
  })

  it('names a managed-mcp.json, which is no source of settings', async () => {
    const folder = folderWith({
      'managed-mcp.json': '{ "mcpServers": {} }',
      'managed-settings.json': '{ "model": "opus" }',
    })
    const { out } = await fleet(['settings', 'explain', folder])
    expect(out.replace(/\s+/g, ' ')).toContain('no other MCP server loads')
  })

  const profile = `<?xml version="1.0"?><plist version="1.0"><dict><key>model</key><string>opus</string></dict></plist>`
  it.each([
    [[], 'no-input', 2],
    [['managed-settings.json', '--client', 'newest'], 'client-not-a-version', 2],
    [['absent.json'], 'input-not-found', 4],
    [['--hklm', 'managed-settings.json'], 'wrong-kind', 4],
    [['--dropins', 'absent'], 'input-not-found', 4],
    [['--dropins', 'managed-settings.json'], 'wrong-kind', 4],
    [['--dropins', 'no-drop-ins'], 'folder-empty', 4],
    [['managed-settings.json', '--key', ''], 'wrong-use', 2],
    [['managed-settings.json', '--key', ' '], 'wrong-use', 2],
    [['package.json'], 'not-settings', 4],
    [['damaged.json'], 'not-json', 4],
    [['--server', 'hklm.reg'], 'as-not-needed', 4],
    [['scan.json'], 'scan-given', 4],
    [['other'], 'two-of-one-source', 4],
    [['managed-settings.json', '--file', 'other/managed-settings.json'], 'two-of-one-source', 4],
    [['--plist', 'com.anthropic.claudecode.plist', '--hklm', 'hklm.reg'], 'two-machines', 4],
    [['managed-settings.json', '--surface', 'claude-desktop'], 'other-surface', 4],
    [['--server', 'desktop.json', '--surface', 'claude-desktop'], 'other-surface', 4],
  ])('refuses %j with %s', async (args, code, exit) => {
    const folder = folderWith({
      'com.anthropic.claudecode.plist': profile,
      'other/managed-settings.json': '{ "model": "opus" }',
      'other/site/managed-settings.json': '{ "model": "opus" }',
      'package.json': '{ "name": "x" }',
      'no-drop-ins/.hidden.json': '{}',
      'damaged.json': '{',
      'scan.json': '{ "schema": "fleet.scan/v1" }',
      'desktop.json': '{ "disableAutoUpdates": true }',
    })
    cpSync(cwd, folder, { recursive: true })
    const run = await fleet(['settings', 'explain', ...args, '--json'], { cwd: folder })
    expect(run.exit).toBe(exit)
    const failure = failureOf(run)
    expect(failure).toMatchObject({ code, tryThis: [expect.any(String)] })
    // Advice names options that this command has.
    expect(failure.tryThis?.join()).not.toMatch(/--as\b|--scan|"-"/)
  })

  it('names both files where two are of one source, and the option that tells them apart', async () => {
    const folder = folderWith({
      'a/managed-settings.json': '{ "model": "a" }',
      'b/managed-settings.json': '{ "model": "b" }',
    })
    const { err, exit } = await fleet(['settings', 'explain', '.'], { cwd: folder })
    expect(exit).toBe(4)
    expect(err).toContain('There is more than one file: ./a/managed-settings.json and ./b/managed-settings.json.')
    expect(err).toContain('--file')
  })

  it('says that drop-ins are a folder', async () => {
    const { err } = await explain('--dropins', 'managed-settings.json')
    expect(err).toContain('It is a file, not a folder.')
  })

  it('names keys near one that nothing sets', async () => {
    const { out } = await explain(...machine, '--key', 'env.OTEL')
    const words = out.replace(/\s+/g, ' ')
    expect(words).toContain('No source sets env.OTEL.')
    expect(words).toMatch(/Nothing sets env\.OTEL\. Near it are env\.OTEL_[A-Z_]+/)
    const { notes, keys } = await explained(...machine, '--key', 'permisions')
    expect(keys).toEqual([])
    expect(notes).toContainEqual({ code: 'key-not-set', message: 'Nothing sets permisions. Near it are permissions.' })
    const { notes: none } = await explained(...machine, '--key', 'zzzzzzzz')
    expect(none.map(({ code }) => code)).not.toContain('key-not-set')
  })
})
