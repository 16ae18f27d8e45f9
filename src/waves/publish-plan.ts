import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { exitCode, Failure } from '../platform/failure.js'
import { withCleanUp } from '../platform/on-signal.js'
import {
  checksumsFile,
  checksumText,
  type FolderKind,
  type FolderStage,
  publishedFolders,
  type StageOptions,
  stageFolder,
} from '../platform/publish-folder.js'
import type { FileContent } from '../platform/write-file.js'

/** One file of a plan folder. */
export interface PlanFile {
  /** Relative to the folder, with `/`: plain segments of ASCII letters, digits, `.`, `_` and `-`. */
  readonly path: string
  /** A large one piece by piece: it is digested while it is written, and never held whole. */
  readonly content: FileContent
}

const planName = publishedFolders.plan.marker
const plainPath = /^(?!(?:.*\/)?\.{1,2}(?:\/|$))[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/
// Some dozen files, or some for each wave; sums of this size are no longer ours.
const mostSums = 16 * 1024 * 1024

const planFolder: FolderKind = {
  noun: 'plan',
  // It lists people and machines.
  folderMode: 0o700,
  changes: changedPaths,
  seeChanges(changes) {
    const more = changes.length > 5 ? ` and ${changes.length - 5} more` : ''
    return `see what changed there (${changes.slice(0, 5).join(', ')}${more})`
  },
}

/**
 * Writes the folder of a plan, for its owner alone: the files, of which one is `plan.json`, and `SHA256SUMS` over them.
 * It takes the place of an untouched plan at once; of one that was changed by hand only with `force`. When anything
 * fails, or a signal ends the program, the target is what it was and nothing is left beside it. Throws a Failure: output
 * refused, output failed, busy, or verification failed when the disk does not hold what was written. Errors of a
 * content's own source pass through.
 */
export async function publishPlan(target: string, files: readonly PlanFile[], options: StageOptions): Promise<void> {
  checkPaths(files)
  let stage: FolderStage | undefined
  const write = async () => {
    stage = await stageFolder(target, planFolder, options)
    const sums: { path: string; sum: string }[] = []
    for (const { path, content } of files) sums.push({ path, sum: await stage.write({ path, content, mode: 0o600 }) })
    await stage.write({ path: checksumsFile, content: checksumText(sums), mode: 0o600 })
    await checkWritten(stage.folder)
    await stage.publish()
  }
  await withCleanUp(write, () => stage?.discard())
}

/** Paths are chosen by the program: a wrong one is a fault of it, not of the administrator. */
function checkPaths(files: readonly PlanFile[]): void {
  // Names that differ in case only are one file on macOS and Windows.
  const seen = new Set([checksumsFile.toLowerCase()])
  for (const { path } of files) {
    if (!plainPath.test(path) || seen.has(path.toLowerCase())) throw new Error(`not a path for a plan folder: ${path}`)
    seen.add(path.toLowerCase())
  }
  if (!files.some(({ path }) => path === planName)) throw new Error(`a plan folder needs ${planName}`)
}

async function checkWritten(folder: string): Promise<void> {
  const [changed] = (await changedPaths(folder)) ?? [planName]
  if (changed === undefined) return
  throw new Failure(
    exitCode.verificationFailed,
    'read-back-differs',
    'A file of the plan does not read back as what was meant; nothing was published.',
    { where: { file: changed }, tryThis: ['Check the disk and run again. If it stays so, report a fault of fleet.'] },
  )
}

/** What differs from the checksums in a folder whose `plan.json` says that it is a plan; undefined for other folders. */
async function changedPaths(place: string): Promise<readonly string[] | undefined> {
  if (!(await saysPlan(place))) return undefined
  const sums = await readSums(place)
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
async function saysPlan(place: string): Promise<boolean> {
  const file = await openPlain(join(place, planName))
  if (file === undefined) return false
  const { buffer, bytesRead } = await file.read(Buffer.alloc(256)).finally(() => file.close())
  const head = buffer.toString('utf8', 0, bytesRead)
  const version = /^\uFEFF?\s*\{\s*"schema"\s*:\s*"fleet\.plan\/v(\d{1,4})"/.exec(head)?.[1]
  if (version === undefined || version === '1') return version !== undefined
  throw new Failure(exitCode.inputRefused, 'newer-document', 'The plan was written by another version of fleet.', {
    where: { file: join(place, planName) },
    tryThis: ['Update fleet, or give another folder with --output.'],
  })
}

/** Path to digest; undefined when the text is not byte for byte what fleet would write. */
async function readSums(place: string): Promise<ReadonlyMap<string, string> | undefined> {
  const file = await openPlain(join(place, checksumsFile), mostSums)
  if (file === undefined) return undefined
  const text = await file.readFile('utf8').finally(() => file.close())
  const sums = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, sum, path] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? []
    if (sum !== undefined && path !== undefined && plainPath.test(path)) sums.set(path, sum)
  }
  const written = checksumText([...sums].map(([path, sum]) => ({ path, sum })))
  return sums.has(planName) && written === text ? sums : undefined
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
