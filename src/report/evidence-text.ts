import type { EvidenceDocument } from '../telemetry/evidence-document.js'
import { type SectionName, sectionNames } from '../telemetry/evidence-findings.js'
import { baselinesText } from './evidence/baselines-text.js'
import { coverageGroupsText, coverageText } from './evidence/coverage-text.js'
import { endpointsText } from './evidence/endpoints-text.js'
import { findingsText } from './evidence/findings-text.js'
import { ghostsText } from './evidence/ghosts-text.js'
import { hooksText } from './evidence/hooks-text.js'
import { identityText } from './evidence/identity-text.js'
import { permissionModesText } from './evidence/permission-modes-text.js'
import { policyInForceText } from './evidence/policy-in-force-text.js'
import { redactionText } from './evidence/redaction-text.js'
import { toolsText } from './evidence/tools-text.js'
import type { TerminalLook } from './terminal-look.js'
import { textLines, textTable } from './text-table.js'
import { countText } from './words.js'

const sectionTexts: Readonly<Record<SectionName, (document: EvidenceDocument, look: TerminalLook) => string>> = {
  coverage: ({ coverage }, look) => (coverage === undefined ? '' : coverageGroupsText(coverage, look)),
  endpoints: ({ endpoints }, look) => endpointsText(endpoints, look),
  ghosts: ({ ghosts }, look) => ghostsText(ghosts, look),
  policy: ({ policyInForce }, look) => policyInForceText(policyInForce, look),
  hooks: ({ hooks }, look) => hooksText(hooks, look),
  tools: ({ tools }, look) => toolsText(tools, look),
  permissions: ({ permissionModes }, look) => permissionModesText(permissionModes, look),
  baselines: ({ baselines }, look) => baselinesText(baselines, look),
  redaction: ({ redaction }, look) => redactionText(redaction, look),
  identity: ({ identity }, look) => identityText(identity, look),
}

/**
 * The evidence as an administrator reads it on a terminal: who reports, what to look at, and what it rests on; the
 * sections that are asked for come between.
 */
export function evidenceText(
  document: EvidenceDocument,
  look: TerminalLook,
  sections: readonly SectionName[] = [],
): string {
  const left = sectionNames.filter((name) => !sections.includes(name))
  const texts = [
    headText(document, look),
    document.coverage === undefined ? '' : coverageText(document.coverage, look),
    document.input.counted + document.findings.length === 0 ? '' : findingsText(document.findings, look),
    ...sections.map((name) => sectionTexts[name](document, look)),
    inputText(document, look),
    warningsText(document, look),
    left.length === 0
      ? ''
      : textLines(`More with --section: ${left.join(', ')}; or all.`, look.width, 0, look.paint.faint),
  ]
  return `${texts.filter((text) => text !== '').join('\n\n')}\n`
}

function headText({ asOf, window, policy, scan }: EvidenceDocument, { width, paint }: TerminalLook): string {
  const { first, last } = window
  const span = first === undefined || last === undefined ? 'no records' : `records from ${first} to ${last}`
  const judged =
    policy.file === undefined ? 'no policy' : `policy ${policy.file}${policy.stamp ? `, stamp ${policy.stamp}` : ''}`
  const joined = scan === undefined ? 'no inventory' : `inventory ${scan.file} as of ${scan.asOf}`
  return [
    textLines(`Telemetry as of ${asOf}: ${span}`, width, 0, paint.strong),
    textLines(`${judged}; ${joined}`, width, 2, paint.faint),
  ].join('\n')
}

const mostFiles = 8

/** What was read, and what became of every record of it. */
function inputText({ input }: EvidenceDocument, look: TerminalLook): string {
  const { width, paint } = look
  const parts: [string, number | undefined][] = [
    ['counted', input.counted],
    ['copies left out', input.duplicates],
    ['before the window', input.beforeWindow],
    ['after the window', input.afterWindow],
    ['of canaries', input.canary],
  ]
  const sum = parts.filter(([name, count]) => name === 'counted' || (count ?? 0) > 0)
  const log = `${countText(input.read)} log records of Claude: ${sum.map(([name, count]) => `${countText(count ?? 0)} ${name}`).join(', ')}`
  const others = input.foreign.reduce((total, { records }) => total + records, 0)
  const foreign = `${countText(others)} of ${countText(input.foreignServices)} other services: ${input.foreign
    .slice(0, 5)
    .map(({ service, records }) => `${service === '' ? '(no name)' : service} ${countText(records)}`)
    .join(', ')}`
  return [
    paint.strong('What was read'),
    textLines(log, width, 2),
    ...(others > 0 ? [textLines(foreign, width, 2)] : []),
    sourceTable(input, look),
    ...skippedLines(input, look),
  ].join('\n')
}

function skippedLines(
  { skipped = [], before = [] }: EvidenceDocument['input'],
  { width, paint }: TerminalLook,
): string[] {
  const reasons = new Map<string, number>()
  for (const { reason } of skipped) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  const left = [...reasons].map(([reason, count]) => `${countText(count)} ${reason}`).join(', ')
  const upstream = before.map(({ file, logs }) => `${file} ${countText(logs)}`).join(', ')
  return [
    ...(left === '' ? [] : [textLines(`Left out of folders: ${left} (--json names them)`, width, 2, paint.faint)]),
    ...(upstream === '' ? [] : [textLines(`Before the collector, log records: ${upstream}`, width, 2, paint.faint)]),
  ]
}

function sourceTable(input: EvidenceDocument['input'], { width, paint }: TerminalLook): string {
  if (input.files === undefined)
    return textTable(
      [
        { head: 'table', flexible: true },
        { head: 'records', align: 'right' },
      ],
      (input.tables ?? []).map(({ name, records }) => [name, countText(records)]),
      width,
      paint,
    )
  const bad = (counts: Readonly<Record<string, number>>) =>
    Object.values(counts).reduce((total, each) => total + each, 0)
  const table = textTable(
    [
      { head: 'file', flexible: true },
      { head: 'logs', align: 'right' },
      { head: 'points', align: 'right' },
      { head: 'spans', align: 'right' },
      { head: 'others', align: 'right' },
      { head: 'not used', align: 'right' },
      { head: 'bad lines', align: 'right' },
    ],
    input.files
      .slice(0, mostFiles)
      .map((file) => [
        file.problem === undefined ? file.file : { text: file.file, paint: paint.bad },
        ...[file.logs, file.points, file.spans, file.foreign, bad(file.rejected)].map(countText),
        bad(file.badLines) === 0 ? '0' : { text: countText(bad(file.badLines)), paint: paint.bad },
      ]),
    width,
    paint,
  )
  const more = input.files.length - mostFiles
  return more > 0
    ? `${table}\n${textLines(`and ${countText(more)} more files (--json has them)`, width, 2, paint.faint)}`
    : table
}

const mostWarnings = 20

function warningsText({ warnings }: EvidenceDocument, { width, paint }: TerminalLook): string {
  if (warnings.length === 0) return ''
  const lines = warnings
    .slice(0, mostWarnings)
    .map(({ code, message, file }) =>
      textLines(`${code}: ${message}${file === undefined ? '' : ` (${file})`}`, width, 2, paint.doubtful),
    )
  const more = warnings.length - mostWarnings
  return [
    paint.strong('Warnings'),
    ...lines,
    ...(more > 0 ? [textLines(`and ${more} more (--json has them)`, width, 2, paint.faint)] : []),
  ].join('\n')
}
