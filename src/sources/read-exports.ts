import { createHash, type Hash } from 'node:crypto'
import { Intake } from '../inventory/intake.js'
import type { Notice } from '../inventory/notices.js'
import type { PageMarker, RejectReason } from '../inventory/observation.js'
import type { ObservationStore } from '../inventory/observation-store.js'
import { type DateOrder, provenOrder } from '../inventory/timestamp.js'
import { decodeHead, detectEncoding, type Encoding, EncodingChanged, toUtf8 } from '../platform/encoding.js'
import { exitCode, Failure } from '../platform/failure.js'
import { recogniseForeign } from '../platform/foreign-file.js'
import { headLimit, type Input, readHead } from '../platform/input.js'
import { type Mapping, mappedSource } from './mapping.js'
import { JsonReader } from './readers/json.js'
import { TableReader } from './readers/table.js'
import { findColumns, shiftedColumn } from './readers/table-header.js'
import { createXmlReader } from './readers/xml.js'
import { type Recognition, recognise, type Table } from './recognise.js'
import type { Source, TableHeader } from './source.js'
import { recogniseUnsupported } from './unsupported.js'

/** Why a file could not be used, and what to do. */
export interface FileProblem {
  readonly code: string
  readonly message: string
  readonly tryThis?: string | undefined
}

/** What became of one file. */
export interface FileReport {
  readonly file: string
  /** Id of the source, or undefined where the file was not recognised. */
  readonly format?: string | undefined
  readonly title?: string | undefined
  readonly encoding?: Encoding | undefined
  /** SHA-256, in hexadecimal, of the bytes that were read; of a packed export those inside. */
  readonly sha256?: string | undefined
  readonly records: number
  readonly counted: number
  readonly rejected: number
  readonly rejectedBy: ReadonlyMap<RejectReason, number>
  readonly rejects: readonly {
    readonly record: number
    readonly line?: number | undefined
    readonly reason: RejectReason
  }[]
  readonly notices: readonly Notice[]
  readonly pages: readonly PageMarker[]
  readonly lookAlikes: ReadonlyMap<string, { readonly name: string; readonly why: string; readonly rows: number }>
  /** True when the file could not be read to its end, so that an unknown number of records is missing. */
  readonly incomplete: boolean
  readonly problem?: FileProblem | undefined
}

export interface ReadOptions {
  readonly sources: readonly Source[]
  readonly asOf: number
  /** Read every file as this source, whatever its shape. */
  readonly only?: Source | undefined
  readonly mappings: readonly Mapping[]
  /** Columns and extension attributes that hold a probe line, besides those that fleet knows by name. */
  readonly probeColumns?: readonly string[] | undefined
  readonly encoding?: Encoding | undefined
  readonly dateOrder?: DateOrder | undefined
  /** Asked once for each table of no known shape; no answer leaves the file unread. */
  readonly askMapping?: ((file: string, table: Table) => Promise<Mapping | undefined>) | undefined
  readonly onProgress?: ((file: string, bytes: number) => void) | undefined
}

const nothing = {
  records: 0,
  counted: 0,
  rejected: 0,
  rejectedBy: new Map(),
  rejects: [],
  notices: [],
  pages: [],
  lookAlikes: new Map(),
  incomplete: false,
} as const

/** A file that was recognised and can be read. */
export interface OpenedExport {
  readonly input: Input
  readonly encoding: Encoding
  readonly recognition: Known
}

/** Tells what a file is, or why it cannot be read. */
export async function openExport(
  input: Input,
  options: ReadOptions,
): Promise<{ readonly opened: OpenedExport } | { readonly report: FileReport }> {
  try {
    return { opened: await open(input, options, options.encoding) }
  } catch (error) {
    return { report: refusedReport(input, error) }
  }
}

/** Reads an opened file into the store. A file that cannot be read leaves no trace there and does not stop others. */
export async function readOpened(
  opened: OpenedExport,
  store: ObservationStore,
  options: ReadOptions,
): Promise<FileReport> {
  const mark = store.mark()
  try {
    return await read(opened, store, options)
  } catch (error) {
    store.rewind(mark)
    const { input } = opened
    const again = error instanceof EncodingChanged && options.encoding === undefined && input.file !== undefined
    if (!again) return refusedReport(input, error)
    try {
      return await read(await open(input, options, 'windows-1252'), store, options)
    } catch (second) {
      store.rewind(mark)
      return refusedReport(input, second)
    }
  }
}

