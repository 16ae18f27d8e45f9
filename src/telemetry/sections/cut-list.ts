import * as z from 'zod'

/** The most rows of a list in the document; its true length stands beside it. */
export const mostRows = 200

/** A list that is cut: the first rows, and how many there are in all. */
export function cutOf<Row extends z.ZodType>(row: Row) {
  return z.object({ of: z.int().min(0), rows: z.array(row).max(mostRows) })
}

/** The first rows of a list that is already in its order. */
export function cutList<Row>(rows: readonly Row[]): { of: number; rows: Row[] } {
  return { of: rows.length, rows: rows.slice(0, mostRows) }
}

/** A share in percent with one decimal, rounded down; null of nothing. */
export function percentOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.floor((part * 1000) / whole) / 10
}
