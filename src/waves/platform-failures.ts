import { byText } from '../platform/by-text.js'
import { type ControlGroup, isBlamed, isOutage, type Losses } from './control-group.js'
import { type EndpointOutcome, isSoaking, type NewerScan, outcomesOf } from './outcomes.js'
import type { PlanDocument, Wave } from './plan-document.js'
import type { GateThresholds } from './settings.js'
import { binomialTail, fisherExactGreater } from './statistics.js'

/** A wave, and what has become of its endpoints. */
export interface JudgedWave {
  readonly wave: Wave
  readonly outcomes: ReadonlyMap<string, EndpointOutcome>
}

/** Endpoints of one platform, in the wave and in earlier ones. */
interface PlatformRow {
  /** Planned for it. */
  planned: number
  reported: number
  failed: number
  /** Not ready after the soak, by an app list without a date. */
  pending: number
}

/** A platform that fails more than the others. */
export interface FailingPlatform {
  readonly platform: string
  readonly effect: 'hold' | 'halt'
  /** For a hold with those pending. */
  readonly failed: number
  readonly pending: number
  readonly reported: number
  /** Of the other platforms; undefined when there are none. */
  readonly others: { readonly failed: number; readonly planned: number } | undefined
  /** What the platform loses without being touched, where that explains it: then no wave is to blame. */
  readonly excuse: Losses | undefined
}

/**
 * How strong the evidence against one platform has to be, by Fisher's exact test against the others.
 *
 * Halt: more failed than the success threshold lets pass, and chance explains the difference once in a hundred.
 * Hold, to look at the failures: at least four, three quarters of what the threshold lets pass, and once in ten.
 *
 * A platform of 15 % has 150 endpoints in the first two of the waves of 100, 900 and 9,000, a tenth of them silent. A bad
 * build that breaks 8 % makes 12 or 13 failures there, where 2 are usual. With the halt alone 95 of 100 such builds were
 * stopped before the broad wave, with the hold 99.0; on platforms of 40 and 45 % all of them. Of good campaigns 4.1 in 100
 * were held up, one of these by the success threshold itself (2,000 seeds each, as in test/waves/simulation.test.ts).
 * On a platform of 10 % 97 of 100 bad builds were stopped, on one of 5 % 65: so small a group proves no more.
 *
 * What is not ready by an app list without a date (all those of Intune) may be no failure: it never halts. With it, what
 * would halt or hold is a hold, else a bad build would pass wherever lists have no dates.
 */
const halt = { ofAllowed: 1, chance: 0.01, failures: 2 }
const hold = { ofAllowed: 0.75, chance: 0.1, failures: 4 }

/**
 * The platforms that fail more than the others, over this wave and the waves before it: a small platform has few endpoints
 * in a wave. During an outage, a platform is measured against its own endpoints that no wave has touched, too.
 *
 * Silent endpoints of the others count as well ones: else the silence of others would be an excuse.
 */
export function failingPlatforms(
  plan: PlanDocument,
  { wave, outcomes }: JudgedWave,
  scan: NewerScan,
  control: ControlGroup,
  { success }: GateThresholds,
): readonly FailingPlatform[] {
  const rows = platformRows([...earlierWaves(plan, wave, scan), { wave, outcomes }], scan)
  return [...rows]
    .sort(([a], [b]) => byText(a, b))
    .flatMap(([platform, row]): FailingPlatform[] => {
      const { reported, pending } = row
      const rest = [...rows.values()].filter((other) => other !== row)
      const found = [0, pending].map((some) => {
        const failed = row.failed + some
        const others = othersOf(rest, some > 0)
        return { pending: some, failed, others, effect: effectOf({ failed, reported }, others, success) }
      })
      const [proven, suspected] = found
      const worst = proven?.effect === 'halt' || !suspected?.effect ? proven : suspected
      if (!worst?.effect) return []
      const effect = worst.pending > 0 ? 'hold' : worst.effect
      const losses = outageOn(platform, control, success)
      const isExcused = losses && !isBlamed(worst.failed, reported, allowedOf(success, reported), losses)
      return [{ ...worst, platform, effect, reported, excuse: isExcused ? losses : undefined }]
    })
}

function othersOf(rest: readonly PlatformRow[], withPending: boolean): FailingPlatform['others'] {
  const failed = rest.reduce((sum, row) => sum + row.failed + (withPending ? row.pending : 0), 0)
  const planned = rest.reduce((sum, row) => sum + row.planned, 0)
  return planned === 0 && failed === 0 ? undefined : { failed, planned: Math.max(planned, failed) }
}

function effectOf(
  { failed, reported }: Pick<PlatformRow, 'failed' | 'reported'>,
  others: FailingPlatform['others'],
  success: number,
): 'hold' | 'halt' | undefined {
  const allowed = (100 - success) / 100
  const chance = others
    ? fisherExactGreater(failed, reported, others.failed, others.planned)
    : binomialTail(failed, reported, allowed)
  const isProven = (limit: typeof halt) =>
    failed >= limit.failures && failed > reported * allowed * limit.ofAllowed && chance < limit.chance
  if (isProven(halt)) return 'halt'
  // A platform alone is what the success threshold judges already.
  return others && isProven(hold) ? 'hold' : undefined
}

function allowedOf(success: number, reported: number): number {
  return ((100 - success) / 100) * reported
}

/** What was lost untouched during an outage, on the platform where that is known, else everywhere. */
function outageOn(platform: string, control: ControlGroup, success: number): Losses | undefined {
  const own = control.byPlatform.get(platform)
  return [own, control].find((losses) => losses !== undefined && isOutage(losses, success))
}

/** The waves before this one; what a person has looked at and accepted is settled. */
function earlierWaves(plan: PlanDocument, wave: Wave, scan: NewerScan): JudgedWave[] {
  const index = plan.waves.findIndex(({ name }) => name === wave.name)
  return plan.waves
    .slice(0, Math.max(0, index))
    .filter((before) => before.outcome?.accepted !== true)
    .map((before) => ({ wave: before, outcomes: outcomesOf(before, scan) }))
}

function platformRows(waves: readonly JudgedWave[], { asOf, reports }: NewerScan): ReadonlyMap<string, PlatformRow> {
  const rows = new Map<string, PlatformRow>()
  const rowOf = (platform: string) => {
    const row = rows.get(platform) ?? { planned: 0, reported: 0, failed: 0, pending: 0 }
    rows.set(platform, row)
    return row
  }
  for (const { wave, outcomes } of waves) {
    for (const { name, endpoints } of wave.who.platform) rowOf(name).planned += endpoints
    const soaking = isSoaking(wave, asOf)
    const failedBefore = new Set(wave.outcome?.failed)
    for (const [id, outcome] of outcomes) {
      // A failure that was repaired since was one.
      const failed = outcome === 'failed' || failedBefore.has(id)
      const report = reports.get(id)
      if (report === undefined || (!failed && outcome !== 'succeeded' && outcome !== 'pending')) continue
      const row = rowOf(report.platform)
      row.reported += 1
      if (failed) row.failed += 1
      else if (outcome === 'pending' && !soaking) row.pending += 1
    }
  }
  return rows
}
