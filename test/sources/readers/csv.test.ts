import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CsvKernel, openCsvKernel } from '../../../src/kernel/csv-kernel.js'
import { type CsvFault, CsvReader, type CsvReaderOptions, type CsvTotals } from '../../../src/sources/readers/csv.js'

interface Reading {
  rows: { record: number; line: number; cells: string[] }[]
  faults: CsvFault[]
  totals: CsvTotals
}

type OpenKernel = (delimiter: number) => CsvKernel | undefined

const noKernel: OpenKernel = () => undefined
// The smallest windows have the most borders.
const window = (capacity: number): OpenKernel => {
  return (delimiter) => openCsvKernel(delimiter, capacity)
}

/** Writes the input in chunks of the given sizes, over and over, into one buffer that is spoilt after each write. */
function read(
  input: string | Uint8Array,
  options: Partial<CsvReaderOptions> = {},
  chunks = [1 << 20],
  openKernel = openCsvKernel as OpenKernel,
): Reading {
  const bytes = Buffer.from(input)
  const rows: Reading['rows'] = []
  const faults: CsvFault[] = []
  const reader = new CsvReader(
    { delimiter: ',', ...options },
    (row) => {
      const cells: string[] = []
      for (let cell = 0; cell < row.cells; cell++) {
        cells.push(Buffer.from(row.bytes.subarray(row.start(cell), row.end(cell))).toString('utf8'))
        expect(row.text(cell)).toBe(cells[cell])
      }
      expect([row.text(row.cells), row.start(row.cells), row.end(row.cells)]).toEqual(['', 0, 0])
      rows.push({ record: row.record, line: row.line, cells })
    },
    (fault) => faults.push(fault),
    openKernel,
  )
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const chunk = Buffer.from(bytes.subarray(at, at + chunks[turn % chunks.length]!))
    at += chunk.length
    reader.write(chunk)
    chunk.fill('"')
  }
  const totals = reader.end()
  expect(rows.length + faults.length).toBe(totals.records)
  expect(faults.length).toBe(totals.faults)
  expect([...rows, ...faults].map(({ record }) => record).sort((a, b) => a - b)).toEqual(
    Array.from({ length: totals.records }, (_, index) => index + 1),
  )
  return { rows, faults, totals }
}

/** Short form of a reading: `2:3 a|b` is record 2 at line 3, `2:3 !kind` a fault. */
function brief({ rows, faults, totals }: Reading): string[] {
  const lost = faults.map(({ record, line, kind }) => ({ record, line, cells: [`!${kind}`] }))
  const all = [...rows, ...lost].sort((a, b) => a.record - b.record)
  return [...all.map(({ record, line, cells }) => `${record}:${line} ${cells.join('|')}`), `lines ${totals.lines}`]
}

const awkward: [title: string, input: string, expected: string[], limit?: number][] = [
  ['nothing', '', ['lines 0']],
  ['only empty lines', '\n\r\n\r', ['lines 3']],
  ['no line end at the end', 'a,b\nc,d', ['1:1 a|b', '2:2 c|d', 'lines 2']],
  ['a delimiter at the end', 'a,\n,', ['1:1 a|', '2:2 |', 'lines 2']],
  ['LF, CRLF and CR in one file', 'a\nb\r\nc\rd', ['1:1 a', '2:2 b', '3:3 c', '4:4 d', 'lines 4']],
  ['empty lines between', 'a\n\n\r\n\rb\n', ['1:1 a', '2:5 b', 'lines 5']],
  ['CR CR LF', 'a\r\r\nb', ['1:1 a', '2:3 b', 'lines 3']],
  ['one blank is a record', ' \n\na', ['1:1  ', '2:3 a', 'lines 3']],
  ['an empty quoted cell is a record', '""\n"",""', ['1:1 ', '2:2 |', 'lines 2']],
  ['quoted delimiter', '"a,b",c', ['1:1 a,b|c', 'lines 1']],
  ['quoted line ends', '"a\r\nb\rc\nd",e\nf', ['1:1 a\r\nb\rc\nd|e', '2:5 f', 'lines 5']],
  ['doubled quotes', '"a ""b"" c",""""\n"""",d\n', ['1:1 a "b" c|"', '2:2 "|d', 'lines 2']],
  ['a quote around a quoted line end', '"""\n""",x\ny\n', ['1:1 "\n"|x', '2:3 y', 'lines 3']],
  ['a bare quote', '24" screen,a\n"b",27"\n', ['1:1 24" screen|a', '2:2 b|27"', 'lines 2']],
  ['blank before a quote', 'a, "b"\n', ['1:1 a| "b"', 'lines 1']],
  ['bare quotes beside doubled ones', '24",x","a""b"\nc\n', ['1:1 24"|x"|a"b', '2:2 c', 'lines 2']],
  ['closing quote, lone CR', '"a"\r"b"\rc', ['1:1 a', '2:2 b', '3:3 c', 'lines 3']],
  ['text after a quote', 'a\n"b"c,d\ne\n', ['1:1 a', '2:2 !text-after-quote', '3:3 e', 'lines 3']],
  ['blank after a quote', '"b" ,d\ne\n', ['1:1 !text-after-quote', '2:2 e', 'lines 2']],
  [
    'after text after a quote, quotes mean nothing',
    '"a"b,"c\nd"\r\ne',
    ['1:1 !text-after-quote', '2:2 d"', '3:3 e', 'lines 3'],
  ],
  ['text after a quote on a later line', '"a\nb"c\nd', ['1:1 !text-after-quote', '2:3 d', 'lines 3']],
  ['text after a quote, then nothing', '"a"b', ['1:1 !text-after-quote', 'lines 1']],
  ['a quote that never closes', 'a\nb,"c\nd\n', ['1:1 a', '2:2 !unclosed-quote', 'lines 3']],
  ['only a quote', '"', ['1:1 !unclosed-quote', 'lines 1']],
  ['short and long rows', 'a,b\nc\nd,e,f\n', ['1:1 a|b', '2:2 c', '3:3 d|e|f', 'lines 3']],
  ['NUL and no-break space', 'a\0b,\u00a0\n', ['1:1 a\0b|\u00a0', 'lines 1']],
  ['letters beyond ASCII', 'é,"日本",😀\n', ['1:1 é|日本|😀', 'lines 1']],
  ['as long as may be', 'abcd\n"ab"\r\n', ['1:1 abcd', '2:2 ab', 'lines 2'], 4],
  ['too long', 'abcde\nb\n', ['1:1 !record-too-long', '2:2 b', 'lines 2'], 4],
  ['too long with quoted line ends', '"a\nb\nc"\nb\n', ['1:1 !record-too-long', '2:4 b', 'lines 4'], 4],
  ['too long and never closed', 'b\n"a\nb\nc\nb\n', ['1:1 b', '2:2 !unclosed-quote', 'lines 5'], 4],
  ['too long before text after a quote', '"abcd"e"\nb', ['1:1 !record-too-long', '2:2 b', 'lines 2'], 4],
]

