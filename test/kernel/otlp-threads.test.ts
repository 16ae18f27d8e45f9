import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findInputs, type Input } from '../../src/platform/input.js'
import type { TelemetryBatch } from '../../src/telemetry/batch.js'
import { looseFields, numberFields } from '../../src/telemetry/fields.js'
import { BatchColumns, WordList } from '../../src/telemetry/otlp/batch-columns.js'
import { exactBlockParser } from '../../src/telemetry/otlp/exact-block-parser.js'
import { emptyReport, finishedReport } from '../../src/telemetry/otlp/input-report.js'
import { readOtlp } from '../../src/telemetry/otlp/read-otlp.js'
import { ReadingThreads } from '../../src/telemetry/otlp/reading-threads.js'
import { SegmentReader } from '../../src/telemetry/otlp/segment-reader.js'
import { line } from './otlp-lines.js'

const identityKeys = ['endpoint.serial', 'host.name']

let folder: string
let program: URL
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otlp-threads-'))
  program = pathToFileURL(join(folder, 'reading-worker.mjs'))
  await build({
    entryPoints: [fileURLToPath(new URL('../../src/telemetry/otlp/reading-worker.ts', import.meta.url))],
    outfile: fileURLToPath(program),
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'warning',
  })
}, 60_000)
afterAll(() => rm(folder, { recursive: true }))

async function inputOf(bytes: Uint8Array, name = 'telemetry.jsonl'): Promise<Input> {
  const path = join(folder, name)
  await writeFile(path, bytes)
  const { inputs } = await findInputs([path], { stdin: process.stdin })
  return inputs[0]!
}

/** Everything a batch says, as texts. */
function rowsOf(batch: TelemetryBatch, words: WordList) {
  return Array.from({ length: batch.rows }, (_, row) => [
    batch.file,
    batch.signal[row],
    batch.time[row],
    batch.observed[row],
    Array.from(batch.words.subarray(row * batch.wordColumns, (row + 1) * batch.wordColumns), (word) =>
      words.text(word),
    ),
    [...batch.numbers.subarray(row * numberFields.length, (row + 1) * numberFields.length)],
    batch.content[row],
    batch.redacted[row],
    looseFields.map((field) => [batch.loose(row, field), batch.looseHash(row, field)]),
  ])
}

async function inOneGo(input: Input) {
  const words = new WordList()
  const rows: unknown[] = []
  const reports = await readOtlp([input], words, { identityKeys, parser: exactBlockParser(identityKeys) }, (batch) => {
    rows.push(...rowsOf(batch, words))
  })
  return { rows, report: reports[0] }
}

/** Reads with two threads and segments so small that lines go over several of them. */
async function inSegments(input: Input, segmentBytes: number) {
  const words = new WordList()
  const rows: unknown[] = []
  const report = emptyReport(input.name)
  const threads = new ReadingThreads(2, identityKeys, words, { leastBytes: 0, segmentBytes, program })
  const visit = (batch: TelemetryBatch) => {
    rows.push(...rowsOf(batch, words))
  }
  try {
    const columns = new BatchColumns(identityKeys)
    columns.clear(input.name)
    for await (const block of await threads.blocks(input, report, visit)) {
      exactBlockParser(identityKeys).parse(block, columns, words, report)
    }
    visit(columns)
  } finally {
    await threads.close()
  }
  return { rows, report: finishedReport(report) }
}

function manyLines(count: number, seed: number, ended: boolean): Buffer {
  const lines = fc.sample(line, { numRuns: count, seed })
  const parts = lines.flatMap((one) => [one, Buffer.from('\n')])
  return Buffer.concat(ended ? parts : parts.slice(0, -1))
}

describe('reading with threads', { timeout: 60_000 }, () => {
  it.each([
    [1, 300, true],
    [2, 4000, false],
    [3, 1_000_000, false],
  ])('gives the rows and counts of one thread, in their order (%i)', async (seed, segmentBytes, ended) => {
    const input = await inputOf(manyLines(60, seed, ended))
    const { rows, report } = await inSegments(input, segmentBytes)
    expect({ rows, report }).toEqual(await inOneGo(input))
    expect(rows.length).toBeGreaterThan(20)
  })

  it('goes on in one go from a line that is too long for a thread', async () => {
    const long = Buffer.from(`{"resourceLogs":[],"x":"${'y'.repeat(9 * 2 ** 20)}"}\n`)
    const bytes = Buffer.concat([manyLines(20, 4, true), long, manyLines(20, 5, true)])
    const input = await inputOf(bytes)
    const { rows, report } = await inSegments(input, 2 ** 20)
    expect({ rows, report }).toEqual(await inOneGo(input))
    expect(report.bytes).toBe(bytes.length)
  })

  it('says so when the file is gone, and still closes', async () => {
    const input = await inputOf(manyLines(5, 6, true), 'gone.jsonl')
    const fits = await new ReadingThreads(1, identityKeys, new WordList(), {
      leastBytes: 0,
      segmentBytes: 100,
      program,
    }).fits(input)
    expect(fits).toBe(true)
    await rm(input.file!)
    const threads = new ReadingThreads(1, identityKeys, new WordList(), { leastBytes: 0, segmentBytes: 100, program })
    await expect(threads.read(input, emptyReport('x'), () => {})).rejects.toMatchObject({ code: 'input-not-found' })
    await threads.close()
  })

  it('leaves a file to one thread when there are more words than a thread keeps', async () => {
    const { file } = await inputOf(manyLines(40, 8, true))
    const handle = await open(file!)
    try {
      const { size } = await handle.stat()
      const segment = { file: handle.fd, name: 'x', from: 0, to: size }
      const most = new SegmentReader(identityKeys).read(segment)
      if (most.kind !== 'rows') throw new Error(most.kind)
      const enough = new WordList(most.newWords.length + 1)
      expect(new SegmentReader(identityKeys, enough).read(segment)).toMatchObject({ kind: 'rows', rows: most.rows })
      const short = new WordList(most.newWords.length)
      expect(new SegmentReader(identityKeys, short).read(segment)).toEqual({ kind: 'unfit', from: 0 })
    } finally {
      await handle.close()
    }
  })

  it('leaves to one thread what is small, packed or not a file of lines', async () => {
    const threads = new ReadingThreads(2, identityKeys, new WordList(), { leastBytes: 100, segmentBytes: 100, program })
    const fits = async (bytes: Buffer) => threads.fits(await inputOf(bytes, 'some.jsonl'))
    const lines = manyLines(20, 7, true)
    expect(await fits(lines)).toBe(true)
    expect(await fits(lines.subarray(0, 99))).toBe(false)
    expect(await fits(Buffer.concat([Buffer.from('\ufeff'), lines]))).toBe(false)
    expect(await fits(Buffer.from(lines.toString(), 'utf16le'))).toBe(false)
    expect(await threads.fits({ ...(await inputOf(lines)), packed: 'gzip' })).toBe(false)
    expect(await threads.fits({ ...(await inputOf(lines)), file: undefined })).toBe(false)
  })
})
