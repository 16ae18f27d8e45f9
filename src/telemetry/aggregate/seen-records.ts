import { grown } from './grown.js'
import { KeyTable, mixed } from './key-table.js'

/** What became of a record: a copy of one that was here, another record with a sequence that was here, or neither. */
export const arrivals = { copy: 0, sameSequence: 1, newSequence: 2 } as const
export type Arrival = (typeof arrivals)[keyof typeof arrivals]

const blockBits = 5
const blockSize = 1 << blockBits
/** So many runs of one session are told apart in blocks; a client that sends the same few numbers for ever ends in a set. */
const longestChain = 8

/**
 * Every record that was here, by session, sequence and time. Exact: a copy is what agrees in all three, in whatever order
 * and from however many files records come.
 *
 * A session's records lie in blocks of 32 sequences; a block keeps a bit and the time (as an offset) for each. That is
 * 5 to 10 bytes a record where sequences are dense. A bit alone and the range of times of a block would be an eighth
 * of that, but it cannot tell: when a session is resumed, its sequence starts again, and with files split by kind of
 * event the early numbers of both runs mix in one block, so that whole stretches of one run would be taken for copies.
 *
 * A number that is there with another time goes to a further block of the same numbers, one for each run of the session.
 */
export class SeenRecords {
  /** Entry + 1 of the first block of (session, block); 0 = free. */
  #slots = new Int32Array(128)
  #heads = 0
  #size = 0
  #session = new Int32Array(64)
  #block = new Int32Array(64)
  /** The time that offsets count from. */
  #base = new Float64Array(64)
  #mask = new Int32Array(64)
  /** Of the first block: sequences that any block of the chain, or the set, holds. */
  #arrived = new Int32Array(64)
  /** The next block of the chain, -1 at its end. */
  #next = new Int32Array(64)
  #offset = new Int32Array(64 * blockSize)
  readonly #others = new KeyTable(4)
  #last = -1

  /** Notes a record. `session` is any number of the session's; `sequence` is whole, 0 <= sequence < 2^31. */
  add(session: number, sequence: number, time: number): Arrival {
    const place = sequence & (blockSize - 1)
    const bit = 1 << place
    const head = this.#headOf(session, sequence >>> blockBits, time)
    let free = -1
    let length = 0
    let last = head
    for (let entry = head; entry >= 0; entry = this.#next[entry]!) {
      const offset = time - this.#base[entry]!
      if ((this.#mask[entry]! & bit) === 0) {
        if (free < 0 && offset === (offset | 0)) free = entry
      } else if (this.#offset[entry * blockSize + place] === offset) return arrivals.copy
      last = entry
      length++
    }
    // Bits and bases never go back, so a record that once found no room in the chain never will: copies meet in the set.
    if (free < 0 && length >= longestChain) {
      if (!this.#isNewOther(session, sequence, time)) return arrivals.copy
    } else {
      if (free < 0) {
        free = this.#newEntry(session, sequence >>> blockBits, time)
        this.#next[last] = free
      }
      this.#mask[free]! |= bit
      this.#offset[free * blockSize + place] = time - this.#base[free]!
    }
    if ((this.#arrived[head]! & bit) !== 0) return arrivals.sameSequence
    this.#arrived[head]! |= bit
    return arrivals.newSequence
  }

  #headOf(session: number, block: number, time: number): number {
    const last = this.#last
    if (last >= 0 && this.#session[last] === session && this.#block[last] === block) return last
    const mask = this.#slots.length - 1
    let slot = mixed(mixed(session) ^ block) & mask
    for (let entry = this.#slots[slot]! - 1; entry >= 0; entry = this.#slots[slot]! - 1) {
      if (this.#session[entry] === session && this.#block[entry] === block) {
        this.#last = entry
        return entry
      }
      slot = (slot + 1) & mask
    }
    this.#last = this.#newEntry(session, block, time)
    this.#slots[slot] = this.#last + 1
    this.#heads++
    if (this.#heads * 2 > this.#slots.length) this.#growSlots()
    return this.#last
  }

  #newEntry(session: number, block: number, time: number): number {
    const entry = this.#size
    const size = entry + 1
    this.#size = size
    this.#session = grown(this.#session, size)
    this.#block = grown(this.#block, size)
    this.#base = grown(this.#base, size)
    this.#mask = grown(this.#mask, size)
    this.#arrived = grown(this.#arrived, size)
    this.#next = grown(this.#next, size)
    this.#offset = grown(this.#offset, size * blockSize)
    this.#session[entry] = session
    this.#block[entry] = block
    this.#base[entry] = time
    this.#next[entry] = -1
    return entry
  }

  #growSlots(): void {
    const old = this.#slots
    const slots = new Int32Array(old.length * 2)
    const mask = slots.length - 1
    for (const taken of old) {
      if (taken === 0) continue
      let slot = mixed(mixed(this.#session[taken - 1]!) ^ this.#block[taken - 1]!) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = taken
    }
    this.#slots = slots
  }

  #isNewOther(session: number, sequence: number, time: number): boolean {
    const size = this.#others.size
    this.#others.put(0, session)
    this.#others.put(1, sequence)
    this.#others.put(2, Math.floor(time / 0x1_0000_0000))
    this.#others.put(3, (time % 0x1_0000_0000) | 0)
    this.#others.row()
    return this.#others.size > size
  }
}
