import { randomBytes } from 'node:crypto'
import fs, { type BigIntStats } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { exitCode, Failure } from './failure.js'

/** The file operations of the writer, so that a test can let the n-th of them fail. */
export type FileOperations = Pick<
  typeof fs,
  | 'openSync'
  | 'writeSync'
  | 'fchmodSync'
  | 'fsyncSync'
  | 'fstatSync'
  | 'lstatSync'
  | 'statSync'
  | 'readdirSync'
  | 'renameSync'
  | 'unlinkSync'
  | 'closeSync'
>

/** What a file is made of: all at once, or piece by piece so that it never has to be in memory. */
export type FileContent = string | Uint8Array | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>

/** How `writeFileSafely` writes. */
export interface WriteOptions {
  /** Exact rights of the file, whatever the umask; 0600 unless given, because results list people and machines. */
  readonly mode?: number
  /** Paths of the inputs: the target must be none of these files, under whatever name. */
  readonly neverOver?: readonly string[]
  readonly operations?: FileOperations
  readonly platform?: NodeJS.Platform
}

const temporaryName = /^\.fleet-[0-9a-f]{24}\.partial$/
// Another run may be writing; its temporary file changes all the time.
const leftoverAge = 60 * 60 * 1000
const blockBytes = 256 * 1024

/**
 * Writes a file so that after any fault it is what it was or what it should be, never half. Every system error is a
 * `Failure` with exit code 5; an error of the content's own source passes through, with the old file untouched.
 */
export async function writeFileSafely(path: string, content: FileContent, options: WriteOptions = {}): Promise<void> {
  const { mode = 0o600, neverOver = [], operations: system = fs, platform = process.platform } = options
  const attempt = <T>(operation: () => T): T => {
    try {
      return operation()
    } catch (error) {
      throw asFailure(path, error)
    }
  }
  const target = resolve(path)
  const folder = dirname(target)
  const syncsFolder = platform !== 'win32'

  attempt(() => checkTarget(system, path, target, neverOver))
  attempt(() => checkFolder(system, path, folder))
  removeLeftovers(system, folder)

  const temporary = join(folder, `.fleet-${randomBytes(12).toString('hex')}.partial`)
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_RDONLY } = fs.constants
  let file: number | undefined
  let folderFile: number | undefined
  let created = false
  try {
    // Opened before anything is written, so that only the sync itself is left to fail after the rename.
    if (syncsFolder) folderFile = attempt(() => system.openSync(folder, O_RDONLY))
    const fd = attempt(() => system.openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode))
    file = fd
    created = true
    attempt(() => system.fchmodSync(fd, mode))
    let size = 0
    for await (const block of gather(content)) size += attempt(() => writeAll(system, fd, block))
    attempt(() => system.fsyncSync(fd))
    if (attempt(() => system.fstatSync(fd)).size !== size)
      throw refuse(path, 'output-failed', 'The disk took less than was written.')
    file = undefined
    attempt(() => system.closeSync(fd))

    attempt(() => checkTarget(system, path, target, neverOver))
    await rename(system, temporary, target, path, platform)
    created = false
    if (folderFile !== undefined) syncFolder(system, folderFile, path)
  } finally {
    if (file !== undefined) quietly(() => system.closeSync(file!))
    if (folderFile !== undefined) quietly(() => system.closeSync(folderFile!))
    if (created) quietly(() => system.unlinkSync(temporary))
  }
}

function refuse(path: string, code: 'output-failed' | 'output-refused', message: string, tryThis?: string): Failure {
  const details = { where: { file: path }, ...(tryThis && { tryThis: [tryThis] }) }
  return new Failure(exitCode.outputFailed, code, message, details)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** A system error of a write as a fixed text with exit code 5; anything else is a fault of ours and stays what it is. */
export function asFailure(path: string, error: unknown): unknown {
  if (error instanceof Failure) return error
  const fail = (message: string, tryThis: string) => refuse(path, 'output-failed', message, tryThis)
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return fail('The file could not be written: the disk is full.', 'Free some space, or write to another disk.')
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'EBUSY':
      return fail(
        'The file could not be written: permission is missing, or another program holds it.',
        'Choose another folder, or close the file.',
      )
    case 'ENOENT':
    case 'ENOTDIR':
      return fail('The file could not be written: its folder does not exist.', 'Create the folder first.')
  }
  // Without a code it is no answer of the system but a fault of ours.
  if (codeOf(error) === '') return error
  return fail('The file could not be written.', 'Choose another folder or disk.')
}

