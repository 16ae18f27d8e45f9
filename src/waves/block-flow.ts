import type { Crowd } from './crowd.js'
import { type FlowNetwork, flowNetwork, pushFlow } from './maximum-flow.js'

/** One day, or some days in a row, for which endpoints are chosen. */
export interface Block {
  /** How many of each cell wait. */
  readonly rest: Int32Array
  readonly departments: Bounds
  readonly sites: Bounds
  /** More than this fit under no circumstances. */
  readonly most: number
}

/** How many endpoints of each department, or site, have to be in the block, and can be. */
export interface Bounds {
  readonly lower: readonly number[]
  readonly upper: readonly number[]
}

/**
 * Source → departments → cells → sites → sink, an edge from the sink back to the source that carries the whole block, and
 * for every node an edge from `surplus` and one to `shortage`.
 */
export function crowdNetwork({ departmentLimits, siteLimits, departments, sites }: Crowd): FlowNetwork {
  const nodes = nodesOf(departmentLimits.length, siteLimits.length)
  const inner = Array.from({ length: nodes.surplus }, (_, node) => node)
  return flowNetwork(nodes.shortage + 1, [
    ...departmentLimits.map((_, index) => [nodes.source, nodes.department + index] as const),
    ...Array.from(departments, (index, cell) => [nodes.department + index, nodes.site + sites[cell]!] as const),
    ...siteLimits.map((_, index) => [nodes.site + index, nodes.sink] as const),
    [nodes.sink, nodes.source],
    ...inner.map((node) => [nodes.surplus, node] as const),
    ...inner.map((node) => [node, nodes.shortage] as const),
  ])
}

function nodesOf(departments: number, sites: number) {
  const source = departments + sites
  return { department: 0, site: departments, source, sink: source + 1, surplus: source + 2, shortage: source + 3 }
}

/**
 * Changes counts by cell that break no upper bound so that they keep the lower ones too and are as many as possible: a
 * flow with demands (https://cp-algorithms.com/graph/flow_with_demands.html, 2026-11-21). Each lower bound that is not
 * reached is taken as reached; what then does not add up at its two ends is pushed from one to the other.
 */
export function completeBlock(counts: Int32Array, block: Block, crowd: Crowd, network: FlowNetwork): Int32Array {
  const { rest, departments, sites } = block
  const { room } = network
  const nodes = nodesOf(departments.lower.length, sites.lower.length)
  const ofDepartments = new Int32Array(departments.lower.length)
  const ofSites = new Int32Array(sites.lower.length)
  let chosen = 0
  for (let cell = 0; cell < counts.length; cell++) {
    ofDepartments[crowd.departments[cell]!]! += counts[cell]!
    ofSites[crowd.sites[cell]!]! += counts[cell]!
    chosen += counts[cell]!
  }

  const balance = new Int32Array(nodes.surplus)
  let edge = 0
  const setEdge = (flow: number, lower: number, upper: number) => {
    room[2 * edge] = upper - flow
    room[2 * edge + 1] = flow - lower
    edge++
  }
  const setBounded = (flow: number, lower: number, upper: number, from: number, to: number) => {
    const lacking = Math.max(0, lower - flow)
    balance[from]! -= lacking
    balance[to]! += lacking
    setEdge(flow + lacking, lower, upper)
  }
  for (const [index, lower] of departments.lower.entries())
    setBounded(ofDepartments[index]!, lower, departments.upper[index]!, nodes.source, nodes.department + index)
  const firstCell = edge
  for (const [cell, count] of counts.entries()) setEdge(count, 0, rest[cell]!)
  for (const [index, lower] of sites.lower.entries())
    setBounded(ofSites[index]!, lower, sites.upper[index]!, nodes.site + index, nodes.sink)
  const back = edge
  setEdge(chosen, 0, block.most)
  for (const amount of balance) setEdge(0, 0, Math.max(0, amount))
  for (const amount of balance) setEdge(0, 0, Math.max(0, -amount))

  const owed = balance.reduce((total, amount) => total + Math.max(0, amount), 0)
  if (pushFlow(network, nodes.surplus, nodes.shortage, owed) < owed)
    throw new Error('The rest of a wave does not fit into its days')
  const kept = room[2 * back + 1]!
  room.fill(0, 2 * back, 2 * back + 2)
  pushFlow(network, nodes.source, nodes.sink, block.most - kept)
  return counts.map((_, cell) => room[2 * (firstCell + cell) + 1]!)
}
