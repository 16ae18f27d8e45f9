import Table from 'cli-table3'
import widthOfText from 'string-width'
import { safeText } from '../platform/safe-text.js'
import type { Paint } from './paint.js'

export interface TextColumn {
  readonly head: string
  readonly align?: 'left' | 'right'
  /** The one column that gives way when the terminal is narrow; its text is wrapped. */
  readonly flexible?: boolean
  /** A column that people copy from, such as ids: it is never wrapped. */
  readonly whole?: boolean
}

export interface TextCell {
  readonly text: string
  readonly paint?: (text: string) => string
}

const gap = 2
const narrowest = 12

/** Columns that a text takes; nearly all of it is plain ASCII, where that is its length. */
function stringWidth(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : widthOfText(text)
}

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
  const widths = fittingWidths(natural, columns, width - gap)
  const table = new Table({
    chars: frameless,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
    colWidths: widths.map((columnWidth) => columnWidth + gap),
    colAligns: columns.map((column) => column.align ?? 'left'),
  })
  // One row a line: cli-table3 looks at the whole text of a cell each time it draws a line of it, in time that grows with
  // the cube of its length (0.6.5, measured 2026-11-21: 600 emoji in one cell take 4 s).
  const add = (lines: readonly (readonly string[])[]) => {
    const height = Math.max(...lines.map(({ length }) => length))
    for (let line = 0; line < height; line++) table.push(lines.map((cell) => cell[line] ?? ''))
  }
  if (columns.some((column) => column.head !== ''))
    add(columns.map((column, index) => wrapped(column.head, widths[index]!, paint.faint)))
  for (const [line, row] of cells.entries())
    add(row.map((cell, index) => wrapped(safe[line]![index]!, widths[index]!, cell.paint ?? ((text) => text))))
  return table
    .toString()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n')
}

/**
 * Widths that fit: the flexible column gives way down to a third of the line, then whichever text column is the widest.
 * Columns of numbers and of ids keep theirs.
 */
function fittingWidths(natural: readonly number[], columns: readonly TextColumn[], width: number): number[] {
  const widths = [...natural]
  const over = () => widths.reduce((sum, columnWidth) => sum + columnWidth + gap, 0) - gap - width
  const flexible = columns.findIndex((column) => column.flexible)
  if (flexible >= 0 && over() > 0)
    widths[flexible] = Math.min(
      widths[flexible]!,
      Math.max(narrowest, Math.floor(width / 3), widths[flexible]! - over()),
    )
  while (over() > 0) {
    const text = widths.map((columnWidth, index) => {
      const keeps = columns[index]?.align === 'right' || columns[index]?.whole || index === flexible
      return keeps ? 0 : columnWidth
    })
    const widest = text.indexOf(Math.max(...text))
    if (text[widest]! <= narrowest) break
    widths[widest]! -= 1
  }
  if (flexible >= 0 && over() > 0) widths[flexible] = Math.max(narrowest, widths[flexible]! - over())
  return widths
}

/** A text from data as indented lines that fit the width. */
export function textLines(
  text: string,
  width: number,
  indent: number,
  paint: (text: string) => string = (line) => line,
): string {
  return wrapped(safeText(text), Math.max(narrowest, width - indent), paint)
    .map((line) => `${' '.repeat(indent)}${line}`)
    .join('\n')
}

/** Breaks a text at blanks, and words that are longer than the width anywhere; each line is painted by itself. */
function wrapped(text: string, width: number, paint: (text: string) => string): string[] {
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
  return lines.map(paint)
}

function headOf(text: string, width: number): string {
  let head = ''
  for (const letter of text) {
    if (stringWidth(head + letter) > width) break
    head += letter
  }
  if (head === '') return [...text][0]!
  // Names of files break behind a sign that parts their words, where one is near the end of the line.
  const sign = Math.max(...['/', '-', '_', '.', ' '].map((parting) => head.lastIndexOf(parting)))
  return sign > head.length / 2 ? head.slice(0, sign + 1) : head
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
