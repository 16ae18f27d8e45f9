import fc from 'fast-check'
import { weekdays } from '../../src/policy/waves.js'
import type { CalendarRules } from '../../src/waves/settings.js'

const first = Date.UTC(2026, 10, 1)
const dayLength = 86_400_000

/** The day that is so many days after 1 November 2026, by another way than the product's. */
export function dayNumber(number: number): string {
  return new Date(first + number * dayLength).toISOString().slice(0, 10)
}

export const anyDay = fc.integer({ min: -5, max: 90 }).map(dayNumber)

/** Rules that leave at least one weekday for starts; blackouts and holidays lie around the days of `anyDay`. */
export const anyRules: fc.Arbitrary<CalendarRules> = fc
  .record({
    workingDays: fc.subarray([...weekdays], { minLength: 1 }),
    noStartOn: fc.subarray([...weekdays], { maxLength: 4 }),
    holidays: fc.array(anyDay, { maxLength: 12 }),
    blackouts: fc.array(fc.record({ from: anyDay, length: fc.nat(25), reason: fc.constantFrom('year end', 'audit') }), {
      maxLength: 3,
    }),
    soakDays: fc.nat(6),
  })
  .filter(({ workingDays, noStartOn }) => workingDays.some((day) => !noStartOn.includes(day)))
  .map(({ blackouts, ...rules }) => ({
    ...rules,
    blackouts: blackouts.map(({ from, length, reason }) => ({ from, to: later(from, length), reason })),
  }))

export function isOpen(day: string, rules: CalendarRules): boolean {
  return isWorked(day, rules) && !isBlackout(day, rules)
}

export function mayStart(day: string, rules: CalendarRules): boolean {
  if (!isOpen(day, rules) || rules.noStartOn.includes(weekdayOf(day))) return false
  let next = later(day, 1)
  while (!isWorked(next, rules)) next = later(next, 1)
  return !isBlackout(next, rules)
}

function isWorked(day: string, rules: CalendarRules): boolean {
  return rules.workingDays.includes(weekdayOf(day)) && !rules.holidays.includes(day)
}

function isBlackout(day: string, rules: CalendarRules): boolean {
  return rules.blackouts.some(({ from, to }) => from <= day && day <= to)
}

function weekdayOf(day: string) {
  return weekdays[(new Date(day).getUTCDay() + 6) % 7]!
}

function later(day: string, days: number): string {
  return new Date(Date.parse(day) + days * dayLength).toISOString().slice(0, 10)
}
