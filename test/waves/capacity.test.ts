import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failure } from '../../src/platform/failure.js'
import type { SiteLink } from '../../src/policy/waves.js'
import type { Candidate } from '../../src/waves/candidate.js'
import { assignDays, endpointsPerDay } from '../../src/waves/capacity.js'
import type { Capacity } from '../../src/waves/settings.js'

/** With an installer of one megabyte. */
function linkFor(endpoints: number): SiteLink {
  return { megabitsPerSecond: (endpoints * 8) / 3600, hoursPerDay: 1 }
}

function candidatesOf(places: readonly (readonly [department: string, site: string])[]): Candidate[] {
  return places.map(([department, site], index) => ({
    id: `endpoint-${index}`,
    platform: 'macos',
    department,
    site,
    version: '1.0.0',
    work: [{ action: 'upgrade' }],
    place: 'automatic',
    deviceIds: {},
  }))
}

const sizes = (days: readonly (readonly Candidate[])[]) => days.map((day) => day.length)

describe('what a link carries in a day', () => {
  it.each([
    // 100 Mbit/s for eight hours are 360,000 MB.
    [{ megabitsPerSecond: 100 }, 240, 1500],
    [{ megabitsPerSecond: 100, hoursPerDay: 1 }, 240, 187],
    [{ megabitsPerSecond: 0.1, hoursPerDay: 24 }, 1080, 1],
    [{ megabitsPerSecond: 0.7, hoursPerDay: 3 }, 0.9, 1050],
    // As binary numbers these come to 4049.9999999999995.
    [{ megabitsPerSecond: 3.3, hoursPerDay: 3 }, 1.1, 4050],
  ])('%o, %d MB: %i', (link, megabytes, endpoints) => {
    expect(endpointsPerDay('Berlin', link, megabytes)).toBe(endpoints)
  })

  it('is refused when it is less than one installer', () => {
    const slow = () => endpointsPerDay('Ost\u001b[1m', { megabitsPerSecond: 0.05 }, 240)
    expect(slow).toThrow(Failure)
    expect(slow).toThrow('At the site Ost\\u{1b}[1m not one installer can be downloaded in a day.')
    expect(failureOf(slow)).toMatchObject({
      exit: 2,
      code: 'link-too-slow',
      details: { tryThis: [expect.stringContaining('waves.capacity.links.Ost\\u{1b}[1m: raise'), expect.anything()] },
    })
  })
})

describe('the days of a wave', () => {
  const places = Array.from({ length: 10 }, (_, index) => [index % 2 ? 'Sales' : 'Finance', 'Berlin'] as const)
  const wave = candidatesOf(places)

  it('is one without limits, and none for nobody', () => {
    expect(assignDays(wave, { links: {} })).toEqual([wave])
    expect(assignDays([], { perDay: 3, links: {} })).toEqual([])
  })

  it('follows the order of the wave where only its size is limited', () => {
    const days = assignDays(wave, { perDay: 4, perDepartment: 5, links: {} })
    expect(days).toEqual([wave.slice(0, 4), wave.slice(4, 8), wave.slice(8)])
  })

  it('passes over a department that is full, and only that', () => {
    const mixed = candidatesOf(['A', 'A', 'A', 'B', 'A', 'C', 'B'].map((department) => [department, '']))
    const days = assignDays(mixed, { perDay: 4, perDepartment: 2, links: {} })
    expect(days.map((day) => day.map(({ id }) => id.slice(9)))).toEqual([
      ['0', '1', '3', '5'],
      ['2', '4', '6'],
    ])
  })

  it('takes those without a department as one', () => {
    const days = assignDays(candidatesOf(['', ' ', '', 'Sales'].map((department) => [department, ''])), {
      perDepartment: 1,
      links: {},
    })
    expect(sizes(days)).toEqual([2, 1, 1])
  })

  it('compares names without regard to case and blanks', () => {
    const named = candidatesOf([
      ['Sales', 'Berlin'],
      ['sales ', ' BERLIN'],
      ['SALES', 'berlin'],
    ])
    expect(sizes(assignDays(named, { perDepartment: 1, links: {} }))).toEqual([1, 1, 1])
    expect(sizes(assignDays(named, { installerMegabytes: 1, links: { 'bErlin ': linkFor(1) } }))).toEqual([1, 1, 1])
  })

  it('takes the slower of two links with the same name', () => {
    const links = { Berlin: linkFor(5), BERLIN: linkFor(2) }
    expect(sizes(assignDays(wave, { installerMegabytes: 1, links }))).toEqual([2, 2, 2, 2, 2])
  })

  it('leaves a site without a link free, and asks nothing of a link nobody is at', () => {
    const links = { Paris: { megabitsPerSecond: 0.000_001 } }
    expect(sizes(assignDays(wave, { installerMegabytes: 240, links }))).toEqual([10])
    expect(
      failureOf(() => assignDays(candidatesOf([['', 'paris']]), { installerMegabytes: 240, links })),
    ).toMatchObject({
      code: 'link-too-slow',
      message: 'At the site Paris not one installer can be downloaded in a day.',
    })
  })

  it('needs the size of the installer as soon as there are links', () => {
    expect(failureOf(() => assignDays(wave, { links: { Berlin: linkFor(5) } }))).toMatchObject({
      exit: 2,
      code: 'installer-size-missing',
    })
  })

  it('may have fewer on the first two days than it could, and has not with `soonest`', () => {
    const hard = candidatesOf([
      ['D', '0'],
      ['A', '2'],
      ['A', '2'],
      ['C', '2'],
      ['C', '0'],
      ['C', '2'],
      ['C', '2'],
    ])
    const capacity = { perDepartment: 2, installerMegabytes: 1, links: { 0: linkFor(1), 2: linkFor(2) } }
    expect(sizes(assignDays(hard, capacity))).toEqual([3, 2, 2])
    expect(sizes(assignDays(hard, capacity, 6))).toEqual([3, 3, 1])
  })
})

