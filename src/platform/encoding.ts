import { isUtf8 } from 'node:buffer'
import { exitCode, Failure } from './failure.js'
import { hasBinaryMagic } from './foreign-file.js'

/** The encodings that exports come in. */
export type Encoding = 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be' | 'windows-1252'

/**
 * The head was UTF-8, a later part is not. Whoever reads may start again with `windows-1252` and a warning; where
 * that is not possible (stdin), it is a refused input like any other.
 */
export class EncodingChanged extends Failure {
  constructor(
    /** Offset of the first byte that is not UTF-8, counted from the start of the input. */
    readonly offset: number,
  ) {
    super(
      exitCode.inputRefused,
      'encoding-changed',
      `The file begins as UTF-8 but is not valid UTF-8 at byte ${offset + 1}.`,
      { tryThis: ['Export the file again as UTF-8, or name its encoding with --encoding.'] },
    )
  }
}

/**
 * Decides the encoding from the first bytes. `whole` says that the head is the whole input, so that a character cut
 * off at its end is an error and not just the cut. `windows-1252` is a guess the user has to be told of.
 */
export function detectEncoding(head: Uint8Array, whole: boolean): Encoding | 'binary' {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8-bom'
  if (head[0] === 0xff && head[1] === 0xfe) return head[2] === 0 && head[3] === 0 ? 'binary' : 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  if (hasBinaryMagic(head)) return 'binary'

  const { controls, even, odd } = countControls(head)
  // ASCII as UTF-16 is half zero bytes, all on one side; names in other scripts leave at least the delimiters.
  const many = head.length / 20
  if (odd > many && odd > 10 * even) return 'utf-16le'
  if (even > many && even > 10 * odd) return 'utf-16be'
  // A stray zero byte in a serial number is text with a flaw; programs and compressed data have a tenth and more.
  if (controls > 4 && controls > head.length / 20) return 'binary'

  const end = whole ? head.length : head.length - cutOff(head).length
  return isUtf8(head.subarray(0, end)) ? 'utf-8' : 'windows-1252'
}

function countControls(head: Uint8Array): { controls: number; even: number; odd: number } {
  let controls = 0
  let even = 0
  let odd = 0
  for (let index = 0; index < head.length; index++) {
    const byte = head[index]!
    if (byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0x1a || byte === 0x1b) continue
    controls++
    if (byte !== 0) continue
    if (index % 2 === 0) even++
    else odd++
  }
  return { controls, even, odd }
}

/**
 * Turns raw chunks into UTF-8 without a byte order mark. UTF-8 is checked to the last byte and passed on without a
 * copy, so the rule of the source holds: a chunk is valid only until the next one is asked for. A chunk may end in the
 * middle of a character. Throws `EncodingChanged` before the first wrong chunk is passed on.
 */
export function toUtf8(chunks: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncIterable<Uint8Array> {
  if (encoding === 'utf-8') return checkUtf8(chunks, 0)
  if (encoding === 'utf-8-bom') return checkUtf8(withoutBom(chunks), 3)
  return decode(chunks, encoding)
}

/** The first bytes of a text as UTF-8, to recognise it; its last character may be cut. */
export function decodeHead(head: Uint8Array, encoding: Encoding): Uint8Array {
  if (encoding === 'utf-8') return head
  if (encoding === 'utf-8-bom') return head.subarray(3)
  const even = encoding.startsWith('utf-16') ? head.subarray(0, head.length & ~1) : head
  return Buffer.from(new TextDecoder(encoding).decode(even), 'utf8')
}

async function* withoutBom(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left = 3
  for await (const chunk of chunks) {
    const cut = Math.min(left, chunk.length)
    left -= cut
    if (cut < chunk.length) yield cut === 0 ? chunk : chunk.subarray(cut)
  }
}

async function* checkUtf8(chunks: AsyncIterable<Uint8Array>, start: number): AsyncGenerator<Uint8Array> {
  const open = new Uint8Array(4)
  let has = 0
  let needs = 0
  let offset = start
  for await (const chunk of chunks) {
    let from = 0
    if (has > 0) {
      from = Math.min(needs - has, chunk.length)
      open.set(chunk.subarray(0, from), has)
      if (has + from === needs && !isUtf8(open.subarray(0, needs))) throw new EncodingChanged(offset - has)
      has = has + from === needs ? 0 : has + from
    }
    if (has === 0) {
      const cut = cutOff(chunk.subarray(from))
      const body = chunk.subarray(from, chunk.length - cut.length)
      if (!isUtf8(body)) throw new EncodingChanged(offset + from + firstWrongByte(body))
      open.set(cut.bytes)
      has = cut.length
      needs = cut.needs
    }
    offset += chunk.length
    yield chunk
  }
  if (has > 0) throw new EncodingChanged(offset - has)
}

/** The beginning of a character at the end of the bytes, whose rest has to come with the next chunk. */
function cutOff(bytes: Uint8Array): { length: number; needs: number; bytes: Uint8Array } {
  for (let length = 1; length <= Math.min(3, bytes.length); length++) {
    const byte = bytes[bytes.length - length]!
    if (byte >= 0x80 && byte < 0xc0) continue
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    if (needs > length) return { length, needs, bytes: bytes.subarray(bytes.length - length) }
    break
  }
  return { length: 0, needs: 0, bytes: bytes.subarray(bytes.length) }
}

function firstWrongByte(bytes: Uint8Array): number {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  let offset = 0
  let from = 0
  for (;;) {
    const mark = text.indexOf('\ufffd', from)
    offset += Buffer.byteLength(text.slice(from, mark === -1 ? undefined : mark))
    // The data may hold a real U+FFFD, written as EF BF BD.
    const real = bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd
    if (mark === -1 || !real) return offset
    offset += 3
    from = mark + 1
  }
}

async function* decode(
  chunks: AsyncIterable<Uint8Array>,
  encoding: 'utf-16le' | 'utf-16be' | 'windows-1252',
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding, { fatal: encoding !== 'windows-1252' })
  const read = (chunk: Uint8Array | undefined): Uint8Array => {
    try {
      return Buffer.from(chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true }))
    } catch {
      throw new Failure(
        exitCode.inputRefused,
        'encoding-damaged',
        `The file is not valid ${encoding.toUpperCase()}: it is damaged or cut off.`,
        { tryThis: ['Export the file again, if possible as UTF-8.'] },
      )
    }
  }
  for await (const chunk of chunks) {
    const bytes = read(chunk)
    if (bytes.length > 0) yield bytes
  }
  const rest = read(undefined)
  if (rest.length > 0) yield rest
}
