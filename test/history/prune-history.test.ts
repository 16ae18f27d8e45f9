import fs, {
  copyFileSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appendSnapshot } from '../../src/history/append-snapshot.js'
import { historyFile } from '../../src/history/history-file.js'
import { takeLock } from '../../src/history/lock.js'
import { type PruneOperations, type PruneOptions, planPrune, pruneHistory } from '../../src/history/prune-history.js'
import { readHistory } from '../../src/history/read-history.js'
import { encodeRecord } from '../../src/history/record.js'
import { Failure } from '../../src/platform/failure.js'
import { snapshotOf } from '../builders/snapshot.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-prune-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const runId = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
const record = (number: number, endpoints = 3) => encodeRecord(runId(number), snapshotOf(endpoints))
const write = (...parts: readonly (string | Uint8Array)[]) =>
  writeFileSync(historyFile(folder), Buffer.concat(parts.map((part) => Buffer.from(part))), { mode: 0o600 })
const bytes = () => readFileSync(historyFile(folder))
const last = (count: number) => (_: unknown, index: number, all: readonly unknown[]) => index >= all.length - count

/** A prune, with the numbers of the runs it removed. */
async function pruned(options: PruneOptions, of = folder) {
  const { removed, ...rest } = await pruneHistory(of, options)
  return { ...rest, removed: removed.map(({ run }) => Number(run.slice(-12))) }
}

async function runs(): Promise<number[]> {
  return ((await readHistory(folder))?.runs ?? []).map(({ run }) => Number(run.slice(-12)))
}

async function failureOf(pruning: Promise<unknown>): Promise<Failure> {
  const error: unknown = await pruning.then(() => undefined).catch((reason: unknown) => reason)
  if (error instanceof Failure) return error
  throw new Error(`not a failure: ${String(error)}`)
}

/** Real operations, with something that happens at the rename. */
function atRename(before: () => void, after: () => void = () => {}): PruneOperations {
  return {
    ...fs,
    renameSync(from, to) {
      before()
      renameSync(from, to)
      after()
    },
  }
}

/** Another process that appends to a file it has opened already, and was told nothing of a prune. */
function appendTo(file: string, ...numbers: readonly number[]): void {
  for (const number of numbers) fs.appendFileSync(file, record(number))
}

