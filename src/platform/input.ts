import { constants } from 'node:fs'
import { type FileHandle, open, readdir, realpath, stat } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import { pipeline } from 'node:stream'
import { crc32, createGunzip, createInflateRaw, type Gunzip, type InflateRaw } from 'node:zlib'
import type { Entry } from 'yauzl'
import { exitCode, Failure } from './failure.js'
import { recogniseForeign } from './foreign-file.js'

/** What an input may be at most; a refusal names the limit and its value. */
export const inputLimits = {
  /** Bytes of one input after decompression. */
  inputBytes: 64 * 2 ** 30,
  /** Bytes of all entries of one archive after decompression. */
  archiveBytes: 64 * 2 ** 30,
  /** Entries of one archive, folders and system files included. */
  archiveEntries: 1000,
  /** How many bytes one compressed byte may become; exports stay below 50, bombs are above 1000. */
  inflationRatio: 200,
  /** The ratio counts from here on: a short run of blanks may well be above it. */
  inflationFrom: 10 * 2 ** 20,
  /** Files in one folder and the folders below it. */
  folderFiles: 100_000,
} as const

/** Limits by name; see `inputLimits`. */
export type InputLimits = { readonly [name in keyof typeof inputLimits]: number }

/** How much of an input `readHead` may look at before stdin can no longer be read from its beginning. */
export const headLimit = 256 * 1024

/** One export to read: a file, an entry of a zip, or stdin. */
export interface Input {
  /** What the user sees: the path as given, `folder/sub/file.csv`, `stdin`, or `export.zip/entry.csv`. */
  readonly name: string
  /** Bytes on disk, so of the compressed form for gzip and zip; undefined for stdin. */
  readonly size: number | undefined
  /** The absolute path of the file on disk that holds this input; undefined for stdin. */
  readonly file?: string | undefined
  /** How `file` holds it; undefined if the bytes are those of the file. */
  readonly packed?: 'gzip' | 'zip' | undefined
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

/** Where a file lies and how it is shown. */
interface Place {
  readonly name: string
  readonly path: string
  /** Found in a folder: a link must not be followed any more, it was resolved and checked. */
  readonly found: boolean
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

/** Finds everything to read under the paths: files, folders with all below them, archives, and `-` for stdin. */
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
  return { inputs, problems, skipped }
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

/** Every refusal: what is wrong and what to do; `{limit}` becomes the limit that was passed. */
const refusals = {
  'input-not-found': ['There is no such file or folder.', 'Check the path; put quotes around blanks.'],
  'input-unreadable': ['It cannot be read.', 'Check its permissions, or copy it to a local disk.'],
  'input-not-a-file': ['It is a pipe, socket or device, not a file.', 'Pipe the data in and give "-" as the path.'],
  'input-empty': ['It is empty.', 'Export it again: 0 bytes are an export that failed.'],
  'input-too-large': ['It is larger than the limit of {limit} bytes.', 'Export fewer devices at a time.'],
  'input-changed': ['The file changed while it was read.', 'Wait until the export is complete.'],
  'folder-empty': ['The folder holds no files to read.', 'Give the folder the exports were saved in.'],
  'folder-too-large': [
    'The folder holds more than the limit of {limit} files.',
    'Give only the folder of the exports.',
  ],
  'stdin-terminal': ['Nothing is piped into stdin.', 'Pipe an export in, or give its path.'],
  'stdin-archive': ['A ZIP archive cannot be read from stdin.', 'Save it as a file and give its path.'],
  'archive-damaged': ['The archive is damaged, cut off or of an unknown kind.', 'Download or copy it again.'],
  'archive-empty': ['The archive holds no files to read.', 'Download the export again.'],
  'archive-encrypted': ['The archive is encrypted.', 'Unpack it and give the files inside.'],
  'archive-method': ['It is compressed in a way that is not supported.', 'Unpack it and give the files inside.'],
  'archive-nested': ['It is an archive inside an archive.', 'Unpack it and give the files inside.'],
  'archive-ratio': [
    'It inflates to more than {limit} times its size, the limit.',
    'Unpack it yourself, if you trust it.',
  ],
  'archive-too-large': ['It inflates to more than the limit of {limit} bytes.', 'Unpack it yourself, if you trust it.'],
  'archive-too-many': ['It holds more than the limit of {limit} entries.', 'Unpack it yourself, if you trust it.'],
  'archive-unsafe': ['It holds a link, a name that leads out of it, or one name twice.', 'Unpack it, if you trust it.'],
} as const satisfies Record<string, readonly [message: string, tryThis: string]>

function refuse(name: string, code: keyof typeof refusals, limit?: number): Failure {
  const [message, tryThis] = refusals[code]
  const details = { where: { file: name }, tryThis: [tryThis] }
  return new Failure(exitCode.inputRefused, code, message.replace('{limit}', String(limit)), details)
}

/** A system error as a fixed text: the system's own message quotes paths. Anything else is a fault of ours. */
function asFailure(name: string, error: unknown): Failure {
  if (error instanceof Failure) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code.startsWith('Z_')) return refuse(name, 'archive-damaged')
  if (/^(?:ENOENT|ENOTDIR|ENAMETOOLONG|ERR_INVALID_ARG_VALUE)$/.test(code)) return refuse(name, 'input-not-found')
  if (/^(?:ENXIO|ENODEV|EOPNOTSUPP)$/.test(code)) return refuse(name, 'input-not-a-file')
  if (/^E[A-Z0-9]+$/.test(code)) return refuse(name, 'input-unreadable')
  throw error
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
  // A workbook is a zip too: it stays one input, so that whoever reads it can name it.
  if (/^PK(?:\x03\x04|\x05\x06)/.test(head.toString('latin1')) && recogniseForeign(head)?.code === 'foreign-archive') {
    return addArchive(search, place)
  }
  if (size > search.limits.inputBytes) throw refuse(name, 'input-too-large', search.limits.inputBytes)
  search.inputs.push({ name, size, file, open: () => readRange(place, 0, undefined, false) })
}

/** Opens first and looks then, so that what was looked at is what is open; a FIFO does not hang because of O_NONBLOCK. */
async function openRegular({ name, path, found }: Place): Promise<FileHandle> {
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants
  const handle = await open(path, O_RDONLY | O_NONBLOCK | (found ? O_NOFOLLOW : 0))
  if ((await handle.stat()).isFile()) return handle
  await handle.close()
  throw refuse(name, 'input-not-a-file')
}

async function look(place: Place): Promise<{ head: Buffer; size: number; id: string }> {
  const handle = await openRegular(place)
  try {
    const { size, dev, ino } = await handle.stat({ bigint: true })
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0)
    // Some file systems have no inode numbers.
    const id = ino === 0n ? await realpath(place.path) : `${dev}:${ino}`
    return { head: buffer.subarray(0, bytesRead), size: Number(size), id }
  } finally {
    await handle.close()
  }
}

