import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { binomialTail, failureRateRuledOut, fisherExactGreater } from '../../src/waves/statistics.js'

/** Whole numbers without an end: what a sum of fractions comes to, whatever the size. */
function choose(n: number, k: number): bigint {
  if (k < 0 || k > n) return 0n
  let product = 1n
  for (let i = 1n; i <= BigInt(k); i += 1n) product = (product * (BigInt(n) - i + 1n)) / i
  return product
}

function ratio(part: bigint, whole: bigint): number {
  return Number((part * 10n ** 30n) / whole) / 1e30
}

function fisherBySum(a: number, n: number, b: number, m: number): number {
  let tail = 0n
  for (let x = a; x <= Math.min(n, a + b); x += 1) tail += choose(n, x) * choose(m, a + b - x)
  return ratio(tail, choose(n + m, a + b))
}

/** For a probability of so many in a thousand. */
function binomialBySum(x: number, n: number, thousandths: number): number {
  let tail = 0n
  for (let at = x; at <= n; at += 1)
    tail += choose(n, at) * BigInt(thousandths) ** BigInt(at) * BigInt(1000 - thousandths) ** BigInt(n - at)
  return ratio(tail, 1000n ** BigInt(n))
}

describe('the failure rate that clean endpoints rule out', () => {
  it.each([
    [0, 1],
    [1, 0.95],
    // 1 − √0.05, by hand.
    [2, 1 - Math.sqrt(0.05)],
    // The example of the issue: "12 clean endpoints rule out failure rates above about 22 %".
    [12, 0.2209221919455559],
    [100, 0.029513049607039932],
  ])('of %i is %f', (clean, rate) => {
    expect(failureRateRuledOut(clean)).toBeCloseTo(rate, 6)
  })

  it('is the rate at which so clean a result has a chance of 5 %', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (clean) => {
        expect((1 - failureRateRuledOut(clean)) ** clean).toBeCloseTo(0.05, 9)
      }),
    )
  })

  it('comes close to three in n, and keeps its digits where n is large', () => {
    expect(failureRateRuledOut(1_000_000) * 1_000_000).toBeCloseTo(-Math.log(0.05), 5)
  })
})

describe("Fisher's exact test", () => {
  // The tea tasting, p = 0.2429 in R: https://online.stat.psu.edu/onlinecourses/sites/stat504/files/lesson03/TeaLady.out
  // (2026-11-21). The others by fractions in Python.
  it.each([
    [3, 4, 1, 4, 17 / 70],
    [10, 13, 2, 17, 0.000465180943362905],
    [6, 132, 12, 780, 0.034366953390791655],
    [8, 10, 1, 6, 0.02447552447552448],
    [5, 5, 0, 5, 1 / 252],
  ])('of %i of %i against %i of %i', (a, n, b, m, p) => {
    expect(fisherExactGreater(a, n, b, m)).toBeCloseTo(p, 14)
  })

  it('says nothing where a group is empty or nothing failed', () => {
    expect(fisherExactGreater(0, 0, 3, 9)).toBe(1)
    expect(fisherExactGreater(3, 9, 0, 0)).toBe(1)
    expect(fisherExactGreater(0, 9, 0, 7)).toBe(1)
    expect(fisherExactGreater(9, 9, 7, 7)).toBe(1)
  })

  const table = fc
    .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }))
    .chain(([n, m]) =>
      fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n), fc.integer({ min: 0, max: m }), fc.constant(m)),
    )

  it('is what the sum over all tables comes to', () => {
    fc.assert(
      fc.property(table, (counts) => {
        expect(fisherExactGreater(...counts)).toBeCloseTo(fisherBySum(...counts), 12)
      }),
    )
  })

  it('gives, seen from the other group, the rest and the table itself', () => {
    fc.assert(
      fc.property(table, ([a, n, b, m]) => {
        const here = ratio(choose(n, a) * choose(m, b), choose(n + m, a + b))
        expect(fisherExactGreater(a, n, b, m) + fisherExactGreater(b, m, a, n)).toBeCloseTo(1 + here, 12)
      }),
    )
  })

  it('finds stronger evidence when a well endpoint of the group is gone, or one more of the others was well', () => {
    fc.assert(
      fc.property(table, ([a, n, b, m]) => {
        const p = fisherExactGreater(a, n, b, m)
        if (n > a) expect(fisherExactGreater(a, n - 1, b, m)).toBeLessThanOrEqual(p + 1e-12)
        expect(fisherExactGreater(a, n, b, m + 1)).toBeLessThanOrEqual(p + 1e-12)
      }),
    )
  })

  it('holds for a million endpoints', () => {
    // Python: mpmath with 40 digits.
    expect(fisherExactGreater(500, 1_000_000, 400, 1_000_000) / 0.00047695786505469635).toBeCloseTo(1, 9)
    expect(fisherExactGreater(40, 100, 800, 9_000) / 1.058021997036055e-16).toBeCloseTo(1, 9)
  })
})

describe('the tail of the binomial distribution', () => {
  it.each([
    // By hand: (120 + 210 + 252 + 210 + 120 + 45 + 10 + 1) / 1024.
    [3, 10, 0.5, 968 / 1024],
    // By fractions in Python.
    [10, 100, 0.05, 0.0281882941634161],
    [1, 12, 0.05, 1 - 0.95 ** 12],
    [12, 12, 0.3, 0.3 ** 12],
  ])('from %i of %i at %f', (x, n, p, tail) => {
    expect(binomialTail(x, n, p)).toBeCloseTo(tail, 14)
  })

  it('is sure, or impossible, at its ends', () => {
    expect(binomialTail(0, 10, 0)).toBe(1)
    expect(binomialTail(1, 10, 0)).toBe(0)
    expect(binomialTail(10, 10, 1)).toBe(1)
    expect(binomialTail(11, 10, 0.5)).toBe(0)
  })

  test('is what the sum comes to', () => {
    const numbers = fc
      .integer({ min: 1, max: 80 })
      .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n), fc.integer({ min: 1, max: 999 })))
    fc.assert(
      fc.property(numbers, ([x, n, thousandths]) => {
        expect(binomialTail(x, n, thousandths / 1000)).toBeCloseTo(binomialBySum(x, n, thousandths), 12)
      }),
    )
  })

  it('holds for a million endpoints', () => {
    // Python: scipy.stats.binom.sf(50499, 1_000_000, 0.05).
    expect(binomialTail(50_500, 1_000_000, 0.05) / 0.011041122391130916).toBeCloseTo(1, 9)
  })
})
