import { trimText } from '../../inventory/cell.js'
import { parseTimestamp } from '../../inventory/timestamp.js'
import { type TableField, type TableFormat, type TableHeader, tableFields } from '../source.js'

export type Delimiter = ',' | ';' | '\t' | '|'

/** How a table is written: what separates cells, and how many records stand before its header. */
export interface TableDialect {
  readonly delimiter: Delimiter
  readonly recordsBeforeHeader: number
}

/** Column names as they are compared: lower case, with blanks, underscores and hyphens alike. */
export function foldName(name: string): string {
  return trimText(name)
    .toLowerCase()
    .replace(/[\s_\u00a0-]+/gu, ' ')
}

export function tableHeader(names: readonly string[]): TableHeader {
  const folded = new Set(names.map(foldName))
  return { names, has: (...wanted) => wanted.every((name) => folded.has(foldName(name))) }
}

export type Columns = Readonly<Record<TableField, readonly number[]>>

/** The columns of each field, best first: the first name of the format that is there, then its fallbacks. */
export function findColumns(format: TableFormat, names: readonly string[]): Columns {
  const positions = new Map<string, number[]>()
  names.forEach((name, column) => {
    const folded = foldName(name)
    positions.set(folded, [...(positions.get(folded) ?? []), column])
  })
  const find = (field: TableField) =>
    (format.columns[field] ?? []).flatMap((name) => positions.get(foldName(name)) ?? [])
  return Object.fromEntries(tableFields.map((field) => [field, find(field)])) as unknown as Columns
}

/**
 * Whether the first rows look like what the header says. Some exports have their columns shifted by one, so that the
 * serial column holds addresses (a public Jamf mobile export, read 2026-11): better refused than read.
 */
export function shiftedColumn(
  format: TableFormat,
  names: readonly string[],
  rows: readonly (readonly string[])[],
): { readonly column: string; readonly example: string } | undefined {
  const columns = findColumns(format, names)
  const check = (field: TableField, isWrong: (text: string) => boolean) => {
    const column = columns[field][0]
    if (column === undefined) return undefined
    const cells = rows.map((row) => trimText(row[column] ?? '')).filter((cell) => cell !== '')
    const wrong = cells.filter(isWrong)
    // Half of at least three: a single odd cell is an odd cell.
    if (cells.length < 3 || wrong.length * 2 <= cells.length) return undefined
    return { column: names[column] ?? '', example: wrong[0] ?? '' }
  }
  const isAddressOrDate = (text: string) =>
    /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) || /^\d{4}-\d{2}-\d{2}[T ]/.test(text) || text.includes('@')
  const isNoDate = (text: string) => {
    const timestamp = parseTimestamp(text, 'day-first', Number.POSITIVE_INFINITY)
    return (
      timestamp.time === undefined && timestamp.problem === 'unreadable' && !/^(?:never|not |un|n\/a|-)/i.test(text)
    )
  }
  return check('serial', isAddressOrDate) ?? check('deviceId', isAddressOrDate) ?? check('lastSeen', isNoDate)
}
