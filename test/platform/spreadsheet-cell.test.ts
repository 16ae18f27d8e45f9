import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvText } from '../../src/platform/csv-cell.js'
import { spreadsheetCell, spreadsheetText } from '../../src/platform/spreadsheet-cell.js'

// Opened with Excel's and LibreOffice's own rules for CSV, in English or German: each would become another value.
test.each([
  '0012345',
  '1E5',
  '12345e12',
  '1.10',
  '26.0',
  '12345678901',
  '00',
  '-05',
  '-0',
  '10-Jan',
  'SEP1',
  'Dec 12, 2026',
  '1-2',
  '1/2',
  '3-4-2026',
  '2026-11-20',
  '2026-11-20 08:30',
  '12:30',
  '5 PM',
  '1,234',
  '50%',
  '$5',
  '(5)',
  '1 1/2',
  'true',
  ' 007',
  '１２３',
  '0'.repeat(80),
  // Days where days have dots: 2 January 2034, 1 January 4173, 1 February 3918.
  '2.1.34',
  '2.1.11',
  '1.1.4173',
  '1.2.3918',
  '31.12.99',
  '2.1.10000',
  '2.1.0',
  '26.12.1',
  '2.1.34 08:30',
  'Fr 1.2.2026',
  // No days, but versions: a column has the sign in all its cells.
  '2.0.34',
  '1.0.0',
  '15.13.5',
  // Numbers in English; days, other numbers or text in German.
  '26.1',
  '9.10',
  '-12.5',
  '1.234',
  '1.234.567',
  '1.234.567.890',
  '10.100.200.100',
  '3,5',
  '1.234,50',
  '1,5e3',
  '31-',
  '05:',
  '2/Dec.',
  '5,5 €',
  '1. Jan',
  '5. Mai',
  'Mai-5',
  'DEZ12',
  'Dez. 12',
  'März 1',
  'Oktober 7',
  'wahr',
  'FALSCH',
])('%j gets an apostrophe', (data) => {
  expect(spreadsheetText(data)).toBe(`'${data}`)
})

test.each([
  '',
  'C02ABC',
  '42',
  '0',
  '-12',
  '20261120',
  '10.0.19045.4291',
  '2.1.34.0',
  '10.100.200.1',
  '2.1.34-beta',
  'v2.1.34',
  'May',
  'Mai',
  'Haus 7',
  'LAB-12',
  'Design',
  'Mar-a',
  'LOG-LT-0001',
  '2026-11-20T00:00:00Z',
  'a 12:30',
  'Müller Straße',
])('%j stays', (data) => {
  expect(spreadsheetText(data)).toBe(data)
})

test('a number stays a number', () => {
  expect([spreadsheetCell(48.3), spreadsheetCell(-2), spreadsheetCell('48.3')]).toEqual(['"48.3"', '"-2"', `"'48.3"`])
})

test('a formula gets one apostrophe, not two', () => {
  expect(spreadsheetText('=1+1')).toBe("'=1+1")
  expect(spreadsheetText('+5')).toBe("'+5")
})

const cell = fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[0-9eE.,:/ -]{1,14}$/), fc.nat().map(String))

test('a cell read again is its text, with nothing but apostrophes put in', () => {
  fc.assert(
    fc.property(fc.array(cell, { minLength: 2, maxLength: 4 }), (row) => {
      const [read = []] = parse(`${row.map(spreadsheetCell).join(',')}\n`) as string[][]
      expect(read).toEqual(row.map(spreadsheetText))
      for (const [index, data] of row.entries()) expect([csvText(data), `'${csvText(data)}`]).toContain(read[index])
    }),
  )
})

// Number() reads what a spreadsheet reads as a plain number, so it can tell whether one comes back as it was.
test('a number that stays comes back as it was', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^-?[0-9]{1,14}(?:\.[0-9]{1,6})?$/), (data) => {
      fc.pre(spreadsheetText(data) === data)
      expect(String(Number(data))).toBe(data)
    }),
  )
})
