import { isDeepStrictEqual } from 'node:util'
import { byText } from '../platform/by-text.js'
import { exitCode, Failure } from '../platform/failure.js'
import type { Candidate, Membership } from './candidate.js'
import { type FutureWave, freeName, futureWaves, type LaidOutWaves } from './future-waves.js'
import { campaignFraction, normalId } from './hash-order.js'
import { orderCandidates, representation } from './order.js'
import type { EndpointOutcome, EndpointReport } from './outcomes.js'
import type { Difference, PlanDocument, Wave } from './plan-document.js'
import { progressOf, type WaveNotes } from './progress.js'
import type { Attempts } from './projection.js'
import type { ShownSetting } from './resolve-settings.js'
import { goOnWith, type RunningWave } from './running-wave.js'
import type { WaveSettings } from './settings.js'

/** A plan that has begun, and what a newer scan says. */
export interface ReplanInput {
  readonly previous: PlanDocument
  /** The day of the newer scan. */
  readonly today: string
  readonly asOf: string
  /** Of the newer scan, rising by id. */
  readonly candidates: readonly Candidate[]
  readonly reports: ReadonlyMap<string, EndpointReport>
  readonly settings: WaveSettings
  readonly shown: readonly ShownSetting[]
  /** Where the endpoints of the previous plan belong, by the newer scan. */
  readonly memberships: ReadonlyMap<string, Membership>
  readonly notes: WaveNotes
  readonly advances: (wave: Wave) => boolean
  readonly outcomesOf: (wave: Wave) => ReadonlyMap<string, EndpointOutcome>
}

/** What a re-plan makes of a plan that has begun. */
export interface Replanned {
  readonly begun: {
    readonly waves: readonly Wave[]
    readonly attempts: readonly Attempts[]
    readonly repair: PlanDocument['repair']
    readonly waiting: number
    readonly expectedSuccess?: PlanDocument['target']['expectedSuccess'] | undefined
  }
  readonly future: readonly FutureWave[]
  readonly planned: readonly Candidate[]
  readonly strata: PlanDocument['strata']
  readonly warnings: PlanDocument['warnings']
  /** Waves whose day has come, and that nothing shows to have begun: they are planned again. */
  readonly overdue: readonly Wave[]
  /** What is different, but for the dates of waves, which are known once the plan is made. */
  readonly difference: Difference
}

/** With fewer finished endpoints than this, an assumption is no worse than what was measured. */
const enoughHistory = 20

/**
 * Goes on with a plan: finished waves are frozen, a running wave can only shrink, later waves keep their members, new
 * endpoints join by their hash, and whoever failed goes to the repair list. Throws a Failure (wrong use) for notes on
 * waves whose day has not come, or when the campaign is another.
 */
export function replan(input: ReplanInput): Replanned {
  const { previous, settings, candidates } = input
  if (settings.campaign !== previous.campaign)
    throw new Failure(exitCode.usage, 'other-campaign', 'The previous plan belongs to another campaign.', {
      tryThis: [`Leave out --previous to start the campaign ${settings.campaign}, or keep ${previous.campaign}.`],
    })
  const { today, reports, notes, memberships, advances } = input
  const { finished, running, later, overdue } = progressOf(previous, today, reports, notes, advances)
  const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]))
  const frozen = finished.map((wave) => (wave.status === 'finished' ? wave : freeze(wave, input)))
  const ongoing = running.map((wave) =>
    goOnWith(wave, { outcomes: input.outcomesOf(wave), reports, memberships, today, settings }),
  )
  const behind = leftBehind(frozen, byId, input)
  const inWaves = new Set([...frozen, ...ongoing.map(({ wave }) => wave)].flatMap(({ endpoints }) => endpoints))
  const failed = new Set(ongoing.flatMap((wave) => wave.failed))
  const free = candidates.filter(({ id }) => !inWaves.has(id))
  const begun = [...frozen, ...ongoing.map(({ wave }) => wave).filter(({ size }) => size > 0)]
  const { waves: future, strata, warnings } = assign(free, later, begun, input)
  return {
    begun: {
      waves: begun,
      attempts: ongoing.flatMap(({ attempts }) => attempts),
      repair: [...behind.repair, ...ongoing.flatMap(({ wave, failed: ids }) => repairs(wave, ids, input))].sort(
        (a, b) => byText(a.id, b.id),
      ),
      waiting: behind.waiting,
      expectedSuccess: measuredSuccess(frozen),
    },
    future,
    planned: [
      ...ongoing.flatMap(({ wave }) => wave.endpoints.flatMap((id) => (failed.has(id) ? [] : (byId.get(id) ?? [])))),
      ...free,
    ],
    strata,
    warnings,
    overdue,
    difference: differenceOf(input, { finished, ongoing, later, future }),
  }
}

