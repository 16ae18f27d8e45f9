import type { CsvFaultKind } from './csv.js'

const QUOTE = 0x22
const LF = 0x0a
const CR = 0x0d

/** What the bytes fed so far amount to: nothing yet, half a record, an empty line, a row, or a record that is lost. */
export type RecordOutcome = 'open' | 'blank' | 'row' | 'fault'

type State = 'record-start' | 'cell-start' | 'unquoted' | 'quoted' | 'quote-seen' | 'skip'

/**
 * One CSV record, read byte by byte: the definition of what a file means. The kernel only has to be right on the
 * records that it keeps; all others come here.
 *
 * Text after a closing quote (`"abc"def`) loses the record: from that byte on quotes mean nothing, and the next LF or
 * CR, whatever it was meant to be, ends the record. So at most one physical line is lost, and a stray quote later in
 * that line cannot swallow the lines after it. A record over the limit keeps its quoting while it is skipped.
 */
export class ExactRecord {
  /** Clean cells, one spare byte between two of them, so that a cell starts one after the end of the cell before. */
  clean = new Uint8Array(4096)
  ends = new Int32Array(64)
  cells = 0
  /** Line ends met so far, inside quotes too. CR LF counts once. */
  lines = 0
  outcome: RecordOutcome = 'open'
  fault: CsvFaultKind | undefined
  private state: State = 'record-start'
  private length = 0
  private used = 0
  private carriageReturn = false

  constructor(
    private readonly delimiter: number,
    private readonly maximumBytes: number,
  ) {}

  /** Forgets the record before. */
  reset(): void {
    this.cells = 0
    this.lines = 0
    this.outcome = 'open'
    this.fault = undefined
    this.state = 'record-start'
    this.length = 0
    this.used = 0
    this.carriageReturn = false
  }

  /** True when a record has begun and its end has not been seen. */
  get begun(): boolean {
    return this.outcome === 'open' && this.state !== 'record-start'
  }

  /**
   * Reads on from `from` until the record ends, but not beyond `to`. Returns the position after the last byte used: a
   * CR that ends the record is used, the LF of a CR LF is left to the caller, who may not have it yet.
   */
  feed(bytes: Uint8Array, from: number, to: number): number {
    // One byte in is at most one byte out; only the bytes that the limit still allows are ever kept.
    this.reserve(this.used + Math.min(to - from, Math.max(0, this.maximumBytes - this.length)) + 2)
    const { clean, delimiter } = this
    let { state, used, carriageReturn } = this
    const allowed = from + this.maximumBytes - this.length
    let at = from
    for (; at < to; at++) {
      const byte = bytes[at]!
      const lineEnd = byte === LF || byte === CR
      if (lineEnd && state !== 'quoted') {
        this.lines++
        this.outcome = state === 'record-start' ? 'blank' : this.fault === undefined ? 'row' : 'fault'
        if (this.outcome === 'row') this.endCell(used)
        return at + 1
      }
      if (at >= allowed && this.fault === undefined) this.fault = 'record-too-long'
      const keep = this.fault === undefined
      switch (state) {
        case 'quoted':
          if (byte === QUOTE) {
            state = 'quote-seen'
            carriageReturn = false
            continue
          }
          if (lineEnd) {
            if (byte === CR || !carriageReturn) this.lines++
            carriageReturn = byte === CR
          } else carriageReturn = false
          if (keep) clean[used++] = byte
          continue
        case 'skip':
          continue
        case 'quote-seen':
          if (byte === QUOTE) {
            state = 'quoted'
            if (keep) clean[used++] = QUOTE
            continue
          }
          if (byte !== delimiter) {
            this.fault ??= 'text-after-quote'
            state = 'skip'
            continue
          }
          break
        case 'record-start':
        case 'cell-start':
          if (byte === QUOTE) {
            state = 'quoted'
            continue
          }
          break
        case 'unquoted':
          break
      }
      if (byte === delimiter) {
        if (keep) this.endCell(used++)
        state = 'cell-start'
      } else {
        state = 'unquoted'
        if (keep) clean[used++] = byte
      }
    }
    this.length += at - from
    this.state = state
    this.used = used
    this.carriageReturn = carriageReturn
    return at
  }

  /** The stream is over: a record without a line end is complete, one inside quotes is lost. */
  finish(): void {
    if (!this.begun) return
    // Also when it is too long: that its quote never closes is what the reader of the message can repair.
    if (this.state === 'quoted') this.fault = 'unclosed-quote'
    this.outcome = this.fault === undefined ? 'row' : 'fault'
    if (this.outcome === 'row') this.endCell(this.used)
  }

  private endCell(at: number): void {
    if (this.cells === this.ends.length) {
      const ends = new Int32Array(this.cells * 2)
      ends.set(this.ends)
      this.ends = ends
    }
    this.ends[this.cells++] = at
  }

  private reserve(size: number): void {
    if (size <= this.clean.length) return
    const clean = new Uint8Array(Math.max(size, this.clean.length * 2))
    clean.set(this.clean.subarray(0, this.used))
    this.clean = clean
  }
}
