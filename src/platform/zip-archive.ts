import { crc32, createInflateRaw } from 'node:zlib'
import type { Entry } from 'yauzl'
import { Failure } from './failure.js'
import { chunkBytes, openRegular, type Place, readRange } from './file-reading.js'
import { inflate } from './inflate.js'
import type { InputLimits } from './input-limits.js'
import { refuse } from './input-refusals.js'

/** One entry as the directory of the archive describes it. */
export interface ArchiveEntry {
  readonly name: string
  readonly method: number
  readonly encrypted: boolean
  readonly link: boolean
  readonly offset: number
  readonly crc: number
  readonly compressedSize: number
  readonly uncompressedSize: number
}

/** Refuses an entry that leads out of the archive, cannot be read, or inflates beyond the limits. */
export function checkEntry(name: string, entry: ArchiveEntry, limits: InputLimits): void {
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

/** The directory of an archive, ordered by name. */
export async function listEntries(place: Place, limits: InputLimits): Promise<ArchiveEntry[]> {
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
    return entries.map(describe).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
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

/** The bytes of one entry, proved by their length and checksum; nothing is unpacked to disk. */
export async function* readEntry(
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
