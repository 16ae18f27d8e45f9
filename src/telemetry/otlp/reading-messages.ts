import { looseFields, numberFields } from '../fields.js'
import type { BatchColumns } from './batch-columns.js'
import type { InputReport } from './input-report.js'

/** What a reading thread is started with. */
export interface ReadingStart {
  readonly identityKeys: readonly string[]
}

/** A stretch of an open file: all lines that begin in it are wanted. */
export interface Segment {
  readonly file: number
  readonly name: string
  readonly from: number
  readonly to: number
  /** A buffer to use again. */
  readonly buffer?: ArrayBuffer | undefined
}

/** What a thread found in a segment. */
export type SegmentRead =
  | {
      readonly kind: 'rows'
      readonly rows: number
      /** The columns, one after the other: see `packed`. */
      readonly buffer: ArrayBuffer
      readonly looseBytes: number
      /** Words of the thread that are new, in the order of their numbers. */
      readonly newWords: readonly string[]
      readonly report: InputReport
    }
  /** There is something in it that has to be read in one go, from the beginning of this line on. */
  | { readonly kind: 'unfit'; readonly from: number }
  | { readonly kind: 'failed'; readonly code: string | undefined }

interface Column {
  readonly from: (columns: BatchColumns) => Uint8Array | Uint32Array | Float64Array
  readonly perRow: (columns: BatchColumns) => number
}

// The widest first, so that each begins where its elements may.
const layout = [
  { from: (columns) => columns.time, perRow: () => 1 },
  { from: (columns) => columns.observed, perRow: () => 1 },
  { from: (columns) => columns.numbers, perRow: () => numberFields.length },
  { from: (columns) => columns.looseHashes, perRow: () => looseFields.length },
  { from: (columns) => columns.words, perRow: (columns) => columns.wordColumns },
  { from: (columns) => columns.content, perRow: () => 1 },
  { from: (columns) => columns.redacted, perRow: () => 1 },
  { from: (columns) => columns.looseStart, perRow: () => looseFields.length },
  { from: (columns) => columns.looseLength, perRow: () => looseFields.length },
  { from: (columns) => columns.signal, perRow: () => 1 },
] as const satisfies readonly Column[]

/** The rows of the columns in one buffer, which is `old` if they fit. */
export function packed(columns: BatchColumns, old: ArrayBuffer | undefined): ArrayBuffer {
  const { rows } = columns
  let size = columns.looseEnd
  for (const { from, perRow } of layout) size += rows * perRow(columns) * from(columns).BYTES_PER_ELEMENT
  const buffer = old !== undefined && old.byteLength >= size ? old : new ArrayBuffer(Math.ceil(size * 1.25))
  const target = new Uint8Array(buffer)
  let place = 0
  for (const { from, perRow } of layout) {
    const { buffer: source, byteOffset, BYTES_PER_ELEMENT: width } = from(columns)
    const length = rows * perRow(columns) * width
    target.set(new Uint8Array(source, byteOffset, length), place)
    place += length
  }
  target.set(columns.looseBytes.subarray(0, columns.looseEnd), place)
  return buffer
}

/** Makes the columns those in the buffer, without copying. */
export function unpack(buffer: ArrayBuffer, rows: number, looseBytes: number, columns: BatchColumns): void {
  let place = 0
  const doubles = (perRow: number) => new Float64Array(buffer, advance(rows * perRow * 8), rows * perRow)
  const words = (perRow: number) => new Uint32Array(buffer, advance(rows * perRow * 4), rows * perRow)
  function advance(length: number): number {
    place += length
    return place - length
  }
  columns.rows = rows
  columns.time = doubles(1)
  columns.observed = doubles(1)
  columns.numbers = doubles(numberFields.length)
  columns.looseHashes = doubles(looseFields.length)
  columns.words = words(columns.wordColumns)
  columns.content = words(1)
  columns.redacted = words(1)
  columns.looseStart = words(looseFields.length)
  columns.looseLength = words(looseFields.length)
  columns.signal = new Uint8Array(buffer, advance(rows), rows)
  columns.looseBytes = new Uint8Array(buffer, place, looseBytes)
  columns.looseEnd = looseBytes
}