function freeze(wave: Wave, { outcomesOf, asOf, notes }: ReplanInput): Wave {
  const outcomes = outcomesOf(wave)
  const having = (...kinds: readonly EndpointOutcome[]) =>
    wave.endpoints.filter((id) => kinds.includes(outcomes.get(id) ?? 'missing'))
  return {
    ...wave,
    status: 'finished',
    outcome: {
      asOf,
      accepted: notes.accepted.includes(wave.name),
      succeeded: having('succeeded').length,
      failed: having('failed'),
      pending: having('pending'),
      silent: having('missing', 'stale', 'unknown', 'no-report-since', 'not-yet-attempted'),
      withdrawn: having('withdrawn'),
    },
  }
}

/** Endpoints of finished waves that still need something: told failed, or not heard of since. */
function leftBehind(
  finished: readonly Wave[],
  byId: ReadonlyMap<string, Candidate>,
  input: ReplanInput,
): { readonly repair: PlanDocument['repair']; readonly waiting: number } {
  const repair: PlanDocument['repair'] = []
  let waiting = 0
  for (const wave of finished) {
    const outcomes = input.outcomesOf(wave)
    const open = wave.endpoints.filter((id) => byId.has(id))
    const failed = open.filter((id) => ['failed', 'pending'].includes(outcomes.get(id) ?? 'missing'))
    for (const row of repairs(wave, failed, input)) repair.push(row)
    waiting += open.length - failed.length
  }
  return { repair, waiting }
}

function repairs(wave: Wave, ids: readonly string[], { reports }: ReplanInput): PlanDocument['repair'] {
  return ids.map((id) => {
    const { state, code } = reports.get(id)!
    return { id, wave: wave.name, state, ...(code !== undefined && { code }) }
  })
}

function assign(
  free: readonly Candidate[],
  later: readonly Wave[],
  begun: readonly Wave[],
  input: ReplanInput,
): LaidOutWaves {
  const { settings, previous } = input
  const automatic = later.filter(({ kind }) => kind === 'automatic')
  const reshaped = changedSettings(input).some(({ key }) => key === 'waves.preset' || key.startsWith('waves.strata'))
  if (reshaped || automatic.length === 0) {
    const { waves, ...rest } = futureWaves(free, settings, begun)
    const announced = (wave: FutureWave) => later.find(({ name }) => name === wave.name)?.start
    return { waves: waves.map((wave) => ({ ...wave, notBefore: announced(wave) })), ...rest }
  }
  const waveOf = new Map(later.flatMap(({ name, endpoints }) => endpoints.map((id) => [id, name] as const)))
  const placeOf = new Map(later.flatMap(({ endpoints }) => endpoints.map((id, index) => [id, index] as const)))
  const names = new Set(automatic.map(({ name }) => name))
  const first = later[0]!.name
  const last = later.find(({ kind }) => kind === 'last')?.name ?? freeName('last', begun)
  const members = new Map<string, Candidate[]>()
  for (const candidate of orderCandidates(free, { campaign: settings.campaign, by: [], minimum: 1 })) {
    const before = waveOf.get(candidate.id)
    const name =
      candidate.place === 'pinned'
        ? first
        : candidate.place !== 'automatic'
          ? last
          : before !== undefined && names.has(before)
            ? before
            : joinedWave(candidate.id, settings.campaign, automatic)
    const inside = members.get(name)
    if (inside) inside.push(candidate)
    else members.set(name, [candidate])
  }
  const place = ({ id, place: wanted }: Candidate, wave: string) =>
    waveOf.get(id) === wave ? placeOf.get(id)! : wanted === 'pinned' ? -1 : Number.POSITIVE_INFINITY
  const kept = later.map(({ name, kind, share, start }): FutureWave => {
    const inside = members.get(name) ?? []
    return {
      name,
      kind,
      share,
      // Volunteers come first; whoever was told a place keeps it; whoever joins comes behind, by hash.
      members: inside.sort((a, b) => place(a, name) - place(b, name) || 0),
      notBefore: start,
    }
  })
  const isNew = !later.some(({ name }) => name === last)
  const future = isNew ? [...kept, { name: last, kind: 'last' as const, members: members.get(last) ?? [] }] : kept
  // Once the first automatic wave has begun, its sample is what it was.
  const sample = kept.filter(({ kind }) => kind === 'automatic').map((wave) => wave.members)
  const strata = begun.some(({ kind }) => kind === 'automatic')
    ? previous.strata
    : representation(sample.flat(), sample[0]!.length, settings.strata)
  return { waves: future.filter((wave) => wave.members.length > 0), strata, warnings: [] }
}

