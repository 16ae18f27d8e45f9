import { byText } from '../platform/by-text.js'
import { type ControlGroup, isBlamed, isOutage, type Losses, type TreatedGroup } from './control-group.js'
import { isSoaking, type NewerScan } from './outcomes.js'
import type { PlanDocument, Wave } from './plan-document.js'
import type { FailingPlatform } from './platform-failures.js'
import type { GateThresholds } from './settings.js'
import { binomialTail, fisherExactGreater } from './statistics.js'
import type { Outcomes, VerdictDocument } from './verdict-document.js'

export type GateReason = VerdictDocument['reasons'][number]

/** What the rules of the gate look at. */
export interface GateFacts {
  readonly plan: Pick<PlanDocument, 'asOf' | 'rules'>
  readonly wave: Wave
  readonly scan: Pick<NewerScan, 'asOf' | 'rules'>
  readonly thresholds: GateThresholds
  readonly outcomes: Outcomes
  readonly notYetAttempted: number
  /** Attempted, and missing from the scan, stale or unknown: whatever the date of the attempt. */
  readonly fellSilent: number
  /** Reported, and heard of on the last day of the soak or later. */
  readonly heardOfLately: number
  readonly treated: TreatedGroup
  readonly control: ControlGroup
  readonly platforms: readonly FailingPlatform[]
  /** The name of an earlier wave that is due and whose gate is not open. */
  readonly openBefore: string | undefined
}

/**
 * Every reason not to advance, what decides first: halts, then holds in the order in which they have to be settled. None
 * when all is good.
 */
export function gateReasons(facts: GateFacts): readonly GateReason[] {
  const wrongScan = [rulesChanged(facts), scanNotNewer(facts)]
  const timing = [notStarted(facts), soakNotOver(facts)]
  // Of a scan that cannot be compared no number means anything.
  if (wrongScan.some((reason) => reason !== undefined)) return existing([...wrongScan, ...timing])
  const losses = [regressed(facts), someRegressed(facts), ...outages(facts), controlSilent(facts), treatedSilent(facts)]
  // Before the soak is over, the rates of the wave are not known yet; what was ready and is lost counts at once.
  const rates = timing.some((reason) => reason !== undefined)
    ? []
    : [
        dataTooOld(facts),
        tooManyFailures(facts),
        maybeTooManyFailures(facts),
        ...facts.platforms.map(onePlatformFails),
        tooFewReported(facts),
        fellSilent(facts),
        belowSuccess(facts),
        tooFewSucceeded(facts),
      ]
  const found = existing([earlierWaveOpen(facts), ...timing, ...losses, ...rates])
  return order.flatMap(([effect, code]) => found.filter((reason) => reason.effect === effect && reason.code === code))
}

const order: readonly (readonly [GateReason['effect'], GateReason['code']])[] = [
  ['halt', 'regressed'],
  ['halt', 'too-many-failures'],
  ['halt', 'one-platform-fails'],
  ['hold', 'earlier-wave-open'],
  ['hold', 'not-started'],
  ['hold', 'general-outage'],
  ['hold', 'soak-not-over'],
  ['hold', 'data-too-old'],
  ['hold', 'control-silent'],
  ['hold', 'treated-silent'],
  ['hold', 'regressed'],
  ['hold', 'too-few-reported'],
  ['hold', 'fell-silent'],
  ['hold', 'too-many-failures'],
  ['hold', 'one-platform-fails'],
  ['hold', 'below-success'],
  ['hold', 'too-few-succeeded'],
]

function existing(reasons: readonly (GateReason | undefined)[]): GateReason[] {
  return reasons.filter((reason) => reason !== undefined)
}

/** How many of `reported` may fail before the rollout is halted. One failure alone never halts. */
function failuresAllowed(reported: number, { failureLimit }: GateThresholds): number {
  return Math.max(1, Math.floor((reported * failureLimit) / 100 + 1e-9))
}

function rulesChanged({ plan, scan }: GateFacts): GateReason | undefined {
  if (scan.rules === plan.rules) return undefined
  return hold(
    'rules-changed',
    'The scan was judged by other required gates, or another limit for old check-ins, than the plan: ready means something else in it. Scan again with the policy of the plan, or re-plan.',
  )
}

function scanNotNewer({ plan, scan }: GateFacts): GateReason | undefined {
  if (Date.parse(scan.asOf) > Date.parse(plan.asOf)) return undefined
  return hold(
    'scan-not-newer',
    `The scan (${scan.asOf}) is not newer than the plan (${plan.asOf}). Export and scan again.`,
  )
}

function earlierWaveOpen({ openBefore }: GateFacts): GateReason | undefined {
  if (openBefore === undefined) return undefined
  return hold(
    'earlier-wave-open',
    `${openBefore} before it is not settled: its own gate does not say advance. Settle that wave first.`,
  )
}

function notStarted({ wave, scan }: GateFacts): GateReason | undefined {
  if (scan.asOf.slice(0, 10) >= wave.start) return undefined
  return hold('not-started', `The wave starts on ${wave.start}.`)
}

