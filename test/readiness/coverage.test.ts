import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Gate } from '../../src/gates/gate.js'
import type { Endpoint } from '../../src/inventory/endpoint.js'
import { Policy } from '../../src/policy/policy.js'
import { coverageOf, noName, type StateCounts, Tally } from '../../src/readiness/coverage.js'
import { assess, createJudge, type State, states } from '../../src/readiness/verdict.js'
import { absent, endpointOf, installed, unknown } from '../builders/endpoint.js'
import { asOf } from '../builders/reading.js'

const none: StateCounts = { excluded: 0, stale: 0, unknown: 0, install: 0, upgrade: 0, repair: 0, ready: 0 }

describe('coverage', () => {
  it('has three denominators', () => {
    const counts = { excluded: 50, stale: 50, unknown: 40, install: 10, upgrade: 200, repair: 38, ready: 612 }
    expect(coverageOf(counts, 95)).toEqual({
      ready: 612,
      target: 95,
      met: false,
      missing: 291,
      managed: { of: 1000, percent: 61.2 },
      inScope: { of: 950, percent: 64.4 },
      active: { of: 900, percent: 68 },
    })
  })

  it('of nothing has no share and is not met', () => {
    const nothing = { of: 0, percent: null }
    expect(coverageOf(none, 0)).toEqual({
      ready: 0,
      target: 0,
      met: false,
      missing: 0,
      managed: nothing,
      inScope: nothing,
      active: nothing,
    })
    expect(coverageOf({ ...none, excluded: 3 }, 95)).toMatchObject({
      met: false,
      missing: 0,
      managed: { of: 3, percent: 0 },
      inScope: nothing,
    })
    expect(coverageOf({ ...none, stale: 3 }, 95)).toMatchObject({
      met: false,
      missing: 3,
      inScope: { of: 3, percent: 0 },
      active: nothing,
    })
  })

  it.each([
    // ready, of, target, percent, missing
    [949, 1000, 95, 94.9, 1],
    [950, 1000, 95, 95, 0],
    [9499, 10_000, 95, 94.9, 1],
    [9996, 10_000, 100, 99.9, 4],
    [57, 100, 57, 57, 0],
    [28, 100, 28, 28, 0],
    [0, 10, 0, 0, 0],
    [1, 3, 33.3, 33.3, 0],
    [1, 3, 33.4, 33.3, 1],
    [2, 3, 66.7, 66.6, 1],
    [999_999, 1_000_000, 100, 99.9, 1],
    [1_000_000, 1_000_000, 100, 100, 0],
    [0, 1, 0.1, 0, 1],
    [19, 20, 95, 95, 0],
    [18, 20, 90.1, 90, 1],
  ])('of %i ready in %i at a target of %f is %f, and %i are missing', (ready, of, target, percent, missing) => {
    const coverage = coverageOf({ ...none, ready, upgrade: of - ready }, target)
    expect(coverage).toMatchObject({ missing, met: missing === 0, inScope: { of, percent } })
  })

  it('never shows the target, or more, where it is not met', () => {
    const counts = fc.record({
      ...none,
      ...Object.fromEntries(states.map((state) => [state, fc.nat(2000)])),
    } as never) as fc.Arbitrary<StateCounts>
    const target = fc.integer({ min: 0, max: 1000 }).map((tenths) => tenths / 10)
    fc.assert(
      fc.property(counts, target, (of, at) => {
        const { met, missing, inScope, active, managed, ready } = coverageOf(of, at)
        expect(managed.of).toBe(states.reduce((sum, state) => sum + of[state], 0))
        expect(inScope.of).toBe(managed.of - of.excluded)
        expect(active.of).toBe(inScope.of - of.stale)
        if (!met) expect(inScope.percent ?? -1).toBeLessThan(at === 0 ? 0.1 : at)
        if (met) expect(inScope.percent).toBeGreaterThanOrEqual(Math.floor(at * 10) / 10 - 0.1)
        // As many more as are said to be missing are enough, and one fewer is not.
        const more = (extra: number) =>
          coverageOf({ ...none, ready: ready + extra, upgrade: inScope.of - ready - extra }, at).met
        if (inScope.of > 0) expect(more(missing)).toBe(true)
        if (missing > 0) expect(more(missing - 1)).toBe(false)
        for (const share of [managed, inScope, active])
          if (share.percent !== null) expect(share.percent).toBeLessThanOrEqual((100 * ready) / share.of)
      }),
      { numRuns: 2000 },
    )
  })
})

