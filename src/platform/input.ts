import { readdir, realpath, stat } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import { createGunzip } from 'node:zlib'
import { chunkBytes, look, type Place, readRange } from './file-reading.js'
import { recogniseForeign } from './foreign-file.js'
import { inflate } from './inflate.js'
import { type InputLimits, inputLimits } from './input-limits.js'
import { asFailure, refuse } from './input-refusals.js'
import { openStdin } from './stdin-input.js'
import { checkEntry, listEntries, readEntry } from './zip-archive.js'
import { isZstd, zstdChunks } from './zstd.js'

export { headLimit, type InputLimits, inputLimits } from './input-limits.js'

/** One export to read: a file, an entry of a zip, or stdin. */
export interface Input {
  /** What the user sees: the path as given, `folder/sub/file.csv`, `stdin`, or `export.zip/entry.csv`. */
  readonly name: string
  /** Bytes on disk, so of the compressed form for gzip, zstd and zip; undefined for stdin. */
  readonly size: number | undefined
  /** The absolute path of the file on disk that holds this input; undefined for stdin. */
  readonly file?: string | undefined
  /** How `file` holds it; undefined if the bytes are those of the file. */
  readonly packed?: 'gzip' | 'zstd' | 'zip' | undefined
  /**
   * The decompressed bytes. A chunk is valid only until the next one is asked for: buffers are used again.
   * May be called again and again; stdin only while no more than `headLimit` bytes were asked for.
   */
  open(): AsyncIterable<Uint8Array>
}

/** Something the user named, or a folder holds, that cannot be read. */
export interface InputProblem {
  readonly name: string
  readonly code: string
  readonly message: string
  readonly tryThis?: string
}

/** Something in a folder or archive that is left out on purpose. */
export interface SkippedInput {
  readonly name: string
  readonly reason:
    | 'same-file'
    | 'hidden'
    | 'system-file'
    | 'link-outside-folder'
    | 'link-to-folder'
    | 'link-broken'
    | 'not-a-file'
}

/** What `findInputs` found; the three lists together name everything that was given. */
export interface FoundInputs {
  readonly inputs: Input[]
  readonly problems: InputProblem[]
  readonly skipped: SkippedInput[]
}

interface Search extends FoundInputs {
  readonly limits: InputLimits
  readonly seen: Set<string>
}

/**
 * Finds everything to read under the paths: files, folders with all below them, archives, and `-` for stdin. The
 * inputs come in the order of their names, so that the order of the paths makes no difference.
 */
export async function findInputs(
  paths: readonly string[],
  options: { readonly stdin: NodeJS.ReadableStream; readonly limits?: Partial<InputLimits> },
): Promise<FoundInputs> {
  const limits = { ...inputLimits, ...options.limits }
  const search: Search = { inputs: [], problems: [], skipped: [], limits, seen: new Set() }
  for (const path of paths) {
    await collect(search, path === '-' ? 'stdin' : path, async () => {
      if (path === '-') return addStdin(search, options.stdin)
      if ((await stat(path)).isDirectory()) return addFolder(search, path)
      return addFile(search, { name: path, path: resolve(path), found: false })
    })
  }
  const { inputs, problems, skipped } = search
  return { inputs: inputs.sort((a, b) => compare(a.name, b.name)), problems, skipped }
}

/** The first bytes of an input (up to `headLimit`), copied, and whether they are all of it. */
export async function readHead(input: Input, bytes: number): Promise<{ head: Uint8Array; whole: boolean }> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of input.open()) {
    // The copy is needed because the chunk's buffer is used again.
    parts.push(Buffer.from(chunk.subarray(0, bytes + 1 - length)))
    length += chunk.length
    if (length > bytes) break
  }
  return { head: Buffer.concat(parts).subarray(0, bytes), whole: length <= bytes }
}