const chunkBytes = 1024 * 1024

/**
 * Reads a part of a file, always one chunk ahead, so that disk and consumer work at the same time. Two buffers are used
 * in turn; `fresh` gives each chunk its own, for streams that keep chunks.
 */
async function* readRange(
  place: Place,
  start: number,
  end: number | undefined,
  fresh: boolean,
): AsyncGenerator<Uint8Array, void, undefined> {
  let handle: FileHandle | undefined
  let ahead: Promise<Uint8Array> | undefined
  try {
    handle = await openRegular(place)
    const before = await handle.stat({ bigint: true })
    const last = end ?? Number.POSITIVE_INFINITY
    const length = Math.min(chunkBytes, Math.max(1, Math.min(last, Number(before.size) + 1) - start))
    const buffers = [Buffer.allocUnsafeSlow(length), fresh ? undefined : Buffer.allocUnsafeSlow(length)]
    let position = start
    for (let turn = 0; ; turn = 1 - turn) {
      ahead ??= readAhead(handle, buffers[turn], length, position, last)
      const chunk: Uint8Array = await ahead
      if (chunk.length === 0) break
      position += chunk.length
      ahead = readAhead(handle, fresh ? undefined : buffers[1 - turn], length, position, last)
      yield chunk
    }
    const after = await handle.stat({ bigint: true })
    const moved = after.size !== before.size || after.mtimeNs !== before.mtimeNs
    if (moved || position !== Math.max(start, Math.min(last, Number(before.size))))
      throw refuse(place.name, 'input-changed')
  } catch (error) {
    throw asFailure(place.name, error)
  } finally {
    await ahead?.catch(() => undefined)
    await handle?.close()
  }
}

