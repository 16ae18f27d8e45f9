import { type KernelAttribute, role } from '../../kernel/otlp-kernel.js'
import { contentFields } from '../content-fields.js'
import { looseFields, numberFields } from '../fields.js'
import { type AttributeNames, identityBits, type SurfacePlan } from './attribute-names.js'
import { eventColumn, isOfEveryRecord, listColumns, serviceColumn } from './word-columns.js'

/** How a text becomes the word of a column. */
export const reading = { plain: 0, list: 1, event: 2 } as const
/** Added to how a text is read: not before it is known that the event needs the column. */
export const deferred = 4

/**
 * Where the values of attributes go, for one surface. Of attribute `a`, the targets are the triples in `list` from
 * `first[a]` to `first[a + 1]`: column, rank among the attributes that may fill it (0 wins), and how it is read. The rank
 * carries `shared` where others may fill the same column.
 */
export interface Targets {
  readonly first: Int32Array
  readonly list: Int32Array
}
export const shared = 256

export interface KernelPlan {
  readonly plan: SurfacePlan
  readonly words: Targets
  readonly numbers: Targets
  readonly loose: Targets
}

/** The attributes that the kernel looks for, with the same numbers as in `names`; then those that only have bits of content. */
export function kernelAttributes(names: AttributeNames): readonly KernelAttribute[] {
  const attributes = [
    ...names.numbers.keys(),
    ...[...names.contentBits.keys()].filter((name) => !names.numbers.has(name)),
  ]
  const words = new Set<number>()
  const numbers = new Set<number>()
  const loose = new Set<number>()
  for (const plan of names.plans.values()) {
    for (const number of plan.words.flat()) words.add(number)
    for (const number of plan.numbers.flat()) numbers.add(number)
    for (const number of plan.loose.flat()) loose.add(number)
  }
  return attributes.map((name, number) => {
    const bits = names.contentBits.get(name) ?? 0
    const bit = contentFields.findIndex((field) => field.attributes.includes(name))
    const roles =
      (words.has(number) ? role.word : 0) |
      (numbers.has(number) ? role.number : 0) |
      (loose.has(number) ? role.loose : 0) |
      (bits === 0 ? 0 : (bits & identityBits) === 0 ? role.content : role.identity) |
      (number === names.parameters ? role.parameters : 0) |
      (number === names.service ? role.service : 0)
    return { name, roles, bit: Math.max(bit, 0) }
  })
}

export function kernelPlan(plan: SurfacePlan, attributes: number): KernelPlan {
  const words = plan.words.map((names, column) => (column === serviceColumn ? [] : names))
  return {
    plan,
    words: targets(words, attributes, (column) => {
      const way = listColumns.has(column) ? reading.list : column === eventColumn ? reading.event : reading.plain
      return isOfEveryRecord(column) ? way : way + deferred
    }),
    numbers: targets(plan.numbers.slice(0, numberFields.length), attributes),
    loose: targets(plan.loose.slice(0, looseFields.length), attributes),
  }
}

function targets(
  columns: readonly (readonly number[])[],
  attributes: number,
  readingOf: (column: number) => number = () => reading.plain,
): Targets {
  const first = new Int32Array(attributes + 1)
  const list: number[] = []
  for (let attribute = 0; attribute < attributes; attribute++) {
    first[attribute] = list.length
    for (const [column, names] of columns.entries()) {
      const rank = names.indexOf(attribute)
      if (rank >= 0) list.push(column, names.length > 1 ? rank | shared : rank, readingOf(column))
    }
  }
  first[attributes] = list.length
  return { first, list: Int32Array.from(list) }
}
