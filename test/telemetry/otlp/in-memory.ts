import { readFileSync } from 'node:fs'
import type { Input } from '../../../src/platform/input.js'
import type { TelemetryBatch, TelemetryInput } from '../../../src/telemetry/batch.js'
import { contentFields } from '../../../src/telemetry/content-fields.js'
import { looseFields, numberFields, wordFields } from '../../../src/telemetry/fields.js'
import { WordList } from '../../../src/telemetry/otlp/batch-columns.js'
import { readOtlp } from '../../../src/telemetry/otlp/read-otlp.js'

/** Lines that a real client sent (2.1.197, 2026-11-20). */
export const recorded = ['claude-code-logs.jsonl', 'claude-code-metrics.jsonl'].map(fixture)

export function fixture(name: string): Buffer {
  return readFileSync(new URL(`./fixtures/${name}`, import.meta.url))
}

/** An input in memory whose chunks are overwritten as soon as the next one is asked for, as those of files are. */
export function input(bytes: Uint8Array | string, chunkSizes: readonly number[] = [1 << 20], name = 'a.jsonl'): Input {
  const all = Buffer.from(bytes)
  return {
    name,
    size: all.length,
    async *open() {
      for (let at = 0, turn = 0; at < all.length; turn++) {
        const chunk = Buffer.from(all.subarray(at, at + Math.max(1, chunkSizes[turn % chunkSizes.length]!)))
        at += chunk.length
        yield chunk
        chunk.fill(0x58)
      }
    },
  }
}

/** A row as an object without what is not there. */
export type Row = Record<string, unknown>

export function rowsOf(batch: TelemetryBatch, words: WordList, keys: readonly string[]): Row[] {
  const names = [...wordFields, ...keys]
  return Array.from({ length: batch.rows }, (_, row) => {
    const found: Row = { signal: ['log', 'point', 'span'][batch.signal[row]!], time: batch.time[row] }
    if (!Number.isNaN(batch.observed[row])) found.observed = batch.observed[row]
    names.forEach((name, column) => {
      const text = words.text(batch.words[row * batch.wordColumns + column]!)
      if (text !== '') found[name] = text
    })
    numberFields.forEach((name, column) => {
      const number = batch.numbers[row * numberFields.length + column]!
      if (!Number.isNaN(number)) found[name] = number
    })
    for (const name of looseFields) {
      const text = batch.loose(row, name)
      if (text !== undefined) found[name] = text
    }
    const bits = (mask: number) => contentFields.filter((_, bit) => (mask >>> bit) & 1).map(({ name }) => name)
    if (batch.content[row]) found.content = bits(batch.content[row]!)
    if (batch.redacted[row]) found.redacted = bits(batch.redacted[row]!)
    return found
  })
}

export async function read(
  inputs: readonly Input[],
  keys: readonly string[] = [],
): Promise<{ rows: Row[]; reports: readonly TelemetryInput[] }> {
  const words = new WordList()
  const rows: Row[] = []
  const reports = await readOtlp(inputs, words, { identityKeys: keys }, (batch) => {
    rows.push(...rowsOf(batch, words, keys))
  })
  return { rows, reports }
}

/** Whether the sums of a report add up. */
export function sumsAddUp({
  records,
  counted,
  foreign,
  foreignOther,
  rejected,
  lines,
  emptyLines,
  badLines,
}: TelemetryInput) {
  const sum = (counts: object) => Object.values(counts).reduce((total: number, count: number) => total + count, 0)
  return (
    records === sum(counted) + sum(foreign) + foreignOther + sum(rejected) &&
    lines >= emptyLines + (sum(badLines) as number)
  )
}

/** A Zstandard frame of raw blocks, each of `blockBytes`: what zstd makes of bytes that do not shrink. */
export function zstdFrame(bytes: Uint8Array, blockBytes = 1000): Buffer {
  const parts = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x58])]
  for (let at = 0; at === 0 || at < bytes.length; at += blockBytes) {
    const block = bytes.subarray(at, at + blockBytes)
    const header = Buffer.alloc(4)
    header.writeUInt32LE((block.length << 3) | (at + blockBytes >= bytes.length ? 1 : 0))
    parts.push(header.subarray(0, 3), Buffer.from(block))
  }
  return Buffer.concat(parts)
}

/** Messages as the Collector's file exporter writes them with compression or as Protobuf. */
export function messages(list: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    list.flatMap((message) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(message.length)
      return [length, message]
    }),
  )
}

type Value = string | number | boolean | readonly string[] | object
export function attributes(values: Readonly<Record<string, Value>>): object[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }))
}

function anyValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } }
  return value
}

export function logs(resource: Readonly<Record<string, Value>>, ...records: unknown[]): string {
  const resourceLogs = [{ resource: { attributes: attributes(resource) }, scopeLogs: [{ logRecords: records }] }]
  return `${JSON.stringify({ resourceLogs })}\n`
}
