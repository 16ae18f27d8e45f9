import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { appendSnapshot } from '../../src/history/append-snapshot.js'
import { historyFile } from '../../src/history/history-file.js'
import { pruneHistory } from '../../src/history/prune-history.js'
import { readEndpoints, readHistory } from '../../src/history/read-history.js'
import { type HistoryProcess, historyPrograms } from '../builders/history-program.js'
import { snapshotOf } from '../builders/snapshot.js'

let programs: Awaited<ReturnType<typeof historyPrograms>>
beforeAll(async () => {
  programs = await historyPrograms()
})
afterAll(() => rmSync(programs.folder, { recursive: true }))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-history-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

async function read() {
  const history = await readHistory(folder)
  if (history === undefined) throw new Error('there is no history')
  expect(history.lines).toBe(history.runs.length + history.problems.length + history.copies)
  return { ...history, ids: history.runs.map(({ run }) => run) }
}

/** The moments at which processes are killed: other ones in each round, the same in each run of the tests. */
function* moments(): Generator<number, never> {
  for (let seed = 7; ; seed = (seed * 16_807) % 2_147_483_647) yield seed % 60
}

it('eight processes append at once: nothing torn, nothing lost', { timeout: 120_000 }, async () => {
  const writers = Array.from({ length: 8 }, (_, index) => programs.start('append', folder, 50, 3800, `writer ${index}`))
  expect(await Promise.all(writers.map(({ ended }) => ended))).toEqual(Array(8).fill(0))
  expect(statSync(historyFile(folder)).size / 400).toBeGreaterThan(200_000)
  const { ids, problems, copies, runs } = await read()
  expect([problems, copies]).toEqual([[], 0])
  expect([...ids].sort()).toEqual(writers.flatMap(({ safe }) => safe()).sort())
  expect(ids).toHaveLength(400)
  // Each writer's own stand in the order in which it appended them.
  for (const [index, { safe }] of writers.entries())
    expect(runs.filter(({ head }) => head.fleet === `writer ${index}`).map(({ run }) => run)).toEqual(safe())
})

it('kill -9 at any moment leaves everything that was safe, and a history that goes on', {
  timeout: 120_000,
}, async () => {
  const moment = moments()
  for (let round = 0; round < 20; round++) {
    const place = historyFile(folder)
    rmSync(place, { force: true })
    const writers = [1, 2].map(() => programs.start('append', folder, 1000, 20_000, 'killed'))
    while (writers.some(({ safe }) => safe().length === 0)) await wait(5)
    await wait(moment.next().value)
    for (const writer of writers) writer.kill()
    expect(await Promise.all(writers.map(({ ended }) => ended))).toEqual([undefined, undefined])
    const safe = writers.flatMap((writer) => writer.safe())
    const before = await read()
    expect(before.ids).toEqual(expect.arrayContaining(safe))
    // What was whole and not yet said to be safe may be there, one of each writer.
    expect(before.ids.length + before.problems.length).toBeLessThanOrEqual(safe.length + 2)
    expect(before.problems.filter(({ code }) => code !== 'torn')).toEqual([])
    const next = await appendSnapshot(folder, snapshotOf(10))
    const after = await read()
    expect(after.ids).toEqual([...before.ids, next])
    expect(after.problems).toHaveLength(before.problems.length)
    expect(await readEndpoints(folder, { run: next })).toHaveLength(10)
    const pruned = await pruneHistory(folder, { keep: ({ run }) => run !== next })
    expect(pruned).toMatchObject({ kept: before.ids.length, removed: [{ run: next }], rubbish: before.problems.length })
    expect(await read()).toMatchObject({ ids: before.ids, problems: [], copies: 0 })
  }
})

it('nothing is lost that is appended while others prune', { timeout: 120_000 }, async () => {
  const writers = ['keep', 'drop', 'keep', 'drop'].map((mark) => programs.start('append', folder, 60, 300, mark))
  while (writers.some(({ safe }) => safe().length === 0)) await wait(5)
  const pruners = [1, 2].map(() => programs.start('prune', folder, 60))
  const all = [...writers, ...pruners]
  expect(await Promise.all(all.map(({ ended }) => ended))).toEqual(all.map(() => 0))
  const kept = [writers[0]!, writers[2]!].flatMap(({ safe }) => safe())
  expect(kept).toHaveLength(120)
  const before = await read()
  expect(before.problems).toEqual([])
  expect(before.ids).toEqual(expect.arrayContaining(kept))
  await pruneHistory(folder, { keep: ({ head }) => head.fleet === 'keep' })
  const after = await read()
  expect([...after.ids].sort()).toEqual([...kept].sort())
  expect([after.problems, after.copies]).toEqual([[], 0])
  expect(readdirSync(folder)).toEqual(['scans.jsonl'])
})

