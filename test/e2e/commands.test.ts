import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { catalogue } from '../../src/gates/catalogue.js'
import type { ScanDocument } from '../../src/readiness/scan-document.js'
import { sources } from '../../src/sources/index.js'
import { asOf, failureOf, fleet, folderWith, root, shell, temporaryFolder } from './run-fleet.js'
import { apps, csvText, deviceId, devices, states } from './small-company.js'

/** A folder with the scan of the small company, in which two machines share a name and a user. */
let cwd: string
let document: ScanDocument
beforeAll(async () => {
  const twin = [deviceId(8), 'muc-lt-002', ...devices[2]!.slice(2, 6), 'MUSTER00008', ...devices[2]!.slice(7)]
  cwd = folderWith({ 'devices.csv': csvText([...devices, twin]), 'apps.csv': csvText(apps) })
  const run = await fleet(['scan', 'devices.csv', 'apps.csv', ...asOf, '--output', 'scan.json', '--json'], { cwd })
  expect(run.exit).toBe(0)
  document = JSON.parse(run.out) as ScanDocument
})

interface Explanation {
  readonly schema: string
  readonly asOf: string
  readonly endpoint: ScanDocument['endpoints'][number]
  readonly gates: readonly { readonly id: string; readonly result: string }[]
}

const explain = (...args: string[]) => fleet(['explain', ...args], { cwd })
const explanation = async (...args: string[]) => JSON.parse((await explain(...args, '--json')).out) as Explanation

