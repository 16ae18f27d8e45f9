import type { Stats } from 'node:fs'
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, opendir, readlink } from 'node:fs/promises'
import { byText } from './by-text.js'
import type { FileLook, FileRead, Machine, ReadLimits } from './machine.js'

/** How files of a machine are found and looked at on the computer that runs us. */
export interface FileView {
  /** Where the path of the machine lies here. */
  readonly placeOf: (path: string) => string
  /** The path of the machine that a link of it names. */
  readonly pathOf: (target: string) => string
  /** Seconds since 1970: when the file was put there. */
  readonly placedOf: (stats: Stats) => number
  /** Whether owners and permission bits mean anything. */
  readonly hasOwners: boolean
}

/** A folder of more names than this is not gone through to its end: somebody filled it on purpose. */
const mostNames = 20_000

/** The part of a machine that is its files. Only reads, and never waits for a FIFO. */
export function machineFiles(view: FileView): Pick<Machine, 'look' | 'read' | 'names' | 'linkTarget'> {
  return {
    look: async (path) => {
      const stats = await lstat(view.placeOf(path)).catch(() => undefined)
      return stats && lookOf(stats, view)
    },
    read: (path, limits) => read(view, path, limits),
    names: (path, most) => namesIn(view.placeOf(path), most),
    linkTarget: async (path) => {
      const target = await readlink(view.placeOf(path)).catch(() => undefined)
      return target === undefined ? undefined : view.pathOf(target)
    },
  }
}

/** What the interface tells of a file. */
export function lookOf(stats: Stats, { placedOf, hasOwners }: Pick<FileView, 'placedOf' | 'hasOwners'>): FileLook {
  return {
    kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'link' : 'other',
    size: stats.size,
    modified: seconds(stats.mtimeMs),
    placed: placedOf(stats),
    owner: hasOwners ? stats.uid : 0,
    mode: hasOwners ? stats.mode & 0o7777 : 0,
  }
}

/** Whole seconds of a time in milliseconds. */
export function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000)
}

async function read(view: FileView, path: string, limits: ReadLimits): Promise<FileRead> {
  const place = view.placeOf(path)
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW } = constants
  // Windows has no such flag, and its users need a right of their own to make links.
  if (O_NOFOLLOW === undefined && (await lstat(place).catch(() => undefined))?.isFile() === false)
    return { kind: 'not-a-file' }
  let handle: FileHandle
  try {
    handle = await open(place, O_RDONLY | O_NONBLOCK | (O_NOFOLLOW ?? 0))
  } catch (error) {
    return { kind: whyNot((error as NodeJS.ErrnoException).code) }
  }
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) return { kind: 'not-a-file' }
    if (view.hasOwners && limits.owner !== undefined && stats.uid !== limits.owner) return { kind: 'foreign' }
    if (stats.size > limits.most && limits.end !== true) return { kind: 'too-large' }
    return await readBytes(handle, Math.max(0, stats.size - limits.most), limits)
  } catch {
    return { kind: 'denied' }
  } finally {
    await handle.close()
  }
}

/** Reads to the limit and not to the size: files of the kernel say 0, others grow while they are read. */
async function readBytes(handle: FileHandle, start: number, { most, end }: ReadLimits): Promise<FileRead> {
  const buffer = Buffer.allocUnsafe(Math.min(most, Math.max(4096, (await handle.stat()).size - start)) + 1)
  let length = 0
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, start + length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  if (length > most && end !== true) return { kind: 'too-large' }
  return { kind: 'bytes', bytes: buffer.subarray(0, Math.min(length, most)) }
}

function whyNot(code: string | undefined): 'absent' | 'not-a-file' | 'denied' {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'absent'
  // A link (ELOOP, on some systems EMLINK), a socket, a device without a driver.
  return code === 'ELOOP' || code === 'EMLINK' || code === 'ENXIO' || code === 'EISDIR' ? 'not-a-file' : 'denied'
}

async function namesIn(place: string, most: number): Promise<readonly string[] | undefined> {
  try {
    if (!(await lstat(place)).isDirectory()) return undefined
    const names: string[] = []
    for await (const { name } of await opendir(place)) {
      names.push(name)
      if (names.length >= mostNames) break
    }
    return names.sort(byText).slice(0, most)
  } catch {
    return undefined
  }
}
