import { pipeline } from 'node:stream'
import type { Gunzip, InflateRaw } from 'node:zlib'
import type { InputLimits } from './input-limits.js'
import { asFailure, refuse } from './input-refusals.js'

/** Decompresses, and refuses what inflates beyond the limits or does not end where its bytes end. */
export async function* inflate(
  engine: Gunzip | InflateRaw,
  packed: AsyncIterable<Uint8Array>,
  name: string,
  limits: InputLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  let taken = 0
  let given = 0
  async function* counted() {
    for await (const chunk of packed) {
      taken += chunk.length
      yield chunk
    }
  }
  try {
    // An error of either side destroys the engine and comes out of the loop below.
    pipeline(counted(), engine, () => undefined)
    for await (const chunk of engine as AsyncIterable<Uint8Array>) {
      given += chunk.length
      if (given > limits.inflationFrom && given > taken * limits.inflationRatio) {
        throw refuse(name, 'archive-ratio', limits.inflationRatio)
      }
      if (given > limits.inputBytes) throw refuse(name, 'input-too-large', limits.inputBytes)
      yield chunk
    }
    // zlib ignores what follows the end of the stream; rows could be lost there.
    if (engine.bytesWritten !== taken) throw refuse(name, 'archive-damaged')
  } catch (error) {
    throw asFailure(name, error)
  }
}
