import type { Words } from '../batch.js'
import { type WordField, wordFields } from '../fields.js'
import type { CurrentRecord } from './current-record.js'
import { Examples } from './examples.js'
import { KeyTable } from './key-table.js'

/** Where the values of an event table lie; sums follow from `sums` on. */
export const eventValues = { events: 0, first: 1, last: 2, sums: 3 } as const

/** Log records of one kind by sender and words: how many, first and last, sums, and an example. */
export class EventTable {
  readonly keys: KeyTable
  readonly examples: Examples
  readonly #columns: readonly number[]

  /** `sums`: how many sums a row keeps. */
  constructor(words: Words, fields: readonly WordField[], sums = 0) {
    this.#columns = fields.map((field) => wordFields.indexOf(field))
    this.keys = new KeyTable(1 + fields.length, [
      0,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      ...new Array<number>(sums).fill(0),
    ])
    this.examples = new Examples(words)
  }

  /** Counts a record; gives its row. The caller offers the example, since not every record may be one. */
  count(record: CurrentRecord): number {
    const { keys } = this
    const words = record.batch.words
    const columns = this.#columns
    keys.put(0, record.sender)
    for (let index = 0; index < columns.length; index++) keys.put(index + 1, words[record.start + columns[index]!]!)
    const row = keys.row()
    const start = row * keys.width
    const values = keys.values
    values[start + eventValues.events]!++
    if (record.time < values[start + eventValues.first]!) values[start + eventValues.first] = record.time
    if (record.time > values[start + eventValues.last]!) values[start + eventValues.last] = record.time
    return row
  }

  /** Counts a record that may be the example. */
  countWithExample(record: CurrentRecord): number {
    const row = this.count(record)
    this.examples.offer(row, record)
    return row
  }

  /** Adds to a sum of a row. */
  add(row: number, sum: number, amount: number): void {
    this.keys.values[row * this.keys.width + eventValues.sums + sum]! += amount
  }

  /** Raises one of the sums of a row to at least this. */
  raise(row: number, sum: number, amount: number): void {
    const place = row * this.keys.width + eventValues.sums + sum
    if (amount > this.keys.values[place]!) this.keys.values[place] = amount
  }

  /** A sum of a row. */
  sum(row: number, sum: number): number {
    return this.keys.values[row * this.keys.width + eventValues.sums + sum]!
  }
}
