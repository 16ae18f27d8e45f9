import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appendSnapshot } from '../../src/history/append-snapshot.js'
import { historyFile } from '../../src/history/history-file.js'
import { readEndpoints, readHistory } from '../../src/history/read-history.js'
import { encodeRecord } from '../../src/history/record.js'
import type { Snapshot, SnapshotEndpoint } from '../../src/history/snapshot.js'
import { byText } from '../../src/platform/by-text.js'
import { anySnapshot } from '../builders/any-snapshot.js'
import { snapshotOf } from '../builders/snapshot.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-history-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const runId = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
const record = (number: number, endpoints = 3) => encodeRecord(runId(number), snapshotOf(endpoints))
const write = (...parts: readonly (string | Uint8Array)[]) =>
  writeFileSync(historyFile(folder), Buffer.concat(parts.map((part) => Buffer.from(part))))

async function read() {
  const history = await readHistory(folder)
  if (history === undefined) throw new Error('there is no history')
  expect(history.lines).toBe(history.runs.length + history.problems.length + history.copies)
  return {
    runs: history.runs.map(({ run }) => Number(run.slice(-12))),
    problems: history.problems.map(({ line, code }) => `${line} ${code}`),
    copies: history.copies,
  }
}

const byId = (endpoints: readonly SnapshotEndpoint[]) => [...endpoints].sort((a, b) => byText(a.id, b.id))

describe('a history', () => {
  it('gives back every snapshot that was appended, in order, with its endpoints in that of their ids', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anySnapshot, { minLength: 1, maxLength: 4 }), async (snapshots) => {
        rmSync(historyFile(folder), { force: true })
        const ids: string[] = []
        for (const snapshot of snapshots) ids.push(await appendSnapshot(folder, snapshot))
        const history = await readHistory(folder)
        expect(history).toMatchObject({ problems: [], copies: 0, lines: snapshots.length })
        expect(history?.runs.map(({ run }) => run)).toEqual(ids)
        expect(history?.runs.map(({ head }) => head)).toEqual(snapshots.map(({ head }) => head))
        for (const [index, run] of history!.runs.entries())
          expect(await readEndpoints(folder, run)).toEqual(byId(snapshots[index]!.plain))
      }),
      { numRuns: 100 },
    )
  })

  it('is undefined where there is none', async () => {
    expect(await readHistory(folder)).toBeUndefined()
    expect(await readHistory(join(folder, 'nowhere'))).toBeUndefined()
  })

  it('may be empty', async () => {
    write('')
    expect(await read()).toEqual({ runs: [], problems: [], copies: 0 })
  })

  it('holds records larger than what is read at a time', async () => {
    write(record(1, 40_000), record(2, 1), record(3, 30_000))
    expect(readFileSync(historyFile(folder)).length).toBeGreaterThan(3_500_000)
    expect(await read()).toEqual({ runs: [1, 2, 3], problems: [], copies: 0 })
    expect(await readEndpoints(folder, { run: runId(3) })).toEqual(byId(snapshotOf(30_000).plain))
  })

  it('counts a run once that stands there twice', async () => {
    write(record(1), record(2), record(1))
    expect(await read()).toEqual({ runs: [1, 2], problems: [], copies: 1 })
  })

  it('says when a run is not there any more', async () => {
    write(record(1))
    await expect(readEndpoints(folder, { run: runId(2) })).rejects.toMatchObject({ exit: 4, code: 'history-run-gone' })
  })
})

