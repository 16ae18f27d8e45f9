import { type CsvKernel, LINES, NEXT, openCsvKernel, STOPPED } from '../../kernel/csv-kernel.js'
import { ExactRecord } from './csv-exact.js'

/** One record. The same object is used for every record: take what is needed before the callback returns. */
export interface CsvRow {
  /** Clean cell bytes: UTF-8, outer quotes gone, doubled quotes undone. Valid only until the callback returns. */
  bytes: Uint8Array
  /** Number of cells in this row. */
  cells: number
  /** False for a last row without a line end: it may be cut. */
  closed: boolean
  /** 1-based number of the record in the stream: the header is 1, wholly empty lines are not records. */
  record: number
  /** 1-based physical line at which the record starts: LF, CRLF and lone CR each end a line. */
  line: number
  /** Where the cell starts in `bytes`; 0, as its end, for a cell that the row does not have. */
  start(cell: number): number
  /** Where the cell ends in `bytes`, exclusive. */
  end(cell: number): number
  /** The decoded cell, '' for a cell that the row does not have. */
  text(cell: number): string
}

/** Why a record is not given as a row. */
export type CsvFaultKind = 'text-after-quote' | 'unclosed-quote' | 'record-too-long'

/** A record that is lost, and where it starts. */
export interface CsvFault {
  kind: CsvFaultKind
  record: number
  line: number
}

/** How to read a stream. */
export interface CsvReaderOptions {
  delimiter: ',' | ';' | '\t' | '|'
  /** Bytes between two record ends, quotes included; 16 MiB unless told. */
  maximumRecordBytes?: number
}

/** What was read: rows plus faults is records. */
export interface CsvTotals {
  records: number
  faults: number
  lines: number
}

const LF = 0x0a
const CR = 0x0d
const QUOTE = 0x22
const NO_BYTES = new Uint8Array(0)
const NO_ENDS = new Int32Array(0)

class RowView implements CsvRow {
  bytes: Uint8Array = NO_BYTES
  cells = 0
  closed = true
  record = 0
  line = 1
  /** `bytes` once more, as a Buffer, and of which `bytes` that was made. */
  private decoder: Buffer = Buffer.alloc(0)
  private decoded: Uint8Array | undefined
  /** Position of the first byte, positions of the cell ends, and which of them belongs to the first cell. */
  first = 0
  ends: Int32Array = NO_ENDS
  firstEnd = 0
  /** The cells still wear their outer quotes. */
  quoted = false

  start(cell: number): number {
    if (cell >= this.cells) return 0
    const start = cell === 0 ? this.first : this.ends[this.firstEnd + cell - 1]! + 1
    return this.quoted && this.bytes[start] === QUOTE ? start + 1 : start
  }

  end(cell: number): number {
    if (cell >= this.cells) return 0
    const end = this.ends[this.firstEnd + cell]!
    if (!this.quoted || this.bytes[end - 1] !== QUOTE) return end
    // The quote that ends an unquoted cell is part of it.
    return this.bytes[cell === 0 ? this.first : this.ends[this.firstEnd + cell - 1]! + 1] === QUOTE ? end - 1 : end
  }

  text(cell: number): string {
    const { bytes } = this
    if (this.decoded !== bytes) {
      this.decoded = bytes
      this.decoder = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    }
    return this.decoder.toString('utf8', this.start(cell), this.end(cell))
  }
}

/**
 * Reads a CSV stream, record by record: UTF-8, without a byte order mark, in chunks of any size.
 *
 * The kernel lists the cells of a window at once. What it does not settle goes to `ExactRecord`: text after a closing
 * quote, records longer than the window or the limit, the last record. `ExactRecord` alone reads everything where there
 * is no WebAssembly with SIMD.
 */
export class CsvReader {
  private readonly row = new RowView()
  private readonly exact: ExactRecord
  private readonly delimiter: number
  private readonly maximumBytes: number
  private kernel: CsvKernel | undefined
  private opened = false
  /** Bytes in the kernel's window that are not read yet; the first of them starts a record. */
  private filled = 0
  private records = 0
  private faults = 0
  private line = 1
  private lastByte = LF
  /** The last record ended with a CR: an LF that comes next belongs to it. */
  private afterReturn = false

  constructor(
    options: CsvReaderOptions,
    private readonly onRow: (row: CsvRow) => void,
    private readonly onFault: (fault: CsvFault) => void,
    private readonly openKernel: (delimiter: number) => CsvKernel | undefined = openCsvKernel,
  ) {
    this.delimiter = options.delimiter.charCodeAt(0)
    this.maximumBytes = options.maximumRecordBytes ?? 16 * 1024 * 1024
    this.exact = new ExactRecord(this.delimiter, this.maximumBytes)
  }

