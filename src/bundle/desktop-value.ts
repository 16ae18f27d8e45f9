import type { DesktopKey, DesktopKeyType } from './catalogue/desktop-keys.js'
import { isRecord } from './is-record.js'

/** Why a JSON value does not fit a key. `too-long` is a text over the key's limit. */
export type DesktopValueProblem = 'wrong-type' | 'out-of-range' | 'not-in-enum' | 'too-long'

/** Why a JSON value does not fit a Claude Desktop key, or undefined where it does. */
export function desktopValueProblem(key: DesktopKey, value: unknown): DesktopValueProblem | undefined {
  const types = [key.type, ...(key.alternative === undefined ? [] : [key.alternative])]
  if (types.includes('any')) return undefined
  if (Array.isArray(value)) return listProblem(types, key.members, value)
  const type = types.find((candidate) => hasForm(candidate, value))
  if (type === undefined) return 'wrong-type'
  if (typeof type === 'object') return type.enum.some((allowed) => allowed === value) ? undefined : 'not-in-enum'
  if (typeof value === 'number') return outOfRange(key, value) ? 'out-of-range' : undefined
  // Counted as UTF-16 units, as JavaScript and therefore the app counts.
  return typeof value === 'string' && value.length > (key.longestText ?? Infinity) ? 'too-long' : undefined
}

/**
 * Reads the text form of a value. Returns undefined where the text should be JSON and is not; text that is neither a
 * number nor a boolean comes back as it is, for `desktopValueProblem` to refuse.
 */
export function readDesktopText(key: DesktopKey, text: string): { value: unknown } | undefined {
  const types = [key.type, key.alternative]
  if (key.type === 'boolean') return { value: booleans.get(text) ?? text }
  if (key.type === 'integer' || key.type === 'number') return { value: decimal.test(text) ? Number(text) : text }
  if (key.type === 'any') return { value: text }
  const takesText = types.some((type) => type === 'string' || typeof type === 'object')
  const takesList = types.some((type) => type === 'string[]' || type === 'object[]' || type === 'object')
  if (!takesList || (takesText && !text.startsWith('['))) return { value: text }
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

const booleans = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])
const decimal = /^-?\d{1,15}(?:\.\d{1,15})?$/

function hasForm(type: DesktopKeyType, value: unknown): boolean {
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean'
    case 'integer':
      return Number.isSafeInteger(value)
    case 'number':
      return Number.isFinite(value)
    case 'object':
      return isRecord(value)
    case 'string[]':
    case 'object[]':
      return false
    default:
      return typeof value === 'string'
  }
}

function listProblem(
  types: readonly DesktopKeyType[],
  members: readonly string[] | undefined,
  list: readonly unknown[],
): DesktopValueProblem | undefined {
  const texts = types.includes('string[]')
  const objects = types.includes('object[]')
  if (!texts && !objects) return 'wrong-type'
  if (!list.every((item) => (texts && typeof item === 'string') || (objects && isRecord(item)))) return 'wrong-type'
  const allowed = members === undefined ? undefined : new Set<unknown>(members)
  return allowed === undefined || list.every((item) => allowed.has(item)) ? undefined : 'not-in-enum'
}

function outOfRange(key: DesktopKey, value: number): boolean {
  return value < (key.minimum ?? -Infinity) || value > (key.maximum ?? Infinity) || value <= (key.moreThan ?? -Infinity)
}