async function collect(search: Search, name: string, add: () => Promise<void>): Promise<void> {
  try {
    await add()
  } catch (error) {
    const { code, message, details } = asFailure(name, error)
    const tryThis = details.tryThis?.[0]
    search.problems.push({ name: details.where?.file ?? name, code, message, ...(tryThis && { tryThis }) })
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function junk(baseName: string): 'hidden' | 'system-file' | undefined {
  if (/^(?:thumbs\.db|ehthumbs\.db|desktop\.ini|\.ds_store|__macosx|\._.*|~\$.*)$/i.test(baseName)) return 'system-file'
  return baseName.startsWith('.') ? 'hidden' : undefined
}

async function addFolder(search: Search, folder: string): Promise<void> {
  const root = await realpath(folder)
  const shown = folder.replace(process.platform === 'win32' ? /[\\/]+$/ : /\/+$/, '')
  const files: Place[] = []
  const before = search.problems.length
  await walk(root, shown)
  if (files.length > search.limits.folderFiles) throw refuse(folder, 'folder-too-large', search.limits.folderFiles)
  if (files.length === 0 && search.problems.length === before) throw refuse(folder, 'folder-empty')
  files.sort((a, b) => compare(a.name, b.name))
  for (const place of files) await collect(search, place.name, () => addFile(search, place))

  async function walk(path: string, name: string): Promise<void> {
    const entries = await readdir(path, { withFileTypes: true })
    for (const entry of entries.sort((a, b) => compare(a.name, b.name))) {
      const below: Place = { name: `${name}/${entry.name}`, path: resolve(path, entry.name), found: true }
      const reason = junk(entry.name)
      if (reason !== undefined) search.skipped.push({ name: below.name, reason })
      else if (entry.isDirectory()) await collect(search, below.name, () => walk(below.path, below.name))
      else if (entry.isFile()) files.push(below)
      else if (entry.isSymbolicLink()) await addLink(below)
      else search.skipped.push({ name: below.name, reason: 'not-a-file' })
      if (files.length > search.limits.folderFiles) return
    }
  }

  /** Links to folders are never entered, so there are no circles. */
  async function addLink({ name, path }: Place): Promise<void> {
    const target = await realpath(path).catch(() => undefined)
    const stats = target === undefined ? undefined : await stat(target).catch(() => undefined)
    if (target === undefined || stats === undefined) search.skipped.push({ name, reason: 'link-broken' })
    else if (stats.isDirectory()) search.skipped.push({ name, reason: 'link-to-folder' })
    else if (!stats.isFile()) search.skipped.push({ name, reason: 'not-a-file' })
    else if (!isBelow(root, target)) search.skipped.push({ name, reason: 'link-outside-folder' })
    else files.push({ name, path: target, found: true })
  }
}

function isBelow(root: string, path: string): boolean {
  return path.startsWith(root.endsWith(sep) ? root : root + sep)
}

async function addFile(search: Search, place: Place): Promise<void> {
  const { name, path: file } = place
  const { head, size, id } = await look(place)
  if (search.seen.has(id)) {
    search.skipped.push({ name, reason: 'same-file' })
    return
  }
  search.seen.add(id)
  if (size === 0) throw refuse(name, 'input-empty')
  if (head[0] === 0x1f && head[1] === 0x8b) {
    const chunks = () =>
      inflate(createGunzip({ chunkSize: chunkBytes }), readRange(place, 0, undefined, true), name, search.limits)
    search.inputs.push({ name, size, file, packed: 'gzip', open: chunks })
    return
  }
  if (isZstd(head)) {
    const chunks = () => zstdChunks(readRange(place, 0, undefined, true), name, search.limits)
    search.inputs.push({ name, size, file, packed: 'zstd', open: chunks })
    return
  }
  // A workbook is a zip too: it stays one input, so that whoever reads it can name it.
  if (/^PK(?:\x03\x04|\x05\x06)/.test(head.toString('latin1')) && recogniseForeign(head)?.code === 'foreign-archive') {
    return addArchive(search, place)
  }
  if (size > search.limits.inputBytes) throw refuse(name, 'input-too-large', search.limits.inputBytes)
  search.inputs.push({ name, size, file, open: () => readRange(place, 0, undefined, false) })
}

async function addArchive(search: Search, place: Place): Promise<void> {
  const { limits, skipped, problems } = search
  const before = problems.length
  const entries = await listEntries(place, limits)
  const inputs: Input[] = []
  let total = 0
  const names = new Set<string>()
  for (const entry of entries) {
    const name = `${place.name}/${entry.name}`
    // An archive is read whole or not at all: part of a fleet must not pass for all of it.
    checkEntry(name, entry, limits)
    if (names.has(entry.name)) throw refuse(name, 'archive-unsafe')
    names.add(entry.name)
    total += entry.uncompressedSize
    if (total > limits.archiveBytes) throw refuse(place.name, 'archive-too-large', limits.archiveBytes)
    if (entry.name.endsWith('/')) continue
    const reason = entry.name
      .split('/')
      .reduce<ReturnType<typeof junk>>((found, part) => found ?? junk(part), undefined)
    if (reason !== undefined) {
      skipped.push({ name, reason })
    } else if (entry.uncompressedSize === 0) {
      await collect(search, name, () => Promise.reject(refuse(name, 'input-empty')))
    } else {
      const open = () => readEntry(place, entry, name, limits)
      inputs.push({ name, size: entry.compressedSize, file: place.path, packed: 'zip', open })
    }
  }
  for (const input of inputs) {
    const { head } = await readHead(input, 512)
    if (recogniseForeign(head)?.code === 'foreign-archive') throw refuse(input.name, 'archive-nested')
  }
  if (inputs.length === 0 && problems.length === before) throw refuse(place.name, 'archive-empty')
  search.inputs.push(...inputs)
}

async function addStdin(search: Search, stdin: NodeJS.ReadableStream): Promise<void> {
  const name = 'stdin'
  if (search.seen.has(name)) {
    search.skipped.push({ name, reason: 'same-file' })
    return
  }
  search.seen.add(name)
  search.inputs.push(await openStdin(stdin, search.limits))
}
