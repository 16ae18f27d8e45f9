import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  comparisonsToCount,
  fewerRuns,
  leastForFailures,
  leastForRuns,
  moreFailures,
  pValue,
  studentTail,
  sum,
  wilsonPercent,
} from '../../../src/telemetry/sections/week-statistics.js'

describe('studentTail', () => {
  // Upper critical values of Student's t: https://www.itl.nist.gov/div898/handbook/eda/section3/eda3672.htm
  it.each([
    [1, 6.314, 0.05],
    [1, 318.313, 0.001],
    [2, 2.92, 0.05],
    [2, 22.327, 0.001],
    [3, 4.541, 0.01],
    [4, 3.747, 0.01],
    [5, 5.893, 0.001],
    [9, 1.833, 0.05],
    [10, 4.144, 0.001],
    [30, 2.457, 0.01],
  ])('with %i degrees of freedom is above %f in %f', (degrees, t, tail) => {
    expect(studentTail(t, degrees)).toBeCloseTo(tail, tail < 0.01 ? 5 : 4)
    expect(studentTail(-t, degrees)).toBeCloseTo(1 - tail, 4)
  })

  it('falls with t, and stays a probability', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ noNaN: true }),
        fc.double({ noNaN: true }),
        (df, a, b) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)]
          const [more, less] = [studentTail(low, df), studentTail(high, df)]
          expect(less).toBeLessThanOrEqual(more + 1e-12)
          for (const tail of [more, less]) {
            expect(tail).toBeGreaterThan(0)
            expect(tail).toBeLessThanOrEqual(1)
          }
        },
      ),
    )
  })
})

describe('wilsonPercent', () => {
  it('is the published interval', () => {
    // 15/148 is 0.0624 to 0.1605 in Newcombe 1998, table I (https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E).
    expect(wilsonPercent({ of: 148, failures: 15 })).toEqual({ low: 6.2, high: 16.1 })
    expect(wilsonPercent({ of: 20, failures: 0 })).toEqual({ low: 0, high: 16.2 })
    expect(wilsonPercent({ of: 20, failures: 20 })).toEqual({ low: 83.8, high: 100 })
    expect(wilsonPercent({ of: 0, failures: 0 })).toBeUndefined()
  })

  it('holds the rate and lies between 0 and 100', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.double({ min: 0, max: 1, noNaN: true }), (of, share) => {
        const failures = Math.round(of * share)
        const { low, high } = wilsonPercent({ of, failures })!
        expect(low).toBeLessThanOrEqual((100 * failures) / of + 1e-9)
        expect(high).toBeGreaterThanOrEqual((100 * failures) / of - 1e-9)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(100)
      }),
    )
  })
})

const counted = fc
  .tuple(fc.integer({ min: 0, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([of, share]) => ({ of, failures: Math.round(of * share) }))

describe('moreFailures', () => {
  it('sees what stands out, and not what was so before', () => {
    const before = [
      { of: 1000, failures: 11 },
      { of: 1100, failures: 9 },
      { of: 900, failures: 12 },
      { of: 1000, failures: 10 },
    ]
    expect(pValue(moreFailures({ of: 1000, failures: 12 }, before))).toBeGreaterThan(0.1)
    expect(pValue(moreFailures({ of: 1000, failures: 0 }, before))).toBeGreaterThan(0.9)
    expect(pValue(moreFailures({ of: 1000, failures: 150 }, before))).toBeLessThan(1e-3)
  })

  it('does not take one bad week among bad weeks for an anomaly, however many records there are', () => {
    const uneven = [20, 900, 60, 1500, 30, 700].map((failures) => ({ of: 10_000, failures }))
    const now = { of: 10_000, failures: 1400 }
    const { byRecord, byWeek } = moreFailures(now, uneven)
    expect(byRecord).toBeLessThan(1e-100)
    expect(byWeek).toBeGreaterThan(0.03)
  })

  it('never gives less than what the records can give at all', () => {
    fc.assert(
      fc.property(counted, fc.array(counted, { maxLength: 8 }), (now, before) => {
        const p = pValue(moreFailures(now, before))
        expect(p).toBeGreaterThanOrEqual(leastForFailures(now, before) * (1 - 1e-9))
        expect(p).toBeLessThanOrEqual(1)
        expect(sum(before).failures).toBeLessThanOrEqual(sum(before).of)
      }),
    )
  })

  it('only falls when more failed this week', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 200 }),
        fc.array(counted, { minLength: 1, maxLength: 6 }),
        fc.nat(),
        (of, before, pick) => {
          const failures = pick % of
          const less = moreFailures({ of, failures }, before)
          const more = moreFailures({ of, failures: failures + 1 }, before)
          expect(more.byRecord).toBeLessThanOrEqual(less.byRecord * (1 + 1e-9))
          expect(more.byWeek).toBeLessThanOrEqual(less.byWeek + 1e-12)
        },
      ),
    )
  })
})

describe('fewerRuns', () => {
  it('sees a sudden fall, and not the ordinary', () => {
    expect(pValue(fewerRuns(12, [400, 410, 395, 405, 402]))).toBeLessThan(1e-5)
    expect(pValue(fewerRuns(380, [400, 410, 395, 405, 402]))).toBeGreaterThan(0.05)
    expect(pValue(fewerRuns(120, [400, 150, 700, 90, 500]))).toBeGreaterThan(0.1)
  })

  it('only falls with fewer runs, and never below what is possible', () => {
    const runs = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), runs, (now, before) => {
        const here = fewerRuns(now, before)
        const above = fewerRuns(now + 1, before)
        expect(here.byRecord).toBeLessThanOrEqual(above.byRecord * (1 + 1e-9))
        expect(here.byWeek).toBeLessThanOrEqual(above.byWeek + 1e-12)
        expect(here.byRecord).toBeGreaterThanOrEqual(leastForRuns(now, before) * (1 - 1e-9))
      }),
    )
  })
})

describe('comparisonsToCount', () => {
  it('leaves out what cannot give an anomaly', () => {
    expect(comparisonsToCount([], 0.1)).toBe(1)
    expect(comparisonsToCount([1, 1, 1], 0.1)).toBe(1)
    expect(comparisonsToCount([1e-9, 1e-9, 1e-9, 1, 1], 0.1)).toBe(3)
    // With 2 comparisons the threshold is 0.05, which the third can reach; with 3 it is 0.033, which it cannot.
    expect(comparisonsToCount([1e-9, 1e-9, 0.04], 0.1)).toBe(3)
  })

  it('never lets more reach the threshold than it counts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 60 }),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        (least, falseAlarms) => {
          const count = comparisonsToCount(least, falseAlarms)
          expect(least.filter((p) => p <= falseAlarms / count).length).toBeLessThanOrEqual(count)
        },
      ),
    )
  })
})
