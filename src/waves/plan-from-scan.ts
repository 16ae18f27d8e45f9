import { isDeepStrictEqual } from 'node:util'
import { catalogue, selectGates } from '../gates/catalogue.js'
import { exitCode, Failure } from '../platform/failure.js'
import type { LoadedPolicy } from '../policy/load-policy.js'
import { getOrAdd } from '../readiness/get-or-add.js'
import type { Candidate, Membership } from './candidate.js'
import { candidateIntake } from './candidates.js'
import { checkWave } from './check-wave.js'
import { futureWaves } from './future-waves.js'
import { makePlan, type PlanInput } from './make-plan.js'
import { obstacleIntake } from './obstacles.js'
import { type EndpointReport, outcomesOf } from './outcomes.js'
import type { PlanDocument, Wave } from './plan-document.js'
import { membershipOf, type PlanningScan, readPlanningScan, reportOf, requiredGates } from './planning-scan.js'
import type { WaveNotes } from './progress.js'
import type { ReadPlan } from './read-plan.js'
import { replan, withDates } from './replan.js'
import { resolveSettings, type SettingFlags, thresholdsOf } from './resolve-settings.js'
import type { VerdictDocument } from './verdict-document.js'

/** What a plan is asked for with. */
export interface PlanRequest {
  readonly scan: string
  readonly loaded: LoadedPolicy
  readonly flags: SettingFlags
  readonly previous?: ReadPlan | undefined
  /** What a person knows of the waves of the previous plan. */
  readonly notes: WaveNotes
  readonly onRead?: ((bytes: number) => void) | undefined
}

/** A plan, and what its files for an MDM need beyond it. */
export interface MadePlan {
  readonly plan: PlanDocument
  /** Endpoints that still need something, by id. */
  readonly candidates: ReadonlyMap<string, Candidate>
}

/**
 * Reads a scan and plans its waves, or goes on with a previous plan. Throws a Failure when the scan or a setting cannot
 * be used, or when the previous plan belongs to another campaign.
 */
export async function planFromScan(request: PlanRequest): Promise<MadePlan> {
  const { loaded, flags, previous } = request
  // The campaign is named after the scan, which is read with the settings: everything else is settled before.
  const named = resolveSettings(loaded.policy, flags, { campaign: '', previous: previous?.plan })
  const candidateList = candidateIntake(named.settings)
  const obstacles = obstacleIntake()
  const ready: string[] = []
  const reports = new Map<string, EndpointReport>()
  const memberships = new Map<string, Membership>()
  const [sites, known] = [new Set<string>(), previous ? plannedIds(previous.plan) : new Set<string>()]
  const scan = await readPlanningScan(
    request.scan,
    (endpoint) => {
      candidateList.add(endpoint)
      obstacles.add(endpoint)
      if (endpoint.state === 'ready') ready.push(endpoint.id)
      if (known.has(endpoint.id)) {
        reports.set(endpoint.id, reportOf(endpoint))
        memberships.set(endpoint.id, membershipOf(endpoint))
      }
      if (endpoint.site !== undefined) sites.add(endpoint.site.trim().toLowerCase())
    },
    request.onRead,
  )
  if (previous && Date.parse(scan.head.asOf) < Date.parse(previous.plan.asOf))
    throw new Failure(
      exitCode.inputRefused,
      'scan-not-newer',
      `The scan (${scan.head.asOf}) is older than the plan that it shall go on with (${previous.plan.asOf}).`,
      { where: { file: request.scan }, tryThis: ['Make new exports, and scan them.'] },
    )
  const { settings, shown } = resolveSettings(loaded.policy, flags, {
    campaign: requiredGates(scan.head).join(' ') || 'no required gate',
    previous: previous?.plan,
  })
  const candidates = candidateList.candidates(scan.head)
  const shared = {
    scan,
    organization: loaded.policy.organization,
    policy: { digest: loaded.digest, ...(loaded.file !== undefined && { file: loaded.file }) },
    settings,
    shown,
    ready: ready.sort(),
    obstacles: obstacles.obstacles(),
    warnings: warningsOf({ scan, settings, idle: candidateList.idle(), sites, loaded }),
  }
  const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]))
  if (previous === undefined) {
    const { waves, strata, warnings } = futureWaves(candidates, settings)
    const plan = makePlan({
      ...shared,
      future: waves,
      strata,
      planned: candidates,
      warnings: [...shared.warnings, ...warnings],
    })
    return { plan, candidates: byId }
  }
  return { plan: continued(previous, shared, { candidates, reports, memberships }, request.notes), candidates: byId }
}

