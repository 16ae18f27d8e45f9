import type { Signal, TelemetryBatch, Words } from '../../src/telemetry/batch.js'
import { contentFields } from '../../src/telemetry/content-fields.js'
import {
  type LooseField,
  looseFields,
  type NumberField,
  numberFields,
  type WordField,
  wordFields,
} from '../../src/telemetry/fields.js'
import { BatchColumns } from '../../src/telemetry/otlp/batch-columns.js'

/** One record as the reader would hand it out: `{ service: 'claude-code', event: 'tool_result', session: 's', at: 5 }`. */
export interface RowSaid
  extends Readonly<Partial<Record<WordField, string>>>,
    Readonly<Partial<Record<NumberField, number>>>,
    Readonly<Partial<Record<LooseField, string>>> {
  /** A log record unless something else is said. */
  readonly signal?: Signal
  /** Milliseconds. */
  readonly at: number
  readonly observed?: number
  /** Values of identity keys, by key. */
  readonly identity?: Readonly<Record<string, string>>
  /** Names of content fields that are there, and that are redacted. */
  readonly content?: readonly string[]
  readonly redacted?: readonly string[]
}

/** Puts a row at the end of a batch. Throws where a content field is unknown. */
export function addRow(batch: BatchColumns, words: Words, identityKeys: readonly string[], said: RowSaid): void {
  const row = batch.add(said.signal ?? 'log', said.at, said.observed ?? Number.NaN)
  const start = row * batch.wordColumns
  wordFields.forEach((field, column) => {
    batch.words[start + column] = words.word(said[field] ?? '')
  })
  identityKeys.forEach((key, column) => {
    batch.words[start + wordFields.length + column] = words.word(said.identity?.[key] ?? '')
  })
  numberFields.forEach((field, column) => {
    batch.numbers[row * numberFields.length + column] = said[field] ?? Number.NaN
  })
  looseFields.forEach((field, column) => {
    const text = said[field]
    if (text) batch.setLoose(row, column, Buffer.from(text))
  })
  batch.content[row] = maskOf(said.content ?? [])
  batch.redacted[row] = maskOf(said.redacted ?? [])
}

/** A batch of its own with these rows. */
export function batchOf(
  rows: readonly RowSaid[],
  words: Words,
  { identityKeys = [], file = 'file' }: { readonly identityKeys?: readonly string[]; readonly file?: string } = {},
): TelemetryBatch {
  const batch = new BatchColumns(identityKeys)
  batch.clear(file)
  for (const said of rows) addRow(batch, words, identityKeys, said)
  return batch
}

function maskOf(names: readonly string[]): number {
  return names.reduce((mask, name) => {
    const bit = contentFields.findIndex((field) => field.name === name)
    if (bit < 0) throw new Error(`no content field ${name}`)
    return (mask | (1 << bit)) >>> 0
  }, 0)
}
