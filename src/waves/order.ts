import type { Stratum } from '../policy/waves.js'
import type { Candidate } from './candidate.js'
import { type Census, type Level, startsOf, takeCensus } from './census.js'
import { campaignFraction, hashOrder } from './hash-order.js'
import type { PlanDocument } from './plan-document.js'
import { sortablePairs } from './sortable-pairs.js'
import { allStrata, representatives, stratumNames } from './strata.js'

export interface OrderOptions {
  /** The salt: another one gives another order. */
  readonly campaign: string
  /** What the order is a fair sample of, the most important first; may be empty. */
  readonly by: readonly Stratum[]
  /** A value or a cell of at least so many endpoints has one among the first. */
  readonly minimum: number
}

/**
 * The order in which candidates join the automatic waves: first one endpoint for every value of a dimension (see
 * `representatives`), then the first of every cell that has none yet, then everybody else; the last two as a sample in
 * proportion meets them, so that cells of a small platform do not wait until all larger cells have theirs. A platform
 * whose endpoints share few cells is still behind its share until every cell has one, and catches up afterwards. The
 * order depends on the candidates and the campaign alone, neither on their order nor on the sizes of waves, so that a
 * larger wave only adds. Ids have to be unique, as they are in a scan.
 */
export function orderCandidates(candidates: readonly Candidate[], options: OrderOptions): readonly Candidate[] {
  const census = takeCensus(candidates, options.by)
  const byHash = hashOrder(candidates, options.campaign)
  const firstOfCell = firstRanks(census, byHash)
  const sample = sampleInProportion(census, byHash, options.campaign)
  const ordered: Candidate[] = []
  const isPlaced = new Uint8Array(candidates.length)
  const needsOne = census.levels.at(-1)!.sizes.map((size) => (size >= options.minimum ? 1 : 0))
  const cellAt = (rank: number) => census.cellOf[byHash[rank]!]!
  const place = (rank: number) => {
    isPlaced[rank] = 1
    needsOne[cellAt(rank)] = 0
    ordered.push(candidates[byHash[rank]!]!)
  }
  for (const cell of representatives(census, options.minimum, firstOfCell)) place(firstOfCell[cell]!)
  for (const rank of sample) if (needsOne[cellAt(rank)] === 1) place(rank)
  for (const rank of sample) if (isPlaced[rank] === 0) place(rank)
  return ordered
}

/**
 * How well the first `places` of candidates in any order, those of the first automatic wave, represent the strata: a
 * large one can be missing while smaller ones are not. No more than twenty of the missing ones are named.
 */
export function representation(
  ordered: readonly Candidate[],
  places: number,
  { by, minimum }: Pick<OrderOptions, 'by' | 'minimum'>,
): PlanDocument['strata'] {
  const census = takeCensus(ordered, by)
  const strata = allStrata(census, minimum)
  for (const cell of census.cellOf.subarray(0, places)) strata.take(cell)
  const missing = strata.all.filter((stratum) => strata.lacks(stratum))
  const nameOf = stratumNames(census)
  return {
    by: [...census.by],
    minimum,
    // The largest comes first, so no other missing one reaches this size.
    represented: missing.length === 0 ? minimum : missing[0]!.size + 1,
    strata: strata.all.length,
    missing: missing.slice(0, 20).map((stratum) => ({ stratum: nameOf(stratum), endpoints: stratum.size })),
    missingCount: missing.length,
  }
}

/** By cell, the first of its endpoints by hash; endpoints are named by their rank in the order of hashes. */
function firstRanks({ levels, cellOf }: Census, byHash: Uint32Array): Uint32Array {
  const first = new Uint32Array(levels.at(-1)!.sizes.length)
  for (let rank = byHash.length - 1; rank >= 0; rank -= 1) first[cellOf[byHash[rank]!]!] = rank
  return first
}

