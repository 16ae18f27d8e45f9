import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Crowd } from '../../src/waves/crowd.js'
import { takeFirst } from '../../src/waves/first-in-order.js'

const departments = Int32Array.of(0, 0, 0, 1, 1, 2, 2, 2)
const sites = Int32Array.of(0, 1, 2, 0, 2, 0, 1, 2)
const rooms = fc.array(fc.nat(6), { minLength: 3, maxLength: 3 })

describe('whoever is first in the wave', () => {
  it('is taken as a walk along the wave would', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(7), { maxLength: 40 }),
        fc.nat(12),
        rooms,
        rooms,
        fc.nat(3),
        (wave, most, ...more) => {
          const [ofDepartments, ofSites, gone] = more
          const places = Array.from(departments, (_, cell) => placesOf(wave, cell))
          const taken = Int32Array.from(places, ({ length }) => Math.min(gone, length))
          const rest = Int32Array.from(places, ({ length }, cell) => length - taken[cell]!)
          const crowd: Crowd = { perDay: most, departmentLimits: [], siteLimits: [], departments, sites, places }
          const bounds = (upper: number[]) => ({ lower: [0, 0, 0], upper })
          const block = { rest, departments: bounds(ofDepartments), sites: bounds(ofSites), most }
          expect(takeFirst(crowd, taken, block)).toEqual(walk(wave, taken, most, [...ofDepartments], [...ofSites]))
        },
      ),
    )
  })
})

function placesOf(wave: readonly number[], cell: number): Int32Array {
  return Int32Array.from(wave.flatMap((one, place) => (one === cell ? [place] : [])))
}

function walk(wave: readonly number[], taken: Int32Array, most: number, ofDepartments: number[], ofSites: number[]) {
  const counts = new Int32Array(departments.length)
  const gone = taken.slice()
  let left = most
  for (const cell of wave) {
    const department = departments[cell]!
    const site = sites[cell]!
    if (gone[cell]! > 0) gone[cell]!--
    else if (left > 0 && ofDepartments[department]! > 0 && ofSites[site]! > 0) {
      counts[cell]!++
      ofDepartments[department]!--
      ofSites[site]!--
      left--
    }
  }
  return counts
}
