import type { TelemetryEvidence } from '../health/telemetry-evidence.js'
import type { SharedIdentity } from '../inventory/identity.js'
import type { PageMarker, RejectReason } from '../inventory/observation.js'
import { byText } from '../platform/by-text.js'
import type { InputProblem } from '../platform/input.js'
import type { Exclusion } from '../policy/policy.js'
import type { FileReport } from '../sources/read-exports.js'
import type { TelemetrySummary } from './coverage.js'
import type { Joins } from './scan.js'

/** Something that a reader of the numbers must know. */
export interface ScanWarning {
  readonly code: string
  readonly message: string
  readonly file?: string | undefined
  /** How many records it concerns, and the first of them. */
  readonly records?: number | undefined
  readonly firstRecord?: number | undefined
  /** True: the numbers may be incomplete; `--strict` fails on it. */
  readonly strict: boolean
}

interface WarningFacts {
  readonly files: readonly FileReport[]
  readonly unreadable: readonly InputProblem[]
  readonly shared: readonly SharedIdentity[]
  readonly joins: Joins
  readonly expired: readonly Exclusion[]
  readonly unusedSections: readonly string[]
  readonly evidence?: TelemetryEvidence | undefined
  readonly telemetry?: TelemetrySummary | undefined
  readonly endpoints: number
}

/** Page sizes of the products read here (Jamf 2,000, Iru 300, JumpCloud 100, Graph 1,000): a list that ends there may go on. */
const pageSizes = new Set([100, 300, 500, 1000, 2000])

/** Rows of an Excel sheet without its header: a list that long was cut there. */
const spreadsheetRows = 1_048_575

/** Notices of a file that put its completeness in doubt. */
const strictNotices = new Set(['cut-off', 'report-clipped', 'page-truncated', 'windows-1252'])

/** Everything worth a warning, the doubtful completeness first, in a fixed order. */
export function warningsOf(facts: WarningFacts): ScanWarning[] {
  const warnings = [
    ...facts.unreadable.map((problem) => ({
      code: problem.code,
      message: sentence(problem),
      file: problem.name,
      strict: true,
    })),
    ...facts.files.flatMap(ofFile),
    ...ofPages(facts.files),
    ...ofIdentities(facts),
    ...facts.expired.map((rule) => ({
      code: 'exclusion-expired',
      message: `The exclusion "${rule.reason}" ended on ${rule.until}; its endpoints count again. Renew or remove it in the policy.`,
      strict: false,
    })),
    ...ofEvidence(facts),
    ...facts.unusedSections.map((section) => ({
      code: 'policy-section-unused',
      message: `Scan does not judge the policy section "${section}": "ready" says nothing about it.${section === 'telemetry' || section === 'evidence' ? ' With --evidence it does (fleet evidence).' : ' With a section "probe" in the policy it needs proof (fleet probe build).'}`,
      strict: false,
    })),
  ]
  return warnings.sort(
    (a, b) =>
      Number(b.strict) - Number(a.strict) ||
      byText(a.code, b.code) ||
      byText(fileOf(a), fileOf(b)) ||
      byText(a.message, b.message),
  )
}

/** Evidence that was given and says nothing for this scan. */
function ofEvidence({ evidence, telemetry }: Pick<WarningFacts, 'evidence' | 'telemetry'>): ScanWarning[] {
  if (evidence === undefined) return []
  const { file, asOf, problem } = evidence
  const messages = {
    'evidence-old': `The evidence is as of ${asOf}, more than a week before the scan: it decides nothing. Gather it again.`,
    'evidence-other-policy':
      'The evidence was judged by another policy than this scan: it decides nothing. Gather it again with the same --policy.',
  }
  if (problem !== undefined) return [{ code: problem, message: messages[problem], file, strict: true }]
  const { missing = 0, ...told } = telemetry ?? {}
  if (missing === 0 || Object.values(told).some((endpoints) => endpoints > 0)) return []
  const message = 'The evidence names no endpoint of this scan: it was gathered for another inventory.'
  return [{ code: 'evidence-of-others', message, file, strict: true }]
}

function fileOf(warning: ScanWarning): string {
  return warning.file ?? ''
}

function sentence(problem: { message: string; tryThis?: string | undefined }): string {
  return problem.tryThis ? `${problem.message} ${problem.tryThis}` : problem.message
}