/** The wave that a new endpoint joins: its hash is a place between 0 and 1, and waves take shares of their size. */
function joinedWave(id: string, campaign: string, waves: readonly Wave[]): string {
  const all = waves.reduce((sum, { size }) => sum + size, 0)
  let rest = campaignFraction(campaign, normalId(id)) * all
  for (const { name, size } of waves) {
    if (rest < size) return name
    rest -= size
  }
  return waves.at(-1)!.name
}

function measuredSuccess(finished: readonly Wave[]): PlanDocument['target']['expectedSuccess'] | undefined {
  let [succeeded, attempted] = [0, 0]
  for (const { outcome, endpoints } of finished) {
    if (outcome === undefined) continue
    succeeded += outcome.succeeded
    attempted += endpoints.length - outcome.withdrawn.length
  }
  if (attempted < enoughHistory) return undefined
  return {
    percent: Math.floor((succeeded * 1000) / attempted) / 10,
    from: 'history',
    why: `${succeeded} of ${attempted} endpoints of finished waves`,
  }
}

function changedSettings({ previous, shown }: ReplanInput): Difference['settings'] {
  const before = new Map(previous.settings.map(({ key, value }) => [key, value]))
  return shown
    .filter(({ key, value }) => key !== 'waves.start' && !isDeepStrictEqual(before.get(key) ?? null, value))
    .map(({ key, value }) => ({ key, from: before.get(key) ?? null, to: value }))
}

function differenceOf(
  input: ReplanInput,
  {
    finished,
    ongoing,
    later,
    future,
  }: {
    readonly finished: readonly Wave[]
    readonly ongoing: readonly RunningWave[]
    readonly later: readonly Wave[]
    readonly future: readonly FutureWave[]
  },
): Difference {
  const before = new Map(later.flatMap(({ name, endpoints }) => endpoints.map((id) => [id, name] as const)))
  const after = new Map(future.flatMap(({ name, members }) => members.map(({ id }) => [id, name] as const)))
  const why = new Map<string, number>()
  for (const id of [...before.keys(), ...ongoing.flatMap(({ removed }) => removed)]) {
    if (after.has(id)) continue
    const state = input.reports.get(id)?.state ?? 'missing'
    why.set(state, (why.get(state) ?? 0) + 1)
  }
  const names = new Set(future.map(({ name }) => name))
  const emptied = ongoing.filter(({ wave }) => wave.size === 0)
  return {
    finished: finished.filter(({ status }) => status !== 'finished').map(({ name }) => name),
    running: ongoing.filter(({ wave }) => wave.size > 0).map(({ wave }) => wave.name),
    dropped: [...emptied.map(({ wave }) => wave), ...later.filter(({ name }) => !names.has(name))].map(
      ({ name }) => name,
    ),
    joined: [...after.keys()].filter((id) => !before.has(id)).length,
    left: [...why].map(([state, endpoints]) => ({ why: state, endpoints })).sort((a, b) => byText(a.why, b.why)),
    moved: [...after].filter(([id, name]) => before.has(id) && before.get(id) !== name).length,
    dates: [],
    settings: changedSettings(input),
  }
}

/** The difference with the waves whose first day is another than was announced. */
export function withDates(difference: Difference, previous: PlanDocument, plan: PlanDocument): Difference {
  const before = new Map(previous.waves.map(({ name, start }) => [name, start]))
  const dates = plan.waves.flatMap(({ name, start }) => {
    const from = before.get(name)
    return from === undefined || from === start ? [] : [{ wave: name, from, to: start }]
  })
  return { ...difference, dates }
}
