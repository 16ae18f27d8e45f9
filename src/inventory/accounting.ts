import type { RejectReason } from './observation.js'

/** A record that was left out. */
export interface Rejected {
  readonly record: number
  readonly line?: number | undefined
  readonly reason: RejectReason
}

/** Details are kept for this many rejected records of a file; all of them are counted. */
const keptRejects = 100

/** What became of each record of a file. `counted + rejected = records` is checked when the file ends. */
export class Accounting {
  #counted = 0
  #rejected = 0
  /** One bit a record, only for readers that may settle a record late or twice. */
  #settled = new Uint8Array(64)
  readonly rejects: Rejected[] = []
  readonly rejectedBy = new Map<RejectReason, number>()

  get counted(): number {
    return this.#counted
  }

  get rejected(): number {
    return this.#rejected
  }

  /** Counts a record once, whatever is said of it later. */
  count(record: number): void {
    if (this.#settle(record)) this.#counted++
  }

  reject(record: number, reason: RejectReason, line?: number): void {
    if (!this.#settle(record)) return
    this.#rejected++
    this.rejectedBy.set(reason, (this.rejectedBy.get(reason) ?? 0) + 1)
    if (this.rejects.length < keptRejects) this.rejects.push({ record, line, reason })
  }

  /** Something that could not be read as a record at all; it counts as one that was rejected. */
  fault(record: number, reason: RejectReason, line: number): void {
    this.#rejected++
    this.rejectedBy.set(reason, (this.rejectedBy.get(reason) ?? 0) + 1)
    if (this.rejects.length < keptRejects) this.rejects.push({ record, line, reason })
  }

  /** Throws when a record was neither counted nor rejected: that is a bug in a reader, and must never pass in silence. */
  assertComplete(records: number, file: string): void {
    if (this.#counted + this.#rejected === records) return
    throw new Error(
      `${file}: ${records} records read, but ${this.#counted} counted and ${this.#rejected} rejected. This is a bug in fleet.`,
    )
  }

  #settle(record: number): boolean {
    const index = record >> 3
    if (index >= this.#settled.length) {
      const larger = new Uint8Array(Math.max(index + 1, this.#settled.length * 2))
      larger.set(this.#settled)
      this.#settled = larger
    }
    const bit = 1 << (record & 7)
    if ((this.#settled[index]! & bit) !== 0) return false
    this.#settled[index]! |= bit
    return true
  }
}
