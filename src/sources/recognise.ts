import { CsvReader } from './readers/csv.js'
import { type JsonShape, jsonShape } from './readers/json.js'
import { type Delimiter, type TableDialect, tableHeader } from './readers/table-header.js'
import { xmlShape } from './readers/xml.js'
import type { JsonFormat, Source, TableFormat, XmlFormat } from './source.js'

/** A table whose header was found. */
export interface Table {
  readonly dialect: TableDialect
  readonly names: readonly string[]
  /** The first rows below the header. */
  readonly rows: readonly (readonly string[])[]
}

/** What a file is, told by its shape alone. */
export type Recognition =
  | { readonly kind: 'table'; readonly source: Source; readonly format: TableFormat; readonly table: Table }
  | { readonly kind: 'json'; readonly source: Source; readonly format: JsonFormat; readonly shape: JsonShape }
  | { readonly kind: 'xml'; readonly source: Source; readonly format: XmlFormat }
  | { readonly kind: 'unknown-table'; readonly table: Table }
  | { readonly kind: 'unknown-json'; readonly shape: JsonShape }
  | { readonly kind: 'unknown-xml'; readonly root: string }
  | { readonly kind: 'unknown' }

const delimiters: readonly Delimiter[] = [',', ';', '\t', '|']
const byteOfDelimiter: ReadonlyMap<string, Delimiter> = new Map(delimiters.map((delimiter) => [delimiter, delimiter]))

/** A header is looked for in this many records: reports put titles, `#TYPE` or parameters above it. */
const mostRecordsBeforeHeader = 20
const sampledRows = 50

/** How much of the head is looked at; the keys and columns that tell a format stand within the first record. */
const sampleBytes = 65_536

/** Tells what a file is from its first bytes as UTF-8; never by its name. The first source that matches wins. */
export function recognise(head: Uint8Array, sources: readonly Source[]): Recognition {
  const first = firstByte(head)
  if (first === 0x7b || first === 0x5b) {
    const shape = jsonShape(head.subarray(0, sampleBytes))
    if (shape) {
      for (const source of sources) {
        for (const format of source.formats)
          if (format.kind === 'json' && format.matches(shape)) return { kind: 'json', source, format, shape }
      }
      return { kind: 'unknown-json', shape }
    }
  }
  if (first === 0x3c) {
    const shape = xmlShape(head)
    if (shape) {
      for (const source of sources) {
        for (const format of source.formats)
          if (format.kind === 'xml' && format.matches(shape.root)) return { kind: 'xml', source, format }
      }
      return { kind: 'unknown-xml', root: shape.root }
    }
  }
  return recogniseTable(head, sources)
}

function recogniseTable(head: Uint8Array, sources: readonly Source[]): Recognition {
  const samples = delimiters.map((delimiter) => ({ delimiter, records: firstRecords(head, delimiter) }))
  const marked = byteOfDelimiter.get(/^sep=(.)\r?$/im.exec(firstLine(head))?.[1] ?? '')
  const candidates = marked ? samples.filter(({ delimiter }) => delimiter === marked) : samples
  const skip = marked ? 1 : 0
  for (let before = skip; before <= mostRecordsBeforeHeader; before++) {
    for (const { delimiter, records } of candidates) {
      const names = records[before]
      if (!names) continue
      const header = tableHeader(names)
      for (const source of sources) {
        for (const format of source.formats) {
          if (format.kind === 'table' && format.matches(header))
            return { kind: 'table', source, format, table: tableAt(delimiter, before, records) }
        }
      }
    }
  }
  const best = candidates
    .map(({ delimiter, records }) => ({ delimiter, records, before: likelyHeader(records, skip) }))
    .filter(({ before }) => before !== undefined)
    .sort((a, b) => (b.records[b.before!]?.length ?? 0) - (a.records[a.before!]?.length ?? 0))[0]
  if (best?.before === undefined) return { kind: 'unknown' }
  return { kind: 'unknown-table', table: tableAt(best.delimiter, best.before, best.records) }
}

/** The header of a table that no source knows: the first record as wide as the one below it. */
function likelyHeader(records: readonly (readonly string[])[], skip: number): number | undefined {
  for (let index = skip; index < Math.min(records.length, mostRecordsBeforeHeader); index++) {
    const width = records[index]!.length
    const below = records[index + 1]
    if (width > 1 && (below === undefined || below.length === width)) return index
  }
  return undefined
}

function tableAt(delimiter: Delimiter, before: number, records: readonly (readonly string[])[]): Table {
  return {
    dialect: { delimiter, recordsBeforeHeader: before },
    names: records[before] ?? [],
    rows: records.slice(before + 1, before + 1 + sampledRows),
  }
}

function firstRecords(head: Uint8Array, delimiter: Delimiter): string[][] {
  const records: string[][] = []
  const reader = new CsvReader(
    { delimiter },
    (row) => {
      if (records.length > mostRecordsBeforeHeader + sampledRows) return
      records.push(Array.from({ length: row.cells }, (_, cell) => row.text(cell)))
    },
    () => records.push([]),
  )
  reader.write(sampleOf(head))
  reader.end()
  return records
}

/** Enough for a header and some rows, up to the last line end: the record that is cut there must not count. */
function sampleOf(head: Uint8Array): Uint8Array {
  if (head.length <= sampleBytes) return head
  const end = Math.max(head.lastIndexOf(0x0a, sampleBytes), head.lastIndexOf(0x0d, sampleBytes))
  return head.subarray(0, end < 0 ? sampleBytes : end + 1)
}

function firstLine(head: Uint8Array): string {
  return (
    Buffer.from(head.subarray(0, 64))
      .toString('utf8')
      .split(/[\r\n]/, 1)[0] ?? ''
  )
}

function firstByte(head: Uint8Array): number | undefined {
  for (const byte of head) if (byte > 0x20) return byte
  return undefined
}
