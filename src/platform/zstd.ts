import { Decompress } from 'fzstd'
import type { Failure } from './failure.js'
import type { InputLimits } from './input-limits.js'
import { refuse } from './input-refusals.js'
import { type ZstdFault, ZstdFrames } from './zstd-frames.js'

/*
 * fzstd on every Node: it inflates lines of OTLP at 320 MB/s (zstd -19) to 470 MB/s (-3) on Node 20. zlib's own, from Node
 * 22.15 on, reaches 1,500 to 2,200 MB/s, but does not earn a second path: it takes other windows and compares checksums,
 * so that the same file would be read on one Node and refused on another. (Measured with 212 MB of lines, 2026-11-21.)
 * Checksums are not compared here: what is damaged inside a frame shows as lines that are not JSON.
 */

/** How much is inflated at a time: at most 256 blocks, so 32 MiB, can come of it before anybody looks. */
const pieceBytes = 1024

/** Whether bytes begin with a frame of Zstandard. */
export function isZstd(head: Uint8Array): boolean {
  return head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd
}

/**
 * Decompresses a stream of Zstandard frames; the chunks must be fresh ones. Throws a Failure for what is damaged, cut
 * off, or inflates beyond the limits, after all that came before was given.
 */
export async function* zstdChunks(
  packed: AsyncIterable<Uint8Array>,
  name: string,
  limits: InputLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  const inflater = new Inflater()
  let taken = 0
  let given = 0
  for await (const chunk of packed) {
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      const piece = chunk.subarray(at, at + pieceBytes)
      taken += piece.length
      const fault = inflater.push(piece)
      for (const bytes of inflater.given()) {
        given += bytes.length
        if (given > limits.inflationFrom && given > taken * limits.inflationRatio) {
          throw refuse(name, 'archive-ratio', limits.inflationRatio)
        }
        if (given > limits.inputBytes) throw refuse(name, 'input-too-large', limits.inputBytes)
        yield bytes
      }
      if (fault !== undefined) throw refusal(name, fault)
    }
  }
  const fault = inflater.end()
  yield* inflater.given()
  if (fault !== undefined) throw refusal(name, fault)
}

/** Decompresses a message in memory: its bytes, or why there are none. */
export function unzstd(packed: Uint8Array, mostBytes: number): Uint8Array | ZstdFault | 'too-long' {
  const inflater = new Inflater()
  const parts: Uint8Array[] = []
  let given = 0
  for (let at = 0; at < packed.length; at += pieceBytes) {
    const fault = inflater.push(packed.subarray(at, at + pieceBytes))
    if (fault !== undefined) return fault
    for (const bytes of inflater.given()) {
      given += bytes.length
      parts.push(bytes)
    }
    if (given > mostBytes) return 'too-long'
  }
  const fault = inflater.end()
  if (fault !== undefined) return fault
  parts.push(...inflater.given())
  return Buffer.concat(parts)
}

function refusal(name: string, fault: ZstdFault): Failure {
  return refuse(name, fault === 'damaged' ? 'archive-damaged' : 'archive-method')
}

class Inflater {
  readonly #frames = new ZstdFrames()
  #given: Uint8Array[] = []
  readonly #engine = new Decompress((bytes) => {
    if (bytes.length > 0) this.#given.push(bytes)
  })

  push(piece: Uint8Array): ZstdFault | undefined {
    return this.#frames.take(piece) ?? this.#decompress(piece, false)
  }

  end(): ZstdFault | undefined {
    return this.#frames.whole ? this.#decompress(new Uint8Array(0), true) : 'damaged'
  }

  /** What was decompressed since it was asked for last. */
  given(): Uint8Array[] {
    const given = this.#given
    this.#given = []
    return given
  }

  #decompress(piece: Uint8Array, final: boolean): ZstdFault | undefined {
    try {
      this.#engine.push(piece, final)
      return undefined
    } catch {
      // Whatever it stumbles over, the bytes are no Zstandard: the library checks few of its indexes.
      return 'damaged'
    }
  }
}
