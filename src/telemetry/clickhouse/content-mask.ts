import { contentOfLogs, contentOfSpans, eventsWithErrorText, redactedText } from '../../policy/content-attributes.js'
import { bodyText, contentFields, errorText, eventNameForm, hashMark, identityFields } from '../content-fields.js'
import { list, literal } from './columns.js'
import type { RecordTable } from './schema.js'

/**
 * SQL of what a record holds of content and of what names a person: a bit for each of `contentFields`, as the file reader
 * has them; what is redacted (or hashed) 32 bits higher, so that one walk through the attributes finds both. The words
 * `event` must be a column of the question.
 */
const identityNames = new Set(identityFields.map(({ name }) => name))
const bits = new Map<string, bigint>()
for (const [place, { attributes, name }] of contentFields.entries())
  for (const attribute of name === bodyText ? [bodyText] : attributes) bits.set(attribute, 1n << BigInt(place))
const identities = contentFields.filter(({ name }) => identityNames.has(name)).flatMap(({ attributes }) => attributes)

const higher = 32n
const all = (1n << 64n) - 1n

export function logMask(logs: RecordTable): string {
  const names = [...new Set([...Object.values(contentOfLogs).flat(), errorText])]
  const attributes = anyOf([logs.own, logs.resource].map((map) => mapMask(map, names, identities)))
  const error = bits.get(errorText)!
  const withoutError = all - error - (error << higher)
  // An error is content of tools only.
  const own = `if(event IN ${list(eventsWithErrorText)}, ${attributes}, bitAnd(${attributes}, toUInt64(${withoutError})))`
  const body = bits.get(bodyText)!
  const ofBody = `multiIf(Body = '', toUInt64(0), Body = ${literal(redactedText)}, toUInt64(${body << higher}), match(Body, ${literal(eventNameForm.source)}), toUInt64(0), toUInt64(${body}))`
  return anyOf([own, ofBody])
}

export function spanMask(spans: RecordTable): string {
  const names = [...new Set(Object.values(contentOfSpans).flat())]
  // The attributes of a span's events name nobody.
  const ofEvents = `arrayReduce('groupBitOr', arrayMap(e -> ${mapMask('e', names, [])}, Events.Attributes))`
  return anyOf([...[spans.own, spans.resource].map((map) => mapMask(map, names, identities)), ofEvents])
}

export function presentIn(mask: string): string {
  return `bitAnd(${mask}, toUInt64(${(1n << higher) - 1n}))`
}

export function redactedIn(mask: string): string {
  return `bitShiftRight(${mask}, ${higher})`
}

function mapMask(map: string, names: readonly string[], identities: readonly string[]): string {
  const marked = `v = ${literal(redactedText)}`
  const hashed = `startsWith(v, ${literal(hashMark)})`
  const branches = [
    `v = '', toUInt64(0)`,
    `k IN ${list(names)}, if(${marked}, ${bitOf(names, higher)}, ${bitOf(names, 0n)})`,
    ...(identities.length === 0
      ? []
      : [`k IN ${list(identities)}, if(${hashed}, ${bitOf(identities, higher)}, ${bitOf(identities, 0n)})`]),
  ]
  return `arrayReduce('groupBitOr', arrayMap((k, v) -> multiIf(${branches.join(', ')}, toUInt64(0)), mapKeys(${map}), mapValues(${map})))`
}

/** The bit of the attribute `k`. */
function bitOf(names: readonly string[], shift: bigint): string {
  const numbers = names.map((name) => `toUInt64(${bits.get(name)! << shift})`)
  return `transform(toString(k), [${names.map(literal).join(', ')}], [${numbers.join(', ')}], toUInt64(0))`
}

function anyOf(masks: readonly string[]): string {
  return masks.reduce((one, other) => `bitOr(${one}, ${other})`)
}
