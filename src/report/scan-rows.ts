import { csvCell } from '../platform/csv-cell.js'
import { markdownTable } from '../platform/markdown-table.js'
import { markdownText } from '../platform/markdown-text.js'
import { safeJson } from '../platform/safe-text.js'
import type { Scan } from '../readiness/scan.js'
import { type EndpointEntry, endpointEntry, type ScanHead, scanHead } from '../readiness/scan-document.js'
import { countText, meaningOf, percentText, reasonText } from './words.js'

/** `fleet.scan/v1`: one document, with one line an endpoint, made piece by piece so that its size does not matter. */
export function* scanJson(scan: Scan): Iterable<string> {
  const head = safeJson(scanHead(scan), 2)
  yield `${head.slice(0, -2)},\n  "endpoints": [`
  let separator = '\n    '
  for (const { endpoint, verdict } of scan.endpoints()) {
    yield separator + safeJson(endpointEntry(endpoint, verdict))
    separator = ',\n    '
  }
  yield separator === '\n    ' ? ']\n}\n' : '\n  ]\n}\n'
}

/** One endpoint a line, the same objects as in the document. */
export function* scanNdjson(scan: Scan): Iterable<string> {
  for (const { endpoint, verdict } of scan.endpoints()) yield `${safeJson(endpointEntry(endpoint, verdict))}\n`
}

const csvColumns: readonly (readonly [string, (entry: EndpointEntry) => string | undefined])[] = [
  ['id', (entry) => entry.id],
  ['serial', (entry) => entry.serial],
  ['hostname', (entry) => entry.hostname],
  ['platform', (entry) => entry.platform],
  ['os_version', (entry) => entry.osVersion],
  ['user', (entry) => entry.user],
  ['email', (entry) => entry.email],
  ['department', (entry) => entry.department],
  ['site', (entry) => entry.site],
  ['groups', (entry) => entry.groups?.join('; ')],
  ['last_check_in', (entry) => entry.lastSeen],
  ['state', (entry) => entry.state],
  ['next', (entry) => (entry.reasons[0] ? meaningOf(entry.reasons[0].code).todo : '')],
  ['why', (entry) => entry.reasons.map(reasonOf).join('; ')],
  ['claude_desktop', (entry) => entry.desktop.status],
  ['claude_desktop_version', (entry) => entry.desktop.version],
  ['claude_code', (entry) => entry.code.status],
  ['claude_code_version', (entry) => entry.code.version],
  ['upgrade_to', (entry) => entry.reasons.find((reason) => reason.upgradeTo)?.upgradeTo],
  ['probe', (entry) => entry.probe?.problem ?? entry.probe?.at],
  ['diagnoses', (entry) => entry.probe?.diagnoses?.join('; ')],
  ['products', (entry) => [...new Set(entry.records.map((record) => record.product))].join('; ')],
  ['receipt', (entry) => receiptOf(entry)],
]

function reasonOf(reason: EndpointEntry['reasons'][number]): string {
  return reasonText({ code: reason.code, detail: reason.gate ?? reason.detail })
}

function receiptOf(entry: EndpointEntry): string | undefined {
  const receipt = entry.reasons[0]?.receipt ?? entry.desktop.receipt
  return receipt ? `${receipt.file}, record ${receipt.record}, ${receipt.field}: ${receipt.value}` : undefined
}

/** A table for spreadsheets: UTF-8 with a byte order mark, every cell quoted, formulas disarmed. */
export function* scanCsv(scan: Scan): Iterable<string> {
  yield `\ufeff${csvColumns.map(([name]) => csvCell(name)).join(',')}\r\n`
  for (const { endpoint, verdict } of scan.endpoints()) {
    const entry = endpointEntry(endpoint, verdict)
    yield `${csvColumns.map(([, read]) => csvCell(read(entry) ?? '')).join(',')}\r\n`
  }
}

