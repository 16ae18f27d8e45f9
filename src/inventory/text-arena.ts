/** Texts that hardly repeat (host names, users), as bytes one after another; cheaper than a dictionary. */
export class TextArena {
  #bytes = Buffer.allocUnsafeSlow(1 << 16)
  #offsets = new Uint32Array(1 << 12)
  #count = 0

  add(source: Uint8Array, start: number, end: number): number {
    const offset = this.#offsets[this.#count]!
    const length = end - start
    if (offset + length > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(Math.ceil(this.#bytes.length * 1.5), offset + length))
      larger.set(this.#bytes.subarray(0, offset))
      this.#bytes = larger
    }
    if (this.#count + 2 > this.#offsets.length) {
      const larger = new Uint32Array(Math.ceil(this.#offsets.length * 1.5))
      larger.set(this.#offsets)
      this.#offsets = larger
    }
    for (let index = 0; index < length; index++) this.#bytes[offset + index] = source[start + index]!
    this.#offsets[this.#count + 1] = offset + length
    return this.#count++
  }

  addText(text: string): number {
    const bytes = Buffer.from(text, 'utf8')
    return this.add(bytes, 0, bytes.length)
  }

  text(id: number): string {
    return this.#bytes.toString('utf8', this.#offsets[id]!, this.#offsets[id + 1]!)
  }
}
