import { grown } from './grown.js'
import { KeyTable } from './key-table.js'
import { arrivals, SeenRecords } from './seen-records.js'

/** More than this is no loss but a client that jumps; tables.ts names the same number. */
const mostMissing = 1_000_000

/** What is known of a session when all records have been here. */
export interface SessionEnd {
  /** Of its first record: least time, then sequence, then sender. */
  readonly sender: number
  readonly first: number
  readonly missing: number
  readonly failed: boolean
}

/** The sessions, by the number of their word; right in whatever order their records come. */
export class Sessions {
  size = 0
  readonly #seen = new SeenRecords()
  readonly #senderOrder: (a: number, b: number) => number
  /** By word: session + 1; 0 = not here. */
  #ofWord = new Int32Array(1024)
  #firstTime = new Float64Array(64)
  #firstSequence = new Int32Array(64)
  #firstSender = new Int32Array(64)
  /** The sender that was here first; all others are in `pairs`. */
  #home = new Int32Array(64)
  #leastSequence = new Int32Array(64)
  #greatestSequence = new Int32Array(64)
  #sequences = new Int32Array(64)
  #failed = new Uint8Array(64)
  readonly #pairs = new KeyTable(2)

  /** `senderOrder` decides between the senders of two records with the same time and sequence. */
  constructor(senderOrder: (a: number, b: number) => number) {
    this.#senderOrder = senderOrder
  }

  /** The session of a word, which is not 0; a new one if it was not here. */
  session(word: number): number {
    if (word >= this.#ofWord.length) this.#ofWord = grown(this.#ofWord, word + 1)
    const known = this.#ofWord[word]!
    if (known > 0) return known - 1
    const session = this.size++
    this.#ofWord[word] = session + 1
    if (session === this.#home.length) this.#grow()
    this.#firstTime[session] = Number.POSITIVE_INFINITY
    this.#home[session] = -1
    this.#leastSequence[session] = -1
    return session
  }

  /** Whether a record is no copy of one that was here. */
  isNew(session: number, sequence: number, time: number): boolean {
    const arrival = this.#seen.add(session, sequence, time)
    if (arrival !== arrivals.newSequence) return arrival !== arrivals.copy
    this.#sequences[session]!++
    if (this.#leastSequence[session] === -1) {
      this.#leastSequence[session] = sequence
      this.#greatestSequence[session] = sequence
    } else if (sequence < this.#leastSequence[session]!) this.#leastSequence[session] = sequence
    else if (sequence > this.#greatestSequence[session]!) this.#greatestSequence[session] = sequence
    return true
  }

  /** Notes who sent a record that counts; true when it is the first of this sender in the session. */
  note(session: number, sender: number, time: number, sequence: number): boolean {
    const first = this.#firstTime[session]!
    if (time < first || (time === first && this.#isEarlier(session, sender, sequence))) {
      this.#firstTime[session] = time
      this.#firstSequence[session] = sequence
      this.#firstSender[session] = sender
    }
    const home = this.#home[session]!
    if (home === sender) return false
    if (home < 0) {
      this.#home[session] = sender
      return true
    }
    const pairs = this.#pairs.size
    this.#pairs.put(0, session)
    this.#pairs.put(1, sender)
    this.#pairs.row()
    return this.#pairs.size > pairs
  }

  fail(session: number): void {
    this.#failed[session] = 1
  }

  end(session: number): SessionEnd {
    const least = this.#leastSequence[session]!
    const missing = least < 0 ? 0 : this.#greatestSequence[session]! - least + 1 - this.#sequences[session]!
    return {
      sender: this.#firstSender[session]!,
      first: this.#firstTime[session]!,
      missing: Math.min(missing, mostMissing),
      failed: this.#failed[session] === 1,
    }
  }

  #isEarlier(session: number, sender: number, sequence: number): boolean {
    const first = this.#firstSequence[session]!
    return sequence < first || (sequence === first && this.#senderOrder(sender, this.#firstSender[session]!) < 0)
  }

  #grow(): void {
    const length = this.#home.length * 2
    this.#firstTime = grown(this.#firstTime, length)
    this.#firstSequence = grown(this.#firstSequence, length)
    this.#firstSender = grown(this.#firstSender, length)
    this.#home = grown(this.#home, length)
    this.#leastSequence = grown(this.#leastSequence, length)
    this.#greatestSequence = grown(this.#greatestSequence, length)
    this.#sequences = grown(this.#sequences, length)
    this.#failed = grown(this.#failed, length)
  }
}
