import { byText } from '../../platform/by-text.js'
import type { EndpointEntry } from '../../readiness/scan-document.js'
import { type State, urgentFirst } from '../../readiness/verdict.js'
import { endpointLines } from './endpoint-lines.js'
import { type EndpointRow, endpointRow } from './endpoint-row.js'

/** Endpoints in one `pre`: few enough to be laid out in one go when it is scrolled into view. */
const perBlock = 500

/** The endpoints of a report as they pass by, kept as rows: texts repeat, so a million of them stay small. */
export class EndpointList {
  readonly #rows = new Map<State, EndpointRow[]>(urgentFirst.map((state) => [state, []]))
  readonly #platforms = new Set<string>()
  readonly #departments = new Map<string, number>()

  add(endpoint: EndpointEntry): void {
    const row = endpointRow(endpoint)
    this.#rows.get(row.state)!.push(row)
    this.#platforms.add(row.platform)
    this.#departments.set(row.department, (this.#departments.get(row.department) ?? 0) + 1)
  }

  get count(): number {
    return [...this.#rows.values()].reduce((sum, rows) => sum + rows.length, 0)
  }

  /** The states and platforms that occur, for the filters. */
  get states(): readonly State[] {
    return urgentFirst.filter((state) => this.#rows.get(state)!.length > 0)
  }

  get platforms(): readonly string[] {
    return [...this.#platforms].sort(byText)
  }

  /** The largest departments by name, and how many others there are: a list of thousands is no choice. */
  departments(most: number): { readonly names: readonly string[]; readonly others: number } {
    const bySize = [...this.#departments].sort(([a, sizeA], [b, sizeB]) => sizeB - sizeA || byText(a, b))
    const names = bySize.slice(0, most).map(([name]) => name)
    return { names: names.sort(byText), others: bySize.length - names.length }
  }

  *#inOrder(): Iterable<EndpointRow> {
    for (const state of urgentFirst) yield* this.#rows.get(state)!
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
