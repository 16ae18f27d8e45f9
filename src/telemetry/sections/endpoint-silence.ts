import { isoTime } from '../../platform/clock.js'
import { Evidence } from '../../policy/evidence.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import type { DayCount } from '../tables.js'
import type { EvidenceView } from '../view.js'

const day = 86_400_000

/** When silence begins to count, and whether the data can tell it. */
export interface SilenceRule {
  readonly days: number
  /** A record from here on is recent. */
  readonly recent: number
  /** Why silence cannot be told of anybody. */
  readonly cannotTell?: string | undefined
  /** Why silence of one surface cannot be told. */
  cannotTellOf(service: string): string | undefined
}

/**
 * A day on which nobody works has no records, and nobody has stopped then. Four in a row are usual: Thanksgiving, Easter
 * and Christmas with their weekends. More than that is a holiday of the whole company or data that is not there, and
 * either way nobody could have reported. Where few days make silence, a third of them is the most.
 */
const mostEmptyDays = 4
/** A day with less than this share of an ordinary day is empty: some clock is always wrong. */
const leastShare = 0.01

/**
 * Silence can be told only where the log records of everybody cover the days from `recent` to `asOf`: there are some on a
 * day before or of `recent`, and no more empty days in a row than is usual, up to `asOf`. Of a surface, its own log records
 * must.
 */
export function silenceRule({ policy, asOf, since, until, tables }: EvidenceView): SilenceRule {
  const days = (policy.policy.evidence ?? Evidence.parse({})).silentAfterDays
  const recent = asOf - days * day
  const period = { recent, asOf, mostEmpty: Math.min(mostEmptyDays, Math.floor(days / 3)) }
  const ofWindow = since > recent ? 'the window begins later' : until < asOf ? 'the window ends earlier' : undefined
  const cannotTell = ofWindow ?? gapOf(tables.days, period)
  const byService = new Map<string, string | undefined>()
  return {
    days,
    recent,
    cannotTell,
    cannotTellOf: (service) =>
      ofWindow ??
      getOrAdd(byService, service, () =>
        gapOf(
          tables.days.filter((row) => row.service === service),
          period,
        ),
      ),
  }
}

interface Period {
  readonly recent: number
  readonly asOf: number
  readonly mostEmpty: number
}

/** What is missing from the days of a period, or undefined where they cover it. */
function gapOf(rows: readonly DayCount[], { recent, asOf, mostEmpty }: Period): string | undefined {
  const first = dayOf(recent)
  // A window that ends at midnight has nothing of the day that begins then.
  const end = dayOf(asOf - 1)
  const used = usualDays(rows).filter((number) => number <= end)
  if (used.length === 0 || used.at(-1)! < first) return 'no record of anybody in those days'
  const from = used.findLastIndex((number) => number <= first)
  if (from === -1) return 'the first record of anybody is later'
  for (const [index, number] of used.slice(from).entries()) {
    const next = used[from + index + 1] ?? end + 1
    if (next - number - 1 <= mostEmpty) continue
    const last = Math.min(next - 1, end)
    return `next to no records of anybody from ${dateOf(number + 1)} to ${dateOf(last)}`
  }
  return undefined
}

/** The days that are not empty, by their number, rising. */
function usualDays(rows: readonly DayCount[]): readonly number[] {
  const events = new Map<number, number>()
  for (const { day: date, events: more } of rows) {
    const number = dayOf(Date.parse(date))
    events.set(number, (events.get(number) ?? 0) + more)
  }
  const least = ordinaryDay([...events.values()]) * leastShare
  return [...events]
    .filter(([, count]) => count > 0 && count >= least)
    .map(([number]) => number)
    .sort((a, b) => a - b)
}

/** The size of the day on which the middle one of all records lies: a few machines with a wrong clock do not move it. */
function ordinaryDay(counts: readonly number[]): number {
  const half = counts.reduce((sum, count) => sum + count, 0) / 2
  let sum = 0
  for (const count of [...counts].sort((a, b) => a - b)) {
    sum += count
    if (sum >= half) return count
  }
  return 0
}

function dayOf(time: number): number {
  return Math.floor(time / day)
}

function dateOf(number: number): string {
  return isoTime(number * day).slice(0, 10)
}
