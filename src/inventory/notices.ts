/** Something an administrator should know about an export; counted per code, with the first record as an example. */
export interface Notice {
  readonly code: string
  readonly message: string
  readonly records: number
  readonly firstRecord?: number | undefined
}

/** Collects notices of one file: the same code once, however many records it concerns. */
export class Notices {
  readonly #byCode = new Map<string, { message: string; records: number; firstRecord?: number | undefined }>()

  /** A notice about the file as a whole. The first message for a code stands. */
  add(code: string, message: string): void {
    if (!this.#byCode.has(code)) this.#byCode.set(code, { message, records: 0 })
  }

  /** A notice about one record; the message is fixed, the records are counted. */
  addRecord(code: string, message: string, record: number): void {
    const known = this.#byCode.get(code)
    if (known) known.records++
    else this.#byCode.set(code, { message, records: 1, firstRecord: record })
  }

  list(): Notice[] {
    return [...this.#byCode].map(([code, notice]) => ({ code, ...notice })).sort((a, b) => (a.code < b.code ? -1 : 1))
  }
}
