import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { ScanDocument } from '../../src/readiness/scan-document.js'
import { zip } from './archives.js'
import { asOf, documentOf, failureOf, fleet, folderWith, statesOf, temporaryFolder } from './run-fleet.js'
import { apps, csvText, deviceId, devices, encoded, states } from './small-company.js'

const hostileNames = [
  'ansi \u001b[31mred\u001b[0m',
  'title \u001b]0;owned\u0007 x',
  'unterminated \u001b]8;;http://x',
  'over\rwritten',
  'two\nlines',
  'a\ttab',
  'back\b\b\bspace',
  'delete\u007f',
  'c1 \u009b31m',
  'nul \u0000 byte',
  'bidi \u202egnp.exe\u202c',
  'zero\u200bwidth\u2060less',
  'line\u2028separator',
  'tag \u{e0041}\u{e0042}',
  '<script>alert(1)</script>',
  '| pipe `code` [link](http://x) *bold*',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
]

const formulas = [
  `=cmd|' /C calc'!A0`,
  '+1+1',
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  '＝1+1',
  '＠x',
  '\u200b=1+1',
  '"=1"',
]

describe('names that act', () => {
  const names = [...hostileNames, ...formulas]
  const rows = names.map((name, index) => [
    deviceId(index),
    name,
    '2026-11-18 07:41:10.0000000',
    name,
    'Windows',
    name,
    `S${String(index).padStart(3, '0')}`,
    'Corporate',
    name,
    name,
  ])
  const lists = names.flatMap((name, index) => [
    ['Claude', 'Anthropic, PBC', name, deviceId(index)],
    [`Claude ${name}`, name, '1', deviceId(index)],
  ])
  const files = { 'devices.csv': csvText([devices[0]!, ...rows]), 'apps.csv': csvText([apps[0]!, ...lists]) }
  const scan = (...args: string[]) => fleet(['scan', folderWith(files), ...asOf, ...args])

  it.each(['table', 'json', 'ndjson', 'csv', 'markdown'])('are harmless as %s', async (format) => {
    // `fleet` asserts that nothing that a terminal acts on is printed.
    const run = await scan('--format', format)
    expect([run.exit, run.err]).toEqual([0, ''])
    // Summaries name the departments only, and not all of them.
    expect(run.out).toMatch(/^(?:table|markdown)$/.test(format) ? /\\u\\?\{[0-9a-f]+\\?\}/ : /bidi/)
  })

  it('are kept whole in JSON, and no version is read from them', async () => {
    const document = ScanDocument.parse(documentOf(await scan('--json')))
    const bySerial = new Map(document.endpoints.map((endpoint) => [endpoint.serial, endpoint]))
    expect(bySerial.size).toBe(names.length)
    for (const [index, name] of names.entries()) {
      const endpoint = bySerial.get(`S${String(index).padStart(3, '0')}`)
      expect(endpoint?.hostname, name).toBe(name.replace(/^[\s\u200b]+/, ''))
      expect(endpoint?.state, name).toBe('unknown')
    }
    const departments = document.breakdown.department.map(({ name }) => name)
    expect(departments).toEqual(expect.arrayContaining(['__proto__', 'constructor', 'toString']))
  })

  it('are no formulas in the CSV', async () => {
    const { out } = await scan('--format', 'csv')
    const table = parse(out, { bom: true }) as string[][]
    expect(table).toHaveLength(names.length + 1)
    for (const row of table)
      for (const cell of row) if (!/^-?\d+(\.\d+)?$/.test(cell)) expect(cell).not.toMatch(/^[\s\u200b]*[=+\-@＝＠]/u)
    const calc = table.find((row) => row.some((cell) => cell.includes('calc')))
    expect(calc).toContain(`'=cmd|' /C calc'!A0`)
  })

  it('are one cell in Markdown', async () => {
    const { out } = await scan('--format', 'markdown')
    expect(out).toMatch(/script/)
    expect(out).not.toMatch(/(?<!\\)<script/)
    expect(out).not.toMatch(/\[link\]\(http/)
    const widths = out
      .split('\n\n')
      .filter((block) => block.startsWith('| '))
      .map((block) => new Set(block.split('\n').map((line) => line.replaceAll('\\|', '').split('|').length)).size)
    expect(new Set(widths)).toEqual(new Set([1]))
  })

  it('are harmless in the names of files and columns, in arguments and in messages', async () => {
    const cwd = temporaryFolder()
    const bad = ['ansi \u001b[31m', 'c1 \u009b', 'bidi \u202e', 'new\nline', 'ret\rurn']
    for (const name of bad) {
      writeFileSync(join(cwd, `${name}.csv`), csvText(devices))
      writeFileSync(join(cwd, `unknown ${name}.csv`), `${name},"\u001b]0;x\u0007"\n1,2\n`)
    }
    const runs = await Promise.all([
      fleet(['scan', '.', ...asOf], { cwd }),
      fleet(['scan', '.', ...asOf, '--json'], { cwd }),
      fleet(['scan', '.', ...asOf, '--strict'], { cwd }),
      fleet(['scan', '.', ...asOf, '--strict', '--json'], { cwd }),
    ])
    for (const run of runs) expect(run.exit).toBe(4)
    const document = JSON.parse(runs[1]!.out) as ScanDocument
    for (const name of bad) expect(document.sources.map(({ file }) => file)).toContain(`./unknown ${name}.csv`)
    for (const [index, name] of bad.slice(0, 3).entries()) {
      const [missing, written] = await Promise.all([
        fleet(['scan', name, '--json'], { cwd }),
        fleet(['scan', `./${name}.csv`, ...asOf, '--output', `${name}-${index}.json`], { cwd }),
      ])
      expect(failureOf(missing!)).toMatchObject({ exit: 4, where: { file: name } })
      expect(written!.exit).toBe(0)
    }
    const usage = await Promise.all([
      fleet(['scan', '--format', '\u001b[31m']),
      fleet(['scan', '--\u001b[31m\u009b']),
      fleet(['\u001b[31m\u009b\u202e']),
      fleet(['help', '\u001b[31m\u009b']),
      fleet(['explain', '\u001b[31m', '\u009b']),
      fleet(['sources', '\u001b[31m']),
      fleet(['scan', '--map', '\u001b[31m=x']),
      fleet(['scan', '--as-of', '\u001b[31m', '--json']),
      fleet(['scan', '--format', '\u001b[31m\u009b\u202e', '--json']),
    ])
    for (const run of usage) expect([2, 4]).toContain(run.exit)
  })
})

describe('keys that mean something to JavaScript', () => {
  it('are ordinary in CSV columns and extension attributes', async () => {
    const folder = folderWith({
      'search.csv':
        'Computer Name,Serial Number,JSS Computer ID,Operating System,Last Check-in,__proto__,constructor,toString\n' +
        'M1,S1,1,macOS 15.6.1,2026-11-18 07:41:10,polluted,polluted,polluted\n' +
        'M2,S2,2,macOS 15.6.1,2026-11-18 07:41:10,,,\n',
    })
    const { out } = await fleet(['scan', folder, ...asOf, '--json'])
    // Read as text, because assigning `__proto__` to an object would hide it here as well.
    expect(out).toContain('"__proto__":"polluted"')
    expect(out).toContain('"constructor":"polluted"')
    expect(ScanDocument.parse(JSON.parse(out)).endpoints).toHaveLength(2)
  })

  it('give no endpoint a version in JSON', async () => {
    const device =
      '"deviceName":"N","operatingSystem":"Windows","osVersion":"10.0","lastSyncDateTime":"2026-11-18T07:41:10Z"'
    const folder = folderWith({
      'graph.json': `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#deviceManagement/managedDevices","value":[
        {"id":"a1","serialNumber":"S1",${device},"__proto__":{"detectedApps":[{"displayName":"Claude","publisher":"Anthropic, PBC","version":"9.9.9"}]},"constructor":{"prototype":{"serialNumber":"P"}}},
        {"id":"a2","__proto__":{"serialNumber":"P","userDisplayName":"polluted"},${device}},
        {"__proto__":{"id":"a3"},${device}}]}`,
    })
    const document = documentOf(await fleet(['scan', folder, ...asOf, '--json']))
    expect(document.sources).toMatchObject([{ records: 3, counted: 2, rejected: 1 }])
    expect(JSON.stringify(document.endpoints)).not.toMatch(/9\.9\.9|polluted|"P"/)
    expect(document.states.ready).toBe(0)
  })

  it('change nothing with --disable-proto=throw', async () => {
    const folder = folderWith({
      'devices.csv': csvText(devices),
      'apps.csv': csvText(apps),
      'fleet.yaml': 'target: { coverage: 33 }\n',
      'search.csv': 'Computer Name,Serial Number,JSS Computer ID,__proto__\nM1,S1,1,x\n',
    })
    const env = { NODE_OPTIONS: '--disable-proto=throw' }
    for (const args of [['scan', folder, ...asOf], ['scan', folder, ...asOf, '--json'], ['gates'], ['sources']]) {
      const [plain, thrown] = await Promise.all([fleet(args), fleet(args, { env })])
      expect(thrown).toEqual(plain)
      expect(thrown!.exit).toBe(0)
    }
  })
})

const header = csvText([devices[0]!])
const rowsOf = (count: number) =>
  csvText(
    Array.from({ length: count }, (_, index) => [
      deviceId(index),
      ...devices[1]!.slice(1, 6),
      `N${index}`,
      ...devices[1]!.slice(7),
    ]),
  )
const computers = (body: string, doctype = '') =>
  `<?xml version="1.0" encoding="UTF-8"?>${doctype}<computers>${body}</computers>`
const computer = (id: number, name: string) =>
  `<computer><id>${id}</id><name>${name}</name><serial_number>X${id}</serial_number></computer>`

/** Files that must be refused: content, what is said of it, and what must not be said. */
const refused: Readonly<Record<string, readonly [content: string | Uint8Array, reason: RegExp]>> = {
  'login.csv': ['<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>secret-token</body></html>', /HTML/],
  'utf16-login.json': [encoded('<html><body>Sign in</body></html>', 'utf-16le'), /HTML/],
  'api-error.json': [
    '{"error":{"code":"InvalidAuthenticationToken","message":"secret-token expired"}}',
    /error answer/,
  ],
  'unauthorized.json': ['{"httpStatus":401,"errors":[]}', /status 401/],
  'workbook.csv': [
    zip([
      { name: '[Content_Types].xml', data: '<Types/>' },
      { name: 'xl/workbook.xml', data: '<x/>' },
    ]),
    /Excel workbook/,
  ],
  'old.xls': [Buffer.from('d0cf11e0a1b11ae1'.padEnd(64, '0'), 'hex'), /Excel workbook/],
  'report.pdf': ['%PDF-1.7 …', /PDF/],
  'empty.csv': ['', /empty/],
  'zeros.csv': [Buffer.alloc(5000), /not text/],
  'noise.csv': [Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919) % 251)), /not text/],
  'note.txt': ['Bearer secret-token\nsecond line\n', /no table, JSON or XML/],
  'token.json': ['"Bearer secret-token"', /no table, JSON or XML/],
  'broken.json': ['{"nothing": [ {"id": Bearer secret-token} ]}', /./],
  'deep.json': ['['.repeat(300_000), /./],
  'deep-record.json': [`{"value":${'['.repeat(5000)}${']'.repeat(5000)}}`, /./],
  'wide.csv': [`${'c,'.repeat(200_000)}c\n`, /./],
  'long-name.csv': [`${'n'.repeat(3_000_000)},b\n1,2\n`, /./],
  'odd-utf-16.csv': [encoded(csvText(devices), 'utf-16le').subarray(0, -1), /UTF-16LE/],
  'cut.csv.gz': [gzipSync(header + rowsOf(5000)).subarray(0, -200), /damaged|cut off/],
  'tail.csv.gz': [Buffer.concat([gzipSync(csvText(devices)), Buffer.from('lost rows')]), /damaged/],
  'bomb.csv.gz': [gzipSync(header + '\n'.repeat(30_000_000)), /200 times/],
  'bomb.zip': [zip([{ name: 'a.csv', data: header + '\n'.repeat(30_000_000) }]), /200 times/],
  'up.zip': [zip([{ name: '../up.csv', data: csvText(devices) }]), /leads out/],
  'absolute.zip': [zip([{ name: '/etc/cron.d/x', data: csvText(devices) }]), /leads out/],
  'drive.zip': [zip([{ name: 'C:\\x.csv', data: csvText(devices) }]), /leads out/],
  'link.zip': [zip([{ name: 'link', data: '/etc/passwd', mode: 0o120777 }]), /link/],
  'twice.zip': [
    zip([
      { name: 'a.csv', data: csvText(devices) },
      { name: 'a.csv', data: csvText(devices) },
    ]),
    /twice/,
  ],
  'encrypted.zip': [zip([{ name: 'a.csv', data: csvText(devices), flags: 1 }]), /encrypted/],
  'nested.zip': [
    zip([{ name: 'in.zip', data: zip([{ name: 'a.csv', data: csvText(devices) }]) }]),
    /inside an archive/,
  ],
  'many.zip': [zip(Array.from({ length: 1001 }, (_, index) => ({ name: `${index}.csv`, data: 'x' }))), /1000 entries/],
  'cut.zip': [zip([{ name: 'a.csv', data: csvText(devices) }]).subarray(0, -30), /damaged/],
  'nothing.zip': [zip([]), /no files/],
}

