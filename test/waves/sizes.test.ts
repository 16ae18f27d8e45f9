import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Sizes } from '../../src/waves/settings.js'
import { sizeWaves } from '../../src/waves/sizes.js'

const whole = 1_000_000

/** Shares in ten-thousandths of a percent that add up to 100 %; some may be zero. */
const shares = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: whole }),
      fc.integer({ min: 0, max: 20 }).map((n) => n * 50_000),
    ),
    {
      maxLength: 8,
    },
  )
  .map((cuts) => {
    const sorted = [0, ...cuts.sort((a, b) => a - b), whole]
    return sorted.slice(1).map((cut, index) => cut - sorted[index]!)
  })
const endpointCount = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 10_000_000 }))

const texts = (units: readonly number[]) => units.map((unit) => `${unit / 10_000}%`)
const sizesOf = (endpoints: number, sizes: Sizes) => sizeWaves(endpoints, sizes).map(({ size }) => size)
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

/** By share, zero or not: how many endpoints are in its wave and those before. */
function cumulativeSizes(endpoints: number, units: readonly number[]): readonly number[] {
  const sizes = [...sizesOf(endpoints, texts(units))]
  let total = 0
  return units.map((unit) => {
    total += unit === 0 ? 0 : (sizes.shift() ?? 0)
    return total
  })
}

