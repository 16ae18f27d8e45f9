/**
 * Texts kept once, as bytes in one growing block, each with a small number.
 * A Map of strings takes several times the memory for a million serial numbers (facts on performance, 2026-11).
 * The tag keeps name spaces apart: the same text under two tags has two numbers.
 */
export class ByteDictionary {
  #slots = new Int32Array(1 << 12).fill(-1)
  #hashes = new Int32Array(1 << 11)
  #tags = new Uint8Array(1 << 11)
  #offsets = new Uint32Array((1 << 11) + 1)
  #bytes = Buffer.allocUnsafeSlow(1 << 16)
  #count = 0

  get size(): number {
    return this.#count
  }

  /** The number of these bytes under this tag; the same bytes always get the same number. */
  intern(source: Uint8Array, start: number, end: number, tag: number): number {
    let hash = Math.imul(tag + 1, 0x9e3779b1)
    let position = start
    for (; position + 3 < end; position += 4) {
      const word =
        source[position]! | (source[position + 1]! << 8) | (source[position + 2]! << 16) | (source[position + 3]! << 24)
      hash = Math.imul(hash ^ word, 0x85ebca6b)
      hash ^= hash >>> 15
    }
    for (; position < end; position++) hash = Math.imul(hash ^ source[position]!, 0x01000193)
    hash ^= hash >>> 13
    hash = Math.imul(hash, 0xc2b2ae35)
    hash ^= hash >>> 16

    const mask = this.#slots.length - 1
    let slot = hash & mask
    while (true) {
      const candidate = this.#slots[slot]!
      if (candidate < 0) break
      if (
        this.#hashes[candidate] === hash &&
        this.#tags[candidate] === tag &&
        this.#equals(candidate, source, start, end)
      )
        return candidate
      slot = (slot + 1) & mask
    }
    return this.#add(source, start, end, tag, hash, slot)
  }

  internText(text: string, tag: number): number {
    const bytes = Buffer.from(text, 'utf8')
    return this.intern(bytes, 0, bytes.length, tag)
  }

  text(id: number): string {
    return this.#bytes.toString('utf8', this.#offsets[id]!, this.#offsets[id + 1]!)
  }

  /** The text of a number, or nothing for the negative numbers that stand for "none". */
  textOrEmpty(id: number): string {
    return id < 0 ? '' : this.text(id)
  }

  tag(id: number): number {
    return this.#tags[id]!
  }

  #equals(id: number, source: Uint8Array, start: number, end: number): boolean {
    const offset = this.#offsets[id]!
    const length = end - start
    if (this.#offsets[id + 1]! - offset !== length) return false
    for (let index = 0; index < length; index++) {
      if (this.#bytes[offset + index] !== source[start + index]) return false
    }
    return true
  }

  #add(source: Uint8Array, start: number, end: number, tag: number, hash: number, slot: number): number {
    const id = this.#count
    const offset = this.#offsets[id]!
    if (offset + end - start > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(Math.ceil(this.#bytes.length * 1.5), offset + end - start))
      larger.set(this.#bytes.subarray(0, offset))
      this.#bytes = larger
    }
    for (let index = 0; index < end - start; index++) this.#bytes[offset + index] = source[start + index]!
    this.#hashes[id] = hash
    this.#tags[id] = tag
    this.#offsets[id + 1] = offset + end - start
    this.#slots[slot] = id
    this.#count++
    if (this.#count === this.#hashes.length) this.#growEntries()
    if (this.#count * 2 > this.#slots.length) this.#growSlots()
    return id
  }

  #growEntries(): void {
    const capacity = Math.ceil(this.#count * 1.5)
    const hashes = new Int32Array(capacity)
    hashes.set(this.#hashes)
    this.#hashes = hashes
    const tags = new Uint8Array(capacity)
    tags.set(this.#tags)
    this.#tags = tags
    const offsets = new Uint32Array(capacity + 1)
    offsets.set(this.#offsets)
    this.#offsets = offsets
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1)
    const mask = slots.length - 1
    for (let id = 0; id < this.#count; id++) {
      let slot = this.#hashes[id]! & mask
      while (slots[slot]! >= 0) slot = (slot + 1) & mask
      slots[slot] = id
    }
    this.#slots = slots
  }
}