/** Whether all of a wave are withdrawn: then nothing is left to wait for. */
function isEmpty({ outcomes, notYetAttempted }: GateFacts): boolean {
  return outcomes.attempted === 0 && notYetAttempted === 0
}

function soakNotOver(facts: GateFacts): GateReason | undefined {
  const { wave, scan, outcomes, thresholds } = facts
  const today = scan.asOf.slice(0, 10)
  if (today < wave.start || !isSoaking(wave, scan.asOf) || isEmpty(facts)) return undefined
  const { succeeded, reported, pending } = outcomes
  const allowed = failuresAllowed(reported, thresholds)
  const warning = pending > allowed ? ` As it stands it would halt: at most ${allowed} may fail.` : ''
  return hold(
    'soak-not-over',
    `The soak lasts until the end of ${wave.soakUntil}${today > wave.soakUntil ? ' in the last time zone' : ''}. So far ${succeeded} of ${reported} reporting endpoints are ready, ${pending} not yet.${warning} Scan again after it.`,
  )
}

function regressed({ treated, control, thresholds }: GateFacts): GateReason | undefined {
  const allowed = failuresAllowed(treated.wereReady, thresholds)
  if (treated.regressed <= allowed) return undefined
  if (!isTheWave(treated.regressed, treated.wereReady, allowed, control, thresholds)) return undefined
  return halt(
    'regressed',
    `${treated.regressed} of ${treated.wereReady} endpoints that earlier waves made ready are so no longer; at most ${allowed} may be lost. Stop the rollout and look at them.`,
  )
}

/** Losses that are no reason to halt, and that no wave may have while it is judged either. */
function someRegressed(facts: GateFacts): GateReason | undefined {
  const { treated, control, thresholds } = facts
  const allowed = Math.max(1, ((100 - thresholds.success) / 100) * treated.wereReady)
  if (treated.regressed <= allowed || regressed(facts) !== undefined) return undefined
  if (!isTheWave(treated.regressed, treated.wereReady, allowed, control, thresholds)) return undefined
  return hold(
    'regressed',
    `${treated.regressed} of ${treated.wereReady} endpoints that earlier waves made ready are so no longer (${percent(treated.regressed, treated.wereReady)}). Look at them, then scan again.`,
  )
}

/** A scan is dated when it is made: of old exports only the check-ins tell. */
function dataTooOld({ wave, outcomes, heardOfLately, thresholds }: GateFacts): GateReason | undefined {
  const { reported } = outcomes
  if (heardOfLately * 100 >= reported * thresholds.minimumReported) return undefined
  return hold(
    'data-too-old',
    `Only ${heardOfLately} of ${reported} reporting endpoints were heard of since ${wave.soakUntil}: the exports are older than the soak. Export again.`,
  )
}

function tooManyFailures({ outcomes, control, thresholds }: GateFacts): GateReason | undefined {
  const { failed, reported } = outcomes
  const allowed = failuresAllowed(reported, thresholds)
  if (failed <= allowed || !isTheWave(failed, reported, allowed, control, thresholds)) return undefined
  return halt(
    'too-many-failures',
    `${failed} of ${reported} reporting endpoints failed; at most ${allowed} may. Stop the rollout and look at the failures.`,
  )
}

/** The same with what is not ready by an app list without a date: maybe no failures, so it does not halt. */
function maybeTooManyFailures(facts: GateFacts): GateReason | undefined {
  const { outcomes, control, thresholds } = facts
  const { failed, pending, reported } = outcomes
  const allowed = failuresAllowed(reported, thresholds)
  const both = failed + pending
  if (pending === 0 || both <= allowed || tooManyFailures(facts) !== undefined) return undefined
  if (!isTheWave(both, reported, allowed, control, thresholds)) return undefined
  return hold(
    'too-many-failures',
    `${both} of ${reported} reporting endpoints failed, or are not ready by an app list without a date (${pending}); at most ${allowed} may. If these lists were read after the attempt, stop the rollout.`,
  )
}

/** During an outage a wave is blamed only for what it loses beyond the control group. */
function isTheWave(
  failed: number,
  reported: number,
  allowed: number,
  control: Losses,
  { success }: GateThresholds,
): boolean {
  return !isOutage(control, success) || isBlamed(failed, reported, allowed, control)
}

function onePlatformFails({
  platform,
  effect,
  failed,
  pending,
  reported,
  others,
  excuse,
}: FailingPlatform): GateReason | undefined {
  if (excuse) return undefined
  const undated = pending > 0 ? ', or are not ready by an app list without a date' : ''
  const compared = others ? `, against ${others.failed} of ${others.planned} on the others` : ''
  const text = `${platform}: ${failed} of ${reported} reporting endpoints failed${undated} (${percent(failed, reported)})${compared}, counting earlier waves.`
  if (effect === 'halt') return halt('one-platform-fails', `${text} Stop the rollout there and look at the failures.`)
  return hold('one-platform-fails', `${text} It may be chance: look at the failures, repair them, then scan again.`)
}