describe('a prune', () => {
  it('keeps what it is told to keep, byte for byte, and says what it did', async () => {
    write(record(1), record(2, 30_000), record(3), record(4))
    const before = bytes()
    const asked: [number, number, number][] = []
    const result = await pruned({
      keep: ({ run, line, head }, index, all) => {
        asked.push([line, index, all.length])
        expect(head.fleet).toBe('0.1.0')
        return run !== runId(1) && run !== runId(3)
      },
    })
    expect(asked).toEqual([
      [2, 0, 4],
      [4, 1, 4],
      [6, 2, 4],
      [8, 3, 4],
    ])
    expect(bytes().toString()).toBe(`${String(record(2, 30_000)).trim()}\n${String(record(4)).trim()}\n`)
    expect(result).toEqual({
      kept: 2,
      removed: [1, 3],
      rubbish: 0,
      bytesBefore: before.length,
      bytesAfter: bytes().length,
    })
    expect(statSync(historyFile(folder)).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['scans.jsonl'])
    const run = await appendSnapshot(folder, snapshotOf(1), { run: runId(5) })
    expect([run, await runs()]).toEqual([runId(5), [2, 4, 5]])
  })

  it('does not write where there is nothing to remove', async () => {
    write(record(1), record(2))
    const { ino, mtimeMs } = statSync(historyFile(folder))
    expect(await pruned({ keep: () => true })).toMatchObject({ kept: 2, removed: [], rubbish: 0 })
    expect(statSync(historyFile(folder))).toMatchObject({ ino, mtimeMs })
  })

  it('drops what a crash has cut off, and copies', async () => {
    write(record(1), record(2).subarray(0, 300), record(2), record(1), record(3))
    expect(await pruned({ keep: () => true })).toMatchObject({ kept: 3, removed: [], rubbish: 2 })
    expect(await readHistory(folder)).toMatchObject({ problems: [], copies: 0 })
    expect(await runs()).toEqual([1, 2, 3])
  })

  it('may remove everything', async () => {
    write(record(1), record(2))
    expect(await pruned({ keep: () => false })).toMatchObject({ kept: 0, removed: [1, 2], bytesAfter: 0 })
    expect(await runs()).toEqual([])
  })

  it('does nothing where there is no history, not even a folder', async () => {
    const nowhere = join(folder, 'nowhere')
    const nothing = { kept: 0, removed: [], rubbish: 0, bytesBefore: 0, bytesAfter: 0 }
    expect(await pruned({ keep: () => true }, nowhere)).toEqual(nothing)
    expect(await pruned({ keep: () => true })).toEqual(nothing)
    expect(readdirSync(folder)).toEqual([])
  })

  it.each([
    ['newer', '{"schema":2,"x":{}}\n', 'history-newer'],
    ['damaged', 'something else\n', 'history-damaged'],
    ['damaged', String(record(9)).trim().replace('ENG-LT', 'ENG-LX').concat('\n'), 'history-damaged'],
  ])('refuses a %s line, names it and changes nothing', async (_, line, code) => {
    write(record(1), line, record(2))
    const before = bytes()
    const { ino } = statSync(historyFile(folder))
    const failure = await failureOf(pruneHistory(folder, { keep: () => false }))
    expect(failure).toMatchObject({ exit: 4, code, details: { where: { file: historyFile(folder), line: 3 } } })
    expect(bytes().equals(before)).toBe(true)
    expect(statSync(historyFile(folder)).ino).toBe(ino)
    expect(readdirSync(folder)).toEqual(['scans.jsonl'])
  })

  it('ends with 6 while another is at work, and changes nothing', async () => {
    write(record(1))
    const release = await takeLock(folder)
    expect(await failureOf(pruneHistory(folder, { keep: () => false, patience: 50 }))).toMatchObject({ exit: 6 })
    expect(await runs()).toEqual([1])
    release()
    expect(await pruned({ keep: () => false })).toMatchObject({ removed: [1] })
  })

  it('says beforehand what it would do, and changes nothing', async () => {
    const torn = record(4).subarray(0, 300)
    const whole = record(4).subarray(0, -1)
    const files = [[record(1), record(2), record(1), record(3)], [record(1), record(2), torn], [record(1), whole], ['']]
    for (const parts of files) {
      write(...parts)
      const before = bytes()
      const plan = await planPrune(folder, last(1))
      expect(bytes().equals(before)).toBe(true)
      const { kept, removed, rubbish } = await pruneHistory(folder, { keep: last(1) })
      expect(plan).toEqual({ kept, removed, rubbish })
    }
    write(record(1), 'something else\n')
    const refused = await failureOf(pruneHistory(folder, { keep: () => false }))
    expect(await failureOf(planPrune(folder, () => false))).toEqual(refused)
    expect(await planPrune(join(folder, 'nowhere'), () => true)).toBeUndefined()
  })

  it('starts over when another that it cannot see has replaced the file', async () => {
    for (const name of ['fsyncSync', 'linkSync'] as const) {
      write(record(1), record(2))
      const others = join(folder, 'others')
      let tries = 0
      const operations: PruneOperations = {
        ...fs,
        // Between the first look at the file and the rename; the other has kept what came meanwhile.
        [name]: (...parts: never[]) => {
          if (tries++ === 0) {
            fs.writeFileSync(others, Buffer.concat([record(2), record(3)]))
            renameSync(others, historyFile(folder))
          }
          return (fs[name] as (...parts: never[]) => unknown)(...parts)
        },
      }
      expect(await pruned({ keep: ({ run }) => run !== runId(1), operations }), name).toMatchObject({ removed: [] })
      expect([await runs(), readdirSync(folder)], name).toEqual([[2, 3], ['scans.jsonl']])
    }
  })

  it('does not go on for ever when the file is replaced again and again', async () => {
    write(record(1), record(2))
    const others = join(folder, 'others')
    const operations: PruneOperations = {
      ...fs,
      fsyncSync(fd) {
        copyFileSync(historyFile(folder), others)
        renameSync(others, historyFile(folder))
        fs.fsyncSync(fd)
      },
    }
    expect(await failureOf(pruneHistory(folder, { keep: last(1), operations }))).toMatchObject({ exit: 6 })
    expect([await runs(), readdirSync(folder)]).toEqual([[1, 2], ['scans.jsonl']])
  })

  it('leaves the old file when the new one cannot be written, and no other', async () => {
    write(record(1), record(2))
    const before = bytes()
    for (const name of ['openSync', 'writeSync', 'fsyncSync', 'renameSync'] as const) {
      const operations = {
        ...fs,
        [name]: () => {
          throw Object.assign(new Error('secret'), { code: 'ENOSPC' })
        },
      }
      expect(await failureOf(pruneHistory(folder, { keep: last(1), operations })), name).toMatchObject({ exit: 5 })
      expect(bytes().equals(before), name).toBe(true)
      expect(readdirSync(folder), name).toEqual(['scans.jsonl'])
    }
  })
})