describe('waves by share', () => {
  it('hold all endpoints, and none is empty', () => {
    fc.assert(
      fc.property(shares, endpointCount, (units, endpoints) => {
        const sizes = sizesOf(endpoints, texts(units))
        expect(sum(sizes)).toBe(endpoints)
        expect(sizes.every((size) => Number.isInteger(size) && size > 0)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('are one for each share while endpoints last, and of one endpoint each where there are too few', () => {
    fc.assert(
      fc.property(shares, fc.integer({ min: 0, max: 30 }), (units, endpoints) => {
        const wanted = units.filter((unit) => unit > 0).map((unit) => `${unit / 10_000} %`)
        const waves = sizeWaves(endpoints, texts(units))
        expect(waves.map(({ share }) => share)).toEqual(wanted.slice(0, endpoints))
        if (endpoints <= wanted.length) expect(waves.every(({ size }) => size === 1)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('stay within one endpoint of their share where every share is worth one', () => {
    fc.assert(
      fc.property(shares, endpointCount, (units, endpoints) => {
        const worth = units.filter((unit) => unit > 0)
        fc.pre(worth.every((unit) => unit * endpoints >= whole))
        for (const [index, size] of sizesOf(endpoints, texts(units)).entries()) {
          expect(Math.abs(size * whole - worth[index]! * endpoints)).toBeLessThan(whole)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('only gain, up to the waves that pay, when a share is raised at the expense of later ones', () => {
    const raises = shares.chain((units) =>
      fc.record({
        units: fc.constant(units),
        raised: fc.nat({ max: units.length - 1 }),
        // What each later wave gives away, from nothing to all of its share.
        payments: fc.tuple(...units.map((unit) => fc.oneof(fc.constant(0), fc.nat({ max: unit }), fc.constant(unit)))),
        endpoints: endpointCount,
      }),
    )
    fc.assert(
      fc.property(raises, ({ units, raised, payments, endpoints }) => {
        fc.pre(units[raised]! > 0)
        const paid = payments.map((payment, index) => (index > raised ? payment : 0))
        const after = units.map((unit, index) => (index === raised ? unit + sum(paid) : unit - paid[index]!))
        const firstPayer = paid.findIndex((payment) => payment > 0)
        const then = cumulativeSizes(endpoints, units)
        const now = cumulativeSizes(endpoints, after)
        for (let index = 0; index < (firstPayer < 0 ? units.length : firstPayer); index += 1) {
          expect(now[index]).toBeGreaterThanOrEqual(then[index]!)
        }
      }),
      { numRuns: 5000 },
    )
  })

  it('keep the first wave where the largest remainder would take it away', () => {
    expect(sizesOf(7, ['5%', '5%', '90%'])).toEqual([1, 1, 5])
    expect(sizesOf(7, ['5%', '10%', '85%'])).toEqual([1, 1, 5])
    expect(sizesOf(8, ['5%', '15%', '80%'])).toEqual([1, 1, 6])
    expect(sizesOf(8, ['10%', '15%', '75%'])).toEqual([1, 1, 6])
  })

  it('give a half to the earlier wave', () => {
    expect(sizesOf(3, ['50%', '50%'])).toEqual([2, 1])
    expect(sizesOf(10, ['25%', '25%', '50%'])).toEqual([3, 2, 5])
  })

  it('take the endpoint of a share too small for one from the waves after it, or before it at the end', () => {
    expect(sizesOf(20, ['1%', '9%', '90%'])).toEqual([1, 1, 18])
    expect(sizesOf(5, ['80%', '15%', '5%'])).toEqual([3, 1, 1])
    expect(sizesOf(7, ['57.1428%', '40%', '1.4286%', '1.4286%'])).toEqual([4, 1, 1, 1])
  })

  it('count four decimals of a percentage exactly', () => {
    expect(sizesOf(10_000_000, ['0.0003%', '99.9997%'])).toEqual([30, 9_999_970])
    expect(sizesOf(10_000_000, ['33.3333%', '33.3333%', '33.3334%'])).toEqual([3_333_330, 3_333_330, 3_333_340])
  })

  it('show shares as people write them', () => {
    const shown = sizeWaves(1000, ['05.50%', '0%', '14.5 %', '0.0001%', '79.9999%']).map(({ share }) => share)
    expect(shown).toEqual(['5.5 %', '14.5 %', '0.0001 %', '79.9999 %'])
  })

  it('refuse shares that do not add up, and what is no share', () => {
    expect(() => sizeWaves(10, ['10%', '80%'])).toThrow(RangeError)
    expect(() => sizeWaves(10, ['10%', '90.0001%'])).toThrow(RangeError)
    expect(() => sizeWaves(0, ['10', '90%'])).toThrow(RangeError)
    expect(() => sizeWaves(10, [])).toThrow(RangeError)
  })
})

describe('presets', () => {
  const five = { share: '5 %', size: 10 }

  it('follow Windows Autopatch, up to 200 endpoints and beyond', () => {
    expect(sizeWaves(200, 'autopatch')).toEqual([five, { share: '15 %', size: 30 }, { share: '80 %', size: 160 }])
    expect(sizeWaves(201, 'autopatch')).toEqual([
      { share: '1 %', size: 2 },
      { share: '9 %', size: 18 },
      { share: '90 %', size: 181 },
    ])
    expect(sizesOf(1, 'autopatch')).toEqual([1])
    expect(sizesOf(2, 'autopatch')).toEqual([1, 1])
    expect(sizesOf(10, 'autopatch')).toEqual([1, 1, 8])
    expect(sizesOf(1_000_000, 'autopatch')).toEqual([10_000, 90_000, 900_000])
  })

  it('grow to 1, 5, 25, 75 and 100 %', () => {
    expect(sizeWaves(1000, 'fleet')).toEqual([
      { share: '1 %', size: 10 },
      { share: '4 %', size: 40 },
      { share: '20 %', size: 200 },
      { share: '50 %', size: 500 },
      { share: '25 %', size: 250 },
    ])
    expect(sizesOf(20, 'fleet')).toEqual([1, 1, 3, 10, 5])
    expect(sizesOf(3, 'fleet')).toEqual([1, 1, 1])
  })

  it('try a tenth before the rest', () => {
    expect(sizeWaves(50, 'two-phase')).toEqual([
      { share: '10 %', size: 5 },
      { share: '90 %', size: 45 },
    ])
  })

  it('have no wave for nobody', () => {
    for (const sizes of ['autopatch', 'fleet', 'two-phase', ['50%', '50%'], [10, 20]] as const) {
      expect(sizeWaves(0, sizes)).toEqual([])
    }
  })
})

describe('waves by count', () => {
  it('hold all endpoints, as counted while they last', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 500 }),
        (counts, endpoints) => {
          const waves = sizeWaves(endpoints, counts)
          expect(sum(waves.map(({ size }) => size))).toBe(endpoints)
          const full = waves.slice(0, -1)
          expect(full.map(({ size }) => size)).toEqual(counts.slice(0, full.length))
          const beyond = sum(counts) < endpoints
          expect(waves.at(-1)?.share === 'rest').toBe(beyond)
        },
      ),
    )
  })

  it('cut the last one off, and add one for the rest', () => {
    expect(sizeWaves(60, [10, 50, 200])).toEqual([
      { share: '10', size: 10 },
      { share: '50', size: 50 },
    ])
    expect(sizeWaves(40, [10, 50])).toEqual([
      { share: '10', size: 10 },
      { share: '50', size: 30 },
    ])
    expect(sizeWaves(100, [10, 50])).toEqual([
      { share: '10', size: 10 },
      { share: '50', size: 50 },
      { share: 'rest', size: 40 },
    ])
  })
})
