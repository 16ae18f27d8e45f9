import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failure } from '../../src/platform/failure.js'
import { Policy } from '../../src/policy/policy.js'
import type { State } from '../../src/readiness/verdict.js'
import { PlanDocument } from '../../src/waves/plan-document.js'
import { planFromScan } from '../../src/waves/plan-from-scan.js'
import type { PlanningEndpoint } from '../../src/waves/planning-scan.js'
import type { WaveNotes } from '../../src/waves/progress.js'
import { readPlan } from '../../src/waves/read-plan.js'
import type { SettingFlags } from '../../src/waves/resolve-settings.js'
import { fileWith, planningEndpoint, scanDocumentOf } from '../builders/planning.js'

type Fleet = ReadonlyMap<string, PlanningEndpoint>

async function planOf(
  fleet: Fleet,
  asOf: string,
  flags: SettingFlags = {},
  {
    previous,
    accepted = [],
    started = [],
    notStarted = [],
  }: { readonly previous?: PlanDocument } & Partial<WaveNotes> = {},
): Promise<PlanDocument> {
  const { plan } = await planFromScan({
    scan: fileWith(scanDocumentOf([...fleet.values()], { asOf })),
    loaded: { policy: Policy.parse({}), digest: 'sha256:policy', folder: '.' },
    flags,
    previous: previous && (await readPlan(fileWith(previous))),
    notes: { accepted, started, notStarted },
  })
  return PlanDocument.parse(plan)
}

const fleetOf = (count: number): Fleet =>
  new Map(Array.from({ length: count }, (_, index) => `E${index}`).map((id) => [id, planningEndpoint({ id })]))

/** The fleet later: everybody has reported at that time, and some are in another state. */
function later(fleet: Fleet, time: string, changes: Readonly<Record<string, State | 'gone'>>): Fleet {
  const after = new Map<string, PlanningEndpoint>()
  for (const [id, endpoint] of fleet) {
    const state = changes[id] ?? endpoint.state
    if (state === 'gone') continue
    const fresh = planningEndpoint({ ...endpoint, id, lastSeen: time, desktop: { ...endpoint.desktop, asOf: time } })
    after.set(id, { ...fresh, state, reasons: state === endpoint.state ? endpoint.reasons : [{ code: `is-${state}` }] })
  }
  return after
}

const all = (ids: readonly string[], state: State | 'gone') => Object.fromEntries(ids.map((id) => [id, state]))
const waveOf = (plan: PlanDocument, name: string) => plan.waves.find((wave) => wave.name === name)!
const membersOf = (plan: PlanDocument, name: string) => waveOf(plan, name).endpoints

// Friday's scan; wave-1 on Monday 23rd with its soak until Thursday 26th, wave-2 on Monday 30th.
const flags = { preset: '20,30', start: '2026-11-23' }
const firstScan = '2026-11-20T00:00:00Z'
const duringSoak = '2026-11-25T12:00:00Z'
const afterSoak = '2026-11-27T12:00:00Z'
const fleet = fleetOf(100)
const first = await planOf(fleet, firstScan, flags)
const ofFirst = membersOf(first, 'wave-1')

it('begins with waves of 20, 30 and the rest', () => {
  expect(first.waves.map(({ name, size, start }) => `${name} ${size} ${start}`)).toEqual([
    'wave-1 20 2026-11-23',
    'wave-2 30 2026-11-30',
    'wave-3 50 2026-12-07',
  ])
})