function ofFile(file: FileReport): ScanWarning[] {
  const warnings: ScanWarning[] = file.notices.map((notice) => ({
    code: notice.code,
    message: notice.message,
    file: file.file,
    records: notice.records === 0 ? undefined : notice.records,
    firstRecord: notice.firstRecord,
    strict: strictNotices.has(notice.code),
  }))
  if (file.problem)
    warnings.push({ code: file.problem.code, message: sentence(file.problem), file: file.file, strict: true })
  for (const [reason, records] of file.rejectedBy) {
    warnings.push({
      code: `rejected-${reason}`,
      message: rejectMessages[reason],
      file: file.file,
      records,
      firstRecord: file.rejects.find((reject) => reject.reason === reason)?.record,
      strict: true,
    })
  }
  if (file.format !== undefined && file.records === 0 && file.rejected === 0 && !file.problem)
    warnings.push({ code: 'no-records', message: 'The file holds no records.', file: file.file, strict: true })
  if (file.records === spreadsheetRows)
    warnings.push({
      code: 'spreadsheet-limit',
      message: `Exactly ${spreadsheetRows} rows: a spreadsheet cut the list. Export again without opening it in one.`,
      file: file.file,
      strict: true,
    })
  else if (pageSizes.has(file.records) && file.pages.length === 0)
    warnings.push({
      code: 'suspicious-count',
      message: `Exactly ${file.records} records: a full page, so the list may go on. Compare with the number the product shows.`,
      file: file.file,
      strict: true,
    })
  return warnings
}

const rejectMessages: Readonly<Record<RejectReason, string>> = {
  'no-identity':
    'Records without device id, serial number or hardware UUID were left out; endpoints are never joined by name. Add an id or serial column to the export.',
  'too-few-cells': 'Rows with too few cells were left out.',
  'too-many-cells': 'Rows with more cells than the header were left out; a delimiter may stand unquoted in a cell.',
  'text-after-quote': 'Rows with text behind a closing quote were left out; quotes inside a cell must be doubled.',
  'unclosed-quote':
    'A quote is opened and never closed: everything from there to the end of the file was lost. Export the file again.',
  'record-too-long': 'Records longer than the limit were left out.',
  'not-json': 'Records that are not valid JSON were left out.',
  'not-xml': 'The rest of the file is not acceptable XML (DTDs and entities are refused) and was left out.',
  'cut-off': 'The file ends in the middle of a record. Export it again.',
  'too-deep': 'Records nested deeper than 100 levels were left out.',
  'element-too-long': 'Records longer than 64 MiB were left out.',
  'extra-text': 'Text between records was left out.',
  'not-an-object': 'Records that are no objects were left out.',
  'no-parent-record': 'Continuation rows without a row above them were left out.',
  'unknown-table': 'Records of tables that fleet does not know were left out.',
}

/** Pages of one source are judged together: a total counts over all files, and one page must be the last. */
function ofPages(files: readonly FileReport[]): ScanWarning[] {
  const bySource = new Map<string, { file: string; marker: PageMarker }[]>()
  for (const { format, file, pages } of files) {
    for (const marker of pages) {
      const key = `${format} ${marker.kind} ${marker.marker} ${marker.kind === 'total' ? marker.total : ''}`
      bySource.set(key, [...(bySource.get(key) ?? []), { file, marker }])
    }
  }
  return [...bySource.values()].flatMap((pages): ScanWarning[] => {
    const { file, marker } = pages[0]!
    const where = pages.length === 1 ? file : undefined
    if (marker.kind === 'total') {
      const read = pages.reduce((sum, page) => sum + (page.marker.kind === 'total' ? page.marker.read : 0), 0)
      if (read >= marker.total) return []
      const message = `${marker.marker} says ${marker.total} records, ${read} are here: ${marker.total - read} are missing. Export all pages.`
      return [{ code: 'page-truncated', message, file: where, strict: true }]
    }
    if (pages.some((page) => page.marker.kind === 'next' && !page.marker.more)) return []
    const message = `${marker.marker} says that another page follows, and it is not here. Export all pages.`
    return [{ code: 'page-truncated', message, file: where, strict: true }]
  })
}

function ofIdentities({ shared, joins, endpoints, files }: WarningFacts): ScanWarning[] {
  const warnings: ScanWarning[] = []
  const add = (code: string, message: string, strict = false) => warnings.push({ code, message, strict })
  const values = (kind: SharedIdentity['kind']) =>
    shared.filter((identity) => identity.kind === kind).map(({ value }) => value)
  const serials = values('serial')
  if (serials.length > 0)
    add('serial-not-unique', `Serial numbers claimed by several machines joined nothing: ${listed(serials)}.`)
  const uuids = values('hardware-uuid')
  if (uuids.length > 0)
    add('uuid-not-unique', `Hardware UUIDs claimed by several machines joined nothing: ${listed(uuids)}.`)
  if (joins.duplicates > 0)
    add(
      'duplicate-records',
      `Endpoints with several records of one product were counted once: ${listed(joins.examples.duplicates, joins.duplicates)}. The newest app list decides, or the worse version where lists have no date.`,
    )
  if (joins.disagreements > 0)
    add(
      'app-lists-disagree',
      `App lists that cannot be put in order disagree; the worse version counts: ${listed(joins.examples.disagreements, joins.disagreements)}.`,
    )
  if (endpoints === 0 && files.some((file) => file.format !== undefined))
    add('no-endpoints', 'No endpoint was found. That is not a pass.', true)
  return warnings
}

function listed(values: readonly string[], of = values.length): string {
  const shown = values.slice(0, 5)
  return of > shown.length ? `${shown.join(', ')} and ${of - shown.length} more` : shown.join(', ')
}
