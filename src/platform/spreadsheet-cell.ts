import { csvText, quoted } from './csv-cell.js'

// What spreadsheets take for something else than text when they open a CSV file, quoted or not. Tried with LibreOffice
// 7.4.7 on 2026-11-21, in English: 0012345 became 12345, 1E5 100000, 1.10 1.1; in German: 2.1.34 and 1.1.4173 became
// days (2 January 2034), 2.1.10000 too, 10.100.200.100 the number 10100200100, Dez 12 a month, WAHR a truth value; in
// Hungarian 12.30 and 12345.1.1 became days. Excel in German takes 9.10 for a day
// (https://github.com/ApamaCommunity/apama-log-analyzer/issues/5, read on 2026-11-21).

/** Digits, and what groups and divides them in some language: numbers, days such as 2.1.34, and versions. */
const digits = /^[-+]?(?=[^\d]*\d)[\d.,\s'’]+[-+]?$/
const plainInteger = /^(?:0|-?[1-9]\d*)$/
/** No day has four parts; groups of three digits are a number. */
const fourParts = /^\d+(?:\.\d+){3,}$/
const groupsOfThree = /^\d{1,3}(?:\.\d{3})+$/
const exponent = /^[-+]?[\d.,]*\d[.,]?e[+-]?[\d.,]+$/i
const marked = /^(?:[-+]?[$€£¥]\s?[-+\d.,]+|[-+]?[\d.,\s]+[-+]?\s*[%$€£¥]|\([\d.,\s]+\))$/
const fraction = /^-?\d+\s+\d+\/\d+$/
const month =
  'jan(?:uary?)?|feb(?:ruary?)?|mar(?:ch)?|märz|mrz|apr(?:il)?|mai|may|jun[ei]?|jul[iy]?|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?'
const weekday =
  '(?:mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)[.,]*\\s+'
const time = String.raw`\d+\s*:[\d:\s]*(?:[.,]\d+)?(?:\s*[ap]m?)?|\d{1,2}\s*[ap]|[\d.,]+\s*[ap]m`
const date = String.raw`(?:${weekday})?(?:\d{1,5}\s*[-/.]\s*\d{1,5}(?:\s*[-/.]\s*\d{1,5})?\.?|(?:\d{1,5}[-/., ]*)?(?:${month})(?:[-/., ]*\d{1,5}){0,2}[-/., ]*)`
const moment = new RegExp(`^(?:${date}|(?:(?:${date})\\s+)?(?:${time}))$`, 'i')
const truth = /^(?:true|false|wahr|falsch)$/i

/** A spreadsheet shows more digits as `1.23457E+11`. */
const mostDigits = 10

/**
 * What a cell of a table for spreadsheets holds: as `csvText`, and with `'` before a text that Excel or LibreOffice, set
 * to English or German, would turn into another value: serial numbers such as 0012345, 1E5 and 10-Jan, and every version
 * of up to three parts (2.1.34 is a day where days have dots, 26.1 is one or a number). Not only those that are a day:
 * a column in which 2.1.34 has the sign and 2.0.34 has none is harder to filter than one in which all have it. Whole
 * numbers and versions of four parts stay as they are.
 *
 * The sign is seen in the spreadsheet. The other ways are worse: `="0012345"` is a formula and needs one more reader that
 * knows it, an invisible sign makes texts differ that look the same, and without any the serial number is lost.
 */
export function spreadsheetText(text: string): string {
  const safe = csvText(text)
  return isTakenForValue(text) && !safe.startsWith("'") ? `'${safe}` : safe
}

/** One cell of a table for spreadsheets, always quoted: a text as `spreadsheetText` has it, a number as a number. */
export function spreadsheetCell(value: string | number): string {
  return quoted(typeof value === 'number' ? String(value) : spreadsheetText(value))
}

/** Whether a spreadsheet would show something else than this text. Digits of other widths count as digits there. */
function isTakenForValue(text: string): boolean {
  if (plainInteger.test(text) && text.replace('-', '').length <= mostDigits) return false
  const plain = text.normalize('NFKC').trim()
  if (digits.test(plain)) return !fourParts.test(plain) || groupsOfThree.test(plain)
  if (plain.length > longestMoment) return false
  if (!/\d/.test(plain)) return truth.test(plain)
  return [exponent, marked, fraction, moment].some((form) => form.test(plain))
}

/** Longer texts can only be numbers. */
const longestMoment = 60