describe('whatever bytes the file holds', () => {
  const whole = Buffer.concat([record(1), record(2), record(3)])
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.constantFrom('\n', '{"schema":2,"x":1}\n', '{"schema":1,"run":"', '{}', '}\n').map((text) => Buffer.from(text)),
    fc.tuple(fc.nat({ max: whole.length }), fc.nat({ max: whole.length })).map(([a, b]) => whole.subarray(a, b)),
    fc.constantFrom(...[1, 2, 3].map((number) => record(number))),
  )

  it('nothing is thrown, and every line is a run, a copy or a problem', async () => {
    let problems = 0
    let runs = 0
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        write(...pieces)
        const found = await read()
        const lines = Buffer.concat(pieces)
          .toString('latin1')
          .split('\n')
          .filter((line) => line !== '')
        expect(found.runs.length + found.problems.length + found.copies).toBe(lines.length)
        problems += found.problems.length
        runs += found.runs.length
      }),
      { numRuns: 500 },
    )
    expect(Math.min(problems, runs)).toBeGreaterThan(100)
  })

  it('a changed bit is never a run, wherever it is, and stops no other line', async () => {
    const second = whole.indexOf('{"schema"', whole.indexOf('}\n'))
    const end = whole.indexOf('\n', second)
    for (let at = second; at < end; at++) {
      const bytes = Buffer.from(whole)
      bytes[at] = bytes[at]! ^ (1 << (at % 7))
      write(bytes)
      const { runs, problems } = await read()
      // A bit of the id of the run itself makes another id, or none; it is the only part without a hash.
      const inRun = at >= second + 19 && at < second + 56
      expect([runs[0], runs.at(-1)], `byte ${at}`).toEqual([1, 3])
      if (inRun) continue
      expect(runs, `byte ${at}`).toHaveLength(2)
      // A byte that became a line feed cuts the line; never is everything that is left torn, which a prune may drop.
      expect(problems.join(), `byte ${at}`).toMatch(/damaged|newer/)
    }
  })

  it('a line that was cut off anywhere is torn, at the end and before other lines', async () => {
    const last = record(2)
    for (let at = 2; at < last.length - 1; at++) {
      write(record(1), last.subarray(0, at))
      expect(await read(), `cut at ${at}`).toEqual({ runs: [1], problems: ['4 torn'], copies: 0 })
      await appendSnapshot(folder, snapshotOf(1), { run: runId(3) })
      expect(await read(), `cut at ${at}`).toEqual({ runs: [1, 3], problems: ['4 torn'], copies: 0 })
    }
    // All but the line feed: nothing is missing that counts.
    write(record(1), last.subarray(0, -1))
    expect((await read()).runs).toEqual([1, 2])
  })

  it('a newer schema is passed over and named', async () => {
    write(record(1), '{"schema":2,"anything":{}}\n', record(3), '{"schema":999999}\n{"schema":0}\n{"schema":1.5}\n')
    expect(await read()).toEqual({
      runs: [1, 3],
      problems: ['3 newer', '6 newer', '7 damaged', '8 damaged'],
      copies: 0,
    })
    const { problems } = (await readHistory(folder))!
    expect(problems[0]?.tryThis).toMatch(/^Update fleet/)
  })

  it('a record whose hash is right and whose head is not is damaged', async () => {
    const { head, endpoints } = snapshotOf(1)
    const wrong = { head: { ...head, states: {} }, endpoints } as unknown as Snapshot
    write(encodeRecord(runId(1), wrong), record(2))
    expect(await read()).toEqual({ runs: [2], problems: ['2 damaged'], copies: 0 })
  })

  it('rows that point nowhere are a failure, never a wrong text', async () => {
    const { head } = snapshotOf(1)
    const rows = [['serial:1', null, 0, 'ready', 1, 1, []]]
    write(encodeRecord(runId(1), { head, endpoints: Buffer.from(JSON.stringify({ rows, texts: ['macos'] })) }))
    await expect(readEndpoints(folder, { run: runId(1) })).rejects.toMatchObject({ exit: 4 })
  })

  it('lines of another hand are left alone when something is appended', async () => {
    write('not ours')
    await appendSnapshot(folder, snapshotOf(1), { run: runId(1) })
    appendFileSync(historyFile(folder), 'nor this\n')
    expect(await read()).toEqual({ runs: [1], problems: ['1 damaged', '3 damaged'], copies: 0 })
    expect(readFileSync(historyFile(folder), 'utf8')).toMatch(/^not ours\n\{[^\n]*\}\nnor this\n$/)
  })
})