describe('fleet explain', () => {
  it.each([
    ['the id', 'MUSTER00001'],
    ['the serial number in another case', 'muster00001'],
    ['the host name', 'MUC-LT-001'],
    ['the host name in another case', 'muc-lt-001'],
    ['the device id', deviceId(1)],
    ['the device id in capitals', deviceId(1).toUpperCase()],
    ['the e-mail address', 'User1@example.org'],
    ['the id with blanks around it', ' MUSTER00001 '],
  ])('finds an endpoint by %s', async (_what, name) => {
    const found = await explanation(name)
    expect(found).toMatchObject({ schema: 'fleet.explanation/v1', asOf: '2026-11-20T00:00:00Z' })
    const endpoint = document.endpoints.find(({ id }) => id === 'MUSTER00001')!
    expect(found.endpoint).toEqual(endpoint)
    // The document holds the answers of required gates; an explanation those of all gates.
    expect(endpoint.gates).not.toEqual([])
    for (const gate of endpoint.gates) expect(found.gates).toContainEqual(expect.objectContaining(gate))
    expect(found.gates.length).toBeGreaterThan(endpoint.gates.length)
  })

  it('prints the whole chain: facts, receipts, gates with source and date, verdict, what would change it', async () => {
    const { out, exit, err } = await explain('MUSTER00002')
    expect([exit, err]).toEqual([0, ''])
    const words = out.replace(/\s+/g, ' ')
    for (const part of [
      'MUC-LT-002',
      'upgrade',
      'devices.csv',
      'apps.csv',
      'ApplicationVersion',
      '1.1.3918',
      'cowork-otel',
      '>=1.1.4173',
      'https://',
      'Zoë Müller',
      'Buchhaltung & Löhne',
      'would pass cowork-otel',
    ])
      expect(words).toContain(part)
    const gate = catalogue.find(({ id }) => id === 'cowork-otel')!
    expect(words).toContain(gate.checked)
  })

  it.each(Object.entries(states))('explains %s, which is %s', async (id, state) => {
    const text = await explain(id)
    expect(text.exit).toBe(0)
    expect(text.out).toMatch(new RegExp(`Verdict:?\\s+${state}\\b`))
    expect(text.out).toContain('What would change it')
    for (const line of text.out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100)
  })

  it('does not choose between endpoints of one name, but names them', async () => {
    for (const name of ['MUC-LT-002', 'user2@example.org']) {
      const failure = failureOf(await explain(name, '--json'))
      expect(failure).toMatchObject({ exit: 4, code: 'several-endpoints' })
      expect(failure.tryThis?.join()).toContain('MUSTER00002')
      expect(failure.tryThis?.join()).toContain('MUSTER00008')
    }
    expect((await explanation('MUSTER00008')).endpoint.serial).toBe('MUSTER00008')
  })

  it('reads the document from stdin, and from a scan in a pipe', async () => {
    const input = readFileSync(join(cwd, 'scan.json'))
    const read = await fleet(['explain', 'MUSTER00003', '-'], { cwd, input })
    expect(read).toEqual(await explain('MUSTER00003', 'scan.json'))
    const piped = await shell(
      'fleet scan devices.csv apps.csv --as-of 2026-11-20 --json | fleet explain MUSTER00003 -',
      { cwd },
    )
    expect(piped).toEqual(read)
  })

  it('reads a document that another program has formatted', async () => {
    writeFileSync(join(cwd, 'compact.json'), JSON.stringify(document))
    writeFileSync(join(cwd, 'wide.json'), `\ufeff${JSON.stringify(document, null, 8).replaceAll('\n', '\r\n')}`)
    writeFileSync(join(cwd, 'turned.json'), JSON.stringify(Object.fromEntries(Object.entries(document).reverse())))
    const usual = await explain('MUSTER00005')
    expect(usual.exit).toBe(0)
    for (const name of ['compact.json', 'wide.json', 'turned.json'])
      expect(await explain('MUSTER00005', name), name).toEqual(usual)
  })

  it('refuses what is not there, and what is no scan', async () => {
    const whole = JSON.stringify(document)
    const files: Record<string, string> = {
      'newer.json': JSON.stringify({ ...document, schema: 'fleet.scan/v2' }),
      'newer-form.json': JSON.stringify({ schema: 'fleet.scan/v2', hosts: { MUSTER00001: {} } }),
      'other.json': '{"schema":"fleet.plan/v1","endpoints":[]}',
      'array.json': '[1,2]',
      'cut.json': whole.slice(0, -200),
      'cut-early.json': whole.slice(0, 2000),
      'text.json': 'Bearer secret-token',
      'empty.json': '',
      'wrong.json': JSON.stringify({ ...document, endpoints: [{ id: 'MUSTER00001', serial: 'MUSTER00001' }] }),
      'export.csv': csvText(devices),
      'binary.json': '\u0000\u0001\u0002'.repeat(100),
    }
    const folder = folderWith(files)
    const cases: [string, string, RegExp][] = [
      ['NOBODY', join(cwd, 'scan.json'), /^no-such-endpoint$/],
      ['', join(cwd, 'scan.json'), /^no-such-endpoint$/],
      ['__proto__', join(cwd, 'scan.json'), /^no-such-endpoint$/],
      ['MUSTER00001', 'nowhere.json', /^input-not-found$/],
      ['MUSTER00001', '.', /./],
      ['MUSTER00001', 'newer.json', /^newer-document$/],
      ['MUSTER00001', 'newer-form.json', /^newer-document$/],
      ['MUSTER00001', 'empty.json', /^input-empty$/],
      // An endpoint that cannot be read is none that the head has counted.
      ['MUSTER00001', 'wrong.json', /^scan-incomplete$/],
      ...['other.json', 'array.json', 'cut.json', 'cut-early.json', 'text.json', 'export.csv', 'binary.json'].map(
        (name): [string, string, RegExp] => ['MUSTER00001', name, /^not-a-scan$/],
      ),
    ]
    for (const [name, file, code] of cases) {
      const run = await fleet(['explain', name, file, '--json'], { cwd: folder })
      const failure = failureOf(run)
      expect(failure.exit, file).toBe(4)
      expect(failure.code, file).toMatch(code)
      expect(failure.where?.file, file).toBe(file)
      expect(run.out).not.toContain('secret-token')
    }
  })
})

