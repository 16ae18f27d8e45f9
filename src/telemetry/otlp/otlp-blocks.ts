import { type Encoding, toUtf8 } from '../../platform/encoding.js'
import { Failure } from '../../platform/failure.js'
import { type Input, readHead } from '../../platform/input.js'
import { documentBlocks } from './document-blocks.js'
import type { InputReport } from './input-report.js'
import { lineBlocks } from './line-blocks.js'
import { messageBlocks } from './message-blocks.js'
import { otlpForm } from './otlp-form.js'
import { mostLineBytes } from './telemetry-limits.js'

export const headBytes = 4096

/**
 * The requests of an input as blocks of whole lines in UTF-8, whatever its form; a block is valid until the next one is
 * asked for. Counts bytes, lines, and those left out. What keeps an input from being read to its end is a problem in the
 * report, after all that came before; only faults of our own are thrown.
 */
export async function* otlpBlocks(
  input: Input,
  report: InputReport,
  onRead?: (bytes: number) => void,
  mostBytes = mostLineBytes,
): AsyncGenerator<Uint8Array, void, undefined> {
  const first = await readHead(input, headBytes).catch((error: unknown) => setProblem(report, error))
  // Damage in the first bytes is met again below, after what can be read of them.
  const form = otlpForm(first?.head ?? new Uint8Array(0), first?.whole ?? true)
  if (form.kind === 'refused') {
    report.problem ??= form.problem
    return
  }
  const chunks = counted(input.open(), report, onRead)
  const text = endsAtFailure(form.kind === 'messages' ? chunks : utf8(chunks, form.encoding), report)
  const blocks = { lines: lineBlocks, documents: documentBlocks, messages: messageBlocks }[form.kind]
  yield* blocks(text, report, mostBytes)
}

/** What only may be Windows-1252 is read as it is: JSON must be UTF-8, and one bad line is not a bad file. */
function utf8(chunks: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncIterable<Uint8Array> {
  if (encoding === 'utf-8' || encoding === 'windows-1252') return chunks
  return encoding === 'utf-8-bom' ? withoutMark(chunks) : toUtf8(chunks, encoding)
}

async function* withoutMark(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let left = 3
  for await (const chunk of chunks) {
    const cut = Math.min(left, chunk.length)
    left -= cut
    if (cut < chunk.length) yield chunk.subarray(cut)
  }
}

export async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  report: InputReport,
  onRead: ((bytes: number) => void) | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    report.bytes += chunk.length
    onRead?.(chunk.length)
    yield chunk
  }
}

/** The chunks up to a failure, which becomes the problem of the input: what was read before it counts. */
export async function* endsAtFailure(
  chunks: AsyncIterable<Uint8Array>,
  report: InputReport,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks
  } catch (error) {
    setProblem(report, error)
  }
}

export function setProblem(report: InputReport, error: unknown): undefined {
  if (!(error instanceof Failure)) throw error
  const tryThis = error.details.tryThis?.[0]
  report.problem ??= { code: error.code, message: error.message, ...(tryThis !== undefined && { tryThis }) }
}
