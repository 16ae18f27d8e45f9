import type { ObservationSink, Product } from '../inventory/observation.js'
import type { JsonShape, RecordsPath } from './readers/json.js'

/** The fields of an endpoint that a column of a table can fill. */
export const tableFields = [
  'deviceId',
  'serial',
  'hardwareUuid',
  'hostname',
  'os',
  'osVersion',
  'user',
  'email',
  'department',
  'site',
  'group',
  'lastSeen',
  'appsAsOf',
  'ownership',
  'app.name',
  'app.version',
  'app.publisher',
  'app.bundleId',
  'app.path',
  'app.table',
  'desktop.version',
  'code.version',
] as const
export type TableField = (typeof tableFields)[number]

/** Header of a table, folded for comparison: lower case, inner blanks, hyphens and underscores as one blank. */
export interface TableHeader {
  readonly names: readonly string[]
  has(...names: string[]): boolean
}

/** A column with probe lines. */
export interface ProbeColumn {
  readonly column: string
  /** The column that says when the product took them, where it is another than for the rest of the table. */
  readonly asOf?: string
  /** True where other texts are usual, such as in a log. */
  readonly mayHoldOther?: boolean
}

/** A table (CSV, TSV): columns are found by name, never by position; the first name that is there wins. */
export interface TableFormat {
  readonly kind: 'table'
  matches(header: TableHeader): boolean
  readonly columns: Readonly<Partial<Record<TableField, readonly string[]>>>
  /** What a row with an app says: `complete`: the file has all apps of the endpoints it names. */
  readonly appList?: 'complete' | 'partial'
  /** A row whose identity cells are all empty belongs to the row above (Jamf multi-value fields). */
  readonly continuationRows?: boolean
  /**
   * Columns that are none of the product's own display fields are kept by name as extension attributes; `asOf` says
   * when they were collected.
   */
  readonly extensionAttributes?: { readonly notNamed: readonly string[]; readonly asOf: string }
  /** Columns whose text may hold a probe line, besides those of its name; of equally new ones the first counts. */
  readonly probes?: readonly ProbeColumn[]
  /** The column that says when the product took what stands in probe columns. */
  readonly probesAsOf?: string
  /** Rows only add to what other exports describe: several rows of one endpoint are then no duplicates. */
  readonly addsOnly?: boolean
}

/** What a JSON or XML format does with its records. */
export interface RecordReader {
  record(value: unknown, record: number): void
  /** Called once with what lies outside the records: completeness markers stand there. */
  end?(envelopes: readonly unknown[]): void
}

export interface JsonFormat {
  readonly kind: 'json'
  matches(shape: JsonShape): boolean
  /** Where the records are. */
  records(shape: JsonShape): RecordsPath
  open(sink: ObservationSink): RecordReader
}

export interface XmlFormat {
  readonly kind: 'xml'
  matches(root: string): boolean
  isRecord(path: readonly string[]): boolean
  /** Wrapper element to item element: wrappers are read as lists even when empty or of one. */
  readonly lists: ReadonlyMap<string, string>
  open(sink: ObservationSink): RecordReader
}

/** One export format of one product. */
export interface Source {
  /** Equals the file name, such as `jamf-computers-api`. */
  readonly id: string
  readonly product: Product
  readonly title: string
  /** `probe lines`: endpoints are named, but neither described nor checked in. */
  readonly gives: 'endpoints' | 'apps' | 'endpoints and apps' | 'probe lines'
  /** Where the product describes this export. */
  readonly docs: string
  /** How an administrator makes the export, in one or two sentences. */
  readonly howToExport: string
  /** The columns or paths that are used, as the product writes them. */
  readonly uses: readonly string[]
  /** What a reader should know: what is lost, what is never in this export. */
  readonly caveat?: string
  readonly formats: readonly (TableFormat | JsonFormat | XmlFormat)[]
}