  /** Takes the next bytes of the stream. They may be overwritten as soon as this returns. */
  write(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.lastByte = chunk[chunk.length - 1]!
    if (!this.opened) {
      this.kernel = this.openKernel(this.delimiter)
      this.opened = true
    }
    const { kernel } = this
    let at = 0
    while (at < chunk.length) {
      if (kernel === undefined || this.exact.begun) at = this.readExactly(chunk, at, chunk.length)
      else {
        const size = Math.min(kernel.capacity - this.filled, chunk.length - at)
        kernel.bytes.set(chunk.subarray(at, at + size), kernel.input + this.filled)
        this.filled += size
        at += size
        if (this.filled === kernel.capacity) this.readWindow(kernel)
      }
    }
  }

  /** The stream is over: gives what is left. */
  end(): CsvTotals {
    const { kernel } = this
    if (kernel !== undefined) {
      this.readWindow(kernel)
      const to = kernel.input + this.filled
      for (let at = kernel.input; at < to; ) at = this.readExactly(kernel.bytes, at, to)
      this.filled = 0
    }
    this.exact.finish()
    this.row.closed = false
    this.deliver()
    const open = this.lastByte === LF || this.lastByte === CR ? 0 : 1
    return { records: this.records, faults: this.faults, lines: this.line - 1 + open }
  }

  /** Gives the complete records in the window away and moves the rest to its front. */
  private readWindow(kernel: CsvKernel): void {
    const { bytes, words, input } = kernel
    const to = input + this.filled
    let at = input
    bytes[to] = 0
    while (at < to) {
      if (this.afterReturn) {
        this.afterReturn = false
        if (bytes[at] === LF) at++
        continue
      }
      const count = kernel.scan(at, to)
      const next = words[NEXT]!
      const line = this.line + words[LINES]!
      const stopped = words[STOPPED] === 1
      this.giveRows(kernel, count, to)
      this.line = line
      this.afterReturn = next === to && bytes[next - 1] === CR
      at = next
      // A full window without a complete record: the record is longer than that.
      if (!stopped && (at > input || this.filled < kernel.capacity)) break
      at = this.readExactly(bytes, at, to)
    }
    bytes.copyWithin(input, at, to)
    this.filled = to - at
  }

  private giveRows(kernel: CsvKernel, count: number, to: number): void {
    const { bytes, words, cells, records } = kernel
    const { row, line } = this
    // A row from the window can only be too long if the limit is below the window's size.
    const limited = this.maximumBytes < kernel.capacity
    this.view(bytes, words)
    for (let at = records, end = records + count * 4; at < end; at += 4) {
      const first = words[at]!
      const firstEnd = cells + words[at + 1]!
      const lastEnd = cells + words[at + 2]!
      const lineAndDoubled = words[at + 3]!
      if (limited && words[lastEnd - 1]! - first > this.maximumBytes) {
        this.line = line + (lineAndDoubled >>> 1)
        this.exact.feed(bytes, first, to)
        this.deliver()
        this.view(bytes, words)
        continue
      }
      row.quoted = (lineAndDoubled & 1) === 0
      if (!row.quoted) kernel.unquote(first, firstEnd, lastEnd)
      row.first = first
      row.firstEnd = firstEnd
      row.cells = lastEnd - firstEnd
      row.record = ++this.records
      row.line = line + (lineAndDoubled >>> 1)
      this.onRow(row)
    }
  }

  /** Reads one record, or what there is of it, and gives it away. Returns the position after it. */
  private readExactly(bytes: Uint8Array, from: number, to: number): number {
    let at = from
    if (this.afterReturn) {
      this.afterReturn = false
      if (bytes[at] === LF) at++
    }
    at = this.exact.feed(bytes, at, to)
    if (this.exact.outcome !== 'open') {
      this.afterReturn = bytes[at - 1] === CR
      this.deliver()
    }
    return at
  }

  private deliver(): void {
    const { exact, row } = this
    if (exact.outcome === 'row') {
      this.view(exact.clean, exact.ends)
      row.quoted = false
      row.first = 0
      row.firstEnd = 0
      row.cells = exact.cells
      row.record = ++this.records
      row.line = this.line
      this.onRow(row)
    } else if (exact.outcome === 'fault') {
      this.faults++
      this.onFault({ kind: exact.fault!, record: ++this.records, line: this.line })
    }
    this.line += exact.lines
    exact.reset()
  }

  private view(bytes: Uint8Array, ends: Int32Array): void {
    this.row.bytes = bytes
    this.row.ends = ends
  }
}