describe('what is appended meanwhile', () => {
  it('is kept when it comes right before the rename', async () => {
    write(record(1), record(2))
    const operations = atRename(() => appendTo(historyFile(folder), 3, 4))
    expect(await pruned({ keep: last(1), operations })).toMatchObject({ kept: 1, removed: [1] })
    expect(await runs()).toEqual([2, 3, 4])
    expect(readdirSync(folder)).toEqual(['scans.jsonl'])
  })

  it('is kept when it comes after the rename, to the old file or the new one', async () => {
    write(record(1), record(2))
    linkSync(historyFile(folder), join(folder, 'old'))
    const operations = atRename(
      () => appendTo(join(folder, 'old'), 3),
      () => {
        appendTo(historyFile(folder), 5)
        appendTo(join(folder, 'old'), 4)
      },
    )
    await pruneHistory(folder, { keep: last(1), operations })
    expect(await runs()).toEqual([2, 5, 3, 4])
    expect((await readHistory(folder))?.problems).toEqual([])
  })

  it('does not end up in the middle of a line that is still being written', async () => {
    write(record(1), record(2))
    const [first, second] = [record(3).subarray(0, 200), record(3).subarray(200)]
    fs.appendFileSync(historyFile(folder), first)
    const operations = atRename(() => fs.appendFileSync(historyFile(folder), second))
    await pruneHistory(folder, { keep: last(1), operations })
    expect(await runs()).toEqual([2, 3])
    expect((await readHistory(folder))?.problems).toEqual([])
  })

  it('stays torn when its writer died, and is dropped by a later prune', async () => {
    write(record(1), record(2), record(3).subarray(0, 200))
    await pruneHistory(folder, { keep: last(1) })
    expect(await readHistory(folder)).toMatchObject({ runs: [{ run: runId(2) }], problems: [{ code: 'torn' }] })
    await appendSnapshot(folder, snapshotOf(1), { run: runId(4) })
    expect(await pruned({ keep: () => true })).toMatchObject({ kept: 2, rubbish: 1 })
    expect(await runs()).toEqual([2, 4])
  })
})

describe('a prune that was killed', () => {
  it('right before the rename leaves nothing to do', async () => {
    write(record(1), record(2))
    linkSync(historyFile(folder), join(folder, `scans.${bytes().length - 1}.replaced`))
    expect((await readHistory(folder))?.problems).toEqual([])
    expect(await pruned({ keep: () => true })).toMatchObject({ kept: 2 })
    expect([await runs(), readdirSync(folder)]).toEqual([[1, 2], ['scans.jsonl']])
  })

  it('right after the rename has not lost what was appended since it copied', async () => {
    write(record(1), record(2))
    const copied = bytes().length
    appendTo(historyFile(folder), 3, 4)
    renameSync(historyFile(folder), join(folder, `scans.${copied}.replaced`))
    write(record(2), record(5))
    expect(await readHistory(folder)).toMatchObject({
      problems: [{ code: 'unfinished-prune', tryThis: 'Bring them back with fleet history prune.' }],
      lines: 2,
    })
    expect(await pruned({ keep: () => true })).toMatchObject({ kept: 4, removed: [] })
    expect([await runs(), readdirSync(folder)]).toEqual([[2, 5, 3, 4], ['scans.jsonl']])
  })

  it('after it had copied the rest counts that once', async () => {
    write(record(2), record(3))
    copyFileSync(historyFile(folder), join(folder, 'scans.0.replaced'))
    expect((await readHistory(folder))?.problems).toMatchObject([{ code: 'unfinished-prune' }])
    expect(await pruned({ keep: () => true })).toMatchObject({ kept: 2, rubbish: 2 })
    expect([await runs(), readdirSync(folder)]).toEqual([[2, 3], ['scans.jsonl']])
  })
})
