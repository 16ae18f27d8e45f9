import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Policy } from '../../src/policy/policy.js'
import type { State } from '../../src/readiness/verdict.js'
import { PlanDocument } from '../../src/waves/plan-document.js'
import { planFromScan } from '../../src/waves/plan-from-scan.js'
import type { PlanningEndpoint } from '../../src/waves/planning-scan.js'
import type { SettingFlags } from '../../src/waves/resolve-settings.js'
import { fileWith, planningEndpoint, scanDocumentOf } from '../builders/planning.js'

async function planOf(
  endpoints: readonly PlanningEndpoint[],
  { flags = {}, policy = {} }: { readonly flags?: SettingFlags; readonly policy?: unknown } = {},
): Promise<PlanDocument> {
  const { plan } = await planFromScan({
    scan: fileWith(scanDocumentOf(endpoints)),
    loaded: { policy: Policy.parse(policy), digest: 'sha256:policy', folder: '.' },
    flags,
    notes: { accepted: [], started: [], notStarted: [] },
  })
  return PlanDocument.parse(plan)
}

const ids = (count: number, prefix = 'E') => Array.from({ length: count }, (_, index) => `${prefix}${index}`)
const many = (count: number, state: State, prefix: string) =>
  ids(count, prefix).map((id) => planningEndpoint({ id, state }))

const anEndpoint = fc.record({
  state: fc.constantFrom<State>('upgrade', 'upgrade', 'install', 'repair', 'ready', 'stale', 'unknown', 'excluded'),
  platform: fc.constantFrom('macos', 'windows', 'linux'),
  department: fc.constantFrom('Sales', 'Finance', undefined),
  site: fc.constantFrom('Lyon', undefined),
  hasSerial: fc.boolean(),
  group: fc.constantFrom('VIP', 'Pilot', 'Staff'),
})
const aFleet = fc.array(anEndpoint, { maxLength: 60 }).map((rows) =>
  rows.map(({ hasSerial, group, ...row }, index) =>
    planningEndpoint({
      id: `E${index}`,
      serial: hasSerial ? `E${index}` : undefined,
      groups: [group],
      ...row,
    }),
  ),
)
const someFlags = fc.record({
  preset: fc.constantFrom('autopatch', 'fleet', 'two-phase', '3,3', '20%,80%'),
  'per-day': fc.constantFrom(undefined, '1', '3'),
  'per-department': fc.constantFrom(undefined, '2'),
  pinned: fc.constantFrom(undefined, ['group=Pilot']),
  last: fc.constantFrom(undefined, ['group=VIP']),
  blackout: fc.constantFrom(undefined, ['2026-11-24..2026-12-02=freeze']),
})

