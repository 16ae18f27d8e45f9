import { type Diagnosis, type DiagnosisCode, diagnosis, diagnosisCodes } from './diagnoses.js'
import type { Evidence } from './evidence.js'
import { type Facts, type StageName, stageNames } from './facts.js'
import type { ProbeWord } from './probe-line.js'
import type { ProbeTarget } from './probe-target.js'
import { installedEvidence, loadedEvidence } from './settings-evidence.js'
import * as words from './stage-words.js'
import { evaluatedEvidence, invokedEvidence, recordedEvidence } from './use-evidence.js'

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
  readonly diagnoses: readonly (Diagnosis & { readonly code: DiagnosisCode })[]
  readonly word: ProbeWord
}

/** Judges the facts of one machine by what the policy wants there. The same facts and target give the same answer. */
export function judgeHealth(facts: Facts, target: ProbeTarget): Health {
  const wrong = new Set<DiagnosisCode>()
  const settle = (applies: boolean, evidence: () => Evidence, seen: string, at: string | undefined): Stage => {
    if (!applies) return { state: 'not-applicable', seen: 'the policy asks for nothing here' }
    const { wrong: found, open } = evidence()
    const codes = found.filter((code) => code !== false)
    for (const code of codes) wrong.add(code)
    const when = at === undefined ? {} : { at }
    if (codes.length > 0) return { state: 'contradicted', seen, ...when }
    const questions = open.filter((question) => question !== false)
    if (questions.length > 0) return { state: 'unknown', seen: questions.join('; '), ...when }
    return { state: 'proven', seen, ...when }
  }
  const { at, settingsChanged, invoked } = facts
  const invokedAt = invoked === 'none' ? undefined : invoked
  const stages = {
    installed: settle(
      target.wantsSettings,
      () => installedEvidence(facts, target),
      words.installed(facts),
      settingsChanged ?? at,
    ),
    loaded: settle(target.wantsSettings, () => loadedEvidence(facts, target), words.loaded(facts), at),
    invoked: settle(target.wantsRecord, () => invokedEvidence(facts, target), words.invoked(facts), invokedAt ?? at),
    evaluated: settle(
      target.wantsRecord,
      () => evaluatedEvidence(facts, target),
      words.evaluated(facts),
      invokedAt ?? at,
    ),
    recorded: settle(target.wantsTelemetry, () => recordedEvidence(facts), words.recorded(facts), at),
  }
  const diagnoses = diagnosisCodes.filter((code) => wrong.has(code)).map(diagnosis)
  return { stages, diagnoses, word: wordOf(stages) }
}

function wordOf(stages: Health['stages']): ProbeWord {
  if (stageNames.some((name) => stages[name].state === 'contradicted')) return 'repair'
  const settled = (name: StageName) => stages[name].state === 'proven' || stages[name].state === 'not-applicable'
  return settled('installed') && settled('loaded') ? 'ok' : 'unknown'
}
