import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flowNetwork, pushFlow } from '../../src/waves/maximum-flow.js'

const nodes = 6
const anyEdges = fc.array(fc.tuple(fc.nat(nodes - 1), fc.nat(nodes - 1), fc.nat(9)), { maxLength: 20 })

function networkOf(edges: readonly (readonly [number, number, number])[]) {
  const network = flowNetwork(
    nodes,
    edges.map(([from, to]) => [from, to]),
  )
  for (const [edge, [, , capacity]] of edges.entries()) network.room[2 * edge] = capacity
  return network
}

/** By every way to cut the source off from the sink. */
function leastCut(edges: readonly (readonly [number, number, number])[]): number {
  let least = Number.POSITIVE_INFINITY
  for (let side = 0; side < 1 << nodes; side++) {
    const isOnSide = (node: number) => ((side >> node) & 1) === 1
    if (!isOnSide(0) || isOnSide(nodes - 1)) continue
    const cut = edges.filter(([from, to]) => isOnSide(from) && !isOnSide(to))
    least = Math.min(
      least,
      cut.reduce((sum, [, , capacity]) => sum + capacity, 0),
    )
  }
  return least
}

describe('a flow', () => {
  it('is as large as the least cut', () => {
    fc.assert(
      fc.property(anyEdges, (edges) => {
        expect(pushFlow(networkOf(edges), 0, nodes - 1, Number.POSITIVE_INFINITY)).toBe(leastCut(edges))
      }),
    )
  })

  it('keeps what flows in and out of every node, the capacities and the limit', () => {
    fc.assert(
      fc.property(anyEdges, fc.nat(20), (edges, limit) => {
        const network = networkOf(edges)
        const pushed = pushFlow(network, 0, nodes - 1, limit)
        expect(pushed).toBe(Math.min(limit, leastCut(edges)))
        const balance = new Array<number>(nodes).fill(0)
        for (const [edge, [from, to, capacity]] of edges.entries()) {
          const flow = network.room[2 * edge + 1]!
          expect(flow >= 0 && flow <= capacity && flow + network.room[2 * edge]! === capacity).toBe(true)
          balance[from]! -= flow
          balance[to]! += flow
        }
        expect(balance).toEqual([0 - pushed, 0, 0, 0, 0, pushed])
      }),
    )
  })

  it('finds a way of a hundred thousand nodes', () => {
    const length = 100_000
    const network = flowNetwork(
      length,
      Array.from({ length: length - 1 }, (_, node) => [node, node + 1] as const),
    )
    for (let edge = 0; edge < length - 1; edge++) network.room[2 * edge] = 3
    expect(pushFlow(network, 0, length - 1, 10)).toBe(3)
  })
})
