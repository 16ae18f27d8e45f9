import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candidate } from '../../src/waves/candidate.js'
import { type OrderOptions, orderCandidates } from '../../src/waves/order.js'
import { referenceOrder, strataOf } from './order-reference.js'
import { candidate, company, crossed, idsOf, orderOptions, population } from './population.js'

const byAll: OrderOptions['by'] = ['platform', 'department', 'site', 'version']
/** Above the size of every population: nobody is moved to the front. */
const noStrata = 1_000_000

function countOf<T>(list: readonly T[], is: (item: T) => boolean): number {
  return list.filter(is).length
}

type Sampling = Pick<OrderOptions, 'by' | 'minimum'>

/** How many places it takes until each of these strata has one. */
function placesFor(strata: ReturnType<typeof strataOf>, ordered: readonly Candidate[]): number {
  const placeOf = new Map(ordered.map((one, place) => [one, place]))
  const firstPlaces = strata.map(({ members }) => Math.min(...members.map((member) => placeOf.get(member)!)))
  return Math.max(0, ...firstPlaces.map((place) => place + 1))
}

/** How many places are taken by endpoints that represent strata. */
const representativesIn = (ordered: readonly Candidate[], options: Sampling) =>
  placesFor(strataOf(ordered, options), ordered)

/** How many of these represent a value of a dimension. */
const valueRepresentativesIn = (ordered: readonly Candidate[], options: Sampling) =>
  placesFor(
    strataOf(ordered, options).filter(({ dimension }) => dimension < options.by.length),
    ordered,
  )

describe('the order of candidates', () => {
  it('is that of the rules, written once more without a thought for speed', () => {
    fc.assert(
      fc.property(population, orderOptions, (candidates, options) => {
        expect(idsOf(orderCandidates(candidates, options))).toEqual(idsOf(referenceOrder(candidates, options)))
      }),
      { numRuns: 400 },
    )
  })

  it('has everybody once, whatever the order of records', () => {
    const shuffled = population.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray([...list], { minLength: list.length })),
    )
    fc.assert(
      fc.property(shuffled, orderOptions, ([candidates, other], options) => {
        const ordered = orderCandidates(candidates, options)
        expect(orderCandidates(other, options)).toEqual(ordered)
        expect(new Set(ordered)).toEqual(new Set(candidates))
        expect(ordered.length).toBe(candidates.length)
      }),
      { numRuns: 300 },
    )
  })

  it('stays what it was when fleet is updated, because campaigns that run depend on it', () => {
    const options: OrderOptions = { campaign: '2026-11 telemetry', by: ['platform', 'department'], minimum: 20 }
    expect(idsOf(orderCandidates(company(60), options).slice(0, 12))).toMatchInlineSnapshot(`
      [
        "serial:EXAMPLE22",
        "serial:EXAMPLE5",
        "serial:EXAMPLE29",
        "serial:EXAMPLE42",
        "serial:EXAMPLE52",
        "serial:EXAMPLE44",
        "serial:EXAMPLE16",
        "serial:EXAMPLE21",
        "serial:EXAMPLE38",
        "serial:EXAMPLE27",
        "serial:EXAMPLE4",
        "serial:EXAMPLE0",
      ]
    `)
  })

  it('takes a serial number for the same in any case and composition', () => {
    const options: OrderOptions = { campaign: 'autumn', by: [], minimum: 1 }
    const plain = Array.from({ length: 50 }, (_, index) => `serial:é${index}a`)
    const written = plain.map((id) => `\u00a0${id.normalize('NFD').toUpperCase()} `)
    const placesOf = (ids: readonly string[]) =>
      orderCandidates(
        ids.map((id) => candidate(id)),
        options,
      ).map(({ id }) => ids.indexOf(id))
    expect(placesOf(written)).toEqual(placesOf(plain))
  })

  it('orders ids of the same normal form by their text', () => {
    const ids = ['serial:ABC', 'serial:AbC', 'serial:abc', 'serial:abc ']
    const options: OrderOptions = { campaign: 'autumn', by: [], minimum: 1 }
    for (const list of [ids, [...ids].reverse()]) {
      expect(
        idsOf(
          orderCandidates(
            list.map((id) => candidate(id)),
            options,
          ),
        ),
      ).toEqual(ids)
    }
  })

  it('looks at more of a hash where the first 32 bits are the same', () => {
    const options: OrderOptions = { campaign: 'autumn', by: [], minimum: 1 }
    // Hashes bd774359b14e… and bd774359e2ff…, 5f3cb36c1f20… and 5f3cb36c6963…, found by trying.
    const pairs = [
      ['serial:EXAMPLE120341', 'serial:EXAMPLE113363'],
      ['serial:EXAMPLE84676', 'serial:EXAMPLE121471'],
    ]
    for (const pair of pairs) {
      for (const ids of [pair, [...pair].reverse()]) {
        expect(
          idsOf(
            orderCandidates(
              ids.map((id) => candidate(id)),
              options,
            ),
          ),
        ).toEqual(pair)
      }
    }
  })

  it('is another one in another campaign: most of the canaries move', () => {
    const firstFifty = (campaign: string) =>
      new Set(idsOf(orderCandidates(company(), { campaign, by: byAll, minimum: 20 }).slice(0, 50)))
    const [one, other] = [firstFifty('autumn'), firstFifty('winter')]
    expect(countOf([...one], (id) => other.has(id))).toBeLessThan(15)
  })

  it('is quick with a hundred thousand cells, each a stratum', () => {
    const candidates = Array.from({ length: 100_000 }, (_, index) =>
      candidate(`serial:EXAMPLE${index}`, { department: `D${index % 1000}`, site: `S${Math.floor(index / 1000)}` }),
    )
    const started = performance.now()
    const ordered = orderCandidates(candidates, { campaign: 'autumn', by: byAll, minimum: 1 })
    expect(new Set(ordered).size).toBe(100_000)
    // About a second; looking through all cells for every stratum takes minutes.
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})

