import { isUtf8 } from 'node:buffer'
import { byText } from '../../platform/by-text.js'
import { Failure } from '../../platform/failure.js'
import type { Input } from '../../platform/input.js'
import { isRequest } from '../otlp/exact-records.js'
import { otlpLines } from '../otlp/otlp-lines.js'
import { exactNumbers } from '../otlp/record-time.js'
import { type FoundRecords, findInMessage } from './otlp-story-records.js'
import type { StoryRecord, Wanted } from './story-record.js'

/** What was found in files. */
export interface StoryReading {
  /** Of every session or prompt that the id may mean. */
  readonly records: StoryRecord[]
  /** Data points and spans, by id. */
  readonly points: ReadonlyMap<string, number>
  readonly spans: ReadonlyMap<string, number>
  readonly lines: number
  /** Lines that could not be read, by why; only lines that may hold the id are looked at closely. */
  readonly badLines: Readonly<Record<string, number>>
  readonly badLinesWithId: number
  /** Inputs that could not be read to their end. */
  readonly problems: readonly { readonly file: string; readonly message: string }[]
}

/** Ids of clients are of these characters, which no encoder of JSON writes in another way. */
const plainId = /^[A-Za-z0-9_.:-]+$/

/**
 * Finds all records that carry the id. Lines without its bytes are passed over unread, so that a large archive takes
 * little longer than to be read from the disk. An input that breaks off is a problem of the result, and never thrown.
 */
export async function readStory(
  inputs: readonly Input[],
  wanted: Wanted,
  onRead: (file: string, bytes: number) => void = () => {},
): Promise<StoryReading> {
  const id = Buffer.from(wanted.id)
  const isPlain = plainId.test(wanted.id)
  const found: FoundRecords = { records: [], points: new Map(), spans: new Map() }
  const bad = new Map<string, number>()
  const problems: { file: string; message: string }[] = []
  const counts = { lines: 0, badLinesWithId: 0 }
  const addBad = (why: string) => bad.set(why, (bad.get(why) ?? 0) + 1)
  for (const input of inputs) {
    try {
      for await (const line of otlpLines(input, (why) => addBad(why))) {
        onRead(input.name, line.length)
        counts.lines++
        const bytes = Buffer.from(line.buffer, line.byteOffset, line.length)
        if (isPlain && !bytes.includes(id)) continue
        const requests = requestsOf(bytes)
        if (typeof requests === 'string') {
          addBad(requests)
          counts.badLinesWithId++
        } else for (const request of requests) findInMessage(request, wanted, found)
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      problems.push({ file: input.name, message: error.message })
    }
  }
  return { ...found, ...counts, badLines: Object.fromEntries([...bad].sort(([a], [b]) => byText(a, b))), problems }
}

/** The requests in a line, one or a list of them, or why there is none. */
function requestsOf(line: Buffer): readonly unknown[] | 'not-utf8' | 'not-json' | 'not-otlp' {
  if (!isUtf8(line)) return 'not-utf8'
  let value: unknown
  try {
    value = JSON.parse(exactNumbers(line.toString('utf8')))
  } catch {
    return 'not-json'
  }
  const requests: readonly unknown[] = Array.isArray(value) ? value : [value]
  return requests.every(isRequest) ? requests : 'not-otlp'
}
