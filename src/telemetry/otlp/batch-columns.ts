import type { Signal, TelemetryBatch, Words } from '../batch.js'
import { signals } from '../batch.js'
import { type LooseField, looseFields, numberFields, wordFields } from '../fields.js'

const firstRows = 1024
/** Rows after which a batch is handed out. */
export const fullRows = 2000

/**
 * The columns of a batch while it is filled. `clear` starts the next batch in the same buffers, so that reading a long
 * input makes no garbage. Word numbers are those of one `Words`.
 */
export class BatchColumns implements TelemetryBatch {
  file = ''
  rows = 0
  /** Called before a row is added to a full batch: hands the batch out and clears it, so that a long line needs no more memory. */
  onFull: (() => void) | undefined
  readonly wordColumns: number
  signal = new Uint8Array(firstRows)
  time = new Float64Array(firstRows)
  observed = new Float64Array(firstRows)
  words: Uint32Array
  numbers = new Float64Array(firstRows * numberFields.length)
  content = new Uint32Array(firstRows)
  redacted = new Uint32Array(firstRows)
  /** rows × looseFields: start and length in `looseBytes`; length 0 = not there. UTF-8. */
  looseStart = new Uint32Array(firstRows * looseFields.length)
  looseLength = new Uint32Array(firstRows * looseFields.length)
  looseHashes = new Float64Array(firstRows * looseFields.length)
  looseBytes: Uint8Array = new Uint8Array(1 << 16)
  looseEnd = 0

  constructor(identityKeys: readonly string[]) {
    this.wordColumns = wordFields.length + identityKeys.length
    this.words = new Uint32Array(firstRows * this.wordColumns)
  }

  clear(file: string): void {
    this.file = file
    this.rows = 0
    this.looseEnd = 0
  }

  /** A new row, empty but for these; gives its number, which holds until the next one is added. */
  add(signal: Signal, time: number, observed: number): number {
    if (this.rows >= fullRows) this.onFull?.()
    const row = this.rows
    if (row === this.signal.length) this.#grow()
    this.rows = row + 1
    this.signal[row] = signals.indexOf(signal)
    this.time[row] = time
    this.observed[row] = observed
    this.words.fill(0, row * this.wordColumns, (row + 1) * this.wordColumns)
    this.numbers.fill(Number.NaN, row * numberFields.length, (row + 1) * numberFields.length)
    this.content[row] = 0
    this.redacted[row] = 0
    this.looseLength.fill(0, row * looseFields.length, (row + 1) * looseFields.length)
    this.looseHashes.fill(0, row * looseFields.length, (row + 1) * looseFields.length)
    return row
  }

  /** Keeps the bytes (UTF-8) of a loose field of a row; empty ones count as not there. */
  setLoose(row: number, field: number, bytes: Uint8Array, from = 0, to = bytes.length): void {
    const index = row * looseFields.length + field
    const length = to - from
    if (this.looseEnd + length > this.looseBytes.length) {
      const larger = new Uint8Array(Math.max(this.looseBytes.length * 2, this.looseEnd + length))
      larger.set(this.looseBytes.subarray(0, this.looseEnd))
      this.looseBytes = larger
    }
    const target = this.looseBytes
    let place = this.looseEnd
    // One by one: for texts as short as these a view and a copy cost more.
    for (let at = from; at < to; at++) target[place++] = bytes[at]!
    this.looseStart[index] = this.looseEnd
    this.looseLength[index] = length
    this.looseHashes[index] = hashOf(target, this.looseEnd, place)
    this.looseEnd = place
  }

  loose(row: number, field: LooseField): string | undefined {
    const index = row * looseFields.length + looseFields.indexOf(field)
    const length = this.looseLength[index]!
    if (length === 0) return undefined
    const start = this.looseStart[index]!
    return Buffer.from(this.looseBytes.buffer, this.looseBytes.byteOffset + start, length).toString('utf8')
  }

  looseHash(row: number, field: LooseField): number {
    return this.looseHashes[row * looseFields.length + looseFields.indexOf(field)]!
  }

  #grow(): void {
    const grown = <T extends Uint8Array | Uint32Array | Float64Array>(old: T): T => {
      const larger = new (old.constructor as new (length: number) => T)(old.length * 2)
      larger.set(old as never)
      return larger
    }
    this.signal = grown(this.signal)
    this.time = grown(this.time)
    this.observed = grown(this.observed)
    this.words = grown(this.words)
    this.numbers = grown(this.numbers)
    this.content = grown(this.content)
    this.redacted = grown(this.redacted)
    this.looseStart = grown(this.looseStart)
    this.looseLength = grown(this.looseLength)
    this.looseHashes = grown(this.looseHashes)
  }
}

/** 53 bits of two multiplicative hashes over the bytes, four at a time; never 0 for a text that is there. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  if (from === to) return 0
  let a = 0x811c9dc5 ^ (to - from)
  let b = 0x9e3779b9
  let at = from
  for (; at + 4 <= to; at += 4) {
    const four = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    a = Math.imul(a ^ four, 0x9e3779b1)
    a ^= a >>> 15
    b = Math.imul(b ^ four, 0x85ebca6b)
    b ^= b >>> 13
  }
  for (; at < to; at++) {
    a = Math.imul(a ^ bytes[at]!, 0x01000193)
    b = Math.imul(b ^ bytes[at]!, 0x85ebca6b)
    b ^= b >>> 13
  }
  a = Math.imul(a ^ (a >>> 16), 0xc2b2ae35)
  b = Math.imul(b ^ (b >>> 16), 0x27d4eb2f)
  return ((b ^ (b >>> 15)) >>> 11) * 0x1_0000_0000 + ((a ^ (a >>> 13)) >>> 0) + 1
}

/** Words that are kept: some hundred bytes each, and a Map holds no more than 2^24. */
export const mostWords = 4_000_000
/** The word of all texts beyond that. */
export const otherWords = '(others)'

/** Words by number and back, over texts. */
export class WordList implements Words {
  readonly #texts: string[] = ['']
  readonly #numbers = new Map<string, number>([['', 0]])
  /** Whether there was a text that could not be kept, and became `otherWords`. */
  full = false

  constructor(private readonly most = mostWords) {}

  get size(): number {
    return this.#texts.length
  }

  text(word: number): string {
    return this.#texts[word]!
  }

  word(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    if (this.#texts.length < this.most) return this.#keep(text)
    this.full = true
    return this.#numbers.get(otherWords) ?? this.#keep(otherWords)
  }

  #keep(text: string): number {
    this.#texts.push(text)
    this.#numbers.set(text, this.#texts.length - 1)
    return this.#texts.length - 1
  }
}
