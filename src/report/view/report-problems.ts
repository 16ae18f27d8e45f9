import { evidenceProblem } from '../../health/telemetry-evidence.js'
import type { History } from '../../history/read-history.js'
import { dayOf } from '../../history/trend.js'
import type { LoadedPolicy } from '../../policy/load-policy.js'
import type { ScanHead } from '../../readiness/scan-document.js'
import type { ReadPlan } from '../../waves/read-plan.js'
import type { VerdictDocument } from '../../waves/verdict-document.js'
import type { ReadEvidence } from '../documents/read-evidence.js'
import { countText } from '../words.js'
import type { ReportProblem } from './report-view.js'

/** A scan as it was read, with what other documents name it by. */
export interface ReadScan {
  readonly head: ScanHead
  /** As a plan and a verdict name it; see `ScanDigest`. */
  readonly digest: string
  /** Of what it was judged by. */
  readonly rules: string
}

/** Everything that was read for a report. */
export interface ReadDocuments {
  readonly scan: ReadScan
  readonly plan?: ReadPlan | undefined
  readonly verdicts: readonly VerdictDocument[]
  readonly evidence?: ReadEvidence | undefined
  /** The policy that gives the organization and the date of the target; undefined where there is none. */
  readonly policy?: LoadedPolicy | undefined
  readonly history?: History | undefined
}

/** Everything about the documents that makes a number doubtful: what is incomplete, and what does not belong together. */
export function reportProblems(documents: ReadDocuments): ReportProblem[] {
  return [
    ...scanProblems(documents.scan.head),
    ...ofPolicy(documents),
    ...ofPlan(documents),
    ...documents.verdicts.flatMap((verdict) => ofVerdict(verdict, documents)),
    ...ofEvidence(documents),
    ...ofHistory(documents),
  ]
}

function problem(code: string, message: string, tryThis?: string): ReportProblem[] {
  return [{ code, message, ...(tryThis !== undefined && { tryThis }) }]
}

/** Something that is there, or has one, in words. */
function named(names: readonly string[], most = 3): string {
  const more = names.length - most
  return names.slice(0, most).join(', ') + (more > 0 ? ` and ${countText(more)} more` : '')
}

/** What a scan says itself against its numbers. */
export function scanProblems({ sources, warnings }: ScanHead): ReportProblem[] {
  const refused = sources.filter((source) => source.problem !== undefined)
  const known = new Set(refused.map(({ file, problem: why }) => `${file} ${why?.code}`))
  const doubts = warnings.filter(({ strict, file, code }) => strict && !known.has(`${file} ${code}`))
  const codes = [...new Set(doubts.map(({ code }) => code))]
  return [
    ...(refused.length === 0
      ? []
      : problem(
          'scan-files-refused',
          `${countText(refused.length)} of ${countText(sources.length)} files of the scan were not read (${named(refused.map(({ file }) => file))}): its numbers may be incomplete.`,
          'Export those files again, and scan again.',
        )),
    ...(doubts.length === 0
      ? []
      : problem(
          'scan-incomplete',
          `The scan warns that its numbers may be incomplete: ${named(codes, 5)}.`,
          'See its warnings, export again, and scan again.',
        )),
  ]
}

function ofPolicy({ scan: { head }, policy }: ReadDocuments): ReportProblem[] {
  if (policy === undefined || policy.digest === head.policy.digest) return []
  return problem(
    'other-policy',
    'The policy is not the one that the scan was judged by; it only gives the name of the organization and the date of the target.',
    'Scan again, or name the policy of the scan with --policy.',
  )
}

const planAgain = 'Go on with it: fleet plan scan.json --previous plan'

