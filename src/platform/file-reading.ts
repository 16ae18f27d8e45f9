import { constants } from 'node:fs'
import { type FileHandle, open, realpath } from 'node:fs/promises'
import { asFailure, refuse } from './input-refusals.js'

/** Where a file lies and how it is shown. */
export interface Place {
  readonly name: string
  readonly path: string
  /** Found in a folder: a link must not be followed any more, it was resolved and checked. */
  readonly found: boolean
}

/** Opens first and looks then, so that what was looked at is what is open; a FIFO does not hang because of O_NONBLOCK. */
export async function openRegular({ name, path, found }: Place): Promise<FileHandle> {
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants
  const handle = await open(path, O_RDONLY | O_NONBLOCK | (found ? O_NOFOLLOW : 0))
  if ((await handle.stat()).isFile()) return handle
  await handle.close()
  throw refuse(name, 'input-not-a-file')
}

/** The first bytes of a file, its size, and what tells it from every other file. */
export async function look(place: Place): Promise<{ head: Buffer; size: number; id: string }> {
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

/** How much is read or inflated at a time. */
export const chunkBytes = 1024 * 1024

/**
 * Reads a part of a file, always one chunk ahead, so that disk and consumer work at the same time. Two buffers are used
 * in turn; `fresh` gives each chunk its own, for streams that keep chunks.
 */
export async function* readRange(
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
