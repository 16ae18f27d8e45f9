import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { exitCode, Failure } from './failure.js'
import { checksumsFile, checksumText, type FolderNoun, publishedFolders } from './publish-folder.js'

const plainPath = /^(?!(?:.*\/)?\.{1,2}(?:\/|$))[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/
// Some dozen files, or some for each wave; sums of this size are no longer ours.
const mostSums = 16 * 1024 * 1024

/** A folder whose files are listed in `SHA256SUMS`, and the document in it that says what the folder is. */
export interface SummedFolder {
  readonly noun: FolderNoun
  /** The schema of the document, without its version, such as `fleet.plan`. */
  readonly schema: string
}

/** Whether a path can stand in such a folder: plain segments of ASCII letters, digits, `.`, `_` and `-`. */
export function isPlainPath(path: string): boolean {
  return plainPath.test(path)
}

/**
 * What differs from the checksums in a folder whose document says that it is of this kind; undefined for other folders.
 * Throws a Failure (input refused) where a later version of fleet wrote the document.
 */
export async function changesInFolder(place: string, kind: SummedFolder): Promise<readonly string[] | undefined> {
  if (!(await saysKind(place, kind))) return undefined
  const sums = await readSums(place, publishedFolders[kind.noun].marker)
  if (sums === undefined) return [checksumsFile]
  const known = new Set([...sums.keys()].flatMap(foldersOf))
  const [changes, missing] = [[] as string[], new Set(sums.keys())]
  const folders = ['']
  for (const folder of folders) {
    const entries = await readdir(join(place, folder), { withFileTypes: true }).catch(() => undefined)
    if (entries === undefined) changes.push(folder)
    for (const entry of entries ?? []) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (path === checksumsFile) continue
      if (entry.isDirectory() && known.has(path)) folders.push(path)
      else if (!missing.delete(path) || (await digestOf(join(place, path))) !== sums.get(path)) changes.push(path)
    }
  }
  return [...changes, ...missing].sort()
}

function foldersOf(path: string): string[] {
  const folder = dirname(path)
  return folder === '.' ? [] : [folder, ...foldersOf(folder)]
}

/** `schema` is the first key of the document; whoever wrote it in another way wrote another document. */
async function saysKind(place: string, { noun, schema }: SummedFolder): Promise<boolean> {
  const file = await openPlain(join(place, publishedFolders[noun].marker))
  if (file === undefined) return false
  const { buffer, bytesRead } = await file.read(Buffer.alloc(256)).finally(() => file.close())
  const head = buffer.toString('utf8', 0, bytesRead)
  const [, said, version] = /^\uFEFF?\s*\{\s*"schema"\s*:\s*"([a-z.-]{1,60})\/v(\d{1,4})"/.exec(head) ?? []
  if (said !== schema) return false
  if (version === '1') return true
  throw new Failure(exitCode.inputRefused, 'newer-document', `The ${noun} was written by another version of fleet.`, {
    where: { file: join(place, publishedFolders[noun].marker) },
    tryThis: ['Update fleet, or give another folder with --output.'],
  })
}

/** Path to digest; undefined when the text is not byte for byte what fleet would write. */
async function readSums(place: string, marker: string): Promise<ReadonlyMap<string, string> | undefined> {
  const file = await openPlain(join(place, checksumsFile), mostSums)
  if (file === undefined) return undefined
  const text = await file.readFile('utf8').finally(() => file.close())
  const sums = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, sum, path] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? []
    if (sum !== undefined && path !== undefined && plainPath.test(path)) sums.set(path, sum)
  }
  const written = checksumText([...sums].map(([path, sum]) => ({ path, sum })))
  return sums.has(marker) && written === text ? sums : undefined
}

async function digestOf(path: string): Promise<string | undefined> {
  const file = await openPlain(path)
  if (file === undefined) return undefined
  const hash = createHash('sha256')
  try {
    for await (const block of file.createReadStream({ highWaterMark: 1024 * 1024 })) hash.update(block as Uint8Array)
    return hash.digest('hex')
  } catch {
    return undefined
  }
}

/** Opens a plain file: no link, which could lead out of the folder, and no pipe, which would never end. */
async function openPlain(path: string, mostBytes = Number.POSITIVE_INFINITY): Promise<FileHandle | undefined> {
  // Windows has neither flag; what changes between the look and the opening goes by these.
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants
  try {
    if (!(await lstat(path)).isFile()) return undefined
    const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    const stats = await file.stat()
    if (stats.isFile() && stats.size <= mostBytes) return file
    await file.close()
  } catch {
    // Not there, or not to be read.
  }
  return undefined
}
