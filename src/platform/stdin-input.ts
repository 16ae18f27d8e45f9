import { createGunzip } from 'node:zlib'
import { chunkBytes } from './file-reading.js'
import { recogniseForeign } from './foreign-file.js'
import { inflate } from './inflate.js'
import type { Input } from './input.js'
import { headLimit, type InputLimits } from './input-limits.js'
import { asFailure, refuse } from './input-refusals.js'
import { isZstd, zstdChunks } from './zstd.js'

const name = 'stdin'

/** Looks at the first bytes of stdin, and gives it as an input: as it is, or inflated. */
export async function openStdin(stdin: NodeJS.ReadableStream, limits: InputLimits): Promise<Input> {
  if ('isTTY' in stdin && stdin.isTTY === true) throw refuse(name, 'stdin-terminal')
  const source = readStream(stdin, limits)
  const first: Uint8Array[] = []
  let next = await source.next()
  while (!next.done && Buffer.concat(first).length + next.value.length < 4) {
    first.push(next.value)
    next = await source.next()
  }
  if (!next.done) first.push(next.value)
  const head = Buffer.concat(first)
  if (head.length === 0) throw refuse(name, 'input-empty')
  const gzip = head[0] === 0x1f && head[1] === 0x8b
  if (!gzip && recogniseForeign(head)?.what.startsWith('a ZIP')) throw refuse(name, 'stdin-archive')
  async function* all() {
    yield head
    yield* source
  }
  const packed = gzip ? ('gzip' as const) : isZstd(head) ? ('zstd' as const) : undefined
  const chunks =
    packed === 'gzip'
      ? inflate(createGunzip({ chunkSize: chunkBytes }), all(), name, limits)
      : packed === 'zstd'
        ? zstdChunks(all(), name, limits)
        : all()
  return { name, size: undefined, ...(packed && { packed }), open: replayable(chunks) }
}

async function* readStream(
  stream: NodeJS.ReadableStream,
  limits: InputLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  let total = 0
  try {
    for await (const chunk of stream) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      total += bytes.length
      if (total > limits.inputBytes) throw refuse(name, 'input-too-large', limits.inputBytes)
      if (bytes.length > 0) yield bytes
    }
  } catch (error) {
    throw asFailure(name, error)
  }
}

/** Lets a source that can be read once be opened again, as long as no more than the head was asked for. */
function replayable(source: AsyncGenerator<Uint8Array>): () => AsyncIterable<Uint8Array> {
  const held: Uint8Array[] = []
  let heldBytes = 0
  let lost = false
  let broken: { readonly error: unknown } | undefined
  return async function* replay() {
    if (lost) throw new Error('stdin was opened a second time after its head was passed')
    for (const chunk of held) yield chunk
    for (;;) {
      // A generator that has thrown looks finished from then on: a torn input must not pass for a whole one.
      if (broken) throw broken.error
      const next = await source.next().catch((error: unknown) => {
        broken = { error }
        throw error
      })
      if (next.done) return
      if (!lost && heldBytes <= headLimit) held.push(next.value)
      else {
        lost = true
        held.length = 0
      }
      heldBytes += next.value.length
      yield next.value
    }
  }
}
