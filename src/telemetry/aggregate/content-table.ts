import type { Words } from '../batch.js'
import type { CurrentRecord } from './current-record.js'
import { Examples } from './examples.js'
import { KeyTable } from './key-table.js'

/** Records with content by service, version, signal, event and field (its place in `contentFields`). */
export class ContentTable {
  /** Values: present, redacted. */
  readonly keys = new KeyTable(5, [0, 0])
  readonly examples: Examples

  constructor(words: Words) {
    this.examples = new Examples(words)
  }

  /** Counts the fields of a record; `signal` as in the batch. */
  count(record: CurrentRecord, signal: number, service: number, version: number, event: number): void {
    const present = record.batch.content[record.row]!
    const redacted = record.batch.redacted[record.row]!
    this.keys.put(0, service)
    this.keys.put(1, version)
    this.keys.put(2, signal)
    this.keys.put(3, event)
    for (let bits = present; bits !== 0; bits &= bits - 1) this.examples.offer(this.#add(bits, 0), record)
    for (let bits = redacted; bits !== 0; bits &= bits - 1) this.#add(bits, 1)
  }

  /** Counts the field of the lowest bit. */
  #add(bits: number, value: number): number {
    this.keys.put(4, 31 - Math.clz32(bits & -bits))
    const row = this.keys.row()
    this.keys.values[row * 2 + value]!++
    return row
  }
}