/** Opens and reads one file. */
export async function readExport(input: Input, store: ObservationStore, options: ReadOptions): Promise<FileReport> {
  const result = await openExport(input, options)
  return 'report' in result ? result.report : readOpened(result.opened, store, options)
}

function refusedReport(input: Input, error: unknown): FileReport {
  if (!(error instanceof Failure)) throw error
  const { code, message, details } = error
  return { file: input.name, ...nothing, problem: { code, message, tryThis: details.tryThis?.join(' ') } }
}

async function open(input: Input, options: ReadOptions, forcedEncoding: Encoding | undefined): Promise<OpenedExport> {
  const { head: rawHead, whole } = await readHead(input, headLimit)
  const foreign = recogniseForeign(rawHead)
  if (foreign) throw refuse(foreign.code, `This is ${foreign.what}.`, foreign.tryThis)
  const encoding = forcedEncoding ?? detectEncoding(rawHead, whole)
  if (encoding === 'binary')
    throw refuse('binary', 'This is not text: no export of a known kind.', 'Export as CSV, JSON or XML.')
  return { input, encoding, recognition: await recogniseOrAsk(input.name, decodeHead(rawHead, encoding), options) }
}

async function read(
  { input, encoding, recognition }: OpenedExport,
  store: ObservationStore,
  options: ReadOptions,
): Promise<FileReport> {
  const { name } = input
  const dateOrder = options.dateOrder ?? orderOfDates(recognition)
  const { product } = recognition.source
  const { asOf, probeColumns } = options
  const intake = new Intake(store, { name, product, asOf, dateOrder, probeColumns })
  if (encoding === 'windows-1252')
    intake.warn(
      'windows-1252',
      'The file is not UTF-8; it was read as Windows-1252. Names may be wrong; export as UTF-8, or name the encoding with --encoding.',
    )
  const hash = createHash('sha256')
  const chunks = toUtf8(hashed(input.open(), hash), encoding)
  const records = await readRecords(recognition, chunks, intake, (bytes) => options.onProgress?.(name, bytes))
  intake.end(records)
  const { accounting } = intake
  const notices = intake.notices.list()
  return {
    file: name,
    format: recognition.source.id,
    title: recognition.source.title,
    encoding,
    sha256: hash.digest('hex'),
    records,
    counted: accounting.counted,
    rejected: accounting.rejected,
    rejectedBy: accounting.rejectedBy,
    rejects: accounting.rejects,
    notices,
    pages: intake.pages,
    lookAlikes: intake.lookAlikes,
    incomplete: notices.some(({ code }) => code === 'cut-off') || accounting.rejectedBy.has('unclosed-quote'),
  }
}

type Known = Extract<Recognition, { source: Source }>

async function recogniseOrAsk(file: string, head: Uint8Array, options: ReadOptions): Promise<Known> {
  const mapped = options.mappings.map(mappedSource)
  const sources = options.only ? [forced(options.only)] : [...mapped, ...options.sources]
  const recognition = recognise(head, sources)
  if ('source' in recognition) {
    if (recognition.kind === 'table') refuseShifted(recognition)
    return recognition
  }
  if (options.only)
    throw refuse(
      'not-that-format',
      `This is not a ${options.only.title} file.`,
      `Columns found: ${columnsOf(recognition).join(', ') || 'none'}. Leave out --source to let fleet tell the format.`,
    )
  const unsupported = recogniseUnsupported(recognition)
  if (unsupported) throw refuse('not-supported', `This is ${unsupported.what}. ${unsupported.why}`, unsupported.tryThis)
  if (recognition.kind === 'unknown-table' && options.askMapping) {
    const mapping = await options.askMapping(file, recognition.table)
    if (mapping) {
      const again = recognise(head, [mappedSource(mapping)])
      if ('source' in again) return again
    }
  }
  const columns = columnsOf(recognition)
  if (columns.length === 0)
    throw refuse(
      'unknown-format',
      'This is no table, JSON or XML export that fleet knows.',
      'fleet sources lists what can be read.',
    )
  throw refuse(
    'unknown-format',
    `No known format has these columns: ${columns.slice(0, 30).join(', ')}${columns.length > 30 ? ', …' : ''}.`,
    'fleet sources lists what can be read. For any other list say which column is which: --map serial="…",desktop.version="…".',
  )
}

