import { endianness } from 'node:os'

/** A list of pairs of 32-bit numbers that sorts by the high one, then by the low one. */
export interface SortablePairs {
  readonly put: (index: number, high: number, low: number) => void
  readonly high: (index: number) => number
  readonly low: (index: number) => number
  /** Sorts those from `from` up to, not including, `to`. */
  readonly sort: (from: number, to: number) => void
}

/** As many pairs of zeros; sorted as 64-bit numbers, which V8 does without calling back for every comparison. */
export function sortablePairs(length: number): SortablePairs {
  const whole = new BigUint64Array(length)
  const halves = new Uint32Array(whole.buffer)
  const highHalf = endianness() === 'LE' ? 1 : 0
  return {
    put(index, high, low) {
      halves[2 * index + highHalf] = high
      halves[2 * index + 1 - highHalf] = low
    },
    high: (index) => halves[2 * index + highHalf]!,
    low: (index) => halves[2 * index + 1 - highHalf]!,
    sort(from, to) {
      whole.subarray(from, to).sort()
    },
  }
}
