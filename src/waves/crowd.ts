import type { Candidate } from './candidate.js'

/** Endpoints that wait for their day, by cell: those of one department at one site. */
export interface Crowd {
  readonly perDay: number
  /** How many endpoints of each department fit into a day, and of each site; may be infinite. */
  readonly departmentLimits: readonly number[]
  readonly siteLimits: readonly number[]
  /** Of each cell. */
  readonly departments: Int32Array
  readonly sites: Int32Array
  /** The places of the endpoints of each cell in the wave, rising. */
  readonly places: readonly Int32Array[]
}

interface Groups {
  /** By place in the wave. */
  readonly of: Int32Array
  readonly limits: readonly number[]
}

/** The endpoints of a wave by cell; limits are asked for by the name of a department, or site, in the form of `groupName`. */
export function crowdOf(
  candidates: readonly Candidate[],
  limits: {
    readonly perDay: number
    readonly ofDepartment: (name: string) => number
    readonly ofSite: (name: string) => number
  },
): Crowd {
  const departments = groupsOf(candidates, ({ department }) => department, limits.ofDepartment)
  const sites = groupsOf(candidates, ({ site }) => site, limits.ofSite)
  const cells = new Map<number, number[]>()
  for (let place = 0; place < candidates.length; place++) {
    const cell = departments.of[place]! * sites.limits.length + sites.of[place]!
    const places = cells.get(cell)
    if (places !== undefined) places.push(place)
    else cells.set(cell, [place])
  }
  return {
    perDay: limits.perDay,
    departmentLimits: departments.limits,
    siteLimits: sites.limits,
    departments: Int32Array.from(cells.keys(), (cell) => Math.floor(cell / sites.limits.length)),
    sites: Int32Array.from(cells.keys(), (cell) => cell % sites.limits.length),
    places: Array.from(cells.values(), (places) => new Int32Array(places)),
  }
}

/** Groups that are smaller than their limit are all one group without a limit: fewer cells to look at. */
function groupsOf(
  candidates: readonly Candidate[],
  nameOf: (candidate: Candidate) => string,
  limitOf: (name: string) => number,
): Groups {
  const byText = new Map<string, number>()
  const byName = new Map<string, number>()
  const loads: number[] = []
  const of = new Int32Array(candidates.length)
  for (let place = 0; place < candidates.length; place++) {
    const text = nameOf(candidates[place]!)
    let group = byText.get(text)
    if (group === undefined) {
      group = byName.get(groupName(text)) ?? loads.push(0) - 1
      byName.set(groupName(text), group)
      byText.set(text, group)
    }
    loads[group]!++
    of[place] = group
  }
  const limits = [Number.POSITIVE_INFINITY]
  const merged = Array.from(byName, ([name, group]) => {
    const limit = limitOf(name)
    return loads[group]! > limit ? limits.push(limit) - 1 : 0
  })
  return { of: of.map((group) => merged[group]!), limits }
}

/** Departments and sites are the same without regard to case and surrounding blanks. */
export function groupName(text: string): string {
  return text.trim().toLowerCase()
}