describe('awkward input', () => {
  it.each(awkward)('%s', (_title, input, expected, limit) => {
    const options = limit === undefined ? {} : { maximumRecordBytes: limit }
    for (const kernel of [openCsvKernel as OpenKernel, window(64), noKernel]) {
      for (const chunks of [[1 << 20], [1], [2, 3]]) {
        expect(brief(read(input, options, chunks, kernel))).toEqual(expected)
      }
    }
  })

  it.each([';', '\t', '|'] as const)('delimiter %j', (delimiter) => {
    const input = `a,b${delimiter}"c${delimiter}d"\n`
    expect(read(input, { delimiter }).rows[0]!.cells).toEqual(['a,b', `c${delimiter}d`])
  })

  it('reads each kind of record at every distance from a border', () => {
    const record = 'x,"a\r\n","b""c",24" d,""\r\n"p"q,r\r\n\r\n"s"\r'
    for (let shift = 0; shift < 140; shift++) {
      for (const input of [`${'.'.repeat(shift)}\n${record.repeat(3)}`, `${'.'.repeat(shift)}\r\n"a,b"\r\nc`]) {
        const expected = read(input, {}, [1], noKernel)
        for (const kernel of [openCsvKernel as OpenKernel, window(64), window(128)]) {
          expect(read(input, {}, [1 << 20], kernel)).toEqual(expected)
        }
      }
    }
  })

  it('reads more cells and records than fit one step of the kernel', () => {
    expect(read(`${'a,'.repeat(500)}\n`).rows[0]!.cells).toEqual([...Array(500).fill('a'), ''])
    expect(read('a\n'.repeat(500)).rows.map(({ line }) => line)).toEqual(Array.from({ length: 500 }, (_, at) => at + 1))
    expect(read('\r'.repeat(500)).totals).toEqual({ records: 0, faults: 0, lines: 500 })
  })

  it('reads records around and above the size of the window', () => {
    for (const size of [63, 64, 65, 127, 128, 129, 1000]) {
      const input = `a\n"${'\n'.repeat(size)}",b\nc,${'d'.repeat(size)}\r\ne`
      for (const chunks of [[1], [64], [1 << 20]]) {
        expect(read(input, {}, chunks, window(64))).toEqual(read(input, {}, [1 << 20], noKernel))
      }
    }
  })

  it('reads a cell of 5 MB, and loses only that one when the limit is lower', () => {
    const cell = 'line, with "quotes"\n'.repeat(250_000)
    const input = `id,note\n1,"${cell.replaceAll('"', '""')}"\n2,last\n`
    const { rows, totals } = read(input)
    expect(rows[1]!.cells[1] === cell).toBe(true)
    expect(rows[2]).toEqual({ record: 3, line: 250_003, cells: ['2', 'last'] })
    expect(totals).toEqual({ records: 3, faults: 0, lines: 250_003 })
    expect(brief(read(input, { maximumRecordBytes: 1 << 20 })).slice(1)).toEqual([
      '2:2 !record-too-long',
      '3:250003 2|last',
      'lines 250003',
    ])
  })

  it('keeps readers that take turns apart', () => {
    const seen: string[] = []
    const readers = [',', ';'].map(
      (delimiter) =>
        new CsvReader(
          { delimiter: delimiter as ',' | ';' },
          (row) => seen.push(`${delimiter} ${row.text(0)}`),
          () => seen.push('fault'),
        ),
    )
    for (const part of ['a,b;', 'c\n"d', ';",e\n']) for (const reader of readers) reader.write(Buffer.from(part))
    for (const reader of readers) reader.end()
    expect(seen).toEqual([', a', ', d;', '; a,b', 'fault'])
  })
})

