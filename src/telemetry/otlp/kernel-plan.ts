import { type KernelAttribute, role } from '../../kernel/otlp-kernel.js'
import { bodyText, contentFields } from '../content-fields.js'
import { looseFields, numberFields, wordFields } from '../fields.js'
import type { AttributeNames, SurfacePlan } from './attribute-names.js'

/** How a text becomes the word of a column. */
export const reading = { plain: 0, list: 1, event: 2 } as const

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

const serviceColumn = wordFields.indexOf('service')
export const eventColumn = wordFields.indexOf('event')
const listColumns: ReadonlySet<number> = new Set([wordFields.indexOf('groups'), wordFields.indexOf('settingsSources')])

/** The attributes that the kernel looks for, with the same numbers as in `names`; then those that only hold content. */
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
    const bit = contentFields.findIndex((field) => field.name === name && name !== bodyText)
    const roles =
      (words.has(number) ? role.word : 0) |
      (numbers.has(number) ? role.number : 0) |
      (loose.has(number) ? role.loose : 0) |
      (bit >= 0 ? role.content : 0) |
      (number === names.parameters ? role.parameters : 0) |
      (number === names.service ? role.service : 0)
    return { name, roles, bit: Math.max(bit, 0) }
  })
}

export function kernelPlan(plan: SurfacePlan, attributes: number): KernelPlan {
  const words = plan.words.map((names, column) => (column === serviceColumn ? [] : names))
  return {
    plan,
    words: targets(words, attributes, (column) =>
      listColumns.has(column) ? reading.list : column === eventColumn ? reading.event : reading.plain,
    ),
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
