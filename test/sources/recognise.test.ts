import { describe, expect, it } from 'vitest'
import { ObservationStore } from '../../src/inventory/observation-store.js'
import { sources } from '../../src/sources/index.js'
import { type ReadOptions, readExport } from '../../src/sources/read-exports.js'
import { type Recognition, recognise } from '../../src/sources/recognise.js'
import { inputOf } from '../builders/input.js'
import { asOf, readFileOf } from '../builders/reading.js'

const look = (text: string): Recognition => recognise(Buffer.from(text), sources)
const inShort = (found: Recognition) => ('source' in found ? found.source.id : found.kind)
const lines = (...rows: readonly string[]) => `${rows.join('\n')}\n`

const header = 'DeviceId,DeviceName,LastContact,SerialNumber,OS'
const row = '1,A,2026-11-18T00:00:00Z,X1,Windows'

describe('a table is told by its header', () => {
  it.each([
    [',', 0, lines(header, row)],
    [';', 0, lines(header, row).replaceAll(',', ';')],
    ['\t', 0, lines(header, row).replaceAll(',', '\t')],
    ['|', 0, lines(header, row).replaceAll(',', '|')],
    [',', 0, lines(header.toUpperCase(), row)],
    [',', 0, lines('"DeviceId" , "DeviceName","LastContact"'.replace(' ,', ','), '1,A,2026-11-18')],
    [',', 0, header],
    [',', 0, `\n\n${lines(header, row)}`],
    [',', 1, lines('#TYPE System.Object', header, row)],
    [',', 2, lines('Report of all devices;', 'made by ada; for bo', header, row)],
    [',', 20, lines(...Array.from({ length: 20 }, (_, index) => `title ${index}`), header, row)],
    [';', 1, lines('sep=;', header.replaceAll(',', ';'), row.replaceAll(',', ';'))],
    [';', 1, lines('SEP=;\r', header.replaceAll(',', ';'), row.replaceAll(',', ';'))],
    [',', 0, lines(header, row).replaceAll('\n', '\r\n')],
    [',', 0, lines(header, row).replaceAll('\n', '\r')],
  ])('with %j, %i records before it', (delimiter, recordsBeforeHeader, text) => {
    const found = look(text)
    expect(inShort(found)).toBe('intune-devices')
    expect(found.kind === 'table' && found.table.dialect).toEqual({ delimiter, recordsBeforeHeader })
  })

  it('but not below the twentieth record', () => {
    expect(inShort(look(lines(...Array.from({ length: 21 }, (_, index) => `title ${index}`), header, row)))).not.toBe(
      'intune-devices',
    )
  })

  it('and gives the first rows below it', () => {
    const found = look(
      lines('title', header, ...Array.from({ length: 80 }, (_, index) => `${index},A,2026-11-18,X${index},Windows`)),
    )
    const rows = found.kind === 'table' ? found.table.rows : []
    expect(rows).toHaveLength(50)
    expect(rows[0]).toEqual(['0', 'A', '2026-11-18', 'X0', 'Windows'])
  })

  it('and not by the half of a record at the end of a long look', () => {
    const long = Array.from(
      { length: 3000 },
      (_, index) => `${index},HOST-${index},2026-11-18T00:00:00Z,X${index},Windows`,
    )
    expect(inShort(look(lines(header, ...long)))).toBe('intune-devices')
    expect(inShort(look(`${header}${' '.repeat(70_000)}\n${row}\n`))).not.toBe('unknown')
  })

  it.each([
    ['A,B\n1,2\n', ',', ['A', 'B']],
    ['A;B;C\n1;2;3\n', ';', ['A', 'B', 'C']],
    ['a, title\nA\tB\tC\n1\t2\t3\n', '\t', ['A', 'B', 'C']],
    ['A,B', ',', ['A', 'B']],
    ['title\n\nA|B\n1|2\n', '|', ['A', 'B']],
    ['sep=;\nA;B\n1,2;3\n', ';', ['A', 'B']],
  ])('and where no source knows it, the widest header counts: %j', (text, delimiter, names) => {
    const found = look(text)
    expect(found.kind === 'unknown-table' && [found.table.dialect.delimiter, found.table.names]).toEqual([
      delimiter,
      names,
    ])
  })
})

describe('a file is told by its shape', () => {
  it.each([
    ['', 'unknown'],
    ['   \n', 'unknown'],
    ['just a line of text', 'unknown'],
    ['one\ntwo\nthree\n', 'unknown'],
    ['{"a":1}', 'unknown-json'],
    ['[1,2]', 'unknown-json'],
    [
      ' \n [{"device_id":"1","device_name":"A","blueprint_id":"b","serial_number":"X1","last_check_in":""}]',
      'iru-devices',
    ],
    ['<html></html>', 'unknown-xml'],
    ['<?xml version="1.0"?><computers><size>0</size></computers>', 'jamf-classic'],
    ['<<<', 'unknown'],
    ['{not json, but, cells\n1,2,3\n', 'unknown-table'],
  ])('%j: %s', (text, expected) => {
    expect(inShort(look(text))).toBe(expected)
  })
})

