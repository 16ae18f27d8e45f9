const blockLength = 64 * 1024

/**
 * Texts that are kept until all are there, as UTF-8 in blocks: a string for each of a million endpoints would take several
 * times the room.
 */
export class TextBlocks {
  readonly #blocks: Buffer[] = []
  #pending = ''

  /** No character may be split between two texts. */
  add(text: string): void {
    this.#pending += text
    if (this.#pending.length > blockLength) this.#flush()
  }

  /** Everything that was added, in its order. */
  bytes(): Buffer {
    this.#flush()
    return Buffer.concat(this.#blocks)
  }

  /** The same as texts, block by block. */
  *texts(): Iterable<string> {
    this.#flush()
    for (const block of this.#blocks) yield block.toString()
  }

  #flush(): void {
    if (this.#pending !== '') this.#blocks.push(Buffer.from(this.#pending))
    this.#pending = ''
  }
}
