import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvText } from '../../src/platform/csv-cell.js'
import { spreadsheetCell, spreadsheetText } from '../../src/platform/spreadsheet-cell.js'

// Opened with Excel's and LibreOffice's own rules for CSV: each of these would become another value.
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
])('%j gets an apostrophe', (data) => {
  expect(spreadsheetText(data)).toBe(`'${data}`)
})

test.each([
  '',
  'C02ABC',
  '42',
  '0',
  '-12.5',
  '26.1',
  '1.1.3918',
  '10.0.19045.4291',
  'May',
  'Design',
  'Mar-a',
  'LOG-LT-0001',
  '2026-11-20T00:00:00Z',
  'a 12:30',
  'Müller Straße',
])('%j stays', (data) => {
  expect(spreadsheetText(data)).toBe(data)
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
