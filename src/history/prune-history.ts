import fs from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { exitCode, Failure } from '../platform/failure.js'
import { asFailure, type FileOperations, writeFileSafely } from '../platform/write-file.js'
import { copiedOf, foundLines, historyFile, openHistory, replacedName, unreadable } from './history-file.js'
import { type LockOptions, takeLock } from './lock.js'
import type { RecordedRun } from './read-history.js'

export interface PruneOptions extends LockOptions {
  /** Whether a run stays; `all` are the runs in the order of the file. */
  readonly keep: (run: RecordedRun, index: number, all: readonly RecordedRun[]) => boolean
  readonly operations?: PruneOperations | undefined
}

/** The file operations of a prune, so that a test can stop it at any of them. */
export type PruneOperations = FileOperations & Pick<typeof fs, 'linkSync' | 'rmSync'>

/** What a prune did. */
export interface PruneResult {
  /** Runs that stay, without what was appended meanwhile. */
  readonly kept: number
  readonly removed: readonly RecordedRun[]
  /** Lines dropped besides: cut off by a crash, or copies of a run that is counted once. */
  readonly rubbish: number
  readonly bytesBefore: number
  readonly bytesAfter: number
}

/** What a prune would do. */
export type PrunePlan = Pick<PruneResult, 'kept' | 'removed' | 'rubbish'>

/**
 * Rewrites the history without the runs that are not kept, safely: after any fault the file is what it was or what it
 * should be. What scans append meanwhile is kept. Throws a Failure: exit 4 when a line is damaged or newer (nothing is
 * changed then), 5 when it cannot be written, 6 when another prune is at work.
 */
export async function pruneHistory(folder: string, options: PruneOptions): Promise<PruneResult> {
  const nothing: PruneResult = { kept: 0, removed: [], rubbish: 0, bytesBefore: 0, bytesAfter: 0 }
  const there = await openHistory(folder)
  await there?.close()
  if (there === undefined) return nothing
  const release = await takeLock(folder, options)
  try {
    for (let tries = 0; tries < mostTries; tries++) {
      await finishKilled(folder)
      const handle = await openHistory(folder)
      if (handle === undefined) return nothing
      try {
        return await prune(folder, handle, options)
      } catch (error) {
        if (!(error instanceof ReplacedMeanwhile)) throw error
      } finally {
        await handle.close()
      }
    }
    throw new Failure(exitCode.busy, 'history-busy', 'The history is replaced again and again.', {
      where: { file: historyFile(folder) },
      tryThis: ['Stop what replaces the file, such as a program that synchronises folders, then run again.'],
    })
  } finally {
    release()
  }
}

/**
 * What a prune would do to the file as it is, without a change and without a lock; undefined where there is no history.
 * Throws a Failure (exit 4) where the prune would.
 */
export async function planPrune(folder: string, keep: PruneOptions['keep']): Promise<PrunePlan | undefined> {
  const handle = await openHistory(folder)
  if (handle === undefined) return undefined
  try {
    const found = await readForPrune(folder, handle)
    const { kept, ...plan } = planOf(found, keep)
    return { ...plan, kept: kept.length }
  } finally {
    await handle.close()
  }
}

function planOf({ runs, lines }: Found, keep: PruneOptions['keep']) {
  const stays = runs.map(keep)
  return {
    kept: runs.filter((_, index) => stays[index]),
    removed: runs.filter((_, index) => !stays[index]),
    rubbish: lines - runs.length,
  }
}

/** Locks cannot keep out everyone: another prune may not see our process, or someone may put a copy in place. */
class ReplacedMeanwhile extends Error {}

/** Others who replace the file take turns with us; more in a row than this do not happen by chance. */
const mostTries = 20

async function prune(
  folder: string,
  handle: FileHandle,
  { keep, operations: system = fs }: PruneOptions,
): Promise<PruneResult> {
  const file = historyFile(folder)
  const found = await readForPrune(folder, handle)
  const { kept, removed, rubbish } = planOf(found, keep)
  const own = await handle.stat({ bigint: true })
  const bytesBefore = Number(own.size)
  const result = { kept: kept.length, removed, rubbish, bytesBefore }
  if (removed.length === 0 && rubbish === 0) return { ...result, bytesAfter: bytesBefore }
  const refuseReplaced = () => {
    const now = fs.lstatSync(file, { bigint: true, throwIfNoEntry: false })
    if (now?.ino !== own.ino || now.dev !== own.dev) throw new ReplacedMeanwhile()
  }
  const checked: FileOperations = {
    ...system,
    renameSync(from, to) {
      refuseReplaced()
      system.renameSync(from, to)
    },
  }
  let copied = found.end
  let old: string | undefined
  await writeFileSafely(
    file,
    (async function* () {
      for (const run of kept) {
        const { start, end } = found.places.get(run.run)!
        yield* bytesBetween(file, handle, start, end)
        yield '\n'
      }
      // Whole lines only: the rest of a line that is being written comes later.
      const tail = await rest(file, handle, copied)
      const whole = tail.subarray(0, tail.lastIndexOf('\n') + 1)
      yield whole
      copied += whole.length
      refuseReplaced()
      old = keepOld(system, folder, copied)
    })(),
    { operations: checked },
  ).catch(async (error: unknown) => {
    // It may have failed after the file was replaced.
    await finishKilled(folder).catch(() => {})
    throw error
  })
  appendLate(file, await rest(file, handle, copied))
  if (old !== undefined) system.rmSync(old, { force: true })
  return { ...result, bytesAfter: fs.statSync(file).size }
}

