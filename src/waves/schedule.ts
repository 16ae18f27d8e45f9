import { weekdays } from '../policy/waves.js'
import {
  addAvailableDays,
  availableDaysAfter,
  dayAfter,
  daysAfter,
  firstStart,
  type SkippedDay,
  sameCause,
  whyOf,
} from './calendar.js'
import type { Move } from './plan-document.js'
import type { CalendarRules } from './settings.js'

/** When a wave happens. */
export interface WaveDates {
  readonly start: string
  /** On which endpoints are attempted, the start among them. */
  readonly days: string[]
  readonly end: string
  /** The last day of the soak. */
  readonly soakUntil: string
  /**
   * What the rules have shifted: the start (one move for each run of days with the same obstacle), the last rollout day
   * and the last day of the soak (one move for each cause). Moves of the same `what` join, from the day it would have
   * been on a calendar without rules to the day it is.
   */
  readonly moved: Move[]
}

/**
 * The dates of waves, one after the other. `days`, at least 1, is how many rollout days a wave takes; it starts neither
 * before `notBefore` nor before the soak of the wave ahead is over. Throws `Failure` as `firstStart` and `nextAvailable` do.
 */
export function scheduleWaves(
  waves: readonly { readonly days: number; readonly notBefore?: string | undefined }[],
  start: string,
  rules: CalendarRules,
): readonly WaveDates[] {
  let earliest = start
  return waves.map(({ days, notBefore }) => {
    const first = startOf(earliest, notBefore, rules)
    const more = availableDaysAfter(first.day, days - 1, rules)
    const end = more.days.at(-1) ?? first.day
    const soak = availableDaysAfter(end, rules.soakDays, rules)
    const soakUntil = soak.days.at(-1) ?? end
    earliest = dayAfter(soakUntil)
    return {
      start: first.day,
      days: [first.day, ...more.days],
      end,
      soakUntil,
      moved: [...first.moved, ...movesByCause('rollout-day', first.day, more), ...movesByCause('soak-day', end, soak)],
    }
  })
}

/** The first allowed day, and no earlier one than was announced. */
function startOf(earliest: string, announced: string | undefined, rules: CalendarRules): ReturnType<typeof firstStart> {
  const first = firstStart(earliest, rules)
  if (announced === undefined || announced <= first.day) return first
  const { day, moved } = firstStart(announced, rules)
  const wait: Move = { what: 'start', from: first.day, to: announced, rule: 'announced', why: 'announced for that day' }
  return { day, moved: [...first.moved, wait, ...moved] }
}

/** The day on which an attempt of that day counts. Throws `Failure` as `nextAvailable` does. */
export function settledOn(day: string, rules: CalendarRules): string {
  return addAvailableDays(day, rules.soakDays, rules)
}

/** A calendar that only keeps the soak: no plan with these waves can be faster. */
export function withoutConstraints(rules: CalendarRules): CalendarRules {
  return { workingDays: weekdays, noStartOn: [], holidays: [], blackouts: [], soakDays: rules.soakDays }
}

/** A long wave crosses many weekends; what counts is how far all of them together have shifted its last day. */
function movesByCause(
  what: Move['what'],
  before: string,
  { days, skipped }: { readonly days: readonly string[]; readonly skipped: readonly SkippedDay[] },
): Move[] {
  const causes: SkippedDay[][] = []
  for (const one of skipped) {
    const cause = causes.find(([first]) => sameCause(first!, one))
    if (cause !== undefined) cause.push(one)
    else causes.push([one])
  }
  let from = daysAfter(before, days.length)
  return causes.map((cause) => {
    const move: Move = { what, from, to: daysAfter(from, cause.length), rule: cause[0]!.rule, why: whyOf(cause) }
    from = move.to
    return move
  })
}
