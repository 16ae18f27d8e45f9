import { safeText } from './safe-text.js'

const special = /[\\|<>[\]!`*_#@&~$]/g
// GitHub turns bare addresses into links while it reads the source; a backslash inside the address stops that.
const address = /:(?=\/\/)|(?<=www)\./gi
const listStart = /^(?<mark>[-+=]|\d{1,9}(?=[.)]))/

/**
 * A text from data for a Markdown report: one line, shown as it is, no markup, no links. Line ends and invisible
 * characters have become `\u{…}` first, so the text fits in a table cell.
 */
export function markdownText(text: string): string {
  return safeText(text)
    .replace(special, '\\$&')
    .replace(address, '\\$&')
    .replace(listStart, (mark) => (/\d/.test(mark) ? `${mark}\\` : `\\${mark}`))
    .replace(/^ /, '&#32;')
}
