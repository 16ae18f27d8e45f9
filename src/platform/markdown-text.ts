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

/**
 * A value from data as a code span of Markdown: to be copied as it is, so nothing in it is escaped. Invisible characters
 * have become `\u{…}` first. In a table a `|` would still end the cell.
 * Rules: https://spec.commonmark.org/0.31.2/#code-spans (2026-11-21).
 */
export function codeSpan(text: string): string {
  const shown = safeText(text)
  // There is no empty code span.
  if (shown === '') return '(empty)'
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  // One blank on each side is taken off again, unless there are only blanks.
  const needsBlanks = /^`|`$|^ .* $/.test(shown) && /[^ ]/.test(shown)
  return needsBlanks ? `${fence} ${shown} ${fence}` : `${fence}${shown}${fence}`
}