const chunkSizes = fc
  .array(
    fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom(15, 16, 17, 63, 64, 65, 127, 128, 129), fc.nat(900)),
    { minLength: 1, maxLength: 6 },
  )
  .map((sizes) => sizes.map((size) => size + (size === 0 ? 1 : 0)))
const kernels = fc.constantFrom(64, 100, 128, 4096, undefined).map((capacity) => ({
  capacity,
  open: capacity === undefined ? (openCsvKernel as OpenKernel) : window(capacity),
}))
const lineEnds = fc.constantFrom('\n', '\r\n', '\r')

describe('well-formed input', () => {
  const plain = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', '😀', '\0', ';'), maxLength: 20 })
  const cells = fc.oneof(
    { weight: 4, arbitrary: plain.map((text) => ({ text, raw: text })) },
    // A quote that is not the first character of an unquoted cell is only a character.
    {
      weight: 1,
      arbitrary: fc
        .tuple(plain, plain)
        .map(([a, b]) => `x${a}"${b}`)
        .map((text) => ({ text, raw: text })),
    },
    {
      weight: 4,
      arbitrary: fc
        .string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', '\r', '\r\n', ' '), maxLength: 60 })
        .map((text) => ({ text, raw: `"${text.replaceAll('"', '""')}"` })),
    },
  )
  const records = fc.array(fc.tuple(fc.array(cells, { maxLength: 6 }), lineEnds), { maxLength: 25 })

  it('reads what was written, where it was written, and as csv-parse does', () => {
    fc.assert(
      fc.property(records, fc.boolean(), chunkSizes, kernels, (list, closed, chunks, kernel) => {
        let input = ''
        const expected: Reading['rows'] = []
        for (const [row, lineEnd] of list) {
          const raw = row.map((cell) => cell.raw).join(',')
          const line = 1 + (input.match(/\r\n|\r|\n/g)?.length ?? 0)
          if (raw !== '') expected.push({ record: expected.length + 1, line, cells: row.map(({ text }) => text) })
          input += raw + lineEnd
        }
        if (!closed) input += 'last'
        const reading = read(input, {}, chunks, kernel.open)
        const peer: string[][] = parse(input, {
          record_delimiter: ['\r\n', '\n', '\r'],
          skip_empty_lines: true,
          relax_column_count: true,
          relax_quotes: true,
        })
        expect(reading.rows.map((row) => row.cells)).toEqual(peer)
        expect(reading.rows.slice(0, expected.length)).toEqual(expected)
        expect(reading.faults).toEqual([])
      }),
      { numRuns: 600, seed: 1 },
    )
  })
})

describe('any input', () => {
  const byte = (text: string): number => text.charCodeAt(0)
  const nasty = fc.constantFrom(...['"', '"', ',', ';', '\r', '\n', ' ', 'a', '\0', '\xc3', '\xff'].map(byte))
  const dense = fc.oneof({ weight: 40, arbitrary: fc.constantFrom(...[',', '\n', '\r', 'a'].map(byte)) }, nasty)
  const mild = fc.oneof(
    { weight: 12, arbitrary: fc.constant(byte('a')) },
    { weight: 3, arbitrary: fc.constant(byte(',')) },
    nasty,
  )
  const bytes = fc
    .oneof(
      fc.array(dense, { maxLength: 300 }),
      fc.array(nasty, { maxLength: 90 }),
      fc.array(nasty, { maxLength: 400 }),
      fc.array(mild, { maxLength: 900 }),
    )
    .map((list) => Uint8Array.from(list))
  const limits = fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, fc.integer({ min: 1, max: 200 }))

  it('is read by the kernel as it is read byte by byte', () => {
    fc.assert(
      fc.property(bytes, limits, chunkSizes, kernels, (input, limit, chunks, kernel) => {
        const options = limit === undefined ? {} : { maximumRecordBytes: limit }
        const exact = read(input, options, chunks, noKernel)
        expect(read(input, options, chunks, kernel.open)).toEqual(exact)
        expect(read(input, options, [1 << 20], noKernel)).toEqual(exact)
      }),
      { numRuns: 1500, seed: 1 },
    )
  })
})
