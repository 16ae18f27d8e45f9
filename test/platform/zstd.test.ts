import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { findInputs, type InputLimits, inputLimits } from '../../src/platform/input.js'
import { unzstd, zstdChunks } from '../../src/platform/zstd.js'
import { ZstdFrames } from '../../src/platform/zstd-frames.js'
import { fixture, zstdFrame } from '../telemetry/otlp/in-memory.js'

const folder = mkdtempSync(join(tmpdir(), 'zstd-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function inflated(packed: readonly Uint8Array[], limits: Partial<InputLimits> = {}) {
  const parts: Uint8Array[] = []
  let code: string | undefined
  async function* chunks() {
    yield* packed
  }
  try {
    for await (const bytes of zstdChunks(chunks(), 'a.zst', { ...inputLimits, ...limits })) parts.push(bytes)
  } catch (error) {
    code = (error as { code: string }).code
  }
  return { bytes: Buffer.concat(parts), code }
}

const packed = fixture('two-frames.jsonl.zst')
const plain = Buffer.concat([fixture('claude-code-logs.jsonl'), fixture('claude-code-metrics.jsonl')])
const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])
const emptyFrame = zstdFrame(Buffer.alloc(0))

describe('files of the zstd tool', () => {
  test('one frame, several, with and without checksum', async () => {
    expect(await inflated([fixture('logs-level-3.jsonl.zst')])).toEqual({
      bytes: fixture('claude-code-logs.jsonl'),
      code: undefined,
    })
    expect(await inflated([packed])).toEqual({ bytes: plain, code: undefined })
    expect(unzstd(packed, plain.length)).toEqual(plain)
  })

  test('frames to skip and empty frames hold nothing', async () => {
    expect(await inflated([Buffer.concat([skippable, packed, skippable, emptyFrame])])).toEqual({
      bytes: plain,
      code: undefined,
    })
  })

  test('any split gives the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: packed.length - 1 }), { maxLength: 30 }), async (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), packed.length]
        const pieces = places.slice(1).map((end, index) => packed.subarray(places[index], end))
        expect(await inflated(pieces)).toEqual({ bytes: plain, code: undefined })
      }),
      { numRuns: 15 },
    )
  })

  test('cut off anywhere but between frames it is damaged, and what came before is given', async () => {
    const between = fixture('two-frames.jsonl.zst').indexOf(packed.subarray(0, 4), 4)
    const ends = Array.from({ length: packed.length - 1 }, (_, end) => end + 1).filter(
      (end) => end % 23 === 1 || end < 30,
    )
    for (const end of [...ends, between]) {
      const { bytes, code } = await inflated([packed.subarray(0, end)])
      expect(plain.subarray(0, bytes.length).equals(bytes)).toBe(true)
      expect(code).toBe(end === between ? undefined : 'archive-damaged')
      if (end >= between) expect(bytes.length).toBeGreaterThanOrEqual(fixture('claude-code-logs.jsonl').length)
    }
  })

  test('what follows a frame must be one', async () => {
    expect((await inflated([packed, Buffer.from('x,y\n1,2\n')])).code).toBe('archive-damaged')
  })
})

test('raw frames of any bytes come out as they were', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 5000 }),
      fc.integer({ min: 1, max: 3000 }),
      async (bytes, blockBytes) => {
        const frame = zstdFrame(bytes, blockBytes)
        expect(Buffer.from(unzstd(frame, 5000) as Uint8Array)).toEqual(Buffer.from(bytes))
        expect(await inflated([frame, frame])).toEqual({ bytes: Buffer.concat([bytes, bytes]), code: undefined })
      },
    ),
  )
})

test('damaged bytes are refused or give bytes, and nothing is thrown but a refusal', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const damaged = Buffer.from(packed)
      damaged[at] = damaged[at]! ^ change
      const { code } = await inflated([damaged])
      expect([undefined, 'archive-damaged', 'archive-method']).toContain(code)
    }),
    { numRuns: 100 },
  )
})

describe('what a hostile file asks for is refused before it is given', () => {
  const header = (...bytes: number[]) => Buffer.from([0x28, 0xb5, 0x2f, 0xfd, ...bytes])
  test.each([
    ['a window of 2 GB', header(0, 0xa8, 1, 0, 0), 'archive-method'],
    ['content of 2 GB in one window', header(0xa0, 0, 0, 0, 0x80, 1, 0, 0), 'archive-method'],
    ['content of 2^60 bytes in one window', header(0xe0, 0, 0, 0, 0, 0, 0, 0, 0x10, 1, 0, 0), 'archive-method'],
    ['a dictionary', header(0x01, 0x58, 7, 1, 0, 0), 'archive-method'],
    ['a block of 2 MB', header(0, 0x58, 0xfb, 0xff, 0xff, 0), 'archive-damaged'],
    ['a reserved kind of block', header(0, 0x58, 0x0e, 0, 0), 'archive-damaged'],
    ['a reserved bit', header(0x08, 0x58, 1, 0, 0), 'archive-damaged'],
  ])('%s', async (_, bytes, code) => {
    expect((await inflated([bytes])).code).toBe(code)
  })

  test('windows as large as level 22 needs for a small file, and the largest that is read', () => {
    expect(new ZstdFrames().take(header(0, 0x78, 1, 0, 0))).toBeUndefined()
    expect(new ZstdFrames().take(header(0, 0x79, 1, 0, 0))).toBe('unsupported')
  })

  test('a bomb', async () => {
    // 60,000 blocks of 128 KiB of the same byte: 7.8 GB in 240 KB.
    const block = Buffer.from([0x02, 0x00, 0x10, 0x58])
    const bomb = Buffer.concat([header(0, 0x58), ...Array.from({ length: 60_000 }, () => block)])
    const { bytes, code } = await inflated([bomb])
    expect(code).toBe('archive-ratio')
    expect(bytes.length).toBeLessThan(inputLimits.inflationFrom + 40 * 2 ** 20)
    expect((await inflated([bomb], { inflationRatio: 1e9, inputBytes: 1e6 })).code).toBe('input-too-large')
    expect(unzstd(bomb, 1e6)).toBe('too-long')
  })
})

test('a file and stdin are known by their first bytes', async () => {
  const path = join(folder, 'rows.csv')
  writeFileSync(path, packed)
  const read = async (found: Awaited<ReturnType<typeof findInputs>>) => {
    expect(found.problems).toEqual([])
    const parts: Buffer[] = []
    for await (const chunk of found.inputs[0]!.open()) parts.push(Buffer.from(chunk))
    return { packed: found.inputs[0]!.packed, bytes: Buffer.concat(parts) }
  }
  expect(await read(await findInputs([path], { stdin: Readable.from([]) }))).toEqual({ packed: 'zstd', bytes: plain })
  const stdin = Readable.from([packed.subarray(0, 3), packed.subarray(3)])
  expect(await read(await findInputs(['-'], { stdin }))).toEqual({ packed: 'zstd', bytes: plain })
})
