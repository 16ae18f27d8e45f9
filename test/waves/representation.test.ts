import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candidate } from '../../src/waves/candidate.js'
import { orderCandidates, representation } from '../../src/waves/order.js'
import { strataOf } from './order-reference.js'
import { candidate, idsOf, orderOptions, population } from './population.js'

/** So many endpoints alike. */
function alike(count: number, name: string, attributes: Partial<Candidate>): readonly Candidate[] {
  return Array.from({ length: count }, (_, index) => candidate(`serial:${name}${index}`, attributes))
}

describe('the first automatic wave', () => {
  it('represents every stratum from the size on that is told, whatever the order', () => {
    const inSomeOrder = fc
      .tuple(population, orderOptions, fc.boolean())
      .chain(([list, options, isShuffled]) =>
        fc.tuple(
          isShuffled
            ? fc.shuffledSubarray([...list], { minLength: list.length })
            : fc.constant(orderCandidates(list, options)),
          fc.constant(options),
        ),
      )
    fc.assert(
      fc.property(inSomeOrder, fc.nat({ max: 70 }), ([ordered, options], places) => {
        const told = representation(ordered, places, options)
        const strata = strataOf(ordered, options)
        const wave = new Set(ordered.slice(0, places))
        const missing = strata.filter(({ members }) => !members.some((member) => wave.has(member)))
        expect(told.strata).toBe(strata.length)
        expect(told.missingCount).toBe(missing.length)
        expect(told.missing.map(({ endpoints }) => endpoints)).toEqual(
          missing.slice(0, 20).map(({ members }) => members.length),
        )
        expect(missing.every(({ members }) => members.length < told.represented)).toBe(true)
        // One less would be too much said.
        if (told.represented > options.minimum) {
          expect(missing.some(({ members }) => members.length === told.represented - 1)).toBe(true)
        } else expect(told.represented).toBe(options.minimum)
      }),
      { numRuns: 400 },
    )
  })

  it('tells of a large stratum without one, though smaller ones have theirs', () => {
    const ordered = [...alike(2, 'SMALL', { site: 'Paris' }), ...alike(7, 'LARGE', { site: 'Berlin' })]
    expect(representation(ordered, 2, { by: ['site'], minimum: 1 })).toMatchObject({
      represented: 8,
      strata: 2,
      missing: [{ stratum: 'site Berlin', endpoints: 7 }],
      missingCount: 1,
    })
  })

  it('represents more the larger it is', () => {
    fc.assert(
      fc.property(population, orderOptions, (candidates, options) => {
        const ordered = orderCandidates(candidates, options)
        let before = representation(ordered, 0, options)
        for (let places = 1; places <= ordered.length; places += 1) {
          const now = representation(ordered, places, options)
          expect(now.missingCount).toBeLessThanOrEqual(before.missingCount)
          expect(now.represented).toBeLessThanOrEqual(before.represented)
          // No place is wasted while a stratum is missing.
          if (before.missingCount > 0) expect(now.missingCount).toBeLessThan(before.missingCount)
          before = now
        }
        expect(before).toMatchObject({ missing: [], missingCount: 0, represented: options.minimum })
      }),
      { numRuns: 200 },
    )
  })
})

describe('representatives', () => {
  const by = ['platform', 'department'] as const

  it('are those that stand for the most values at once, the largest value first', () => {
    const sales = alike(30, 'MAC-SALES', { department: 'Sales' })
    const finance = alike(20, 'WINDOWS-FINANCE', { platform: 'windows', department: 'Finance' })
    const macFinance = alike(9, 'MAC-FINANCE', { department: 'Finance' })
    const ordered = orderCandidates([...finance, ...macFinance, ...sales], { campaign: 'autumn', by, minimum: 10 })
    const kind = (place: number) => ordered[place]!.id.replace(/\d+$/, '')
    expect([kind(0), kind(1)]).toEqual(['serial:MAC-SALES', 'serial:WINDOWS-FINANCE'])
    expect(representation(ordered, 2, { by, minimum: 10 })).toEqual({
      by: ['platform', 'department'],
      minimum: 10,
      represented: 10,
      strata: 6,
      missing: [],
      missingCount: 0,
    })
    expect(representation(ordered, 1, { by, minimum: 10 })).toEqual({
      by: ['platform', 'department'],
      minimum: 10,
      represented: 30,
      strata: 6,
      missing: [
        { stratum: 'department Finance', endpoints: 29 },
        { stratum: 'platform windows', endpoints: 20 },
        { stratum: 'windows, Finance', endpoints: 20 },
      ],
      missingCount: 3,
    })
  })

  it('come from the larger cell, then by hash, where two stand for as much', () => {
    const small = alike(4, 'SMALL', { department: 'Sales', site: 'Paris' })
    const large = alike(6, 'LARGE', { department: 'Sales', site: 'Berlin' })
    const options = { campaign: 'autumn', by: ['department', 'site'] as const, minimum: 10 }
    expect(orderCandidates([...small, ...large], options)[0]!.id).toMatch(/LARGE/)
    // Of equal cells, the one whose first endpoint comes first by hash.
    const equal = [...small, ...large.slice(0, 4), ...alike(2, 'OTHER', { department: 'Sales', site: 'London' })]
    const firstByHash = orderCandidates(
      equal.filter(({ site }) => site !== 'London'),
      { ...options, by: [] },
    )[0]!
    expect(orderCandidates(equal, options)[0]).toBe(firstByHash)
  })
})

