import { isDeepStrictEqual } from 'node:util'
import { byText } from '../platform/by-text.js'
import { exitCode, Failure } from '../platform/failure.js'
import { sha256 } from '../platform/sha256.js'
import type { Candidate } from './candidate.js'
import { type FutureWave, freeName, futureWaves } from './future-waves.js'
import { provesOf } from './make-plan.js'
import { orderCandidates } from './order.js'
import type { EndpointOutcome, EndpointReport } from './outcomes.js'
import type { Difference, PlanDocument, Wave } from './plan-document.js'
import type { Attempts } from './projection.js'
import type { ShownSetting } from './resolve-settings.js'
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
  /** Names of waves that a person takes as finished whatever their gate says. */
  readonly accepted: readonly string[]
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
  /** What is different, but for the dates of waves, which are known once the plan is made. */
  readonly difference: Difference
}

/** With fewer finished endpoints than this, an assumption is no worse than what was measured. */
const enoughHistory = 20

/**
 * Goes on with a plan: finished waves are frozen, a running wave can only shrink, later waves keep their members, new
 * endpoints join by their hash, and whoever failed goes to the repair list. Throws a Failure (wrong use) when a wave is
 * accepted that does not run, or when the campaign is another.
 */
export function replan(input: ReplanInput): Replanned {
  const { previous, settings, candidates } = input
  if (settings.campaign !== previous.campaign)
    throw new Failure(exitCode.usage, 'other-campaign', 'The previous plan belongs to another campaign.', {
      tryThis: [`Leave out --previous to start the campaign ${settings.campaign}, or keep ${previous.campaign}.`],
    })
  const { finished, running, later } = byProgress(input)
  refuseIdleAcceptance(input.accepted, running, finished, previous)
  const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]))

  const frozen = finished.map((wave) => (wave.status === 'finished' ? wave : freeze(wave, input)))
  const { repair, waiting, placed } = leftBehind(frozen, byId, input)
  const shrunk = running && shrink(running, input)
  for (const id of shrunk?.wave.endpoints ?? []) placed.add(id)
  const free = candidates.filter(({ id }) => !placed.has(id))
  const { future, strata } = assign(free, later, input)
  return {
    begun: {
      waves: [...frozen, ...(shrunk && shrunk.wave.size > 0 ? [shrunk.wave] : [])],
      attempts: shrunk?.attempts ?? [],
      repair,
      waiting,
      expectedSuccess: measuredSuccess(frozen),
    },
    future,
    planned: [...(shrunk?.wave.endpoints ?? []).flatMap((id) => byId.get(id) ?? []), ...free],
    strata,
    difference: differenceOf(input, { finished, shrunk, later, future }),
  }
}

/** A wave is finished when its gate says advance, or a person does; the waves after the first open one wait. */
function byProgress({ previous, today, advances, accepted }: ReplanInput): {
  readonly finished: readonly Wave[]
  readonly running: Wave | undefined
  readonly later: readonly Wave[]
} {
  const finished: Wave[] = []
  for (const [index, wave] of previous.waves.entries()) {
    const isOver =
      wave.status === 'finished' || (wave.start <= today && (accepted.includes(wave.name) || advances(wave)))
    if (isOver) finished.push(wave)
    else {
      const begun = wave.status === 'running' || wave.start <= today
      return {
        finished,
        running: begun ? wave : undefined,
        later: previous.waves.slice(begun ? index + 1 : index),
      }
    }
  }
  return { finished, running: undefined, later: [] }
}

function refuseIdleAcceptance(
  accepted: readonly string[],
  running: Wave | undefined,
  finished: readonly Wave[],
  previous: PlanDocument,
): void {
  const idle = accepted.find((name) => !finished.some((wave) => wave.name === name))
  if (idle === undefined) return
  const known = previous.waves.some(({ name }) => name === idle)
  throw new Failure(
    exitCode.usage,
    'cannot-accept',
    known ? 'A wave was accepted that has not begun.' : 'The previous plan has no wave of the accepted name.',
    { tryThis: [running ? `The running wave is ${running.name}.` : 'No wave is running.'] },
  )
}

function freeze(wave: Wave, { outcomesOf, asOf, accepted }: ReplanInput): Wave {
  const outcomes = outcomesOf(wave)
  const having = (...kinds: readonly EndpointOutcome[]) =>
    wave.endpoints.filter((id) => kinds.includes(outcomes.get(id) ?? 'missing'))
  return {
    ...wave,
    status: 'finished',
    outcome: {
      asOf,
      accepted: accepted.includes(wave.name),
      succeeded: having('succeeded').length,
      failed: having('failed', 'pending'),
      silent: having('missing', 'stale', 'unknown', 'no-report-since', 'not-yet-attempted'),
      withdrawn: having('withdrawn'),
    },
  }
}

