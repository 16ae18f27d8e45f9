import { isDeepStrictEqual } from 'node:util'
import { catalogue, selectGates } from '../gates/catalogue.js'
import type { LoadedPolicy } from '../policy/load-policy.js'
import type { Candidate } from './candidate.js'
import { candidateIntake } from './candidates.js'
import { checkWave } from './check-wave.js'
import { futureWaves } from './future-waves.js'
import { makePlan, type PlanInput } from './make-plan.js'
import { obstacleIntake } from './obstacles.js'
import { type EndpointReport, outcomesOf } from './outcomes.js'
import type { PlanDocument } from './plan-document.js'
import { type PlanningScan, readPlanningScan, reportOf, requiredGates } from './planning-scan.js'
import type { ReadPlan } from './read-plan.js'
import { replan, withDates } from './replan.js'
import { resolveSettings, type SettingFlags, thresholdsOf } from './resolve-settings.js'

/** What a plan is asked for with. */
export interface PlanRequest {
  readonly scan: string
  readonly loaded: LoadedPolicy
  readonly flags: SettingFlags
  readonly previous?: ReadPlan | undefined
  /** Names of waves that a person takes as finished. */
  readonly accepted: readonly string[]
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
  const [sites, known] = [new Set<string>(), previous ? plannedIds(previous.plan) : new Set<string>()]
  const scan = await readPlanningScan(
    request.scan,
    (endpoint) => {
      candidateList.add(endpoint)
      obstacles.add(endpoint)
      if (endpoint.state === 'ready') ready.push(endpoint.id)
      if (known.has(endpoint.id)) reports.set(endpoint.id, reportOf(endpoint))
      if (endpoint.site !== undefined) sites.add(endpoint.site.trim().toLowerCase())
    },
    request.onRead,
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
    warnings: warningsOf({ scan, settings, candidates, idle: candidateList.idle(), sites, loaded }),
  }
  const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]))
  if (previous === undefined) {
    const { waves, strata } = futureWaves(candidates, settings)
    return { plan: makePlan({ ...shared, future: waves, strata, planned: candidates }), candidates: byId }
  }
  return { plan: continued(previous, shared, candidates, reports, request.accepted), candidates: byId }
}

function continued(
  { plan: previous, digest }: ReadPlan,
  shared: Omit<PlanInput, 'future' | 'strata' | 'planned'>,
  candidates: readonly Candidate[],
  reports: ReadonlyMap<string, EndpointReport>,
  accepted: readonly string[],
): PlanDocument {
  const { scan, settings, shown } = shared
  const { asOf } = scan.head
  const newer = { asOf, digest: scan.digest, rules: scan.rules, reports }
  const { begun, future, planned, strata, difference } = replan({
    previous,
    today: asOf.slice(0, 10),
    asOf,
    candidates,
    reports,
    settings,
    shown,
    accepted,
    advances: (wave) => checkWave(previous, digest, wave, newer, thresholdsOf(previous)).verdict === 'advance',
    outcomesOf: (wave) => outcomesOf(wave, newer),
  })
  const make = (changes: typeof difference) =>
    makePlan({
      ...shared,
      future,
      strata,
      planned,
      begun: { ...begun, previous: { digest, asOf: previous.asOf, difference: changes } },
    })
  // Which dates have changed is known once the plan is made; the plan itself does not depend on it.
  const plan = make(difference)
  return { ...plan, previous: { ...plan.previous!, difference: withDates(difference, previous, plan) } }
}

function plannedIds({ waves, baseline }: PlanDocument): Set<string> {
  const ids = new Set(baseline.ready)
  for (const { endpoints } of waves) for (const id of endpoints) ids.add(id)
  return ids
}

function warningsOf({
  scan,
  settings,
  candidates,
  idle,
  sites,
  loaded,
}: {
  readonly scan: PlanningScan
  readonly settings: PlanInput['settings']
  readonly candidates: readonly Candidate[]
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
  const nameless = candidates.filter(({ place }) => place === 'no-identity').length
  if (nameless > 0)
    warnings.push({
      code: 'no-identity',
      message: `${nameless} of ${candidates.length} endpoints have no serial number of their own: they go last, and lists of serial numbers cannot name them.`,
    })
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
