/** The member at the path, own properties of objects only; undefined if anything on the way is missing. */
export function field(value: unknown, ...path: string[]): unknown {
  let at = value
  for (const name of path) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.hasOwn(at, name)) return undefined
    at = (at as Record<string, unknown>)[name]
  }
  return at
}

/** A member as text: strings as they are, whole numbers in decimal unless they may have lost digits. */
export function textField(value: unknown, ...path: string[]): string | undefined {
  const found = field(value, ...path)
  if (typeof found === 'string') return found
  return Number.isSafeInteger(found) ? String(found) : undefined
}

/** A member as a list; a lone object is a list of one, because XML-to-JSON converters write it so. */
export function listField(value: unknown, ...path: string[]): readonly unknown[] {
  const found = field(value, ...path)
  if (Array.isArray(found)) return found
  return typeof found === 'object' && found !== null ? [found] : []
}

/** True for a number so large that JSON.parse may have changed its digits. */
export function unsafeNumber(value: unknown): boolean {
  return typeof value === 'number' && !(Math.abs(value) <= Number.MAX_SAFE_INTEGER)
}