/** The summary for a ticket; endpoints are left to the other forms. */
export function* scanMarkdown(scan: Scan): Iterable<string> {
  const head = scanHead(scan)
  const { coverage } = head
  yield `# Fleet readiness, ${head.asOf.slice(0, 10)}\n\n`
  yield `Coverage: **${percentText(coverage.inScope.percent)}** of endpoints in scope, target ${coverage.target} %: `
  yield coverage.met ? 'met.\n\n' : `not met, ${countText(coverage.missing)} more needed.\n\n`
  yield dataTable(
    ['Denominator', 'Ready', 'Of', 'Coverage'],
    [
      ['in scope', countText(coverage.ready), countText(coverage.inScope.of), percentText(coverage.inScope.percent)],
      ['managed', countText(coverage.ready), countText(coverage.managed.of), percentText(coverage.managed.percent)],
      ['active', countText(coverage.ready), countText(coverage.active.of), percentText(coverage.active.percent)],
    ],
  )
  yield '\n## States\n\n'
  yield dataTable(['State', 'Endpoints', 'Why', 'Next'], stateRows(head))
  yield '\n## Gates\n\n'
  yield dataTable(
    ['Gate', 'Level', 'Pass', 'Fail', 'Unknown', 'Not applicable'],
    head.gates.map((gate) => [
      gate.id,
      gate.level,
      ...[gate.pass, gate.fail, gate.unknown, gate.notApplicable].map(countText),
    ]),
  )
  if (head.health !== undefined) yield* chainMarkdown(head.health)
  if (head.telemetry !== undefined) {
    const { proven, silent, contradicted, unknown, missing } = head.telemetry
    yield '\n## Telemetry\n\n'
    yield dataTable(
      ['Proven', 'Silent', 'Contradicted', 'Unknown', 'Not in the evidence'],
      [[proven, silent, contradicted, unknown, missing].map(countText)],
    )
  }
  yield '\n## Departments\n\n'
  yield dataTable(
    ['Department', 'Ready', 'In scope', 'Coverage', 'More needed'],
    head.breakdown.department.map((row) => [
      row.name,
      countText(row.coverage.ready),
      countText(row.coverage.inScope.of),
      percentText(row.coverage.inScope.percent),
      countText(row.coverage.missing),
    ]),
  )
  yield '\n## Files\n\n'
  yield dataTable(
    ['File', 'Format', 'Records', 'Counted', 'Rejected'],
    head.sources.map((file) => [
      file.file,
      file.problem ? `not read: ${file.problem.message}` : (file.format ?? ''),
      ...[file.records, file.counted, file.rejected].map(countText),
    ]),
  )
  if (head.warnings.length === 0) return
  yield '\n## Warnings\n\n'
  for (const warning of head.warnings)
    yield `- ${markdownText(warning.code)}: ${markdownText(warning.message)}${warning.file ? ` (${markdownText(warning.file)})` : ''}\n`
}

function* chainMarkdown(health: NonNullable<ScanHead['health']>): Iterable<string> {
  yield '\n## Delivery chain\n\n'
  yield dataTable(
    ['Stage', 'Proven', 'Contradicted', 'Unknown', 'Not asked'],
    health.stages.map((row) => [
      row.stage,
      ...[row.proven, row.contradicted, row.unknown, row['not-applicable']].map(countText),
    ]),
  )
  if (health.diagnoses.length === 0) return
  yield '\n'
  yield dataTable(
    ['Diagnosis', 'Endpoints', 'What to do'],
    health.diagnoses.map(({ code, endpoints }) => [code, countText(endpoints), meaningOf(code).todo]),
  )
}

function stateRows(head: ScanHead): string[][] {
  const ready = head.states.ready ? [['ready', countText(head.states.ready), 'everything required passes', '']] : []
  return [
    ...ready,
    ...head.reasons.map((row) => [row.state, countText(row.endpoints), reasonText(row), meaningOf(row.code).todo]),
  ]
}

function dataTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return `${markdownTable(
    head,
    rows.map((row) => row.map(markdownText)),
  )}\n`
}
