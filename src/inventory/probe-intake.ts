import { cleanText } from './cell.js'
import type { Notices } from './notices.js'
import type { StatedProbe } from './observation.js'
import type { ObservationStore } from './observation-store.js'
import { ProbeNames } from './probe-names.js'
import { isNewer, type KeptProbe, keepProbe, keptAgain } from './probe-text.js'

interface ProbeIntakeOptions {
  readonly store: ObservationStore
  readonly notices: Notices
  /** Milliseconds since 1970 UTC; a line of a later time comes after all others. */
  readonly asOf: number
  /** Names of columns and attributes, besides those that fleet gives them itself. */
  readonly names: readonly string[]
  /** Reads a date of the file, in milliseconds since 1970 UTC, or NaN. */
  readonly readTime: (text: string | undefined, record: number) => number
}

const messages = {
  cut: 'A probe line was cut on its way, so it says nothing.',
  newer: 'A probe line is of a later form than this version of fleet can read.',
} as const

const noLine = 'A cell for the probe line holds another text, such as an error message of the script.'

/** Takes the probe lines of one file into the store, and counts the cells that should hold one and do not. */
export class ProbeIntake {
  readonly #options: ProbeIntakeOptions
  readonly #names: ProbeNames

  constructor(options: ProbeIntakeOptions) {
    this.#options = options
    this.#names = new ProbeNames(options.names)
  }

  hasName(name: string): boolean {
    return this.#names.has(name)
  }

  /** Keeps the newest probe line of an observation, and gives the texts that hold one. */
  read(row: number, probes: readonly StatedProbe[], record: number): readonly StatedProbe[] {
    const { asOf } = this.#options
    let best: { readonly stated: StatedProbe; readonly kept: KeptProbe } | undefined
    const lines: StatedProbe[] = []
    for (const stated of probes) {
      const kept = keepProbe(stated.text)
      if (kept === undefined) {
        if (!stated.mayHoldOther && cleanText(stated.text) !== undefined) this.#noteOther(stated, record)
        continue
      }
      lines.push(stated)
      if (best === undefined || isNewer(kept, best.kept, asOf)) best = { stated, kept }
    }
    if (best !== undefined) this.#keep(row, best.stated, best.kept, record)
    return lines
  }

  #keep(row: number, stated: StatedProbe, kept: KeptProbe, record: number): void {
    const { store, notices, asOf, readTime } = this.#options
    const place = stated.record ?? record
    if (kept.kind !== 'line') notices.addRecord(`probe-${kept.kind}`, messages[kept.kind], place)
    const known = store.probe(row)
    if (known !== undefined && !isNewer(kept, keptAgain(known.kind, store.names.text(known.text)), asOf)) return
    store.setProbe(row, {
      kind: kept.kind,
      text: store.names.addText(kept.text),
      field: store.texts.internText(stated.field, 0),
      record: place,
      asOf: readTime(stated.asOf, place),
    })
  }

  #noteOther({ record }: StatedProbe, row: number): void {
    this.#options.notices.addRecord('no-probe-line', noLine, record ?? row)
  }
}
