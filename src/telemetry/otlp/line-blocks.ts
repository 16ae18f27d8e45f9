import { count, type InputReport } from './input-report.js'

const lineFeed = 0x0a

/**
 * Cuts a stream of bytes into blocks of whole lines, without copying more than the lines that chunks were cut in. Counts
 * lines and those longer than `mostBytes`, which it leaves out. A block is valid until the next one is asked for.
 */
export async function* lineBlocks(
  chunks: AsyncIterable<Uint8Array>,
  report: InputReport,
  mostBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const begun = new BegunLine(report, mostBytes)
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += mostBytes) {
      const piece = chunk.subarray(at, at + mostBytes)
      let start = 0
      if (begun.open) {
        const end = piece.indexOf(lineFeed)
        start = end === -1 ? piece.length : end + 1
        begun.add(piece.subarray(0, start))
        if (end === -1) continue
        const line = begun.take()
        if (line) yield line
      }
      const end = piece.lastIndexOf(lineFeed) + 1
      if (end > start) {
        const block = piece.subarray(start, end)
        report.lines += linesIn(block)
        yield block
      }
      begun.add(piece.subarray(Math.max(start, end)))
    }
  }
  const last = begun.take()
  if (last) yield last
}

function linesIn(block: Uint8Array): number {
  let lines = 0
  for (let at = block.indexOf(lineFeed); at !== -1; at = block.indexOf(lineFeed, at + 1)) lines++
  return lines
}

/** A line of which only the beginning was read. */
export class BegunLine {
  #parts: Uint8Array[] = []
  #length = 0

  constructor(
    private readonly report: InputReport,
    private readonly mostBytes: number,
  ) {}

  get open(): boolean {
    return this.#length > 0
  }

  /** Copies, as the bytes are only lent; of a line that is too long nothing is kept. */
  add(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#length += bytes.length
    if (this.#length > this.mostBytes) this.#parts = []
    else this.#parts.push(Buffer.from(bytes))
  }

  /** Ends the line and counts it: its bytes, or undefined if there are none or too many. */
  take(): Uint8Array | undefined {
    const parts = this.#parts
    const length = this.#length
    this.#parts = []
    this.#length = 0
    if (length === 0) return undefined
    this.report.lines++
    if (length <= this.mostBytes) return parts.length === 1 ? parts[0] : Buffer.concat(parts)
    count(this.report.badLines, 'too-long')
    return undefined
  }
}
