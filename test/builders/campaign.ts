import { type EndpointReport, type NewerScan, outcomesOf } from '../../src/waves/outcomes.js'
import type { PlanDocument, Wave } from '../../src/waves/plan-document.js'
import { settingTable } from '../../src/waves/setting-table.js'
import type { GateThresholds } from '../../src/waves/settings.js'
import { failureRateRuledOut } from '../../src/waves/statistics.js'

/** The thresholds of a plan for which nobody has named any. */
export const usualThresholds: GateThresholds = {
  success: fallbackOf('waves.gate.success'),
  minimumSucceeded: fallbackOf('waves.gate.minimumSucceeded'),
  minimumReported: fallbackOf('waves.gate.minimumReported'),
  failureLimit: fallbackOf('waves.gate.failureLimit'),
}

function fallbackOf(key: string): number {
  return settingTable.find((setting) => setting.key === key)!.fallback as number
}

/** The plan is of Friday 2026-11-27; a wave begins every Monday, and its soak ends on Friday. */
export const planned = '2026-11-27T08:00:00Z'
const firstMonday = Date.parse('2026-11-30')
const day = 86_400_000
const week = 7 * day

function dayText(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

/** When the wave of that number (from 0) is judged: the Saturday after its soak. */
export function afterSoak(wave: number): string {
  return `${dayText(firstMonday + wave * week + 5 * day)}T08:00:00Z`
}

/** Waves over endpoints, attempted on a Monday and the Tuesday after it. */
export function planOf(
  waves: readonly (readonly string[])[],
  platformOf: (id: string) => string = () => 'macos',
  ready: readonly string[] = [],
): PlanDocument {
  const size = waves.reduce((sum, { length }) => sum + length, 0)
  const none = { ready: 0, excluded: 0, stale: 0, unknown: 0, install: 0, upgrade: 0, repair: 0 }
  const percent = 95
  return {
    schema: 'fleet.plan/v1',
    asOf: planned,
    policy: { digest: 'sha256:policy' },
    scan: { digest: 'sha256:old', asOf: planned, policy: 'sha256:policy' },
    rules: 'sha256:rules',
    campaign: 'winter',
    settings: [],
    population: {
      states: { ...none, upgrade: size, ready: ready.length },
      planned: size,
      pinned: 0,
      last: 0,
      withoutIdentity: 0,
      inRepair: 0,
      waiting: 0,
      work: [{ action: 'upgrade', product: 'claude-desktop', to: '1.1.4173', endpoints: size }],
      notPlanned: [],
    },
    strata: { by: ['platform'], minimum: 10, represented: 0, strata: 0, missing: [], missingCount: 0 },
    waves: waves.map((endpoints, index) => waveOf(endpoints, index, platformOf)),
    repair: [],
    projection: [],
    target: {
      percent,
      denominator: size + ready.length,
      ready: ready.length,
      needed: 0,
      expected: 0,
      expectedSuccess: { percent: 92, from: 'default', why: 'an assumption' },
      reachable: true,
      answer: 'no-date',
      obstacles: [],
    },
    warnings: [],
    baseline: { ready: [...ready] },
  }
}

function waveOf(endpoints: readonly string[], index: number, platformOf: (id: string) => string): Wave {
  const monday = firstMonday + index * week
  const [start, end] = [dayText(monday), dayText(monday + day)]
  const platforms = new Map<string, number>()
  for (const id of endpoints) platforms.set(platformOf(id), (platforms.get(platformOf(id)) ?? 0) + 1)
  const onMonday = Math.ceil(endpoints.length / 2)
  return {
    name: `wave-${index + 1}`,
    kind: 'automatic',
    status: 'planned',
    size: endpoints.length,
    start,
    end,
    soakUntil: dayText(monday + 4 * day),
    days: [
      { date: start, endpoints: onMonday },
      { date: end, endpoints: endpoints.length - onMonday },
    ],
    startsAt: [{ timeZone: 'UTC', at: `${start}T09:00:00Z` }],
    who: {
      platform: [...platforms].map(([name, count]) => ({ name, endpoints: count })),
      department: [],
      site: [],
      version: [],
    },
    proves: { clean: endpoints.length, failureRate: 100 * failureRateRuledOut(endpoints.length) },
    moved: [],
    endpoints: [...endpoints],
  }
}

/** The plan after a re-plan that found the wave finished. */
export function withFinished(plan: PlanDocument, name: string, scan: NewerScan, accepted = false): PlanDocument {
  const waves = plan.waves.map((wave): Wave => {
    if (wave.name !== name) return wave
    const outcomes = [...outcomesOf(wave, scan)]
    const idsOf = (...wanted: string[]) => outcomes.filter(([, outcome]) => wanted.includes(outcome)).map(([id]) => id)
    return {
      ...wave,
      status: 'finished',
      outcome: {
        asOf: scan.asOf,
        accepted,
        succeeded: idsOf('succeeded').length,
        failed: idsOf('failed'),
        pending: idsOf('pending'),
        silent: idsOf('missing', 'stale', 'unknown', 'no-report-since', 'not-yet-attempted'),
        withdrawn: idsOf('withdrawn'),
      },
    }
  })
  return { ...plan, waves }
}

/** A scan of that time, judged as the plan was. */
export function scanOf(asOf: string, reports: ReadonlyMap<string, EndpointReport>): NewerScan {
  return { asOf, digest: 'sha256:new', rules: 'sha256:rules', reports }
}

/** Numbers from 0 to 1, the same for the same seed: the generator known as mulberry32. */
export function seeded(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b9)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const platformShares = { windows: 45, macos: 40, linux: 15 } as const
export type SimulatedPlatform = keyof typeof platformShares

/** What goes wrong in a simulated campaign; shares from 0 to 1. */
export interface Troubles {
  readonly seed: number
  /** Installations that fail by themselves. */
  readonly failing?: number
  /** Endpoints missing from a scan, or stale in it. */
  readonly offline?: number
  /** Endpoints that a scan knows by data from before the plan. */
  readonly outdated?: number
  /** Endpoints that were ready and break by themselves, in a week. */
  readonly breaking?: number
  /** A build that fails on so many endpoints of one platform. */
  readonly badBuild?: { readonly platform: SimulatedPlatform; readonly share: number }
  /** Platforms whose app lists have no date, as all those of Intune: check-ins alone are dated. */
  readonly undated?: readonly SimulatedPlatform[]
  /** So many of all endpoints break in the week before the wave of that number (from 0) is judged. */
  readonly outage?: { readonly wave: number; readonly share: number }
}

const campaignSize = 10_000
const readySize = 2_000
/** Autopatch: 1, 9 and 90 %. */
const waveSizes = [100, 900, 9_000]
const platforms = Object.keys(platformShares) as SimulatedPlatform[]

interface SimulatedEndpoint {
  readonly id: string
  readonly platform: SimulatedPlatform
}

const fleet = Array.from({ length: campaignSize + readySize }, (_, index): SimulatedEndpoint => {
  const place = index % 100
  const platform = place < platformShares.windows ? 'windows' : place < 100 - platformShares.linux ? 'macos' : 'linux'
  return { id: `endpoint-${index}`, platform }
})
const [candidates, readyBefore] = [fleet.slice(0, campaignSize), fleet.slice(campaignSize)]
const platformById = new Map(fleet.map(({ id, platform }) => [id, platform]))
const byPlatform = platforms.map((platform) => candidates.filter((endpoint) => endpoint.platform === platform))

/**
 * A campaign over 10,000 endpoints and 2,000 that were ready before, week after week: `scan(wave)` attempts the wave of
 * that number (from 0) and gives the scan after its soak. Waves have every platform in proportion, and are else drawn by
 * lot. To be called in the order of waves.
 */
export function simulateCampaign(troubles: Troubles): {
  readonly plan: PlanDocument
  readonly scan: (wave: number) => NewerScan
} {
  const {
    seed,
    failing = 0.015,
    offline = 0.08,
    outdated = 0.02,
    breaking = 0.002,
    badBuild,
    outage,
    undated = [],
  } = troubles
  const random = seeded(seed)
  const waves = drawWaves(random)
  const states = new Map<SimulatedEndpoint, 'upgrade' | 'repair' | 'ready'>(
    fleet.map((endpoint, index) => [endpoint, index < campaignSize ? 'upgrade' : 'ready']),
  )
  const attempt = (endpoint: SimulatedEndpoint) => {
    const isBad = badBuild !== undefined && badBuild.platform === endpoint.platform && random() < badBuild.share
    if (!isBad && random() >= failing) states.set(endpoint, 'ready')
    else if (random() < 0.5) states.set(endpoint, 'repair')
  }
  return {
    plan: planOf(
      waves.map((wave) => wave.map(({ id }) => id)),
      (id) => platformById.get(id)!,
      readyBefore.map(({ id }) => id),
    ),
    scan(wave) {
      const broken = outage?.wave === wave ? outage.share : 0
      for (const [endpoint, state] of states)
        if (state === 'ready' && random() < breaking) states.set(endpoint, 'repair')
      for (const endpoint of waves[wave]!) attempt(endpoint)
      const asOf = afterSoak(wave)
      const shared = sharedReports(Date.parse(asOf), undated)
      const reports = new Map<string, EndpointReport>()
      for (const [endpoint, state] of states) {
        if (broken > 0 && random() < broken) states.set(endpoint, 'repair')
        const luck = random()
        if (luck < offline / 2) continue
        const of = shared[endpoint.platform]
        if (luck < offline) reports.set(endpoint.id, of.stale)
        else if (luck < offline + outdated) reports.set(endpoint.id, of.outdated)
        else reports.set(endpoint.id, of[broken > 0 ? states.get(endpoint)! : state])
      }
      return scanOf(asOf, reports)
    },
  }
}

type SharedReports = Readonly<Record<'upgrade' | 'repair' | 'ready' | 'stale' | 'outdated', EndpointReport>>

/** The same few reports over and over: an hour old, or, where outdated, from before the plan. */
function sharedReports(
  asOf: number,
  undated: readonly SimulatedPlatform[],
): Readonly<Record<SimulatedPlatform, SharedReports>> {
  const of = (platform: SimulatedPlatform): SharedReports => {
    const report = (state: EndpointReport['state'], at = asOf - 3_600_000) =>
      undated.includes(platform) ? { platform, state, checkIn: at } : { platform, state, at }
    return {
      upgrade: report('upgrade'),
      repair: report('repair'),
      ready: report('ready'),
      stale: report('stale'),
      outdated: report('upgrade', Date.parse(planned) - day),
    }
  }
  return { windows: of('windows'), macos: of('macos'), linux: of('linux') }
}

function drawWaves(random: () => number): SimulatedEndpoint[][] {
  const drawn = byPlatform.map((endpoints) => shuffled(endpoints, random))
  const taken = platforms.map(() => 0)
  return waveSizes.map((size) =>
    shuffled(
      platforms.flatMap((platform, index) => {
        const first = taken[index]!
        taken[index] = first + (size * platformShares[platform]) / 100
        return drawn[index]!.slice(first, taken[index])
      }),
      random,
    ),
  )
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const order = [...items]
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1))
    ;[order[last], order[other]] = [order[other]!, order[last]!]
  }
  return order
}