function continued(
  { plan: previous, digest }: ReadPlan,
  shared: Omit<PlanInput, 'future' | 'strata' | 'planned'>,
  found: {
    readonly candidates: readonly Candidate[]
    readonly reports: ReadonlyMap<string, EndpointReport>
    readonly memberships: ReadonlyMap<string, Membership>
  },
  notes: WaveNotes,
): PlanDocument {
  const { scan, settings, shown } = shared
  const { asOf } = scan.head
  const newer = { asOf, digest: scan.digest, rules: scan.rules, reports: found.reports }
  // Each judgement and each look at a wave goes through the whole scan, and several ask for the same one.
  const verdicts = new Map<Wave, VerdictDocument>()
  const judge = (wave: Wave) =>
    getOrAdd(verdicts, wave, () => checkWave(previous, digest, wave, newer, thresholdsOf(previous)))
  const outcomes = new Map<Wave, ReturnType<typeof outcomesOf>>()
  const { begun, future, overdue, difference, ...rest } = replan({
    previous,
    today: asOf.slice(0, 10),
    asOf,
    ...found,
    settings,
    shown,
    notes,
    advances: (wave) => judge(wave).verdict === 'advance',
    outcomesOf: (wave) => getOrAdd(outcomes, wave, () => outcomesOf(wave, newer)),
  })
  const open = new Set(begun.waves.flatMap(({ name, status }) => (status === 'running' ? [name] : [])))
  const warnings = [
    ...shared.warnings,
    ...rest.warnings,
    ...previous.waves.filter(({ name }) => open.has(name)).flatMap((wave) => gateWarning(judge(wave))),
    ...overdue.map(({ name, start }) => ({
      code: 'wave-not-begun',
      message: `${name} was due on ${start}. The gate before it is not open, and nothing in the scan shows that it has begun: it is planned again. If it has, plan again with --started ${name}.`,
    })),
  ]
  const plan = makePlan({
    ...shared,
    ...rest,
    warnings,
    future,
    begun: { ...begun, previous: { digest, asOf: previous.asOf, difference } },
  })
  // Which dates have changed is known once the plan is made; the plan itself does not depend on it.
  return { ...plan, previous: { ...plan.previous!, difference: withDates(difference, previous, plan) } }
}

/** A gate that is closed for more than its time: whoever goes on with the plan has to know. */
function gateWarning({ verdict, wave, reasons: [reason] }: VerdictDocument): PlanDocument['warnings'] {
  if (verdict === 'advance' || !reason || reason.code === 'soak-not-over' || reason.code === 'not-started') return []
  return [{ code: `gate-${verdict}`, message: `The gate of ${wave.name} says ${verdict}: ${reason.message}` }]
}

function plannedIds({ waves, baseline }: PlanDocument): Set<string> {
  const ids = new Set(baseline.ready)
  for (const { endpoints } of waves) for (const id of endpoints) ids.add(id)
  return ids
}

function warningsOf({
  scan,
  settings,
  idle,
  sites,
  loaded,
}: {
  readonly scan: PlanningScan
  readonly settings: PlanInput['settings']
  readonly idle: ReturnType<ReturnType<typeof candidateIntake>['idle']>
  readonly sites: ReadonlySet<string>
  readonly loaded: LoadedPolicy
}): PlanDocument['warnings'] {
  const warnings: PlanDocument['warnings'] = []
  const doubts = scan.head.warnings.filter(({ strict }) => strict).length
  if (doubts > 0)
    warnings.push({
      code: 'scan-in-doubt',
      message: `The scan has ${doubts === 1 ? 'a warning' : `${doubts} warnings`} that put its completeness in doubt: endpoints may be missing from the plan.`,
    })
  if (!isJudgedBy(scan, loaded))
    warnings.push({
      code: 'other-policy',
      message: 'The scan was judged by other gates or ages than the policy names: scan again with this policy.',
    })
  if (loaded.file === undefined && scan.head.policy.digest !== loaded.digest)
    warnings.push({
      code: 'policy-not-used',
      message: `The scan was judged by a policy${scan.head.policy.file === undefined ? '' : ` (${scan.head.policy.file})`}, and the plan is made with the defaults: its waves and its target are not used. Give it with --policy.`,
    })
  for (const { list, selector } of idle)
    warnings.push({
      code: 'nobody-selected',
      message: `waves.${list}: no endpoint of the scan has ${Object.entries(selector)
        .map(([key, value]) => `${key} "${value}"`)
        .join(' and ')}.`,
    })
  const named = { 'waves.timeZones': settings.timeZones, 'waves.capacity.links': settings.capacity.links }
  for (const [key, bySite] of Object.entries(named))
    for (const site of Object.keys(bySite))
      if (!sites.has(site.trim().toLowerCase()))
        warnings.push({ code: 'no-such-site', message: `${key}: no endpoint of the scan has the site "${site}".` })
  return warnings
}

/** A change of the waves alone needs no new scan; exclusions are not told by a scan. */
function isJudgedBy({ head }: PlanningScan, { policy }: LoadedPolicy): boolean {
  const { gates } = selectGates(catalogue, policy.gates)
  const required = gates.filter(({ level }) => level === 'required').map(({ id }) => id)
  return (
    isDeepStrictEqual(new Set(required), new Set(requiredGates(head))) &&
    head.policy.staleAfterDays === policy.scope.staleAfterDays &&
    head.policy.expectDesktop === policy.scope.expectDesktop
  )
}
