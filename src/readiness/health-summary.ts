import { type DiagnosisCode, diagnosis, diagnosisCodes } from '../health/diagnoses.js'
import type { EndpointHealth, ProbeProblem } from '../health/endpoint-health.js'
import { probeProblems } from '../health/endpoint-health.js'
import { type StageName, stageNames } from '../health/facts.js'
import { type StageState, stageStates } from '../health/judge.js'

/** How far the delivery chain reaches, over the endpoints that are neither excluded nor stale. */
export interface HealthSummary {
  /** Endpoints with a probe that was judged, without any, and with one that says nothing. */
  readonly judged: number
  readonly withoutProbe: number
  readonly problems: Readonly<Record<ProbeProblem, number>>
  readonly stages: readonly ({ readonly stage: StageName } & Readonly<Record<StageState, number>>)[]
  /** Endpoints by diagnosis, in the order of the stages. */
  readonly diagnoses: readonly { readonly code: DiagnosisCode; readonly stage: StageName; readonly endpoints: number }[]
}

/** Counts the health of endpoints as it comes. */
export class HealthTally {
  #judged = 0
  #withoutProbe = 0
  readonly #problems = new Map<ProbeProblem, number>()
  readonly #stages = new Map(stageNames.map((stage) => [stage, counts(stageStates)]))
  readonly #diagnoses = new Map<DiagnosisCode, number>()

  add(health: EndpointHealth | undefined): void {
    if (health === undefined) this.#withoutProbe++
    else if (health.kind === 'problem')
      this.#problems.set(health.problem, (this.#problems.get(health.problem) ?? 0) + 1)
    else {
      this.#judged++
      const { stages, diagnoses } = health.health
      for (const stage of stageNames) this.#stages.get(stage)![stages[stage].state]++
      for (const { code } of diagnoses) this.#diagnoses.set(code, (this.#diagnoses.get(code) ?? 0) + 1)
    }
  }

  /** Undefined where no endpoint has a probe: then nothing is known of the chain. */
  summary(): HealthSummary | undefined {
    if (this.#judged === 0 && this.#problems.size === 0) return undefined
    return {
      judged: this.#judged,
      withoutProbe: this.#withoutProbe,
      problems: { ...counts(probeProblems), ...Object.fromEntries(this.#problems) },
      stages: stageNames.map((stage) => ({ stage, ...this.#stages.get(stage)! })),
      diagnoses: diagnosisCodes.flatMap((code) => {
        const endpoints = this.#diagnoses.get(code)
        return endpoints === undefined ? [] : [{ code, stage: diagnosis(code).stage, endpoints }]
      }),
    }
  }
}

function counts<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>
}