describe('fleet gates', () => {
  it('lists every gate with its source and date', async () => {
    const [text, json] = await Promise.all([fleet(['gates']), fleet(['gates', '--json'])])
    const { gates } = JSON.parse(json!.out) as { gates: { id: string; source: string; checked: string }[] }
    expect(gates.map(({ id }) => id).sort()).toEqual(catalogue.map(({ id }) => id).sort())
    for (const { id, source, checked } of gates) {
      expect(text!.out).toContain(id)
      expect(source, id).toMatch(/^https:\/\//)
      expect(checked, id).toMatch(/^\d{4}-\d{2}-\d{2}$/)
      expect(text!.out).toContain(checked)
    }
    expect([text!.exit, text!.err, json!.exit, json!.err]).toEqual([0, '', 0, ''])
  })

  it('filters, and takes levels and gates of its own from the policy', async () => {
    const folder = folderWith({
      'fleet.yaml': [
        'gates:',
        '  - plugin-hooks-windows',
        '  - { id: own, title: Our own, product: claude-desktop, platforms: [macos], requires: [">=2.0.0"], why: because, source: "https://example.org/x", checked: 2026-11-01, level: required }',
        '',
      ].join('\n'),
    })
    const list = async (...args: string[]) =>
      (
        JSON.parse((await fleet(['gates', '--json', ...args], { cwd: folder })).out) as {
          gates: { id: string; level: string; product: string; platforms: string[] }[]
        }
      ).gates
    const required = (await list()).filter(({ level }) => level === 'required')
    expect(required.map(({ id }) => id).sort()).toEqual(['own', 'plugin-hooks-windows'])
    const linux = await list('--product', 'claude-code', '--platform', 'linux')
    expect(linux.length).toBeGreaterThan(0)
    for (const gate of linux) {
      expect(gate.product).toBe('claude-code')
      expect(gate.platforms).toContain('linux')
    }
  })
})

describe('fleet sources', () => {
  it('lists every format, and tells one in full', async () => {
    const [text, json] = await Promise.all([fleet(['sources']), fleet(['sources', '--json'])])
    const listed = (JSON.parse(json!.out) as { sources: { id: string; howToExport: string; uses: string[] }[] }).sources
    expect(listed.map(({ id }) => id)).toEqual(sources.map(({ id }) => id))
    for (const { id, howToExport, uses } of listed) {
      expect(text!.out).toContain(id)
      expect(howToExport.length, id).toBeGreaterThan(20)
      expect(uses.length, id).toBeGreaterThan(0)
    }
    const one = await fleet(['sources', 'intune-all-devices'])
    expect(one.exit).toBe(0)
    for (const part of ['Serial number', 'Last check-in', 'https://learn.microsoft.com'])
      expect(one.out).toContain(part)
    const oneJson = JSON.parse((await fleet(['sources', 'jamf-classic', '--json'])).out) as { sources: unknown[] }
    expect(oneJson.sources).toHaveLength(1)
    expect(failureOf(await fleet(['sources', 'jamf', '--json']))).toMatchObject({ exit: 2, code: 'unknown-format' })
  })
})

describe('help', () => {
  const commands = ['scan', 'explain', 'gates', 'sources']

  it.each(commands)('fleet %s --help has examples, flags and exit codes', async (command) => {
    const [flag, words] = await Promise.all([fleet([command, '--help']), fleet(['help', command])])
    expect([flag!.exit, flag!.err]).toEqual([0, ''])
    for (const part of ['USAGE', 'EXAMPLES', `$ fleet ${command}`, '--json', 'Exit codes: 0 done and passing'])
      expect(flag!.out).toContain(part)
    expect(flag!.out).not.toContain('<%')
    expect(words).toEqual(flag)
  })

  it('examples are right: they are understood as they stand', async () => {
    const text = (await Promise.all(commands.map((command) => fleet([command, '--help']))))
      .map(({ out }) => out)
      .join('\n')
    const examples = [...text.matchAll(/^ {4}\$ (fleet .+)$/gm)].map(([, line]) => line!)
    expect(examples.length).toBeGreaterThanOrEqual(10)
    const folder = folderWith({
      'exports/devices.csv': csvText(devices),
      'exports/2026-11-20/apps.csv': csvText(apps),
      'assets.csv': 'Asset Serial,Claude Ver,Last Contact\nA1,1.24012.9,2026-11-18T00:00:00Z\n',
      'scan.json': readFileSync(join(cwd, 'scan.json'), 'utf8'),
    })
    for (const line of examples) {
      // A watch goes on until somebody ends it.
      const endless = 'timeout --preserve-status 4 "$FLEET_NODE" "$FLEET_PROGRAM"'
      const command = line.includes('--watch') ? line.replace(/^fleet/, endless) : line
      const run = await shell(`set -o pipefail; ${command}; echo "exit $?"`, { cwd: folder })
      // The names in the examples are made up; what matters is that no example is wrong use or a fault.
      expect(run.out, `${line}\n${run.err}`).toMatch(line.includes('--watch') ? /exit 143\n$/ : /exit [034]\n$/)
      expect(run.err, line).not.toMatch(/--help|Nonexistent|Unexpected|fault in fleet/)
    }
  })

  it.each([
    ['scan', 'csv'],
    ['history', 'csv'],
    ['history diff', 'markdown'],
    ['report', 'html'],
    ['evidence a-file', 'csv'],
    ['settings lint a-file', 'sarif'],
  ])('fleet %s --json --format %s is wrong use: no form is dropped in silence', async (command, form) => {
    const failure = failureOf(await fleet([...command.split(' '), '--json', '--format', form]))
    expect([failure.exit, failure.code]).toEqual([2, 'json-and-format'])
  })

  it('without a command names all commands', async () => {
    const [none, flag, help] = await Promise.all([fleet([]), fleet(['--help']), fleet(['help'])])
    for (const command of [...commands, 'help', 'autocomplete'])
      expect(flag!.out).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'))
    expect(none).toEqual(flag)
    expect(help).toEqual(flag)
    expect(flag!.exit).toBe(0)
  })

  it('--version names the program and its version', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    const run = await fleet(['--version'])
    expect(run.out).toContain(version)
    expect([run.exit, run.err]).toEqual([0, ''])
  })
})