interface Case {
  readonly places: readonly (readonly [number, number])[]
  readonly perDay: number | undefined
  readonly perDepartment: number | undefined
  /** By site. */
  readonly links: readonly (number | undefined)[]
}

const limit = (max: number) => fc.option(fc.integer({ min: 1, max }), { nil: undefined })

function anyCase(most: number, groups: number, limits: number): fc.Arbitrary<Case> {
  return fc.record({
    places: fc.array(fc.tuple(fc.nat(groups - 1), fc.nat(groups - 1)), { minLength: 1, maxLength: most }),
    perDay: limit(limits * 2),
    perDepartment: limit(limits),
    links: fc.array(limit(limits), { minLength: groups, maxLength: groups }),
  })
}

function run({ places, perDay, perDepartment, links }: Case, soonest?: number) {
  const capacity: Capacity = {
    perDay,
    perDepartment,
    installerMegabytes: 1,
    links: Object.fromEntries(
      links.flatMap((endpoints, site) => (endpoints === undefined ? [] : [[`site ${site}`, linkFor(endpoints)]])),
    ),
  }
  const candidates = candidatesOf(places.map(([department, site]) => [`department ${department}`, `site ${site}`]))
  return { candidates, capacity, days: assignDays(candidates, capacity, soonest) }
}

/** The most endpoints that fit into the first so many days of any schedule, by trying everything. */
function mostIn(days: number, { places, perDay = 99, perDepartment = 99, links }: Case): number {
  const used = Array.from({ length: days }, () => ({ all: 0, departments: [] as number[], sites: [] as number[] }))
  let most = 0
  const attempt = (index: number, taken: number): void => {
    if (taken + places.length - index <= most) return
    if (index === places.length) {
      most = taken
      return
    }
    const [department, site] = places[index]!
    for (const day of used) {
      const ofDepartment = day.departments[department] ?? 0
      const ofSite = day.sites[site] ?? 0
      if (day.all >= perDay || ofDepartment >= perDepartment || ofSite >= (links[site] ?? 99)) continue
      day.all++
      day.departments[department] = ofDepartment + 1
      day.sites[site] = ofSite + 1
      attempt(index + 1, taken + 1)
      day.all--
      day.departments[department] = ofDepartment
      day.sites[site] = ofSite
    }
    attempt(index + 1, taken)
  }
  attempt(0, 0)
  return most
}

function sumOfFirst(days: readonly (readonly Candidate[])[], count: number): number {
  return days.slice(0, count).reduce((sum, day) => sum + day.length, 0)
}

