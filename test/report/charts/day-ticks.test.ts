import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dayStart, daysLater, dayTicks } from '../../../src/report/charts/day-ticks.js'

const iso = (time: number) => new Date(time).toISOString()
const ticksOf = (from: string, to: string, most = 6) =>
  dayTicks([dayStart(from), dayStart(to)], most).map((time) => iso(time).slice(0, 10))

test('days, Mondays, and first days of months', () => {
  expect(ticksOf('2026-11-17', '2026-11-20')).toEqual(['2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'])
  expect(ticksOf('2026-11-02', '2026-12-01')).toEqual([
    '2026-11-02',
    '2026-11-09',
    '2026-11-16',
    '2026-11-23',
    '2026-11-30',
  ])
  expect(ticksOf('2025-10-17', '2026-12-24')).toEqual(['2026-01-01', '2026-04-01', '2026-07-01', '2026-10-01'])
  expect(ticksOf('2020-06-01', '2026-12-24', 5)).toEqual(['2022-01-01', '2024-01-01', '2026-01-01'])
})

test('never more than asked for, always within, always whole days', () => {
  const day = fc.integer({ min: dayStart('1990-01-01'), max: dayStart('2200-01-01') })
  fc.assert(
    fc.property(day, fc.integer({ min: 2, max: 30_000 }), fc.integer({ min: 3, max: 12 }), (from, days, most) => {
      const start = dayStart(iso(from).slice(0, 10))
      const ticks = dayTicks([start, daysLater(start, days)], most)
      expect(ticks.length).toBeLessThanOrEqual(most)
      expect(ticks.length).toBeGreaterThan(0)
      for (const tick of ticks) {
        expect(iso(tick)).toMatch(/T00:00:00\.000Z$/)
        expect(tick >= start && tick <= daysLater(start, days)).toBe(true)
      }
    }),
  )
})

test('the longest span that dates can have', () => {
  expect(ticksOf('0001-01-01', '9999-12-31').length).toBeLessThanOrEqual(6)
})
