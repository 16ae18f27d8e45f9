import type { Diagnosis } from './diagnoses.js'
import type { Facts, StageName } from './facts.js'
import type { ProbeWord } from './probe-line.js'
import type { ProbeTarget } from './probe-target.js'

/** What the evidence of a stage says. */
export const stageStates = ['proven', 'contradicted', 'unknown', 'not-applicable'] as const
export type StageState = (typeof stageStates)[number]

/** One stage of the delivery chain. */
export interface Stage {
  readonly state: StageState
  /** What was seen, in words. */
  readonly seen: string
  /** When that happened or was looked at. */
  readonly at?: string | undefined
}

/** What the facts of a machine come to. */
export interface Health {
  readonly stages: Readonly<Record<StageName, Stage>>
  /** In the order of the stages. */
  readonly diagnoses: readonly Diagnosis[]
  readonly word: ProbeWord
}

/** Judges the facts of one machine by what the policy wants there. The same facts and target give the same answer. */
export function judgeHealth(_facts: Facts, _target: ProbeTarget): Health {
  throw new Error('being written')
}