describe('any plan', () => {
  it('puts every endpoint that can be made ready into exactly one wave, and nobody else', async () => {
    await fc.assert(
      fc.asyncProperty(aFleet, someFlags, async (fleet, flags) => {
        const plan = await planOf(fleet, { flags })
        const inWaves = plan.waves.flatMap(({ endpoints }) => endpoints)
        const plannable = fleet.filter(({ state }) => ['upgrade', 'install', 'repair'].includes(state))
        expect([...inWaves].sort()).toEqual(plannable.map(({ id }) => id).sort())
        expect(plan.population.planned).toBe(plannable.length)
        const { states, notPlanned, planned } = plan.population
        expect(notPlanned.reduce((sum, { endpoints }) => sum + endpoints, planned)).toBe(fleet.length)
        expect(Object.values(states).reduce((sum, count) => sum + count, 0)).toBe(fleet.length)
        for (const wave of plan.waves) {
          expect(wave.endpoints).toHaveLength(wave.size)
          expect(wave.days.map(({ endpoints }) => endpoints).reduce((sum, count) => sum + count, 0)).toBe(wave.size)
          expect([wave.days[0]?.date, wave.days.at(-1)?.date]).toEqual([wave.start, wave.end])
        }
      }),
      { numRuns: 150 },
    )
  })

  it('lets nobody without a serial number of its own, and nobody named last, into an earlier wave', async () => {
    await fc.assert(
      fc.asyncProperty(aFleet, someFlags, async (fleet, flags) => {
        const plan = await planOf(fleet, { flags })
        const late = new Set(
          fleet
            .filter(({ serial, groups }) => serial === undefined || (flags.last && groups?.includes('VIP')))
            .map(({ id }) => id),
        )
        for (const { kind, endpoints } of plan.waves)
          expect(kind === 'last' || endpoints.every((id) => !late.has(id)), kind).toBe(true)
        const kinds = plan.waves.map(({ kind }) => ['pilot', 'automatic', 'last'].indexOf(kind))
        expect(kinds).toEqual([...kinds].sort())
      }),
      { numRuns: 100 },
    )
  })

  it('is the same whatever the order of endpoints', async () => {
    await fc.assert(
      fc.asyncProperty(
        aFleet.chain((fleet) => fc.tuple(fc.constant(fleet), fc.shuffledSubarray(fleet, { minLength: fleet.length }))),
        someFlags,
        async ([fleet, shuffled], flags) => {
          expect(await planOf(shuffled, { flags })).toEqual(await planOf(fleet, { flags }))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('keeps to the blackout, the limits of a day, and the order of waves', async () => {
    await fc.assert(
      fc.asyncProperty(aFleet, someFlags, async (fleet, flags) => {
        const { waves } = await planOf(fleet, { flags })
        for (const [index, { start, end, soakUntil, days }] of waves.entries()) {
          for (const { date, endpoints } of days) {
            expect(endpoints).toBeLessThanOrEqual(Number(flags['per-day'] ?? 60))
            expect(flags.blackout && date >= '2026-11-24' && date <= '2026-12-02').not.toBe(true)
          }
          expect(start <= end && end < soakUntil).toBe(true)
          const next = waves[index + 1]
          if (next) expect(next.start > soakUntil).toBe(true)
        }
      }),
      { numRuns: 100 },
    )
  })
})

describe('a larger share', () => {
  it('only adds endpoints to the waves up to it', async () => {
    const fleet = many(200, 'upgrade', 'E')
    const upTo = async (preset: string, waves: number) =>
      (await planOf(fleet, { flags: { preset } })).waves.slice(0, waves).flatMap(({ endpoints }) => endpoints)
    for (const [small, large, waves] of [
      ['5%,15%,80%', '7%,13%,80%', 1],
      ['5%,15%,80%', '5%,35%,60%', 2],
      ['1%,9%,90%', '10%,10%,80%', 2],
    ] as const)
      expect(await upTo(large, waves)).toEqual(expect.arrayContaining(await upTo(small, waves)))
  })
})

it('moves the canaries with another campaign', async () => {
  const fleet = many(300, 'upgrade', 'E')
  const first = async (campaign: string) => (await planOf(fleet, { flags: { campaign } })).waves[0]!.endpoints
  const [spring, autumn] = [await first('spring'), await first('autumn')]
  expect(spring.filter((id) => autumn.includes(id)).length).toBeLessThan(spring.length)
})

describe('the target', () => {
  const flags = { preset: '5,5', start: '2026-11-23', 'soak-days': '1', 'expected-success': '100', target: '90' }
  const fleet = [...many(80, 'ready', 'R'), ...many(20, 'upgrade', 'U')]

  it('is met on the first day on which enough attempted endpoints have soaked', async () => {
    // 90 of 100 are needed, 10 more: the second wave of five, on the first start after the soak of the first.
    const { target, waves, projection } = await planOf(fleet, { flags: { ...flags, by: '2026-11-26' } })
    expect(waves.map(({ name, start, soakUntil }) => `${name} ${start} ${soakUntil}`)).toEqual([
      'wave-1 2026-11-23 2026-11-24',
      'wave-2 2026-11-25 2026-11-26',
      'wave-3 2026-11-30 2026-12-01',
    ])
    expect(target).toMatchObject({ needed: 10, denominator: 100, answer: 'in-time', earliest: '2026-11-26' })
    // The scan is of Friday; without constraints, the weekend would do.
    expect(target.latestStart).toBe('2026-11-23')
    expect(projection.map(({ date, expectedReady, percent }) => [date, expectedReady, percent])).toEqual([
      ['2026-11-20', 80, 80],
      ['2026-11-24', 85, 85],
      ['2026-11-26', 90, 90],
      ['2026-12-01', 100, 100],
    ])
  })

  it('has a last day to start on, even where later no wave could ever start', async () => {
    const blackout = ['2026-12-07..2100-12-31=ever']
    const { target } = await planOf(fleet, { flags: { ...flags, by: '2027-06-30', blackout } })
    expect(target).toMatchObject({ answer: 'in-time', earliest: '2026-11-26', latestStart: '2026-11-26' })
  })

  it('is late, has no date, or is met already', async () => {
    expect((await planOf(fleet, { flags: { ...flags, by: '2026-11-25' } })).target.answer).toBe('late')
    expect((await planOf(fleet, { flags })).target.answer).toBe('no-date')
    expect((await planOf(fleet, { flags: { ...flags, target: '80' } })).target).toMatchObject({
      answer: 'met',
      needed: 0,
      obstacles: [],
    })
  })

  it('cannot be met where too few can be made ready; what stands in the way is told', async () => {
    const { target } = await planOf([...fleet, ...many(20, 'unknown', 'X'), ...many(5, 'stale', 'S')], {
      flags: { ...flags, target: '95' },
    })
    expect(target).toMatchObject({ answer: 'unreachable', reachable: false, denominator: 125, expected: 100 })
    expect(target.earliest).toBeUndefined()
    expect(target.obstacles.map(({ state, code, endpoints }) => `${state} ${code} ${endpoints}`)).toEqual([
      'unknown no-app-list 20',
      'stale check-in-too-old 5',
    ])
  })

  it('is not met by nothing', async () => {
    expect((await planOf([], { flags })).target).toMatchObject({ answer: 'unreachable', reachable: false })
    expect((await planOf(many(3, 'excluded', 'X'), { flags })).target.answer).toBe('unreachable')
  })
})

it('has enough endpoints attempted as soon as departments and links allow', async () => {
  // Three, two and two a day is the usual schedule; the six that the target takes can be done in two days.
  const places = ['D 0', 'A 2', 'A 2', 'C 2', 'C 0', 'C 2', 'C 2'].map((place) => place.split(' '))
  const order = (await planOf(many(7, 'upgrade', 'E'), { flags: { strata: '' } })).waves.flatMap(
    (wave) => wave.endpoints,
  )
  const fleet = places.map(([department, site], index) =>
    planningEndpoint({ id: order[index]!, department: department!, site: site! }),
  )
  const flags = {
    preset: '7',
    start: '2026-11-23',
    'soak-days': '0',
    strata: '',
    'expected-success': '100',
    'per-department': '2',
    'installer-size': '360',
    // A hundred kilobits a second carry one installer of 360 MB in eight hours.
    link: ['0=0.1', '2=0.2'],
  }
  const sizesFor = async (target: string) => (await planOf(fleet, { flags: { ...flags, target } })).waves[0]!.days
  expect((await sizesFor('100')).map(({ endpoints }) => endpoints)).toEqual([3, 2, 2])
  expect((await sizesFor('85')).map(({ endpoints }) => endpoints)).toEqual([3, 3, 1])
  expect((await planOf(fleet, { flags: { ...flags, target: '85' } })).target.earliest).toBe('2026-11-24')
})

/**
 * The same question answered the long way round: walks day by day over the calendar with its own rules, attempts
 * endpoints wave by wave, and counts them when their soak is over.
 */
function bruteForce(facts: {
  readonly sizes: readonly number[]
  readonly perDay: number
  readonly soak: number
  readonly off: ReadonlySet<string>
  readonly start: string
  readonly needed: number
  readonly success: number
}): string | undefined {
  const text = (day: number) => new Date(day * 864e5).toISOString().slice(0, 10)
  const weekday = (day: number) => new Date(day * 864e5).getUTCDay()
  const works = (day: number) => weekday(day) !== 0 && weekday(day) !== 6 && !facts.off.has(text(day))
  const nextWorkingDayIsOff = (day: number) => {
    let next = day + 1
    while (weekday(next) === 0 || weekday(next) === 6) next++
    return facts.off.has(text(next))
  }
  let day = Date.parse(facts.start) / 864e5
  const attempts: { readonly countsOn: number; readonly endpoints: number }[] = []
  for (const size of facts.sizes) {
    while (!works(day) || weekday(day) === 5 || nextWorkingDayIsOff(day)) day++
    let left = size
    let soaked = day
    for (; left > 0; day++) {
      if (!works(day)) continue
      const today = Math.min(left, facts.perDay)
      left -= today
      soaked = day
      for (let soaking = facts.soak; soaking > 0; ) if (works(++soaked)) soaking--
      attempts.push({ countsOn: soaked, endpoints: today })
    }
    day = soaked + 1
  }
  for (let at = Date.parse('2026-11-20') / 864e5; at < Date.parse('2028-01-01') / 864e5; at++) {
    const counted = attempts.filter(({ countsOn }) => countsOn <= at).reduce((sum, { endpoints }) => sum + endpoints, 0)
    if (Math.floor((counted * facts.success) / 100 + 1e-9) >= facts.needed) return text(at)
  }
  return undefined
}

it('names the earliest day that a search day by day finds too', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
        ready: fc.integer({ min: 0, max: 10 }),
        perDay: fc.integer({ min: 1, max: 7 }),
        soak: fc.integer({ min: 0, max: 4 }),
        success: fc.constantFrom(100, 92, 50),
        target: fc.integer({ min: 1, max: 100 }),
        start: fc.constantFrom('2026-11-23', '2026-11-26', '2026-11-28', '2026-12-03'),
        blackout: fc.constantFrom(undefined, ['2026-11-25', '2026-11-27'], ['2026-12-05', '2026-12-15']),
      }),
      async ({ sizes, ready, perDay, soak, success, target, start, blackout }) => {
        const planned = sizes.reduce((sum, size) => sum + size, 0)
        const { target: answer } = await planOf([...many(ready, 'ready', 'R'), ...many(planned, 'upgrade', 'U')], {
          flags: {
            preset: sizes.join(','),
            'per-day': String(perDay),
            'soak-days': String(soak),
            'expected-success': String(success),
            target: String(target),
            start,
            ...(blackout && { blackout: [`${blackout.join('..')}=freeze`] }),
          },
        })
        const off = new Set<string>()
        if (blackout)
          for (let at = Date.parse(blackout[0]!); at <= Date.parse(blackout[1]!); at += 864e5)
            off.add(new Date(at).toISOString().slice(0, 10))
        const needed = Math.max(0, Math.ceil((target * (ready + planned)) / 100 - 1e-9) - ready)
        const expected = bruteForce({ sizes, perDay, soak, off, start, needed, success })
        expect(answer.needed).toBe(needed)
        expect(answer.earliest).toBe(expected)
        expect(answer.lowerBound === undefined || answer.lowerBound <= answer.earliest!).toBe(true)
      },
    ),
    { numRuns: 300 },
  )
})

describe('warnings', () => {
  const codes = async (...of: Parameters<typeof planOf>) => (await planOf(...of)).warnings.map(({ code }) => code)

  it('tell names that nobody has', async () => {
    const fleet = many(3, 'upgrade', 'U')
    expect(await codes(fleet)).toEqual([])
    expect(
      await codes(fleet, { flags: { pinned: ['group=Nobody'], 'site-time-zone': ['Nowhere=Asia/Tokyo'] } }),
    ).toEqual(['nobody-selected', 'no-such-site'])
    expect(await codes(fleet, { policy: { scope: { staleAfterDays: 14 } } })).toEqual(['other-policy'])
    expect(await codes(fleet, { flags: { start: '2026-11-01' } })).toEqual(['start-before-scan'])
    expect(await codes([...fleet, planningEndpoint({ id: 'intune:x', serial: undefined })])).toEqual(['no-identity'])
  })
})
