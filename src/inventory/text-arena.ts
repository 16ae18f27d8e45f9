import { decodeBytes, grown, tooMuch } from './byte-dictionary.js'

const blockBits = 20
const blockBytes = 1 << blockBits

/** Texts that hardly repeat (host names, users), as bytes one after another; cheaper than a dictionary. */
export class TextArena {
  /** Blocks are never copied; a text stands whole in one of them. */
  readonly #blocks: Uint8Array[] = []
  /** Where each text begins, and how long it is: two numbers each. */
  #places = new Uint32Array(1 << 12)
  #count = 0
  #end = 0
  /** Texts longer than a block, by their number. */
  readonly #long = new Map<number, Uint8Array>()

  add(source: Uint8Array, start: number, end: number): number {
    const id = this.#count++
    const length = end - start
    if (id * 2 + 2 > this.#places.length) this.#places = grown(this.#places, this.#places.length * 2)
    if (length > blockBytes) {
      this.#long.set(id, source.slice(start, end))
      return id
    }
    // Places are 32-bit numbers; beyond them a text would quietly be another one.
    if (this.#end + blockBytes + length > 2 ** 32) throw tooMuch()
    if (this.#end + length > this.#blocks.length * blockBytes) {
      this.#end = this.#blocks.length * blockBytes
      this.#blocks.push(new Uint8Array(blockBytes))
    }
    const block = this.#blocks[this.#blocks.length - 1]!
    const offset = this.#end & (blockBytes - 1)
    for (let index = 0; index < length; index++) block[offset + index] = source[start + index]!
    this.#places[id * 2] = this.#end
    this.#places[id * 2 + 1] = length
    this.#end += length
    return id
  }

  addText(text: string): number {
    const bytes = new TextEncoder().encode(text)
    return this.add(bytes, 0, bytes.length)
  }

  text(id: number): string {
    const long = this.#long.get(id)
    if (long) return decodeBytes(long, 0, long.length)
    const length = this.#places[id * 2 + 1]!
    if (length === 0) return ''
    const place = this.#places[id * 2]!
    const offset = place & (blockBytes - 1)
    return decodeBytes(this.#blocks[place >>> blockBits]!, offset, offset + length)
  }
}
