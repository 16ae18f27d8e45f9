import { safeJson } from '../platform/safe-text.js'
import { spreadsheetCell } from '../platform/spreadsheet-cell.js'
import type { Scan } from '../readiness/scan.js'
import { type EndpointEntry, endpointEntry, scanHead } from '../readiness/scan-document.js'
import { reasonWords, receiptWords } from './reason-words.js'
import { meaningOf } from './words.js'

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
  ['why', (entry) => entry.reasons.map(reasonWords).join('; ')],
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

function receiptOf(entry: EndpointEntry): string | undefined {
  const receipt = entry.reasons[0]?.receipt ?? entry.desktop.receipt
  return receipt && receiptWords(receipt)
}

/** The first line of the table of endpoints for spreadsheets: UTF-8 with a byte order mark, every cell quoted. */
export function endpointTableHead(): string {
  return `\ufeff${csvColumns.map(([name]) => spreadsheetCell(name)).join(',')}\r\n`
}

/** One endpoint in that table. Formulas are disarmed, and what a spreadsheet would turn into another value gets a `'`. */
export function endpointTableLine(entry: EndpointEntry): string {
  return `${csvColumns.map(([, read]) => spreadsheetCell(read(entry) ?? '')).join(',')}\r\n`
}

/** The table of all endpoints for spreadsheets. */
export function* scanCsv(scan: Scan): Iterable<string> {
  yield endpointTableHead()
  for (const { endpoint, verdict } of scan.endpoints()) yield endpointTableLine(endpointEntry(endpoint, verdict))
}
