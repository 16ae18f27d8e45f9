import { isAscii, isUtf8 } from 'node:buffer'

/** Longest record or other single value that is kept, in bytes. */
export const jsonElementLimit = 64 * 1024 * 1024

/** Deepest nesting of a value. */
export const jsonDepthLimit = 100

/** Why a scan stopped: `more` asks for the next chunk, the last two mean that the value can never become valid. */
export type Cut = 'more' | 'done' | 'newline-in-string' | 'value-on-new-line'

const newline = 0x0a
const quote = 0x22
const comma = 0x2c
const colon = 0x3a
const openBracket = 0x5b
const backslash = 0x5c
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/** Bytes that end the quick walk through a string. */
const endsWalk = table(quote, backslash, newline)
/** Bytes that matter outside strings. */
const structural = table(newline, quote, openBracket, closeBracket, openBrace, closeBrace)
const endsScalar = table(0x09, newline, 0x0d, 0x20, quote, comma, openBracket, closeBracket, openBrace, closeBrace)

/** From this length on `indexOf` beats a walk byte by byte, because calling it has a price. */
const walkLength = 48

function table(...bytes: readonly number[]): Uint8Array {
  const set = new Uint8Array(256)
  for (const byte of bytes) set[byte] = 1
  return set
}

/**
 * Cuts one JSON value out of chunks of bytes by structure alone; what is inside is left to JSON.parse.
 * `position` says where in the chunk the scan stopped, `line` counts newlines and belongs to both sides.
 */
export class ValueCutter {
  position = 0
  line = 1
  startLine = 1
  /** The value is larger than is kept or nested too deep: only its end is looked for. */
  dropped: 'element-too-long' | 'too-deep' | undefined
  /** Offset of the first newline inside the value, -1 for none. */
  firstNewline = -1

  #chunk: Buffer = Buffer.alloc(0)
  #chunkIsAscii = false
  /** Next newline at or behind the last look, so that no stretch of a chunk is searched twice. */
  #nextNewline = -1
  #start = 0
  #held = 0
  #store = Buffer.alloc(0)
  #kind: 'container' | 'string' | 'scalar' = 'scalar'
  #depth = 0
  #inString = false
  #escaped = false
  #newlineWasLast = false
  /** The last byte of earlier chunks that is not whitespace. */
  #lastSeen = 0
  #ownLine = false

  constructor(private readonly limit: number) {}

  /** The chunk that `begin` and `scan` work on; a value in progress goes on at `position`. */
  attach(chunk: Uint8Array, position = 0): void {
    this.#chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    this.#chunkIsAscii = isAscii(this.#chunk)
    this.#nextNewline = -1
    this.#start = position
    this.position = position
  }

  /** Starts a value at a byte that is not whitespace. `ownLine`: a newline may be the border to the next value. */
  begin(position: number, ownLine: boolean): void {
    const first = this.#chunk[position]!
    this.#kind = first === quote ? 'string' : (first | 0x20) === openBrace ? 'container' : 'scalar'
    this.position = position
    this.startLine = this.line
    this.dropped = undefined
    this.firstNewline = -1
    this.#start = position
    this.#held = 0
    this.#depth = 0
    this.#inString = false
    this.#escaped = false
    this.#newlineWasLast = false
    this.#ownLine = ownLine
  }

