import type { Candidate } from '../../src/waves/candidate.js'
import type { PlanDocument, Wave } from '../../src/waves/plan-document.js'
import { failureRateRuledOut } from '../../src/waves/statistics.js'

const digest = (sign: string) => `sha256:${sign.repeat(64)}`

/** Ids such as `EXAMPLE00012`, from `first` on. */
export function exampleIds(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `EXAMPLE${String(first + at).padStart(5, '0')}`)
}

/** A planned wave of one day, with as many endpoints as `size` says. */
export function waveOf(changes: Partial<Wave> & Pick<Wave, 'name'>): Wave {
  const size = changes.size ?? changes.endpoints?.length ?? 12
  const start = changes.start ?? '2026-11-30'
  const end = changes.end ?? start
  return {
    kind: 'automatic',
    status: 'planned',
    size,
    start,
    end,
    soakUntil: '2026-12-03',
    days: [{ date: start, endpoints: size }],
    startsAt: [{ timeZone: 'Europe/Berlin', at: `${start}T08:00:00Z` }],
    who: {
      platform: [{ name: 'macos', endpoints: size }],
      department: [{ name: 'Engineering', endpoints: size }],
      site: [{ name: 'Berlin', endpoints: size }],
      version: [{ name: '1.1.3189', endpoints: size }],
    },
    proves: provesOf(size),
    moved: [],
    ...changes,
    endpoints: changes.endpoints ?? exampleIds(1, size),
  }
}

/** As a plan gives it: in percent with one decimal, rounded up. */
function provesOf(clean: number): Wave['proves'] {
  return { clean, failureRate: Math.min(100, Math.ceil(failureRateRuledOut(clean) * 1000) / 10) }
}

/** What a wave consists of. */
export function who(
  platforms: Record<string, number>,
  departments: Record<string, number>,
  sites: Record<string, number>,
) {
  const counted = (numbers: Record<string, number>) =>
    Object.entries(numbers).map(([name, endpoints]) => ({ name, endpoints }))
  const all = Object.values(platforms).reduce((sum, endpoints) => sum + endpoints, 0)
  return {
    platform: counted(platforms),
    department: counted(departments),
    site: counted(sites),
    version: counted({ '1.1.3189': Math.ceil(all / 2), '1.0.1217': Math.floor(all / 2) }),
  }
}

/** A date that the working week has moved. */
export const workingWeek = (what: 'start' | 'rollout-day' | 'soak-day', from: string, to: string, why: string) => ({
  what,
  from,
  to,
  rule: 'working-week' as const,
  why,
})
export const weekend = 'Saturday and Sunday are no working days'

const settings: PlanDocument['settings'] = [
  { key: 'target.coverage', value: 95, from: 'default', why: 'the usual target of rollouts' },
  { key: 'target.by', value: '2027-01-29', from: 'policy', why: 'the policy says so' },
  { key: 'waves.campaign', value: 'cowork-otel', from: 'default', why: 'named after the required gates' },
  { key: 'waves.preset', value: 'autopatch', from: 'default', why: 'the rings of Windows Autopatch' },
  { key: 'waves.pinned', value: [{ group: 'Claude pilot' }], from: 'policy', why: 'the policy says so' },
  { key: 'waves.last', value: [{ department: 'Legal' }], from: 'policy', why: 'the policy says so' },
  {
    key: 'waves.strata.by',
    value: ['platform', 'department', 'site', 'version'],
    from: 'default',
    why: 'a fault mostly hits one platform, version, site or team',
  },
  {
    key: 'waves.strata.minimum',
    value: 10,
    from: 'default',
    why: 'smaller ones would make the first wave a large one',
  },
  { key: 'waves.start', value: null, from: 'default', why: 'the day after the scan' },
  { key: 'waves.soakDays', value: 3, from: 'default', why: 'Claude Desktop takes up to 72 hours until it restarts' },
  {
    key: 'waves.workingDays',
    value: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
    from: 'default',
    why: 'the usual week',
  },
  { key: 'waves.noStartOn', value: ['friday'], from: 'default', why: 'what breaks on a Friday is found on a weekend' },
  { key: 'waves.holidays', value: [], from: 'default', why: 'none is named' },
  {
    key: 'waves.blackouts',
    value: [{ from: '2026-12-20', to: '2027-01-04', reason: 'year end' }],
    from: 'policy',
    why: 'the policy says so',
  },
  { key: 'waves.capacity.perDay', value: 40, from: 'flag', why: 'given with --per-day' },
  { key: 'waves.capacity.links', value: {}, from: 'default', why: 'no link is named' },
  { key: 'waves.expectedSuccess', value: 92, from: 'default', why: 'an assumption, until finished waves tell' },
  { key: 'waves.gate.success', value: 95, from: 'default', why: 'one in twenty may have troubles of its own' },
  { key: 'waves.gate.minimumSucceeded', value: 5, from: 'default', why: 'fewer prove next to nothing' },
  { key: 'waves.gate.minimumReported', value: 70, from: 'default', why: 'laptops are away' },
  { key: 'waves.gate.failureLimit', value: 10, from: 'default', why: 'twice what the gate lets pass' },
]

