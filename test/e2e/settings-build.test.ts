import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, describe, expect, it } from 'vitest'
import type { BundleManifest } from '../../src/bundle/manifest.js'
import { asOf, environment, failureOf, fleet, folderWith, program, root, shell, temporaryFolder } from './run-fleet.js'

const full = readFileSync(join(root, 'test/fixtures/policies/full.yaml'), 'utf8')
const canary = 'cAnAry-e2e-91f0'

describe('fleet init', () => {
  it('writes a policy that every other command takes, from flags alone', async () => {
    const cwd = temporaryFolder()
    const run = await fleet(
      [
        'init',
        '--organization',
        'Acme "Instruments" \\ Söhne: #1',
        '--collector',
        'https://otel.acme.example:4318',
        '--privacy',
        'content',
        '--header',
        'Authorization=env:FLEET_OTLP_AUTHORIZATION',
        '--header',
        'X-Team=plain:it',
        '--attribute',
        'endpoint.serial=serial',
        '--attribute',
        'department=department',
        '--mdm',
        'jamf-pro',
        '--mdm',
        'intune',
        '--coverage',
        '90',
        '--by',
        '2026-12-18',
      ],
      { cwd },
    )
    expect(run).toMatchObject({ exit: 0, err: '' })
    expect(run.out).toContain('Wrote fleet.yaml.')
    const built = await fleet(['settings', 'build', '--json', ...asOf], { cwd })
    expect(built.exit).toBe(0)
    const { manifest } = JSON.parse(built.out) as { manifest: BundleManifest }
    expect(manifest.organization).toBe('Acme "Instruments" \\ Söhne: #1')
    expect(manifest.files.map(({ path }) => path).filter((path) => path.startsWith('run-books/'))).toEqual([
      'run-books/intune.md',
      'run-books/jamf-pro.md',
    ])
  })

  it('without flags and without a terminal writes the defaults, each section with an example', async () => {
    const cwd = temporaryFolder()
    expect((await fleet(['init', '--json'], { cwd })).exit).toBe(0)
    const text = readFileSync(join(cwd, 'fleet.yaml'), 'utf8')
    for (const section of [
      'organization',
      'telemetry',
      'hooks',
      'plugins',
      'permissions',
      'mcp',
      'claudeCode',
      'claudeDesktop',
      'delivery',
      'probe',
      'waves',
    ])
      expect(text).toMatch(new RegExp(`^# ?${section}:`, 'm'))
    // Taking the # away gives a policy, too.
    const uncommented = text.replace(/^( *)# (?=(?: *[a-zA-Z-]+:| *- \{))/gm, '$1')
    expect(uncommented).toMatch(/^hooks:/m)
    writeFileSync(join(cwd, 'all.yaml'), uncommented)
    expect(await fleet(['gates', '--policy', 'all.yaml', '--json'], { cwd })).toMatchObject({ exit: 0, err: '' })
  })

  it('tells wrong use on lines without tabs', async () => {
    for (const args of [
      ['--coverage', '101'],
      ['--privacy', 'none'],
      ['--output', '-'],
    ]) {
      const run = await fleet(['init', ...args])
      expect(run.exit).toBe(2)
      expect(run.err).not.toMatch(/\t|\\u\{/)
    }
  })

  it('does not write over a policy, nor one that would be refused', async () => {
    const cwd = folderWith({ 'fleet.yaml': 'organization: Mine\n' })
    expect(failureOf(await fleet(['init', '--json'], { cwd })).code).toBe('output-refused')
    const wrong = await fleet(['init', '--json', '--force', '--collector', 'http://otel.example.com'], { cwd })
    expect(failureOf(wrong)).toMatchObject({ code: 'policy-invalid', exit: 2 })
    expect(failureOf(await fleet(['init', '--json', '--force', '--privacy', 'raw'], { cwd })).exit).toBe(2)
    expect(readFileSync(join(cwd, 'fleet.yaml'), 'utf8')).toBe('organization: Mine\n')
    expect(readdirSync(cwd)).toEqual(['fleet.yaml'])
  })
})

describe('fleet settings build', () => {
  let cwd: string
  beforeAll(async () => {
    cwd = folderWith({ 'fleet.yaml': full })
    await shell(
      `fleet scan '${join(root, 'templates/samples/acme')}' ${asOf.join(' ')} --output '${join(cwd, 'scan.json')}'`,
    )
  })

  it('tells what will be collected, what to know, and where it is', async () => {
    const run = await fleet(['settings', 'build', '--output', 'shown', ...asOf], { cwd })
    expect(run.exit).toBe(0)
    expect(run.out).toContain('Telemetry at the tier tool-details will collect')
    expect(run.out).toContain('configRecheckIntervalMinutes is left out: it needs Claude Desktop 1.46388.1')
    expect(run.out).toContain('Every file was read back and compared;')
    expect(run.err.split('\n').at(0)).toBe('Read the policy and the scan')
    expect(run.out.split('\n').every((line) => line.length <= 100)).toBe(true)
  })

  it('takes lowest versions from the scan, and makes one set of settings for each department', async () => {
    writeFileSync(
      join(cwd, 'open.yaml'),
      full.replace('  minimumVersion: 1.37937.0\n', '').replace('  minimumVersion: 2.1.240\n', ''),
    )
    const args = [
      'settings',
      'build',
      '--policy',
      'open.yaml',
      '--scan',
      'scan.json',
      '--per',
      'department',
      '--output',
      'groups',
      '--json',
      ...asOf,
    ]
    const run = await fleet(args, { cwd })
    expect(run).toMatchObject({ exit: 0, err: '' })
    const { manifest } = JSON.parse(run.out) as { manifest: BundleManifest }
    expect(manifest.lowest.desktop?.from).toBe('scan')
    const finance = manifest.groups?.find(({ value }) => value === 'Finance')
    expect(finance?.endpoints).toBeGreaterThan(10)
    const settings = readFileSync(
      join(cwd, 'groups', finance!.folder, 'claude-code/linux/managed-settings.json'),
      'utf8',
    )
    expect(settings).toContain('department=Finance')
    const endpoints = readFileSync(join(cwd, 'groups', finance!.folder, 'endpoints.csv'), 'utf8')
      .trim()
      .split('\r\n')
    expect(endpoints).toHaveLength(finance!.endpoints + 1)
    expect(await fleet(['settings', 'verify', 'groups', '--json'], { cwd })).toMatchObject({ exit: 0 })
  })

  it('shows no secret anywhere, and writes it only when asked to, for its owner alone', async () => {
    const env = { FLEET_OTLP_AUTHORIZATION: `Bearer ${canary}` }
    const all = (folder: string) =>
      readdirSync(join(cwd, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    const without = await fleet(['settings', 'build', '--output', 'without', '--json', ...asOf], { cwd, env })
    expect(without.exit).toBe(0)
    for (const path of all('without')) expect(readFileSync(path).includes(canary), path).toBe(false)

    const run = await fleet(['settings', 'build', '--output', 'secret', '--resolve-secrets', ...asOf], { cwd, env })
    expect(run.exit).toBe(0)
    expect(run.out + run.err + without.out).not.toContain(canary)
    const holding = all('secret').filter((path) => readFileSync(path).includes(canary))
    expect(holding.length).toBeGreaterThan(5)
    for (const path of holding) expect(statSync(path).mode & 0o777, path).toBe(0o600)
    expect(statSync(join(cwd, 'secret')).mode & 0o777).toBe(0o700)
    const lint = await fleet(['settings', 'lint', 'secret', '--json', ...asOf], { cwd })
    expect(lint.out + lint.err).not.toContain(canary)
    expect(lint.out).toContain('secret-in-settings')

    const missing = await fleet(['settings', 'build', '--output', 'none', '--resolve-secrets', '--json', ...asOf], {
      cwd,
    })
    expect(failureOf(missing)).toMatchObject({ code: 'secret-missing', exit: 4 })
    expect(existsSync(join(cwd, 'none'))).toBe(false)
  })

  it.each<[string, string[], string, number]>([
    ['no policy', ['--policy', 'nowhere.yaml'], 'policy-not-found', 2],
    ['a scan that is none', ['--scan', 'fleet.yaml'], 'not-a-scan', 4],
    ['groups without a scan', ['--per', 'department'], 'wrong-use', 2],
    ['groups by a field that no attribute uses', ['--scan', 'scan.json', '--per', 'site'], 'per-unused', 2],
    ['a target that is a file', ['--output', 'fleet.yaml'], 'output-refused', 5],
    ['a bad day', ['--as-of', 'yesterday'], 'bad-as-of', 2],
  ])('says what is wrong with %s', async (_, args, code, exit) => {
    expect(failureOf(await fleet(['settings', 'build', '--json', ...args], { cwd }))).toMatchObject({ code, exit })
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('leaves nothing behind on %s', async (signal) => {
    const folder = folderWith({ 'fleet.yaml': full })
    const child = execa(process.execPath, [program, 'settings', 'build', '--resolve-secrets'], {
      cwd: folder,
      env: environment({ FLEET_OTLP_AUTHORIZATION: canary }),
      extendEnv: false,
      reject: false,
    })
    let told = ''
    for await (const chunk of child.stderr) {
      told += String(chunk)
      if (told.includes('Write every file')) break
    }
    child.kill(signal)
    const ended = await child
    expect(ended.signal).toBe(signal)
    expect(readdirSync(folder)).toEqual(['fleet.yaml'])
  })

  it('is made for the versions that the policy promises, although the scan has older ones', async () => {
    const run = await fleet(['settings', 'build', '--scan', 'scan.json', '--output', 'promised', '--json', ...asOf], {
      cwd,
    })
    expect(run).toMatchObject({ exit: 0, err: '' })
    const { manifest } = JSON.parse(run.out) as { manifest: BundleManifest }
    expect(manifest.lowest.desktop).toEqual({ version: '1.37937.0', from: 'policy' })
    expect(manifest.warnings.map(({ code }) => code)).toContain('below-promise')
  })

  it('refuses a policy whose letters it would change', async () => {
    const folder = folderWith({ 'fleet.yaml': Buffer.from('organization: M\u00fcller\n', 'latin1') })
    expect(failureOf(await fleet(['settings', 'build', '--json'], { cwd: folder }))).toMatchObject({
      code: 'policy-not-utf-8',
      exit: 4,
    })
  })

  it('ends quietly when its reader has gone', async () => {
    const run = await shell('set -o pipefail; fleet settings build --output piped 2>/dev/null | head -1; echo $?', {
      cwd,
    })
    expect(run.out).toMatch(/^Built piped.*\n0\n$/)
  })
})

describe('fleet settings verify', () => {
  it('exits 7 and names what differs', async () => {
    const cwd = folderWith({ 'fleet.yaml': 'telemetry: { endpoint: "https://otel.example.com:4318" }\n' })
    await fleet(['settings', 'build', ...asOf], { cwd })
    expect(await fleet(['settings', 'verify', 'bundle'], { cwd })).toMatchObject({
      exit: 0,
      out: expect.stringContaining('Unchanged and complete'),
    })
    const settings = join(cwd, 'bundle/claude-code/linux/managed-settings.json')
    chmodSync(settings, 0o644)
    writeFileSync(settings, readFileSync(settings, 'utf8').replace('https://otel', 'https://evil'))
    const run = await fleet(['settings', 'verify', 'bundle', '--json'], { cwd })
    expect(run.exit).toBe(7)
    expect(JSON.parse(run.out)).toMatchObject({
      intact: false,
      differences: [{ kind: 'changed', path: 'claude-code/linux/managed-settings.json' }],
    })
    expect((await fleet(['settings', 'verify', '.'], { cwd })).exit).toBe(4)
  })
})
