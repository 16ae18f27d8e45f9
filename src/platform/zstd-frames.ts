/** What is wrong with the bytes of a Zstandard file. */
export type ZstdFault = 'damaged' | 'unsupported'

/**
 * fzstd moves its whole window for every block and takes what the header asks for, up to 2 GB. Level 19 needs 8 MiB; only
 * `--long` and `--ultra` need more.
 */
const mostWindow = 32 * 2 ** 20
/** https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.2 (2026-11-21): no block is larger, decompressed or not. */
const mostBlock = 128 * 1024
const checksumBytes = 4

/**
 * Follows the frames of a Zstandard stream without decompressing, as RFC 8878 lays them out, because the library trusts
 * the sizes it finds and does not tell whether the stream ended where a frame does.
 */
export class ZstdFrames {
  readonly #held = new Uint8Array(18)
  #has = 0
  #needs = 5
  /** Bytes of content still to come that nothing is to be learned from. */
  #skip = 0
  #state: 'frame' | 'block' | 'end' = 'frame'
  #checksum = false

  /** Whether what was taken so far ends where a frame does. */
  get whole(): boolean {
    return this.#state === 'frame' && this.#has === 0 && this.#skip === 0
  }

  /** Looks at the next bytes; what it finds fault with must not be decompressed. */
  take(bytes: Uint8Array): ZstdFault | undefined {
    let at = 0
    for (;;) {
      const skipped = Math.min(this.#skip, bytes.length - at)
      this.#skip -= skipped
      at += skipped
      if (this.#skip > 0) return undefined
      if (this.#state === 'end') this.#expect('frame', 5)
      const taken = Math.min(this.#needs - this.#has, bytes.length - at)
      this.#held.set(bytes.subarray(at, at + taken), this.#has)
      this.#has += taken
      at += taken
      if (this.#has < this.#needs) return undefined
      const fault = this.#state === 'block' ? this.#block() : this.#frame()
      if (fault !== undefined) return fault
    }
  }

  #expect(state: 'frame' | 'block' | 'end', bytes: number): void {
    this.#state = state
    this.#has = 0
    this.#needs = bytes
  }

  #frame(): ZstdFault | undefined {
    const view = new DataView(this.#held.buffer)
    const magic = view.getUint32(0, true)
    if ((magic & 0xfffffff0) >>> 0 === 0x184d2a50) {
      if (this.#needs < 8) this.#needs = 8
      else this.#after(view.getUint32(4, true), 'end')
      return undefined
    }
    if (magic !== 0xfd2fb528) return 'damaged'
    const descriptor = this.#held[4]!
    const single = (descriptor & 0x20) !== 0
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!
    const sizeCode = descriptor >> 6
    const sizeBytes = sizeCode === 0 ? (single ? 1 : 0) : 1 << sizeCode
    const headBytes = 5 + (single ? 0 : 1) + dictionaryBytes + sizeBytes
    if (this.#has < headBytes) {
      this.#needs = headBytes
      return undefined
    }
    if ((descriptor & 8) !== 0) return 'damaged'
    const dictionaryAt = single ? 5 : 6
    if (this.#held.subarray(dictionaryAt, dictionaryAt + dictionaryBytes).some(Boolean)) return 'unsupported'
    if (windowBytes(view, single, headBytes - sizeBytes, sizeBytes) > mostWindow) return 'unsupported'
    this.#checksum = (descriptor & 4) !== 0
    this.#expect('block', 3)
    return undefined
  }

  #block(): ZstdFault | undefined {
    const header = this.#held[0]! | (this.#held[1]! << 8) | (this.#held[2]! << 16)
    const kind = (header >> 1) & 3
    const size = header >> 3
    if (kind === 3 || size > mostBlock) return 'damaged'
    const content = kind === 1 ? 1 : size
    if ((header & 1) === 0) this.#after(content, 'block')
    else this.#after(content + (this.#checksum ? checksumBytes : 0), 'end')
    return undefined
  }

  /** Content and what follows it; a frame has only ended when its last bytes came. */
  #after(content: number, state: 'block' | 'end'): void {
    this.#skip = content
    this.#expect(state, state === 'block' ? 3 : 5)
  }
}

function windowBytes(view: DataView, single: boolean, sizeAt: number, sizeBytes: number): number {
  if (!single) {
    const code = view.getUint8(5)
    const base = 2 ** (10 + (code >> 3))
    return base + (base / 8) * (code & 7)
  }
  if (sizeBytes === 1) return view.getUint8(sizeAt)
  if (sizeBytes === 2) return view.getUint16(sizeAt, true) + 256
  if (sizeBytes === 4) return view.getUint32(sizeAt, true)
  return Number(view.getBigUint64(sizeAt, true))
}
