import { getOrAdd } from '../../readiness/get-or-add.js'
import type { DayCount } from '../tables.js'

const day = 86_400_000
const week = 7 * day
/** The first Monday of the epoch, 1970-01-05; ISO weeks begin on Mondays (ISO 8601, https://en.wikipedia.org/wiki/ISO_week_date). */
const firstMonday = 4 * day

/** The Monday of the week of a moment, in milliseconds, UTC. */
export function mondayOf(time: number): number {
  return Math.floor((time - firstMonday) / week) * week + firstMonday
}

/** `2026-11-16`, as tables name a week. */
export function weekName(monday: number): string {
  return new Date(monday).toISOString().slice(0, 10)
}

export function weekStart(name: string): number {
  return Date.parse(`${name}T00:00:00Z`)
}

/** The Monday of the last week that had ended by a moment. */
export function lastCompleteWeek(time: number): number {
  return mondayOf(time) - week
}

/** The Mondays from one to before another. */
export function mondaysBetween(from: number, before: number): number[] {
  const mondays: number[] = []
  for (let monday = from; monday < before; monday += week) mondays.push(monday)
  return mondays
}

/**
 * No fleet rests for longer, so that days before such a hole are of clocks that are wrong, or of a collection that was
 * interrupted: neither tells what is usual now.
 */
const longestHole = 28 * day
/** A day counts from this share of what its weekday usually has: a clock that is fast must not fill days after the end of the data. */
const leastOfUsual = 1 / 20
/** The first or last day is believed to be whole from this share on. */
const leastOfWhole = 1 / 2

interface DaySpan {
  /** Midnight of the first and last day, UTC. */
  readonly first: number
  readonly last: number
}

/** Which weeks the records cover. One wrong clock must neither stretch the data nor make a week look full. */
export interface CoveredWeeks {
  /** The days that hang together with the last one; undefined without any record. */
  readonly span: DaySpan | undefined
  /** Whether somebody's records cover a week, of a Monday, from its first working day to its last. */
  covers(monday: number): boolean
  /** When the records of one service began, in the days that hang together. */
  firstDayOf(service: string): number | undefined
  /** Whether a day is no later than the first working day of a week. */
  startsBy(first: number, monday: number): boolean
}

/**
 * From the days with records of anybody. A working day is one with records in more than half of the weeks. A week is
 * covered when the records begin by its first working day and go on to its last, and when it has as many days with
 * records as half of the weeks have, or one fewer, for a holiday.
 */
export function coveredWeeks(days: readonly DayCount[]): CoveredWeeks {
  const all = usualDaysOf(days)
  const weeks = new Map<number, Set<number>>()
  for (const { start } of all) getOrAdd(weeks, mondayOf(start), () => new Set<number>()).add(weekdayOf(start))
  // Of the last week nobody knows whether it has ended.
  const lastMonday = mondayOf(all.at(-1)?.start ?? 0)
  const ended = [...weeks].filter(([monday]) => weeks.size === 1 || monday !== lastMonday).map(([, each]) => each)
  const usualDays = upperMedian(ended.map(({ size }) => size))
  const working = weekdays.filter((weekday) => ended.filter((each) => each.has(weekday)).length * 2 > ended.length)
  const span = withoutTornEnds(all)
  const startsBy = (first: number, monday: number) => first <= monday + (working[0] ?? 0) * day
  return {
    span,
    covers: (monday) =>
      span !== undefined &&
      startsBy(span.first, monday) &&
      span.last >= monday + (working.at(-1) ?? 0) * day &&
      (weeks.get(monday)?.size ?? 0) >= Math.max(1, usualDays - 1),
    firstDayOf: (service) =>
      daysWithRecords(days.filter((each) => each.service === service && isIn(span, each)))[0]?.start,
    startsBy,
  }
}

const weekdays = [0, 1, 2, 3, 4, 5, 6]

/** 0 is Monday. */
function weekdayOf(start: number): number {
  return (start - mondayOf(start)) / day
}

interface Day {
  readonly start: number
  readonly events: number
}

/** Those with no longer hole between them and the last, oldest first. */
function daysWithRecords(days: readonly DayCount[]): readonly Day[] {
  const found = new Map<number, number>()
  for (const each of days) {
    const start = weekStart(each.day)
    if (each.events > 0) found.set(start, (found.get(start) ?? 0) + each.events)
  }
  const all = [...found].map(([start, events]) => ({ start, events })).sort((a, b) => a.start - b.start)
  const before = all.findLastIndex(({ start }, index) => index > 0 && start - all[index - 1]!.start > longestHole)
  return before < 0 ? all : all.slice(before)
}

function usualDaysOf(days: readonly DayCount[]): readonly Day[] {
  const all = daysWithRecords(days)
  const reaches = comparison(all)
  return all.filter((one) => reaches(one, leastOfUsual))
}

/** Tells whether a day has at least a share of the records that are usual on its weekday. */
function comparison(days: readonly Day[]): (one: Day, share: number) => boolean {
  const usual = weekdays.map((weekday) =>
    upperMedian(days.filter(({ start }) => weekdayOf(start) === weekday).map(({ events }) => events)),
  )
  return ({ start, events }, share) => events >= usual[weekdayOf(start)]! * share
}

/** Without a first or last day on which the data seems to begin or end. */
function withoutTornEnds(days: readonly Day[]): DaySpan | undefined {
  const reaches = comparison(days)
  const isTorn = (one: Day) => !reaches(one, leastOfWhole)
  const first = days[days.length > 1 && isTorn(days[0]!) ? 1 : 0]
  const last = days.at(days.length > 1 && isTorn(days.at(-1)!) ? -2 : -1)
  return first && last && { first: first.start, last: last.start }
}

function isIn(span: DaySpan | undefined, { day: name }: DayCount): boolean {
  const start = weekStart(name)
  return span !== undefined && start >= span.first && start <= span.last
}

/** 0 of nothing. */
function upperMedian(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}
