/** How bytes are folded before they are compared: as they are, ASCII lower case, or ASCII upper case. */
export type Fold = Uint8Array

/** Bytes as they are. */
export const exact: Fold = Uint8Array.from({ length: 256 }, (_, byte) => byte)
/** ASCII letters in lower case. */
export const lowerCase: Fold = exact.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte))
/** ASCII letters in upper case. */
export const upperCase: Fold = exact.map((byte) => (byte >= 0x61 && byte <= 0x7a ? byte - 32 : byte))

const firstCapacity = 1 << 10
const tagShift = 27
const numberMask = (1 << tagShift) - 1

/**
 * Texts kept once, as bytes in one growing block, each with a small number. A Map of strings takes several times the
 * memory for a million serial numbers, and every look-up would make a string first (facts on performance, 2026-11).
 * The tag keeps name spaces apart: the same text under two tags has two numbers.
 */
export class ByteDictionary {
  /** Pairs of hash and tagged number, so that a look-up touches one cache line here. */
  #slots = new Int32Array(firstCapacity * 4).fill(-1)
  #offsets = new Uint32Array(firstCapacity + 1)
  #tags = new Uint8Array(firstCapacity)
  #bytes = new Uint8Array(firstCapacity * 16)
  #count = 0
  /** Decoded texts, for dictionaries of texts that repeat. */
  readonly #texts: string[] | undefined

  constructor(options: { readonly keepTexts?: boolean } = {}) {
    this.#texts = options.keepTexts ? [] : undefined
  }

  get size(): number {
    return this.#count
  }

  /** The number of these bytes under this tag (0 to 15); the same folded bytes always get the same number. */
  intern(source: Uint8Array, start: number, end: number, tag: number, fold: Fold = exact): number {
    let hash = tag + 1
    for (let position = start; position < end; position++) hash = Math.imul(hash ^ fold[source[position]!]!, 0x01000193)
    hash ^= hash >>> 15
    hash = Math.imul(hash, 0x2c1b3c6d)
    hash ^= hash >>> 13

    const slots = this.#slots
    const mask = (slots.length >> 1) - 1
    let slot = hash & mask
    while (true) {
      const entry = slots[slot * 2 + 1]!
      if (entry === -1) break
      if (slots[slot * 2] === hash && entry >>> tagShift === tag) {
        const id = entry & numberMask
        if (this.#equals(id, source, start, end, fold)) return id
      }
      slot = (slot + 1) & mask
    }
    return this.#add(source, start, end, tag, fold, hash, slot)
  }

  internText(text: string, tag: number): number {
    const bytes = encoder.encode(text)
    return this.intern(bytes, 0, bytes.length, tag)
  }

  text(id: number): string {
    const known = this.#texts?.[id]
    if (known !== undefined) return known
    const text = decodeBytes(this.#bytes, this.#offsets[id]!, this.#offsets[id + 1]!)
    if (this.#texts) this.#texts[id] = text
    return text
  }

  /** The text of a number, or nothing for the negative numbers that stand for "none". */
  textOrEmpty(id: number): string {
    return id < 0 ? '' : this.text(id)
  }

  tag(id: number): number {
    return this.#tags[id]!
  }

  #equals(id: number, source: Uint8Array, start: number, end: number, fold: Fold): boolean {
    const offset = this.#offsets[id]!
    const length = end - start
    if (this.#offsets[id + 1]! - offset !== length) return false
    const bytes = this.#bytes
    for (let index = 0; index < length; index++) {
      if (bytes[offset + index] !== fold[source[start + index]!]) return false
    }
    return true
  }

  #add(source: Uint8Array, start: number, end: number, tag: number, fold: Fold, hash: number, slot: number): number {
    const id = this.#count
    const offset = this.#offsets[id]!
    if (offset + end - start > this.#bytes.length)
      this.#bytes = grown(this.#bytes, Math.max(growth(this.#bytes.length), offset + end - start))
    const bytes = this.#bytes
    for (let index = 0; index < end - start; index++) bytes[offset + index] = fold[source[start + index]!]!
    this.#tags[id] = tag
    this.#offsets[id + 1] = offset + end - start
    this.#slots[slot * 2] = hash
    this.#slots[slot * 2 + 1] = id | (tag << tagShift)
    this.#count++
    if (this.#count === this.#tags.length) {
      this.#tags = grown(this.#tags, growth(this.#count))
      this.#offsets = grown(this.#offsets, growth(this.#count) + 1)
    }
    if (this.#count * 3 > this.#slots.length) this.#growSlots()
    return id
  }

  #growSlots(): void {
    const old = this.#slots
    const slots = new Int32Array(old.length * 2).fill(-1)
    const mask = (slots.length >> 1) - 1
    for (let index = 0; index < old.length; index += 2) {
      if (old[index + 1] === -1) continue
      let slot = old[index]! & mask
      while (slots[slot * 2 + 1] !== -1) slot = (slot + 1) & mask
      slots[slot * 2] = old[index]!
      slots[slot * 2 + 1] = old[index + 1]!
    }
    this.#slots = slots
  }
}

const encoder = new TextEncoder()

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

/** The next capacity: double while small, then a quarter more, so that little stands empty at a million entries. */
export function growth(capacity: number): number {
  return capacity < 1 << 16 ? capacity * 2 : Math.ceil(capacity * 1.25)
}

export type Growable = Uint8Array | Uint32Array | Int32Array | Float64Array

/** A longer copy of a typed array. */
export function grown<T extends Growable>(column: T, capacity: number): T {
  const next = new (column.constructor as new (length: number) => T)(capacity)
  next.set(column)
  return next
}
