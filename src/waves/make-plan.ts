import { byText } from '../platform/by-text.js'
import { type Coverage, coverageOf } from '../readiness/coverage.js'
import { states } from '../readiness/verdict.js'
import { dayAfter } from './calendar.js'
import type { Candidate, Membership } from './candidate.js'
import { assignDays } from './capacity.js'
import type { FutureWave } from './future-waves.js'
import type { Obstacle, PlanDocument, Wave } from './plan-document.js'
import type { PlanningScan } from './planning-scan.js'
import { type Attempts, attemptsNeeded, firstDayWith, projectCoverage } from './projection.js'
import type { ShownSetting } from './resolve-settings.js'
import { scheduleWaves, type WaveDates, withoutConstraints } from './schedule.js'
import type { CalendarRules, WaveSettings } from './settings.js'
import { startsAt } from './starts-at.js'
import { failureRateRuledOut } from './statistics.js'
import { latestStart, targetOf } from './target.js'

/** Everything a plan is made from. */
export interface PlanInput {
  readonly scan: PlanningScan
  readonly organization?: string | undefined
  readonly policy: PlanDocument['policy']
  readonly settings: WaveSettings
  readonly shown: readonly ShownSetting[]
  /** Ids, rising. */
  readonly ready: readonly string[]
  readonly obstacles: Obstacle[]
  readonly warnings: PlanDocument['warnings']
  readonly future: readonly FutureWave[]
  /** Whoever is in a wave that is not finished, and not ready yet. */
  readonly planned: readonly Candidate[]
  readonly strata: PlanDocument['strata']
  /** Of a re-plan: waves that have begun, and what is left to attempt in them. */
  readonly begun?:
    | {
        readonly waves: readonly Wave[]
        readonly attempts: readonly Attempts[]
        readonly repair: PlanDocument['repair']
        readonly waiting: number
        readonly expectedSuccess?: PlanDocument['target']['expectedSuccess'] | undefined
        readonly previous: NonNullable<PlanDocument['previous']>
      }
    | undefined
}

/** The plan. The same input gives the same document. Throws a Failure when the calendar has no day for a wave. */
export function makePlan(input: PlanInput): PlanDocument {
  const { scan, settings, begun } = input
  const { head } = scan
  const asOf = head.asOf.slice(0, 10)
  const { start, warnings } = firstDay(input, asOf)
  const coverage = coverageOf(head.states, settings.target.coverage)
  const asked = expectedBySetting(input)
  // What was measured is better than an assumption; what somebody asks for with a flag counts all the same.
  const expectedSuccess = (asked.from === 'flag' ? undefined : begun?.expectedSuccess) ?? asked
  const stillNeeded =
    attemptsNeeded(coverage.missing, expectedSuccess.percent) -
    (begun?.attempts ?? []).reduce((sum, { endpoints }) => sum + endpoints, 0)
  const batches = batchesOf(input, stillNeeded)
  const schedule = (from: string, calendar: CalendarRules) =>
    scheduleWaves(
      batches.map((days, index) => ({ days: days.length, notBefore: input.future[index]!.notBefore })),
      from,
      calendar,
    )
  const dates = schedule(start, settings.calendar)
  const waves = [
    ...(begun?.waves ?? []),
    ...input.future.map((wave, index) => waveOf(wave, batches[index]!, dates[index]!, settings)),
  ]

  const project = (planned: readonly WaveDates[], sizes: readonly (readonly number[])[], calendar: CalendarRules) =>
    projectCoverage([...(begun?.attempts ?? []), ...attemptsOf(planned, sizes)], {
      asOf,
      coverage,
      expectedSuccess: expectedSuccess.percent,
      calendar,
    })
  const sizes = batches.map((days) => days.map((batch) => batch.length))
  const projection = project(dates, sizes, settings.calendar)
  const free = withoutConstraints(settings.calendar)
  const unbound = scheduleWaves(
    sizes.map(() => ({ days: 1 })),
    start,
    free,
  )
  const whole = sizes.map((days) => [days.reduce((sum, size) => sum + size, 0)])
  const inScope = needed(coverage)
  const reached = (from: string) =>
    firstDayWith(inScope, project(schedule(from, settings.calendar), sizes, settings.calendar))

  return {
    schema: 'fleet.plan/v1',
    asOf: head.asOf,
    ...(input.organization !== undefined && { organization: input.organization }),
    policy: input.policy,
    scan: { digest: scan.digest, asOf: head.asOf, policy: head.policy.digest },
    rules: scan.rules,
    campaign: settings.campaign,
    settings: [...input.shown],
    population: populationOf(input),
    strata: input.strata,
    waves,
    repair: begun?.repair ?? [],
    projection,
    target: targetOf({
      settings,
      coverage,
      expectedSuccess,
      obstacles: input.obstacles,
      expected: projection.at(-1)!.expectedReady,
      earliest: firstDayWith(inScope, projection),
      lowerBound: firstDayWith(inScope, project(unbound, whole, free)),
      latestStart: dates[0] && stillNeeded > 0 ? (by) => latestStart(dates[0]!.start, by, reached) : undefined,
    }),
    warnings: [...input.warnings, ...warnings, ...namelessWarning(input.planned)],
    ...(begun && { previous: begun.previous }),
    baseline: { ready: [...input.ready] },
  }
}

/** The days of each wave; in the wave that decides when the target is met, the attempts it takes come soonest. */
function batchesOf({ future, settings }: PlanInput, attempts: number): (readonly (readonly Candidate[])[])[] {
  let missing = attempts
  return future.map(({ members }) => {
    const decides = missing > 0 && missing <= members.length
    const days = assignDays(members, settings.capacity, decides ? missing : undefined)
    missing -= members.length
    return days
  })
}

