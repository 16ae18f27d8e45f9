import { TextBlocks } from '../platform/text-blocks.js'
import type { SnapshotEndpoint } from './snapshot.js'

/**
 * The endpoints of a snapshot as the JSON text of `SnapshotEndpoints`, made while a scan counts them: as data a million of
 * them would take ten times the room. They stand in the order in which they come.
 */
export class EndpointsText {
  readonly #places = new Map<string, number>()
  readonly #text = new TextBlocks()
  #separator = '{"rows":['

  add({ id, hostname, platform, state, desktop, code, reasons }: SnapshotEndpoint): void {
    const [first, second, third] = [this.#place(platform), this.#place(desktop), this.#place(code)]
    const row = [id, hostname ?? null, first, state, second, third, reasons.map((text) => this.#place(text))]
    this.#text.add(this.#separator + JSON.stringify(row))
    this.#separator = ','
  }

  /** The whole text; nothing may be added afterwards. */
  end(): Buffer {
    const start = this.#separator === ',' ? '' : this.#separator
    this.#text.add(`${start}],"texts":${JSON.stringify([...this.#places.keys()])}}`)
    return this.#text.bytes()
  }

  #place(text: string): number {
    const known = this.#places.get(text)
    if (known !== undefined) return known
    this.#places.set(text, this.#places.size)
    return this.#places.size - 1
  }
}
