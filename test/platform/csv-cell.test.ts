import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvCell, guardFormula } from '../../src/platform/csv-cell.js'

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

test('a report read again gives the guarded text', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 2, maxLength: 4 }), (row) => {
      const line = `${row.map(csvCell).join(',')}\n`
      expect(parse(line, { relax_quotes: false })).toEqual([row.map(guardFormula)])
    }),
    { numRuns: 500 },
  )
})

test('guarding twice changes nothing', () => {
  fc.assert(fc.property(text, (data) => guardFormula(guardFormula(data)) === guardFormula(data)))
})
