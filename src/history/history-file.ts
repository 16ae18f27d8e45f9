import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { exitCode, Failure } from '../platform/failure.js'
import { type CheckedLine, LineCheck } from './record.js'

/** The one file of a history, in its folder. */
export function historyFile(folder: string): string {
  return join(folder, 'scans.jsonl')
}

const oldName = /^scans\.(?<copied>\d{1,15})\.replaced$/

/** The name a prune gives the file that it is about to replace, with how many bytes of it were copied. */
export function replacedName(copied: number): string {
  return `scans.${copied}.replaced`
}

/** How much of a file was copied that a prune has replaced, by its name; undefined for other files. */
export function copiedOf(name: string): number | undefined {
  const copied = oldName.exec(name)?.groups?.copied
  return copied === undefined ? undefined : Number(copied)
}

/** Whether a file of this name in the folder of a history is fleet's own: the history, a ticket of a prune, or what it replaced. */
export function isHistoryFile(name: string): boolean {
  return /^(?:scans\.jsonl|prune\..*\.lock)$/.test(name) || copiedOf(name) !== undefined
}

/** A line of the file that is not empty. */
export interface FoundLine {
  /** Counted from 1, empty lines too, as editors do. */
  readonly line: number
  /** Where it begins, and where its line feed stands or is missing. */
  readonly start: number
  readonly end: number
  /** It has its line feed, so that nothing more can come to it. */
  readonly ended: boolean
  readonly checked: CheckedLine
}

/** Opens a history to read; undefined where there is none. Throws a Failure (exit 4) for what is no file or not ours to read. */
export async function openHistory(folder: string): Promise<FileHandle | undefined> {
  const file = historyFile(folder)
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants
  let handle: FileHandle | undefined
  try {
    // What was opened is what is looked at; a FIFO does not hang because of O_NONBLOCK.
    handle = await open(file, O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
    if ((await handle.stat()).isFile()) return handle
  } catch (error) {
    await handle?.close()
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'ENOENT') return undefined
    if (code === 'ENOTDIR') throw notAFolder(folder, exitCode.inputRefused)
    if (!/^(?:ELOOP|EMLINK|ENXIO|ENODEV|EOPNOTSUPP)$/.test(code)) throw unreadable(file)
    handle = undefined
  }
  await handle?.close()
  throw notAFile(file, exitCode.inputRefused)
}

/** The failure of a history whose folder is a file, or lies in one. */
export function notAFolder(folder: string, exit: 4 | 5): Failure {
  return new Failure(exit, 'history-not-a-folder', 'The history needs a folder, and this is a file or lies in one.', {
    where: { file: folder },
    tryThis: ['Name a folder with --history.'],
  })
}

/** The failure of a history that is a link, a folder, a pipe or a device. */
export function notAFile(file: string, exit: 4 | 5): Failure {
  return new Failure(exit, 'history-not-a-file', 'The history is a link, folder, pipe or device, not a file.', {
    where: { file },
    tryThis: ['Name another folder with --history, or move away what stands there.'],
  })
}

/** The failure of a history that the system does not let us read. */
export function unreadable(file: string): Failure {
  return new Failure(exitCode.inputRefused, 'history-unreadable', 'The history cannot be read.', {
    where: { file },
    tryThis: ['Check its permissions: it is readable by whoever ran the scans only.'],
  })
}

const lineFeed = 0x0a
const chunkBytes = 1024 * 1024

/**
 * The lines of a history in their order, each checked, from `start` on. Never holds a line as a whole, unless its run is
 * wanted with its endpoints. Throws a Failure (exit 4) when the disk fails.
 */
export async function* foundLines(
  folder: string,
  handle: FileHandle,
  wants: (run: string) => boolean = () => false,
): AsyncGenerator<FoundLine, void, undefined> {
  const buffer = Buffer.allocUnsafe(chunkBytes)
  let line = 1
  let start = 0
  let check = new LineCheck(wants)
  let position = 0
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, chunkBytes, position).catch(() => {
      throw unreadable(historyFile(folder))
    })
    if (bytesRead === 0) break
    const chunk = buffer.subarray(0, bytesRead)
    let from = 0
    for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, from)) {
      check.add(chunk.subarray(from, at))
      const checked = check.end()
      if (checked) yield { line, start, end: position + at, ended: true, checked }
      from = at + 1
      line++
      start = position + from
      check = new LineCheck(wants)
    }
    check.add(chunk.subarray(from))
    position += bytesRead
  }
  const checked = check.end()
  if (checked) yield { line, start, end: position, ended: false, checked }
}
