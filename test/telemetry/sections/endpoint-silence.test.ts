import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Policy } from '../../../src/policy/policy.js'
import { silenceRule } from '../../../src/telemetry/sections/endpoint-silence.js'
import { asOf, day, daysAgo, evidencePolicy, viewOf } from '../../builders/evidence-view.js'

const dateOf = (time: number) => new Date(time).toISOString().slice(0, 10)
/** Records on the days that begin so many days before `asOf`. */
const days = (ago: readonly number[], events = 100, service = 'claude-code') =>
  ago.map((number) => ({ service, day: dateOf(daysAgo(number)), events }))
const from = (first: number, last: number) => Array.from({ length: first - last + 1 }, (_, index) => first - index)
const silentAfter = (silentAfterDays: number) => Policy.parse({ ...evidencePolicy, evidence: { silentAfterDays } })
const ruleOf = (rows: ReturnType<typeof days>, parts: Partial<Parameters<typeof viewOf>[0]> = {}) =>
  silenceRule(viewOf({ senders: [], tables: { days: rows }, ...parts }))

describe('silence can be told', () => {
  it.each<[string, ReturnType<typeof days>]>([
    ['where every day has records', days(from(28, 1))],
    ['without weekends', days(from(28, 1).filter((number) => ![6, 5, 13, 12, 20, 19, 27, 26].includes(number)))],
    ['with four days off in a row', days([...from(28, 9), ...from(4, 1)])],
    ['with four days off at the end', days(from(28, 5))],
    ['with four days off at the beginning', days([19, ...from(14, 1)])],
    ['whatever one noisy day has', [...days(from(28, 1)), ...days([3], 5000)]],
    ['although a few came long ago', [...days([16_000], 1), ...days(from(28, 1))]],
  ])('%s', (_, rows) => {
    expect(ruleOf(rows).cannotTell).toBeUndefined()
  })
})

describe('silence cannot be told', () => {
  it.each<[string, ReturnType<typeof days>, string]>([
    ['of nothing', [], 'no record of anybody in those days'],
    ['where everything is older', days(from(28, 15)), 'no record of anybody in those days'],
    ['where everything is later', days(from(13, 1)), 'the first record of anybody is later'],
    ['where the data ended', days(from(28, 13)), 'next to no records of anybody from 2026-11-08 to 2026-11-19'],
    ['after five days', days(from(28, 6)), 'next to no records of anybody from 2026-11-15 to 2026-11-19'],
    [
      'with a hole in the middle',
      days([...from(28, 10), ...from(4, 1)]),
      'next to no records of anybody from 2026-11-11 to 2026-11-15',
    ],
    ['by one record of a wrong clock', [...days([20], 1), ...days([1], 5000)], 'the first record of anybody is later'],
    [
      'by a clock that is wrong every day',
      [...days(from(28, 3), 40), ...days([2, 1], 90_000)],
      'the first record of anybody is later',
    ],
    [
      'in a fleet that has just begun',
      [...days(from(28, 4), 5), ...days([3, 2, 1], 1000)],
      'the first record of anybody is later',
    ],
  ])('%s', (_, rows, reason) => {
    expect(ruleOf(rows).cannotTell).toBe(reason)
  })

  it('because records were left out before the window, which a wrong clock may have made', () => {
    const view = viewOf({ senders: [], tables: { days: days(from(13, 1)) } })
    const counts = { ...view.counts, beforeWindow: 5 }
    expect(silenceRule({ ...view, counts }).cannotTell).toBe('the first record of anybody is later')
  })

  it('outside the window', () => {
    expect(ruleOf(days(from(28, 1)), { since: daysAgo(13) }).cannotTell).toBe('the window begins later')
    expect(ruleOf(days(from(28, 1)), { until: daysAgo(1) }).cannotTell).toBe('the window ends earlier')
    expect(ruleOf(days(from(28, 1)), { until: daysAgo(1) }).cannotTellOf('claude-code')).toBe('the window ends earlier')
  })

  it('after fewer days off, where fewer days are silence', () => {
    const rows = days([...from(28, 5), 1])
    expect(ruleOf(rows, { policy: silentAfter(9) }).cannotTell).toBeUndefined()
    expect(ruleOf(rows, { policy: silentAfter(8) }).cannotTell).toBe(
      'next to no records of anybody from 2026-11-16 to 2026-11-18',
    )
    expect(ruleOf(days(from(28, 2)), { policy: silentAfter(2) }).cannotTell).toBe(
      'next to no records of anybody from 2026-11-19 to 2026-11-19',
    )
    expect(ruleOf(days(from(28, 1)), { policy: silentAfter(1) }).cannotTell).toBeUndefined()
  })

  it('of a surface by the records of another', () => {
    const rule = ruleOf([...days(from(28, 1)), ...days(from(28, 15), 100, 'cowork')])
    expect([rule.cannotTell, rule.cannotTellOf('claude-code')]).toEqual([undefined, undefined])
    expect(rule.cannotTellOf('cowork')).toBe('no record of anybody in those days')
    expect(rule.cannotTellOf('claude-code-desktop')).toBe('no record of anybody in those days')
  })
})

it('whatever days have records, more than four empty ones in a row leave silence untold', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 28 })), (used) => {
      const rule = ruleOf(days(used))
      const sorted = [...used].sort((a, b) => b - a)
      const start = sorted.findLast((number) => number >= 14)
      const kept = start === undefined ? [] : sorted.filter((number) => number <= start)
      const holes = kept.map((number, index) => number - (kept[index + 1] ?? 0) - 1)
      const isCovered = start !== undefined && kept.length > 0 && holes.every((hole) => hole <= 4)
      expect(rule.cannotTell === undefined).toBe(isCovered)
    }),
    { numRuns: 500 },
  )
})

it('in the middle of a day', () => {
  const noon = asOf + day / 2
  const rule = (rows: ReturnType<typeof days>) => ruleOf(rows, { asOf: noon, until: noon }).cannotTell
  expect(rule(days(from(28, 0)))).toBeUndefined()
  expect(rule(days(from(14, 4)))).toBeUndefined()
  expect(rule(days(from(13, 0)))).toBe('the first record of anybody is later')
})
