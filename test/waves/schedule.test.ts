import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addAvailableDays, dayAfter, daysAfter } from '../../src/waves/calendar.js'
import type { Move } from '../../src/waves/plan-document.js'
import { scheduleWaves, settledOn, type WaveDates, withoutConstraints } from '../../src/waves/schedule.js'
import type { CalendarRules } from '../../src/waves/settings.js'
import { anyDay, anyRules, isOpen, mayStart } from './calendar-oracle.js'

const office: CalendarRules = {
  workingDays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
  noStartOn: ['friday'],
  holidays: ['2026-12-08'],
  blackouts: [{ from: '2026-12-20', to: '2027-01-04', reason: 'year end' }],
  soakDays: 3,
}

describe('a schedule', () => {
  it('puts waves one after the other, and says what moved them', () => {
    expect(scheduleWaves([{ days: 1 }, { days: 2 }, { days: 6 }], '2026-11-20', office)).toEqual([
      {
        start: '2026-11-23',
        days: ['2026-11-23'],
        end: '2026-11-23',
        soakUntil: '2026-11-26',
        moved: [
          { what: 'start', from: '2026-11-20', to: '2026-11-21', rule: 'no-start-day', why: 'no start on Friday' },
          {
            what: 'start',
            from: '2026-11-21',
            to: '2026-11-23',
            rule: 'working-week',
            why: 'Saturday and Sunday are no working days',
          },
        ],
      },
      {
        start: '2026-11-30',
        days: ['2026-11-30', '2026-12-01'],
        end: '2026-12-01',
        soakUntil: '2026-12-04',
        moved: [
          { what: 'start', from: '2026-11-27', to: '2026-11-28', rule: 'no-start-day', why: 'no start on Friday' },
          {
            what: 'start',
            from: '2026-11-28',
            to: '2026-11-30',
            rule: 'working-week',
            why: 'Saturday and Sunday are no working days',
          },
        ],
      },
      {
        start: '2026-12-07',
        days: ['2026-12-07', '2026-12-09', '2026-12-10', '2026-12-11', '2026-12-14', '2026-12-15'],
        end: '2026-12-15',
        soakUntil: '2026-12-18',
        moved: [
          {
            what: 'start',
            from: '2026-12-05',
            to: '2026-12-07',
            rule: 'working-week',
            why: 'Saturday and Sunday are no working days',
          },
          { what: 'rollout-day', from: '2026-12-12', to: '2026-12-13', rule: 'holiday', why: 'holiday' },
          {
            what: 'rollout-day',
            from: '2026-12-13',
            to: '2026-12-15',
            rule: 'working-week',
            why: 'Saturday and Sunday are no working days',
          },
        ],
      },
    ])
  })

  it('soaks across a blackout', () => {
    const [wave] = scheduleWaves([{ days: 1 }], '2026-12-16', office)
    expect(wave).toMatchObject({ start: '2026-12-16', soakUntil: '2027-01-05' })
    expect(wave?.moved.map(({ what, from, to, why }) => [what, from, to, why])).toEqual([
      ['soak-day', '2026-12-19', '2026-12-20', 'Saturday is no working day'],
      ['soak-day', '2026-12-20', '2027-01-05', 'blackout: year end'],
    ])
  })

  it('names a cause once, however many weekends a long wave crosses', () => {
    const [wave] = scheduleWaves([{ days: 250 }], '2027-01-11', { ...office, holidays: ['2027-03-26', '2027-03-29'] })
    expect(wave?.moved.filter(({ what }) => what === 'rollout-day').map(({ rule, why }) => [rule, why])).toEqual([
      ['working-week', 'Saturday and Sunday are no working days'],
      ['holiday', '2 holidays'],
    ])
  })

  it('starts no wave before a day that is set for it', () => {
    const [first, second] = scheduleWaves([{ days: 1 }, { days: 1, notBefore: '2026-12-10' }], '2026-11-23', office)
    expect(first?.soakUntil).toBe('2026-11-26')
    expect(second?.start).toBe('2026-12-10')
    expect(
      second?.moved.filter(({ what }) => what === 'start').map(({ from, to, rule }) => `${from} ${to} ${rule}`),
    ).toEqual([
      '2026-11-27 2026-11-28 no-start-day',
      '2026-11-28 2026-11-30 working-week',
      '2026-11-30 2026-12-10 announced',
    ])
    const [, early] = scheduleWaves([{ days: 1 }, { days: 1, notBefore: '2026-11-02' }], '2026-11-23', office)
    expect(early?.start).toBe('2026-11-30')
  })

  it('without soak starts the next wave the day after', () => {
    const dates = scheduleWaves([{ days: 1 }, { days: 1 }], '2026-11-23', { ...office, soakDays: 0 })
    expect(dates.map(({ start, soakUntil }) => [start, soakUntil])).toEqual([
      ['2026-11-23', '2026-11-23'],
      ['2026-11-24', '2026-11-24'],
    ])
  })

  it('without constraints keeps the soak and nothing else', () => {
    const dates = scheduleWaves([{ days: 1 }, { days: 2 }], '2026-12-18', withoutConstraints(office))
    expect(dates.map(({ days, soakUntil, moved }) => ({ days, soakUntil, moved }))).toEqual([
      { days: ['2026-12-18'], soakUntil: '2026-12-21', moved: [] },
      { days: ['2026-12-22', '2026-12-23'], soakUntil: '2026-12-26', moved: [] },
    ])
  })

  it('counts an attempt when its own soak is over', () => {
    expect(settledOn('2026-12-04', office)).toBe('2026-12-10')
    expect(settledOn('2026-12-04', { ...office, soakDays: 0 })).toBe('2026-12-04')
  })
})

