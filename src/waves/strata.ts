import { byText } from '../platform/by-text.js'
import { type Census, startsOf, valuesOfCells } from './census.js'

/** Endpoints that share one value (`department Sales`), or that share all of them: a cell. */
export interface CountedStratum {
  /** Number of the dimension; that of cells comes after all of them. */
  readonly dimension: number
  /** Number of the value, or of the cell. */
  readonly member: number
  readonly size: number
}

/** Which strata still lack an endpoint among those taken so far. */
export interface Strata {
  /** All of at least the minimum: the largest first, ties by dimension, then by name. */
  readonly all: readonly CountedStratum[]
  readonly lacks: (stratum: CountedStratum) => boolean
  /** How many strata an endpoint of this cell would represent that have none. */
  readonly gain: (cell: number) => number
  readonly take: (cell: number) => void
}

/**
 * Cells whose first endpoints represent all values of at least `minimum` endpoints: one after the other, the largest
 * value that has none yet gets one, from the cell with it that represents the most values that have none (ties: the
 * larger cell, then the lower number in `firstOfCell`). So every beginning represents all values down to some size.
 */
export function representatives(census: Census, minimum: number, firstOfCell: Uint32Array): readonly number[] {
  const valuesByCell = valuesOfCells(census)
  const strata = openStrata(census, minimum, valuesByCell)
  const cellSizes = census.levels.at(-1)!.sizes
  const cellsWith = valuesByCell.map((values, dimension) => grouped(values, census.values[dimension]!.length))
  const chosen: number[] = []
  for (const stratum of strata.all) {
    if (!strata.lacks(stratum)) continue
    // A value is looked up at most once, so that all these looks together cost the number of cells, times dimensions.
    const cells = cellsWith[stratum.dimension]!(stratum.member)
    let best = cells[0]!
    let most = strata.gain(best)
    for (const cell of cells.subarray(1)) {
      const gain = strata.gain(cell)
      const more = gain - most || cellSizes[cell]! - cellSizes[best]! || firstOfCell[best]! - firstOfCell[cell]!
      if (more > 0) [best, most] = [cell, gain]
    }
    strata.take(best)
    chosen.push(best)
  }
  return chosen
}

/** The values and cells of at least `minimum` endpoints, none of them represented. */
export function allStrata(census: Census, minimum: number): Strata {
  const valuesByCell = valuesOfCells(census)
  // With one dimension its values are the cells, and without any there is nothing to represent.
  const hasCells = census.by.length > 1
  const cells = Uint32Array.from(census.levels.at(-1)!.sizes.keys())
  return openStrata(census, minimum, hasCells ? [...valuesByCell, cells] : valuesByCell)
}

/** `members` has, by kind of stratum and by cell, the stratum that the cell belongs to. */
function openStrata(census: Census, minimum: number, members: readonly Uint32Array[]): Strata {
  const cellSizes = census.levels.at(-1)!.sizes
  const all: CountedStratum[] = []
  const open = members.map((memberOf, dimension) => {
    const sizes = new Uint32Array(census.values[dimension]?.length ?? memberOf.length)
    for (let cell = 0; cell < memberOf.length; cell += 1) sizes[memberOf[cell]!]! += cellSizes[cell]!
    for (let member = 0; member < sizes.length; member += 1) {
      if (sizes[member]! >= minimum) all.push({ dimension, member, size: sizes[member]! })
    }
    return Uint8Array.from(sizes, (size) => (size >= minimum ? 1 : 0))
  })
  const byName = nameOrder(census, members)
  all.sort((a, b) => b.size - a.size || a.dimension - b.dimension || byName(a, b))
  return {
    all,
    lacks: ({ dimension, member }) => open[dimension]![member] === 1,
    gain: (cell) => members.reduce((sum, memberOf, dimension) => sum + open[dimension]![memberOf[cell]!]!, 0),
    take(cell) {
      for (let dimension = 0; dimension < members.length; dimension += 1) {
        open[dimension]![members[dimension]![cell]!] = 0
      }
    },
  }
}

/** Compares strata of one dimension by name; cells value by value. */
function nameOrder(
  { values }: Census,
  members: readonly Uint32Array[],
): (a: CountedStratum, b: CountedStratum) => number {
  const valuesByCell = members.slice(0, values.length)
  return (a, b) => {
    const names = values[a.dimension]
    if (names !== undefined) return byText(names[a.member]!, names[b.member]!)
    for (const [dimension, numbers] of valuesByCell.entries()) {
      const order = byText(values[dimension]![numbers[a.member]!]!, values[dimension]![numbers[b.member]!]!)
      if (order !== 0) return order
    }
    return 0
  }
}

/** Names strata for people: `department Sales`, or `macos, Sales, Berlin, 1.1.3918` for a cell. */
export function stratumNames(census: Census): (stratum: CountedStratum) => string {
  const { by, values } = census
  const valuesByCell = valuesOfCells(census)
  const name = (dimension: number, value: number) => values[dimension]![value] || '(none)'
  return ({ dimension, member }) =>
    dimension < by.length
      ? `${by[dimension]} ${name(dimension, member)}`
      : valuesByCell.map((numbers, at) => name(at, numbers[member]!)).join(', ')
}

/** Looks up the places at which a value stands. */
function grouped(values: Uint32Array, count: number): (value: number) => Uint32Array {
  const sizes = new Uint32Array(count)
  for (const value of values) sizes[value]! += 1
  const starts = startsOf(sizes)
  const next = starts.slice()
  const places = new Uint32Array(values.length)
  for (let place = 0; place < values.length; place += 1) {
    places[next[values[place]!]!++] = place
  }
  return (value) => places.subarray(starts[value]!, starts[value]! + sizes[value]!)
}
