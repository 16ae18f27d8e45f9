import Table from 'cli-table3'
import widthOfText from 'string-width'
import { safeText } from '../platform/safe-text.js'
import type { Paint } from './paint.js'

export interface TextColumn {
  readonly head: string
  readonly align?: 'left' | 'right'
  /** The one column that gives way when the terminal is narrow; its text is wrapped. */
  readonly flexible?: boolean
}

export interface TextCell {
  readonly text: string
  readonly paint?: (text: string) => string
}

const gap = 2

/** Columns that a text takes; nearly all of it is plain ASCII, where that is its length. */
function stringWidth(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : widthOfText(text)
}
const narrowest = 12

/** A table without frames that fits the width; cells are made safe, so they may come straight from data. */
export function textTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly (string | TextCell)[])[],
  width: number,
  paint: Paint,
): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? { text: cell } : cell)))
  const safe = cells.map((row) => row.map(({ text }) => safeText(text)))
  const natural = columns.map((column, index) =>
    Math.max(stringWidth(column.head), ...safe.map((row) => stringWidth(row[index] ?? ''))),
  )
  const flexible = columns.findIndex((column) => column.flexible)
  if (flexible >= 0) {
    const others = natural.reduce((sum, columnWidth, index) => sum + (index === flexible ? 0 : columnWidth + gap), gap)
    natural[flexible] = Math.min(natural[flexible]!, Math.max(narrowest, width - others))
  }
  const table = new Table({
    chars: frameless,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
    colWidths: natural.map((columnWidth) => columnWidth + gap),
    colAligns: columns.map((column) => column.align ?? 'left'),
    wordWrap: true,
    wrapOnWordBoundary: false,
  })
  if (columns.some((column) => column.head !== '')) table.push(columns.map((column) => paint.faint(column.head)))
  for (const [line, row] of cells.entries()) {
    table.push(row.map((cell, index) => wrapped(safe[line]![index]!, natural[index]!, cell.paint ?? ((text) => text))))
  }
  return table
    .toString()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n')
}

/** Breaks a text at blanks, and words that are longer than the width anywhere; each line is painted by itself. */
function wrapped(text: string, width: number, paint: (text: string) => string): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`
    if (stringWidth(joined) <= width) {
      line = joined
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (stringWidth(line) > width) {
      const head = headOf(line, width)
      lines.push(head)
      line = line.slice(head.length)
    }
  }
  lines.push(line)
  return lines.map(paint).join('\n')
}

function headOf(text: string, width: number): string {
  let head = ''
  for (const letter of text) {
    if (stringWidth(head + letter) > width) break
    head += letter
  }
  if (head === '') return [...text][0]!
  // Paths break behind a slash where one is near the end of the line.
  const slash = head.lastIndexOf('/')
  return slash > head.length / 2 ? head.slice(0, slash + 1) : head
}

const frameless = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
}