function countsOf<Name>(names: readonly Name[]): Map<Name, number> {
  const counts = new Map<Name, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

/** What the tightest limit alone asks for. */
function leastDaysOf({ places, perDay, perDepartment, links }: Case): number {
  const daysFor = (load: number, limit = load) => Math.ceil(load / limit)
  return Math.max(
    daysFor(places.length, perDay),
    ...[...countsOf(places.map(([department]) => department)).values()].map((load) => daysFor(load, perDepartment)),
    ...[...countsOf(places.map(([, site]) => site))].map(([site, load]) => daysFor(load, links[site])),
  )
}

function expectLimitsKept({ candidates, days }: ReturnType<typeof run>, { perDay, perDepartment, links }: Case): void {
  const order = new Map(candidates.map((candidate, index) => [candidate, index]))
  expect(days.flat()).toHaveLength(candidates.length)
  expect(new Set(days.flat())).toEqual(new Set(candidates))
  for (const day of days) {
    const placesInWave = day.map((candidate) => order.get(candidate)!)
    expect(placesInWave).toEqual(placesInWave.toSorted((one, other) => one - other))
    expect(day.length).toBeGreaterThan(0)
    expect(day.length).toBeLessThanOrEqual(perDay ?? day.length)
    for (const [, count] of countsOf(day.map(({ department }) => department)))
      expect(count).toBeLessThanOrEqual(perDepartment ?? count)
    for (const [site, count] of countsOf(day.map(({ site }) => site)))
      expect(count).toBeLessThanOrEqual(links[Number(site.slice(5))] ?? count)
  }
}

describe('a wave that cannot be best for one day and for two', () => {
  const wave: Case = {
    places: [
      [2, 0],
      [1, 2],
      [0, 3],
      [4, 1],
      [2, 1],
      [3, 0],
      [0, 1],
      [4, 4],
      [2, 2],
      [2, 1],
    ],
    perDay: undefined,
    perDepartment: 1,
    links: [1, 1, 1, 1, 1],
  }

  it('exists', () => {
    expect([mostIn(1, wave), mostIn(2, wave)]).toEqual([5, 8])
    for (let chosen = 0; chosen < 1 << wave.places.length; chosen++) {
      const first = wave.places.filter((_, index) => (chosen >> index) & 1)
      if (first.length !== 5 || mostIn(1, { ...wave, places: first }) !== 5) continue
      const second = wave.places.filter((_, index) => !((chosen >> index) & 1))
      expect(mostIn(1, { ...wave, places: second })).toBeLessThan(3)
    }
  })

  it('is best for one day, unless two are asked for', () => {
    expect(sizes(run(wave).days)[0]).toBe(5)
    expect(sumOfFirst(run(wave, 8).days, 2)).toBe(8)
    expect([run(wave).days.length, run(wave, 8).days.length]).toEqual([4, 4])
  })
})

describe('the days of any wave', () => {
  it('are as few as possible, and the first is the largest there can be', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(anyCase(7, 4, 3), (one) => {
        const { days } = run(one)
        expect(mostIn(days.length, one)).toBe(one.places.length)
        if (days.length > 1) expect(mostIn(days.length - 1, one)).toBeLessThan(one.places.length)
        expect(days[0]).toHaveLength(mostIn(1, one))
      }),
      { numRuns: 400 },
    )
  })

  it('reach the number that is wanted as soon as any schedule can', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(anyCase(7, 3, 2), fc.nat(9), (one, wanted) => {
        const { days } = run(one, wanted)
        expect(days).toHaveLength(run(one).days.length)
        const reached = days.findIndex((_, index) => sumOfFirst(days, index + 1) >= wanted)
        if (reached > 0) expect(mostIn(reached, one)).toBeLessThan(wanted)
        if (reached < 0) expect(wanted).toBeGreaterThan(one.places.length)
      }),
      { numRuns: 400 },
    )
  })

  it('keep every limit, have everybody once, and are as many as the tightest limit asks for', () => {
    fc.assert(
      fc.property(anyCase(120, 7, 12), fc.option(fc.nat(120), { nil: undefined }), (one, soonest) => {
        const result = run(one, soonest)
        expectLimitsKept(result, one)
        expect(result.days).toHaveLength(leastDaysOf(one))
      }),
      { numRuns: 300 },
    )
  })

  it('are the same every time, in whatever order the links are', () => {
    fc.assert(
      fc.property(anyCase(60, 5, 6), (one) => {
        const { candidates, capacity, days } = run(one)
        const links = Object.fromEntries(Object.entries(capacity.links).reverse())
        expect(assignDays(candidates, { ...capacity, links })).toEqual(days)
      }),
    )
  })

  it('are found for thousands of departments and hundreds of sites', { timeout: 120_000 }, () => {
    const places = Array.from(
      { length: 60_000 },
      (_, index) => [(index * 7919 + (index >> 3)) % 2000, (index * 104_729 + (index >> 5)) % 300] as const,
    )
    const one = {
      places,
      perDay: 2500,
      perDepartment: 2,
      links: Array.from({ length: 300 }, (_, site) => 8 + (site % 5)),
    }
    const result = run(one, 30_000)
    expectLimitsKept(result, one)
    expect(result.days).toHaveLength(leastDaysOf(one))
    expect(result.days.length).toBeGreaterThan(20)
  })
})

function failureOf(attempt: () => unknown): Failure {
  try {
    attempt()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('Nothing was thrown')
}