describe('a prune that is killed', () => {
  it.each([
    ['read', ['prune', 'scans'], false],
    ['linked', ['.partial', 'prune', 'replaced', 'scans'], false],
    ['renamed', ['prune', 'replaced', 'scans'], true],
    ['copied', ['prune', 'replaced', 'scans'], true],
  ] as const)(
    'when it has %s loses nothing, and the next one finishes',
    { timeout: 60_000 },
    async (step, left, late) => {
      const append = async (fleet: string) => await appendSnapshot(folder, snapshotOf(20, { fleet }))
      const kept = [await append('keep')]
      const dropped = await append('drop')
      const pruner = programs.start('prune', folder, 1, step)
      expect(await stepOf(pruner)).toBe(step)
      kept.push(await append('keep'))
      pruner.kill()
      expect(await pruner.ended).toBeUndefined()
      expect(readdirSync(folder).map(kindOf).sort()).toEqual(left)
      const before = await readHistory(folder)
      // What came to the old file is not seen any more, or not known to be: that is told.
      expect(before?.problems.map(({ code }) => code)).toEqual(late ? ['unfinished-prune'] : [])
      expect(before?.runs.map(({ head }) => head.fleet).includes('late')).toBe(step === 'copied')
      expect(before?.runs.map(({ run }) => run)).toEqual(expect.arrayContaining(late ? kept : [...kept, dropped]))
      const next = await append('keep')
      await pruneHistory(folder, { keep: ({ head }) => head.fleet !== 'drop' })
      const { ids, problems, copies, runs } = await read()
      expect([...ids].sort()).toEqual([...kept, next, ...(late ? [lateRun] : [])].sort())
      expect(runs.filter(({ head }) => head.fleet === 'late')).toHaveLength(late ? 1 : 0)
      expect([problems, copies]).toEqual([[], 0])
      expect(readdirSync(folder).filter((name) => !name.endsWith('.partial'))).toEqual(['scans.jsonl'])
    },
  )

  it('again and again while scans append loses nothing', { timeout: 120_000 }, async () => {
    const steps = ['read', 'linked', 'renamed', 'copied']
    const writers = ['keep', 'drop', 'keep'].map((mark) => programs.start('append', folder, 60, 300, mark))
    while (writers.some(({ safe }) => safe().length === 0)) await wait(5)
    for (const step of steps) {
      // There is something to remove, so that every step is reached.
      await appendSnapshot(folder, snapshotOf(1, { fleet: 'drop' }))
      const pruner = programs.start('prune', folder, 1, step)
      expect(await stepOf(pruner)).toBe(step)
      pruner.kill()
      expect(await pruner.ended).toBeUndefined()
    }
    expect(await Promise.all(writers.map(({ ended }) => ended))).toEqual([0, 0, 0])
    await pruneHistory(folder, { keep: ({ head }) => head.fleet !== 'drop' })
    const { ids, problems } = await read()
    const kept = [writers[0]!, writers[2]!].flatMap(({ safe }) => safe())
    expect([...ids].sort()).toEqual([...kept, lateRun].sort())
    expect(problems).toEqual([])
  })
})

/** The step at which a prune stands still; undefined when it ended without. */
async function stepOf(pruner: HistoryProcess): Promise<string | undefined> {
  let ended = false
  void pruner.ended.then(() => {
    ended = true
  })
  while (pruner.safe().length === 0 && !ended) await wait(5)
  return pruner.safe()[0]
}

/** The run that the program appends to the file it is about to replace. */
const lateRun = '00000000-0000-4000-8000-000000000000'

function kindOf(name: string): string {
  return /^prune|\.partial$|replaced$|^scans/.exec(name.replace(/^scans\.\d+\./, ''))?.[0] ?? name
}
