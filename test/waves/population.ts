import fc from 'fast-check'
import { type Stratum, strata } from '../../src/policy/waves.js'
import type { Candidate } from '../../src/waves/candidate.js'

/** A candidate that goes with the automatic waves. */
export function candidate(id: string, attributes: Partial<Candidate> = {}): Candidate {
  return {
    id,
    platform: 'macos',
    department: '',
    site: '',
    version: '1.1.3918',
    work: [],
    place: 'automatic',
    deviceIds: {},
    ...attributes,
  }
}

export const idsOf = (candidates: readonly Candidate[]) => candidates.map(({ id }) => id)

/** Few values of everything, so that strata of all sizes overlap and tie. */
export const population: fc.Arbitrary<readonly Candidate[]> = fc
  .array(
    fc.record({
      platform: fc.constantFrom('macos', 'macos', 'windows', 'linux'),
      department: fc.constantFrom('', 'Sales', 'Sales', 'Finance', 'Design', 'Ägypten'),
      site: fc.constantFrom('Berlin', 'Berlin', 'Paris', ''),
      version: fc.constantFrom('1.1.3918', '1.1.3918', '1.0.1', ''),
    }),
    { maxLength: 60 },
  )
  .map((list) => list.map((attributes, index) => candidate(`serial:EXAMPLE${index}`, attributes)))

export const orderOptions = fc.record({
  campaign: fc.constantFrom('2026-11 telemetry', 'autumn', 'Ü'),
  by: fc.shuffledSubarray([...strata]) as fc.Arbitrary<Stratum[]>,
  minimum: fc.integer({ min: 1, max: 15 }),
})

/** A thousand endpoints of a company: sizes of departments, sites and versions fall off as they do. */
export function company(size = 1000): readonly Candidate[] {
  const departments = ['Engineering', 'Sales', 'Support', 'Finance', 'Marketing', 'Design', 'Legal', '']
  const sites = ['Berlin', 'Paris', 'London', 'Remote']
  const versions = ['1.1.3918', '1.1.3541', '1.0.3218', '']
  // Steps without a common divisor meet in every combination, the first values of each list most often.
  const at = <T>(list: readonly T[], place: number, of: number) =>
    list[Math.floor(list.length * ((place % of) / of) ** 2)]!
  return Array.from({ length: size }, (_, index) =>
    candidate(`serial:EXAMPLE${index}`, {
      platform: at(['windows', 'macos', 'linux'], index * 7, 101),
      department: at(departments, index * 11, 103),
      site: at(sites, index * 13, 107),
      version: at(versions, index * 17, 109),
    }),
  )
}

/** Twenty thousand endpoints in 180 cells: a fifth has Linux, and every cell with Linux is smaller than any other. */
export function crossed(): readonly Candidate[] {
  const typicalSizes = { windows: 150, macos: 118, linux: 65 }
  const cells = Object.entries(typicalSizes).flatMap(([platform, size]) =>
    Array.from({ length: 5 * 4 * 3 }, (_, cell) => ({
      size: size - 10 + ((cell * 11) % 21),
      attributes: {
        platform: platform as Candidate['platform'],
        department: `Department ${cell % 5}`,
        site: `Site ${Math.floor(cell / 5) % 4}`,
        version: `1.1.${Math.floor(cell / 20)}`,
      },
    })),
  )
  return cells.flatMap(({ size, attributes }, cell) =>
    Array.from({ length: size }, (_, index) => candidate(`serial:EXAMPLE${cell}-${index}`, attributes)),
  )
}
