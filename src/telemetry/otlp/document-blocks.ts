import type { InputReport } from './input-report.js'
import { BegunLine } from './line-blocks.js'
import { asLine } from './message-blocks.js'

const lineFeed = 0x0a
const quote = 0x22
const backslash = 0x5c
const opens = (byte: number) => byte === 0x7b || byte === 0x5b
const closes = (byte: number) => byte === 0x7d || byte === 0x5d
/** Between documents: blanks, and what makes an array of them. */
const separates = (byte: number) => byte <= 0x20 || byte === 0x2c || byte === 0x5b || byte === 0x5d

/**
 * The JSON objects of a stream that go over several lines, each as a block of one line: one document, several in a row,
 * or the members of an array. Counts them as lines, and leaves out those longer than `mostBytes`.
 */
export async function* documentBlocks(
  chunks: AsyncIterable<Uint8Array>,
  report: InputReport,
  mostBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const begun = new BegunLine(report, mostBytes)
  let depth = 0
  let inText = false
  let escaped = false
  for await (const chunk of chunks) {
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!
      if (depth === 0 && at === start && !begun.open && separates(byte)) {
        start = at + 1
        continue
      }
      let ends = false
      if (byte === lineFeed && (inText || depth === 0)) {
        // A text cannot go over a line: it was torn here, and what follows is something new.
        ends = true
      } else if (escaped) escaped = false
      else if (inText) {
        if (byte === backslash) escaped = true
        else if (byte === quote) inText = false
      } else if (byte === quote && depth > 0) inText = true
      else if (opens(byte)) depth++
      else if (closes(byte) && depth > 0) ends = --depth === 0
      if (!ends) continue
      begun.add(chunk.subarray(start, at + 1))
      start = at + 1
      depth = 0
      inText = false
      escaped = false
      const document = begun.take()
      if (document) yield asLine(document)
    }
    begun.add(chunk.subarray(start))
  }
  const rest = begun.take()
  // Without a line feed, because that is what tells a document that was cut off.
  if (rest) yield asLine(rest).subarray(0, rest.length)
}
