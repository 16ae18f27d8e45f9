import type { Words } from '../batch.js'
import { canarySessionPrefix } from '../tables.js'
import { grown } from './grown.js'

const [isOther, isCanary] = [1, 2]

/** Whether a word is a session that `fleet evidence canary` made up; each text is looked at once. */
export class CanarySessions {
  readonly #words: Words
  /** By word; 0 = not looked at yet. */
  #known = new Uint8Array(1024)

  constructor(words: Words) {
    this.#words = words
  }

  has(word: number): boolean {
    if (word >= this.#known.length) this.#known = grown(this.#known, word + 1)
    if (this.#known[word] === 0)
      this.#known[word] = this.#words.text(word).startsWith(canarySessionPrefix) ? isCanary : isOther
    return this.#known[word] === isCanary
  }
}
