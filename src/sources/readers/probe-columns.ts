import { trimText } from '../../inventory/cell.js'
import type { TableFormat } from '../source.js'
import { foldName } from './table-header.js'

/** A column of this table with probe lines; numbers are -1 where there is no such column. */
export interface FoundProbeColumn {
  readonly column: number
  readonly name: string
  readonly asOf: number
  readonly mayHoldOther: boolean
}

/** The probe columns of the format, then those of the right name that are neither its own nor extension attributes. */
export function probeColumns(
  format: TableFormat,
  names: readonly string[],
  isProbeName: (name: string) => boolean,
): FoundProbeColumn[] {
  const found = (format.probes ?? []).flatMap(
    ({ column, asOf = format.probesAsOf, mayHoldOther = false }): FoundProbeColumn[] => {
      const place = columnOf(names, column)
      if (place < 0) return []
      return [{ column: place, name: trimText(names[place] ?? ''), asOf: columnOf(names, asOf), mayHoldOther }]
    },
  )
  if (format.extensionAttributes) return found
  const used = new Set(Object.values(format.columns).flatMap((candidates) => candidates.map(foldName)))
  const named = names.flatMap((name, column): FoundProbeColumn[] => {
    const isOther = isProbeName(name) && !used.has(foldName(name)) && found.every((known) => known.column !== column)
    return isOther
      ? [{ column, name: trimText(name), asOf: columnOf(names, format.probesAsOf), mayHoldOther: false }]
      : []
  })
  return [...found, ...named]
}

/** The first column of this name, or -1. */
export function columnOf(names: readonly string[], wanted: string | undefined): number {
  return wanted === undefined ? -1 : names.findIndex((name) => foldName(name) === foldName(wanted))
}
