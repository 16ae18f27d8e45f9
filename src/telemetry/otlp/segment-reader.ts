import { readSync } from 'node:fs'
import { BatchColumns, WordList } from './batch-columns.js'
import { exactBlockParser } from './exact-block-parser.js'
import { emptyReport, otherServices } from './input-report.js'
import { kernelBlockParser } from './kernel-block-parser.js'
import { packed, type Segment, type SegmentRead } from './reading-messages.js'

const lineFeed = 0x0a
/** Small enough for the cache of one core. */
const blockBytes = 256 * 1024
/** Longer lines are read by the one who reads lines of any length. */
const longestLine = 8 * 2 ** 20

/** Reads segments of files for one thread; its words are its own. */
export class SegmentReader {
  readonly #columns: BatchColumns
  readonly #kernel: ReturnType<typeof kernelBlockParser>
  readonly #parser
  #sent = 1
  #bytes = Buffer.alloc(0)

  constructor(
    identityKeys: readonly string[],
    private readonly words = new WordList(),
  ) {
    this.#columns = new BatchColumns(identityKeys)
    this.#kernel = kernelBlockParser(identityKeys)
    this.#parser = this.#kernel ?? exactBlockParser(identityKeys)
  }

  read(segment: Segment): SegmentRead {
    const { file, name, from, to } = segment
    const report = emptyReport(name)
    this.#columns.clear(name)
    const first = from === 0 ? 0 : this.#lineStart(file, from, to)
    let position = first ?? to
    let size = blockBytes
    while (position < to) {
      const room = this.#room(size)
      const bytes = room.subarray(0, fill(file, room, position))
      if (bytes.length === 0) break
      const left = to - position
      // The last line may go on behind the end of the segment.
      const end = left <= bytes.length ? bytes.indexOf(lineFeed, left - 1) : -1
      const whole =
        end === -1 && bytes.length < size ? bytes.length : (end === -1 ? bytes.lastIndexOf(lineFeed) : end) + 1
      if (whole === 0) {
        size *= 2
        if (size > longestLine) return { kind: 'unfit', from: first! }
        continue
      }
      const block = bytes.subarray(0, whole)
      report.lines += linesIn(block)
      this.#parser.parse(block, this.#columns, this.words, report)
      position += whole
      size = blockBytes
    }
    // Names of services beyond the most that are kept: which they are depends on all that came before.
    // So does what becomes of words beyond the most that are kept.
    if (report.foreign.has(otherServices) || this.words.full) return { kind: 'unfit', from: first! }
    report.bytes = to - from
    const newWords = Array.from({ length: this.words.size - this.#sent }, (_, index) =>
      this.words.text(this.#sent + index),
    )
    this.#sent = this.words.size
    const buffer = packed(this.#columns, segment.buffer)
    return { kind: 'rows', rows: this.#columns.rows, buffer, looseBytes: this.#columns.looseEnd, newWords, report }
  }

  /** Where the first line begins in [from, to); undefined if none does. */
  #lineStart(file: number, from: number, to: number): number | undefined {
    const bytes = this.#room(blockBytes)
    for (let position = from - 1; position < to - 1; position += blockBytes) {
      const length = fill(file, bytes, position)
      const found = bytes.subarray(0, length).indexOf(lineFeed)
      if (found !== -1) return position + found + 1 < to ? position + found + 1 : undefined
      if (length < blockBytes) return undefined
    }
    return undefined
  }

  #room(length: number): Uint8Array {
    const room = this.#kernel?.room(length)
    if (room !== undefined) return room
    if (this.#bytes.length < length) this.#bytes = Buffer.allocUnsafeSlow(length)
    return this.#bytes.subarray(0, length)
  }
}

/** Reads until the buffer is full or the file at its end. */
function fill(file: number, bytes: Uint8Array, position: number): number {
  let length = 0
  while (length < bytes.length) {
    const read = readSync(file, bytes, length, bytes.length - length, position + length)
    if (read === 0) break
    length += read
  }
  return length
}

/** A last line without its line feed counts as well. */
function linesIn(block: Uint8Array): number {
  let lines = block[block.length - 1] === lineFeed ? 0 : 1
  for (let at = block.indexOf(lineFeed); at !== -1; at = block.indexOf(lineFeed, at + 1)) lines++
  return lines
}