const anyWaves = fc.array(
  fc.record({ days: fc.integer({ min: 1, max: 12 }), notBefore: fc.option(anyDay, { nil: undefined }) }),
  { minLength: 1, maxLength: 5 },
)

describe('every schedule', () => {
  it('keeps the rules of every day', () => {
    fc.assert(
      fc.property(anyWaves, anyDay, anyRules, (waves, start, rules) => {
        for (const [index, wave] of scheduleWaves(waves, start, rules).entries()) {
          expect([...wave.days, wave.end, wave.soakUntil].every((day) => isOpen(day, rules))).toBe(true)
          expect(mayStart(wave.start, rules)).toBe(true)
          expect(wave.days).toHaveLength(waves[index]!.days)
          expect([wave.days[0], wave.days.at(-1)]).toEqual([wave.start, wave.end])
        }
      }),
    )
  })

  it('keeps the order, the soak and the day before which a wave must not start; and wastes no day', () => {
    fc.assert(
      fc.property(anyWaves, anyDay, anyRules, (waves, start, rules) => {
        let earliest = start
        for (const [index, wave] of scheduleWaves(waves, start, rules).entries()) {
          const { notBefore = earliest } = waves[index]!
          const from = notBefore > earliest ? notBefore : earliest
          expect(wave.start >= from).toBe(true)
          expect(between(from, wave.start).some((day) => mayStart(day, rules))).toBe(false)
          expect(between(wave.start, dayAfter(wave.end)).filter((day) => isOpen(day, rules))).toEqual(wave.days)
          const soak = between(dayAfter(wave.end), dayAfter(wave.soakUntil))
          expect(soak.filter((day) => isOpen(day, rules))).toHaveLength(rules.soakDays)
          expect(wave.soakUntil).toBe(addAvailableDays(wave.end, rules.soakDays, rules))
          earliest = dayAfter(wave.soakUntil)
        }
      }),
    )
  })

  it('moves forward only, in chains from the day without rules to the day it is', () => {
    fc.assert(
      fc.property(anyWaves, anyDay, anyRules, (waves, start, rules) => {
        let earliest = start
        for (const [index, wave] of scheduleWaves(waves, start, rules).entries()) {
          const { days } = waves[index]!
          expectChain(wave, 'start', earliest, wave.start)
          expectChain(wave, 'rollout-day', daysAfter(wave.start, days - 1), wave.end)
          expectChain(wave, 'soak-day', daysAfter(wave.end, rules.soakDays), wave.soakUntil)
          for (const what of ['rollout-day', 'soak-day']) {
            const causes = wave.moved.filter((move) => move.what === what).map(({ rule, why }) => `${rule} ${why}`)
            expect(new Set(causes).size).toBe(causes.length)
          }
          earliest = dayAfter(wave.soakUntil)
        }
      }),
    )
  })

  it('does not end earlier for a later start, nor later without constraints', () => {
    fc.assert(
      fc.property(anyWaves, anyDay, anyDay, anyRules, (waves, one, other, rules) => {
        const [early, late] = [one, other].sort() as [string, string]
        const before = scheduleWaves(waves, early, rules)
        const after = scheduleWaves(waves, late, rules)
        const free = scheduleWaves(waves, early, withoutConstraints(rules))
        for (const [index, wave] of before.entries()) {
          expect(after[index]!.start >= wave.start && after[index]!.end >= wave.end).toBe(true)
          expect(free[index]!.start <= wave.start && free[index]!.soakUntil <= wave.soakUntil).toBe(true)
        }
      }),
    )
  })
})

function between(from: string, to: string): string[] {
  const days: string[] = []
  for (let day = from; day < to; day = dayAfter(day)) days.push(day)
  return days
}

function expectChain({ moved }: WaveDates, what: Move['what'], from: string, to: string): void {
  let at = from
  for (const move of moved.filter((one) => one.what === what)) {
    expect(move.from).toBe(at)
    expect(move.to > move.from).toBe(true)
    at = move.to
  }
  expect(at).toBe(to)
}
