import { evidenceProblem } from '../../health/telemetry-evidence.js'
import type { History } from '../../history/read-history.js'
import { dayLength } from '../../platform/clock.js'
import type { LoadedPolicy } from '../../policy/load-policy.js'
import type { ScanHead } from '../../readiness/scan-document.js'
import type { ReadPlan } from '../../waves/read-plan.js'
import type { VerdictDocument } from '../../waves/verdict-document.js'
import type { ReadEvidence } from '../documents/read-evidence.js'
import { countText } from '../words.js'
import { chooseVerdicts } from './choose-verdicts.js'
import { doubtsOf } from './doubts.js'
import { historyProblems } from './history-problems.js'
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
  /** With the `sha256:…` of its file, where it is known. */
  readonly evidence?: (ReadEvidence & { readonly digest?: string | undefined }) | undefined
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
    ...ofVerdicts(documents),
    ...ofEvidence(documents),
    ...(documents.history ? historyProblems(documents.scan.head, documents.history) : []),
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
export function scanProblems(head: ScanHead): ReportProblem[] {
  const { sources } = head
  const refused = sources.filter((source) => source.problem !== undefined)
  const codes = [...new Set(doubtsOf(head).map(({ code }) => code))]
  return [
    ...(refused.length === 0
      ? []
      : problem(
          'scan-files-refused',
          `${countText(refused.length)} of ${countText(sources.length)} files of the scan were not read (${named(refused.map(({ file }) => file))}): its numbers may be incomplete.`,
          'Export those files again, and scan again.',
        )),
    ...(codes.length === 0
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

const checkAgain = 'Check again: fleet plan check plan scan.json --json'

function ofVerdicts({ scan, verdicts, plan }: ReadDocuments): ReportProblem[] {
  const { ofOtherPlans, contested } = chooseVerdicts(verdicts, plan)
  const belonging = verdicts.filter((verdict) => !ofOtherPlans.includes(verdict))
  return [
    ...belonging.flatMap((verdict) => ofVerdict(verdict, scan)),
    ...ofOtherPlans.flatMap(({ wave, verdict, asOf }) =>
      problem(
        'verdict-of-other-plan',
        `The verdict on ${wave.name} (${verdict}, ${asOf.slice(0, 10)}) was given on another plan: it is left out.`,
        checkAgain,
      ),
    ),
    ...contested.flatMap(({ wave, verdict }) =>
      problem(
        'verdicts-disagree',
        `There are several verdicts of the same time on ${wave.name}, and they differ: the gravest is shown, ${verdict}.`,
        checkAgain,
      ),
    ),
  ]
}

function ofVerdict({ asOf, wave, scan }: VerdictDocument, { head, digest }: ReadScan): ReportProblem[] {
  const age = Date.parse(asOf) - Date.parse(head.asOf)
  return [
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

function ofEvidence({ scan: { head }, evidence }: ReadDocuments): ReportProblem[] {
  if (evidence === undefined) return []
  const { policyDigest, shown, unreadFiles, digest } = evidence
  const { asOf } = shown
  const [told, judged] = [Date.parse(asOf), Date.parse(head.asOf)]
  const why = evidenceProblem({ asOf, policyDigest }, { asOf: judged, policyDigest: head.policy.digest })
  const again = 'Gather it again: fleet evidence logs --scan scan.json --output evidence.json'
  const days = `The evidence is of ${asOf.slice(0, 10)}, and the scan of ${head.asOf.slice(0, 10)}`
  return [
    ...(why === 'evidence-old' ? problem('evidence-old', `${days}: it says nothing of that day.`, again) : []),
    ...(told - judged > dayLength
      ? problem('evidence-newer', `${days}: the scan does not know of it.`, 'Scan again.')
      : []),
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
    ...(isEvidenceOf(head, asOf, digest)
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

/** By its bytes, since evidence of the same day can be gathered twice; by its time where the bytes are not known. */
function isEvidenceOf({ telemetry }: ScanHead, asOf: string, digest: string | undefined): boolean {
  if (telemetry === undefined || telemetry.asOf !== asOf) return false
  return telemetry.digest === undefined || digest === undefined || telemetry.digest === digest
}