describe('proportion', () => {
  /** By how much a share may be missed, for a group with this share among so many groups. */
  const bound = (share: number, groups: number) => 1 + share * Math.max(0, groups - 2)

  it('holds for the first dimension in every beginning', () => {
    fc.assert(
      fc.property(population, orderOptions, (candidates, { by: [key = 'platform'], campaign }) => {
        const ordered = orderCandidates(candidates, { campaign, by: [key], minimum: noStrata })
        const values = new Set(candidates.map((one) => one[key]))
        for (const value of values) {
          const share = countOf(candidates, (one) => one[key] === value) / candidates.length
          for (let places = 1; places <= ordered.length; places += 1) {
            const taken = countOf(ordered.slice(0, places), (one) => one[key] === value)
            expect(Math.abs(taken - share * places)).toBeLessThan(bound(share, values.size))
          }
        }
      }),
      { numRuns: 200 },
    )
  })

  it('holds inside a platform for its departments, and inside these for their sites', () => {
    const ordered = orderCandidates(company(), { campaign: 'autumn', by: byAll, minimum: noStrata })
    const check = (members: readonly Candidate[], key: 'department' | 'site') => {
      const values = new Set(members.map((one) => one[key]))
      for (const value of values) {
        const share = countOf(members, (one) => one[key] === value) / members.length
        let taken = 0
        for (const [index, one] of members.entries()) {
          if (one[key] === value) taken += 1
          expect(Math.abs(taken - share * (index + 1))).toBeLessThan(bound(share, values.size))
        }
      }
    }
    const windows = ordered.filter(({ platform }) => platform === 'windows')
    check(windows, 'department')
    check(
      windows.filter(({ department }) => department === 'Engineering'),
      'site',
    )
  })

  it('is disturbed by representatives by no more than their number', () => {
    fc.assert(
      fc.property(population, orderOptions, (candidates, { campaign, by, minimum }) => {
        const options = { campaign, by: ['platform' as const, ...by.filter((key) => key !== 'platform')], minimum }
        const ordered = orderCandidates(candidates, options)
        const representatives = representativesIn(ordered, options)
        const platforms = new Set(candidates.map(({ platform }) => platform))
        for (const name of platforms) {
          const share = countOf(candidates, ({ platform }) => platform === name) / candidates.length
          const most = bound(share, platforms.size) + representatives * Math.max(share, 1 - share)
          for (let places = representatives; places <= ordered.length; places += 1) {
            const taken = countOf(ordered.slice(0, places), ({ platform }) => platform === name)
            expect(Math.abs(taken - share * places)).toBeLessThan(most)
          }
        }
      }),
      { numRuns: 200 },
    )
  })

  it('gives an endpoint that is alone in its cell its chance of an early place, and no more', () => {
    const everybody = [...company(999), candidate('serial:ALONE', { department: 'Board', site: 'Oslo' })]
    for (const minimum of [noStrata, 50]) {
      let early = 0
      for (let number = 0; number < 400; number += 1) {
        const ordered = orderCandidates(everybody, { campaign: `campaign ${number}`, by: byAll, minimum })
        if (ordered.findIndex(({ id }) => id === 'serial:ALONE') < 100) early += 1
      }
      // 40 are expected with a standard deviation of 6; a few less where representatives take early places.
      expect(early).toBeGreaterThan(20)
      expect(early).toBeLessThan(60)
    }
  })

  it('gives every endpoint of a small company its chance', () => {
    const everybody = company(50)
    const early = new Map<string, number>()
    for (let number = 0; number < 600; number += 1) {
      const ordered = orderCandidates(everybody, { campaign: `campaign ${number}`, by: byAll, minimum: noStrata })
      for (const { id } of ordered.slice(0, 10)) early.set(id, (early.get(id) ?? 0) + 1)
    }
    const times = idsOf(everybody).map((id) => early.get(id) ?? 0)
    // 120 are expected with a standard deviation of 10.
    expect(Math.min(...times)).toBeGreaterThan(80)
    expect(Math.max(...times)).toBeLessThan(160)
  })
})

