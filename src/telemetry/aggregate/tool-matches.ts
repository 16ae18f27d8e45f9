import { grown } from './grown.js'
import { mixed } from './key-table.js'

/** So many calls are kept before those that are complete are let go; about 60 bytes each. */
const firstLimit = 1 << 18
/** More calls than this never wait at once: those that came first are given up, and count as not matched. */
const greatestLimit = 1 << 22

/**
 * Joins `tool_decision` to `tool_result` by session and tool_use_id, whichever comes first: a collector may write the two
 * to different files, so that all decisions of a fleet come before the first result. The result of a decision is the
 * earliest with its session and id, so that each decision matches at most one, in any order of the records.
 *
 * Calls are kept after they are complete, since an earlier result may still come. Only where more than a quarter of a
 * million are kept, complete ones are let go: then a second decision or result of such a call would not be joined any
 * more. No client sends those.
 */
export class ToolMatches {
  readonly #onMatch: (decisionRow: number, waited: number) => void
  #limit: number
  readonly #greatestLimit: number
  #size = 0
  /** Entry + 1 of the first entry of a call. */
  #slots = new Int32Array(128)
  #session = new Int32Array(64)
  #hash = new Float64Array(64)
  /** -1 where only a result was here. */
  #decisionRow = new Int32Array(64)
  #decided = new Float64Array(64)
  /** The earliest result, of the first entry of a call; infinite where there is none. */
  #result = new Float64Array(64)
  /** A further decision of the same call, -1 at the end. */
  #next = new Int32Array(64)
  #isFirst = new Uint8Array(64)

  /** `onMatch` learns of each matched decision what row it was given with and how long it waited, at the latest at `end`. */
  constructor(onMatch: (decisionRow: number, waited: number) => void, limits = [firstLimit, greatestLimit] as const) {
    this.#onMatch = onMatch
    this.#limit = limits[0]
    this.#greatestLimit = limits[1]
  }

  decision(session: number, hash: number, time: number, row: number): void {
    this.#makeRoom()
    const first = this.#firstOf(session, hash)
    if (this.#decisionRow[first] === -1) {
      this.#decisionRow[first] = row
      this.#decided[first] = time
      return
    }
    const entry = this.#newEntry(session, hash)
    this.#decisionRow[entry] = row
    this.#decided[entry] = time
    this.#next[entry] = this.#next[first]!
    this.#next[first] = entry
  }

  result(session: number, hash: number, time: number): void {
    this.#makeRoom()
    const first = this.#firstOf(session, hash)
    if (time < this.#result[first]!) this.#result[first] = time
  }

  /** Tells of every match that was not told yet. */
  end(): void {
    for (let entry = 0; entry < this.#size; entry++) if (this.#isFirst[entry] === 1) this.#tell(entry)
    this.#clear()
  }

  #tell(first: number): void {
    const result = this.#result[first]!
    if (result === Number.POSITIVE_INFINITY || this.#decisionRow[first] === -1) return
    for (let entry = first; entry >= 0; entry = this.#next[entry]!)
      this.#onMatch(this.#decisionRow[entry]!, Math.max(0, result - this.#decided[entry]!))
  }

  #firstOf(session: number, hash: number): number {
    const mask = this.#slots.length - 1
    let slot = slotOf(session, hash) & mask
    for (let entry = this.#slots[slot]! - 1; entry >= 0; entry = this.#slots[slot]! - 1) {
      if (this.#hash[entry] === hash && this.#session[entry] === session) return entry
      slot = (slot + 1) & mask
    }
    const entry = this.#newEntry(session, hash)
    this.#isFirst[entry] = 1
    this.#slots[slot] = entry + 1
    if (this.#size * 2 > this.#slots.length) this.#growSlots()
    return entry
  }

  #newEntry(session: number, hash: number): number {
    const entry = this.#size
    const size = entry + 1
    this.#size = size
    this.#session = grown(this.#session, size)
    this.#hash = grown(this.#hash, size)
    this.#decisionRow = grown(this.#decisionRow, size)
    this.#decided = grown(this.#decided, size)
    this.#result = grown(this.#result, size)
    this.#next = grown(this.#next, size)
    this.#isFirst = grown(this.#isFirst, size)
    this.#session[entry] = session
    this.#hash[entry] = hash
    this.#decisionRow[entry] = -1
    this.#result[entry] = Number.POSITIVE_INFINITY
    this.#next[entry] = -1
    this.#isFirst[entry] = 0
    return entry
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (const taken of this.#slots) {
      if (taken === 0) continue
      let slot = slotOf(this.#session[taken - 1]!, this.#hash[taken - 1]!) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = taken
    }
    this.#slots = slots
  }

  /** Lets complete calls go; where too few are complete, allows more, and in the end gives up the oldest. */
  #makeRoom(): void {
    if (this.#size < this.#limit) return
    const size = this.#size
    const [sessions, hashes, rows] = [this.#session, this.#hash, this.#decisionRow]
    const [decided, results, next, isFirst] = [this.#decided, this.#result, this.#next, this.#isFirst]
    const decisions: number[] = []
    const onlyResults: number[] = []
    for (let entry = 0; entry < size; entry++) {
      if (isFirst[entry] !== 1) continue
      if (rows[entry] === -1) onlyResults.push(entry)
      else if (results[entry] !== Number.POSITIVE_INFINITY) this.#tell(entry)
      else for (let of = entry; of >= 0; of = next[of]!) decisions.push(of)
    }
    if (decisions.length + onlyResults.length > this.#limit / 2 && this.#limit < this.#greatestLimit) this.#limit *= 2
    const kept = newest(decisions, onlyResults, this.#limit)
    this.#clear()
    for (const entry of kept) {
      if (rows[entry] !== -1) this.decision(sessions[entry]!, hashes[entry]!, decided[entry]!, rows[entry]!)
      if (results[entry] !== Number.POSITIVE_INFINITY) this.result(sessions[entry]!, hashes[entry]!, results[entry]!)
    }
  }

  #clear(): void {
    this.#size = 0
    this.#slots = new Int32Array(128)
    this.#session = new Int32Array(64)
    this.#hash = new Float64Array(64)
    this.#decisionRow = new Int32Array(64)
    this.#decided = new Float64Array(64)
    this.#result = new Float64Array(64)
    this.#next = new Int32Array(64)
    this.#isFirst = new Uint8Array(64)
  }
}

function slotOf(session: number, hash: number): number {
  return mixed(mixed(session) ^ (hash | 0) ^ Math.floor(hash / 0x1_0000_0000))
}

/**
 * All where they fill at most three quarters of the limit; else half as many as the limit, of each kind those that came
 * last. Each kind has a share of its own, so that results whose decisions were given up do not drive out the others.
 */
function newest(decisions: number[], onlyResults: number[], limit: number): number[] {
  if ((decisions.length + onlyResults.length) * 4 <= limit * 3) return [...decisions, ...onlyResults]
  const share = Math.floor(limit / 4)
  const last = (list: number[], others: number[]) => list.slice(-(share + Math.max(0, share - others.length)))
  return [...last(decisions, onlyResults), ...last(onlyResults, decisions)]
}