describe('strata in words', () => {
  const attributes = { department: 'Sales', site: 'Berlin', version: '1.1.3918' }
  const by = ['platform', 'department', 'site', 'version'] as const

  it('name a value with its dimension, and a cell by its values', () => {
    const told = representation(alike(3, 'A', attributes), 0, { by, minimum: 3 })
    expect(told.missing).toEqual([
      { stratum: 'platform macos', endpoints: 3 },
      { stratum: 'department Sales', endpoints: 3 },
      { stratum: 'site Berlin', endpoints: 3 },
      { stratum: 'version 1.1.3918', endpoints: 3 },
      { stratum: 'macos, Sales, Berlin, 1.1.3918', endpoints: 3 },
    ])
    expect(told.represented).toBe(4)
  })

  it('say where a value is missing', () => {
    const told = representation(alike(2, 'A', {}), 0, { by: ['department', 'site'], minimum: 1 })
    expect(told.missing.map(({ stratum }) => stratum)).toEqual(['department (none)', 'site (none)', '(none), (none)'])
  })

  it('stand in the order of their sizes, then of dimensions, then of names by code unit', () => {
    const candidates = ['b', 'a', 'B', 'ä', 'c'].flatMap((department) =>
      alike(department === 'c' ? 3 : 2, department, { department, site: department }),
    )
    const told = representation(candidates, 0, { by: ['site', 'department'], minimum: 2 })
    expect(told.missing.map(({ stratum }) => stratum)).toEqual([
      ...['site c', 'department c', 'c, c'],
      ...['site B', 'site a', 'site b', 'site ä'],
      ...['department B', 'department a', 'department b', 'department ä'],
      ...['B, B', 'a, a', 'b, b', 'ä, ä'],
    ])
  })

  it('are twenty at most, and all are counted', () => {
    const candidates = Array.from({ length: 50 }, (_, index) => candidate(`${index}`, { site: `S${index}` }))
    const told = representation(candidates, 10, { by: ['site'], minimum: 1 })
    expect(told).toMatchObject({ strata: 50, missingCount: 40, represented: 2 })
    expect(told.missing.length).toBe(20)
  })

  it('are the values alone where there is one dimension, and none where there is none', () => {
    const candidates = alike(5, 'A', attributes)
    expect(representation(candidates, 0, { by: ['site'], minimum: 1 }).strata).toBe(1)
    const none = { by: [], minimum: 1, represented: 1, strata: 0, missing: [], missingCount: 0 }
    expect(representation(candidates, 0, { by: [], minimum: 1 })).toEqual(none)
    expect(representation([], 5, { by: [], minimum: 1 })).toEqual(none)
    expect(representation([], 5, { by, minimum: 2 })).toMatchObject({ strata: 0, represented: 2 })
    expect(orderCandidates([], { campaign: 'autumn', by, minimum: 1 })).toEqual([])
  })

  it('count a dimension once, however often it is asked for', () => {
    const options = { campaign: 'autumn', by: ['site', 'site'] as const, minimum: 1 }
    const candidates = [...alike(3, 'A', attributes), ...alike(2, 'B', { site: 'Paris' })]
    expect(representation(candidates, 0, options)).toMatchObject({ by: ['site'], strata: 2 })
    expect(idsOf(orderCandidates(candidates, options))).toEqual(
      idsOf(orderCandidates(candidates, { ...options, by: ['site'] })),
    )
  })
})