describe('a file that cannot be read', () => {
  it.each(Object.keys(refused))('%s is refused with its name, the reason and what to do', async (name) => {
    const [content, reason] = refused[name]!
    const run = await fleet(['scan', name, ...asOf], { cwd: folderWith({ [name]: content }) })
    expect([run.exit, run.out]).toEqual([4, ''])
    expect(run.err).toMatch(/^Error: .+\n {2}in .+\n( {2}→ .+\n)+$/)
    expect(run.err).toContain(name)
    expect(run.err).toMatch(reason)
    expect(run.err).not.toMatch(/secret-token|JSON\.parse|position \d|Unexpected/)
    // A message is read by people, whatever the file holds.
    expect(run.err.length).toBeLessThan(3000)
  })

  it.each(['login.csv', 'up.zip', 'cut.csv.gz'])('%s is the same failure with --json', async (name) => {
    const cwd = folderWith({ [name]: refused[name]![0] })
    const failure = failureOf(await fleet(['scan', name, ...asOf, '--json'], { cwd }))
    expect(failure).toMatchObject({ exit: 4, code: expect.stringMatching(/^[a-z0-9-]+$/) as string })
    expect(failure.message).toMatch(refused[name]![1])
    expect(failure.where?.file).toContain(name)
    expect(failure.tryThis?.[0]).toMatch(/\w/)
  })

  const contents = Object.fromEntries(Object.entries(refused).map(([name, [content]]) => [name, content]))

  it('does not lose the others', async () => {
    const cwd = folderWith({ ...contents, 'devices.csv': csvText(devices), 'apps.csv': csvText(apps) })
    const [json, table] = await Promise.all([
      fleet(['scan', '.', ...asOf, '--json'], { cwd }),
      fleet(['scan', '.', ...asOf], { cwd }),
    ])
    expect([json!.exit, table!.exit]).toEqual([4, 4])
    const document = ScanDocument.parse(documentOf(json!))
    expect(statesOf(document)).toEqual(states)
    for (const [name, [, reason]] of Object.entries(refused)) {
      const inSources = document.sources.find(({ file }) => file.includes(name))?.problem
      const inWarnings = document.warnings.find(({ file }) => file?.includes(name))
      const told = inSources ? `${inSources.message} ${inSources.tryThis}` : inWarnings?.message
      expect(told, name).toMatch(reason)
      expect(told, name).toMatch(/\. \w.+\.$/)
    }
    expect(table!.out).toContain('Coverage')
    expect(table!.out).toMatch(/not read/)
  })

  it('is told in the table: which file, why, and what to do', async () => {
    const some = ['login.csv', 'api-error.json', 'cut.csv.gz', 'up.zip', 'empty.csv']
    const picked = Object.fromEntries(some.map((name) => [name, contents[name]!]))
    const cwd = folderWith({ ...picked, 'devices.csv': csvText(devices), 'apps.csv': csvText(apps) })
    for (const format of ['table', 'markdown']) {
      const { out, exit } = await fleet(['scan', '.', ...asOf, '--format', format], { cwd })
      expect(exit).toBe(4)
      // Cells are wrapped, and Markdown escapes: only the words count.
      const words = out.replaceAll('\\', '').replace(/\s+/g, ' ')
      for (const name of some) expect(words, `${name} as ${format}`).toContain(name)
      for (const part of [
        'HTML sign-in page',
        'error answer of an API',
        'The archive is damaged',
        'leads out of it',
        'It is empty',
      ])
        expect(words, `${part} as ${format}`).toContain(part)
      for (const part of ['Sign in and export the list again', 'Download or copy it again', 'Unpack it'])
        expect(words, `${part} as ${format}`).toContain(part)
    }
  })

  it('ends the run with --strict, and nothing else is printed', async () => {
    const cwd = folderWith({
      'login.csv': contents['login.csv']!,
      'devices.csv': csvText(devices),
      'apps.csv': csvText(apps),
    })
    const [run, json] = await Promise.all([
      fleet(['scan', '.', ...asOf, '--strict', '--output', 'scan.json'], { cwd }),
      fleet(['scan', '.', ...asOf, '--strict', '--json'], { cwd }),
    ])
    expect([run!.exit, run!.out]).toEqual([4, ''])
    expect(run!.err).toContain('login.csv')
    expect(run!.err).toContain('HTML')
    expect(run!.err).not.toContain('Wrote')
    expect(failureOf(json!).exit).toBe(4)
  })
})

