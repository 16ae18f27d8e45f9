import { safeText } from './safe-text.js'

// Excel skips blanks and invisible characters before it decides that a cell is a formula, and takes the full-width
// and small forms of the four signs too (https://owasp.org/www-community/attacks/CSV_Injection).
const formula =
  /^[\s\p{Cc}\p{Cf}\u{115f}\u{1160}\u{2800}\u{3164}\u{ffa0}]*[=+\-@\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}\u{fe66}\u{fe62}\u{fe63}\u{fe6b}]/u
// Where lists are separated by semicolons, as in Germany, Excel splits a comma file at `;` and at line ends, because it
// then sees the quotes in the middle of a cell: what follows can become a formula.
const innerFormula =
  /(?<=[;\n])(?=["\p{Zs}\p{Cf}\u{115f}\u{1160}\u{2800}\u{3164}\u{ffa0}]*[=+\-@\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}\u{fe66}\u{fe62}\u{fe63}\u{fe6b}])/gu
const lineStart = /^[\t\r\n]/
const plainNumber = /^-?\d{1,30}(?:\.\d{1,30})?$/

/** Puts `'` before a text that a spreadsheet would run as a formula; a plain number such as `-12.5` stays as it is. */
export function guardFormula(text: string): string {
  if (plainNumber.test(text)) return text
  return lineStart.test(text) || formula.test(text) ? `'${text}` : text
}

/**
 * What a cell of a CSV report holds: safe to show, with `'` wherever a spreadsheet could find a formula. Line breaks are
 * kept, because a quoted cell may hold them; all else that acts or hides becomes `\u{…}`.
 */
export function csvText(text: string): string {
  const shown = text.split(/\r?\n/).map(safeText).join('\n')
  return guardFormula(shown).replace(innerFormula, "'")
}

/** One cell of a CSV report: its text, always quoted. */
export function csvCell(text: string): string {
  return quoted(csvText(text))
}

/** A text as one cell of a CSV file, whatever it holds. */
export function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}
