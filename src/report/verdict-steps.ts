import type { VerdictDocument } from '../waves/verdict-document.js'
import { fileArgument } from './file-argument.js'
import { cutText, numbered } from './plan-words.js'

type GateReason = VerdictDocument['reasons'][number]['code']

const longestName = 40
/** The scan that is still to be made. */
const nextScan = 'newer-scan.json'

/** The plan and the scan of a verdict, as they were named on the command line. */
export interface VerdictFiles {
  readonly plan: string
  readonly scan: string
}

/** What to do after a verdict, step by step; a command that people copy is a paragraph of its own. */
export function verdictSteps(verdict: VerdictDocument, files?: VerdictFiles): readonly (readonly string[])[] {
  const given = {
    plan: (files && fileArgument(files.plan)) ?? 'plan',
    scan: (files && fileArgument(files.scan)) ?? nextScan,
  }
  if (verdict.verdict === 'advance') return stepsToAdvance(verdict, given)
  return verdict.verdict === 'halt' ? stepsToHalt(verdict, given) : stepsToHold(verdict, given)
}

function checkAgain({ plan }: VerdictFiles): string[] {
  return ['Make new exports and a new scan, then:', `fleet plan check ${plan} ${nextScan}`]
}

function stepsToAdvance({ wave, next, asOf }: VerdictDocument, { plan, scan }: VerdictFiles): string[][] {
  const name = cutText(wave.name, longestName)
  const goOn = [
    `Go on with the plan: ${name} is finished in it, and what failed stands on its repair list.`,
    `fleet plan ${scan} --previous ${plan}`,
  ]
  if (!next) return [goOn, ['No wave is left to start.']]
  const following = `${cutText(next.name, longestName)} (${numbered(next.size, 'endpoint')})`
  const load = `load the group of ${following} into the MDM, and assign the update to it.`
  if (next.start < asOf.slice(0, 10))
    return [goOn, [`The day of ${following}, ${next.start}, is over: on the day that the new plan names, ${load}`]]
  return [goOn, [`On ${next.start} ${load}`]]
}

function stepsToHold(verdict: VerdictDocument, files: VerdictFiles): string[][] {
  const { reasons, wave, next, attempted, notYetAttempted } = verdict
  const isEmpty = attempted === 0 && notYetAttempted === 0
  // Of nobody there is nothing to wait for.
  const isSettled = (code: GateReason) => isEmpty && code === 'too-few-reported'
  const codes = [...new Set(reasons.map(({ code }) => code))].filter((code) => !isSettled(code))
  const name = cutText(wave.name, longestName)
  return [
    ...(next ? [[`Do not load the group of ${cutText(next.name, longestName)} yet.`]] : []),
    ...codes.flatMap((code) => {
      const step = missing(code, verdict)
      return step === undefined ? [] : [[step]]
    }),
    ...(codes.length > 0 ? [checkAgain(files)] : []),
    ...(codes.some((code) => cannotAccept.has(code))
      ? []
      : [
          [
            isEmpty
              ? `Nobody of ${name} is in scope any more. Take it as finished:`
              : `A person may take ${name} as finished all the same:`,
            `fleet plan ${files.scan} --previous ${files.plan} --accept ${isPlain(wave.name) ? wave.name : 'WAVE'}`,
          ],
        ]),
  ]
}

const cannotAccept: ReadonlySet<GateReason> = new Set([
  'earlier-wave-open',
  'not-started',
  'soak-not-over',
  'scan-not-newer',
  'rules-changed',
] as const)

/** Only such a name can be copied into any shell as it is. */
function isPlain(name: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,60}$/i.test(name)
}

/** What a reason to hold lacks, and how to get it. */
function missing(code: GateReason, { wave }: VerdictDocument): string | undefined {
  const steps: Partial<Record<GateReason, string>> = {
    'rules-changed':
      'Scan with the policy that the plan was made with; if the requirement itself has changed, make a new plan.',
    'not-started': `Let the wave run; its soak is over when ${wave.soakUntil} is.`,
    'soak-not-over': `Wait until ${wave.soakUntil} is over: endpoints may still restart for the update.`,
    'general-outage': 'Find what hit endpoints that no wave has touched: the network, another update, the exports.',
    'data-too-old':
      'Export every endpoint of every MDM again, now that the soak is over; a new scan of old exports is no help.',
    'control-silent': 'Export every endpoint of every MDM, not only the group of the wave.',
    'earlier-wave-open': 'Settle the wave before it first: without --wave, that is the one to be judged.',
    'treated-silent':
      'Export every endpoint of every MDM. Look at some that earlier waves made ready and that are silent now.',
    regressed: 'Look at some endpoints that earlier waves made ready and that are so no longer.',
    'fell-silent': 'Look at some endpoints of the wave that fell silent: are they online, and does the MDM read them?',
    'too-few-reported': 'Bring the silent endpoints online, and let the MDM collect their inventory.',
    'too-many-failures':
      'Let the MDM read the apps of the endpoints again. Look at some that are not ready: if they failed, stop the rollout.',
    'one-platform-fails': 'Look at the failures of that platform. What is repaired counts as ready.',
    'below-success': 'Repair what failed. What is repaired counts as ready.',
    'too-few-succeeded': 'Wait until more endpoints are ready.',
  }
  return steps[code]
}

function stepsToHalt({ wave, next }: VerdictDocument, files: VerdictFiles): string[][] {
  const name = cutText(wave.name, longestName)
  return [
    [
      `Stop the rollout in the MDM: take the assignment off the group of ${name}${next ? `, and do not load that of ${cutText(next.name, longestName)}` : ''}. Nothing else stops it: a wave that has begun keeps its announced days.`,
    ],
    ['Look at the failures, one endpoint at a time:', `fleet explain ENDPOINT ${files.scan}`],
    ['When the cause is mended, repair what failed.'],
    checkAgain(files),
    ['Once the cause is settled, plan again:', `fleet plan ${nextScan} --previous ${files.plan}`],
  ]
}
