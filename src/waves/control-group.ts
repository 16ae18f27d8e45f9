import { isLeftOut, isNotReady, isSince, type NewerScan, silenceOf } from './outcomes.js'
import type { PlanDocument, Wave } from './plan-document.js'
import { fisherExactGreater } from './statistics.js'

/** Endpoints that were ready, and what a newer report says of them. */
export interface Losses {
  /** With a report since. */
  readonly wereReady: number
  /** And not ready any more. */
  readonly regressed: number
}

/** Endpoints that no wave has touched yet: what happens to them is not the fault of a wave. */
export interface ControlGroup extends Losses {
  readonly endpoints: number
  /** Their state is known. */
  readonly reported: number
  readonly regressedIds: readonly string[]
  readonly byPlatform: ReadonlyMap<string, Losses>
  /** Those of automatic waves still to come: like the wave in all but the attempt, by lot. */
  readonly waiting: { readonly endpoints: number; readonly silent: number }
}

/**
 * The control group of a wave in a newer scan: waves that have not begun, and what was ready and is in no wave. A planned wave
 * after this one has not begun even when its day has come: the gate of this one holds it back.
 */
export function controlGroup(plan: PlanDocument, judged: Wave, { reports }: NewerScan): ControlGroup {
  const index = plan.waves.findIndex(({ name }) => name === judged.name)
  const inWaves = new Set<string>()
  const waiting = { endpoints: 0, silent: 0 }
  let endpoints = 0
  let silent = 0
  const count = (id: string): boolean => {
    const report = reports.get(id)
    if (isLeftOut(report)) return false
    const isSilent = silenceOf(report) !== undefined
    endpoints += 1
    silent += Number(isSilent)
    return isSilent
  }
  for (const [at, wave] of plan.waves.entries()) {
    const begun = wave.status !== 'planned' || at <= index
    for (const id of wave.endpoints) {
      inWaves.add(id)
      if (begun) continue
      const before = endpoints
      const isSilent = count(id)
      if (wave.kind !== 'automatic') continue
      waiting.endpoints += endpoints - before
      waiting.silent += Number(isSilent)
    }
  }
  const untouched = plan.baseline.ready.filter((id) => !inWaves.has(id))
  for (const id of untouched) count(id)
  const losses = lossesOf(untouched, Date.parse(plan.asOf), reports)
  return { ...losses, endpoints, reported: endpoints - silent, waiting }
}

/** Endpoints that finished waves of this plan had made ready. */
export interface TreatedGroup extends Losses {
  readonly endpoints: number
  /** Their state is known. */
  readonly reported: number
  readonly regressedIds: readonly string[]
}

/** What finished waves of a plan had made ready, in a newer scan. */
export function treatedGroup(plan: PlanDocument, { reports }: NewerScan): TreatedGroup {
  let [wereReady, count, reported] = [0, 0, 0]
  const regressedIds: string[] = []
  for (const { outcome, endpoints } of plan.waves) {
    if (outcome === undefined) continue
    const others = new Set([...outcome.failed, ...outcome.pending, ...outcome.silent, ...outcome.withdrawn])
    const succeeded = endpoints.filter((id) => !others.has(id))
    const inScope = succeeded.map((id) => reports.get(id)).filter((report) => !isLeftOut(report))
    count += inScope.length
    reported += inScope.filter((report) => silenceOf(report) === undefined).length
    const losses = lossesOf(succeeded, Date.parse(outcome.asOf), reports)
    wereReady += losses.wereReady
    for (const id of losses.regressedIds) regressedIds.push(id)
  }
  return { endpoints: count, reported, wereReady, regressed: regressedIds.length, regressedIds }
}

/** Only reports newer than `since` count, on both sides: an old one cannot show a loss, nor that there is none. */
function lossesOf(
  ids: readonly string[],
  since: number,
  reports: NewerScan['reports'],
): Pick<ControlGroup, 'wereReady' | 'regressed' | 'regressedIds' | 'byPlatform'> {
  const byPlatform = new Map<string, { wereReady: number; regressed: number }>()
  const regressedIds: string[] = []
  let wereReady = 0
  for (const id of ids) {
    const report = reports.get(id)
    if (report === undefined || !isSince(report, since + 1)) continue
    const lost = isNotReady(report)
    if (!lost && report.state !== 'ready') continue
    const row = byPlatform.get(report.platform) ?? { wereReady: 0, regressed: 0 }
    byPlatform.set(report.platform, row)
    row.wereReady += 1
    wereReady += 1
    if (!lost) continue
    row.regressed += 1
    regressedIds.push(id)
  }
  return { wereReady, regressed: regressedIds.length, regressedIds, byPlatform }
}

/**
 * Whether endpoints that no wave has touched are lost in numbers that could sink a wave: more than half of the share of
 * failures that the gate lets pass, and more than one.
 */
export function isOutage({ wereReady, regressed }: Losses, success: number): boolean {
  return regressed > Math.max(1, (wereReady * (100 - success)) / 200)
}

/** A wave is blamed during an outage only when chance has less than one in a hundred to explain the difference. */
const blamedBelow = 0.01

/**
 * Whether a group fails beyond what a control group, in an outage, loses without being touched: what is left after
 * taking off the rate of the control group is more than `allowed`, and no chance.
 */
export function isBlamed(failed: number, reported: number, allowed: number, control: Losses): boolean {
  const own = failed - (reported * control.regressed) / control.wereReady
  return own > allowed && fisherExactGreater(failed, reported, control.regressed, control.wereReady) < blamedBelow
}
