import { byText } from './by-text.js'

/** JSON with sorted keys and no blanks, so that the order in a file does not matter: what digests are made from. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => byText(a, b)))
      : inner,
  )
}
