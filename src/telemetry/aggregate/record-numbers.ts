/** Sequences are whole numbers from 0 to this; a record with anything else counts as one without sequence. */
export const greatestSequence = 2 ** 31 - 1

/** A duration or count above this (31 years in milliseconds) is nonsense; below it sums stay exact in a Float64. */
const greatestAmount = 1e12

/** Time and observed time may differ so far. */
export const greatestSkew = 5 * 60_000

/** The sequence of a record, -1 where there is none that could be one. NaN stands for "not there". */
export function sequenceOf(value: number): number {
  // `| 0` also makes -0 the 0 that a database gives.
  return value >= 0 && value <= greatestSequence && Math.floor(value) === value ? value | 0 : -1
}

/**
 * What a duration or a count adds to a sum: whole, each rounded down, so that a database that rounds halves to even gives
 * the same. Absent (NaN), negative or above `greatestAmount`: 0. In SQL: if(x >= 0 AND x <= 1e12, floor(x), 0).
 */
export function amountOf(value: number): number {
  return value >= 0 && value <= greatestAmount ? Math.floor(value) : 0
}
