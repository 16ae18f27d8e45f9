import { byText } from '../platform/by-text.js'
import type { EvidenceRequest, GatheredTelemetry } from './evidence.js'
import type { EvidenceDocument } from './evidence-document.js'
import type { EvidenceView } from './view.js'

type Warning = EvidenceDocument['warnings'][number]

/** Everything that makes the evidence say less than it seems to, in a fixed order. */
export function evidenceWarnings(
  { source, counts }: GatheredTelemetry,
  { policy, inventory, asOf, redaction }: EvidenceRequest,
  view: EvidenceView,
): Warning[] {
  const counted = view.tables.senders.reduce((sum, { events }) => sum + events, 0)
  const warnings: (Warning | false)[] = [
    ...(source.kind === 'files' ? ofFiles(source) : []),
    ...(redaction?.before?.source.kind === 'files' ? ofFiles(redaction.before.source) : []),
    policy.file === undefined && {
      code: 'no-policy',
      message:
        'No policy was given: nothing can be said of its stamp, hooks, approved tools and privacy tier. Give one with --policy.',
    },
    policy.file !== undefined &&
      policy.policy.telemetry === undefined && {
        code: 'policy-without-telemetry',
        message: 'The policy has no section "telemetry": its stamp and privacy tier are not judged.',
      },
    inventory === undefined && {
      code: 'no-scan',
      message: 'No inventory was given, so telemetry is joined to no endpoint. Give one with --scan.',
    },
    inventory !== undefined &&
      inventory.head.policy.digest !== policy.digest && {
        code: 'scan-other-policy',
        message:
          policy.file === undefined
            ? 'The scan was made with a policy that is not here. Give it with --policy.'
            : 'The scan was made with another policy. Scan again with the same --policy.',
        file: inventory.file,
      },
    inventory !== undefined &&
      asOf - Date.parse(inventory.head.asOf) > 7 * 86_400_000 && {
        code: 'scan-old',
        message: `The scan is as of ${inventory.head.asOf}, more than a week before the evidence: endpoints may have changed since.`,
        file: inventory.file,
      },
    inventory !== undefined &&
      Date.parse(inventory.head.asOf) - asOf > 86_400_000 && {
        code: 'scan-newer',
        message: `The scan is as of ${inventory.head.asOf}, after --as-of: its versions and states are not those of that time.`,
        file: inventory.file,
      },
    counted === 0 && {
      code: 'no-records',
      message:
        'No log record of Claude Code or Cowork lies in the window. Metrics and traces alone show that something reports, and nothing else.',
    },
    counts.afterWindow > 0 && {
      code: 'after-window',
      message: `${counts.afterWindow} records are later than the window, or their clocks are fast; they are not counted.`,
    },
    (counts.skewed ?? 0) > 0 && {
      code: 'clock-skew',
      message: `${counts.skewed} records arrived more than five minutes before or after their own time: a wrong clock, or a late delivery.`,
    },
    counts.withoutSequence > 0 && {
      code: 'without-sequence',
      message: `${counts.withoutSequence} records carry no session or sequence: copies of them cannot be told and count again.`,
    },
  ]
  return warnings
    .filter((warning) => warning !== false)
    .sort((a, b) => byText(a.code, b.code) || byText(a.file ?? '', b.file ?? ''))
}

function ofFiles({ inputs, unreadable }: Extract<GatheredTelemetry['source'], { kind: 'files' }>): Warning[] {
  return [
    ...unreadable.map(({ code, message, tryThis, name }) => ({
      code,
      message: sentence(message, tryThis),
      file: name,
    })),
    ...inputs.flatMap(({ file, problem, badLines, rejected }) => [
      ...(problem ? [{ code: problem.code, message: sentence(problem.message, problem.tryThis), file }] : []),
      ...Object.entries(badLines).map(([reason, lines]) => ({
        code: 'lines-not-read',
        message: `${lines} ${lines === 1 ? 'line' : 'lines'} could not be read: ${reason}. What they held is not known.`,
        file,
      })),
      ...Object.entries(rejected).map(([reason, records]) => ({
        code: 'records-rejected',
        message: `${records} ${records === 1 ? 'record' : 'records'} could not be used: ${reason}.`,
        file,
      })),
    ]),
  ]
}

function sentence(message: string, tryThis: string | undefined): string {
  return tryThis === undefined ? message : `${message} ${tryThis}`
}
