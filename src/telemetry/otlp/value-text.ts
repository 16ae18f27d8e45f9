import { toUSVString } from 'node:util'
import { byText } from '../../platform/by-text.js'

export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Deeper values are read as nothing, so that no input can exhaust the stack. */
const mostDepth = 50

/**
 * The text of an attribute's value, as the Collector's exporters write it into a store of texts: `Value.AsString` of
 * https://github.com/open-telemetry/opentelemetry-collector/blob/main/pdata/pcommon/value.go (2026-11-21). A text is
 * itself, a boolean `true` or `false`, a number as in JSON, lists and maps are JSON. '' for what is no value.
 */
export function valueText(value: unknown): string {
  if (!isObject(value)) return ''
  const { stringValue } = value
  if (typeof stringValue === 'string') return toUSVString(stringValue)
  const raw = rawValue(value, 0)
  return raw === null ? '' : typeof raw === 'string' ? raw : goJson(raw)
}

/** As `valueText`, but a list, or a text that is a JSON list, is its members joined by commas. */
export function listText(value: unknown): string {
  const text = valueText(value)
  if (!text.startsWith('[')) return text
  const list = parseOrNothing(text)
  if (!Array.isArray(list)) return text
  return list.map((member) => (typeof member === 'string' ? member : member === null ? '' : goJson(member))).join(',')
}

/** The object that a JSON text is; undefined for every other text. */
export function objectOfText(text: string): JsonObject | undefined {
  const object = parseOrNothing(text)
  return isObject(object) ? object : undefined
}

/** A member that is a text; '' for any other. */
export function memberText(object: JsonObject, member: string): string {
  const found = Object.hasOwn(object, member) ? object[member] : ''
  return typeof found === 'string' ? toUSVString(found) : ''
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An integer that a double cannot hold, so that it has to stay digits. */
class Digits {
  constructor(readonly digits: string) {}
}

/** What a value of OTLP stands for: a plain JSON value, or its digits. */
function rawValue(value: unknown, depth: number): unknown {
  if (!isObject(value) || depth > mostDepth) return null
  const { stringValue, intValue, doubleValue, boolValue, arrayValue, kvlistValue, bytesValue } = value
  if (typeof stringValue === 'string') return toUSVString(stringValue)
  if (typeof intValue === 'number') return Number.isSafeInteger(intValue) ? intValue : null
  if (typeof intValue === 'string') return integer(intValue)
  if (typeof doubleValue === 'number') return doubleValue
  // NaN and the infinities are texts in the JSON form of Protobuf.
  if (typeof doubleValue === 'string') return decimalNumber(doubleValue) ?? doubleValue
  if (typeof boolValue === 'boolean') return boolValue
  if (isObject(arrayValue)) {
    const { values } = arrayValue
    return Array.isArray(values) ? values.map((member) => rawValue(member, depth + 1)) : []
  }
  if (isObject(kvlistValue)) {
    const map = new Map<string, unknown>()
    for (const member of Array.isArray(kvlistValue.values) ? kvlistValue.values : []) {
      if (isObject(member) && typeof member.key === 'string') map.set(member.key, rawValue(member.value, depth + 1))
    }
    return map
  }
  return typeof bytesValue === 'string' ? bytesValue : null
}

function integer(text: string): number | Digits | null {
  if (!/^[+-]?\d{1,20}$/.test(text)) return null
  const number = Number(text)
  return Number.isSafeInteger(number) ? number + 0 : new Digits(BigInt(text.replace('+', '')).toString())
}

/** JSON as Go writes it: members in the order of their names, and no character that HTML could take for markup. */
function goJson(raw: unknown): string {
  if (raw instanceof Digits) return raw.digits
  if (typeof raw === 'number') return Object.is(raw, -0) ? '-0' : String(raw)
  if (Array.isArray(raw)) return `[${raw.map(goJson).join(',')}]`
  if (raw instanceof Map) {
    const members = [...(raw as Map<string, unknown>)].sort(([a], [b]) => byText(a, b))
    return `{${members.map(([key, value]) => `${goJson(key)}:${goJson(value)}`).join(',')}}`
  }
  return JSON.stringify(raw).replace(/[<>&\u2028\u2029]/g, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** The number that a text is in decimal notation; undefined for every other text, and for what no double can hold. */
export function decimalNumber(text: string): number | undefined {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return undefined
  const number = Number(text)
  return Number.isFinite(number) ? number : undefined
}
