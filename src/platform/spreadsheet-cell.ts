import { csvText, quoted } from './csv-cell.js'

// What spreadsheets take for something else than text when they open a CSV file. LibreOffice made 12345 of "0012345",
// 100000 of "1E5" and 1.1 of "1.10", quoted or not (observed 2026-11-21). Dates with dots, which only some languages
// have, are left out: they would take in every version.
const number = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i
const grouped = /^-?\d{1,3}(?:,\d{3})+(?:\.\d*)?$/
const marked = /^(?:-?[$€£¥]\s?[\d.,]+|[\d.,]+\s?[%$€£¥]|\([\d.,]+\))$/
const fraction = /^-?\d+\s+\d+\/\d+$/
const month =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?'
const time = String.raw`\d{1,4}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?(?:\s*[ap]m?)?|\d{1,2}\s*[ap]m?`
const date = String.raw`\d{1,4}\s*[-/]\s*\d{1,4}(?:\s*[-/]\s*\d{1,4})?|(?:\d{1,4}[-/. ]*)?(?:${month})(?:[-/., ]*\d{1,4}){0,2}`
const moment = new RegExp(`^(?=.*\\d)(?:${date}|(?:(?:${date})\\s+)?(?:${time}))$`, 'i')
const truth = /^(?:true|false)$/i

const keptNumber = /^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/

/** A spreadsheet shows more digits as `1.23457E+11`. */
const mostDigits = 10

/**
 * What a cell of a table for spreadsheets holds: as `csvText`, and with `'` before a text that a spreadsheet would turn
 * into another value, such as the serial numbers 0012345, 1E5 and 10-Jan. Plain numbers that survive stay as they are.
 *
 * The sign is seen in the spreadsheet. The other ways are worse: `="0012345"` is a formula and needs one more reader that
 * knows it, an invisible sign makes texts differ that look the same, and without any the serial number is lost.
 */
export function spreadsheetText(text: string): string {
  const safe = csvText(text)
  return isTakenForValue(text) && !safe.startsWith("'") ? `'${safe}` : safe
}

/** One cell of a table for spreadsheets: its text, always quoted. */
export function spreadsheetCell(text: string): string {
  return quoted(spreadsheetText(text))
}

/** Whether a spreadsheet would show something else than this text. Digits of other widths count as digits there. */
function isTakenForValue(text: string): boolean {
  if (keptNumber.test(text) && text !== '-0' && text.replace(/\D/g, '').length <= mostDigits) return false
  if (text.length > longestValue) return /^[\s\d.,-]+$/.test(text)
  const plain = text.normalize('NFKC').trim()
  return [number, grouped, marked, fraction, moment, truth].some((form) => form.test(plain))
}

/** Dates and times are short; longer texts can only be numbers. */
const longestValue = 60