/**
 * Nested systematic sampling with random starts (https://en.wikipedia.org/wiki/Systematic_sampling, 2026-11-21).
 * Inside its parent, the j-th of the n endpoints of a node stands at (j − u) / n on a circle, where the campaign and
 * the path of the node give u. Read from an endpoint that the path of the parent picks, the circle says which node is
 * next; the node gives the next of its own sequence. So in every beginning of the parent a node with the share s, one
 * of k, is off that share by less than 1 + s · (k − 2) endpoints; every endpoint has the same chance at every place
 * (without the turn, a department of one would come first half as often as it should); and an endpoint more leaves the
 * sequence of every node that it does not belong to as it was.
 */
function sampleInProportion(census: Census, byHash: Uint32Array, campaign: string): Uint32Array {
  const paths = pathsOf(census)
  const levels = census.levels
  let sequence = inCells(census, byHash)
  for (let depth = levels.length - 1; depth > 0; depth -= 1) {
    const starts = paths[depth]!.map((path) => campaignFraction(campaign, path))
    const turns = paths[depth - 1]!.map((path) => campaignFraction(campaign, `turn\0${path}`))
    sequence = mergeIntoParents(levels[depth]!, levels[depth - 1]!, { sequence, starts, turns })
  }
  return sequence
}

/** The names of a node and of those above it, with their dimensions, by depth and number of the node. */
function pathsOf({ by, values, levels }: Census): readonly (readonly string[])[] {
  const paths: string[][] = [['']]
  for (const [dimension, level] of levels.slice(1).entries()) {
    const above = paths[dimension]!
    const names = values[dimension]!
    paths.push(level.parents.map((parent, node) => `${above[parent]}${by[dimension]}\0${names[level.values[node]!]}\0`))
  }
  return paths
}

/** Ranks grouped by cell; inside a cell they rise. */
function inCells({ levels, cellOf }: Census, byHash: Uint32Array): Uint32Array {
  const next = startsOf(levels.at(-1)!.sizes)
  const sequence = new Uint32Array(byHash.length)
  for (let rank = 0; rank < byHash.length; rank += 1) {
    const cell = cellOf[byHash[rank]!]!
    sequence[next[cell]!] = rank
    next[cell]! += 1
  }
  return sequence
}

/**
 * From ranks grouped by node, each group in its sequence, to ranks grouped by parent. Places on the circle are cut to
 * 32 bits: still another one for each endpoint of a node, and when those of two nodes meet, the rank decides, that is
 * the hash.
 */
function mergeIntoParents(
  { parents, sizes }: Level,
  above: Level,
  given: {
    readonly sequence: Uint32Array
    /** By node and by parent, from 0 to 1. */
    readonly starts: readonly number[]
    readonly turns: readonly number[]
  },
): Uint32Array {
  const { sequence, starts, turns } = given
  const begins = startsOf(above.sizes)
  const circles = sortablePairs(sequence.length)
  const nodeOf = new Uint32Array(sequence.length)
  const filled = begins.slice()
  const nextOf = startsOf(sizes)
  for (let node = 0; node < sizes.length; node += 1) {
    const [parent, size, start] = [parents[node]!, sizes[node]!, starts[node]!]
    for (let j = 1; j <= size; j += 1) {
      const rank = sequence[nextOf[node]! + j - 1]!
      nodeOf[rank] = node
      circles.put(filled[parent]! + j - 1, Math.min(Math.floor(((j - start) / size) * 2 ** 32), 2 ** 32 - 1), rank)
    }
    filled[parent]! += size
  }
  const merged = new Uint32Array(sequence.length)
  for (let parent = 0; parent < begins.length; parent += 1) {
    const [begin, size] = [begins[parent]!, above.sizes[parent]!]
    circles.sort(begin, begin + size)
    const turn = Math.floor(turns[parent]! * size)
    for (let place = 0; place < size; place += 1) {
      const node = nodeOf[circles.low(begin + ((place + turn) % size))]!
      merged[begin + place] = sequence[nextOf[node]!]!
      nextOf[node]! += 1
    }
  }
  return merged
}
