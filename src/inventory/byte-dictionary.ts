import { exitCode, Failure } from '../platform/failure.js'

/** How bytes are folded before they are compared: as they are, ASCII lower case, or ASCII upper case. */
export type Fold = Uint8Array

/** Bytes as they are. */
const exact: Fold = Uint8Array.from({ length: 256 }, (_, byte) => byte)
/** ASCII letters in lower case. */
export const lowerCase: Fold = exact.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte))
/** ASCII letters in upper case. */
export const upperCase: Fold = exact.map((byte) => (byte >= 0x61 && byte <= 0x7a ? byte - 32 : byte))

/** Value of a hexadecimal digit in lower case, or 255. */
const hexValue = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : 255,
)

/** Words of an entry: four of key, one of tag and form. */
const stride = 5
const blockBits = 14
const entriesPerBlock = 1 << blockBits
const blockMask = entriesPerBlock - 1
/** A slot holds a number, counted from one so that zero is empty, and six bits of the hash above it. */
const numberBits = 26
const numberMask = (1 << numberBits) - 1
const firstSlots = 1 << 10
const longestInline = 15

/** Forms of a key: bytes in the words themselves, a GUID as its 128 bits, or a place in the block of long texts. */
const inline = 0
const guid = 1
const long = 2

/**
 * Texts kept once, each with a small number. A Map of strings takes several times the memory for a million serial
 * numbers, and every look-up would make a string first (facts on performance, 2026-11). Keys stand in the order of their
 * numbers, so that adding one touches fresh memory once, and the table of slots stays small enough for the caches.
 * The tag keeps name spaces apart: the same text under two tags has two numbers.
 */
export class ByteDictionary {
  #slots = new Int32Array(firstSlots)
  #mask = firstSlots - 1
  readonly #keys: Int32Array[] = []
  #count = 0
  #longTexts = new Uint8Array(1 << 10)
  #longEnd = 0
  /** Decoded texts, for dictionaries of texts that repeat. */
  readonly #texts: string[] | undefined
  // The key that is looked for; fields, since a look-up may not make objects.
  #form = 0
  #word0 = 0
  #word1 = 0
  #word2 = 0
  #word3 = 0

  constructor(options: { readonly keepTexts?: boolean } = {}) {
    this.#texts = options.keepTexts ? [] : undefined
  }

  get size(): number {
    return this.#count
  }

  /** The number of these bytes under this tag (0 to 15); the same folded bytes always get the same number. */
  intern(source: Uint8Array, start: number, end: number, tag: number, fold: Fold = exact): number {
    const length = end - start
    if (length <= longestInline) this.#keyInline(source, start, end, fold)
    else if (length !== 36 || !this.#keyGuid(source, start, fold)) this.#keyLong(source, start, end, fold)
    const hash = this.#hash(tag)
    const mark = hash & ~numberMask
    const head = (tag << 2) | this.#form
    const slots = this.#slots
    let slot = hash & this.#mask
    while (true) {
      const entry = slots[slot]!
      if (entry === 0) return this.#add(source, start, end, fold, head, mark, slot)
      if ((entry & ~numberMask) === mark) {
        const id = (entry & numberMask) - 1
        if (this.#equals(id, head, source, start, end, fold)) return id
      }
      slot = (slot + 1) & this.#mask
    }
  }

  internText(text: string, tag: number): number {
    const bytes = encoder.encode(text)
    return this.intern(bytes, 0, bytes.length, tag)
  }

  text(id: number): string {
    const known = this.#texts?.[id]
    if (known !== undefined) return known
    const text = this.#decode(id)
    if (this.#texts) this.#texts[id] = text
    return text
  }

  /** The text of a number, or nothing for the negative numbers that stand for "none". */
  textOrEmpty(id: number): string {
    return id < 0 ? '' : this.text(id)
  }

  tag(id: number): number {
    return this.#word(id, 4) >>> 2
  }

  #word(id: number, word: number): number {
    return this.#keys[id >> blockBits]![(id & blockMask) * stride + word]!
  }

  #equals(id: number, head: number, source: Uint8Array, start: number, end: number, fold: Fold): boolean {
    const keys = this.#keys[id >> blockBits]!
    const at = (id & blockMask) * stride
    if (keys[at] !== this.#word0 || keys[at + 1] !== this.#word1 || keys[at + 4] !== head) return false
    if (this.#form === long) return this.#equalsLong(keys[at + 2]!, keys[at + 3]!, source, start, end, fold)
    return keys[at + 2] === this.#word2 && keys[at + 3] === this.#word3
  }

  #keyInline(source: Uint8Array, start: number, end: number, fold: Fold): void {
    this.#form = inline
    this.#word0 = end - start
    this.#word1 = 0
    this.#word2 = 0
    this.#word3 = 0
    for (let index = start; index < end; index++) {
      const byte = fold[source[index]!]!
      const place = index - start + 1
      const shifted = byte << ((place & 3) << 3)
      if (place < 4) this.#word0 |= shifted
      else if (place < 8) this.#word1 |= shifted
      else if (place < 12) this.#word2 |= shifted
      else this.#word3 |= shifted
    }
  }

  /** A GUID in canonical form has 128 bits, and is nearly every device id of Intune; false for any other text. */
  #keyGuid(source: Uint8Array, start: number, fold: Fold): boolean {
    let bad = 0
    let word = 0
    let digits = 0
    for (let index = 0; index < 36; index++) {
      const byte = fold[source[start + index]!]!
      if (index === 8 || index === 13 || index === 18 || index === 23) {
        bad |= byte ^ 0x2d
        continue
      }
      const value = hexValue[byte]!
      bad |= value & 0xf0
      word = (word << 4) | value
      digits++
      if (digits === 8) this.#word0 = word
      else if (digits === 16) this.#word1 = word
      else if (digits === 24) this.#word2 = word
      else if (digits === 32) this.#word3 = word
    }
    this.#form = guid
    return bad === 0
  }

  /** Two hashes stand for the text until it is compared. */
  #keyLong(source: Uint8Array, start: number, end: number, fold: Fold): void {
    let first = end - start
    let second = 0x9e3779b1
    for (let index = start; index < end; index++) {
      const byte = fold[source[index]!]!
      first = Math.imul(first ^ byte, 0x01000193)
      second = Math.imul(second + byte, 0x85ebca6b) ^ (second >>> 13)
    }
    this.#form = long
    this.#word0 = first
    this.#word1 = second
    this.#word2 = 0
    this.#word3 = 0
  }

