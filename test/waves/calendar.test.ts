import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failure } from '../../src/platform/failure.js'
import { type Weekday, weekdays } from '../../src/policy/waves.js'
import {
  addAvailableDays,
  availableDaysAfter,
  dayAfter,
  daysAfter,
  firstStart,
  nextAvailable,
  obstacleOf,
  startObstacleOf,
} from '../../src/waves/calendar.js'
import type { CalendarRules } from '../../src/waves/settings.js'
import { anyDay, anyRules, isOpen, mayStart } from './calendar-oracle.js'

const office: CalendarRules = {
  workingDays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
  noStartOn: ['friday'],
  holidays: ['2026-12-07', '2026-12-08'],
  blackouts: [{ from: '2026-12-20', to: '2027-01-04', reason: 'year end' }],
  soakDays: 3,
}

describe('the days of the calendar', () => {
  it.each([
    ['2026-11-30', 1, '2026-12-01'],
    ['2026-12-31', 1, '2027-01-01'],
    ['2028-02-28', 1, '2028-02-29'],
    ['2027-02-28', 1, '2027-03-01'],
    ['2026-03-28', 365, '2027-03-28'],
    ['2026-11-30', 0, '2026-11-30'],
  ])('%s and %i more: %s', (day, days, later) => {
    expect(daysAfter(day, days)).toBe(later)
    if (days === 1) expect(dayAfter(day)).toBe(later)
  })

  it('refuse a text that is no day', () => {
    expect(() => dayAfter('2026-02-30')).toThrow(RangeError)
  })
})

describe('obstacles of a day', () => {
  it.each([
    ['2026-12-04', undefined],
    ['2026-12-05', { rule: 'working-week', why: 'Saturday is no working day' }],
    ['2026-12-06', { rule: 'working-week', why: 'Sunday is no working day' }],
    ['2026-12-07', { rule: 'holiday', why: 'holiday' }],
    ['2026-12-18', undefined],
    ['2026-12-19', { rule: 'working-week', why: 'Saturday is no working day' }],
    ['2026-12-20', { rule: 'blackout', why: 'blackout: year end' }],
    ['2026-12-26', { rule: 'blackout', why: 'blackout: year end' }],
    ['2027-01-04', { rule: 'blackout', why: 'blackout: year end' }],
    ['2027-01-05', undefined],
  ])('%s: %o', (day, obstacle) => {
    expect(obstacleOf(day, office)).toEqual(obstacle)
  })

  it.each([
    ['2026-12-03', undefined],
    ['2026-12-04', { rule: 'no-start-day', why: 'no start on Friday' }],
    ['2026-12-05', { rule: 'working-week', why: 'Saturday is no working day' }],
    ['2026-12-17', undefined],
    ['2026-12-18', { rule: 'no-start-day', why: 'no start on Friday' }],
  ])('to a start on %s: %o', (day, obstacle) => {
    expect(startObstacleOf(day, office)).toEqual(obstacle)
  })

  it('to a start on the last working day before a blackout, also with days between that are none', () => {
    const before = { rule: 'day-before-blackout', why: 'last working day before the blackout: year end' }
    const anyWeekday = { ...office, noStartOn: [] }
    expect(startObstacleOf('2026-12-18', anyWeekday)).toEqual(before)
    expect(startObstacleOf('2026-12-17', anyWeekday)).toBeUndefined()
    expect(startObstacleOf('2026-12-17', { ...anyWeekday, holidays: ['2026-12-18'] })).toEqual(before)
  })

  it('are none before a blackout on which nobody would have worked', () => {
    const weekend = { ...office, noStartOn: [], blackouts: [{ from: '2026-12-12', to: '2026-12-13', reason: 'move' }] }
    expect(startObstacleOf('2026-12-11', weekend)).toBeUndefined()
  })

  it('name the blackout that lasts longest where some overlap', () => {
    const two = [
      { from: '2026-12-01', to: '2026-12-10', reason: 'audit' },
      { from: '2026-12-03', to: '2026-12-15', reason: 'move' },
    ]
    for (const blackouts of [two, two.toReversed()]) {
      expect(obstacleOf('2026-12-02', { ...office, blackouts })?.why).toBe('blackout: audit')
      expect(obstacleOf('2026-12-04', { ...office, blackouts })?.why).toBe('blackout: move')
    }
  })
})

