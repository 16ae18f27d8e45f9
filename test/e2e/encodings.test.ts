import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ScanDocument } from '../../src/readiness/scan-document.js'
import { zip } from './archives.js'
import { asOf, documentOf, fleet, folderWith, statesOf } from './run-fleet.js'
import { apps, csvText, type Dialect, devices, encoded, states } from './small-company.js'

/** The endpoints without the names of the files they come from. */
function withoutFiles({ endpoints }: ScanDocument): unknown {
  return JSON.parse(JSON.stringify(endpoints), (key, value: unknown) => (key === 'file' ? undefined : value)) as unknown
}

let plain: unknown
beforeAll(async () => {
  const folder = folderWith({ 'devices.csv': csvText(devices), 'apps.csv': csvText(apps) })
  const document = documentOf(await fleet(['scan', folder, ...asOf, '--json']))
  expect(statesOf(document)).toEqual(states)
  plain = withoutFiles(document)
})

/** The same company, whatever the bytes: the same endpoints with the same receipts, and nothing lost. */
function expectTheCompany(document: ScanDocument): void {
  expect(withoutFiles(document)).toEqual(plain)
  expect(document.sources.map(({ records, rejected }) => [records, rejected])).toEqual([
    [7, 0],
    [7, 0],
  ])
}

const tables = (dialect: Dialect = {}) => ({
  'devices.csv': csvText(devices, dialect),
  'apps.csv': csvText(apps, dialect),
})
const bytes = (encoding: Parameters<typeof encoded>[1], dialect: Dialect = {}) => ({
  'devices.csv': encoded(csvText(devices, dialect), encoding),
  'apps.csv': encoded(csvText(apps, dialect), encoding),
})

describe('every way to write a table gives the same endpoints', () => {
  it.each<[string, Readonly<Record<string, string | Uint8Array>>, string?]>([
    ['CR LF', tables({ lineEnd: '\r\n' })],
    ['CR', tables({ lineEnd: '\r' })],
    ['semicolons', tables({ delimiter: ';' })],
    ['tabs', tables({ delimiter: '\t' })],
    ['sep=;', tables({ delimiter: ';', before: 'sep=;\r\n', lineEnd: '\r\n' })],
    ['sep= and tabs', tables({ delimiter: '\t', before: 'sep=\t\n' })],
    ['every cell quoted', tables({ quoteAll: true })],
    ['a #TYPE line', tables({ quoteAll: true, lineEnd: '\r\n', before: '#TYPE Selected.System.Object\r\n' })],
    ['lines above the header', tables({ before: 'All devices of Muster AG\nExported on,2026-11-20\n\n' })],
    ['blank lines at the end', { 'devices.csv': `${csvText(devices)}\n\r\n`, 'apps.csv': `${csvText(apps)}\n\n` }],
    ['no line end at the end', { 'devices.csv': csvText(devices).trimEnd(), 'apps.csv': csvText(apps).trimEnd() }],
    ['UTF-8 with a byte order mark', bytes('utf-8-bom'), 'utf-8-bom'],
    ['UTF-8 with a mark, quotes, CR LF', bytes('utf-8-bom', { quoteAll: true, lineEnd: '\r\n' }), 'utf-8-bom'],
    ['a mark before sep=', bytes('utf-8-bom', { delimiter: ';', before: 'sep=;\n' }), 'utf-8-bom'],
    ['UTF-16LE', bytes('utf-16le', { lineEnd: '\r\n' }), 'utf-16le'],
    ['UTF-16LE with tabs, as Excel writes it', bytes('utf-16le', { delimiter: '\t', lineEnd: '\r\n' }), 'utf-16le'],
    ['UTF-16LE with a #TYPE line', bytes('utf-16le', { quoteAll: true, before: '#TYPE X\r\n' }), 'utf-16le'],
    ['UTF-16BE', bytes('utf-16be'), 'utf-16be'],
    ['Windows-1252', bytes('windows-1252', { delimiter: ';', lineEnd: '\r\n' }), 'windows-1252'],
  ])('%s', async (_name, files, encoding = 'utf-8') => {
    const document = documentOf(await fleet(['scan', folderWith(files), ...asOf, '--json']))
    expectTheCompany(document)
    expect(document.sources.map((file) => file.encoding)).toEqual([encoding, encoding])
    const guessed = document.warnings.filter(({ code }) => code === 'windows-1252')
    // The encoding is a guess that must be told, and --strict does not take it.
    expect(guessed.map(({ strict }) => strict)).toEqual(encoding === 'windows-1252' ? [true, true] : [])
  })

  it('UTF-16 without a mark, and any encoding by its name', async () => {
    const unmarked = bytes('utf-16le')
    const folder = folderWith({
      'devices.csv': unmarked['devices.csv'].subarray(2),
      'apps.csv': unmarked['apps.csv'].subarray(2),
    })
    const [told, named] = await Promise.all([
      fleet(['scan', folder, ...asOf, '--json']),
      fleet(['scan', folderWith(bytes('windows-1252')), ...asOf, '--json', '--encoding', 'windows-1252']),
    ])
    expectTheCompany(documentOf(told!))
    expectTheCompany(documentOf(named!))
  })

  it('line breaks inside quotes', async () => {
    const rows = apps.map((row, index) =>
      row[0] === 'Claude' || index === 0 ? row : [`${row[0]}\nsecond\r\nline`, ...row.slice(1)],
    )
    const notes = devices.map((row, index) => [...row, index === 0 ? 'Notes' : 'one\ntwo, "three"\n\n'])
    const files = { 'devices.csv': csvText(notes), 'apps.csv': csvText(rows, { lineEnd: '\r\n' }) }
    expectTheCompany(documentOf(await fleet(['scan', folderWith(files), ...asOf, '--json'])))
  })
})

