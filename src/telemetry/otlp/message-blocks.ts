import { isZstd, unzstd } from '../../platform/zstd.js'
import { count, type InputReport } from './input-report.js'
import { isProtobuf, protobufProblem } from './otlp-form.js'

const prefixBytes = 4

/**
 * The messages of a stream in which each has its length before it, as blocks of one line. Counts messages as lines, and
 * those that are longer than `mostBytes`, cut off or damaged. Ends with a problem in the report when they are Protobuf.
 */
export async function* messageBlocks(
  chunks: AsyncIterable<Uint8Array>,
  report: InputReport,
  mostBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let parts: Uint8Array[] = []
  let has = 0
  let needs = prefixBytes
  let inside = false
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const taken = chunk.subarray(at, at + needs - has)
      at += taken.length
      has += taken.length
      // A length may be wrong or hostile: only what comes is kept, and nothing of a message that is too long.
      if (needs <= mostBytes) parts.push(Buffer.from(taken))
      if (has < needs) continue
      const bytes = Buffer.concat(parts)
      const tooLong = needs > mostBytes
      parts = []
      has = 0
      if (!inside) {
        needs = bytes.readUInt32BE(0)
        inside = needs > 0
        if (needs === 0) {
          needs = prefixBytes
          report.lines++
          report.emptyLines++
        }
        continue
      }
      needs = prefixBytes
      inside = false
      report.lines++
      const line = tooLong ? 'too-long' : lineOf(bytes, mostBytes)
      if (typeof line !== 'string') yield line
      else if (line !== 'protobuf') count(report.badLines, line)
      else {
        count(report.badLines, 'not-otlp')
        report.problem ??= protobufProblem
        return
      }
    }
  }
  if (inside || has > 0) {
    report.lines++
    count(report.badLines, 'cut-off')
  }
}

/** A message as a line: line feeds can only stand between the parts of JSON, where a blank is the same. */
function lineOf(message: Uint8Array, mostBytes: number): Uint8Array | 'protobuf' | 'too-long' | 'not-json' {
  const bytes = isZstd(message) ? unzstd(message, mostBytes) : message
  if (bytes === 'too-long') return 'too-long'
  if (typeof bytes === 'string') return 'not-json'
  return isProtobuf(bytes) ? 'protobuf' : asLine(bytes)
}

/** Puts text with line feeds on one line. */
export function asLine(bytes: Uint8Array): Uint8Array {
  const line = new Uint8Array(bytes.length + 1)
  line.set(bytes)
  for (let at = line.indexOf(0x0a); at !== -1; at = line.indexOf(0x0a, at + 1)) line[at] = 0x20
  line[bytes.length] = 0x0a
  return line
}
