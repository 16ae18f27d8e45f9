import type { OtlpKernel } from '../../kernel/otlp-kernel.js'
import type { Words } from '../batch.js'
import { reading } from './kernel-plan.js'
import { exactNumbers } from './record-time.js'
import { listText, valueText } from './value-text.js'

const unknown = 0xffff_ffff
const eventPrefix = /^(?:claude_code|cowork)\./

/** The words that the texts of a kernel stand for, each worked out when it is first met. */
export class KernelWords {
  readonly #maps = [reading.plain, reading.list, reading.event].map(() => new Uint32Array(0))
  #words: Words | undefined

  constructor(private readonly kernel: OtlpKernel) {}

  /** Makes room for every text that the kernel has. */
  begin(words: Words): void {
    if (words !== this.#words) {
      this.#words = words
      for (const map of this.#maps) map.fill(unknown)
    }
    const texts = this.kernel.texts()
    for (const [index, map] of this.#maps.entries()) {
      if (map.length >= texts) continue
      const larger = new Uint32Array(Math.max(1024, texts * 2)).fill(unknown)
      larger.set(map)
      this.#maps[index] = larger
    }
  }

  /** The map of one way to read; `unknown` where `resolve` has to be asked. */
  word(way: number, number: number): number {
    const word = this.#maps[way]![number]!
    return word === unknown ? this.#resolve(way, number) : word
  }

  #resolve(way: number, number: number): number {
    const word = this.#words!.word(this.#text(way, number))
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