/** The settings of the small plan, some with another value. */
export function settingsWith(values: Readonly<Record<string, unknown>>): PlanDocument['settings'] {
  return settings.map((setting) =>
    setting.key in values
      ? { ...setting, value: values[setting.key] as typeof setting.value, from: 'policy', why: 'the policy says so' }
      : setting,
  )
}

/** 90 endpoints of a fleet of 420 in five waves, with a blackout before the last: in time. */
export function smallPlan(changes: Partial<PlanDocument> = {}): PlanDocument {
  return {
    schema: 'fleet.plan/v1',
    asOf: '2026-11-20T00:00:00Z',
    organization: 'Acme Instruments',
    policy: { digest: digest('4'), file: 'fleet.yaml' },
    scan: { digest: digest('7'), asOf: '2026-11-20T00:00:00Z', policy: digest('4') },
    rules: digest('a'),
    campaign: 'cowork-otel',
    settings,
    population: {
      states: { excluded: 20, stale: 4, unknown: 6, install: 2, upgrade: 88, repair: 0, ready: 300 },
      planned: 90,
      pinned: 5,
      last: 3,
      withoutIdentity: 2,
      inRepair: 0,
      waiting: 0,
      work: [
        { action: 'upgrade', product: 'claude-desktop', to: '1.1.4173', endpoints: 88 },
        { action: 'install', product: 'claude-desktop', endpoints: 2 },
      ],
      notPlanned: [
        { state: 'ready', endpoints: 300, why: 'nothing to do' },
        { state: 'unknown', endpoints: 6, why: 'nothing certain is known: investigate first' },
        { state: 'stale', endpoints: 4, why: 'has not checked in for too long: reconnect it first' },
        { state: 'excluded', endpoints: 20, why: 'left out on purpose; not in scope' },
      ],
    },
    strata: {
      by: ['platform', 'department', 'site', 'version'],
      minimum: 10,
      represented: 12,
      strata: 14,
      missing: [{ stratum: 'windows, Finance, Lyon, 1.0.1217', endpoints: 11 }],
      missingCount: 1,
    },
    waves: [
      waveOf({
        name: 'pilot',
        kind: 'pilot',
        size: 5,
        start: '2026-11-23',
        soakUntil: '2026-11-26',
        who: who({ macos: 3, windows: 2 }, { Engineering: 4, Design: 1 }, { Berlin: 5 }),
        moved: [workingWeek('start', '2026-11-21', '2026-11-23', weekend)],
        endpoints: exampleIds(1, 5),
      }),
      waveOf({
        name: 'wave-1',
        share: '5 %',
        size: 4,
        start: '2026-11-30',
        soakUntil: '2026-12-03',
        who: who({ macos: 2, windows: 2 }, { Engineering: 2, Finance: 1, Sales: 1 }, { Berlin: 3, Lyon: 1 }),
        moved: [
          { what: 'start', from: '2026-11-27', to: '2026-11-28', rule: 'no-start-day', why: 'no start on Friday' },
          workingWeek('start', '2026-11-28', '2026-11-30', weekend),
        ],
        endpoints: exampleIds(6, 4),
      }),
      waveOf({
        name: 'wave-2',
        share: '15 %',
        size: 12,
        start: '2026-12-07',
        soakUntil: '2026-12-10',
        who: who(
          { macos: 7, windows: 5 },
          { Engineering: 5, Finance: 3, Sales: 2, Design: 1, Support: 1 },
          { Berlin: 8, Lyon: 4 },
        ),
        moved: [
          { what: 'start', from: '2026-12-04', to: '2026-12-05', rule: 'no-start-day', why: 'no start on Friday' },
          workingWeek('start', '2026-12-05', '2026-12-07', weekend),
        ],
        endpoints: exampleIds(10, 12),
      }),
      waveOf({
        name: 'wave-3',
        share: '80 %',
        size: 64,
        start: '2026-12-14',
        end: '2026-12-15',
        soakUntil: '2026-12-18',
        days: [
          { date: '2026-12-14', endpoints: 40 },
          { date: '2026-12-15', endpoints: 24 },
        ],
        startsAt: [
          { timeZone: 'Asia/Tokyo', sites: ['Osaka', 'Tokyo'], at: '2026-12-14T00:00:00Z' },
          { timeZone: 'Europe/Berlin', at: '2026-12-14T08:00:00Z' },
        ],
        who: who(
          { windows: 34, macos: 28, linux: 2 },
          { Engineering: 20, Sales: 16, Finance: 14, Support: 8, Design: 4, '(none)': 2 },
          { Berlin: 30, Lyon: 20, Tokyo: 8, Osaka: 6 },
        ),
        moved: [
          { what: 'start', from: '2026-12-11', to: '2026-12-12', rule: 'no-start-day', why: 'no start on Friday' },
          workingWeek('start', '2026-12-12', '2026-12-14', weekend),
        ],
        endpoints: exampleIds(22, 64),
      }),
      waveOf({
        name: 'last',
        kind: 'last',
        size: 5,
        start: '2027-01-05',
        soakUntil: '2027-01-08',
        who: who({ windows: 4, macos: 1 }, { Legal: 3, '(none)': 2 }, { Lyon: 3, '(none)': 2 }),
        moved: [
          workingWeek('start', '2026-12-19', '2026-12-20', 'Saturday is no working day'),
          { what: 'start', from: '2026-12-20', to: '2027-01-05', rule: 'blackout', why: 'blackout: year end' },
        ],
        endpoints: exampleIds(86, 5),
      }),
    ],
    repair: [],
    projection: [
      { date: '2026-11-20', soaked: 0, expectedReady: 300, percent: 75 },
      { date: '2026-11-26', soaked: 5, expectedReady: 304, percent: 76 },
      { date: '2026-12-03', soaked: 9, expectedReady: 308, percent: 77 },
      { date: '2026-12-10', soaked: 21, expectedReady: 319, percent: 79.7 },
      { date: '2026-12-17', soaked: 61, expectedReady: 356, percent: 89 },
      { date: '2026-12-18', soaked: 85, expectedReady: 378, percent: 94.5 },
      { date: '2027-01-08', soaked: 90, expectedReady: 382, percent: 95.5 },
    ],
    target: {
      percent: 95,
      by: '2027-01-29',
      denominator: 400,
      ready: 300,
      needed: 80,
      expected: 382,
      expectedSuccess: { percent: 92, from: 'default', why: 'an assumption, until finished waves tell' },
      reachable: true,
      answer: 'in-time',
      earliest: '2027-01-08',
      lowerBound: '2026-12-10',
      latestStart: '2026-12-09',
      obstacles: [],
    },
    warnings: [],
    baseline: { ready: exampleIds(1001, 300) },
    ...changes,
  }
}

