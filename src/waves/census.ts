import type { Stratum } from '../policy/waves.js'
import type { Candidate } from './candidate.js'

/**
 * Candidates counted as a tree: under the root the values of the first dimension, under each of these the values of the
 * second, and so on; the nodes at the bottom are the cells. Numbers stand in typed arrays, because there can be a
 * million candidates and as many cells.
 */
export interface Census {
  /** Each dimension once, in the order asked. */
  readonly by: readonly Stratum[]
  /** By dimension, then by number of the value. */
  readonly values: readonly (readonly string[])[]
  /** By depth, the root first: one level more than there are dimensions. */
  readonly levels: readonly Level[]
  /** Number of the cell by candidate. */
  readonly cellOf: Uint32Array
}

/** The nodes of one depth; lists are by number of the node. */
export interface Level {
  readonly parents: readonly number[]
  /** The value that tells a node from the others of its parent. */
  readonly values: readonly number[]
  readonly sizes: Uint32Array
}

/** Counts the candidates by these dimensions. */
export function takeCensus(candidates: readonly Candidate[], by: readonly Stratum[]): Census {
  const dimensions = [...new Set(by)]
  const root: Level = { parents: [0], values: [0], sizes: Uint32Array.of(candidates.length) }
  const levels = [root]
  const values: string[][] = []
  const nodeOf = new Uint32Array(candidates.length)
  let byNode = Uint32Array.from(nodeOf.keys())
  for (const dimension of dimensions) {
    const { names, numbers } = numbered(candidates, dimension)
    const level = divide(numbers, names.length, byNode, nodeOf)
    values.push(names)
    levels.push(level)
    byNode = regrouped(byNode, nodeOf, level.sizes)
  }
  return { by: dimensions, values, levels, cellOf: nodeOf }
}

/** The values of a dimension, and the number of its value for every candidate. */
function numbered(candidates: readonly Candidate[], dimension: Stratum): { names: string[]; numbers: Uint32Array } {
  const known = new Map<string, number>()
  const numbers = new Uint32Array(candidates.length)
  for (let index = 0; index < numbers.length; index += 1) {
    const name = candidates[index]![dimension]
    let number = known.get(name)
    if (number === undefined) {
      number = known.size
      known.set(name, number)
    }
    numbers[index] = number
  }
  return { names: [...known.keys()], numbers }
}

/**
 * Divides every node by the values of a dimension, and moves `nodeOf` down to the new nodes. `byNode` lists the
 * candidates of one node after those of another, so that one mark for each value is enough: a Map of pairs takes five
 * times as long for a million.
 */
function divide(numbers: Uint32Array, valueCount: number, byNode: Uint32Array, nodeOf: Uint32Array): Level {
  const parents: number[] = []
  const values: number[] = []
  const sizes: number[] = []
  const nodeWith = new Uint32Array(valueCount)
  const seenIn = new Int32Array(valueCount).fill(-1)
  for (const index of byNode) {
    const [parent, value] = [nodeOf[index]!, numbers[index]!]
    if (seenIn[value] !== parent) {
      seenIn[value] = parent
      nodeWith[value] = parents.push(parent) - 1
      values.push(value)
      sizes.push(0)
    }
    const node = nodeWith[value]!
    nodeOf[index] = node
    sizes[node]! += 1
  }
  return { parents, values, sizes: Uint32Array.from(sizes) }
}

function regrouped(byNode: Uint32Array, nodeOf: Uint32Array, sizes: Uint32Array): Uint32Array<ArrayBuffer> {
  const next = startsOf(sizes)
  const grouped = new Uint32Array(byNode.length)
  for (const index of byNode) {
    const node = nodeOf[index]!
    grouped[next[node]!] = index
    next[node]! += 1
  }
  return grouped
}

/** By dimension, the number of the value of every cell. */
export function valuesOfCells({ levels }: Census): readonly Uint32Array[] {
  const bottom = levels.at(-1)!
  let nodes = Uint32Array.from(bottom.sizes.keys())
  const found: Uint32Array[] = []
  for (const { parents, values } of levels.slice(1).reverse()) {
    found.unshift(nodes.map((node) => values[node]!))
    nodes = nodes.map((node) => parents[node]!)
  }
  return found
}

/** Where each group begins when all of them stand one after the other. */
export function startsOf(sizes: Uint32Array): Uint32Array {
  const starts = new Uint32Array(sizes.length)
  for (let group = 1; group < sizes.length; group += 1) starts[group] = starts[group - 1]! + sizes[group - 1]!
  return starts
}