interface Found {
  /** Each run once, in the order of the file. */
  readonly runs: readonly RecordedRun[]
  readonly places: ReadonlyMap<string, { readonly start: number; readonly end: number }>
  /** Lines that have their line feed and are not empty. */
  readonly lines: number
  /** Where these end; what comes behind may still grow. */
  readonly end: number
}

async function readForPrune(folder: string, handle: FileHandle): Promise<Found> {
  const runs: RecordedRun[] = []
  const places = new Map<string, { start: number; end: number }>()
  let lines = 0
  let last = 0
  for await (const { line, start, end, ended, checked } of foundLines(folder, handle)) {
    if (!ended) break
    if (checked.kind === 'problem' && checked.code !== 'torn') throw refusal(folder, line, checked.code)
    lines++
    last = end + 1
    if (checked.kind === 'problem' || places.has(checked.run)) continue
    runs.push({ run: checked.run, line, head: checked.head })
    places.set(checked.run, { start, end })
  }
  return { runs, places, lines, end: last }
}

function refusal(folder: string, line: number, code: 'damaged' | 'newer'): Failure {
  const where = { file: historyFile(folder), line }
  if (code === 'newer')
    return new Failure(exitCode.inputRefused, 'history-newer', 'The history holds a record of a newer fleet.', {
      where,
      tryThis: ['Update fleet, then prune. Nothing was changed.'],
    })
  return new Failure(
    exitCode.inputRefused,
    'history-damaged',
    'The history holds a line that fleet did not write so.',
    {
      where,
      tryThis: [
        'Put the file back from a copy, or take that line out with an editor that leaves the other lines alone.',
        'Nothing was changed. Scans still append, and fleet history still shows the other lines.',
      ],
    },
  )
}

const blockBytes = 1024 * 1024

async function* bytesBetween(
  file: string,
  handle: FileHandle,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const block = Buffer.allocUnsafe(blockBytes)
  for (let at = start; at < end; ) {
    const { bytesRead } = await handle.read(block, 0, Math.min(blockBytes, end - at), at).catch(() => {
      throw unreadable(file)
    })
    if (bytesRead === 0) throw unreadable(file)
    yield block.subarray(0, bytesRead)
    at += bytesRead
  }
}

/** What stands behind a place; little, since it came while we worked. */
async function rest(file: string, handle: FileHandle, start: number): Promise<Buffer> {
  const { size } = await handle.stat()
  const blocks: Buffer[] = []
  for await (const block of bytesBetween(file, handle, start, size)) blocks.push(Buffer.from(block))
  return Buffer.concat(blocks)
}

/** What was appended to the old file after it was copied goes behind the new one. Writers who come later see the new file. */
function appendLate(file: string, bytes: Buffer): void {
  if (bytes.length === 0) return
  const { O_WRONLY, O_APPEND, O_NOFOLLOW = 0 } = fs.constants
  try {
    const fd = fs.openSync(file, O_WRONLY | O_APPEND | O_NOFOLLOW)
    try {
      const lines = Buffer.concat([Buffer.from('\n'), bytes, Buffer.from('\n')])
      if (fs.writeSync(fd, lines) !== lines.length) throw Object.assign(new Error('a short write'), { code: 'ENOSPC' })
      fs.fsyncSync(fd)
    } finally {
      fs.closeSync(fd)
    }
  } catch (error) {
    throw asFailure(file, error)
  }
}

/**
 * A second name for the file that is about to be replaced, so that a prune which is killed before `appendLate` loses
 * nothing; it says how much was copied. Undefined where the file system knows no second names.
 */
function keepOld(system: PruneOperations, folder: string, copied: number): string | undefined {
  const path = join(folder, replacedName(copied))
  try {
    system.linkSync(historyFile(folder), path)
    return path
  } catch {
    return undefined
  }
}

/** Finishes what a killed prune has left to do. Records that are there already count once. */
async function finishKilled(folder: string): Promise<void> {
  const file = historyFile(folder)
  for (const name of fs.readdirSync(folder).sort()) {
    const copied = copiedOf(name)
    if (copied === undefined) continue
    const path = join(folder, name)
    const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = fs.constants
    const handle = await open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW).catch(() => undefined)
    if (handle === undefined) throw unreadable(path)
    try {
      const [old, current] = [
        await handle.stat({ bigint: true }),
        fs.statSync(file, { bigint: true, throwIfNoEntry: false }),
      ]
      if (old.ino !== current?.ino || old.dev !== current.dev) appendLate(file, await rest(path, handle, copied))
    } finally {
      await handle.close()
    }
    fs.rmSync(path, { force: true })
  }
}
