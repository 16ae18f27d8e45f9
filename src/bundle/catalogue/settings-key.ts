/**
 * How sure a fact is: read in the official pages, in a newer copy of them (sometimes a translated one), with somebody
 * else, or only in the published JSON Schema.
 */
export type Grade = 'official' | 'newer-official' | 'third-party' | 'schema'

/**
 * Which files a client reads a key from. `global-config` keys live in the client's own `~/.claude.json` and do nothing in
 * any settings file. `unknown` is never "anywhere".
 */
export type KeyScope = 'managed' | 'user-or-managed' | 'user-local-or-managed' | 'any' | 'global-config' | 'unknown'

/** One form a value may take. `any` means that the form was not read, so nothing can be said about a value. */
export type SimpleType =
  | 'boolean'
  | 'string'
  | 'number'
  | 'integer'
  | 'string[]'
  | 'object'
  | 'object[]'
  | 'any'
  | { readonly enum: readonly string[] }
  | { readonly enumArray: readonly string[] }

/** A list means: any of these. */
export type KeyType = SimpleType | readonly SimpleType[]

/**
 * What a client makes of a value it cannot use: `fails-closed` falls to the strictest reading, `fails-open` and
 * `dropped` leave the rule out; `fails-open` says that this is by design.
 */
export type WhenInvalid = 'fails-open' | 'fails-closed' | 'dropped'

/** Where a fact was read, and the day of the copy that was read. */
export interface Origin {
  readonly grade: Grade
  readonly source: string
  readonly checked: string
}

/** One key path of Claude Code's settings. */
export interface SettingsKey extends Origin {
  /** Joined with dots; no key name has a dot of its own. */
  readonly path: string
  readonly type: KeyType
  readonly scope: KeyScope
  /** The first client version that reads it, where one was stated. */
  readonly since?: string
  /** The last version whose reference was read without the key: it came later, but nobody said when. */
  readonly newerThan?: string
  /** A newer second name of a top-level key; where both stand, the key's own name counts. */
  readonly alias?: string
  readonly aliasSince?: string
  /** Cannot be carried by the server-managed channel. */
  readonly machineOnly?: true
  /** Only these values cannot be carried by it. */
  readonly machineOnlyValues?: readonly string[]
  /** The command line client ignores the key. */
  readonly readBy?: 'desktop'
  /**
   * Absent: the value is dropped and the rest of the file stays in force.
   * Source: https://code.claude.com/docs/en/managed-settings (2026-08-22; with a version: 2026-09-01).
   */
  readonly whenInvalid?: { readonly result: WhenInvalid; readonly since?: string }
  /** Free-form inside: the names there are the administrator's, or are checked by rules of their own. */
  readonly open?: true
  readonly minimum?: number
  readonly maximum?: number
  readonly mostItems?: number
  readonly deprecatedSince?: string
  /** The key to use instead. */
  readonly replacedBy?: string
  /** The first version that no longer reads it. */
  readonly removed?: string
  readonly note?: string
}

/** The snapshot of the official reference that was read whole: 210 key paths, Claude Code 2.1.240. */
export const settingsReference: Origin = {
  grade: 'official',
  source: 'https://code.claude.com/docs/en/settings-reference',
  checked: '2026-08-22',
}

/** Keys that were read in one place, sorted by path. */
export function keysFrom(origin: Origin, keys: readonly Omit<SettingsKey, keyof Origin>[]): readonly SettingsKey[] {
  return keys.map((key) => ({ ...key, ...origin }))
}

/** What is wrong with a value, or undefined when nothing is known to be. */
export type ValueProblem = 'wrong-type' | 'below-minimum' | 'above-maximum' | 'too-many-items'

/** Checks a value against a key's type and bounds. What is inside an object is not looked at. */
export function valueProblem(key: SettingsKey, value: unknown): ValueProblem | undefined {
  if (!fitsType(value, key.type)) return 'wrong-type'
  if (typeof value === 'number') {
    if (key.minimum !== undefined && value < key.minimum) return 'below-minimum'
    if (key.maximum !== undefined && value > key.maximum) return 'above-maximum'
  }
  if (Array.isArray(value) && key.mostItems !== undefined && value.length > key.mostItems) return 'too-many-items'
  return undefined
}

/** Whether a value has the type. `any` fits everything. */
export function fitsType(value: unknown, type: KeyType): boolean {
  return simpleTypes(type).some((simple) => fitsSimpleType(value, simple))
}

/** The type in words, such as `a boolean`, `"disable"` or `a text or a list of texts`. */
export function describeType(type: KeyType): string {
  return simpleTypes(type).map(describeSimpleType).join(' or ')
}

/** The forms a type allows, one by one. */
export function simpleTypes(type: KeyType): readonly SimpleType[] {
  return isList(type) ? type : [type]
}

// Array.isArray does not narrow a readonly array out of a union.
function isList(type: KeyType): type is readonly SimpleType[] {
  return Array.isArray(type)
}

function fitsSimpleType(value: unknown, type: SimpleType): boolean {
  if (typeof type === 'object') {
    if ('enum' in type) return typeof value === 'string' && type.enum.includes(value)
    return Array.isArray(value) && value.every((item) => typeof item === 'string' && type.enumArray.includes(item))
  }
  switch (type) {
    case 'any':
      return true
    case 'boolean':
    case 'string':
      return typeof value === type
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
    case 'integer':
      return Number.isInteger(value)
    case 'string[]':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
    case 'object':
      return isRecord(value)
    case 'object[]':
      return Array.isArray(value) && value.every(isRecord)
  }
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const typeWords = {
  any: 'any value',
  boolean: 'a boolean',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  'string[]': 'a list of texts',
  object: 'an object',
  'object[]': 'a list of objects',
} as const

function describeSimpleType(type: SimpleType): string {
  if (typeof type === 'string') return typeWords[type]
  const words = ('enum' in type ? type.enum : type.enumArray).map((word) => JSON.stringify(word)).join(', ')
  return 'enum' in type ? words.replace(/, (?=[^,]*$)/, ' or ') : `a list of ${words}`
}
