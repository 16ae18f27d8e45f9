import type { TrendPoint } from '../../history/trend.js'
import { byText } from '../../platform/by-text.js'
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
  /** In any order, also several of one wave. */
  readonly verdicts?: readonly VerdictDocument[] | undefined
  readonly evidence?: ReportedEvidence | undefined
  readonly trend?: readonly TrendPoint[] | undefined
  readonly documents?: readonly ReportedDocument[] | undefined
  readonly problems?: readonly ReportProblem[] | undefined
}

/** Puts together what every form of a report shows. What is told by the plan goes before what the policy says. */
export function makeView(parts: ReportParts): ReportView {
  const { head, plan, evidence, trend = [], documents = [], problems = [] } = parts
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
    verdicts: newestOfEach(parts.verdicts ?? [], plan),
    evidence,
    trend,
    documents,
    problems,
  }
}

/** The newest verdict of each wave, in the order of the waves; those of no wave of the plan come last. */
function newestOfEach(verdicts: readonly VerdictDocument[], plan: PlanDocument | undefined): VerdictDocument[] {
  const newest = new Map<string, VerdictDocument>()
  for (const verdict of verdicts) {
    const known = newest.get(verdict.wave.name)
    if (known === undefined || Date.parse(verdict.asOf) > Date.parse(known.asOf)) newest.set(verdict.wave.name, verdict)
  }
  const order = new Map(plan?.waves.map(({ name }, index) => [name, index]))
  const place = ({ wave }: VerdictDocument) => order.get(wave.name) ?? order.size
  return [...newest.values()].sort(
    (a, b) => place(a) - place(b) || byText(a.wave.start, b.wave.start) || byText(a.wave.name, b.wave.name),
  )
}