/** The first day after all that has begun, and after the scan unless the policy names another. */
function firstDay(
  { settings, begun }: PlanInput,
  asOf: string,
): { readonly start: string; readonly warnings: PlanDocument['warnings'] } {
  const asked = settings.start ?? dayAfter(asOf)
  const running = (begun?.waves ?? []).map(({ soakUntil }) => dayAfter(soakUntil))
  // A running wave may have been due long ago: its gate has not opened yet.
  const earliest = [...running, ...(begun ? [dayAfter(asOf)] : [asOf])].sort(byText).at(-1)!
  if (asked >= earliest) return { start: asked, warnings: [] }
  if (settings.start === undefined || begun) return { start: earliest, warnings: [] }
  return {
    start: earliest,
    warnings: [
      {
        code: 'start-before-scan',
        message: `The first day asked for, ${asked}, lies before the scan: the plan starts on ${asOf} at the earliest.`,
      },
    ],
  }
}

function waveOf(
  { name, kind, share, members }: FutureWave,
  batches: readonly (readonly Candidate[])[],
  { start, days, end, soakUntil, moved }: WaveDates,
  settings: WaveSettings,
): Wave {
  return {
    name,
    kind,
    status: 'planned',
    ...(share !== undefined && { share }),
    size: members.length,
    start,
    end,
    soakUntil,
    days: days.map((date, index) => ({ date, endpoints: batches[index]!.length })),
    startsAt: startsAt(start, settings),
    who: whoOf(members),
    proves: provesOf(members.length),
    moved,
    endpoints: batches.flatMap((batch) => batch.map(({ id }) => id)),
  }
}

function namelessWarning(planned: readonly Candidate[]): PlanDocument['warnings'] {
  const nameless = planned.filter(({ place }) => place === 'no-identity').length
  if (nameless === 0) return []
  return [
    {
      code: 'no-identity',
      message: `${nameless} of ${planned.length} planned endpoints have no serial number of their own: they go last, and lists of serial numbers cannot name them.`,
    },
  ]
}

/** What a clean wave of that size rules out, in percent with four decimals, rounded up: never more than is proven. */
export function provesOf(clean: number): Wave['proves'] {
  return { clean, failureRate: Math.min(100, Math.ceil(failureRateRuledOut(clean) * 1e6 - 1e-9) / 1e4) }
}

const mostNames = 10

/** The most frequent values of each dimension; the others together. */
export function whoOf(members: readonly Membership[]): Wave['who'] {
  const count = (read: (member: Membership) => string) => {
    const counts = new Map<string, number>()
    for (const member of members) counts.set(read(member), (counts.get(read(member)) ?? 0) + 1)
    const rows = [...counts]
      .map(([name, endpoints]) => ({ name: name === '' ? '(none)' : name, endpoints }))
      .sort((a, b) => b.endpoints - a.endpoints || byText(a.name, b.name))
    const others = rows.slice(mostNames).reduce((sum, { endpoints }) => sum + endpoints, 0)
    return [...rows.slice(0, mostNames), ...(others > 0 ? [{ name: '(others)', endpoints: others }] : [])]
  }
  return {
    platform: count(({ platform }) => platform),
    department: count(({ department }) => department),
    site: count(({ site }) => site),
    version: count(({ version }) => version),
  }
}

function attemptsOf(dates: readonly WaveDates[], sizes: readonly (readonly number[])[]): Attempts[] {
  return dates.flatMap(({ days }, wave) => days.map((date, day) => ({ date, endpoints: sizes[wave]![day] ?? 0 })))
}

function expectedBySetting({ settings, shown }: PlanInput): PlanDocument['target']['expectedSuccess'] {
  const setting = shown.find(({ key }) => key === 'waves.expectedSuccess')!
  const from = setting.from === 'previous' ? 'flag' : setting.from
  return { percent: settings.expectedSuccess, from, why: setting.why }
}

function needed({ ready, missing }: Coverage): number {
  return ready + missing
}

function populationOf({ scan, planned, begun }: PlanInput): PlanDocument['population'] {
  const { head } = scan
  const at = (place: Candidate['place']) => planned.filter((candidate) => candidate.place === place).length
  const work = new Map<string, PlanDocument['population']['work'][number]>()
  for (const candidate of planned) {
    for (const one of candidate.work) {
      const key = JSON.stringify(one)
      const row = work.get(key) ?? { ...one, endpoints: 0 }
      work.set(key, row)
      row.endpoints++
    }
  }
  return {
    states: head.states,
    planned: planned.length,
    pinned: at('pinned'),
    last: at('last'),
    withoutIdentity: at('no-identity'),
    inRepair: begun?.repair.length ?? 0,
    waiting: begun?.waiting ?? 0,
    work: [...work].sort(([a, x], [b, y]) => y.endpoints - x.endpoints || byText(a, b)).map(([, row]) => row),
    notPlanned: states
      .filter((state) => whyNotPlanned[state] !== undefined && head.states[state] > 0)
      .map((state) => ({ state, endpoints: head.states[state], why: whyNotPlanned[state]! })),
  }
}

const whyNotPlanned: Readonly<Partial<Record<(typeof states)[number], string>>> = {
  excluded: 'left out on purpose; not in scope',
  stale: 'has not checked in for too long: reconnect it first',
  unknown: 'nothing certain is known: investigate first',
  ready: 'nothing to do',
}