describe('every way to pack and hand over a table gives the same endpoints', () => {
  const data = bytes('utf-8-bom', { lineEnd: '\r\n' })

  it.each<[string, Readonly<Record<string, string | Uint8Array>>]>([
    ['gzip', { 'devices.csv.gz': gzipSync(data['devices.csv']), 'apps.csv.gz': gzipSync(data['apps.csv']) }],
    [
      'gzip in several members',
      {
        'devices.gz': Buffer.concat([
          gzipSync(data['devices.csv'].subarray(0, 100)),
          gzipSync(data['devices.csv'].subarray(100)),
        ]),
        'apps.gz': gzipSync(data['apps.csv']),
      },
    ],
    [
      'a zip with one file each',
      {
        'Devices_554cc26a.zip': zip([{ name: 'Devices_554cc26a.csv', data: data['devices.csv'] }]),
        'apps.zip': zip([{ name: 'AppInvRawData.csv', data: data['apps.csv'] }]),
      },
    ],
    [
      'a zip with several files',
      {
        'all.zip': zip([
          { name: 'exports/', mode: 0o40755 },
          { name: 'exports/devices.csv', data: data['devices.csv'] },
          { name: '__MACOSX/exports/._devices.csv', data: 'junk' },
          { name: 'exports/apps.csv', data: data['apps.csv'] },
        ]),
      },
    ],
    [
      'folders in folders',
      { 'a/b/c/1': data['devices.csv'], 'a/d e/ü/2': data['apps.csv'], 'a/.hidden': 'no', 'a/desktop.ini': 'no' },
    ],
    ['names that say something else', { 'devices.json': data['devices.csv'], 'apps.xml': data['apps.csv'] }],
  ])('%s', async (_name, files) => {
    expectTheCompany(documentOf(await fleet(['scan', folderWith(files), ...asOf, '--json'])))
  })

  it.each<[string, Uint8Array]>([
    ['stdin', data['devices.csv']],
    ['UTF-16 on stdin', encoded(csvText(devices), 'utf-16le')],
    ['gzip on stdin', gzipSync(data['devices.csv'])],
  ])('%s', async (_name, input) => {
    const folder = folderWith({ 'apps.csv': data['apps.csv'] })
    const run = await fleet(['scan', '-', join(folder, 'apps.csv'), ...asOf, '--json'], { input })
    const document = documentOf(run)
    expectTheCompany(document)
    expect(document.sources.map(({ file }) => file)).toContain('stdin')
  })
})

describe('an encoding that shows late', () => {
  // The first umlaut stands behind everything that is looked at before the reading begins.
  const ascii = Array.from({ length: 6000 }, (_, index) => [
    ...devices[1]!.slice(0, 6),
    `S${index}`,
    ...devices[1]!.slice(7, 9),
    'N N',
  ])
  const unique = ascii.map((row, index) => [
    `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    ...row.slice(1),
  ])
  const file = encoded(csvText([devices[0]!, ...unique, [...devices[2]!.slice(0, 9), 'Zoë']]), 'windows-1252')

  it('is told from the whole file, and the file is read again', async () => {
    expect(file.length).toBeGreaterThan(600_000)
    const document = documentOf(await fleet(['scan', folderWith({ 'late.csv': file }), ...asOf, '--json']))
    expect(document.sources).toMatchObject([{ encoding: 'windows-1252', records: 6001, counted: 6001 }])
    expect(document.endpoints.find(({ user }) => user === 'Zoë')).toBeDefined()
    expect(document.warnings.map(({ code }) => code)).toContain('windows-1252')
  })

  it('refuses stdin, which cannot be read again, and names the way out', async () => {
    const run = await fleet(['scan', '-', ...asOf], { input: file })
    expect([run.exit, run.out]).toEqual([4, ''])
    expect(run.err).toContain('--encoding')
    const named = await fleet(['scan', '-', ...asOf, '--json', '--encoding', 'windows-1252'], { input: file })
    expect(documentOf(named).sources).toMatchObject([{ records: 6001, counted: 6001 }])
  })
})

it('leaves the inputs as they are', async () => {
  const files = tables()
  const folder = folderWith(files)
  await fleet(['scan', folder, ...asOf])
  for (const [name, text] of Object.entries(files)) expect(readFileSync(join(folder, name), 'utf8')).toBe(text)
})