/** The small plan with a target that ends before the last wave does. */
export function latePlan(): PlanDocument {
  const plan = smallPlan({ settings: settingsWith({ 'target.by': '2026-12-18' }) })
  return {
    ...plan,
    target: {
      ...plan.target,
      by: '2026-12-18',
      answer: 'late',
      latestStart: undefined,
      obstacles: [
        { state: 'stale', code: 'check-in-too-old', endpoints: 4, cost: 2, examples: exampleIds(91, 4) },
        { state: 'unknown', code: 'version-unknown', endpoints: 2, cost: 3, examples: exampleIds(95, 2) },
        { state: 'unknown', code: 'no-app-list', endpoints: 4, cost: 1, examples: exampleIds(97, 4) },
      ],
    },
    warnings: [
      {
        code: 'stratum-not-in-first-wave',
        message: '1 stratum of at least 10 endpoints has none in the first automatic wave: a fault there shows later.',
      },
    ],
  }
}

/** A fleet of 1,000 of which too many are unknown or stale for any wave to help; it has no policy file. */
export function unreachablePlan(): PlanDocument {
  return smallPlan({
    organization: undefined,
    policy: { digest: digest('0') },
    settings: settingsWith({ 'waves.preset': 'two-phase' }).filter(({ key }) => key !== 'target.by'),
    population: {
      states: { excluded: 0, stale: 60, unknown: 140, install: 0, upgrade: 300, repair: 0, ready: 500 },
      planned: 300,
      pinned: 0,
      last: 0,
      withoutIdentity: 0,
      inRepair: 0,
      waiting: 0,
      work: [{ action: 'upgrade', product: 'claude-desktop', to: '1.1.4173', endpoints: 300 }],
      notPlanned: [
        { state: 'ready', endpoints: 500, why: 'nothing to do' },
        { state: 'unknown', endpoints: 140, why: 'nothing certain is known: investigate first' },
        { state: 'stale', endpoints: 60, why: 'has not checked in for too long: reconnect it first' },
      ],
    },
    strata: { by: ['platform'], minimum: 10, represented: 10, strata: 2, missing: [], missingCount: 0 },
    waves: [
      waveOf({
        name: 'wave-1',
        share: '10 %',
        size: 30,
        start: '2026-11-23',
        soakUntil: '2026-11-26',
        who: who({ windows: 20, macos: 10 }, { '(none)': 30 }, { '(none)': 30 }),
        moved: [workingWeek('start', '2026-11-21', '2026-11-23', weekend)],
      }),
      waveOf({
        name: 'wave-2',
        share: '90 %',
        size: 270,
        start: '2026-11-30',
        end: '2026-12-08',
        soakUntil: '2026-12-11',
        days: ['2026-11-30', '2026-12-01', '2026-12-02', '2026-12-03', '2026-12-04', '2026-12-07']
          .map((date) => ({ date, endpoints: 40 }))
          .concat({ date: '2026-12-08', endpoints: 30 }),
        who: who({ windows: 180, macos: 90 }, { '(none)': 270 }, { '(none)': 270 }),
        moved: [
          { what: 'start', from: '2026-11-27', to: '2026-11-28', rule: 'no-start-day', why: 'no start on Friday' },
          workingWeek('start', '2026-11-28', '2026-11-30', weekend),
          workingWeek('rollout-day', '2026-12-06', '2026-12-08', weekend),
        ],
        endpoints: exampleIds(31, 270),
      }),
    ],
    projection: [
      { date: '2026-11-20', soaked: 0, expectedReady: 500, percent: 50 },
      { date: '2026-11-26', soaked: 30, expectedReady: 527, percent: 52.7 },
      { date: '2026-12-03', soaked: 70, expectedReady: 564, percent: 56.4 },
      { date: '2026-12-04', soaked: 110, expectedReady: 601, percent: 60.1 },
      { date: '2026-12-07', soaked: 150, expectedReady: 638, percent: 63.8 },
      { date: '2026-12-08', soaked: 190, expectedReady: 674, percent: 67.4 },
      { date: '2026-12-09', soaked: 230, expectedReady: 711, percent: 71.1 },
      { date: '2026-12-10', soaked: 270, expectedReady: 748, percent: 74.8 },
      { date: '2026-12-11', soaked: 300, expectedReady: 776, percent: 77.6 },
    ],
    target: {
      percent: 95,
      denominator: 1000,
      ready: 500,
      needed: 450,
      expected: 776,
      expectedSuccess: { percent: 92, from: 'flag', why: 'given with --expected-success' },
      reachable: false,
      answer: 'unreachable',
      obstacles: [
        { state: 'unknown', code: 'no-app-list', endpoints: 120, cost: 1, examples: exampleIds(301, 10) },
        { state: 'stale', code: 'check-in-too-old', endpoints: 60, cost: 2, examples: exampleIds(421, 10) },
        { state: 'unknown', code: 'version-unknown', endpoints: 20, cost: 3, examples: exampleIds(481, 10) },
      ],
    },
  })
}

