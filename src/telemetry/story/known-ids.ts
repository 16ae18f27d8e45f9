import { byText } from '../../platform/by-text.js'
import type { Input } from '../../platform/input.js'
import { signals } from '../batch.js'
import { wordFields } from '../fields.js'
import { WordList } from '../otlp/batch-columns.js'
import { readOtlp } from '../otlp/read-otlp.js'
import type { Wanted } from './story-record.js'

/** What there is instead of an id that was not found. */
export interface KnownIds {
  /** Log records of the known surfaces. */
  readonly records: number
  readonly sessions: number
  /** Inputs that could not be read, such as files of another kind. */
  readonly problems: readonly { readonly file: string; readonly message: string }[]
  /** At most five ids that begin like the wanted one, those with most in common first. */
  readonly nearest: readonly string[]
}

const log = signals.indexOf('log')
const session = wordFields.indexOf('session')
const mostNearest = 5
/** An id that has less in common with the wanted one is no slip of the keyboard. */
export const leastCommon = 4

/** Reads everything once more for what ids there are. */
export async function knownIds(inputs: readonly Input[], wanted: Wanted): Promise<KnownIds> {
  const words = new WordList()
  const sessions = new Set<number>()
  const nearest = new NearestIds(wanted.id)
  let records = 0
  const read = await readOtlp(inputs, words, { identityKeys: [] }, (batch) => {
    for (let row = 0; row < batch.rows; row++) {
      if (batch.signal[row] !== log) continue
      records++
      const word = batch.words[row * batch.wordColumns + session]!
      if (word !== 0 && !sessions.has(word)) {
        sessions.add(word)
        if (wanted.kind === 'session') nearest.add(words.text(word))
      }
      if (wanted.kind === 'prompt') nearest.add(batch.loose(row, 'prompt') ?? '')
    }
  })
  const problems = read.flatMap(({ file, problem }) => (problem ? [{ file, message: problem.message }] : []))
  return { records, sessions: sessions.size, problems, nearest: nearest.ids }
}

/** Keeps the few ids that begin most like the wanted one. */
export class NearestIds {
  #found: { readonly id: string; readonly common: number }[] = []

  constructor(private readonly wanted: string) {}

  get ids(): readonly string[] {
    return this.#found.map(({ id }) => id)
  }

  add(id: string): void {
    const common = commonStart(id, this.wanted)
    if (common < leastCommon || this.#found.some((known) => known.id === id)) return
    this.#found = [...this.#found, { id, common }]
      .sort((a, b) => b.common - a.common || byText(a.id, b.id))
      .slice(0, mostNearest)
  }
}

function commonStart(a: string, b: string): number {
  let at = 0
  while (at < a.length && at < b.length && a[at] === b[at]) at++
  return at
}
