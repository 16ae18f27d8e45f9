import type { SnapshotEndpoint } from './snapshot.js'

const blockLength = 64 * 1024

/**
 * The endpoints of a snapshot as the JSON text of `SnapshotEndpoints`, made while a scan counts them: as data a million of
 * them would take ten times the room. Their order is that in which they are shown.
 */
export class EndpointsText {
  readonly #places = new Map<string, number>()
  readonly #blocks: Buffer[] = []
  #pending = '{"rows":['
  #isFirst = true

  add({ id, hostname, platform, state, desktop, code, reasons }: SnapshotEndpoint): void {
    const [first, second, third] = [this.#place(platform), this.#place(desktop), this.#place(code)]
    const row = [id, hostname ?? null, first, state, second, third, reasons.map((text) => this.#place(text))]
    this.#pending += `${this.#isFirst ? '' : ','}${JSON.stringify(row)}`
    this.#isFirst = false
    if (this.#pending.length > blockLength) this.#flush()
  }

  /** The whole text; nothing may be added afterwards. */
  end(): Buffer {
    this.#pending += `],"texts":${JSON.stringify([...this.#places.keys()])}}`
    this.#flush()
    return Buffer.concat(this.#blocks)
  }

  #place(text: string): number {
    const known = this.#places.get(text)
    if (known !== undefined) return known
    this.#places.set(text, this.#places.size)
    return this.#places.size - 1
  }

  #flush(): void {
    this.#blocks.push(Buffer.from(this.#pending))
    this.#pending = ''
  }
}