const gateOf = (id: string, changes: Record<string, unknown> = {}) =>
  Gate.parse({
    id,
    title: `Gate ${id}`,
    product: 'claude-desktop',
    platforms: ['macos', 'windows'],
    requires: ['>=1.1.4173'],
    why: 'because',
    source: 'https://example.org/gate',
    checked: '2026-08-11',
    level: 'required',
    ...changes,
  })

const gates = [
  gateOf('z-advised', { level: 'advised', requires: ['>=1.5.0'] }),
  gateOf('b-required'),
  gateOf('a-required', { platforms: ['windows'], requires: ['>=1.2.0'] }),
  gateOf('c-code', { level: 'advised', product: 'claude-code', requires: ['>=2.1.0'] }),
]
const exclude = [
  { department: 'Kiosks', reason: 'no user' },
  { department: 'Lab', reason: 'test machines' },
]

function summaryOf(endpoints: readonly Endpoint[], target = 95) {
  const judge = createJudge(Policy.parse({ scope: { exclude } }), gates, asOf)
  const tally = new Tally(gates, target)
  for (const endpoint of endpoints) tally.add(endpoint, assess(endpoint, judge))
  return tally.summary()
}

describe('a tally', () => {
  const old = asOf - 40 * 86_400_000
  const fleet = [
    endpointOf({ department: 'Finance', site: 'Berlin', desktop: installed('1.5.0') }),
    endpointOf({ department: 'Finance', site: 'Berlin', desktop: installed('1.5.0.0') }),
    endpointOf({ department: 'Finance', desktop: installed('1.1.4173'), code: installed('2.0.0') }),
    endpointOf({ department: 'Design', desktop: installed('1.0.1'), platform: 'windows' }),
    endpointOf({ department: 'Design', desktop: installed('1.1.4173'), platform: 'windows' }),
    endpointOf({ department: 'Design', desktop: installed('No value') }),
    endpointOf({ department: 'Kiosks', desktop: installed('1.0.1') }),
    endpointOf({ department: 'Lab', desktop: unknown() }),
    endpointOf({ department: 'Lab', desktop: unknown() }),
    endpointOf({ desktop: absent() }),
    endpointOf({ desktop: unknown('personal-device'), platform: 'unknown' }),
    endpointOf({ lastSeen: old }),
    endpointOf({ platform: 'other' }),
  ]
  // Counted within each test, so that what counts is seen to be tested.
  const summary = () => summaryOf(fleet)

  it('counts states', () => {
    expect(summary().states).toEqual({ excluded: 5, stale: 1, unknown: 2, install: 0, upgrade: 2, repair: 0, ready: 3 })
    expect(summary().coverage).toMatchObject({
      ready: 3,
      managed: { of: 13 },
      inScope: { of: 8 },
      active: { of: 7 },
      missing: 5,
    })
  })

  it('counts the answers of each gate, required ones first', () => {
    expect(
      summary().gates.map(({ id, level, pass, fail, unknown: open, notApplicable }) => [
        id,
        level,
        pass,
        fail,
        open,
        notApplicable,
      ]),
    ).toEqual([
      ['a-required', 'required', 0, 2, 1, 10],
      ['b-required', 'required', 5, 2, 4, 2],
      ['c-code', 'advised', 0, 1, 0, 12],
      ['z-advised', 'advised', 3, 4, 4, 2],
    ])
    expect(summary().gates[0]).toMatchObject({ title: 'Gate a-required' })
  })

  it('counts versions in their normal form, the most frequent first, Desktop before Code', () => {
    expect(summary().versions).toEqual([
      {
        product: 'claude-desktop',
        version: '1.0.1',
        readable: true,
        endpoints: 2,
        belowRequired: 2,
        unknownRequired: 0,
      },
      {
        product: 'claude-desktop',
        version: '1.1.4173',
        readable: true,
        endpoints: 2,
        belowRequired: 1,
        unknownRequired: 0,
      },
      {
        product: 'claude-desktop',
        version: '1.30096.1',
        readable: true,
        endpoints: 2,
        belowRequired: 0,
        unknownRequired: 0,
      },
      {
        product: 'claude-desktop',
        version: '1.5.0',
        readable: true,
        endpoints: 2,
        belowRequired: 0,
        unknownRequired: 0,
      },
      {
        product: 'claude-desktop',
        version: 'No value',
        readable: false,
        endpoints: 1,
        belowRequired: 0,
        unknownRequired: 1,
      },
      { product: 'claude-code', version: '2.0.0', readable: true, endpoints: 1, belowRequired: 0, unknownRequired: 0 },
    ])
  })

  it('counts the first reason of each endpoint, with what tells it apart, and what to do', () => {
    expect(
      summary().reasons.map(({ state, code, detail, endpoints, action }) => [state, code, detail, endpoints, action]),
    ).toEqual([
      ['upgrade', 'below-gate', 'a-required', 1, 'upgrade'],
      ['upgrade', 'below-gate', 'b-required', 1, 'upgrade'],
      ['unknown', 'personal-device', undefined, 1, 'investigate'],
      ['unknown', 'version-unknown', undefined, 1, 'investigate'],
      ['stale', 'check-in-too-old', undefined, 1, 'reconnect'],
      ['excluded', 'excluded-by-policy', 'test machines', 2, 'none'],
      ['excluded', 'excluded-by-policy', 'no user', 1, 'none'],
      ['excluded', 'not-a-computer', undefined, 1, 'none'],
      ['excluded', 'not-installed', undefined, 1, 'none'],
    ])
  })

  it('breaks down by platform, department and site, furthest from the target first', () => {
    const names = (rows: ReturnType<typeof summary>['breakdown']['platform']) =>
      rows.map(({ name, coverage }) => `${name} ${coverage.missing}`)
    expect(names(summary().breakdown.platform)).toEqual(['macos 2', 'windows 2', 'unknown 1', 'other 0'])
    expect(names(summary().breakdown.department)).toEqual(['Design 3', `${noName} 2`, 'Finance 0', 'Kiosks 0', 'Lab 0'])
    expect(names(summary().breakdown.site)).toEqual([`${noName} 5`, 'Berlin 0'])
    const [design] = summary().breakdown.department
    expect(design).toMatchObject({
      states: { ...none, upgrade: 2, unknown: 1 },
      coverage: { ready: 0, inScope: { of: 3, percent: 0 } },
    })
  })

  it('adds up, whatever the order of endpoints, and every breakdown has everybody once', () => {
    expect(summaryOf([...fleet].reverse())).toEqual(
      expect.objectContaining({
        states: summary().states,
        versions: summary().versions,
        breakdown: summary().breakdown,
        gates: summary().gates,
      }),
    )
    for (const rows of Object.values(summary().breakdown)) {
      const sum = (state: State) => rows.reduce((total, row) => total + row.states[state], 0)
      for (const state of states) expect(sum(state)).toBe(summary().states[state])
    }
  })

  it('of a fleet without names is one row', () => {
    expect(
      summaryOf([endpointOf(), endpointOf()]).breakdown.department.map(({ name, states: counts }) => [
        name,
        counts.ready,
      ]),
    ).toEqual([[noName, 2]])
  })

  it('gives what was counted so far, and is not changed by what is counted later', () => {
    const judge = createJudge(Policy.parse({}), gates, asOf)
    const tally = new Tally(gates, 95)
    const before = tally.summary()
    tally.add(endpointOf(), assess(endpointOf(), judge))
    expect(before.states.ready).toBe(0)
    expect(tally.summary().states.ready).toBe(1)
  })
})
