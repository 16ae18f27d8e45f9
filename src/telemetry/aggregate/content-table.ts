import { signals, type Words } from '../batch.js'
import type { ContentRow } from '../tables.js'
import type { ContentGroup } from './content-rows.js'
import type { CurrentRecord } from './current-record.js'
import { Examples } from './examples.js'
import { KeyTable } from './key-table.js'

const records = 0
const copies = 1
const width = 2

/**
 * Records with content by service, version, signal, event and all that they hold: fields that name a person are in every
 * record, so that a row for each field would cost as many look-ups a record. content-rows.ts takes the fields apart.
 */
export class ContentTable {
  /** Columns: service, version, signal, event, present, redacted. Values: records, copies. */
  readonly #keys = new KeyTable(6, [0, 0])
  readonly #words: Words
  readonly #examples: Examples
  readonly #copyExamples: Examples

  constructor(words: Words) {
    this.#words = words
    this.#examples = new Examples(words)
    this.#copyExamples = new Examples(words)
  }

  /** Counts a record, or a copy of one that counted; `signal` as in the batch. */
  count(record: CurrentRecord, signal: number, service: number, version: number, event: number, isCopy: boolean): void {
    const present = record.batch.content[record.row]! | 0
    const redacted = record.batch.redacted[record.row]! | 0
    const keys = this.#keys
    keys.put(0, service)
    keys.put(1, version)
    keys.put(2, signal)
    keys.put(3, event)
    keys.put(4, present)
    keys.put(5, redacted)
    const row = keys.row()
    keys.values[row * width + (isCopy ? copies : records)]!++
    if (present !== 0) (isCopy ? this.#copyExamples : this.#examples).offer(row, record)
  }

  groups(): ContentGroup[] {
    const { size, values } = this.#keys
    return Array.from({ length: size }, (_, row) => {
      const text = (column: number) => this.#words.text(this.#keys.keyOf(row, column))
      return {
        service: text(0),
        version: text(1),
        signal: signals[this.#keys.keyOf(row, 2)] as ContentRow['signal'],
        event: text(3),
        present: this.#keys.keyOf(row, 4),
        redacted: this.#keys.keyOf(row, 5),
        records: values[row * width + records]!,
        copies: values[row * width + copies]!,
        example: this.#examples.example(row),
        copyExample: this.#copyExamples.example(row),
      }
    })
  }
}