function lookAt(operation: () => BigIntStats): BigIntStats | undefined {
  try {
    return operation()
  } catch (error) {
    if (/^(?:ENOENT|ENOTDIR)$/.test(codeOf(error))) return undefined
    throw error
  }
}

function checkTarget(system: FileOperations, path: string, target: string, neverOver: readonly string[]): void {
  const stats = lookAt(() => system.lstatSync(target, { bigint: true }))
  if (stats === undefined) return
  if (stats.isDirectory()) throw refuse(path, 'output-refused', 'The target is a folder.', 'Give the name of a file.')
  if (!stats.isFile()) {
    throw refuse(
      path,
      'output-refused',
      'The target is a link or device, not a file.',
      'Give the path of the file itself.',
    )
  }
  for (const input of neverOver) {
    const other = lookAt(() => system.statSync(input, { bigint: true }))
    const same =
      resolve(input) === target || (other !== undefined && other.dev === stats.dev && other.ino === stats.ino)
    if (same) throw refuse(path, 'output-refused', 'The target is one of the inputs.', 'Give another name.')
  }
}

/** Throws a Failure when root is about to write into a folder that everybody may change. */
export function refuseSharedFolder(path: string, folder: string): void {
  checkFolder(fs, path, folder)
}

/** In a folder that everybody may change, anyone could swap what root writes; sticky folders such as /tmp forbid that. */
function checkFolder(system: FileOperations, path: string, folder: string): void {
  if (process.getuid?.() !== 0) return
  const { mode } = system.statSync(folder)
  if ((mode & 0o002) !== 0 && (mode & 0o1000) === 0) {
    const message = 'The folder can be changed by everybody, which is not safe for root.'
    throw refuse(path, 'output-refused', message, 'Take the right away (chmod o-w), or choose another folder.')
  }
}

function removeLeftovers(system: FileOperations, folder: string): void {
  quietly(() => {
    for (const name of system.readdirSync(folder)) {
      if (!temporaryName.test(name)) continue
      quietly(() => {
        const stats = system.lstatSync(join(folder, name))
        if (stats.isFile() && Date.now() - stats.mtimeMs > leftoverAge) system.unlinkSync(join(folder, name))
      })
    }
  })
}

/** For what is only tidying up: correctness never depends on it. */
function quietly(operation: () => void): void {
  try {
    operation()
  } catch {
    // Nothing is lost: the next run removes what was left.
  }
}

/** One write may take less than it was given, on a full disk for instance; only a loop notices. */
function writeAll(system: FileOperations, file: number, block: Uint8Array): number {
  let done = 0
  while (done < block.length) {
    const taken = system.writeSync(file, block, done, block.length - done)
    if (taken <= 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' })
    done += taken
  }
  return done
}

async function rename(
  system: FileOperations,
  from: string,
  to: string,
  path: string,
  platform: NodeJS.Platform,
): Promise<void> {
  // Virus scanners on Windows hold a new file for a moment.
  const delays = platform === 'win32' ? [10, 20, 50, 100, 200, 300, 400] : []
  for (;;) {
    try {
      system.renameSync(from, to)
      return
    } catch (error) {
      const delay = delays.shift()
      if (delay === undefined || !/^(?:EPERM|EACCES|EBUSY)$/.test(codeOf(error))) throw asFailure(path, error)
      await wait(delay)
    }
  }
}

function syncFolder(system: FileOperations, folder: number, path: string): void {
  try {
    system.fsyncSync(folder)
  } catch (error) {
    // Some network file systems know no sync of a folder; there is nothing more to be done on these.
    if (/^(?:EINVAL|ENOTSUP|EOPNOTSUPP)$/.test(codeOf(error))) return
    throw refuse(
      path,
      'output-failed',
      'The file was written whole, but a power cut could still undo it.',
      'Check the disk and run again.',
    )
  }
}

async function* gather(content: FileContent): AsyncGenerator<Uint8Array> {
  const chunks = typeof content === 'string' || content instanceof Uint8Array ? [content] : content
  let text: string[] = []
  let length = 0
  for await (const chunk of chunks) {
    if (typeof chunk === 'string') {
      text.push(chunk)
      length += chunk.length
      if (length < blockBytes) continue
    }
    if (length > 0) yield Buffer.from(text.join(''))
    text = []
    length = 0
    if (typeof chunk !== 'string' && chunk.length > 0) yield chunk
  }
  if (length > 0) yield Buffer.from(text.join(''))
}