  #hash(tag: number): number {
    let hash = Math.imul(this.#word0 ^ (tag + 1), 0x9e3779b1) ^ this.#word1
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
    if (this.#form !== long) {
      hash = Math.imul(hash ^ this.#word2, 0xc2b2ae35)
      hash = Math.imul(hash ^ (hash >>> 13) ^ this.#word3, 0x27d4eb2f)
    }
    return hash ^ (hash >>> 16)
  }

  #equalsLong(offset: number, length: number, source: Uint8Array, start: number, end: number, fold: Fold): boolean {
    if (length !== end - start) return false
    const bytes = this.#longTexts
    for (let index = 0; index < length; index++) {
      if (bytes[offset + index] !== fold[source[start + index]!]) return false
    }
    return true
  }

  #add(source: Uint8Array, start: number, end: number, fold: Fold, head: number, mark: number, slot: number): number {
    const id = this.#count
    if (id + 1 > numberMask) throw tooMuch()
    if (this.#form === long) {
      const length = end - start
      if (this.#longEnd + length > this.#longTexts.length)
        this.#longTexts = grown(this.#longTexts, Math.max(this.#longTexts.length * 2, this.#longEnd + length))
      for (let index = 0; index < length; index++)
        this.#longTexts[this.#longEnd + index] = fold[source[start + index]!]!
      this.#word2 = this.#longEnd
      this.#word3 = length
      this.#longEnd += length
    }
    if (id >> blockBits === this.#keys.length) this.#keys.push(new Int32Array(entriesPerBlock * stride))
    const keys = this.#keys[id >> blockBits]!
    const at = (id & blockMask) * stride
    keys[at] = this.#word0
    keys[at + 1] = this.#word1
    keys[at + 2] = this.#word2
    keys[at + 3] = this.#word3
    keys[at + 4] = head
    this.#slots[slot] = mark | (id + 1)
    this.#count++
    if (this.#count * 2 > this.#slots.length) this.#growSlots()
    return id
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (let id = 0; id < this.#count; id++) {
      const keys = this.#keys[id >> blockBits]!
      const at = (id & blockMask) * stride
      this.#word0 = keys[at]!
      this.#word1 = keys[at + 1]!
      this.#word2 = keys[at + 2]!
      this.#word3 = keys[at + 3]!
      this.#form = keys[at + 4]! & 3
      const hash = this.#hash(keys[at + 4]! >>> 2)
      let slot = hash & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = (hash & ~numberMask) | (id + 1)
    }
    this.#slots = slots
    this.#mask = mask
  }

  #decode(id: number): string {
    const form = this.#word(id, 4) & 3
    if (form === long) {
      const offset = this.#word(id, 2)
      return decodeBytes(this.#longTexts, offset, offset + this.#word(id, 3))
    }
    if (form === guid) {
      const hex = [0, 1, 2, 3].map((word) => (this.#word(id, word) >>> 0).toString(16).padStart(8, '0')).join('')
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    }
    const bytes = new Uint8Array(16)
    const view = new DataView(bytes.buffer)
    for (let word = 0; word < 4; word++) view.setInt32(word * 4, this.#word(id, word), true)
    return decodeBytes(bytes, 1, 1 + bytes[0]!)
  }
}

const encoder = new TextEncoder()

/** The refusal of more texts than can be told apart: 67 million different ones, or four gigabytes of names. */
export function tooMuch(): Failure {
  return new Failure(exitCode.inputRefused, 'too-much-at-once', 'The exports hold more texts than one scan can keep.', {
    tryThis: ['Scan the exports of fewer endpoints at a time.'],
  })
}

/** UTF-8 bytes as text. Short ASCII is put together here: a call into the decoder costs more than that. */
export function decodeBytes(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > 24) return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8')
  let text = ''
  for (let index = start; index < end; index++) {
    const byte = bytes[index]!
    if (byte >= 0x80) return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8')
    text += String.fromCharCode(byte)
  }
  return text
}

/** A longer copy of a typed array. */
export function grown<T extends Uint8Array | Uint32Array | Int32Array>(column: T, capacity: number): T {
  const next = new (column.constructor as new (length: number) => T)(capacity)
  next.set(column)
  return next
}
