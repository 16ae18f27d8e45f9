import { isUtf8 } from 'node:buffer'
import type { Words } from '../batch.js'
import type { BatchColumns } from './batch-columns.js'
import type { BlockParser } from './block-parser.js'
import { ExactRecords, isRequest } from './exact-records.js'
import { type BadLine, count, type InputReport } from './input-report.js'
import { exactNumbers } from './record-time.js'

const lineFeed = 0x0a
// Drops a byte order mark at the beginning, as files that were put together have it in the middle.
const decoder = new TextDecoder()

/** The parser that defines what a line means: slow, and with no case left out. Others must give the same rows and counts. */
export function exactBlockParser(identityKeys: readonly string[]): BlockParser {
  const records = new ExactRecords(identityKeys)
  return {
    parse(bytes, columns, words, report) {
      const valid = isUtf8(bytes)
      for (let start = 0; start < bytes.length; ) {
        const end = bytes.indexOf(lineFeed, start)
        const line = bytes.subarray(start, end === -1 ? bytes.length : end)
        readLine(line, { ended: end !== -1, valid: valid || isUtf8(line) }, records, columns, words, report)
        start += line.length + 1
      }
    },
  }
}

function readLine(
  line: Uint8Array,
  { ended, valid }: { readonly ended: boolean; readonly valid: boolean },
  records: ExactRecords,
  columns: BatchColumns,
  words: Words,
  report: InputReport,
): void {
  const text = decoder.decode(line).trim()
  if (text === '') {
    report.emptyLines++
    return
  }
  const value = parseJson(text)
  const bad = badness(text, value, ended, valid)
  if (bad !== undefined) {
    count(report.badLines, bad)
    return
  }
  const before = report.records
  for (const request of Array.isArray(value) ? value : [value]) records.read(request, columns, words, report)
  if (report.records === before) report.emptyLines++
}

/** Why a line is no list of OTLP requests; undefined if it is. */
function badness(text: string, value: unknown, ended: boolean, valid: boolean): BadLine | undefined {
  if (value === undefined) {
    // A table or a log of another kind is no JSON that went wrong.
    if (!/^[{[]/.test(text)) return valid ? 'not-otlp' : 'not-utf8'
    return ended ? (valid ? 'not-json' : 'not-utf8') : 'cut-off'
  }
  if (!valid) return 'not-utf8'
  // Some senders write the requests of a batch as one array.
  if (Array.isArray(value) ? value.length > 0 && value.every(isRequest) : isRequest(value)) return undefined
  return 'not-otlp'
}

/** The value of a JSON text; undefined, which is no value of JSON, for all others. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(exactNumbers(text))
  } catch {
    return undefined
  }
}