/** Files of which a part can be read: it is counted, and the loss is told. */
const damaged: Readonly<Record<string, readonly [content: string, format: string, counted: number]>> = {
  'cut-in-quotes.csv': [`${header}${rowsOf(3)}${deviceId(9)},"NAME\nand`, 'intune-all-devices', 3],
  'cut.json': [
    '{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#deviceManagement/managedDevices","value":[{"id":"a1","deviceName":"N","operatingSystem":"Windows","lastSyncDateTime":"2026-11-18T07:41:10Z","serialNumber":"S1"},{"id":"a2","dev',
    'intune-graph',
    1,
  ],
  'cut.xml': [computers(computer(1, 'one') + computer(2, 'two')).slice(0, -40), 'jamf-classic', 1],
  'entities.xml': [
    computers(computer(1, '&secret;'), '<!DOCTYPE c [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'),
    'jamf-classic',
    0,
  ],
  'laughs.xml': [
    computers(computer(1, '&b;'), `<!DOCTYPE c [<!ENTITY a "ha"><!ENTITY b "${'&a;'.repeat(1000)}">]>`),
    'jamf-classic',
    0,
  ],
}

describe('a file that is cut off or cannot be read to its end', () => {
  it.each(Object.keys(damaged))('%s: what was read counts, and the exit code tells', async (name) => {
    const [content, format, counted] = damaged[name]!
    const cwd = folderWith({ [name]: content, 'devices.csv': csvText(devices), 'apps.csv': csvText(apps) })
    const [json, table, strict] = await Promise.all([
      fleet(['scan', '.', ...asOf, '--json'], { cwd }),
      fleet(['scan', '.', ...asOf], { cwd }),
      fleet(['scan', '.', ...asOf, '--strict'], { cwd }),
    ])
    const document = documentOf(json!)
    const source = document.sources.find(({ file }) => file.endsWith(name))
    expect(source).toMatchObject({ format, counted })
    expect(source!.counted + source!.rejected).toBe(source!.records)
    expect(source!.rejected).toBeGreaterThan(0)
    expect(statesOf(document)).toMatchObject(states)
    const words = table!.out.replace(/\s+/g, ' ')
    expect(words).toContain(name)
    expect(words).toMatch(/Export (the file|it) again/)
    expect(table!.out).not.toContain('root:')
    expect([strict!.exit, strict!.out]).toEqual([4, ''])
    expect(strict!.err).toContain(name)
    expect([json!.exit, table!.exit]).toEqual([4, 4])
  })

  it('is told by its record or line', async () => {
    const cwd = folderWith({ 'cut.csv': damaged['cut-in-quotes.csv']![0] })
    const document = documentOf(await fleet(['scan', '.', ...asOf, '--json'], { cwd }))
    expect(document.rejected).toEqual([{ file: './cut.csv', record: 4, line: 5, reason: 'unclosed-quote' }])
  })
})

