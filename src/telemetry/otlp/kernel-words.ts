import type { OtlpKernel } from '../../kernel/otlp-kernel.js'
import type { Words } from '../batch.js'
import { reading } from './kernel-plan.js'
import { exactNumbers } from './record-time.js'
import { listText, valueText } from './value-text.js'
import { eventPrefix } from './word-columns.js'
import { wordText } from './word-text.js'

const unknown = 0xffff_ffff
const [isEmpty, isText] = [1, 2]

/** The words that the texts of a kernel stand for, each worked out when it is first asked for. */
export class KernelWords {
  readonly #maps = [reading.plain, reading.list, reading.event].map(() => new Uint32Array(0))
  /** Of each text, whether it is there at all; 0 where that is not known. */
  #empty = new Uint8Array(0)
  readonly #services = new Map<number, string>()
  #words: Words | undefined

  constructor(private readonly kernel: OtlpKernel) {}

  /** Makes room for every text that the kernel has. */
  begin(words: Words): void {
    if (words !== this.#words) {
      this.#words = words
      for (const map of this.#maps) map.fill(unknown)
    }
    const texts = this.kernel.texts()
    if (this.#empty.length >= texts) return
    const room = Math.max(1024, texts * 2)
    for (const [index, map] of this.#maps.entries()) {
      const larger = new Uint32Array(room).fill(unknown)
      larger.set(map)
      this.#maps[index] = larger
    }
    const larger = new Uint8Array(room)
    larger.set(this.#empty)
    this.#empty = larger
  }

  /** The kernel numbers its texts anew. */
  forget(): void {
    for (const map of this.#maps) map.fill(unknown)
    this.#empty.fill(0)
    this.#services.clear()
  }

  /** The word of a text that is read in one way. */
  word(way: number, number: number): number {
    const word = this.#maps[way]![number]!
    return word === unknown ? this.#resolve(way, number) : word
  }

  /** Whether a text is ''; it does not become a word. */
  isEmpty(number: number): boolean {
    if (this.#empty[number] === 0) this.#empty[number] = this.#text(reading.plain, number) === '' ? isEmpty : isText
    return this.#empty[number] === isEmpty
  }

  /** The name of a service, whole: it does not become a word. */
  service(number: number): string {
    const known = this.#services.get(number)
    if (known !== undefined) return known
    const text = this.#text(reading.plain, number)
    this.#services.set(number, text)
    return text
  }

  #resolve(way: number, number: number): number {
    const word = this.#words!.word(wordText(this.#text(way, number)))
    this.#maps[way]![number] = word
    return word
  }

  #text(way: number, number: number): string {
    if (number === 0) return ''
    const { text, raw } = this.kernel.text(number)
    if (way === reading.list) return listText(raw ? parsedValue(text) : { stringValue: text })
    const plain = raw ? valueText(parsedValue(text)) : text
    return way === reading.event ? plain.replace(eventPrefix, '') : plain
  }
}

/** A value that the kernel found to be JSON. */
export function parsedValue(json: string): unknown {
  return JSON.parse(exactNumbers(json))
}
