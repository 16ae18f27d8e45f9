import { byText } from '../platform/by-text.js'
import { exitCode, Failure } from '../platform/failure.js'
import { safeText } from '../platform/safe-text.js'
import type { AttributeParser } from './client-behaviour.js'
import { looksUnfilled } from './payload-variables.js'

/** A variable that an MDM or a script fills in on the endpoint, such as `$SERIALNUMBER`. */
export interface PayloadVariable {
  readonly variable: string
}

export type AttributeValue = string | PayloadVariable

/** Both parsers of OpenTelemetry JS stop at this length. */
const longest = 255

const keyForm = /^[a-z0-9][a-z0-9._-]*$/

/** `$SERIALNUMBER` and `$FLEET_VAR_…`, `{{serialnumber}}`, `%SerialNumber%`, `{DeviceSerialNumber}`: nothing a list of attributes or a shell would act on. */
const variableForm =
  /^(?:\$[A-Za-z_][A-Za-z0-9_]*|\{\{[A-Za-z][A-Za-z0-9_.]*\}\}|%[A-Za-z][A-Za-z0-9_]*%|\{[A-Za-z][A-Za-z0-9_.]*\})$/

/**
 * Keys the client sets itself; a name that ends in a dot stands for all that begin with it. An attribute of the same
 * name was seen to replace the client's own (`service.name`, client 2.1.197), which breaks every filter on it.
 * Source: https://code.claude.com/docs/en/monitoring-usage (2026-08-22).
 */
const reservedAttributeKeys: readonly string[] = [
  'app.',
  'ccr.session.id',
  'event.',
  'host.arch',
  'identity.',
  'organization.id',
  'os.',
  'prompt.',
  'service.',
  'session.',
  'telemetry.',
  'terminal.',
  'user.',
  'workflow.',
  'workspace.host_paths',
  'wsl.version',
]

/** Whether the client sets an attribute of this name itself. */
export function isReservedAttributeKey(key: string): boolean {
  return reservedAttributeKeys.some((name) => (name.endsWith('.') ? key.startsWith(name) : key === name))
}

/**
 * The text of `OTEL_RESOURCE_ATTRIBUTES` for a set of attributes, sorted by key. What is written arrived unchanged in
 * every client version that was tried (2.1.150 to 2.1.329, 2026-11-20), and reads back by the OpenTelemetry rule:
 * https://github.com/open-telemetry/opentelemetry-specification/blob/main/specification/resource/sdk.md (2026-08-22).
 * Throws a Failure that names the key when a key or value cannot be carried safely.
 */
export function encodeResourceAttributes(attributes: Readonly<Record<string, AttributeValue>>): string {
  return Object.entries(attributes)
    .sort(([a], [b]) => byText(a, b))
    .map(([key, value]) => `${checkedKey(key)}=${encodedValue(key, value)}`)
    .join(',')
}

/** What a client makes of the variable. */
export interface DecodedAttributes {
  readonly attributes: Readonly<Record<string, string>>
  /** `all` when the client throws the whole variable away, otherwise the entries it leaves out. */
  readonly lost: 'none' | 'all' | readonly string[]
}

/**
 * What a client with this parser makes of a text. Modelled on what five client versions were seen to do (2026-11-20),
 * and on the detectors they behave like: `strict` is `EnvDetector` of OpenTelemetry JS resources up to 2.5, `whole-list`
 * the one of 2.8 to 2.12 (https://github.com/open-telemetry/opentelemetry-js, read 2026-11-21).
 */
export function decodeResourceAttributes(text: string, parser: AttributeParser): DecodedAttributes {
  const attributes = new Map<string, string>()
  const leftOut: string[] = []
  for (const entry of text.split(',')) {
    if (entry.trim() === '') continue
    const read = parser === 'strict' ? readStrictly(entry) : readLeniently(entry)
    if (typeof read === 'object') attributes.set(read.key, read.value)
    else if (read === 'skip' || parser === 'per-entry') leftOut.push(entry)
    else return { attributes: {}, lost: 'all' }
  }
  return { attributes: Object.fromEntries(attributes), lost: leftOut.length > 0 ? leftOut : 'none' }
}

