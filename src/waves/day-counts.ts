import { type Block, completeBlock, crowdNetwork } from './block-flow.js'
import type { Crowd } from './crowd.js'
import { takeFirst } from './first-in-order.js'
import type { FlowNetwork } from './maximum-flow.js'

/**
 * How many days a crowd takes at least: the most that one limit alone asks for. So many are enough: with every cell
 * spread evenly over the days no limit is broken, and what holds for fractions of endpoints holds for whole ones, since
 * the limits are those of a flow (https://en.wikipedia.org/wiki/Maximum_flow_problem, integral flow theorem, 2026-11-21).
 */
export function leastDays(crowd: Crowd): number {
  const all = sizesOf(crowd)
  const daysFor = (loads: Int32Array, limits: readonly number[]) =>
    loads.reduce((days, load, index) => Math.max(days, Math.ceil(load / limits[index]!)), 0)
  return Math.max(
    all.length === 0 ? 0 : 1,
    Math.ceil(sum(all) / crowd.perDay),
    daysFor(loadsOf(all, crowd.departments, crowd.departmentLimits.length), crowd.departmentLimits),
    daysFor(loadsOf(all, crowd.sites, crowd.siteLimits.length), crowd.siteLimits),
  )
}

/**
 * How many endpoints of each cell are attempted on each of `leastDays`. Every day takes as many as it can while the rest
 * still fits into the days after it; first those that come first in the wave, as far as the limits allow.
 *
 * That does not make the sum of the first days the largest there can be for every number of days; nothing can. With
 * `soonest` it does for the number that counts: so many endpoints are reached on the earliest day of any schedule.
 */
export function* countsByDay(crowd: Crowd, soonest?: number): Generator<Int32Array> {
  const all = sizesOf(crowd)
  const days = leastDays(crowd)
  const choose = chooserFor(crowd)
  if (days === 0) return
  const early =
    soonest === undefined ? days : firstWith(soonest, days, (early) => choose.most(all, early, days - early))
  const none = new Int32Array(all.length)
  const first = choose.counts(none, all, early, days - early)
  yield* dayByDay(none, first, early, choose)
  yield* dayByDay(
    first,
    all.map((size, cell) => size - first[cell]!),
    days - early,
    choose,
  )
}

function* dayByDay(
  before: Int32Array,
  waiting: Int32Array,
  days: number,
  choose: ReturnType<typeof chooserFor>,
): Generator<Int32Array> {
  const taken = before.slice()
  const rest = waiting.slice()
  for (let daysAfter = days - 1; daysAfter >= 0; daysAfter--) {
    const counts = choose.counts(taken, rest, 1, daysAfter)
    for (const [cell, count] of counts.entries()) {
      taken[cell]! += count
      rest[cell]! -= count
    }
    yield counts
  }
}

/** The smallest number of days whose most is enough; all days if none before is. */
function firstWith(wanted: number, days: number, mostIn: (days: number) => number): number {
  let [low, high] = [1, days]
  while (low < high) {
    const middle = (low + high) >> 1
    if (mostIn(middle) >= wanted) high = middle
    else low = middle + 1
  }
  return low
}

/** Chooses who of the rest is attempted in the next `days` days, so that the others fit into the `daysAfter`. */
function chooserFor(crowd: Crowd) {
  let network: FlowNetwork | undefined
  const blockOf = (rest: Int32Array, days: number, daysAfter: number): Block => {
    const boundsOf = (groups: Int32Array, limits: readonly number[]) => {
      const loads = loadsOf(rest, groups, limits.length)
      return {
        lower: limits.map((limit, index) => Math.max(0, loads[index]! - limit * daysAfter)),
        upper: limits.map((limit, index) => Math.min(loads[index]!, limit * days)),
      }
    }
    const departments = boundsOf(crowd.departments, crowd.departmentLimits)
    const sites = boundsOf(crowd.sites, crowd.siteLimits)
    return { rest, departments, sites, most: Math.min(crowd.perDay * days, sum(departments.upper), sum(sites.upper)) }
  }
  const complete = (counts: Int32Array, block: Block): Int32Array => {
    const falls = (groups: Int32Array, lower: readonly number[]) => {
      const loads = loadsOf(counts, groups, lower.length)
      return lower.some((least, index) => loads[index]! < least)
    }
    if (
      sum(counts) === block.most &&
      !falls(crowd.departments, block.departments.lower) &&
      !falls(crowd.sites, block.sites.lower)
    )
      return counts
    network ??= crowdNetwork(crowd)
    return completeBlock(counts, block, crowd, network)
  }
  return {
    most(rest: Int32Array, days: number, daysAfter: number): number {
      return sum(complete(new Int32Array(rest.length), blockOf(rest, days, daysAfter)))
    },
    /** `taken` is how many of each cell are gone already. */
    counts(taken: Int32Array, rest: Int32Array, days: number, daysAfter: number): Int32Array {
      if (daysAfter === 0) return rest.slice()
      const block = blockOf(rest, days, daysAfter)
      return complete(takeFirst(crowd, taken, block), block)
    },
  }
}

function sizesOf({ places }: Crowd): Int32Array {
  return Int32Array.from(places, ({ length }) => length)
}

function loadsOf(counts: Int32Array, groups: Int32Array, size: number): Int32Array {
  const loads = new Int32Array(size)
  for (let cell = 0; cell < counts.length; cell++) loads[groups[cell]!]! += counts[cell]!
  return loads
}

function sum(numbers: Int32Array | readonly number[]): number {
  let total = 0
  for (const number of numbers) total += number
  return total
}
