import { exitCode, Failure } from '../../platform/failure.js'
import { safeText } from '../../platform/safe-text.js'
import { isRecord } from '../is-record.js'
import { formatDepthLimit, type KeyPath, keyPathText } from './read-format.js'

/** What a format can hold. A function returns why not, in words that end a sentence, or undefined if it can. */
export interface WritableRules {
  /** The code of the Failure, such as `not-in-xml`. */
  readonly code: string
  /** The format's name in messages. */
  readonly format: string
  text(text: string): string | undefined
  number(value: number): string | undefined
  readonly null: boolean
  /** Whether keys with the value undefined are left out by the writer. */
  readonly undefinedKeys: boolean
}

/** Throws a Failure that names the key path of the first thing that the format cannot hold. */
export function checkWritable(value: unknown, rules: WritableRules): void {
  check(value, [], rules)
}

function check(value: unknown, path: KeyPath, rules: WritableRules): void {
  if (typeof value === 'boolean' || (value === null && rules.null)) return
  if (typeof value === 'string' || typeof value === 'number') {
    const reason = typeof value === 'string' ? rules.text(value) : rules.number(value)
    if (reason !== undefined) throw unwritable(rules, path, reason)
    return
  }
  if (path.length >= formatDepthLimit) throw unwritable(rules, path, `more than ${formatDepthLimit} levels`)
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) check(value[index], [...path, index], rules)
  } else if (isRecord(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined && rules.undefinedKeys) continue
      const reason = rules.text(key)
      if (reason !== undefined) throw unwritable(rules, [...path, key], reason)
      check(item, [...path, key], rules)
    }
  } else throw unwritable(rules, path, 'a value of this type')
}

function unwritable(rules: WritableRules, path: KeyPath, reason: string): Failure {
  const where = path.length === 0 ? 'The value' : `The setting at ${safeText(keyPathText(path))}`
  return new Failure(
    exitCode.inputRefused,
    rules.code,
    `${where} cannot be written: ${rules.format} cannot hold ${reason}.`,
    {
      tryThis: ['Change the value there.'],
    },
  )
}

/** A code unit of half a character, which no UTF-8 file can hold. */
export const loneSurrogate = /\p{Surrogate}/u
