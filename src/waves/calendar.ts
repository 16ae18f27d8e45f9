import { Temporal } from 'temporal-polyfill'
import { exitCode, Failure } from '../platform/failure.js'
import { type Blackout, type Weekday, weekdays } from '../policy/waves.js'
import type { Move } from './plan-document.js'
import type { CalendarRules } from './settings.js'

/** Why nothing may happen, or no wave may start, on a day. */
export interface DayObstacle {
  readonly rule: Move['rule']
  readonly why: string
}

/** An obstacle before it is worded: one sentence may speak of several days. */
interface Cause {
  readonly rule: Move['rule']
  /** Of the blackout. */
  readonly reason?: string
}

/** A day that was passed over. */
export interface SkippedDay extends Cause {
  readonly day: string
}

interface Found {
  readonly day: string
  /** The days before it. */
  readonly skipped: readonly SkippedDay[]
}

/** Whoever asks for a day further away than this has closed the calendar by mistake. */
const horizonDays = 3653

/** Rules do not change, and a long plan asks for the same day thousands of times. */
const knownAvailable = new WeakMap<CalendarRules, Map<string, Found>>()
const knownDays = new Map<string, { readonly next: string; readonly weekday: Weekday }>()

/** The next day of the calendar. Throws `RangeError` if the text is no ISO day. */
export function dayAfter(day: string): string {
  return dayOf(day).next
}

/** The day that is so many days of the calendar later. */
export function daysAfter(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString()
}

/** Why a day is not available for rollout or soak; undefined when it is. */
export function obstacleOf(day: string, rules: CalendarRules): DayObstacle | undefined {
  return worded(day, causeOf(day, rules))
}

/**
 * Why no wave may start on a day; undefined when one may. A wave that starts on the last working day before a blackout
 * would meet its first problems when nobody may act on them.
 */
export function startObstacleOf(day: string, rules: CalendarRules): DayObstacle | undefined {
  return worded(day, startCauseOf(day, rules))
}

/** The day itself, or the first later one, that is available. Throws `Failure` (`no-available-day`) if ten years have none. */
export function nextAvailable(day: string, rules: CalendarRules): string {
  return searchAvailable(day, rules).day
}

/** So many available days later; the day itself for none. Throws as `nextAvailable` does. */
export function addAvailableDays(day: string, count: number, rules: CalendarRules): string {
  return availableDaysAfter(day, count, rules).days.at(-1) ?? day
}

/** The next so many available days after a day, and the days that were passed over. Throws as `nextAvailable` does. */
export function availableDaysAfter(
  day: string,
  count: number,
  rules: CalendarRules,
): { readonly days: string[]; readonly skipped: readonly SkippedDay[] } {
  const days: string[] = []
  const skipped: SkippedDay[] = []
  let last = day
  while (days.length < count) {
    const found = searchAvailable(dayAfter(last), rules)
    skipped.push(...found.skipped)
    days.push(found.day)
    last = found.day
  }
  return { days, skipped }
}

/**
 * The day itself, or the first later one, on which a wave may start. `moved` leads there, one move for each run of days
 * with the same obstacle. Throws `Failure` (`no-start-day`) if ten years have no such day.
 */
export function firstStart(day: string, rules: CalendarRules): { readonly day: string; readonly moved: Move[] } {
  const { day: start, skipped } = search(day, rules, startCauseOf)
  if (start === undefined)
    throw closed('no-start-day', 'No day within ten years allows a wave to start.', day, rules, startCauseOf)
  const runs: SkippedDay[][] = []
  for (const one of skipped) {
    const run = runs.at(-1)
    if (run !== undefined && sameCause(run[0]!, one)) run.push(one)
    else runs.push([one])
  }
  const moved = runs.map((run): Move => {
    return { what: 'start', from: run[0]!.day, to: dayAfter(run.at(-1)!.day), rule: run[0]!.rule, why: whyOf(run) }
  })
  return { day: start, moved }
}

/** Whether two days were passed over for the same reason. */
export function sameCause(one: SkippedDay, other: SkippedDay): boolean {
  return one.rule === other.rule && one.reason === other.reason
}

/** One sentence for days, at least one, that were passed over for the same reason. */
export function whyOf(skipped: readonly SkippedDay[]): string {
  const { rule, reason } = skipped[0]!
  if (rule === 'holiday') return skipped.length === 1 ? 'holiday' : `${skipped.length} holidays`
  if (rule === 'blackout') return `blackout: ${reason}`
  if (rule === 'day-before-blackout') return `last working day before the blackout: ${reason}`
  const met = new Set(skipped.map(({ day }) => weekdayOf(day)))
  const names = weekdays.filter((weekday) => met.has(weekday)).map((name) => name[0]!.toUpperCase() + name.slice(1))
  const list = new Intl.ListFormat('en-GB').format(names)
  if (rule === 'no-start-day') return `no start on ${list}`
  return names.length === 1 ? `${list} is no working day` : `${list} are no working days`
}

