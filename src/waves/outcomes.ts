import { Temporal } from 'temporal-polyfill'
import type { State } from '../readiness/verdict.js'
import type { Wave } from './plan-document.js'
import type { Outcomes } from './verdict-document.js'

/** What a newer scan says of one endpoint. */
export interface EndpointReport {
  readonly state: State
  readonly platform: string
  /** When the app list behind the state was taken, in milliseconds since 1970 UTC; undefined when that is not known. */
  readonly at?: number | undefined
  /** The last check-in. */
  readonly checkIn?: number | undefined
  /** Of the first reason, as in the scan. */
  readonly code?: string | undefined
}

/** A scan made after the plan: what the endpoints have become. */
export interface NewerScan {
  readonly asOf: string
  readonly digest: string
  /** As in the plan: of what the scan was judged by. */
  readonly rules: string
  readonly reports: ReadonlyMap<string, EndpointReport>
}

/** Why nothing is known of an endpoint since it was attempted. */
export const silences = ['missing', 'stale', 'unknown', 'no-report-since'] as const
export type Silence = (typeof silences)[number]

/** What has become of one endpoint of a wave. */
export type EndpointOutcome = 'succeeded' | 'failed' | 'pending' | 'withdrawn' | 'not-yet-attempted' | Silence

/** What a newer scan says of every endpoint of a wave, in the order they are attempted. */
export function outcomesOf(
  wave: Wave,
  { asOf, reports }: Pick<NewerScan, 'asOf' | 'reports'>,
): ReadonlyMap<string, EndpointOutcome> {
  const today = asOf.slice(0, 10)
  const soaking = isSoaking(wave, asOf)
  const offset = startOffset(wave)
  const outcomes = new Map<string, EndpointOutcome>()
  let at = 0
  // An endpoint that no day names is one of the last.
  for (const { date, endpoints } of [...wave.days, { date: wave.end, endpoints: wave.endpoints.length }]) {
    const attempted = Date.parse(date) + offset
    for (const id of wave.endpoints.slice(at, at + endpoints))
      outcomes.set(id, today < date ? 'not-yet-attempted' : outcomeOf(reports.get(id), attempted, soaking))
    at += endpoints
  }
  return outcomes
}

/** Whether the soak of a wave is not over yet: its last day lasts until midnight in the last of its time zones. */
export function isSoaking({ soakUntil, startsAt }: Pick<Wave, 'soakUntil' | 'startsAt'>, asOf: string): boolean {
  const ends = ['UTC', ...startsAt.map(({ timeZone }) => timeZone)].map((timeZone) => dayEnd(soakUntil, timeZone))
  return Date.parse(asOf) < Math.max(...ends)
}

/** No day ends later than in the zone that stands in for an unknown one. */
function dayEnd(day: string, timeZone: string): number {
  const next = Temporal.PlainDate.from(day).add({ days: 1 })
  try {
    return next.toZonedDateTime(timeZone).epochMilliseconds
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return next.toZonedDateTime('Etc/GMT+12').epochMilliseconds
  }
}

/**
 * Milliseconds from midnight UTC of the first day to the start in the last time zone, and so on every day of the wave. Which
 * zone an endpoint is in the plan does not say: what was seen before the last start proves nothing.
 */
function startOffset({ start, startsAt }: Wave): number {
  const midnight = Date.parse(start)
  return startsAt.length === 0 ? 0 : Math.max(...startsAt.map(({ at }) => Date.parse(at) - midnight))
}

/**
 * `ready` is a success once the endpoint was heard of since the attempt; a check-in will do, since it has what the wave
 * brings. Not ready counts only when that itself was seen since the attempt; and until the soak is over, the endpoint may just wait for a restart. An app list without a date (all
 * those of Intune) may be older than the attempt, whatever the check-in says: it neither proves a failure nor lets pass.
 */
function outcomeOf(report: EndpointReport | undefined, attempted: number, soaking: boolean): EndpointOutcome {
  const silence = silenceOf(report)
  if (report === undefined || silence !== undefined) return silence ?? 'missing'
  if (report.state === 'ready') return isHeardOfSince(report, attempted) ? 'succeeded' : 'no-report-since'
  if (isLeftOut(report)) return 'withdrawn'
  if (!isSince(report, attempted)) return 'no-report-since'
  return soaking || report.at === undefined ? 'pending' : 'failed'
}

/** Why a report says nothing: the endpoint is missing, or its state is not known. Undefined when it says something. */
export function silenceOf(report: EndpointReport | undefined): 'missing' | 'stale' | 'unknown' | undefined {
  if (report === undefined) return 'missing'
  return report.state === 'stale' || report.state === 'unknown' ? report.state : undefined
}

/**
 * Whether an endpoint is known not to be ready. A policy that does not want Claude Desktop everywhere excludes whoever
 * lacks it; an endpoint that had it and lost it has failed all the same, and would else vanish from the numbers.
 */
export function isNotReady({ state, code }: EndpointReport): boolean {
  if (state === 'excluded') return code === 'not-installed'
  return state === 'install' || state === 'upgrade' || state === 'repair'
}

/** Whether a report was taken at that time or later; a check-in stands in for the date of an app list that has none. */
export function isSince({ at, checkIn }: EndpointReport, time: number): boolean {
  const seen = at ?? checkIn
  return seen !== undefined && seen >= time
}

/** Whether an endpoint was heard of at that time or later, be it by its app list or by a check-in. */
export function isHeardOfSince({ at, checkIn }: EndpointReport, time: number): boolean {
  return [at, checkIn].some((seen) => seen !== undefined && seen >= time)
}

/** Whether the policy leaves an endpoint out: it is no loss, and says nothing. */
export function isLeftOut(report: EndpointReport | undefined): boolean {
  return report?.state === 'excluded' && !isNotReady(report)
}

/** Counts outcomes. Withdrawn endpoints, and those not yet attempted, are no attempts. */
export function countOutcomes(outcomes: Iterable<EndpointOutcome>): Outcomes {
  const counts = { attempted: 0, reported: 0, succeeded: 0, failed: 0, pending: 0 }
  for (const outcome of outcomes) {
    if (outcome === 'withdrawn' || outcome === 'not-yet-attempted') continue
    counts.attempted += 1
    if (outcome !== 'succeeded' && outcome !== 'failed' && outcome !== 'pending') continue
    counts.reported += 1
    counts[outcome] += 1
  }
  return counts
}
