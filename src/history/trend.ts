import * as z from 'zod'
import { states } from '../readiness/verdict.js'
import type { SnapshotHead } from './snapshot.js'
import { sameSources } from './source-names.js'

const count = z.int().min(0)

/** Coverage on a day that has been: the last snapshot of each day, in order of days. */
export const TrendPoint = z.object({
  /** `2026-11-20`, the day the scan judged for. */
  date: z.iso.date(),
  ready: count,
  inScope: count,
  percent: z.number().nullable(),
  states: z.record(z.enum(states), count),
  /** Judged by another policy than the point before. */
  policyChanged: z.boolean(),
  /** Read from other files or formats than the point before, or with evidence where that had none, or without. */
  sourcesChanged: z.boolean(),
  /** The scan itself warned that its numbers may be incomplete: see `strictWarnings` of the run. */
  incomplete: z.boolean(),
})
export type TrendPoint = Readonly<z.infer<typeof TrendPoint>>

/**
 * Coverage day by day, from snapshots in the order of the file: of each day the last one that was recorded, days ascending.
 * `current`, the scan that a report is about, is the last point: it takes the place of its day, and what was judged for
 * later days is left out.
 */
export function trendOf(heads: readonly SnapshotHead[], current?: SnapshotHead | undefined): TrendPoint[] {
  const lastOfDay = new Map<string, SnapshotHead>()
  for (const head of heads) if (current === undefined || dayOf(head) < dayOf(current)) lastOfDay.set(dayOf(head), head)
  if (current !== undefined) lastOfDay.set(dayOf(current), current)
  const days = [...lastOfDay.keys()].sort()
  return days.map((date, index) => {
    const head = lastOfDay.get(date)!
    const before = index === 0 ? undefined : lastOfDay.get(days[index - 1]!)
    const { ready, inScope } = head.coverage
    return {
      date,
      ready,
      inScope: inScope.of,
      percent: inScope.percent,
      states: head.states,
      policyChanged: before !== undefined && before.policy.digest !== head.policy.digest,
      sourcesChanged: before !== undefined && !sameSources(before, head),
      incomplete: head.strictWarnings.length > 0,
    }
  })
}

/** The day that a scan judged for, in UTC. */
export function dayOf({ asOf }: Pick<SnapshotHead, 'asOf'>): string {
  return asOf.slice(0, 10)
}
