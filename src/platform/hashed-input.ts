import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { Input } from './input.js'

/** An input whose bytes are hashed while they are read. */
export interface HashedInput {
  readonly input: Input
  /** `sha256:…` as sha256sum tells it of the file; undefined of compressed stdin. After the input was read to its end. */
  digest(): Promise<string | undefined>
}

/** Hashes what passes by; of a compressed file the bytes on disk, which are read for it once more. */
export function hashedInput(input: Input): HashedInput {
  let passed: string | undefined
  const hashed: Input = {
    ...input,
    async *open() {
      // Each reading is one of its own: what only looks at the beginning has no digest.
      const hash = createHash('sha256')
      for await (const chunk of input.open()) {
        hash.update(chunk)
        yield chunk
      }
      passed = hash.digest('hex')
    },
  }
  return {
    input: hashed,
    async digest() {
      const hex = input.packed === undefined ? passed : input.file === undefined ? undefined : await hashOf(input.file)
      return hex === undefined ? undefined : `sha256:${hex}`
    },
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk)
  return hash.digest('hex')
}