/** A source that takes any file of its kind; tables keep their header search, by any of their identity columns. */
function forced(source: Source): Source {
  return {
    ...source,
    formats: source.formats.map((format): Source['formats'][number] => {
      if (format.kind === 'json') return { ...format, matches: () => true }
      if (format.kind === 'xml') return { ...format, matches: () => true }
      const identities = [format.columns.deviceId, format.columns.serial, format.columns.hardwareUuid].flatMap(
        (names) => names ?? [],
      )
      return { ...format, matches: (header: TableHeader) => identities.some((column) => header.has(column)) }
    }),
  }
}

function refuseShifted({ format, table }: Extract<Known, { kind: 'table' }>): void {
  const shifted = shiftedColumn(format, table.names, table.rows)
  if (!shifted) return
  throw refuse(
    'columns-shifted',
    `The column "${shifted.column}" does not hold what its header says; the columns of this file seem to be shifted.`,
    'Export again, with fewer multi-value columns.',
  )
}

function columnsOf(recognition: Recognition): readonly string[] {
  if (recognition.kind === 'unknown-table') return recognition.table.names
  if (recognition.kind === 'unknown-json') return recognition.shape.keys
  if (recognition.kind === 'unknown-xml') return [`<${recognition.root}>`]
  return []
}

/** Which of day and month stands first, if a value among the first rows proves it. */
function orderOfDates(recognition: Known): DateOrder {
  if (recognition.kind !== 'table') return 'unknown'
  const columns = findColumns(recognition.format, recognition.table.names)
  for (const column of [...columns.lastSeen, ...columns.appsAsOf]) {
    for (const row of recognition.table.rows) {
      const order = provenOrder(row[column] ?? '')
      if (order !== 'unknown') return order
    }
  }
  return 'unknown'
}

async function readRecords(
  recognition: Known,
  chunks: AsyncIterable<Uint8Array>,
  intake: Intake,
  onProgress: (bytes: number) => void,
): Promise<number> {
  if (recognition.kind === 'table') {
    const { dialect, names } = recognition.table
    const reader = new TableReader(recognition.format, dialect, names, intake)
    await pump(chunks, reader, onProgress)
    return reader.end()
  }
  const records = recognition.format.open(intake)
  let lost = 0
  const handlers = {
    record: (value: unknown, record: number) => records.record(value, record),
    fault(fault: { kind: string; record: number; line: number; rest?: boolean }) {
      lost++
      if (fault.rest)
        intake.warn(
          'cut-off',
          `The file cannot be read beyond line ${fault.line}; an unknown number of records is missing. Export it again.`,
        )
      const reason = fault.kind === 'dtd' || fault.kind === 'entity' ? 'not-xml' : (fault.kind as RejectReason)
      intake.accounting.fault(fault.record, reason, fault.line)
    },
  }
  if (recognition.kind === 'json') {
    const reader = new JsonReader(recognition.format.records(recognition.shape), handlers)
    await pump(chunks, reader, onProgress)
    const { records: read, envelopes } = reader.end()
    records.end?.(envelopes)
    return read + lost
  }
  const { isRecord, lists } = recognition.format
  const reader = await createXmlReader({ recordElement: isRecord, lists }, handlers)
  await pump(chunks, reader, onProgress)
  const { records: read, rest } = reader.end()
  records.end?.([rest])
  return read + lost
}

async function* hashed(chunks: AsyncIterable<Uint8Array>, hash: Hash): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
}

async function pump(
  chunks: AsyncIterable<Uint8Array>,
  reader: { write(chunk: Uint8Array): void },
  onProgress: (bytes: number) => void,
): Promise<void> {
  for await (const chunk of chunks) {
    reader.write(chunk)
    onProgress(chunk.length)
  }
}

function refuse(code: string, message: string, tryThis: string): Failure {
  return new Failure(exitCode.inputRefused, code, message, { tryThis: [tryThis] })
}