/** The small plan two weeks later: two waves are finished, the third is running, some endpoints have come and gone. */
export function replannedPlan(): PlanDocument {
  const plan = smallPlan()
  const [pilot, first, second, third, last] = plan.waves as [Wave, Wave, Wave, Wave, Wave]
  return {
    ...plan,
    asOf: '2026-12-09T06:30:00Z',
    scan: { ...plan.scan, asOf: '2026-12-09T06:30:00Z', digest: digest('8') },
    settings: [
      ...settingsWith({ 'waves.soakDays': 4 }).filter(({ key }) => key !== 'waves.capacity.perDay'),
      { key: 'waves.capacity.perDay', value: 40, from: 'previous', why: 'as in the previous plan' },
    ],
    population: {
      ...plan.population,
      states: { excluded: 21, stale: 5, unknown: 6, install: 2, upgrade: 81, repair: 0, ready: 307 },
      notPlanned: [
        { state: 'ready', endpoints: 307, why: 'nothing to do' },
        { state: 'unknown', endpoints: 6, why: 'nothing certain is known: investigate first' },
        { state: 'stale', endpoints: 5, why: 'has not checked in for too long: reconnect it first' },
        { state: 'excluded', endpoints: 21, why: 'left out on purpose; not in scope' },
      ],
      planned: 82,
      pinned: 0,
      inRepair: 1,
      waiting: 1,
      work: [{ action: 'upgrade', product: 'claude-desktop', to: '1.1.4173', endpoints: 82 }],
    },
    waves: [
      {
        ...pilot,
        status: 'finished',
        outcome: {
          asOf: '2026-11-27T06:30:00Z',
          accepted: false,
          succeeded: 5,
          failed: [],
          pending: [],
          silent: [],
          withdrawn: [],
        },
      },
      {
        ...first,
        status: 'finished',
        outcome: {
          asOf: '2026-12-04T06:30:00Z',
          accepted: true,
          succeeded: 2,
          failed: ['EXAMPLE00006'],
          pending: [],
          silent: ['EXAMPLE00007'],
          withdrawn: [],
        },
      },
      {
        ...second,
        status: 'running',
        size: 11,
        proves: provesOf(11),
        endpoints: second.endpoints.slice(1),
        days: [{ date: second.start, endpoints: 11 }],
        soakUntil: '2026-12-11',
      },
      {
        ...third,
        size: 66,
        proves: provesOf(66),
        start: '2026-12-14',
        end: '2026-12-15',
        soakUntil: '2027-01-06',
        days: [
          { date: '2026-12-14', endpoints: 40 },
          { date: '2026-12-15', endpoints: 26 },
        ],
        endpoints: [...third.endpoints, 'EXAMPLE00131', 'EXAMPLE00132'],
        moved: [
          workingWeek('start', '2026-12-12', '2026-12-14', weekend),
          { what: 'soak-day', from: '2026-12-19', to: '2027-01-04', rule: 'blackout', why: 'blackout: year end' },
          workingWeek('soak-day', '2027-01-04', '2027-01-06', 'Saturday is no working day'),
        ],
      },
      {
        ...last,
        start: '2027-01-11',
        end: '2027-01-11',
        soakUntil: '2027-01-15',
        days: [{ date: '2027-01-11', endpoints: 5 }],
        startsAt: [{ timeZone: 'Europe/Berlin', at: '2027-01-11T08:00:00Z' }],
        moved: [workingWeek('start', '2027-01-07', '2027-01-11', weekend)],
      },
    ],
    repair: [{ id: 'EXAMPLE00006', wave: 'wave-1', state: 'upgrade', code: 'below-gate' }],
    projection: [
      { date: '2026-12-09', soaked: 9, expectedReady: 307, percent: 76.5 },
      { date: '2026-12-11', soaked: 20, expectedReady: 317, percent: 79 },
      { date: '2027-01-05', soaked: 60, expectedReady: 354, percent: 88.2 },
      { date: '2027-01-06', soaked: 86, expectedReady: 378, percent: 94.2 },
      { date: '2027-01-15', soaked: 91, expectedReady: 382, percent: 95.2 },
    ],
    target: {
      ...plan.target,
      denominator: 401,
      ready: 307,
      needed: 74,
      expected: 382,
      expectedSuccess: {
        percent: 92.4,
        from: 'history',
        why: '61 of 66 endpoints of finished waves',
      },
      earliest: '2027-01-15',
      lowerBound: '2026-12-20',
      latestStart: '2026-12-11',
    },
    previous: {
      digest: digest('b'),
      asOf: '2026-11-20T00:00:00Z',
      difference: {
        finished: ['pilot', 'wave-1'],
        running: ['wave-2'],
        dropped: ['wave-4'],
        joined: 2,
        left: [
          { why: 'excluded', endpoints: 1 },
          { why: 'missing', endpoints: 3 },
        ],
        moved: 1,
        dates: [{ wave: 'last', from: '2027-01-05', to: '2027-01-11' }],
        settings: [{ key: 'waves.soakDays', from: 3, to: 4 }],
      },
    },
    baseline: { ready: exampleIds(1001, 307) },
  }
}

/** Candidates for the endpoints of all waves that are not finished. */
export function candidatesOf(plan: PlanDocument): ReadonlyMap<string, Candidate> {
  const work = [{ action: 'upgrade', product: 'claude-desktop', to: '1.1.4173' }] as const
  return new Map(
    plan.waves
      .filter(({ status }) => status !== 'finished')
      .flatMap(({ endpoints }) => endpoints)
      .map((id) => [
        id,
        {
          id,
          serial: id,
          hostname: `HOST-${id.slice(-3)}`,
          user: 'finance-user',
          email: 'finance@acme.example',
          platform: 'windows',
          department: 'Finance',
          site: 'Lyon',
          version: '1.1.3189',
          work,
          place: 'automatic',
          deviceIds: {},
        },
      ]),
  )
}
