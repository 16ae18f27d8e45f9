import { decodeBytes, grown } from './byte-dictionary.js'

/** Texts that hardly repeat (host names, users), as bytes one after another; cheaper than a dictionary. */
export class TextArena {
  #bytes = new Uint8Array(1 << 16)
  #offsets = new Uint32Array(1 << 12)
  #count = 0

  add(source: Uint8Array, start: number, end: number): number {
    const offset = this.#offsets[this.#count]!
    const length = end - start
    if (offset + length > this.#bytes.length)
      this.#bytes = grown(this.#bytes, Math.max(this.#bytes.length * 2, offset + length))
    if (this.#count + 2 > this.#offsets.length) this.#offsets = grown(this.#offsets, this.#offsets.length * 2)
    const bytes = this.#bytes
    for (let index = 0; index < length; index++) bytes[offset + index] = source[start + index]!
    this.#offsets[this.#count + 1] = offset + length
    return this.#count++
  }

  addText(text: string): number {
    const bytes = new TextEncoder().encode(text)
    return this.add(bytes, 0, bytes.length)
  }

  text(id: number): string {
    return decodeBytes(this.#bytes, this.#offsets[id]!, this.#offsets[id + 1]!)
  }
}
