import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvCell, csvText, guardFormula } from '../../src/platform/csv-cell.js'
import { safeText } from '../../src/platform/safe-text.js'

const risky = fc
  .array(
    fc.constantFrom(
      '=',
      '+',
      '-',
      '@',
      '＝',
      '\t',
      '\r',
      '\n',
      ' ',
      '\u00a0',
      '\u200b',
      '"',
      "'",
      ',',
      ';',
      '1',
      '.',
      'a',
    ),
  )
  .map((parts) => parts.join(''))
const text = fc.oneof(risky, fc.string({ unit: 'grapheme' }))

test.each([
  '=1+1',
  '+49 170',
  '-2+3',
  '@SUM(A1)',
  '＝1',
  '＋1',
  '－1',
  '＠x',
  '\tx',
  '\rx',
  '\nx',
  '  =1',
  '\u200b=1',
  '-',
  '+5',
  '-1e5',
])('%j is guarded', (data) => {
  expect(guardFormula(data)).toBe(`'${data}`)
})

test.each(['-12.5', '-1', '0', '1.10', 'MBP-01', 'a=b', '', "'=1", '🙂'])('%j stays', (data) => {
  expect(guardFormula(data)).toBe(data)
})

const shownOf = (data: string) => data.split(/\r?\n/).map(safeText).join('\n')

test('a report read again gives the text as it is shown, with nothing but apostrophes put in', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 2, maxLength: 4 }), (row) => {
      const [read] = parse(`${row.map(csvCell).join(',')}\n`, { relax_quotes: false }) as string[][]
      expect(read).toEqual(row.map(csvText))
      expect(read?.map((cell) => cell.replaceAll("'", ''))).toEqual(
        row.map((data) => shownOf(data).replaceAll("'", '')),
      )
      expect(read?.map(guardFormula)).toEqual(read)
    }),
    { numRuns: 500 },
  )
})

// A German Excel separates by `;`: it sees the quotes inside a cell, and takes them for nothing but text.
test('a comma file that is split at semicolons holds no formula either', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 2, maxLength: 4 }), (row) => {
      const line = `"id",${row.map(csvCell).join(',')}\n`
      const split = { delimiter: ';', quote: null, relax_column_count: true }
      for (const cells of parse(line, split) as string[][])
        for (const cell of cells) expect(cell).not.toMatch(/^["\p{Z}\p{C}]*[=+\-@＝]/u)
    }),
    { numRuns: 500 },
  )
})

test.each([
  ['Müller "GmbH"', '"Müller ""GmbH"""'],
  ['one\r\ntwo\nthree', '"one\ntwo\nthree"'],
  ['a\u001b[31m\r\u0000\u009b', '"a\\u{1b}[31m\\u{d}\\u{0}\\u{9b}"'],
  ['\n=1', '"\'\n\'=1"'],
  ["a;=cmd|'/c calc'!A0;", `"a;'=cmd|'/c calc'!A0;"`],
  ['a; "=1', `"a;' ""=1"`],
  ['a\n-1', `"a\n'-1"`],
  ['a;b; 5', '"a;b; 5"'],
  ['\t=1', '"\\u{9}=1"'],
])('%j is the cell %j', (data, cell) => {
  expect(csvCell(data)).toBe(cell)
})

test('guarding twice changes nothing', () => {
  fc.assert(fc.property(text, (data) => guardFormula(guardFormula(data)) === guardFormula(data)))
})
