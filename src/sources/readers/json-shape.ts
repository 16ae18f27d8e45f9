import { jsonDepthLimit } from './json-cutter.js'

/** Bytes of a file's beginning that are looked at. */
export const jsonHeadLimit = 256 * 1024

/** What the first bytes of a JSON file look like. */
export interface JsonShape {
  /** `documents`: a second top-level value was seen; a head too short for that shows an `object`. */
  readonly form: 'array' | 'object' | 'documents'
  /** Top-level keys of the object, or of the first element. */
  readonly keys: readonly string[]
  /** True if this nested key exists in what was seen, in any element of the lists on the way. */
  path(...names: string[]): boolean
  /**
   * What was seen as a value: the object, or the list of the first elements or documents. Open containers are closed;
   * a value that the end of the head tears is undefined, so its key still shows.
   */
  readonly sample: unknown
}

/** The shape of a file by its first bytes; undefined if it is not JSON, or only a lone text or number. */
export function jsonShape(head: Uint8Array): JsonShape | undefined {
  const text = new TextDecoder().decode(head.subarray(0, jsonHeadLimit))
  const prefix = new Prefix(text)
  const documents: unknown[] = []
  while (prefix.more()) {
    const value = prefix.value(0)
    if (value === torn) break
    documents.push(value)
  }
  const first = documents[0]
  if (typeof first !== 'object' || first === null || (prefix.wrong && isEmpty(first))) return undefined
  const form = documents.length > 1 ? 'documents' : Array.isArray(first) ? 'array' : 'object'
  const sample = form === 'documents' ? documents : first
  const front: unknown = Array.isArray(first) ? first[0] : first
  const keys = typeof front === 'object' && front !== null && !Array.isArray(front) ? Object.keys(front) : []
  return { form, keys, sample, path: (...names) => hasPath(sample, names, 0) }
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0
}

function hasPath(value: unknown, names: readonly string[], at: number): boolean {
  if (at === names.length) return true
  if (Array.isArray(value)) return value.some((element) => hasPath(element, names, at))
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, names[at]!)) return false
  return hasPath((value as Record<string, unknown>)[names[at]!], names, at + 1)
}

/** Stands for a value that the head ends in, or that is not JSON. */
const torn = Symbol('torn')

/** A tolerant parser: it stops for good at the end of the text or at the first thing that is not JSON. */
class Prefix {
  /** It stopped because of something that is not JSON. */
  wrong = false
  #at = 0
  #stopped = false

  constructor(private readonly text: string) {}

  /** Skips blanks; false at the end. */
  more(): boolean {
    while (' \t\r\n'.includes(this.text[this.#at] ?? 'x')) this.#at++
    if (this.#at >= this.text.length) this.#stopped = true
    return !this.#stopped
  }

  value(depth: number): unknown {
    if (!this.more()) return torn
    const first = this.text[this.#at]!
    if (first === '{' || first === '[') {
      if (depth >= jsonDepthLimit) return this.#stop(false)
      this.#at++
      return first === '{' ? this.#object(depth + 1) : this.#array(depth + 1)
    }
    return first === '"' ? this.#string() : this.#scalar()
  }

  #object(depth: number): Record<string, unknown> {
    const object = Object.create(null) as Record<string, unknown>
    if (this.#ends('}')) return object
    while (this.more()) {
      const key = this.text[this.#at] === '"' ? this.#string() : this.#stop(true)
      if (typeof key !== 'string' || !this.#expects(':')) return object
      const value = this.value(depth)
      object[key] = value === torn ? undefined : value
      if (this.#stopped || this.#ends('}') || !this.#expects(',')) return object
    }
    return object
  }

  #array(depth: number): unknown[] {
    const array: unknown[] = []
    if (this.#ends(']')) return array
    while (this.more()) {
      const value = this.value(depth)
      if (value !== torn) array.push(value)
      if (this.#stopped || this.#ends(']') || !this.#expects(',')) return array
    }
    return array
  }

  #ends(mark: string): boolean {
    if (!this.more() || this.text[this.#at] !== mark) return false
    this.#at++
    return true
  }

  #expects(mark: string): boolean {
    if (!this.more()) return false
    if (this.text[this.#at] !== mark) {
      this.#stop(true)
      return false
    }
    this.#at++
    return true
  }

  #string(): unknown {
    const from = this.#at++
    for (; this.#at < this.text.length; this.#at++) {
      const character = this.text[this.#at]
      if (character === '\\') this.#at++
      else if (character === '"') return this.#parse(this.text.slice(from, ++this.#at))
    }
    return this.#stop(false)
  }

  #scalar(): unknown {
    const from = this.#at
    while (this.#at < this.text.length && !' \t\r\n,:]}"{['.includes(this.text[this.#at]!)) this.#at++
    // A number at the end of the head may go on behind it.
    if (this.#at >= this.text.length) return this.#stop(!'-0123456789tfn'.includes(this.text[from]!))
    return this.#parse(this.text.slice(from, this.#at))
  }

  #parse(text: string): unknown {
    try {
      return JSON.parse(text)
    } catch {
      return this.#stop(true)
    }
  }

  #stop(wrong: boolean): typeof torn {
    this.#stopped = true
    this.wrong = wrong
    return torn
  }
}
