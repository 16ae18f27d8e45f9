import { markdownTable } from '../../platform/markdown-table.js'
import { markdownText } from '../../platform/markdown-text.js'
import { safeText } from '../../platform/safe-text.js'
import { countText } from '../words.js'

/** Parts of a section, with a blank line between them; Markdown already. */
export type Blocks = readonly string[]

const longestCell = 160

/** A text from data as Markdown of one line, cut to a length that keeps a report short whatever the data is. */
export function shortText(text: string, most = longestCell): string {
  // Nothing gets shorter by being made safe, so what lies behind is not looked at. Half of a pair would be shown as such.
  const start = text.length <= most ? text : text.slice(0, most).replace(/[\u{d800}-\u{dbff}]$/u, '')
  const safe = safeText(start)
  if (start.length === text.length && safe.length <= most) return markdownText(safe)
  return markdownText(
    `${safe
      .slice(0, most - 1)
      .replace(/[\u{d800}-\u{dbff}]$/u, '')
      .trimEnd()}…`,
  )
}

/** The first rows of a table, and a line that says how many are left out; nothing without rows. */
export function boundedTable<Row>(
  head: readonly string[],
  rows: readonly Row[],
  most: number,
  cells: (row: Row) => readonly string[],
  more: (left: readonly Row[]) => string,
): Blocks {
  if (rows.length === 0) return []
  const left = rows.slice(most)
  return [markdownTable(head, rows.slice(0, most).map(cells)), ...(left.length > 0 ? [`And ${more(left)}.`] : [])]
}

/** `3 more files`, and of one `1 more file`. */
export function moreOf(left: readonly unknown[], noun: string): string {
  return `${countText(left.length)} more ${noun}${left.length === 1 ? '' : 's'}`
}
