import { trimText } from './cell.js'

/** How the published kit names its extension attribute and its column. */
const ownNames = ['Fleet probe']
const mostKept = 1000

/** The names of columns and extension attributes that hold a probe line; case, blanks, hyphens and underscores do not count. */
export class ProbeNames {
  readonly #names: ReadonlySet<string>
  /** Names that were asked for: a file has the same ones record after record. */
  readonly #known = new Map<string, boolean>()

  constructor(others: readonly string[]) {
    this.#names = new Set([...ownNames, ...others].map(fold))
  }

  has(name: string): boolean {
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const found = this.#names.has(fold(name))
    if (this.#known.size < mostKept) this.#known.set(name, found)
    return found
  }
}

function fold(name: string): string {
  return trimText(name)
    .toLowerCase()
    .replace(/[\s_\u00a0-]+/gu, '')
}
