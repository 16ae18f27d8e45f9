import type { Signal, TelemetryBatch, Words } from '../batch.js'
import { signals } from '../batch.js'
import { type LooseField, looseFields, numberFields, wordFields } from '../fields.js'

const firstRows = 1024

/**
 * The columns of a batch while it is filled. `clear` starts the next batch in the same buffers, so that reading a long
 * input makes no garbage. Word numbers are those of one `Words`.
 */
export class BatchColumns implements TelemetryBatch {
  file = ''
  rows = 0
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

  /** A new row, empty but for these; gives its number. */
  add(signal: Signal, time: number, observed: number): number {
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
  setLoose(row: number, field: number, bytes: Uint8Array): void {
    const index = row * looseFields.length + field
    if (this.looseEnd + bytes.length > this.looseBytes.length) {
      const larger = new Uint8Array(Math.max(this.looseBytes.length * 2, this.looseEnd + bytes.length))
      larger.set(this.looseBytes.subarray(0, this.looseEnd))
      this.looseBytes = larger
    }
    this.looseBytes.set(bytes, this.looseEnd)
    this.looseStart[index] = this.looseEnd
    this.looseLength[index] = bytes.length
    this.looseHashes[index] = hashOf(bytes)
    this.looseEnd += bytes.length
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

/** 53 bits of two multiplicative hashes over the bytes; never 0 for a text that is there. */
function hashOf(bytes: Uint8Array): number {
  if (bytes.length === 0) return 0
  let a = 0x811c9dc5
  let b = 0x9e3779b9
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193)
    b = Math.imul(b ^ byte, 0x85ebca6b)
    b ^= b >>> 13
  }
  return (b >>> 11) * 0x1_0000_0000 + (a >>> 0) + 1
}

/** Words by number and back, over texts. */
export class WordList implements Words {
  readonly #texts: string[] = ['']
  readonly #numbers = new Map<string, number>([['', 0]])

  get size(): number {
    return this.#texts.length
  }

  text(word: number): string {
    return this.#texts[word]!
  }

  word(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    this.#texts.push(text)
    this.#numbers.set(text, this.#texts.length - 1)
    return this.#texts.length - 1
  }
}
