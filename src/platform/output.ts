import { fstatSync, writeSync } from 'node:fs'
import { exitCode, Failure } from './failure.js'

/** A stream to write results to: stdout, or whatever a test puts in its place. */
export type OutputStream = NodeJS.WritableStream & {
  readonly fd?: number
  readonly isTTY?: boolean
  readonly destroyed?: boolean
  readonly errored?: Error | null
}

// Small pieces are gathered: one write per line of a large report would be slow.
const blockBytes = 64 * 1024

/**
 * Writes everything and waits until the system has taken it. Ends with `closed` when the reader has gone (`| head`);
 * any other error is a `Failure` with exit code 5. Never ends the process, so nothing pending is cut off.
 */
export async function writeOut(
  stream: OutputStream,
  chunks: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<'written' | 'closed'> {
  stream.on('error', ignore)
  try {
    const write = holdsFile(stream) ? writeToFile : writeToStream
    for await (const block of gather(chunks)) await write(stream, block)
    stream.removeListener('error', ignore)
    return 'written'
  } catch (error) {
    // The listener stays: a stream that has failed may say so once more, later.
    if (!(error instanceof WriteError)) {
      stream.removeListener('error', ignore)
      throw error
    }
    if (isClosedReader(error.cause)) return 'closed'
    throw outputFailure(error.cause)
  }
}

/**
 * Keeps a closed stdout or stderr from ending the process with a stack trace, for writers that do not use `writeOut`.
 * `onFailure` is told of every other error, such as a full disk: results may be missing, exit code 5.
 */
export function listenForErrors(streams: Iterable<OutputStream>, onFailure: (failure: Failure) => void): void {
  for (const stream of streams) {
    stream.on('error', (error: unknown) => {
      if (!isClosedReader(error)) onFailure(outputFailure(error))
    })
  }
}

class WriteError extends Error {
  constructor(override readonly cause: unknown) {
    super('a write failed')
  }
}

function ignore(): void {}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** Windows reports a closed pipe as EOF; a socket in place of a pipe is reset. */
function isClosedReader(error: unknown): boolean {
  return /^(?:EPIPE|EOF|ECONNRESET)$/.test(codeOf(error))
}

function outputFailure(error: unknown): Failure {
  const full = /^(?:ENOSPC|EDQUOT)$/.test(codeOf(error))
  const message = full ? 'The output could not be written: the disk is full.' : 'The output could not be written.'
  return new Failure(exitCode.outputFailed, 'output-failed', message, {
    tryThis: ['Send the output somewhere else, or free some space, then run again.'],
  })
}

/** Node writes to redirected files in one go and takes a short write for a success, so those get a loop of our own. */
function holdsFile(stream: OutputStream): stream is OutputStream & { readonly fd: number } {
  if (typeof stream.fd !== 'number' || stream.isTTY) return false
  const stats = fstatSync(stream.fd)
  return stats.isFile() || stats.isCharacterDevice()
}

async function writeToFile(stream: OutputStream, block: Uint8Array): Promise<void> {
  try {
    for (let done = 0; done < block.length; ) done += writeSync(stream.fd!, block, done)
  } catch (error) {
    throw new WriteError(error)
  }
}

/** Waits for each block to be taken; that is the back-pressure too. */
function writeToStream(stream: OutputStream, block: Uint8Array): Promise<void> {
  return new Promise((done, fail) => {
    // A stream destroyed earlier only says so; the reason is in `errored`.
    const reason = stream.errored
    const onWritten = (error?: Error | null) => (error ? fail(new WriteError(reason ?? error)) : done())
    stream.write(block, onWritten)
  })
}

async function* gather(
  chunks: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let text = ''
  for await (const chunk of chunks) {
    if (typeof chunk === 'string') text += chunk
    if (typeof chunk === 'string' && text.length < blockBytes) continue
    if (text !== '') yield Buffer.from(text)
    text = ''
    if (typeof chunk !== 'string' && chunk.length > 0) yield chunk
  }
  if (text !== '') yield Buffer.from(text)
}
