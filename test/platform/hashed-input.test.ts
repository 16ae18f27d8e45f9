import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { hashedInput } from '../../src/platform/hashed-input.js'
import { findInputs, readHead } from '../../src/platform/input.js'
import { sha256 } from '../../src/platform/sha256.js'

const folder = mkdtempSync(join(tmpdir(), 'fleet-hashed-'))
afterAll(() => rmSync(folder, { recursive: true }))

const content = JSON.stringify({ schema: 'fleet.scan/v1', filler: 'x'.repeat(500_000) })
const inputOf = async (path: string, stdin: Uint8Array = new Uint8Array()) =>
  hashedInput((await findInputs([path], { stdin: Readable.from([stdin]) })).inputs[0]!)

async function readThrough({ input }: Awaited<ReturnType<typeof inputOf>>): Promise<string> {
  const parts: Buffer[] = []
  for await (const chunk of input.open()) parts.push(Buffer.from(chunk))
  return Buffer.concat(parts).toString()
}

describe('an input that is hashed while it is read', () => {
  it('has the digest of its file after it was read to the end, and none before', async () => {
    const file = join(folder, 'a.json')
    writeFileSync(file, content)
    const hashed = await inputOf(file)
    await readHead(hashed.input, 1024)
    expect(await hashed.digest()).toBeUndefined()
    expect(await readThrough(hashed)).toBe(content)
    expect(await hashed.digest()).toBe(`sha256:${sha256(content)}`)
  })

  it('has the digest of the compressed file, as sha256sum sees it', async () => {
    const file = join(folder, 'a.json.gz')
    const packed = gzipSync(content)
    writeFileSync(file, packed)
    const hashed = await inputOf(file)
    expect(await readThrough(hashed)).toBe(content)
    expect(await hashed.digest()).toBe(`sha256:${sha256(packed)}`)
  })

  it('has the digest of stdin, unless that was compressed', async () => {
    const plain = await inputOf('-', Buffer.from(content))
    await readThrough(plain)
    expect(await plain.digest()).toBe(`sha256:${sha256(content)}`)
    const packed = await inputOf('-', gzipSync(content))
    await readThrough(packed)
    expect(await packed.digest()).toBeUndefined()
  })
})
