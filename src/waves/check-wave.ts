import { byText } from '../platform/by-text.js'
import { controlGroup, type Losses, treatedGroup } from './control-group.js'
import { type GateReason, gateReasons } from './gate-rules.js'
import {
  countOutcomes,
  type EndpointOutcome,
  isHeardOfSince,
  type NewerScan,
  outcomesOf,
  silences,
} from './outcomes.js'
import type { PlanDocument, Wave } from './plan-document.js'
import { failingPlatforms } from './platform-failures.js'
import type { GateThresholds } from './settings.js'
import type { VerdictDocument } from './verdict-document.js'

export type { EndpointReport, NewerScan } from './outcomes.js'

const mostFailures = 100
const mostExamples = 10

/**
 * The wave that a scan of that time is about: the first whose day has come and whose gate is not open, since no later one
 * may have begun; else the latest whose day has come, else the next one. Undefined when all waves are finished.
 */
export function currentWave(plan: PlanDocument, asOf: string, advances: (wave: Wave) => boolean): Wave | undefined {
  const today = asOf.slice(0, 10)
  const open = plan.waves.filter(({ status }) => status !== 'finished')
  const due = open.filter(({ start }) => start <= today)
  return due.find((wave) => !advances(wave)) ?? due.at(-1) ?? open[0]
}

/**
 * Whether the wave after `wave` may start, by a newer scan: advance, hold or halt, with every reason found. What is
 * missing never advances: an endpoint counts as a success only when the scan says that it is ready, and it was heard of since
 * it was attempted. `openBefore` names an earlier wave that is due and whose gate is not open: then this one is held.
 */
export function checkWave(
  plan: PlanDocument,
  planDigest: string,
  wave: Wave,
  scan: NewerScan,
  thresholds: GateThresholds,
  openBefore?: string | undefined,
): VerdictDocument {
  const found = outcomesOf(wave, scan)
  const all = [...found.values()]
  const outcomes = countOutcomes(all)
  const countOf = (wanted: EndpointOutcome) => all.filter((outcome) => outcome === wanted).length
  const silent = silences.map((why) => ({ why, endpoints: countOf(why) })).filter(({ endpoints }) => endpoints > 0)
  const control = controlGroup(plan, wave, scan)
  const treated = treatedGroup(plan, scan)
  const notYetAttempted = countOf('not-yet-attempted')
  const next = nextWave(plan, wave)
  const reasons = gateReasons({
    plan,
    wave,
    scan,
    thresholds,
    outcomes,
    notYetAttempted,
    heardOfLately: heardOfLately(found, wave, scan),
    fellSilent: countOf('missing') + countOf('stale') + countOf('unknown'),
    treated,
    control,
    platforms: failingPlatforms(plan, { wave, outcomes: found }, scan, control, thresholds),
    openBefore,
  })
  return {
    schema: 'fleet.verdict/v1',
    asOf: scan.asOf,
    plan: { digest: planDigest, asOf: plan.asOf, campaign: plan.campaign },
    scan: { digest: scan.digest, asOf: scan.asOf },
    wave: datesOf(wave),
    ...(next && { next: { name: next.name, size: next.size, start: next.start } }),
    verdict: reasons[0]?.effect ?? 'advance',
    reasons: reasons.length > 0 ? [...reasons] : [allGood(outcomes, treated, next)],
    ...outcomes,
    silent,
    withdrawn: countOf('withdrawn'),
    notYetAttempted,
    platforms: platformsOf(found, scan),
    regressed: {
      treated: treated.regressed,
      untreated: control.regressed,
      examples: [...treated.regressedIds, ...control.regressedIds].slice(0, mostExamples),
    },
    control: {
      endpoints: control.endpoints,
      reported: control.reported,
      wereReady: control.wereReady,
      regressed: control.regressed,
      waiting: { ...control.waiting },
    },
    treated: { endpoints: treated.endpoints, reported: treated.reported },
    failures: failuresOf(found, scan),
    thresholds: { ...thresholds },
  }
}

function datesOf({ name, size, start, end, soakUntil }: Wave): VerdictDocument['wave'] {
  return { name, size, start, end, soakUntil }
}

function nextWave(plan: PlanDocument, wave: Wave): Wave | undefined {
  const index = plan.waves.findIndex(({ name }) => name === wave.name)
  return plan.waves.slice(index + 1).find(({ status }) => status !== 'finished')
}

/** How many of those that reported were heard of on the last day of the soak or later. */
function heardOfLately(
  found: ReadonlyMap<string, EndpointOutcome>,
  { soakUntil }: Wave,
  { reports }: NewerScan,
): number {
  const since = Date.parse(soakUntil)
  const heardOf = [...found].filter(([id, outcome]) => {
    const report = reports.get(id)
    return report !== undefined && countOutcomes([outcome]).reported === 1 && isHeardOfSince(report, since)
  })
  return heardOf.length
}

function allGood(
  { succeeded, reported }: Pick<VerdictDocument, 'succeeded' | 'reported'>,
  { regressed, wereReady }: Losses,
  next?: Wave,
): GateReason {
  const lost =
    regressed > 0 ? ` Of ${wereReady} endpoints that earlier waves made ready, ${regressed} are so no longer.` : ''
  const then = next ? `${next.name} may start.` : 'This was the last wave.'
  return {
    code: 'all-good',
    effect: 'advance',
    message: `${succeeded} of ${reported} reporting endpoints are ready.${lost} ${then}`,
  }
}

/** Endpoints that are missing from the scan stand under `unknown`, so that the rows add up. */
function platformsOf(
  found: ReadonlyMap<string, EndpointOutcome>,
  { reports }: NewerScan,
): VerdictDocument['platforms'] {
  const byPlatform = new Map<string, EndpointOutcome[]>()
  for (const [id, outcome] of found) {
    const platform = reports.get(id)?.platform ?? 'unknown'
    const outcomes = byPlatform.get(platform)
    if (outcomes) outcomes.push(outcome)
    else byPlatform.set(platform, [outcome])
  }
  return [...byPlatform]
    .map(([platform, outcomes]) => ({ platform, ...countOutcomes(outcomes) }))
    .filter(({ attempted }) => attempted > 0)
    .sort((a, b) => byText(a.platform, b.platform))
}

function failuresOf(found: ReadonlyMap<string, EndpointOutcome>, { reports }: NewerScan): VerdictDocument['failures'] {
  const failed = [...found].filter(([, outcome]) => outcome === 'failed').slice(0, mostFailures)
  return failed.map(([id]) => {
    const { platform, state, code } = reports.get(id)!
    return { id, platform, state, ...(code !== undefined && { code }) }
  })
}
