import { redactedText } from '../../policy/content-attributes.js'
import { hashMark } from '../content-fields.js'
import { type AttributeNames, identityBits } from './attribute-names.js'
import { isObject, valueText } from './value-text.js'

/** The attributes of one record or resource, as far as they are looked at. Used again for the next one. */
export class AttributeValues {
  /** By number of the name: the value of its FIRST occurrence, as a subscript of a Map in ClickHouse gives it. */
  readonly #values: unknown[]
  readonly #set: number[] = []
  /** Bits of `contentFields`, of ALL occurrences: content is content wherever it stands. */
  present = 0
  redacted = 0

  constructor(private readonly names: AttributeNames) {
    this.#values = new Array<unknown>(names.numbers.size).fill(undefined)
  }

  clear(): void {
    for (const number of this.#set) this.#values[number] = undefined
    this.#set.length = 0
    this.present = 0
    this.redacted = 0
  }

  /** Takes a list of `{ key, value }`; what has another form is passed over. */
  read(attributes: unknown): void {
    this.clear()
    if (!Array.isArray(attributes)) return
    for (const attribute of attributes) {
      if (!isObject(attribute) || typeof attribute.key !== 'string') continue
      const number = this.names.numbers.get(attribute.key)
      if (number !== undefined && this.#values[number] === undefined) {
        // Null keeps the place: a first occurrence without a value is still the first.
        this.#values[number] = attribute.value ?? null
        this.#set.push(number)
      }
      const bit = this.names.contentBits.get(attribute.key)
      if (bit !== undefined) this.#content(bit, attribute.value)
    }
  }

  /** Adds the content of the attributes of a span's event; their values are not kept, and name nobody. */
  readContent(attributes: unknown): void {
    if (!Array.isArray(attributes)) return
    for (const attribute of attributes) {
      if (!isObject(attribute) || typeof attribute.key !== 'string') continue
      const bit = this.names.contentBits.get(attribute.key)
      if (bit !== undefined && (bit & identityBits) === 0) this.#content(bit, attribute.value)
    }
  }

  #content(bit: number, value: unknown): void {
    const text = valueText(value)
    const hidden = (bit & identityBits) === 0 ? text === redactedText : text.startsWith(hashMark)
    if (hidden) this.redacted = (this.redacted | bit) >>> 0
    else if (text !== '') this.present = (this.present | bit) >>> 0
  }

  value(number: number): unknown {
    return this.#values[number]
  }

  /** The text of a name; '' where it is not there. */
  text(number: number): string {
    const value = this.#values[number]
    return value === undefined ? '' : valueText(value)
  }
}
