import type { StatedProbe } from '../../inventory/observation.js'
import { compareProbes, keepProbe } from '../../inventory/probe-text.js'
import { textField } from './json.js'

/** Names that a query for the probe may give its column; `line` is that of tables of files, whatever the file. */
const columnNames = new Set(['line', 'probe'])
/** Enough of a text that is no line to say so; what is gathered until the end of a file must not be long. */
const keptOfOther = 200

/** The probe line in a row's columns; a text without one only where the column is named after the probe. */
export function probeOfRow(
  row: unknown,
  isProbeName: (name: string) => boolean,
  path: string,
): StatedProbe | undefined {
  if (typeof row !== 'object' || row === null) return undefined
  let best: StatedProbe | undefined
  for (const name of Object.keys(row)) {
    const isNamed = isProbeName(name)
    if (!isNamed && !columnNames.has(name)) continue
    const text = textField(row, name) ?? ''
    const kept = keepProbe(text)?.text ?? (isNamed ? text.slice(0, keptOfOther) : '')
    if (kept !== '') best = betterProbe(best, { field: `${path}${name}`, text: kept, mayHoldOther: !isNamed })
  }
  return best
}

/** The one of two texts that says more of the present, whichever came first. */
export function betterProbe(known: StatedProbe | undefined, other: StatedProbe | undefined): StatedProbe | undefined {
  if (known === undefined || other === undefined) return known ?? other
  const [a, b] = [keepProbe(known.text), keepProbe(other.text)]
  if (a === undefined || b === undefined) return a === undefined && b !== undefined ? other : known
  return compareProbes(a, b, Number.POSITIVE_INFINITY) <= 0 ? known : other
}

/** The rows of one snapshot, or one line of a history. */
interface Batch {
  readonly query: string
  readonly batch: string
  /** Seconds since 1970 UTC, where the line says so. */
  readonly time: number | undefined
}

/** What the queries of one endpoint say of its probe, line after line. */
export class ProbeHistory {
  readonly #byQuery = new Map<string, Batch & { readonly probe: StatedProbe }>()

  /** Begins a snapshot, which takes the place of the one before. */
  begin({ query, batch, time }: Batch): void {
    const known = this.#byQuery.get(query)
    if (known === undefined || known.batch === batch) return
    const isOlder = time !== undefined && known.time !== undefined && time < known.time
    if (!isOlder) this.#byQuery.delete(query)
  }

  add(batch: Batch, probe: StatedProbe): void {
    const known = this.#byQuery.get(batch.query)
    if (betterProbe(known?.probe, probe) === probe) this.#byQuery.set(batch.query, { ...batch, probe })
  }

  remove(query: string, { text }: StatedProbe): void {
    if (this.#byQuery.get(query)?.probe.text === text) this.#byQuery.delete(query)
  }

  /** The probe that says most of the present, whichever query gave it. */
  best(): StatedProbe | undefined {
    let best: StatedProbe | undefined
    for (const { probe } of this.#byQuery.values()) best = betterProbe(best, probe)
    return best
  }
}
