import type { Words } from '../batch.js'
import { wordFields } from '../fields.js'
import { senderColumns } from '../tables.js'
import type { CurrentRecord } from './current-record.js'
import { KeyTable } from './key-table.js'

/** Where the values of a sender lie. */
export const senderValues = {
  events: 0,
  sessions: 1,
  first: 2,
  last: 3,
  firstPoint: 4,
  lastPoint: 5,
  firstSpan: 6,
  lastSpan: 7,
  toolEvents: 8,
  prompts: 9,
  missing: 10,
  lastAfter: 11,
} as const
const [none, least, greatest] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
const newSender = [none, none, least, greatest, least, greatest, least, greatest, none, none, none, greatest]

/** Everything that said the same of itself, by the words that it said. */
export class SenderTable {
  readonly keys: KeyTable
  readonly columns: number
  readonly #words: Words
  readonly #places: Int32Array

  constructor(words: Words, identityKeys: number) {
    this.#words = words
    this.#places = Int32Array.from([
      ...senderColumns.map((column) => wordFields.indexOf(column)),
      ...Array.from({ length: identityKeys }, (_, index) => wordFields.length + index),
    ])
    this.columns = this.#places.length
    this.keys = new KeyTable(this.columns, newSender)
  }

  /** The sender of a record; a new one if it was not here. */
  sender(record: CurrentRecord): number {
    const words = record.batch.words
    const places = this.#places
    for (let column = 0; column < places.length; column++) this.keys.put(column, words[record.start + places[column]!]!)
    return this.keys.row()
  }

  add(sender: number, value: number, amount: number): void {
    this.keys.values[sender * newSender.length + value]! += amount
  }

  /** Notes a time in two values that lie beside each other, the first and the last. */
  seen(sender: number, first: number, time: number): void {
    const place = sender * newSender.length + first
    const values = this.keys.values
    if (time < values[place]!) values[place] = time
    if (time > values[place + 1]!) values[place + 1] = time
  }

  /** Notes the last of times. */
  seenLast(sender: number, value: number, time: number): void {
    const place = sender * newSender.length + value
    if (time > this.keys.values[place]!) this.keys.values[place] = time
  }

  /** By the texts of the columns, by code unit. */
  readonly order = (a: number, b: number): number => {
    for (let column = 0; column < this.columns; column++) {
      const [wordA, wordB] = [this.keys.keyOf(a, column), this.keys.keyOf(b, column)]
      if (wordA !== wordB) return this.#words.text(wordA) < this.#words.text(wordB) ? -1 : 1
    }
    return 0
  }
}
