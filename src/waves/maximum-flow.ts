/** A network of edges; each is two arcs, `2 × edge` forward and `2 × edge + 1` back. */
export interface FlowNetwork {
  /** The node an arc leads to. */
  readonly head: Int32Array
  /** How much more can be pushed along an arc. */
  readonly room: Int32Array
  /** The arcs of node n: from `firstArc[n]` up to `firstArc[n + 1]` in here. */
  readonly arcs: Int32Array
  readonly firstArc: Int32Array
}

/** A network without room on any arc; edges are pairs of nodes. */
export function flowNetwork(nodes: number, edges: readonly (readonly [number, number])[]): FlowNetwork {
  const head = new Int32Array(edges.length * 2)
  const firstArc = new Int32Array(nodes + 1)
  for (const [edge, [from, to]] of edges.entries()) {
    head[2 * edge] = to
    head[2 * edge + 1] = from
    firstArc[from + 1]!++
    firstArc[to + 1]!++
  }
  for (let node = 0; node < nodes; node++) firstArc[node + 1]! += firstArc[node]!
  const arcs = new Int32Array(edges.length * 2)
  const filled = firstArc.slice()
  for (let arc = 0; arc < head.length; arc++) {
    const tail = head[arc ^ 1]!
    arcs[filled[tail]!++] = arc
  }
  return { head, room: new Int32Array(edges.length * 2), arcs, firstArc }
}

/**
 * Pushes as much as possible, at most `limit`, from the source to the sink and returns how much it was; `room` then holds
 * what is left (Dinic: https://cp-algorithms.com/graph/dinic.html, 2026-11-21). No recursion: paths can be long.
 */
export function pushFlow(network: FlowNetwork, source: number, sink: number, limit: number): number {
  const { head, room, arcs, firstArc } = network
  const levels = new Int32Array(firstArc.length - 1)
  const path: number[] = []
  let pushed = 0
  while (pushed < limit && findLevels(network, source, sink, levels)) {
    const next = firstArc.slice()
    let node = source
    for (;;) {
      if (node === sink) {
        let amount = limit - pushed
        for (const arc of path) amount = Math.min(amount, room[arc]!)
        for (const arc of path) {
          room[arc]! -= amount
          room[arc ^ 1]! += amount
        }
        pushed += amount
        if (pushed === limit) return pushed
        path.length = path.findIndex((arc) => room[arc] === 0)
      } else {
        const end = firstArc[node + 1]!
        let at = next[node]!
        while (at < end && (room[arcs[at]!] === 0 || levels[head[arcs[at]!]!] !== levels[node]! + 1)) at++
        next[node] = at
        if (at < end) path.push(arcs[at]!)
        else if (path.pop() === undefined) break
        else levels[node] = -1
      }
      node = path.length === 0 ? source : head[path.at(-1)!]!
    }
    path.length = 0
  }
  return pushed
}

/** How many arcs with room lie between the source and each node, as far as the sink; false if that is out of reach. */
function findLevels({ head, room, arcs, firstArc }: FlowNetwork, source: number, sink: number, levels: Int32Array) {
  levels.fill(-1)
  levels[source] = 0
  const queue = [source]
  for (const node of queue)
    for (let at = firstArc[node]!; at < firstArc[node + 1]!; at++) {
      const arc = arcs[at]!
      const to = head[arc]!
      if (room[arc] === 0 || levels[to] !== -1) continue
      levels[to] = levels[node]! + 1
      if (to === sink) return true
      queue.push(to)
    }
  return false
}