function ofPlan({ scan: { head, digest, rules }, plan }: ReadDocuments): ReportProblem[] {
  if (plan === undefined) return []
  const { asOf, scan, rules: planned, target } = plan.plan
  const age = Date.parse(asOf) - Date.parse(head.asOf)
  const days = `${asOf.slice(0, 10)}, and the scan of ${head.asOf.slice(0, 10)}`
  return [
    ...(age < 0
      ? problem('plan-older', `The plan is of ${days}: what it expects was reckoned from an older scan.`, planAgain)
      : age > 0
        ? problem('plan-newer', `The plan is of ${days}: it was made from a newer one.`, 'Give the scan of the plan.')
        : scan.digest === digest
          ? []
          : problem('plan-of-other-scan', 'The plan was made from another scan of the same time.', 'Plan again.')),
    ...(planned === rules
      ? []
      : problem(
          'plan-of-other-rules',
          'The plan was made with other required gates, or with another idea of stale: "ready" is not the same in both.',
          'Plan again from this scan.',
        )),
    ...(target.percent === head.coverage.target
      ? []
      : problem(
          'plan-of-other-target',
          `The plan has a target of ${target.percent} %, and the scan of ${head.coverage.target} %.`,
          'Plan again from this scan.',
        )),
  ]
}

function ofVerdict(verdict: VerdictDocument, { scan: { head, digest }, plan }: ReadDocuments): ReportProblem[] {
  const { asOf, wave, scan } = verdict
  const age = Date.parse(asOf) - Date.parse(head.asOf)
  // A verdict on the plan before is how the plan went on.
  const belongs =
    plan === undefined || verdict.plan.digest === plan.digest || verdict.plan.digest === plan.plan.previous?.digest
  return [
    ...(belongs
      ? []
      : problem(
          'verdict-of-other-plan',
          `The verdict on ${wave.name} was given on another plan.`,
          'Check again: fleet plan check plan scan.json --json',
        )),
    ...(age > 0
      ? problem(
          'verdict-newer',
          `The verdict on ${wave.name} is of ${asOf.slice(0, 10)}, and the scan of ${head.asOf.slice(0, 10)}.`,
          'Give the scan that the verdict was made with.',
        )
      : age === 0 && scan.digest !== digest
        ? problem('verdict-of-other-scan', `The verdict on ${wave.name} was made with another scan of the same time.`)
        : []),
  ]
}

const day = 86_400_000

function ofEvidence({ scan: { head }, evidence }: ReadDocuments): ReportProblem[] {
  if (evidence === undefined) return []
  const { policyDigest, shown, unreadFiles } = evidence
  const { asOf } = shown
  const [told, judged] = [Date.parse(asOf), Date.parse(head.asOf)]
  const why = evidenceProblem({ asOf, policyDigest }, { asOf: judged, policyDigest: head.policy.digest })
  const again = 'Gather it again: fleet evidence logs --scan scan.json --output evidence.json'
  const days = `The evidence is of ${asOf.slice(0, 10)}, and the scan of ${head.asOf.slice(0, 10)}`
  return [
    ...(why === 'evidence-old' ? problem('evidence-old', `${days}: it says nothing of that day.`, again) : []),
    ...(told - judged > day ? problem('evidence-newer', `${days}: the scan does not know of it.`, 'Scan again.') : []),
    ...(policyDigest === head.policy.digest
      ? []
      : problem('evidence-of-other-policy', 'The evidence was judged by another policy than the scan.', again)),
    ...(unreadFiles > 0
      ? problem(
          'evidence-incomplete',
          `${countText(unreadFiles)} files of telemetry could not be read to their end: the evidence may be incomplete.`,
          again,
        )
      : []),
    ...(head.telemetry?.asOf === asOf
      ? []
      : problem(
          'evidence-not-in-scan',
          head.telemetry === undefined
            ? 'The scan was made without the evidence: no state rests on it.'
            : 'The scan was made with other evidence: states rest on that.',
          'Scan again with it: fleet scan exports --evidence evidence.json --output scan.json',
        )),
  ]
}

function ofHistory({ scan: { head }, history }: ReadDocuments): ReportProblem[] {
  if (history === undefined) return []
  const { problems, runs } = history
  const lines = problems.map(({ line }) => String(line))
  const newest = runs.reduce((latest, run) => (dayOf(run.head) > latest ? dayOf(run.head) : latest), '')
  return [
    ...(problems.length === 0
      ? []
      : problem(
          'history-damaged',
          `${countText(problems.length)} ${problems.length === 1 ? 'line' : 'lines'} of the history could not be read (line ${named(lines)}): days may be missing in the trend.`,
          problems[0]!.tryThis,
        )),
    ...(newest > dayOf(head)
      ? problem('scan-not-newest', `The history has a newer scan, of ${newest}; the trend ends with this one.`)
      : []),
  ]
}