describe('after a wave that went well', () => {
  const next = () => planOf(later(fleet, afterSoak, all(ofFirst, 'ready')), afterSoak, {}, { previous: first })

  it('freezes it, and goes on as announced', async () => {
    const plan = await next()
    const { outcome, ...frozen } = waveOf(plan, 'wave-1')
    expect(frozen).toEqual({ ...waveOf(first, 'wave-1'), status: 'finished' })
    expect(outcome).toEqual({
      asOf: afterSoak,
      accepted: false,
      succeeded: 20,
      failed: [],
      pending: [],
      silent: [],
      withdrawn: [],
    })
    // The soak is over since yesterday: another day is shifted to the one that was announced.
    const moved = expect.any(Array)
    expect(plan.waves.slice(1)).toEqual(first.waves.slice(1).map((wave) => ({ ...wave, moved })))
    expect(plan.previous?.difference).toEqual({
      finished: ['wave-1'],
      running: [],
      dropped: [],
      joined: 0,
      left: [],
      moved: 0,
      dates: [],
      settings: [],
    })
    expect(plan.previous?.digest).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  it('keeps what was given with flags, and measures success instead of assuming it', async () => {
    const plan = await next()
    expect(plan.settings.find(({ key }) => key === 'waves.preset')).toMatchObject({ value: [20, 30], from: 'previous' })
    expect(plan.target.expectedSuccess).toEqual({
      percent: 100,
      from: 'history',
      why: '20 of 20 endpoints of finished waves',
    })
  })

  it('stays frozen in the plans that follow, whatever becomes of it', async () => {
    const second = await next()
    const broken = later(fleet, '2026-12-04T12:00:00Z', {
      ...all(ofFirst, 'upgrade'),
      ...all(membersOf(second, 'wave-2'), 'ready'),
    })
    const third = await planOf(broken, '2026-12-04T12:00:00Z', {}, { previous: second })
    expect(waveOf(third, 'wave-1')).toEqual(waveOf(second, 'wave-1'))
    expect(third.repair.map(({ wave }) => wave)).toEqual(ofFirst.map(() => 'wave-1'))
  })
})

describe('failed and silent endpoints of a finished wave', () => {
  const [failed, silent, gone] = ofFirst as [string, string, string]
  const changes = { ...all(ofFirst, 'ready'), [failed]: 'repair', [silent]: 'stale', [gone]: 'gone' } as const

  it('go to the repair list, or wait; never into another wave', async () => {
    const newer = later(fleet, afterSoak, changes)
    const plan = await planOf(newer, afterSoak, {}, { previous: first, accepted: ['wave-1'] })
    expect(waveOf(plan, 'wave-1').outcome).toMatchObject({ succeeded: 17, failed: [failed] })
    expect(waveOf(plan, 'wave-1').outcome?.silent.toSorted()).toEqual([silent, gone].sort())
    expect(plan.repair).toEqual([{ id: failed, wave: 'wave-1', state: 'repair', code: 'is-repair' }])
    const inLater = plan.waves.slice(1).flatMap(({ endpoints }) => endpoints)
    expect(inLater.filter((id) => ofFirst.includes(id))).toEqual([])
    const { planned, inRepair, waiting, states } = plan.population
    expect(planned + inRepair + waiting).toBe(states.upgrade + states.install + states.repair)
  })
})

describe('a wave that still runs', () => {
  it('keeps its dates, can only shrink, and holds back the waves after it', async () => {
    const [leaves] = ofFirst as [string]
    const newer = later(fleet, duringSoak, { [leaves]: 'excluded' })
    const plan = await planOf(newer, duringSoak, {}, { previous: first })
    const [before, now] = [waveOf(first, 'wave-1'), waveOf(plan, 'wave-1')]
    expect(now).toMatchObject({ status: 'running', start: before.start, soakUntil: before.soakUntil, size: 19 })
    expect(now.endpoints).toEqual(before.endpoints.filter((id) => id !== leaves))
    expect(plan.previous?.difference).toMatchObject({
      running: ['wave-1'],
      left: [{ why: 'excluded', endpoints: 1 }],
    })
  })

  it('goes on running when its gate does not open, and moves the others forward', async () => {
    const plan = await planOf(later(fleet, '2026-12-09T12:00:00Z', {}), '2026-12-09T12:00:00Z', {}, { previous: first })
    expect(plan.waves.map(({ name, status, start }) => `${name} ${status} ${start}`)).toEqual([
      'wave-1 running 2026-11-23',
      'wave-2 planned 2026-12-10',
      'wave-3 planned 2026-12-16',
    ])
    expect(plan.previous?.difference.dates).toEqual([
      { wave: 'wave-2', from: '2026-11-30', to: '2026-12-10' },
      { wave: 'wave-3', from: '2026-12-07', to: '2026-12-16' },
    ])
  })

  it('whose gate is closed, says so, and lists what failed for repair', async () => {
    const failed = ofFirst.slice(0, 5)
    const states = { ...all(ofFirst, 'ready'), ...all(failed, 'repair') }
    const plan = await planOf(later(fleet, afterSoak, states), afterSoak, {}, { previous: first })
    expect(waveOf(plan, 'wave-1').status).toBe('running')
    expect(plan.warnings.map(({ code }) => code)).toEqual(['gate-halt'])
    expect(plan.warnings[0]?.message).toMatch(/^The gate of wave-1 says halt: 5 of 20 /)
    expect(plan.repair.map(({ id }) => id)).toEqual(failed.toSorted())
    expect(plan.population).toMatchObject({ planned: 80, inRepair: 5, waiting: 0 })
    // What has failed is not expected to become ready by itself.
    expect(plan.projection.at(-1)?.soaked).toBe(80)
  })

  it('keeps its days to come out of a blackout that was named since, and its soak too', async () => {
    const slow = await planOf(fleet, firstScan, { ...flags, 'per-day': '10' })
    const { days, soakUntil } = waveOf(slow, 'wave-1')
    expect([...days.map(({ date }) => date), soakUntil]).toEqual(['2026-11-23', '2026-11-24', '2026-11-27'])
    const monday = '2026-11-23T20:00:00Z'
    const blackout = ['2026-11-24..2026-11-25=freeze']
    const plan = await planOf(later(fleet, monday, {}), monday, { blackout }, { previous: slow })
    expect(waveOf(plan, 'wave-1')).toMatchObject({
      days: [
        { date: '2026-11-23', endpoints: 10 },
        { date: '2026-11-26', endpoints: 10 },
      ],
      end: '2026-11-26',
      soakUntil: '2026-12-01',
    })
    expect(waveOf(plan, 'wave-1').moved.at(-1)).toEqual({
      what: 'rollout-day',
      from: '2026-11-24',
      to: '2026-11-26',
      rule: 'blackout',
      why: 'blackout: freeze',
    })
    expect(plan.projection.map(({ date }) => date)).toContain('2026-12-01')
  })

  it('counts who is still in it', async () => {
    const [leaves] = ofFirst as [string]
    const plan = await planOf(later(fleet, duringSoak, { [leaves]: 'excluded' }), duringSoak, {}, { previous: first })
    for (const counted of Object.values(waveOf(plan, 'wave-1').who))
      expect(counted.reduce((sum, { endpoints }) => sum + endpoints, 0)).toBe(19)
  })

  it('is finished when a person accepts it', async () => {
    const newer = later(fleet, afterSoak, {})
    const plan = await planOf(newer, afterSoak, {}, { previous: first, accepted: ['wave-1'] })
    expect(waveOf(plan, 'wave-1')).toMatchObject({ status: 'finished', outcome: { accepted: true, succeeded: 0 } })
    expect(plan.repair).toHaveLength(20)
  })
})

describe('a wave whose day has come while the gate before it is closed', () => {
  const due = '2026-12-04T12:00:00Z'
  const failedFirst = { ...all(ofFirst, 'ready'), ...all(ofFirst.slice(0, 5), 'repair') } as const
  const second = membersOf(first, 'wave-2')
  const statusesOf = ({ waves }: PlanDocument) => waves.map(({ name, status, start }) => `${name} ${status} ${start}`)

  it('is planned again when nothing shows that it has begun, and the plan says so', async () => {
    const plan = await planOf(later(fleet, due, failedFirst), due, {}, { previous: first })
    expect(statusesOf(plan).slice(0, 2)).toEqual(['wave-1 running 2026-11-23', 'wave-2 planned 2026-12-07'])
    expect(plan.warnings.map(({ code }) => code)).toEqual(['gate-halt', 'wave-not-begun'])
  })

  it('runs when the scan shows it: its endpoints are no control group', async () => {
    const states = { ...failedFirst, ...all(second.slice(0, 20), 'ready') }
    const plan = await planOf(later(fleet, due, states), due, {}, { previous: first })
    expect(statusesOf(plan).slice(0, 2)).toEqual(['wave-1 running 2026-11-23', 'wave-2 running 2026-11-30'])
    expect(membersOf(plan, 'wave-2')).toEqual(second)
    expect(plan.previous?.difference.running).toEqual(['wave-1', 'wave-2'])
  })

  it('runs, or does not, when a person says so', async () => {
    const newer = later(fleet, due, failedFirst)
    const started = await planOf(newer, due, {}, { previous: first, started: ['wave-2'] })
    expect(statusesOf(started)[1]).toBe('wave-2 running 2026-11-30')
    const slipped = await planOf(newer, due, {}, { previous: first, notStarted: ['wave-1'] })
    expect(statusesOf(slipped)[0]).toBe('wave-1 planned 2026-12-07')
  })
})

describe('later waves', () => {
  it('lose whoever needs nothing any more, and say why', async () => {
    const [a, b, c, d] = membersOf(first, 'wave-3') as [string, string, string, string]
    const changes = { ...all(ofFirst, 'ready'), [a]: 'ready', [b]: 'stale', [c]: 'gone', [d]: 'unknown' } as const
    const plan = await planOf(later(fleet, afterSoak, changes), afterSoak, {}, { previous: first })
    expect(waveOf(plan, 'wave-3').size).toBe(46)
    expect(plan.previous?.difference.left).toEqual(
      ['missing', 'ready', 'stale', 'unknown'].map((why) => ({ why, endpoints: 1 })),
    )
  })

  it('are dropped when nobody is left', async () => {
    const changes = { ...all(ofFirst, 'ready'), ...all(membersOf(first, 'wave-2'), 'ready') }
    const plan = await planOf(later(fleet, afterSoak, changes), afterSoak, {}, { previous: first })
    expect(plan.waves.map(({ name }) => name)).toEqual(['wave-1', 'wave-3'])
    expect(plan.previous?.difference.dropped).toEqual(['wave-2'])
  })

  it('take in new endpoints by their hash, each always into the same wave, in proportion to their sizes', async () => {
    const grown = (count: number) =>
      new Map([
        ...later(fleet, afterSoak, all(ofFirst, 'ready')),
        ...Array.from({ length: count }, (_, index) => `N${index}`).map(
          (id) => [id, planningEndpoint({ id })] as const,
        ),
      ])
    const [some, more] = [
      await planOf(grown(40), afterSoak, {}, { previous: first }),
      await planOf(grown(400), afterSoak, {}, { previous: first }),
    ]
    expect(some.previous?.difference.joined).toBe(40)
    for (const name of ['wave-2', 'wave-3']) {
      const [before, after] = [membersOf(some, name), membersOf(more, name)]
      expect(after).toEqual(expect.arrayContaining(before))
      // Whoever was told a place keeps it.
      expect(before.slice(0, waveOf(first, name).size)).toEqual(membersOf(first, name))
    }
    expect(waveOf(more, 'wave-2').size - 30).toBeGreaterThan(100)
    expect(waveOf(more, 'wave-2').size - 30).toBeLessThan(200)
  })

  it('are laid out anew when their sizes are', async () => {
    const newer = later(fleet, afterSoak, all(ofFirst, 'ready'))
    const plan = await planOf(newer, afterSoak, { preset: '50%,50%' }, { previous: first })
    expect(plan.waves.map(({ name, size }) => `${name} ${size}`)).toEqual(['wave-1 20', 'wave-2 40', 'wave-3 40'])
    expect(plan.previous?.difference.settings).toEqual([{ key: 'waves.preset', from: [20, 30], to: ['50%', '50%'] }])
  })
})

describe('new endpoints', () => {
  const withMore = (from: Fleet, count: number, changes: Partial<PlanningEndpoint> = {}): Fleet =>
    new Map([
      ...from,
      ...Array.from({ length: count }, (_, index) => `N${index}`).map(
        (id) => [id, planningEndpoint({ id, ...changes })] as const,
      ),
    ])

  it('get waves with names of their own after a wave was dropped', async () => {
    const gone = { ...all(ofFirst, 'ready'), ...all(membersOf(first, 'wave-2'), 'ready') }
    const second = await planOf(later(fleet, afterSoak, gone), afterSoak, {}, { previous: first })
    const running = '2026-12-09T12:00:00Z'
    const third = await planOf(withMore(later(fleet, running, gone), 10), running, {}, { previous: second })
    expect(third.waves.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'wave-1 finished',
      'wave-3 running',
      'wave-4 planned',
    ])
    // And the plan can be read again.
    expect((await readPlan(fileWith(third))).plan).toEqual(third)
  })

  it('that volunteer come first while nothing has begun', async () => {
    const before = '2026-11-21T00:00:00Z'
    const more = withMore(later(fleet, before, {}), 2, { groups: ['Pilot'] })
    const plan = await planOf(more, before, { pinned: ['group=Pilot'] }, { previous: first })
    expect(membersOf(plan, 'wave-1').slice(0, 2).toSorted()).toEqual(['N0', 'N1'])
  })

  it('are looked at for the sample while the first automatic wave has not begun', async () => {
    const before = '2026-11-21T00:00:00Z'
    const more = withMore(later(fleet, before, {}), 300, { department: 'Research' })
    const plan = await planOf(more, before, {}, { previous: first })
    expect(plan.strata.strata).toBeGreaterThan(first.strata.strata)
  })
})

it('does not count on the day of the scan whoever should have become ready long ago', async () => {
  const late = '2026-12-09T12:00:00Z'
  const newer = new Map([...later(fleet, late, {})].map(([id, endpoint]) => [id, { ...endpoint, desktop: {} }]))
  const plan = await planOf(newer, late, { target: '1' }, { previous: first })
  expect(plan.projection[0]).toMatchObject({ date: '2026-12-09', soaked: 0, expectedReady: 0 })
  expect(plan.target).toMatchObject({ answer: 'no-date', earliest: '2026-12-10' })
})

it('goes by the success that a flag asks for, before what was measured', async () => {
  const newer = later(fleet, afterSoak, all(ofFirst, 'ready'))
  const plan = await planOf(newer, afterSoak, { 'expected-success': '50' }, { previous: first })
  expect(plan.target.expectedSuccess).toMatchObject({ percent: 50, from: 'flag' })
})

it('never moves anybody out of a finished wave, and loses nobody, whatever happens to the fleet', async () => {
  const states = ['ready', 'upgrade', 'repair', 'stale', 'unknown', 'excluded', 'gone'] as const
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom<State | 'gone'>(...states), { minLength: 100, maxLength: 100 }),
      fc.integer({ min: 0, max: 20 }),
      fc.constantFrom(duringSoak, afterSoak, '2026-12-10T00:00:00Z'),
      fc.boolean(),
      async (fates, joining, asOf, accept) => {
        const changes = Object.fromEntries(fates.map((state, index) => [`E${index}`, state]))
        const newer = new Map(later(fleet, asOf, { ...changes, ...(accept ? {} : all(ofFirst, 'ready')) }))
        for (let index = 0; index < joining; index++) newer.set(`N${index}`, planningEndpoint({ id: `N${index}` }))
        const plan = await planOf(newer, asOf, {}, { previous: first, accepted: accept ? ['wave-1'] : [] })
        const ids = plan.waves.flatMap(({ endpoints }) => endpoints)
        expect(new Set(ids).size).toBe(ids.length)
        for (const wave of plan.waves.filter(({ status }) => status === 'finished'))
          expect(wave.endpoints).toEqual(membersOf(first, wave.name))
        const open = [...newer.values()].filter(({ state }) => ['upgrade', 'repair', 'install'].includes(state))
        expect(open.map(({ id }) => id).filter((id) => !ids.includes(id))).toEqual([])
        const { planned, inRepair, waiting } = plan.population
        expect(planned + inRepair + waiting).toBe(open.length)
        const begun = plan.waves.filter(({ status }) => status !== 'planned').map(({ soakUntil }) => soakUntil)
        for (const { status, start } of plan.waves)
          if (status === 'planned') expect(begun.every((soakUntil) => start > soakUntil)).toBe(true)
      },
    ),
    { numRuns: 150 },
  )
})

