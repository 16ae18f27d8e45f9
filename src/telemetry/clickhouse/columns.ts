import { eventNameForm } from '../content-fields.js'
import {
  fieldAttributes,
  type LooseField,
  looseAttributes,
  type NumberField,
  numberAttributes,
  parameterMembers,
  type WordField,
} from '../fields.js'
import { surfaces } from '../surfaces/index.js'
import { canarySessionPrefix } from '../tables.js'
import type { RecordTable } from './schema.js'

/**
 * The one place where SQL expressions of a record's fields are written. They follow the rules of the file reader
 * (ExactRecords in ../otlp/exact-records.ts and ../aggregate/record-numbers.ts), as far as the tables keep what it
 * reads. What they do not keep:
 *
 * - the time of observation; and a record without a time has none (the reader looks at `event.timestamp` first, the
 *   exporter puts the time of observation in its place, older ones 1970)
 * - an attribute that stands twice in one list
 * - `event_name` of OTLP, in tables before 2025; milliseconds of data points, in tables since 2026
 * - in JSON texts: which of two equal members came last, and lone surrogates
 */

/** A text as a literal. Only for texts of this program: what comes from outside is bound. */
export function literal(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}

export function list(texts: Iterable<string>): string {
  return `(${[...texts].map(literal).join(', ')})`
}

/** The value of an attribute; '' where it is not there. Twice as fast as a subscript of the map (26.7, 2026-11-21). */
function attribute(map: string, key: string): string {
  return `mapValues(${map})[indexOf(mapKeys(${map}), ${key})]`
}

/** The first of some texts that is not empty. */
function firstText(texts: readonly string[]): string {
  const [first, ...rest] = texts
  if (first === undefined) return `''`
  return rest.length === 0 ? first : `if(${first} != '', ${first}, ${firstText(rest)})`
}

/** The record's attributes in the order of their names, then the resource's. `keys` are literals or parameters. */
function firstAttribute({ own, resource }: RecordTable, keys: readonly string[]): string {
  return firstText([...keys.map((key) => attribute(own, key)), ...keys.map((key) => attribute(resource, key))])
}

/** The exporter's column is the resource's `service.name`; without one the record's counts. */
export function serviceOf({ own }: RecordTable): string {
  return `if(ServiceName != '', toString(ServiceName), ${attribute(own, literal('service.name'))})`
}

/** The rows that can be of a known surface, so that the primary key leaves the others out. */
export const maybeKnown = `ServiceName IN ${list(['', ...surfaces.map(({ service }) => service)])}`
export const knownService = `service IN ${list(surfaces.map(({ service }) => service))}`

/** A field of words; where surfaces name it differently, `service` decides. */
export function wordOf(table: RecordTable, field: WordField): string {
  if (field === 'service') return serviceOf(table)
  if (field === 'event') return wordText(eventOf(table))
  const isList = field === 'groups' || field === 'settingsSources'
  const word = bySurface(field, (names) => {
    const text = firstAttribute(table, names.map(literal))
    if (isList) return joined(text)
    const members = names.filter((name) => parameterMembers.some((member) => member === name))
    return members.length === 0 || table.own !== 'LogAttributes'
      ? text
      : firstText([text, ...members.map(parameterOf(table))])
  })
  return wordText(word)
}

/** The longest word, in bytes of UTF-8; as in ../otlp/word-text.ts. */
const longestWord = 1024

/** The beginning of a text that is too long for a word, cut between two characters. */
function wordText(text: string): string {
  // A byte from 80 to BF goes on with a character, which has at most four.
  const goesOn = (byte: number) => `bitAnd(reinterpretAsUInt8(substring(t, ${byte}, 1)), 192) = 128`
  const [most, next] = [longestWord, longestWord + 1]
  const borders = [0, 1, 2].map((less) => `NOT ${goesOn(next - less)}, ${most - less}`)
  const border = `multiIf(length(t) <= ${most}, ${most}, ${borders.join(', ')}, ${most - 3})`
  // A list of one, so that the text, which is long, stands here once.
  return `arrayMap(t -> substring(t, 1, ${border}), [toString(${text})])[1]`
}