function readAhead(
  handle: FileHandle,
  buffer: Buffer | undefined,
  length: number,
  position: number,
  end: number,
): Promise<Uint8Array> {
  const target = buffer ?? Buffer.allocUnsafeSlow(length)
  const wanted = Math.min(length, end - position)
  if (wanted <= 0) return Promise.resolve(target.subarray(0, 0))
  const reading = handle.read(target, 0, wanted, position).then(({ bytesRead }) => target.subarray(0, bytesRead))
  // The error is thrown where the chunk is awaited; until then it must not count as unhandled.
  reading.catch(() => undefined)
  return reading
}

async function* inflate(
  engine: Gunzip | InflateRaw,
  packed: AsyncIterable<Uint8Array>,
  name: string,
  limits: InputLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  let taken = 0
  let given = 0
  async function* counted() {
    for await (const chunk of packed) {
      taken += chunk.length
      yield chunk
    }
  }
  try {
    // An error of either side destroys the engine and comes out of the loop below.
    pipeline(counted(), engine, () => undefined)
    for await (const chunk of engine as AsyncIterable<Uint8Array>) {
      given += chunk.length
      if (given > limits.inflationFrom && given > taken * limits.inflationRatio) {
        throw refuse(name, 'archive-ratio', limits.inflationRatio)
      }
      if (given > limits.inputBytes) throw refuse(name, 'input-too-large', limits.inputBytes)
      yield chunk
    }
    // zlib ignores what follows the end of the stream; rows could be lost there.
    if (engine.bytesWritten !== taken) throw refuse(name, 'archive-damaged')
  } catch (error) {
    throw asFailure(name, error)
  }
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

interface ArchiveEntry {
  readonly name: string
  readonly method: number
  readonly encrypted: boolean
  readonly link: boolean
  readonly offset: number
  readonly crc: number
  readonly compressedSize: number
  readonly uncompressedSize: number
}

function checkEntry(name: string, entry: ArchiveEntry, limits: InputLimits): void {
  const leadsOut = /[\\\0]|^\/|^[a-z]:/i.test(entry.name) || entry.name.split('/').includes('..')
  if (entry.name === '' || leadsOut || entry.link) throw refuse(name, 'archive-unsafe')
  if (entry.encrypted) throw refuse(name, 'archive-encrypted')
  if (entry.method !== 0 && entry.method !== 8) throw refuse(name, 'archive-method')
  const { uncompressedSize: size } = entry
  if (size > limits.inflationFrom && size > entry.compressedSize * limits.inflationRatio) {
    throw refuse(name, 'archive-ratio', limits.inflationRatio)
  }
  if (size > limits.inputBytes) throw refuse(name, 'input-too-large', limits.inputBytes)
}

async function listEntries(place: Place, limits: InputLimits): Promise<ArchiveEntry[]> {
  const { fromRandomAccessReader, RandomAccessReader } = await import('yauzl')
  const handle = await openRegular(place)
  try {
    const { size } = await handle.stat()
    const entries: Entry[] = []
    await new Promise<void>((done, fail) => {
      // A reader of our own, because a hostile directory can make the library throw in a callback: that must end here.
      class HandleReader extends RandomAccessReader {
        override read(buffer: Buffer, offset: number, length: number, position: number, callback: Callback): void {
          const reading = Number.isSafeInteger(position)
            ? handle.read(buffer, offset, length, position)
            : Promise.reject(refuse(place.name, 'archive-damaged'))
          reading.then(({ bytesRead }) => callback(null, bytesRead), callback).catch(fail)
        }
      }
      type Callback = (error: Error | null, bytesRead?: number) => void
      const options = { autoClose: false, lazyEntries: true, decodeStrings: false }
      fromRandomAccessReader(new HandleReader(), size, options, (error, zip) => {
        if (error) return fail(error)
        if (zip.entryCount > limits.archiveEntries) {
          return fail(refuse(place.name, 'archive-too-many', limits.archiveEntries))
        }
        zip.on('entry', (entry: Entry) => {
          entries.push(entry)
          zip.readEntry()
        })
        zip.on('end', done)
        zip.on('error', fail)
        zip.readEntry()
      })
    })
    return entries.map(describe).sort((a, b) => compare(a.name, b.name))
  } catch (error) {
    throw error instanceof Failure ? error : refuse(place.name, 'archive-damaged')
  } finally {
    await handle.close()
  }
}

function describe(entry: Entry): ArchiveEntry {
  // With `decodeStrings: false` the name is bytes. Many tools write UTF-8 without saying so.
  const raw = entry.fileName as unknown as Buffer
  const utf8 = raw.toString('utf8')
  return {
    name: utf8.includes('\ufffd') ? raw.toString('latin1') : utf8,
    method: entry.compressionMethod,
    encrypted: entry.isEncrypted(),
    // Other kinds do no harm, since nothing is unpacked: `zip` stores what it reads from a pipe as a FIFO.
    link: ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000,
    offset: entry.relativeOffsetOfLocalHeader,
    crc: entry.crc32,
    compressedSize: entry.compressedSize,
    uncompressedSize: entry.uncompressedSize,
  }
}

async function* readEntry(
  place: Place,
  entry: ArchiveEntry,
  name: string,
  limits: InputLimits,
): AsyncGenerator<Uint8Array> {
  const header = await readHeader(place, entry.offset)
  if (header.length < 30 || header.readUInt32LE(0) !== 0x04034b50) throw refuse(name, 'archive-damaged')
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
  const stored = entry.method === 0
  const packed = readRange({ ...place, name }, start, start + entry.compressedSize, !stored)
  const chunks = stored ? packed : inflate(createInflateRaw({ chunkSize: chunkBytes }), packed, name, limits)
  let size = 0
  let crc = 0
  for await (const chunk of chunks) {
    size += chunk.length
    crc = crc32(chunk, crc)
    if (size > entry.uncompressedSize) throw refuse(name, 'archive-damaged')
    yield chunk
  }
  if (size !== entry.uncompressedSize || crc !== entry.crc) throw refuse(name, 'archive-damaged')
}

async function readHeader(place: Place, offset: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of readRange(place, offset, offset + 30, true)) parts.push(chunk)
  return Buffer.concat(parts)
}

