import type { TrendPoint } from '../../history/trend.js'
import type { ScanHead } from '../../readiness/scan-document.js'
import type { PlanDocument } from '../../waves/plan-document.js'
import type { VerdictDocument } from '../../waves/verdict-document.js'
import { diagnosisRows } from './diagnosis-rows.js'
import type { ReportedDocument, ReportedEvidence, ReportProblem, ReportView } from './report-view.js'

/** Everything that was read for a report. */
export interface ReportParts {
  readonly head: ScanHead
  /** The version of fleet that makes the report. */
  readonly fleet: string
  readonly organization?: string | undefined
  readonly targetBy?: string | undefined
  readonly plan?: PlanDocument | undefined
  /** As `chooseVerdicts` shows them. */
  readonly verdicts?: readonly VerdictDocument[] | undefined
  readonly evidence?: ReportedEvidence | undefined
  readonly trend?: readonly TrendPoint[] | undefined
  readonly documents?: readonly ReportedDocument[] | undefined
  readonly problems?: readonly ReportProblem[] | undefined
}

/** Puts together what every form of a report shows. What is told by the plan goes before what the policy says. */
export function makeView(parts: ReportParts): ReportView {
  const { head, plan, verdicts = [], evidence, trend = [], documents = [], problems = [] } = parts
  const rows = diagnosisRows(head)
  return {
    organization: plan?.organization ?? parts.organization,
    asOf: head.asOf,
    fleet: parts.fleet,
    head,
    targetBy: plan?.target.by ?? parts.targetBy,
    diagnoses: rows.filter(({ state }) => state !== 'ready' && state !== 'excluded'),
    unknowns: rows.filter(({ state }) => state === 'unknown' || state === 'stale'),
    excluded: rows.filter(({ state }) => state === 'excluded'),
    plan,
    verdicts,
    evidence,
    trend,
    documents,
    problems,
  }
}
