import type { Words } from '../batch.js'
import type { Example } from '../tables.js'
import type { CurrentRecord } from './current-record.js'
import { grown } from './grown.js'

/**
 * The earliest record for each row of a table: least time, then session, then sequence, then (records without either)
 * prompt. Its prompt is made a text only when it is earlier than what was there.
 */
export class Examples {
  readonly #words: Words
  #time = new Float64Array(0)
  #session = new Int32Array(0)
  #sequence = new Int32Array(0)
  readonly #prompt: string[] = []

  constructor(words: Words) {
    this.#words = words
  }

  offer(index: number, record: CurrentRecord): void {
    if (index >= this.#time.length) this.#grow(index + 1)
    const least = this.#time[index]!
    if (record.time > least || (record.time === least && !this.#isEarlier(index, record))) return
    this.#time[index] = record.time
    this.#session[index] = record.session
    this.#sequence[index] = record.sequence
    this.#prompt[index] = promptOf(record)
  }

  /** The example of a row; undefined where none was offered. */
  example(index: number): Example | undefined {
    const at = this.#time[index] ?? Number.POSITIVE_INFINITY
    if (at === Number.POSITIVE_INFINITY) return undefined
    const session = this.#words.text(this.#session[index]!)
    return { session, sequence: this.#sequence[index]!, prompt: this.#prompt[index]!, at }
  }

  #isEarlier(index: number, record: CurrentRecord): boolean {
    const session = this.#session[index]!
    if (record.session !== session) return this.#words.text(record.session) < this.#words.text(session)
    const sequence = this.#sequence[index]!
    if (record.sequence !== sequence) return record.sequence < sequence
    return promptOf(record) < this.#prompt[index]!
  }

  #grow(length: number): void {
    const old = this.#time.length
    this.#time = grown(this.#time, Math.max(length, 16))
    this.#session = grown(this.#session, this.#time.length)
    this.#sequence = grown(this.#sequence, this.#time.length)
    this.#time.fill(Number.POSITIVE_INFINITY, old)
    for (let index = old; index < this.#time.length; index++) this.#prompt.push('')
  }
}

function promptOf({ batch, row }: CurrentRecord): string {
  return batch.loose(row, 'prompt') ?? ''
}
