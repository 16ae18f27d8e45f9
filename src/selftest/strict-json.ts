import { isRecord } from '../bundle/is-record.js'

/** A value that was read; or that the text is no JSON. */
export type StrictJson = { readonly value: unknown } | 'no-json'

/** Reads RFC 8259 JSON, with or without a byte order mark. What is no UTF-8 stands as U+FFFD, since clients do not refuse it. */
export function parseStrictJson(bytes: Uint8Array): StrictJson {
  try {
    // Parsed to be looked at by own names only: `__proto__` is a name like any other then.
    return { value: JSON.parse(new TextDecoder('utf-8').decode(bytes)) as unknown }
  } catch {
    return 'no-json'
  }
}

/** Whether there is a value. */
export function isStrict(read: StrictJson): read is { readonly value: unknown } {
  return read !== 'no-json'
}

/** A member of an object, by its own name; undefined of everything else. */
export function memberOf(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

/** The members of an object; none of everything else. */
export function membersOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isRecord(value) ? Object.entries(value) : []
}

/** The items of a list; none of everything else. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