function worded(day: string, cause: Cause | undefined): DayObstacle | undefined {
  return cause && { rule: cause.rule, why: whyOf([{ day, ...cause }]) }
}

function weekdayOf(day: string): Weekday {
  return dayOf(day).weekday
}

function dayOf(day: string): { readonly next: string; readonly weekday: Weekday } {
  const before = knownDays.get(day)
  if (before !== undefined) return before
  const date = Temporal.PlainDate.from(day)
  const found = { next: date.add({ days: 1 }).toString(), weekday: weekdays[date.dayOfWeek - 1]! }
  knownDays.set(day, found)
  return found
}

/** A blackout comes first, so that it is one obstacle and not a row of them with weekends between. */
function causeOf(day: string, rules: CalendarRules): Cause | undefined {
  const blackout = blackoutOn(day, rules)
  if (blackout !== undefined) return { rule: 'blackout', reason: blackout.reason }
  if (!rules.workingDays.includes(weekdayOf(day))) return { rule: 'working-week' }
  if (rules.holidays.includes(day)) return { rule: 'holiday' }
  return undefined
}

/** Where blackouts overlap, the one that lasts longest. */
function blackoutOn(day: string, rules: CalendarRules): Blackout | undefined {
  let longest: Blackout | undefined
  for (const blackout of rules.blackouts)
    if (blackout.from <= day && day <= blackout.to && (longest === undefined || blackout.to > longest.to))
      longest = blackout
  return longest
}

function startCauseOf(day: string, rules: CalendarRules): Cause | undefined {
  const cause = causeOf(day, rules)
  if (cause !== undefined) return cause
  if (rules.noStartOn.includes(weekdayOf(day))) return { rule: 'no-start-day' }
  const blackout = blackoutOnNextWorkingDay(day, rules)
  return blackout && { rule: 'day-before-blackout', reason: blackout.reason }
}

function blackoutOnNextWorkingDay(day: string, rules: CalendarRules): Blackout | undefined {
  if (rules.blackouts.every(({ to }) => to <= day)) return undefined
  let next = dayAfter(day)
  for (let looked = 0; looked < horizonDays; looked++, next = dayAfter(next))
    if (rules.workingDays.includes(weekdayOf(next)) && !rules.holidays.includes(next)) return blackoutOn(next, rules)
  return undefined
}

type FindCause = (day: string, rules: CalendarRules) => Cause | undefined

function searchAvailable(day: string, rules: CalendarRules): Found {
  const known = knownAvailable.get(rules) ?? new Map<string, Found>()
  knownAvailable.set(rules, known)
  const before = known.get(day)
  if (before !== undefined) return before
  const { day: found, skipped } = search(day, rules, causeOf)
  if (found === undefined)
    throw closed('no-available-day', 'No day within ten years is available.', day, rules, causeOf)
  known.set(day, { day: found, skipped })
  return { day: found, skipped }
}

/** The first day without an obstacle, and the days before it. */
function search(day: string, rules: CalendarRules, find: FindCause): { day?: string; skipped: readonly SkippedDay[] } {
  const skipped: SkippedDay[] = []
  for (let at = day; skipped.length < horizonDays; at = dayAfter(at)) {
    const cause = find(at, rules)
    if (cause === undefined) return { day: at, skipped }
    skipped.push({ day: at, ...cause })
  }
  return { skipped }
}

/** Names the settings of which one alone stands in the way; all that may, if it takes more than one. */
function closed(code: string, message: string, day: string, rules: CalendarRules, find: FindCause): Failure {
  const advice: readonly { readonly loosened: CalendarRules; readonly tryThis: string }[] = [
    {
      loosened: { ...rules, blackouts: [] },
      tryThis: 'waves.blackouts: let them end earlier, or leave working days between them.',
    },
    { loosened: { ...rules, noStartOn: [] }, tryThis: 'waves.noStartOn: leave out a working day.' },
    { loosened: { ...rules, workingDays: weekdays }, tryThis: 'waves.workingDays: add a day.' },
    { loosened: { ...rules, holidays: [] }, tryThis: 'waves.holidays: leave out days that are none.' },
  ]
  const enough = advice.filter(({ loosened }) => search(day, loosened, find).day !== undefined)
  return new Failure(exitCode.usage, code, message, {
    tryThis: (enough.length > 0 ? enough : advice).map(({ tryThis }) => tryThis),
  })
}