async function addStdin(search: Search, stdin: NodeJS.ReadableStream): Promise<void> {
  const name = 'stdin'
  if (search.seen.has(name)) {
    search.skipped.push({ name, reason: 'same-file' })
    return
  }
  search.seen.add(name)
  if ('isTTY' in stdin && stdin.isTTY === true) throw refuse(name, 'stdin-terminal')
  const source = readStream(stdin, name, search.limits)
  const first: Uint8Array[] = []
  let next = await source.next()
  while (!next.done && Buffer.concat(first).length + next.value.length < 4) {
    first.push(next.value)
    next = await source.next()
  }
  if (!next.done) first.push(next.value)
  const head = Buffer.concat(first)
  if (head.length === 0) throw refuse(name, 'input-empty')
  const gzip = head[0] === 0x1f && head[1] === 0x8b
  if (!gzip && recogniseForeign(head)?.what.startsWith('a ZIP')) throw refuse(name, 'stdin-archive')
  async function* all() {
    yield head
    yield* source
  }
  const chunks = gzip ? inflate(createGunzip({ chunkSize: chunkBytes }), all(), name, search.limits) : all()
  search.inputs.push({ name, size: undefined, ...(gzip && { packed: 'gzip' as const }), open: replayable(chunks) })
}

async function* readStream(
  stream: NodeJS.ReadableStream,
  name: string,
  limits: InputLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  let total = 0
  try {
    for await (const chunk of stream) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      total += bytes.length
      if (total > limits.inputBytes) throw refuse(name, 'input-too-large', limits.inputBytes)
      if (bytes.length > 0) yield bytes
    }
  } catch (error) {
    throw asFailure(name, error)
  }
}

/** Lets a source that can be read once be opened again, as long as no more than the head was asked for. */
function replayable(source: AsyncGenerator<Uint8Array>): () => AsyncIterable<Uint8Array> {
  const held: Uint8Array[] = []
  let heldBytes = 0
  let lost = false
  let broken: { readonly error: unknown } | undefined
  return async function* replay() {
    if (lost) throw new Error('stdin was opened a second time after its head was passed')
    for (const chunk of held) yield chunk
    for (;;) {
      // A generator that has thrown looks finished from then on: a torn input must not pass for a whole one.
      if (broken) throw broken.error
      const next = await source.next().catch((error: unknown) => {
        broken = { error }
        throw error
      })
      if (next.done) return
      if (!lost && heldBytes <= headLimit) held.push(next.value)
      else {
        lost = true
        held.length = 0
      }
      heldBytes += next.value.length
      yield next.value
    }
  }
}