describe('refuses', () => {
  const failureOf = async (...of: Parameters<typeof planOf>) =>
    await planOf(...of).then(
      () => undefined,
      (error: unknown) => (error instanceof Failure ? error.code : error),
    )

  it('another campaign, and to accept what has not begun', async () => {
    expect(await failureOf(fleet, afterSoak, { campaign: 'other' }, { previous: first })).toBe('other-campaign')
    const about = async (notes: Partial<WaveNotes>) =>
      await failureOf(later(fleet, afterSoak, {}), afterSoak, {}, { previous: first, ...notes })
    expect(await about({ accepted: ['wave-3'] })).toBe('wave-not-due')
    expect(await about({ started: ['wave-2'] })).toBe('wave-not-due')
    const onItsDay = '2026-11-23T12:00:00Z'
    expect(await failureOf(later(fleet, onItsDay, {}), onItsDay, {}, { previous: first, accepted: ['wave-1'] })).toBe(
      'wave-not-attempted',
    )
    expect(await about({ notStarted: ['wave-9'] })).toBe('no-such-wave')
    expect(await about({ accepted: ['wave-1'], notStarted: ['wave-1'] })).toBe('bad-flag')
  })

  it('a scan that is older than the plan', async () => {
    const next = await planOf(later(fleet, afterSoak, all(ofFirst, 'ready')), afterSoak, {}, { previous: first })
    expect(await failureOf(later(fleet, duringSoak, {}), duringSoak, {}, { previous: next })).toBe('scan-not-newer')
  })
})
