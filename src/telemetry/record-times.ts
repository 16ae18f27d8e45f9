import type { Sender } from './tables.js'

/** The first record of any signal of a sender; undefined where it has none. */
export function firstRecord({ first, firstPoint, firstSpan }: Sender): number | undefined {
  const times = [first, firstPoint, firstSpan].filter((time) => time > 0)
  return times.length === 0 ? undefined : Math.min(...times)
}

/** The last record of any signal of a sender; 0 where it has none. */
export function lastRecord({ last, lastPoint, lastSpan }: Sender): number {
  return Math.max(last, lastPoint, lastSpan)
}
