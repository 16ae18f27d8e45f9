import { foldSerial, serialProblem } from '../../inventory/serial-number.js'
import { guardFormula } from '../../platform/csv-cell.js'
import { safeText } from '../../platform/safe-text.js'
import type { Candidate } from '../candidate.js'
import type { LeftOutReason, NumberOfAnother, OwnSerial, WaveMembers } from './group-file.js'

const allDigits = /^\d+$/
const marks = /[\s,;"'`]|^#/u

/** What the members of all waves say of each other's serial numbers and names. */
export interface Identities {
  readonly serial: (member: Candidate) => OwnSerial
  readonly numberOfAnother: NumberOfAnother
}

/**
 * Looks at the members of all waves together: a serial number that two of them bear stands for neither, whatever the
 * inventory made of it, and a number that is somebody's name must not be given as the id of somebody else.
 */
export function identitiesOf(waves: readonly WaveMembers[]): Identities {
  const seen = new Set<string>()
  const repeated = new Set<string>()
  const numbers = new Map<string, number>()
  for (const { members } of waves)
    for (const { serial, hostname } of members) {
      for (const text of [serial, hostname])
        if (text !== undefined && allDigits.test(text)) numbers.set(text, (numbers.get(text) ?? 0) + 1)
      if (!serial) continue
      const folded = foldSerial(serial)
      if (seen.has(folded)) repeated.add(folded)
      else seen.add(folded)
    }
  return {
    serial({ serial, place }) {
      if (!serial) return { reason: 'no-serial' }
      const folded = foldSerial(serial)
      if (place === 'no-identity' || repeated.has(folded)) return { reason: 'shared-serial' }
      return serialProblem(folded) === undefined ? { serial } : { reason: 'unusable-serial' }
    },
    numberOfAnother(number, { serial, hostname }) {
      const own = Number(serial === number) + Number(hostname === number)
      return (numbers.get(number) ?? 0) > own
    },
  }
}

/**
 * Why a serial number cannot stand in an import file that is read line by line, or undefined where it can. What a
 * spreadsheet would run cannot be guarded there: the guard would make it the serial number of nobody.
 */
export function lineProblem(serial: string): LeftOutReason | undefined {
  if (safeText(serial) !== serial) return 'invisible'
  if (guardFormula(serial) !== serial) return 'formula'
  return marks.test(serial) ? 'mark' : undefined
}

/** Whether importers that take ids beside serial numbers would read this serial number as an id. */
export function looksLikeNumber(serial: string): boolean {
  return allDigits.test(serial)
}