describe('available days', () => {
  it('are counted without those between', () => {
    expect(nextAvailable('2026-12-04', office)).toBe('2026-12-04')
    expect(nextAvailable('2026-12-05', office)).toBe('2026-12-09')
    expect(addAvailableDays('2026-12-04', 0, office)).toBe('2026-12-04')
    expect(addAvailableDays('2026-12-04', 2, office)).toBe('2026-12-10')
    expect(addAvailableDays('2026-12-17', 2, office)).toBe('2027-01-05')
  })

  it('are the next ones, and what was passed over is known', () => {
    const { days, skipped } = availableDaysAfter('2026-12-03', 3, office)
    expect(days).toEqual(['2026-12-04', '2026-12-09', '2026-12-10'])
    expect(skipped.map(({ day, rule }) => [day, rule])).toEqual([
      ['2026-12-05', 'working-week'],
      ['2026-12-06', 'working-week'],
      ['2026-12-07', 'holiday'],
      ['2026-12-08', 'holiday'],
    ])
  })

  it('are those of a second, naive calendar', () => {
    fc.assert(
      fc.property(anyDay, fc.nat(30), anyRules, (day, count, rules) => {
        expect(obstacleOf(day, rules) === undefined).toBe(isOpen(day, rules))
        expect(startObstacleOf(day, rules) === undefined).toBe(mayStart(day, rules))
        const { days, skipped } = availableDaysAfter(day, count, rules)
        const all = [...days, ...skipped.map((one) => one.day)].sort()
        expect(days).toHaveLength(count)
        expect(days.every((one) => isOpen(one, rules))).toBe(true)
        expect(skipped.some((one) => isOpen(one.day, rules))).toBe(false)
        expect(all).toEqual(all.map((_, index) => daysAfter(day, index + 1)))
      }),
    )
  })
})

describe('the first start', () => {
  it('stays where it may', () => {
    expect(firstStart('2026-12-03', office)).toEqual({ day: '2026-12-03', moved: [] })
  })

  it('moves past one obstacle after the other', () => {
    expect(firstStart('2026-12-18', office)).toEqual({
      day: '2027-01-05',
      moved: [
        { what: 'start', from: '2026-12-18', to: '2026-12-19', rule: 'no-start-day', why: 'no start on Friday' },
        {
          what: 'start',
          from: '2026-12-19',
          to: '2026-12-20',
          rule: 'working-week',
          why: 'Saturday is no working day',
        },
        { what: 'start', from: '2026-12-20', to: '2027-01-05', rule: 'blackout', why: 'blackout: year end' },
      ],
    })
  })

  it('words a run of days once', () => {
    const rules: CalendarRules = { ...office, noStartOn: ['thursday', 'friday'] }
    expect(firstStart('2026-12-03', rules).moved.map(({ from, to, why }) => [from, to, why])).toEqual([
      ['2026-12-03', '2026-12-05', 'no start on Thursday and Friday'],
      ['2026-12-05', '2026-12-07', 'Saturday and Sunday are no working days'],
      ['2026-12-07', '2026-12-09', '2 holidays'],
    ])
  })

  it('is the first day that may be one, by a chain that leads there', () => {
    fc.assert(
      fc.property(anyDay, anyRules, (asked, rules) => {
        const { day, moved } = firstStart(asked, rules)
        expect(mayStart(day, rules)).toBe(true)
        for (let at = asked; at < day; at = dayAfter(at)) expect(mayStart(at, rules)).toBe(false)
        let at = asked
        for (const [index, { from, to, rule, why }] of moved.entries()) {
          expect(from).toBe(at)
          expect(to > from).toBe(true)
          expect([rule, why]).not.toEqual([moved[index - 1]?.rule, moved[index - 1]?.why])
          at = to
        }
        expect(at).toBe(day)
      }),
    )
  })
})

describe('a calendar that is closed for ever', () => {
  const blackouts = [{ from: '2020-01-01', to: '2100-12-31', reason: 'freeze' }]
  const names: readonly Weekday[] = office.workingDays

  it.each([
    ['by days without starts', { noStartOn: names }, ['waves.noStartOn', 'waves.workingDays']],
    ['by days without starts, all of them', { workingDays: weekdays, noStartOn: weekdays }, ['waves.noStartOn']],
    ['by a blackout', { blackouts }, ['waves.blackouts']],
    [
      'by more than one setting',
      { blackouts, noStartOn: weekdays },
      ['waves.blackouts', 'waves.noStartOn', 'waves.workingDays', 'waves.holidays'],
    ],
  ])('%s says what to change', (_, change, keys) => {
    const failure = failureOf(() => firstStart('2026-12-01', { ...office, ...change }))
    expect(failure).toMatchObject({ exit: 2, code: 'no-start-day' })
    expect(failure.details.tryThis?.map((line) => line.split(':')[0])).toEqual(keys)
  })

  it('has no available day, either', () => {
    const closed = { ...office, blackouts }
    for (const ask of [
      () => nextAvailable('2026-12-01', closed),
      () => addAvailableDays('2026-12-01', 1, closed),
      () => availableDaysAfter('2026-12-01', 3, closed),
    ])
      expect(failureOf(ask)).toMatchObject({ exit: 2, code: 'no-available-day' })
    expect(addAvailableDays('2026-12-01', 0, closed)).toBe('2026-12-01')
  })

  it('is not one that opens after nine years', () => {
    const late = { ...office, blackouts: [{ from: '2026-12-01', to: '2035-11-30', reason: 'merger' }] }
    expect(firstStart('2026-12-01', late).day).toBe('2035-12-03')
  })
})

function failureOf(run: () => unknown): Failure {
  try {
    run()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('Nothing was thrown')
}