  scan(): Cut {
    const cut = this.#kind === 'scalar' ? this.#scanScalar() : this.#scanContainer()
    if (cut === 'more' || this.#held > 0) this.#hold()
    else if (this.position - this.#start > this.limit) this.dropped ??= 'element-too-long'
    return cut
  }

  /** True for a number or word: the input may end here, and only a border on either side tells what it was. */
  get mayEnd(): boolean {
    return this.#kind === 'scalar'
  }

  /** How many bytes the value has so far. */
  get length(): number {
    return this.#held > 0 ? this.#held : this.position - this.#start
  }

  /** The bytes of the value so far; valid until the next call. */
  bytes(): Buffer {
    return this.#held > 0 ? this.#store.subarray(0, this.#held) : this.#chunk.subarray(this.#start, this.position)
  }

  /** The value itself, or undefined if JSON.parse refuses it: its message quotes the input, so none comes out. */
  parse(): { readonly value: unknown } | undefined {
    try {
      // A view for each of a million short lines costs as much as parsing them.
      if (this.#held === 0 && this.#chunkIsAscii) {
        return { value: JSON.parse(this.#chunk.toString('latin1', this.#start, this.position)) }
      }
      const bytes = this.bytes()
      if (isAscii(bytes)) return { value: JSON.parse(bytes.toString('latin1')) }
      // A lenient decode would put U+FFFD into names and serials without a word.
      return isUtf8(bytes) ? { value: JSON.parse(bytes.toString('utf8')) } : undefined
    } catch {
      return undefined
    }
  }

  /** Position of the value's first newline in the current chunk, or -1 if an earlier chunk had it. */
  firstNewlineHere(): number {
    return this.#held > 0 ? -1 : this.#start + this.firstNewline
  }

  #scanScalar(): Cut {
    const chunk = this.#chunk
    let position = this.position
    while (position < chunk.length && endsScalar[chunk[position]!] === 0) position++
    this.position = position
    return position < chunk.length ? 'done' : 'more'
  }

  #scanContainer(): Cut {
    const chunk = this.#chunk
    const end = chunk.length
    let position = this.position
    let depth = this.#depth
    if (this.#newlineWasLast && end > 0) {
      this.#newlineWasLast = false
      if (this.#startsValue(position - 1)) return 'value-on-new-line'
    }
    while (position < end) {
      if (this.#inString) {
        position = this.#passString(position)
        if (position < 0) {
          this.#depth = depth
          return 'newline-in-string'
        }
        if (this.#inString) break
        if (depth === 0) return this.#stop(position)
        continue
      }
      const byte = chunk[position++]!
      if (structural[byte] === 0) continue
      if (byte === quote) {
        this.#inString = true
      } else if (byte === newline) {
        if (this.#ownLine && this.#newlineAt(position - 1)) {
          this.position = position - 1
          return 'value-on-new-line'
        }
        this.line++
      } else if ((byte | 0x20) === openBrace) {
        if (++depth > jsonDepthLimit) this.dropped ??= 'too-deep'
      } else if (--depth === 0) {
        return this.#stop(position)
      }
    }
    this.#depth = depth
    this.position = position
    return 'more'
  }

  #stop(position: number): Cut {
    this.position = position
    return 'done'
  }

  /** Goes behind the closing quote, or to the end of the chunk; -1 for a raw newline, with `position` on it. */
  #passString(from: number): number {
    const chunk = this.#chunk
    const end = chunk.length
    let position = from
    if (this.#escaped) {
      this.#escaped = false
      if (chunk[position] !== newline) position++
    }
    for (;;) {
      const near = Math.min(end, position + walkLength)
      while (position < near && endsWalk[chunk[position]!] === 0) position++
      if (position < near) {
        const byte = chunk[position]!
        if (byte === quote) {
          this.#inString = false
          return position + 1
        }
        if (byte === backslash && position + 1 === end) {
          this.#escaped = true
          return end
        }
        if (byte === newline || chunk[position + 1] === newline)
          return this.#newlineInString(position + (byte === newline ? 0 : 1))
        position += 2
        continue
      }
      if (position === end) return end
      const found = chunk.indexOf(quote, position)
      const stop = found < 0 ? end : found
      if (this.#nextNewline < position) {
        const next = chunk.indexOf(newline, position)
        this.#nextNewline = next < 0 ? end : next
      }
      if (this.#nextNewline < stop) return this.#newlineInString(this.#nextNewline)
      let before = stop
      while (before > position && chunk[before - 1] === backslash) before--
      const escaped = (stop - before) % 2 === 1
      if (found < 0) {
        this.#escaped = escaped
        return end
      }
      position = found + 1
      if (escaped) continue
      this.#inString = false
      return position
    }
  }

  #newlineInString(position: number): -1 {
    this.position = position
    return -1
  }

  /** Notes a newline outside strings; true if what follows it can only be a value of its own. */
  #newlineAt(position: number): boolean {
    if (this.firstNewline < 0) this.firstNewline = this.#held + position - this.#start
    this.#newlineWasLast = position + 1 === this.#chunk.length
    return !this.#newlineWasLast && this.#startsValue(position)
  }

  /**
   * JSON lines and pretty documents start in the first column, and nothing inside a pretty document does. `{` or `[`
   * there is still part of the value behind `[`, `,` or `:`; otherwise the value before it is broken.
   */
  #startsValue(newlinePosition: number): boolean {
    const next = this.#chunk[newlinePosition + 1]!
    if ((next | 0x20) !== openBrace) return false
    const before = this.#lastBefore(newlinePosition)
    return before !== openBracket && before !== comma && before !== colon
  }

  #lastBefore(position: number): number {
    for (let at = position - 1; at >= this.#start; at--) if (this.#chunk[at]! > 0x20) return this.#chunk[at]!
    return this.#lastSeen
  }

  #hold(): void {
    const from = this.#start
    const length = this.position - from
    if (this.#ownLine) this.#lastSeen = this.#lastBefore(this.position)
    this.#start = this.position
    if (this.#held + length > this.limit) this.dropped ??= 'element-too-long'
    if (this.dropped !== undefined || length <= 0) return
    if (this.#held + length > this.#store.length) {
      const larger = Buffer.allocUnsafe(Math.min(this.limit, Math.max(1 << 16, 2 * (this.#held + length))))
      larger.set(this.#store.subarray(0, this.#held))
      this.#store = larger
    }
    this.#store.set(this.#chunk.subarray(from, this.position), this.#held)
    this.#held += length
  }
}

/**
 * Whether the strings of a broken value can be trusted to be strings. If one quote is missing, all text behind it swaps
 * sides, and text of the file could then be taken for records. That shows at once: a string that starts or ends
 * next to anything but punctuation.
 */
export function hasSoundStrings(bytes: Uint8Array): boolean {
  let before = comma
  let afterString = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte <= 0x20) continue
    const punctuation = byte === comma || byte === colon || (byte | 0x20) === openBrace || (byte | 0x20) === closeBrace
    if (afterString && (!punctuation || (byte | 0x20) === openBrace)) return false
    afterString = byte === quote
    if (byte === quote) {
      if (before !== comma && before !== colon && (before | 0x20) !== openBrace) return false
      for (at++; at < bytes.length && bytes[at] !== quote; at++) {
        if (bytes[at]! < 0x20) return false
        if (bytes[at] === backslash) at++
      }
    }
    before = byte
  }
  return true
}