describe('what is no file', () => {
  it.each([
    ['a FIFO', 'fifo'],
    ['an endless device', '/dev/zero'],
    ['a device', '/dev/null'],
    ['a file that gives read errors', '/proc/self/mem'],
    ['a file without permission', 'locked.csv'],
    ['a broken link', 'broken'],
  ])('%s is refused at once', async (_what, path) => {
    const cwd = folderWith({ 'locked.csv': csvText(devices) })
    execFileSync('mkfifo', [join(cwd, 'fifo')])
    execFileSync('chmod', ['000', join(cwd, 'locked.csv')])
    symlinkSync('nowhere', join(cwd, 'broken'))
    // Root may read everything: /proc/self/mem stands for it then.
    const target = path === 'locked.csv' && process.getuid?.() === 0 ? '/proc/self/mem' : path
    const failure = failureOf(await fleet(['scan', target, ...asOf, '--json'], { cwd }))
    expect(failure).toMatchObject({ exit: 4, where: { file: target } })
    expect(failure.tryThis?.[0]).toMatch(/\w/)
  })

  it('does not stop the rest of a folder, and circles are not followed', async () => {
    const cwd = folderWith({ 'devices.csv': csvText(devices), 'sub/apps.csv': csvText(apps) })
    execFileSync('mkfifo', [join(cwd, 'fifo.csv')])
    symlinkSync('..', join(cwd, 'sub', 'up'))
    symlinkSync('.', join(cwd, 'here'))
    symlinkSync('self', join(cwd, 'self'))
    symlinkSync('/etc/passwd', join(cwd, 'outside.csv'))
    symlinkSync('devices.csv', join(cwd, 'again.csv'))
    mkdirSync(join(cwd, 'nothing'))
    const run = await fleet(['scan', '.', ...asOf, '--json'], { cwd })
    const document = documentOf(run)
    expect(run.exit).toBe(0)
    expect(statesOf(document)).toEqual(states)
    expect(document.sources).toHaveLength(2)
  })

  it('endless stdin ends', async () => {
    const { shell } = await import('./run-fleet.js')
    for (const endless of ['yes', 'cat /dev/zero', 'yes "<html>"', 'yes "["']) {
      const run = await shell(`${endless} | fleet scan - ; echo "exit $?"`)
      expect(run.out, endless).toBe('exit 4\n')
      expect(run.err, endless).toMatch(/^Error: .+\n {2}in stdin\n/)
    }
  })
})

it('reads cells of 5 MB, and a table stays a table', async () => {
  const long = 'x'.repeat(5_000_000)
  const rows = [devices[0]!, [...devices[1]!.slice(0, 9), long], devices[2]!]
  const cwd = folderWith({
    'devices.csv': csvText(rows),
    'apps.csv': csvText([...apps, ['Claude', long, long, deviceId(2)]]),
  })
  const [json, table] = await Promise.all([
    fleet(['scan', '.', ...asOf, '--json'], { cwd }),
    fleet(['scan', '.', ...asOf], { cwd }),
  ])
  const document = documentOf(json!)
  expect(document.sources.map(({ records, counted }) => [records, counted])).toEqual([
    [8, 8],
    [2, 2],
  ])
  expect(document.endpoints.map(({ serial }) => serial)).toEqual(expect.arrayContaining(['MUSTER00001', 'MUSTER00002']))
  expect(json!.exit).toBe(0)
  expect(table!.out.length).toBeLessThan(20_000)
})