describe('the places before every cell has one', () => {
  it('go to platforms in proportion: Linux with its small cells is not left out', () => {
    const everybody = crossed()
    const share = (platform: string) => countOf(everybody, (one) => one.platform === platform) / everybody.length
    expect(share('linux')).toBeCloseTo(0.195, 2)
    for (let number = 0; number < 10; number += 1) {
      const options: OrderOptions = { campaign: `campaign ${number}`, by: byAll, minimum: 10 }
      const ordered = orderCandidates(everybody, options)
      const values = valueRepresentativesIn(ordered, options)
      expect(values).toBe(5)
      for (const platform of ['windows', 'macos', 'linux']) {
        for (let places = 1; places <= 121; places += 1) {
          const taken = countOf(ordered.slice(0, places), (one) => one.platform === platform)
          expect(Math.abs(taken - share(platform) * places)).toBeLessThan(values + 1)
        }
      }
    }
  })

  it('are the number of values and cells that need one, and no more', () => {
    fc.assert(
      fc.property(population, orderOptions, (candidates, options) => {
        const ordered = orderCandidates(candidates, options)
        const strata = strataOf(candidates, options)
        const values = strata.filter(({ dimension }) => dimension < options.by.length)
        const places = placesFor(values, ordered)
        expect(places).toBeLessThanOrEqual(values.length)
        const begin = new Set(ordered.slice(0, places))
        const without = strata.filter(({ members }) => !members.some((member) => begin.has(member)))
        expect(placesFor(strata, ordered)).toBe(places + without.length)
      }),
      { numRuns: 300 },
    )
  })

  it('are short of a platform of few cells, which catches up afterwards', () => {
    const sized = (size: number, name: string, attributes: Partial<Candidate>) =>
      Array.from({ length: size }, (_, index) => candidate(`serial:${name}-${index}`, attributes))
    // Four fifths of all endpoints in 4 cells, one fifth in 100.
    const everybody = [
      ...[0, 1, 2, 3].flatMap((at) => sized(2000, `W${at}`, { platform: 'windows', department: `Department ${at}` })),
      ...Array.from({ length: 100 }, (_, at) =>
        sized(20, `M${at}`, { department: `Department ${at % 20}`, site: `Site ${Math.floor(at / 20)}` }),
      ).flat(),
    ]
    const ordered = orderCandidates(everybody, { campaign: 'autumn', by: byAll, minimum: 10 })
    const windowsIn = (places: number) => countOf(ordered.slice(0, places), ({ platform }) => platform === 'windows')
    expect(windowsIn(104)).toBe(4)
    expect(windowsIn(1000)).toBeGreaterThan(795)
    expect(windowsIn(1000)).toBeLessThan(805)
  })
})

describe('an endpoint more', () => {
  it('leaves the order inside other platforms as it was, apart from representatives', () => {
    fc.assert(
      fc.property(population, orderOptions, fc.constantFrom('Sales', 'Board'), (candidates, drawn, department) => {
        const options = { ...drawn, by: ['platform' as const, ...drawn.by.filter((key) => key !== 'platform')] }
        const joined = candidate('serial:JOINED', { platform: 'windows', department })
        const before = orderCandidates(candidates, options)
        const after = orderCandidates([...candidates, joined], options)
        const moved = new Set([
          ...before.slice(0, representativesIn(before, options)),
          ...after.slice(0, representativesIn(after, options)),
        ])
        for (const platform of ['macos', 'linux']) {
          const inside = (list: readonly Candidate[]) =>
            idsOf(list.filter((one) => one.platform === platform && !moved.has(one)))
          expect(inside(after)).toEqual(inside(before))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('leaves the order of all others as it was where nothing is stratified', () => {
    fc.assert(
      fc.property(population, (candidates) => {
        const options: OrderOptions = { campaign: 'autumn', by: [], minimum: 1 }
        const joined = candidate('serial:JOINED')
        const after = orderCandidates([...candidates, joined], options).filter((one) => one !== joined)
        expect(after).toEqual(orderCandidates(candidates, options))
      }),
    )
  })
})
