import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { dirname, resolve } from 'node:path'
import { exitCode, Failure } from '../platform/failure.js'
import { asFailure, refuseSharedFolder } from '../platform/write-file.js'
import { historyFile, notAFile, notAFolder } from './history-file.js'
import { encodeRecord, recordSchema, schemaOf } from './record.js'
import type { Snapshot } from './snapshot.js'

/** The file operations of the appender, so that a test can let one of them fail. */
export type AppendOperations = Pick<
  typeof fs,
  'mkdirSync' | 'lstatSync' | 'openSync' | 'fstatSync' | 'readSync' | 'writeSync' | 'fsyncSync' | 'closeSync'
>

export interface AppendOptions {
  /** The id of the run; random unless given. */
  readonly run?: string
  readonly operations?: AppendOperations
}

/** Prunes take turns with the appender; more in a row than this do not happen by chance. */
const mostTries = 100

/**
 * Appends a snapshot with one write, and gives the id of its run. Takes no lock: the system puts writes one behind the
 * other. Throws a Failure with exit code 5 when the snapshot is not safely in the file; what a failed write has left there
 * is a torn line, which readers pass over.
 */
export async function appendSnapshot(
  folder: string,
  snapshot: Snapshot,
  { run = randomUUID(), operations: system = fs }: AppendOptions = {},
): Promise<string> {
  const file = historyFile(folder)
  try {
    makeFolder(system, folder)
    const bytes = encodeRecord(run, snapshot)
    for (let tries = 0; tries < mostTries; tries++) if (append(system, folder, file, bytes)) return run
  } catch (error) {
    throw asFailure(file, error)
  }
  throw new Failure(exitCode.outputFailed, 'history-failed', 'The history is replaced again and again.', {
    where: { file },
    tryThis: ['Stop what replaces the file: fleet history prune in a loop, or a program that synchronises folders.'],
  })
}

function makeFolder(system: AppendOperations, folder: string): void {
  // The history lists machines: nobody else has business there. Folders that are there keep their rights.
  refuseLinksOfOthers(system, folder)
  try {
    system.mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (/^(?:EEXIST|ENOTDIR)$/.test(code)) throw notAFolder(folder, exitCode.outputFailed)
    // On a file system that is read-only some systems say of missing folders that they are missing, and no more.
    if (!/^(?:ENOENT|EROFS|EACCES|EPERM)$/.test(code)) throw error
    throw new Failure(exitCode.outputFailed, 'output-failed', 'The folder of the history cannot be made.', {
      where: { file: folder },
      tryThis: ['Name a folder that may be written with --history, or keep no history with --no-history.'],
    })
  }
  refuseSharedFolder(folder, folder)
}

/** Root follows no link that somebody else has put on the way to the history: it may lead anywhere. */
function refuseLinksOfOthers(system: AppendOperations, folder: string): void {
  if (process.getuid?.() !== 0) return
  for (let path = resolve(folder); path !== dirname(path); path = dirname(path)) {
    const found = look(system, path)
    if (found === undefined || !found.isSymbolicLink() || found.uid === 0n) continue
    throw new Failure(exitCode.outputFailed, 'output-refused', 'A link of another user leads to the history.', {
      where: { file: path },
      tryThis: ['Name the folder itself with --history.'],
    })
  }
}

/** True when the bytes are on the disk, in the file that has the name of the history. */
function append(system: AppendOperations, folder: string, file: string, bytes: Uint8Array): boolean {
  const before = look(system, file)
  if (before !== undefined && !before.isFile()) throw notAFile(file, exitCode.outputFailed)
  const { O_RDWR, O_APPEND, O_CREAT, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = fs.constants
  const fd = system.openSync(file, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK | O_NOFOLLOW, 0o600)
  try {
    const own = system.fstatSync(fd, { bigint: true })
    if (!own.isFile()) throw notAFile(file, exitCode.outputFailed)
    refuseNewer(system, fd, file, Number(own.size))
    // Never a second write for the rest: another record could come between.
    const taken = system.writeSync(fd, bytes, 0, bytes.length)
    if (taken !== bytes.length)
      throw new Failure(exitCode.outputFailed, 'history-failed', 'The disk took less than was written.', {
        where: { file },
        tryThis: ['Free some space, or name another folder with --history.'],
      })
    system.fsyncSync(fd)
    if (before === undefined) syncFolder(system, folder)
    // A prune that put another file in this place before now may have read the old one before our record was in it.
    const after = look(system, file)
    return after !== undefined && after.dev === own.dev && after.ino === own.ino
  } finally {
    system.closeSync(fd)
  }
}

function look(system: AppendOperations, file: string): fs.BigIntStats | undefined {
  try {
    return system.lstatSync(file, { bigint: true })
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined
    throw error
  }
}

/** The name of a new file is safe only when its folder is. */
function syncFolder(system: AppendOperations, folder: string): void {
  if (process.platform === 'win32') return
  const fd = system.openSync(folder, fs.constants.O_RDONLY)
  try {
    system.fsyncSync(fd)
  } catch (error) {
    // Some network file systems know no sync of a folder.
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!/^(?:EINVAL|ENOTSUP|EOPNOTSUPP)$/.test(code)) throw error
  } finally {
    system.closeSync(fd)
  }
}

const blockBytes = 256 * 1024
const recordStart = Buffer.from('\n{"schema":')
/** As much as tells the schema of a line. */
const startBytes = 40

/** A newer fleet may have rules of its own for its file: this one adds nothing to it. The first and the last record tell. */
function refuseNewer(system: AppendOperations, fd: number, file: string, size: number): void {
  const starts = [textAt(system, fd, 0, startBytes), lastRecord(system, fd, size)]
  if (!starts.some((start) => (schemaOf(start.trimStart()) ?? 0) > recordSchema)) return
  throw new Failure(exitCode.outputFailed, 'history-newer', 'The history was written by a newer fleet.', {
    where: { file },
    tryThis: ['Update fleet, or name another folder with --history. Nothing was added to the file.'],
  })
}

function lastRecord(system: AppendOperations, fd: number, size: number): string {
  const block = Buffer.alloc(blockBytes + recordStart.length)
  for (let end = size; end > 0; end -= blockBytes) {
    const from = Math.max(0, end - blockBytes)
    // A little more than the block, for what begins in it and ends in the next.
    const length = system.readSync(fd, block, 0, end - from + recordStart.length, from)
    const at = block.subarray(0, length).lastIndexOf(recordStart)
    if (at >= 0) return textAt(system, fd, from + at, startBytes)
  }
  return ''
}

function textAt(system: AppendOperations, fd: number, position: number, length: number): string {
  const bytes = Buffer.alloc(length)
  return bytes.toString('latin1', 0, system.readSync(fd, bytes, 0, length, position))
}