/** An entry that was read; `skip` leaves out this one, `throw` ends the reading. */
type ReadEntry = { readonly key: string; readonly value: string } | 'skip' | 'throw'

function readStrictly(entry: string): ReadEntry {
  const parts = entry.split('=')
  if (parts.length !== 2) return 'skip'
  const key = (parts[0] ?? '').trim()
  const value = (parts[1] ?? '').trim().replace(/^"|"$/g, '')
  // W3C baggage octets: printable ASCII without blank, comma, semicolon and backslash.
  const octets = /^[\x21-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/
  if (key === '' || key.length > longest || value.length > longest) return 'throw'
  if (!octets.test(key) || !octets.test(value)) return 'throw'
  const decoded = percentDecoded(value)
  return decoded === undefined ? 'throw' : { key, value: decoded }
}

function readLeniently(entry: string): ReadEntry {
  const parts = entry.split('=')
  if (parts.length !== 2) return 'throw'
  const key = percentDecoded((parts[0] ?? '').trim())
  const value = percentDecoded((parts[1] ?? '').trim())
  if (key === undefined || value === undefined) return 'throw'
  return key === '' || key.length > longest || value.length > longest ? 'throw' : { key, value }
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function checkedKey(key: string): string {
  if (!keyForm.test(key))
    throw refused(key, 'is not a key that every client reads', [
      'Write the key with lower-case letters, digits, dots, hyphens and underscores, such as team.id.',
    ])
  if (key.length > longest)
    throw refused(key, `is longer than ${longest} characters`, ['Give the attribute a shorter name.'])
  if (isReservedAttributeKey(key))
    throw refused(key, 'is a name that the client sets itself', ['Give the attribute a name of its own.'])
  return key
}

function encodedValue(key: string, value: AttributeValue): string {
  if (typeof value !== 'string') return checkedVariable(key, value.variable)
  const refusedValue = (problem: string, tryThis: string) =>
    refused(key, `${problem}: the value is "${shownStart(value)}"`, [tryThis])
  if (value === '') throw refused(key, 'has an empty value', ['Give it a value, or leave the attribute out.'])
  if (/[\p{Cc}\u2028\u2029]/u.test(value))
    throw refusedValue('has a control character in its value', 'Write the value on one line, without tabs.')
  // Half a surrogate pair has no UTF-8 form, and encodeURIComponent throws on it.
  if (/\p{Surrogate}/u.test(value))
    throw refusedValue('has a broken character in its value', 'Type the value anew: it was cut inside a character.')
  const service = looksUnfilled(value)
  if (service !== undefined)
    throw refusedValue(
      `has a value that looks like a payload variable, which ${service} would fill in`,
      'Write it in another way, or change it where it comes from: the policy, or the inventory that was scanned.',
    )
  const encoded = encodeURIComponent(value)
    .replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%(?:2F|3A|40)/g, decodeURIComponent)
  if (encoded.length > longest)
    throw refusedValue(
      `is longer than ${longest} characters once it is encoded`,
      'Shorten the value: older clients lose every attribute over one that is too long.',
    )
  return encoded
}

const longestShown = 60

/** Enough of a value to find it again in an inventory. */
function shownStart(value: string): string {
  const characters = [...value.slice(0, longestShown * 2)]
  return safeText(characters.length > longestShown ? `${characters.slice(0, longestShown).join('')}…` : value)
}

function checkedVariable(key: string, variable: string): string {
  if (variable.length <= longest && variableForm.test(variable)) return variable
  throw refused(key, `has a payload variable of an unknown form, "${shownStart(variable)}"`, [
    'Write it as $NAME, {{name}}, %NAME% or {Name}, with letters, digits and underscores only.',
  ])
}

function refused(key: string, problem: string, tryThis: readonly string[]): Failure {
  return new Failure(
    exitCode.inputRefused,
    'resource-attribute',
    `The resource attribute "${safeText(key.slice(0, 80))}" ${problem}.`,
    { tryThis },
  )
}
