import type { Wave } from '../../waves/plan-document.js'
import type { VerdictDocument } from '../../waves/verdict-document.js'
import type { ReportView } from './report-view.js'

/** A wave of the plan, and the verdict on its gate where there is one. */
export interface JudgedWave {
  readonly wave: Wave
  readonly verdict: VerdictDocument | undefined
}

/** The waves of the plan in their order, each with its verdict; none without a plan. */
export function judgedWaves({ plan, verdicts }: Pick<ReportView, 'plan' | 'verdicts'>): JudgedWave[] {
  const verdictOf = new Map(verdicts.map((verdict) => [verdict.wave.name, verdict]))
  return (plan?.waves ?? []).map((wave) => ({ wave, verdict: verdictOf.get(wave.name) }))
}
