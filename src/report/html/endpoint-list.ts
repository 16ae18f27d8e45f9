import { byText } from '../../platform/by-text.js'
import type { EndpointEntry } from '../../readiness/scan-document.js'
import type { State } from '../../readiness/verdict.js'
import { endpointLines } from './endpoint-lines.js'
import { type EndpointRow, endpointRow } from './endpoint-row.js'

/** The most urgent first: what is known to fail, then what nobody can tell, then what is in order or out of scope. */
export const urgency: readonly State[] = ['upgrade', 'install', 'repair', 'unknown', 'stale', 'ready', 'excluded']

/** Endpoints in one `pre`: few enough to be laid out in one go when it is scrolled into view. */
const perBlock = 500

/** The endpoints of a report as they pass by, kept as rows: texts repeat, so a million of them stay small. */
export class EndpointList {
  readonly #rows = new Map<State, EndpointRow[]>(urgency.map((state) => [state, []]))
  readonly #platforms = new Set<string>()
  readonly #departments = new Set<string>()

  add(endpoint: EndpointEntry): void {
    const row = endpointRow(endpoint)
    this.#rows.get(row.state)!.push(row)
    this.#platforms.add(row.platform)
    this.#departments.add(row.department)
  }

  get count(): number {
    return [...this.#rows.values()].reduce((sum, rows) => sum + rows.length, 0)
  }

  /** The states, platforms and departments that occur, for the filters. */
  get states(): readonly State[] {
    return urgency.filter((state) => this.#rows.get(state)!.length > 0)
  }

  get platforms(): readonly string[] {
    return [...this.#platforms].sort(byText)
  }

  get departments(): readonly string[] {
    return [...this.#departments].sort(byText)
  }

  *#inOrder(): Iterable<EndpointRow> {
    for (const state of urgency) yield* this.#rows.get(state)!
  }

  /** The first rows, the most urgent ones. */
  first(most: number): EndpointRow[] {
    const rows: EndpointRow[] = []
    for (const row of this.#inOrder()) {
      if (rows.length === most) break
      rows.push(row)
    }
    return rows
  }

  /** All endpoints as text, escaped, a block at a time. */
  *blocks(fileNumber: (file: string) => number): Iterable<string> {
    let block: string[] = []
    for (const row of this.#inOrder()) {
      block.push(endpointLines(row, fileNumber))
      if (block.length < perBlock) continue
      yield block.join('')
      block = []
    }
    if (block.length > 0) yield block.join('')
  }
}
