import type { Block } from './block-flow.js'
import type { Crowd } from './crowd.js'

/**
 * Takes endpoints in the order of the wave until the block is full, passing over whoever's department or site is. Returns
 * how many of each cell; `taken` is how many of each are gone already.
 */
export function takeFirst({ departments, sites, places }: Crowd, taken: Int32Array, block: Block): Int32Array {
  const { rest } = block
  const counts = new Int32Array(places.length)
  const departmentRoom = block.departments.upper.slice()
  const siteRoom = block.sites.upper.slice()
  const placeOf = (cell: number) => places[cell]![taken[cell]! + counts[cell]!]!
  const heap = heapOf(
    Array.from(places, (_, cell) => cell).filter((cell) => rest[cell]! > 0),
    placeOf,
  )
  for (let left = block.most; left > 0 && heap.length > 0; ) {
    const cell = heap[0]!
    const fits = departmentRoom[departments[cell]!]! > 0 && siteRoom[sites[cell]!]! > 0
    if (fits) {
      counts[cell]!++
      departmentRoom[departments[cell]!]!--
      siteRoom[sites[cell]!]!--
      left--
    }
    if (!fits || counts[cell] === rest[cell]) dropFirst(heap)
    sink(heap, 0, placeOf)
  }
  return counts
}

/** Makes a binary heap of cells: each comes before the two at twice its index plus one and plus two. */
function heapOf(cells: number[], placeOf: (cell: number) => number): number[] {
  for (let at = (cells.length >> 1) - 1; at >= 0; at--) sink(cells, at, placeOf)
  return cells
}

function dropFirst(heap: number[]): void {
  const last = heap.pop()
  if (heap.length > 0) heap[0] = last!
}

function sink(heap: number[], start: number, placeOf: (cell: number) => number): void {
  const cell = heap[start]
  if (cell === undefined) return
  const place = placeOf(cell)
  let at = start
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && placeOf(heap[child + 1]!) < placeOf(heap[child]!)) child++
    if (placeOf(heap[child]!) > place) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = cell
}