describe('completion', () => {
  it.each(['bash', 'zsh', 'powershell'])('prints a script for %s', async (shellName) => {
    const home = temporaryFolder()
    const env = { HOME: home, SHELL: `/bin/${shellName}` }
    const [script, instructions] = [
      await fleet(['autocomplete', 'script', shellName], { env }),
      await fleet(['autocomplete', shellName], { env }),
    ]
    expect(script.exit).toBe(0)
    expect(script.out.toLowerCase()).toContain('fleet')
    expect(instructions.exit).toBe(0)
    expect(instructions.out).toContain('fleet')
  })

  it('completes commands and flags in bash', async () => {
    const home = temporaryFolder()
    const run = await shell(
      `fleet autocomplete script bash > setup.sh 2>/dev/null; fleet autocomplete bash -r >/dev/null 2>&1
       source ./setup.sh
       try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _fleet_autocomplete; echo "\${COMPREPLY[*]}"; }
       try fleet sc; try fleet scan --fail`,
      { cwd: home, env: { HOME: home, SHELL: '/bin/bash' } },
    )
    expect(run.err).toBe('')
    expect(run.out).toMatch(/^scan *\n--fail-under *\n$/)
  })
})

it('the sample policy is a policy, and the sample scan is explained', async () => {
  const acme = join(root, 'templates', 'samples', 'acme')
  expect(parseYaml(readFileSync(join(acme, 'fleet.yaml'), 'utf8'))).toMatchObject({ organization: 'Acme Instruments' })
  const folder = temporaryFolder()
  await fleet(['scan', acme, ...asOf, '--output', 'scan.json'], { cwd: folder })
  const scan = JSON.parse(readFileSync(join(folder, 'scan.json'), 'utf8')) as ScanDocument
  // One endpoint of each state and reason.
  const picked = new Map(scan.endpoints.map(({ id, state, reasons }) => [`${state} ${reasons[0]?.code}`, id]))
  expect(picked.size).toBeGreaterThan(7)
  const runs = await Promise.all([...picked.values()].map((id) => fleet(['explain', id], { cwd: folder })))
  for (const run of runs) expect([run.exit, run.err]).toEqual([0, ''])
})