describe('a file that no source knows', () => {
  const problemOf = async (name: string, content: string | Uint8Array, options: Partial<ReadOptions> = {}) =>
    (await readFileOf(name, content, options)).report.problem

  it.each([
    ['text', 'just text', 'unknown-format'],
    ['nothing', '', 'unknown-format'],
    ['a table', 'A,B\n1,2\n', 'unknown-format'],
    ['a known export that says nothing of endpoints', 'ApplicationName,DeviceCount\nClaude,3\n', 'not-supported'],
    ['an XML document', '<other/>', 'unknown-format'],
    ['bytes', Uint8Array.from({ length: 400 }, (_, index) => index % 7), 'binary'],
    ['an answer of an API that is an error', '{"error":{"code":"Unauthorized","message":"no"}}', 'foreign-api-error'],
    ['a web page', '<!doctype html><html><body>Sign in</body></html>', 'foreign-html'],
  ])('%s is refused with a code and a way out', async (_, content, code) => {
    const problem = await problemOf('file', content)
    expect(problem?.code).toBe(code)
    expect(problem?.message).toMatch(/\.$/)
    expect(problem?.tryThis).toMatch(/\S{3}/)
  })

  it('has its columns named, thirty of them', async () => {
    const names = Array.from({ length: 31 }, (_, index) => `C${index}`)
    expect((await problemOf('a.csv', `${names.slice(0, 30).join(',')}\n`))?.message).toMatch(/C28, C29\.$/)
    expect((await problemOf('a.csv', `${names.join(',')}\n`))?.message).toMatch(/C28, C29, …\.$/)
    expect((await problemOf('a.json', '{"alpha":1,"beta":2}'))?.message).toContain('alpha, beta')
    expect((await problemOf('a.xml', '<other/>'))?.message).toContain('<other>')
  })

  it('may be explained once by the person in front of it', async () => {
    const asked: string[] = []
    const askMapping: ReadOptions['askMapping'] = async (file, { names }) => {
      asked.push(`${file} ${names.join(' ')}`)
      return file === 'yes.csv' ? { serial: 'S' } : file === 'wrong.csv' ? { serial: 'None' } : undefined
    }
    const { report, endpoints } = await readFileOf('yes.csv', 'S,N\nX1,A\n', { askMapping })
    expect([report.format, endpoints.map(({ id }) => id)]).toEqual(['mapped-list', ['X1']])
    for (const name of ['no.csv', 'wrong.csv'])
      expect((await problemOf(name, 'S,N\nX1,A\n', { askMapping }))?.code).toBe('unknown-format')
    expect((await problemOf('list.json', '[{"S":1}]', { askMapping }))?.code).toBe('unknown-format')
    expect(asked).toEqual(['yes.csv S N', 'no.csv S N', 'wrong.csv S N'])
  })
})

describe('--source', () => {
  const source = (id: string) => sources.find((one) => one.id === id)!

  it('reads a table with one of its identities as that source', async () => {
    const { report, endpoints } = await readFileOf('a.csv', 'SerialNumber,Whatever\nX1,1\n', {
      only: source('intune-devices'),
    })
    expect([report.format, endpoints.map(({ id }) => id)]).toEqual(['intune-devices', ['X1']])
  })

  it('refuses what is not of its kind, and names what was found', async () => {
    const { report } = await readFileOf('a.csv', 'A,B\n1,2\n', { only: source('intune-devices') })
    expect(report.problem).toMatchObject({ code: 'not-that-format' })
    expect(report.problem?.tryThis).toContain('A, B')
    const text = await readFileOf('a.txt', 'nothing', { only: source('intune-devices') })
    expect(text.report.problem?.tryThis).toContain('none')
    const xml = await readFileOf('a.xml', '<computers/>', { only: source('intune-devices') })
    expect(xml.report.problem?.code).toBe('not-that-format')
  })

  it('comes before a mapping', async () => {
    const { report } = await readFileOf('a.csv', lines(header, row), {
      only: source('intune-devices'),
      mappings: [{ serial: 'SerialNumber' }],
    })
    expect(report.format).toBe('intune-devices')
  })
})

describe('reading', () => {
  it('tells how many bytes were read', async () => {
    const seen: [string, number][] = []
    const text = lines(header, row)
    await readFileOf('a.csv', text, { onProgress: (file, bytes) => seen.push([file, bytes]) })
    expect(seen.reduce((sum, [, bytes]) => sum + bytes, 0)).toBe(text.length)
    expect(new Set(seen.map(([file]) => file))).toEqual(new Set(['a.csv']))
  })

  it('takes the encoding that it is told', async () => {
    const latin = Buffer.from(lines(header, row.replace('A', 'Müll')), 'latin1')
    const { report, endpoints } = await readFileOf('a.csv', latin, { encoding: 'windows-1252' })
    expect([report.encoding, endpoints[0]?.hostname]).toEqual(['windows-1252', 'Müll'])
    expect((await readFileOf('a.csv', latin, { encoding: 'utf-8' })).report.problem?.code).toBe('encoding-changed')
  })

  it('takes the order of dates that it is told', async () => {
    const text = lines(header, row.replace('2026-11-18T00:00:00Z', '03/04/2026'))
    const seen = async (dateOrder: ReadOptions['dateOrder']) =>
      (await readFileOf('a.csv', text, { dateOrder })).endpoints[0]?.lastSeen
    expect([await seen('day-first'), await seen('month-first'), await seen(undefined)]).toEqual([
      Date.UTC(2026, 3, 3),
      Date.UTC(2026, 2, 4),
      undefined,
    ])
  })

  it('passes on what is a bug', async () => {
    const broken = {
      ...inputOf('a.csv', ''),
      open: () => {
        throw new TypeError('a bug')
      },
    }
    await expect(readExport(broken, new ObservationStore(), { sources, asOf, mappings: [] })).rejects.toThrow('a bug')
  })
})
