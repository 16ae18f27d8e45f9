import type { TrendPoint } from '../../history/trend.js'
import type { ScanHead } from '../../readiness/scan-document.js'
import type { State } from '../../readiness/verdict.js'
import type { PlanDocument } from '../../waves/plan-document.js'
import type { VerdictDocument } from '../../waves/verdict-document.js'

/** A document the report was made from, for whoever wants to check it. */
export interface ReportedDocument {
  readonly kind: 'scan' | 'plan' | 'verdict' | 'evidence' | 'history'
  readonly file: string
  /** ISO 8601; of a history, of its last snapshot. */
  readonly asOf: string
  /** `sha256:…` of its bytes, as sha256sum tells it; undefined where it came from stdin or is a growing history. */
  readonly digest: string | undefined
}

/** One row of "what is wrong, and what to do": the same reason of the same state. */
export interface DiagnosisRow {
  readonly state: State
  readonly code: string
  readonly detail?: string | undefined
  readonly endpoints: number
  /** In words, as a sentence part. */
  readonly why: string
  readonly todo: string
  /** A public page it rests on, where there is one. */
  readonly source?: string | undefined
}

/** What the evidence says, as far as a report shows it. */
export interface ReportedEvidence {
  readonly asOf: string
  readonly findings: readonly { readonly code: string; readonly severity: string; readonly message: string }[]
  readonly ghosts: { readonly machines: number; readonly accounts: number }
  readonly records: { readonly read: number; readonly counted: number; readonly duplicates: number }
}

/** Something about the documents themselves that makes a number doubtful, such as a plan made from another scan. */
export interface ReportProblem {
  readonly code: string
  readonly message: string
  readonly tryThis?: string | undefined
}

/** Everything a report shows of a whole fleet; its endpoints pass by one at a time (`ReportFormat.add`). */
export interface ReportView {
  readonly organization: string | undefined
  readonly asOf: string
  /** The version of fleet that made the report. */
  readonly fleet: string
  readonly head: ScanHead
  /** The day the target is due, from the plan or the policy. */
  readonly targetBy: string | undefined
  /** What stands between the fleet and the target, the most frequent first: reasons of every state but ready and excluded. */
  readonly diagnoses: readonly DiagnosisRow[]
  /** What cannot be told and why: reasons of the states unknown and stale, the most frequent first. */
  readonly unknowns: readonly DiagnosisRow[]
  /** Left out, by reason. */
  readonly excluded: readonly DiagnosisRow[]
  readonly plan: PlanDocument | undefined
  /** Verdicts on waves of the plan, in the order of its waves; one of each (`judgedWaves` gives every wave its own). */
  readonly verdicts: readonly VerdictDocument[]
  readonly evidence: ReportedEvidence | undefined
  /** Empty without a history. The scan of this report is its last point, whether or not the history has it. */
  readonly trend: readonly TrendPoint[]
  readonly documents: readonly ReportedDocument[]
  readonly problems: readonly ReportProblem[]
}
