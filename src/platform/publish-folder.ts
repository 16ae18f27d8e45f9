import { createHash, randomBytes } from 'node:crypto'
import fs, { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { chmod, lstat, mkdir, readdir, readFile, realpath, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { byText } from './by-text.js'
import { exitCode, Failure } from './failure.js'
import { type FileContent, refuseSharedFolder, writeFileSafely } from './write-file.js'

/** The folders that fleet publishes: the file in each that says what it is, and the words for it. */
export const publishedFolders = {
  bundle: { marker: 'manifest.json', made: 'built', run: 'build' },
  plan: { marker: 'plan.json', made: 'written', run: 'run' },
  kit: { marker: 'probe.json', made: 'built', run: 'build' },
} as const
export type FolderNoun = keyof typeof publishedFolders

/** The file with the digests of all others, in every folder that fleet publishes. */
export const checksumsFile = 'SHA256SUMS'

/** What is particular to one kind of folder. */
export interface FolderKind {
  readonly noun: FolderNoun
  /** Rights of the folder and of those in it. */
  readonly folderMode: 0o700 | 0o755
  /** Paths that are not what fleet wrote; undefined when the folder is something else than the name of its marker says. */
  readonly changes: (place: string) => Promise<readonly string[] | undefined>
  /** How the administrator sees what was changed, such as `see what changed with fleet settings verify`. */
  readonly seeChanges: (changes: readonly string[]) => string
}

/** One file of a folder. */
export interface StagedFile {
  /** Relative to the folder, with `/`. */
  readonly path: string
  readonly content: FileContent
  readonly mode: number
  /** Reads the written bytes; what it gives is compared with `data`. */
  readonly readBack?: ((bytes: Uint8Array) => unknown) | undefined
  readonly data?: unknown
}

/** A folder beside the target that takes its place, or is removed. */
export interface FolderStage {
  readonly folder: string
  /** Writes one file, compares it with what was meant where it can be read back, and returns its SHA-256. */
  readonly write: (file: StagedFile) => Promise<string>
  /** Puts the folder in the place of the target: the old one or the new one, never half. */
  readonly publish: (options?: { readonly ownerOnly?: boolean }) => Promise<void>
  /** Removes at once what is not published, so that it can be done when a signal ends the program. */
  readonly discard: () => void
}

export interface StageOptions {
  /** Replace a folder that somebody changed. */
  readonly force: boolean
  /** Paths of the inputs: the target must neither be nor hold one of these, whatever `force` says. */
  readonly neverOver?: readonly string[] | undefined
}

const temporaryName = new RegExp(`^\\.fleet-[0-9a-f]{24}\\.(?:${Object.keys(publishedFolders).join('|')})$`)
const leftoverAge = 60 * 60 * 1000

/**
 * Opens a stage for a target folder. Throws a Failure (output refused) when the target is something else than a folder
 * of that kind, lies in a published folder, or holds an input; or when somebody changed it, unless `force` is given.
 */
export async function stageFolder(target: string, kind: FolderKind, options: StageOptions): Promise<FolderStage> {
  if (target.trim() === '') throw refuse('(no name)', 'The target has no name.', 'Give a folder with --output.')
  // One path for looking and for acting: the system reads links and `..` in another way than `resolve` does.
  const place = resolve(target)
  const [parent, { noun }] = [dirname(place), kind]
  const attempt = <T>(operation: () => Promise<T>) => guard(target, noun, operation)
  const check = () => attempt(() => checkTarget(target, place, kind, options))
  // Before anything is made there: a new folder, too, would change what is around it.
  await attempt(() => checkSurroundings(target, place, noun))
  await attempt(() => mkdir(parent, { recursive: true }))
  await attempt(() => restoreOld(place))
  await check()
  refuseSharedFolder(target, parent)
  await removeLeftovers(parent)
  const folder = join(parent, `.fleet-${randomBytes(12).toString('hex')}.${noun}`)
  // At once, as below: what is still under way when a signal comes would make the folder again after its removal.
  await attempt(async () => mkdirSync(folder, { mode: 0o700 }))
  let old: string | undefined

  return {
    folder,
    async write({ path, content, mode, readBack, data }) {
      const file = join(folder, path)
      await attempt(async () => mkdirSync(dirname(file), { recursive: true, mode: kind.folderMode }))
      const digest = await writeAndDigest(file, content, mode).catch((error: unknown) => {
        throw error instanceof Failure ? atPlace(error, join(target, path)) : error
      })
      if (readBack !== undefined && !isDeepStrictEqual(plain(await readBack(await readFile(file))), plain(data)))
        throw new Failure(
          exitCode.verificationFailed,
          'read-back-differs',
          'An artifact does not read back as what was meant; nothing was published.',
          {
            where: { file: path },
            tryThis: ['Report this as a fault of fleet, with the part of the policy that this file carries.'],
          },
        )
      return digest
    },
    async publish({ ownerOnly = false } = {}) {
      await check()
      await attempt(() => chmod(folder, ownerOnly ? 0o700 : kind.folderMode))
      old = swap(target, noun, folder, place)
      // What cannot be removed now is no part of the new folder; its owner sees it beside it.
      if (old !== undefined) await rm(old, { recursive: true, force: true }).catch(() => {})
    },
    discard() {
      for (const left of [folder, old]) if (left !== undefined) rmSync(left, { recursive: true, force: true })
    },
  }
}

/** The lines of `SHA256SUMS`, for `sha256sum -c`. */
export function checksumText(files: Iterable<{ readonly path: string; readonly sum: string }>): string {
  return [...files]
    .sort((a, b) => byText(a.path, b.path))
    .map(({ path, sum }) => `${sum}  ${path}\n`)
    .join('')
}

/** Digests the very bytes that the system takes: nothing is kept, and no other way of encoding can differ. */
async function writeAndDigest(file: string, content: FileContent, mode: number): Promise<string> {
  const hash = createHash('sha256')
  const writeSync = (fd: number, block: Uint8Array, from: number, length: number) => {
    const taken = fs.writeSync(fd, block, from, length)
    hash.update(block.subarray(from, from + taken))
    return taken
  }
  await writeFileSafely(file, content, { mode, operations: { ...fs, writeSync: writeSync as typeof fs.writeSync } })
  return hash.digest('hex')
}

/** Two readers may differ in the prototype of what they make, never in what JSON shows. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}

function atPlace({ exit, code, message, details }: Failure, file: string): Failure {
  return new Failure(exit, code, message, { ...details, where: { file } })
}

/** Both renames in one go, so that no signal comes between; the name of the old one tells whose place it had. */
function swap(target: string, noun: FolderNoun, folder: string, place: string): string | undefined {
  const { run } = publishedFolders[noun]
  const old = existsSync(place) ? `${replacedPrefix(place)}${randomBytes(12).toString('hex')}` : undefined
  try {
    if (old !== undefined) renameSync(place, old)
    renameSync(folder, place)
    return old
  } catch {
    if (old !== undefined && existsSync(old) && !existsSync(place)) renameSync(old, place)
    throw new Failure(
      exitCode.busy,
      'target-busy',
      `The ${noun} could not be put in its place: another program uses that folder.`,
      {
        where: { file: target },
        tryThis: [`Let the other ${run} end, close programs that hold the folder, then run again.`],
      },
    )
  }
}

function replacedPrefix(place: string): string {
  return join(dirname(place), `.fleet-replaced-${basename(place)}-`)
}

/** A run that was killed between the two renames left the old folder beside its place: it goes back first. */
async function restoreOld(place: string): Promise<void> {
  if ((await lookAt(place)) !== undefined) return
  const prefix = basename(replacedPrefix(place))
  const names = await readdir(dirname(place)).catch(() => [])
  // The rest of the name is our own: another target may begin with the name of this one.
  const left = names.filter((name) => name.startsWith(prefix) && /^[0-9a-f]{24}$/.test(name.slice(prefix.length)))
  const byAge = await Promise.all(
    left.map(async (name) => ({ name, since: (await lookAt(join(dirname(place), name)))?.ctimeMs ?? 0 })),
  )
  const newest = byAge.sort((a, b) => b.since - a.since)[0]
  if (newest !== undefined) await rename(join(dirname(place), newest.name), place).catch(() => {})
}

async function lookAt(place: string) {
  return await lstat(place).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
}

async function checkSurroundings(target: string, place: string, noun: FolderNoun): Promise<void> {
  if (await holds(place, process.cwd()))
    throw refuse(
      target,
      'The target is the folder you are in, or one around it.',
      'Give the name of a folder of its own with --output.',
    )
  for (const around of await everyFolder(dirname(place))) {
    for (const [other, { marker, made }] of Object.entries(publishedFolders)) {
      if (existsSync(join(around, marker)) && existsSync(join(around, checksumsFile)))
        throw refuse(
          target,
          `The target lies inside ${other === noun ? 'another' : 'a'} ${other}, which would then not be what was ${made}.`,
          'Give a folder outside with --output.',
        )
    }
  }
}

async function checkTarget(target: string, place: string, kind: FolderKind, options: StageOptions): Promise<void> {
  const { noun } = kind
  const stats = await lookAt(place)
  if (stats === undefined) return
  if (!stats.isDirectory())
    throw refuse(target, 'The target is there, and is no folder.', 'Give another name with --output.')
  for (const input of options.neverOver ?? []) {
    if (await holds(place, resolve(input)))
      throw refuse(
        target,
        'The target folder holds one of the inputs, which would be lost.',
        'Give another folder with --output, or move the input out of it.',
      )
  }
  const names = await readdir(place)
  if (names.length === 0) return await rmdir(place)
  const markers = Object.entries(publishedFolders).filter(([, { marker }]) => names.includes(marker))
  // Only what says of itself that it is of this kind, and of no other, is ever replaced.
  const changes = markers.length === 1 && markers[0]?.[0] === noun ? await kind.changes(place) : undefined
  if (changes === undefined)
    throw refuse(
      target,
      `The target folder holds something else than a ${noun}.`,
      'Give a new or empty folder with --output.',
    )
  if (options.force || changes.length === 0) return
  throw refuse(
    target,
    `The ${noun} that stands there was changed by hand since it was ${publishedFolders[noun].made}.`,
    `${basename(place)}: ${kind.seeChanges(changes)}, or replace it with --force.`,
  )
}

/** A folder and those around it: by its name, and by where it really lies when links lead to it. */
async function everyFolder(path: string): Promise<readonly string[]> {
  const named = upwards(path)
  for (const folder of named) {
    const real = await realpath(folder).catch(() => undefined)
    if (real !== undefined) return real === folder ? named : [...named, ...upwards(real)]
  }
  return named
}

function upwards(path: string): string[] {
  const around = dirname(path)
  return around === path ? [path] : [path, ...upwards(around)]
}

/** Whether a path is the folder or lies in it, however either of them is spelled. */
async function holds(folder: string, path: string): Promise<boolean> {
  const own = await lstat(folder, { bigint: true }).catch(() => undefined)
  for (const around of await everyFolder(path)) {
    if (around === folder) return true
    const other = await stat(around, { bigint: true }).catch(() => undefined)
    // Some network file systems give no numbers.
    if (own !== undefined && own.ino !== 0n && own.ino === other?.ino && own.dev === other.dev) return true
  }
  return false
}

function refuse(target: string, message: string, tryThis: string): Failure {
  return new Failure(exitCode.outputFailed, 'output-refused', message, { where: { file: target }, tryThis: [tryThis] })
}

async function guard<T>(target: string, noun: FolderNoun, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation()
  } catch (error) {
    if (error instanceof Failure || !(error instanceof Error && 'code' in error)) throw error
    throw new Failure(exitCode.outputFailed, 'output-failed', `The ${noun} folder could not be written.`, {
      where: { file: target },
      tryThis: ['Check that the disk has room and that you may write there.'],
    })
  }
}

/** What a killed run left; a run that is still going on is younger. */
async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    if (!temporaryName.test(name)) continue
    const stats = await lstat(join(parent, name)).catch(() => undefined)
    if (stats?.isDirectory() && Date.now() - stats.mtimeMs > leftoverAge)
      await rm(join(parent, name), { recursive: true, force: true }).catch(() => {})
  }
}
