import { expect } from 'vitest'
import { JsonReader, type RecordsPath } from '../../../src/sources/readers/json.js'

/** What a reader told, in a form that compares. */
export interface Result {
  readonly records: unknown[]
  readonly places: string[]
  readonly faults: string[]
  readonly envelopes: unknown[]
  readonly form: string
}

/** Reads a text, cut into chunks of the given size; the chunk's memory is overwritten after each write. */
export function readJson(text: string | Uint8Array, path: RecordsPath = [], size = 1 << 20, limit?: number): Result {
  const records: unknown[] = []
  const places: string[] = []
  const faults: string[] = []
  const reader = new JsonReader(
    path,
    {
      record(value, record, line) {
        records.push(value)
        places.push(`${record}:${line}`)
      },
      fault(fault) {
        faults.push(`${fault.kind} ${fault.record}:${fault.line}${fault.rest ? ' rest' : ''}`)
      },
    },
    limit,
  )
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = Uint8Array.from(bytes.subarray(at, at + size))
    reader.write(chunk)
    chunk.fill(0x22)
  }
  const end = reader.end()
  expect(end.records).toBe(records.length)
  expect(end.faults).toBe(faults.length)
  return { records, places, faults, envelopes: end.envelopes, form: end.form }
}
