import { contentOfLogs, contentOfSpans } from '../../policy/content-attributes.js'
import { bodyText, contentFields, errorText, identityFields } from '../content-fields.js'
import {
  fieldAttributes,
  looseAttributes,
  looseFields,
  numberAttributes,
  numberFields,
  parameterMembers,
  wordFields,
} from '../fields.js'
import { type Surface, surfaces } from '../surfaces/index.js'

/** Where the values of a surface's fields are: for each column the names to try, as numbers of `AttributeNames`. */
export interface SurfacePlan {
  readonly surface: Surface
  /** One list for each column of words; that of `service` and `event` are not used. */
  readonly words: readonly (readonly number[])[]
  /** Members of `tool_parameters` that fill a column of words that the attributes left empty. */
  readonly parameters: readonly { readonly column: number; readonly members: readonly string[] }[]
  readonly numbers: readonly (readonly number[])[]
  readonly loose: readonly (readonly number[])[]
}

/** Every name of an attribute that is looked at, numbered, so that a record's attributes are gone through once. */
export class AttributeNames {
  readonly numbers = new Map<string, number>()
  /** Bits of `contentFields`, by name of the attribute. */
  readonly contentBits = new Map<string, number>()
  readonly service: number
  readonly event: number
  readonly timestamp: number
  readonly parameters: number
  readonly plans: ReadonlyMap<string, SurfacePlan>

  constructor(identityKeys: readonly string[]) {
    for (const [index, { attributes }] of contentFields.entries()) {
      for (const attribute of attributes) this.contentBits.set(attribute, bitOf(index))
    }
    this.service = this.#number('service.name')
    this.event = this.#number('event.name')
    this.timestamp = this.#number('event.timestamp')
    this.parameters = this.#number('tool_parameters')
    const all = (names: readonly string[]) => names.map((name) => this.#number(name))
    this.plans = new Map(
      surfaces.map((surface) => {
        const names = wordFields.map((field) => surface.attributes[field] ?? fieldAttributes[field])
        const plan: SurfacePlan = {
          surface,
          words: [...names, ...identityKeys.map((key) => [key])].map(all),
          parameters: names.flatMap((list, column) => {
            const members = list.filter((name) => parameterMembers.some((member) => member === name))
            return members.length > 0 ? [{ column, members }] : []
          }),
          numbers: numberFields.map((field) => all(numberAttributes[field])),
          loose: looseFields.map((field) => all(looseAttributes[field])),
        }
        return [surface.service, plan]
      }),
    )
  }

  #number(name: string): number {
    const known = this.numbers.get(name)
    if (known !== undefined) return known
    this.numbers.set(name, this.numbers.size)
    return this.numbers.size - 1
  }
}

function bitOf(index: number): number {
  return (1 << index) >>> 0
}

function bitsOf(names: Iterable<string>): number {
  const wanted = new Set(names)
  return contentFields.reduce((bits, { name }, index) => (wanted.has(name) ? (bits | bitOf(index)) >>> 0 : bits), 0)
}

/** What names a person: in clear or hashed, rather than there or redacted. */
export const identityBits = bitsOf(identityFields.map(({ name }) => name))
/** What may be content of a log record or a span, or name a person; `error` and the body have rules of their own. */
export const logContentBits = (bitsOf(Object.values(contentOfLogs).flat()) | identityBits) >>> 0
export const spanContentBits = (bitsOf(Object.values(contentOfSpans).flat()) | identityBits) >>> 0
export const errorBit = bitsOf([errorText])
export const bodyBit = bitsOf([bodyText])
