import type { NumberField } from '../../src/telemetry/fields.js'
import type { Example } from '../../src/telemetry/tables.js'
import type { RowSaid } from './telemetry-rows.js'

export type Cell = string | number
export type Group = readonly [RowSaid, ...RowSaid[]]

/** Every record once, those without session or sequence as they come; and all that is left out by that. */
export function firstOfEach(logs: readonly RowSaid[]): { readonly first: RowSaid[]; readonly copies: RowSaid[] } {
  const seen = new Set<string>()
  const [first, copies]: [RowSaid[], RowSaid[]] = [[], []]
  for (const row of logs) {
    const name = JSON.stringify([row.session, sequenceOf(row), row.at])
    const isCopy = row.session !== undefined && row.session !== '' && sequenceOf(row) >= 0 && seen.has(name)
    if (isCopy) copies.push(row)
    else first.push(row)
    seen.add(name)
  }
  return { first, copies }
}

/** -1 where there is none that could be one. */
export function sequenceOf({ sequence = -1 }: RowSaid): number {
  return Number.isInteger(sequence) && sequence >= 0 && sequence < 2 ** 31 ? sequence + 0 : -1
}

export function amountOf(row: RowSaid, field: NumberField): number {
  const value = row[field] ?? 0
  return value >= 0 && value <= 1e12 ? Math.floor(value) : 0
}

export function exampleOf(rows: readonly RowSaid[]): Example {
  const first = least(rows as Group, (row) => [row.at, row.session ?? '', sequenceOf(row), row.prompt ?? ''])
  return { session: first.session ?? '', sequence: sequenceOf(first), prompt: first.prompt ?? '', at: first.at }
}

/** The Monday of a time. */
export function weekOf(at: number): string {
  const day = new Date(at)
  day.setUTCHours(0, 0, 0, 0)
  while (day.getUTCDay() !== 1) day.setUTCDate(day.getUTCDate() - 1)
  return day.toISOString().slice(0, 10)
}

/** The day of a time. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

/** Sorted by key. */
export function groups<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => readonly Cell[],
): { readonly key: readonly Cell[]; readonly rows: readonly [Row, ...Row[]] }[] {
  const found = new Map<string, { key: readonly Cell[]; rows: [Row, ...Row[]] }>()
  for (const row of rows) {
    const key = keyOf(row)
    const group = found.get(JSON.stringify(key))
    if (group === undefined) found.set(JSON.stringify(key), { key, rows: [row] })
    else group.rows.push(row)
  }
  return [...found.values()].toSorted((a, b) => compareKeys(a.key, b.key))
}

export function least(rows: Group, keyOf: (row: RowSaid) => readonly Cell[]): RowSaid {
  return rows.reduce((best, row) => (compareKeys(keyOf(row), keyOf(best)) < 0 ? row : best))
}

function compareKeys(a: readonly Cell[], b: readonly Cell[]): number {
  for (const [index, cell] of a.entries()) {
    const order = compare(cell, b[index]!)
    if (order !== 0) return order
  }
  return 0
}

export function compare(a: Cell, b: Cell): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

export function failuresOf(rows: readonly RowSaid[]): number {
  return rows.filter(({ success }) => success === 'false').length
}