/** An outage everywhere, else those of single platforms: what is no chance, and what explains failures of the wave. */
function outages({ control, platforms, thresholds }: GateFacts): GateReason[] {
  if (isOutage(control, thresholds.success)) return [outage(control, 'endpoints')]
  const share = (100 - thresholds.success) / 200
  const isProven = ({ regressed: lost, wereReady }: Losses) =>
    lost > 1 && binomialTail(lost, wereReady, share) < outageBelow
  const excuses = (losses: Losses) => platforms.some(({ excuse }) => excuse === losses)
  return [...control.byPlatform]
    .filter(([, losses]) => isProven(losses) || excuses(losses))
    .sort(([a], [b]) => byText(a, b))
    .map(([platform, losses]) => outage(losses, `endpoints with ${platform}`))
}

/** Small groups lose one or two by chance. */
const outageBelow = 0.01

function outage({ regressed: lost, wereReady }: Losses, what: string): GateReason {
  return hold(
    'general-outage',
    `${lost} of ${wereReady} ${what} that were ready and in no wave are ready no longer (${percent(lost, wereReady)}). That is not the fault of a wave, and hides what the wave does. Find the common cause, then scan again.`,
  )
}

function controlSilent({ control, thresholds }: GateFacts): GateReason | undefined {
  if (isKnown(control, thresholds)) return undefined
  return hold(
    'control-silent',
    `Only ${control.reported} of ${control.endpoints} endpoints that no wave has touched are known in the scan; ${thresholds.minimumReported} % are needed. The exports look incomplete: export everything again.`,
  )
}

function treatedSilent({ treated, thresholds }: GateFacts): GateReason | undefined {
  if (isKnown(treated, thresholds)) return undefined
  return hold(
    'treated-silent',
    `Only ${treated.reported} of ${treated.endpoints} endpoints that earlier waves made ready are known in the scan; ${thresholds.minimumReported} % are needed. The exports are incomplete, or what the waves brought has silenced them: export everything again, and look at some of them.`,
  )
}

function isKnown(
  { endpoints, reported }: Pick<ControlGroup, 'endpoints' | 'reported'>,
  { minimumReported }: GateThresholds,
): boolean {
  return reported * 100 >= endpoints * minimumReported
}

function tooFewReported(facts: GateFacts): GateReason | undefined {
  const { outcomes, thresholds } = facts
  const { attempted, reported } = outcomes
  if (isEmpty(facts))
    return hold(
      'too-few-reported',
      'Nobody of the wave is in scope any more, so it can prove nothing. Take it as finished: re-plan with --accept.',
    )
  if (reported > 0 && reported * 100 >= attempted * thresholds.minimumReported) return undefined
  return hold(
    'too-few-reported',
    `${reported} of ${attempted} attempted endpoints have reported since; ${thresholds.minimumReported} % are needed. Let them check in, export again and scan again.`,
  )
}

/** The threshold says how much silence is common; that a wave causes none is not for it to excuse. */
const silencedBelow = 0.001

/**
 * A wave that makes endpoints unreadable or unreachable shows as silence, not as failures: so its silence is compared
 * with that of the waves still to come.
 */
function fellSilent({ outcomes, fellSilent: silent, control, thresholds }: GateFacts): GateReason | undefined {
  const { attempted } = outcomes
  const { waiting } = control
  if (attempted === 0 || waiting.endpoints === 0) return undefined
  const more = silent / attempted - waiting.silent / waiting.endpoints
  if (more * 100 <= thresholds.failureLimit) return undefined
  if (fisherExactGreater(silent, attempted, waiting.silent, waiting.endpoints) >= silencedBelow) return undefined
  return hold(
    'fell-silent',
    `${silent} of ${attempted} attempted endpoints fell silent (${percent(silent, attempted)}), of those still to come ${percent(waiting.silent, waiting.endpoints)}: the rollout may be the cause. Look at some of them.`,
  )
}

function belowSuccess({ outcomes, thresholds }: GateFacts): GateReason | undefined {
  const { succeeded, reported, pending } = outcomes
  if (reported === 0 || succeeded * 100 >= reported * thresholds.success) return undefined
  const undated =
    pending > 0
      ? ` ${pending} are not ready by an app list without a date, maybe from before the attempt: wait until the MDM has read the apps again.`
      : ''
  return hold(
    'below-success',
    `${succeeded} of ${reported} reporting endpoints are ready (${percent(succeeded, reported)}); ${thresholds.success} % are needed.${undated} Repair the failed ones, then scan again.`,
  )
}

function tooFewSucceeded({ outcomes, thresholds }: GateFacts): GateReason | undefined {
  const { succeeded, attempted } = outcomes
  const needed = Math.min(thresholds.minimumSucceeded, attempted)
  if (succeeded >= needed) return undefined
  return hold(
    'too-few-succeeded',
    `${succeeded} endpoints are ready; at least ${needed} are needed. Wait, then scan again.`,
  )
}

function hold(code: GateReason['code'], message: string): GateReason {
  return { code, effect: 'hold', message }
}

function halt(code: GateReason['code'], message: string): GateReason {
  return { code, effect: 'halt', message }
}

/** Never rounded up: 94.99 % is not 95 %. */
function percent(part: number, whole: number): string {
  return `${(Math.floor((part * 1000) / whole) / 10).toFixed(1)} %`
}