/** Endpoints of finished waves that still need something: told failed, or not heard of since. */
function leftBehind(
  finished: readonly Wave[],
  byId: ReadonlyMap<string, Candidate>,
  { outcomesOf, reports }: ReplanInput,
): { readonly repair: PlanDocument['repair']; readonly waiting: number; readonly placed: Set<string> } {
  const placed = new Set<string>()
  const repair: PlanDocument['repair'] = []
  let waiting = 0
  for (const wave of finished) {
    const outcomes = outcomesOf(wave)
    for (const id of wave.endpoints) {
      placed.add(id)
      if (!byId.has(id)) continue
      const outcome = outcomes.get(id)
      if (outcome !== 'failed' && outcome !== 'pending') {
        waiting++
        continue
      }
      const { state, code } = reports.get(id)!
      repair.push({ id, wave: wave.name, state, ...(code !== undefined && { code }) })
    }
  }
  return { repair: repair.sort((a, b) => byText(a.id, b.id)), waiting, placed }
}

interface Shrunk {
  readonly wave: Wave
  readonly removed: readonly string[]
  readonly attempts: readonly Attempts[]
}

/** Takes out whoever is excluded now, and whoever became ready before its turn. */
function shrink(wave: Wave, { outcomesOf, reports, today }: ReplanInput): Shrunk {
  const outcomes = outcomesOf(wave)
  const endpoints: string[] = []
  const removed: string[] = []
  const days: Wave['days'] = []
  const attempts: Attempts[] = []
  let next = 0
  for (const { date, endpoints: size } of wave.days) {
    const stays: string[] = []
    for (const id of wave.endpoints.slice(next, next + size)) {
      const isReadyBefore = date > today && reports.get(id)?.state === 'ready'
      if (outcomes.get(id) === 'withdrawn' || isReadyBefore) removed.push(id)
      else stays.push(id)
    }
    next += size
    for (const id of stays) endpoints.push(id)
    if (stays.length > 0) days.push({ date, endpoints: stays.length })
    const open = stays.filter((id) =>
      ['pending', 'no-report-since', 'not-yet-attempted'].includes(outcomes.get(id) ?? 'missing'),
    )
    attempts.push({ date, endpoints: open.length })
  }
  return {
    wave: { ...wave, status: 'running', size: endpoints.length, proves: provesOf(endpoints.length), days, endpoints },
    removed,
    attempts,
  }
}

function assign(
  free: readonly Candidate[],
  later: readonly Wave[],
  input: ReplanInput,
): { readonly future: readonly FutureWave[]; readonly strata: PlanDocument['strata'] } {
  const { settings, previous } = input
  const begun = previous.waves.slice(0, previous.waves.length - later.length)
  const automatic = later.filter(({ kind }) => kind === 'automatic')
  const reshaped = changedSettings(input).some(({ key }) => key === 'waves.preset' || key.startsWith('waves.strata'))
  if (reshaped || automatic.length === 0) {
    const { waves, strata } = futureWaves(free, settings, begun)
    const announced = (wave: FutureWave) => later.find(({ name }) => name === wave.name)?.start
    return { future: waves.map((wave) => ({ ...wave, notBefore: announced(wave) })), strata }
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
  const place = ({ id }: Candidate, wave: string) =>
    waveOf.get(id) === wave ? placeOf.get(id)! : Number.POSITIVE_INFINITY
  const kept = later.map(({ name, kind, share, start }): FutureWave => {
    const inside = members.get(name) ?? []
    return {
      name,
      kind,
      share,
      // Whoever was told a place keeps it; whoever joins comes behind, by hash.
      members: inside.sort((a, b) => place(a, name) - place(b, name) || 0),
      notBefore: start,
    }
  })
  const isNew = !later.some(({ name }) => name === last)
  const future = isNew ? [...kept, { name: last, kind: 'last' as const, members: members.get(last) ?? [] }] : kept
  return { future: future.filter((wave) => wave.members.length > 0), strata: previous.strata }
}

/** The wave that a new endpoint joins: its hash is a place between 0 and 1, and waves take shares of their size. */
function joinedWave(id: string, campaign: string, waves: readonly Wave[]): string {
  const all = waves.reduce((sum, { size }) => sum + size, 0)
  const hash = sha256(`${campaign}\0${id.trim().normalize('NFC').toLowerCase()}`)
  let rest = (Number.parseInt(hash.slice(0, 12), 16) / 2 ** 48) * all
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
    shrunk,
    later,
    future,
  }: {
    readonly finished: readonly Wave[]
    readonly shrunk: Shrunk | undefined
    readonly later: readonly Wave[]
    readonly future: readonly FutureWave[]
  },
): Difference {
  const before = new Map(later.flatMap(({ name, endpoints }) => endpoints.map((id) => [id, name] as const)))
  const after = new Map(future.flatMap(({ name, members }) => members.map(({ id }) => [id, name] as const)))
  const why = new Map<string, number>()
  for (const id of [...before.keys(), ...(shrunk?.removed ?? [])]) {
    if (after.has(id)) continue
    const state = input.reports.get(id)?.state ?? 'missing'
    why.set(state, (why.get(state) ?? 0) + 1)
  }
  const names = new Set(future.map(({ name }) => name))
  const ran = shrunk && shrunk.wave.size > 0
  return {
    finished: finished.filter(({ status }) => status !== 'finished').map(({ name }) => name),
    running: ran ? [shrunk.wave.name] : [],
    dropped: [...(shrunk && !ran ? [shrunk.wave] : []), ...later.filter(({ name }) => !names.has(name))].map(
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
