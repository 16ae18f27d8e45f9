import { byText } from '../../platform/by-text.js'
import type { ReadPlan } from '../../waves/read-plan.js'
import type { VerdictDocument } from '../../waves/verdict-document.js'

/** Verdicts as a report takes them. */
export interface ChosenVerdicts {
  /** One of each wave, in the order of the waves of the plan; those of no wave of the plan come last. */
  readonly shown: readonly VerdictDocument[]
  /** Given on another plan than that of the report, whose waves may have the same names. */
  readonly ofOtherPlans: readonly VerdictDocument[]
  /** Of those shown: there are others of the same time on the same wave, and they say something else. */
  readonly contested: readonly VerdictDocument[]
}

const gravity = { advance: 0, hold: 1, halt: 2 } as const

/**
 * The newest verdict of each wave; of several of the same time the gravest, so that the order of the files decides nothing.
 * With a plan only those on it count, or on the one before it, which is how a plan goes on.
 */
export function chooseVerdicts(
  verdicts: readonly VerdictDocument[],
  plan?: Pick<ReadPlan, 'plan' | 'digest'> | undefined,
): ChosenVerdicts {
  const digests = plan && [plan.digest, plan.plan.previous?.digest]
  const belongs = (verdict: VerdictDocument) => digests === undefined || digests.includes(verdict.plan.digest)
  const waves = new Map<string, VerdictDocument[]>()
  for (const verdict of verdicts.filter(belongs)) {
    // Without a plan nobody says which one counts: every campaign has a wave of that name.
    const key = JSON.stringify([plan === undefined ? verdict.plan.campaign : '', verdict.wave.name])
    waves.set(key, [...(waves.get(key) ?? []), verdict])
  }
  const order = new Map(plan?.plan.waves.map(({ name }, index) => [name, index]))
  const place = ({ wave }: VerdictDocument) => order.get(wave.name) ?? order.size
  const chosen = [...waves.values()]
    .map(firstOf)
    .sort(
      ({ verdict: a }, { verdict: b }) =>
        place(a) - place(b) ||
        byText(a.wave.start, b.wave.start) ||
        byText(a.wave.name, b.wave.name) ||
        byText(a.plan.campaign, b.plan.campaign),
    )
  return {
    shown: chosen.map(({ verdict }) => verdict),
    ofOtherPlans: verdicts.filter((verdict) => !belongs(verdict)),
    contested: chosen.filter(({ isContested }) => isContested).map(({ verdict }) => verdict),
  }
}

interface First {
  readonly verdict: VerdictDocument
  readonly isContested: boolean
}

function firstOf(verdicts: readonly VerdictDocument[]): First {
  const texts = new Map(verdicts.map((verdict) => [verdict, JSON.stringify(verdict)]))
  const [verdict, ...others] = [...verdicts].sort(
    (a, b) =>
      Date.parse(b.asOf) - Date.parse(a.asOf) ||
      gravity[b.verdict] - gravity[a.verdict] ||
      byText(texts.get(a)!, texts.get(b)!),
  )
  const isContested = others.some(
    (other) => Date.parse(other.asOf) === Date.parse(verdict!.asOf) && texts.get(other) !== texts.get(verdict!),
  )
  return { verdict: verdict!, isContested }
}
