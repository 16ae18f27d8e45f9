import type { Words } from '../batch.js'
import { deferred } from './kernel-plan.js'
import type { KernelWords } from './kernel-words.js'
import { type EventUse, eventUse, eventUses } from './word-columns.js'

/** Columns that not every event needs: their texts wait until the event is known, so that no others become words. */
export class KernelEventColumns {
  /** Three numbers for each text: column, how it is read, text. */
  readonly #texts: Uint32Array
  #end = 0
  #resourceEnd = 0
  /** Word of an event to its place in `eventUses`, and one more; 0 where that is not known. */
  #uses = new Uint8Array(1024)
  #words: Words | undefined

  /** For at most so many numbers of one resource or record. */
  constructor(most: number) {
    this.#texts = new Uint32Array(2 * most)
  }

  begin(words: Words): void {
    if (words === this.#words) return
    this.#words = words
    this.#uses.fill(0)
  }

  beginResource(): void {
    this.#end = 0
  }

  /** What came until now is the resource's, and counts for each of its records. */
  endResource(): void {
    this.#resourceEnd = this.#end
  }

  beginRecord(): void {
    this.#end = this.#resourceEnd
  }

  /** Of two texts for a column the later one counts. */
  add(column: number, way: number, text: number): void {
    this.#texts[this.#end] = column
    this.#texts[this.#end + 1] = way - deferred
    this.#texts[this.#end + 2] = text
    this.#end += 3
  }

  /** Fills what the event, given as its word, needs of a row that begins at `start`; and gives what that is. */
  fill(event: number, words: KernelWords, into: Uint32Array, start: number): EventUse {
    const use = this.#use(event)
    for (let index = 0; index < this.#end; index += 3) {
      const column = this.#texts[index]!
      if (use.columns[column] !== 1) continue
      into[start + column] = words.word(this.#texts[index + 1]!, this.#texts[index + 2]!)
    }
    return use
  }

  #use(event: number): EventUse {
    if (event >= this.#uses.length) {
      const larger = new Uint8Array(event * 2)
      larger.set(this.#uses)
      this.#uses = larger
    }
    if (this.#uses[event] === 0) this.#uses[event] = eventUse(this.#words!.text(event)) + 1
    return eventUses[this.#uses[event]! - 1]!
  }
}