function bySurface(field: WordField, expression: (names: readonly string[]) => string): string {
  const own = surfaces.flatMap(({ service, attributes }) => {
    const names = attributes[field]
    return names === undefined ? [] : [`service = ${literal(service)}, ${expression(names)}`]
  })
  const common = expression(fieldAttributes[field])
  return own.length === 0 ? common : `multiIf(${own.join(', ')}, ${common})`
}

/** A member of the JSON text in `tool_parameters`, if it is a text. */
function parameterOf(table: RecordTable): (member: string) => string {
  const parameters = firstAttribute(table, [literal('tool_parameters')])
  return (member) =>
    `if(position(${parameters}, ${literal(member)}) > 0 AND JSONType(${parameters}, ${literal(member)}) = 'String', JSONExtractString(${parameters}, ${literal(member)}), '')`
}

/** A list is JSON text in the tables: its members joined by commas, as the file reader has them. */
function joined(text: string): string {
  const member = `multiIf(m = 'null', '', startsWith(m, '"'), JSONExtractString(m), m)`
  const members = `arrayStringConcat(arrayMap(m -> ${member}, JSONExtractArrayRaw(${text})), ',')`
  return `if(startsWith(${text}, '[') AND isValidJSON(${text}), ${members}, ${text})`
}

/** What stands before the name of an event; as in ../otlp/exact-records.ts. */
const eventPrefixes = ['claude_code.', 'cowork.']

/** The name of the event without the prefix of its product; '' for points and spans. */
function eventOf(table: RecordTable): string {
  if (table.own !== 'LogAttributes') return `''`
  const named = bySurface('event', (names) => firstAttribute(table, names.map(literal)))
  const body = `if(match(Body, ${literal(eventNameForm.source)}), Body, '')`
  const first = firstText([named, ...(table.eventName === undefined ? [] : [table.eventName]), body])
  const cut = eventPrefixes.map(
    (prefix) => `startsWith(${first}, ${literal(prefix)}), substring(${first}, ${prefix.length + 1})`,
  )
  return `multiIf(${cut.join(', ')}, ${first})`
}

export function identityOf(table: RecordTable, index: number): string {
  return wordText(firstAttribute(table, [identityParameter(index)]))
}

function identityParameter(index: number): string {
  return `{identity${index}:String}`
}

/** The names of attributes are the policy's, so they are bound. */
export function identityParameters(keys: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(keys.map((key, index) => [`identity${index}`, key]))
}

export function looseOf(table: RecordTable, field: LooseField): string {
  // The file reader keeps them of log records only.
  return table.own === 'LogAttributes' ? firstAttribute(table, looseAttributes[field].map(literal)) : `''`
}

/** A whole number from 0 to 2^31 - 1; -1 where there is none. */
export function sequenceOf(table: RecordTable): string {
  const number = numberOf(table, 'sequence')
  return `if(${number} >= 0 AND ${number} <= 2147483647 AND floor(${number}) = ${number}, toInt64(${number}), -1)`
}

/** A duration or count: whole and at most 10^12, so that sums stay exact; 0 for all else. */
export function amountOf(table: RecordTable, field: NumberField): string {
  const number = numberOf(table, field)
  return `if(${number} >= 0 AND ${number} <= 1e12, floor(${number}), 0)`
}

function numberOf(table: RecordTable, field: NumberField): string {
  const text = firstAttribute(table, numberAttributes[field].map(literal))
  return `ifNull(toFloat64OrNull(${text}), -1)`
}

/** Whole milliseconds. */
export function timeOf({ time }: RecordTable): string {
  return `toUnixTimestamp64Milli(toDateTime64(${time}, 3, 'UTC'))`
}

export const isCanary = `startsWith(session, ${literal(canarySessionPrefix)})`
/** Days since 1970. */
export const dayOf = 'intDiv(at, 86400000)'
/** Weeks since that of Monday, 1969-12-29, as ../aggregate/week.ts counts them. */
export const weekOf = 'intDiv(intDiv(at, 86400000) + 3, 7)'
