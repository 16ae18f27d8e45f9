import { byText } from '../platform/by-text.js'
import { exitCode, Failure } from '../platform/failure.js'
import { desktopKey } from './catalogue/desktop-keys.js'
import { type DesktopValueProblem, desktopValueProblem, readDesktopText } from './desktop-value.js'

/**
 * How Claude Desktop's policy keys are written to and read from a property list, the registry and the Linux file.
 * Source: https://claude.com/docs/third-party/claude-desktop/configuration and .../mdm (2026-08).
 */

/** Settings as JSON values, by key. */
export type DesktopSettings = Readonly<Record<string, unknown>>

/** One value under `SOFTWARE\Policies\Claude`. */
export interface DesktopRegistryValue {
  readonly name: string
  readonly type: 'string' | 'dword'
  readonly value: string | number
}

/** A value as a registry file has it; the type is any name a reader gives, such as `expand-string`. */
export interface ReadRegistryValue {
  readonly name: string
  readonly type: string
  readonly value: unknown
}

export interface DesktopProblem {
  readonly key: string
  readonly code:
    | DesktopValueProblem
    /** A native array or dictionary where JSON text is wanted: newer releases accept it, older ones do not. */
    | 'native-array'
    /** Text that should be JSON and does not parse. */
    | 'not-json'
    /** A key with a dot, such as `inferenceGatewayOidc.clientId`, is never read. */
    | 'dotted-key'
    /** A registry type that is present for Windows, so that it hides the user's policy, but cannot be read. */
    | 'unreadable-registry-type'
    /** A registry type that Claude Desktop does not see at all. */
    | 'invisible-registry-type'
}

/** What was read. A value with a problem is in `settings` as it stands in the file, so that lint can look at it. */
export interface ReadDesktopSettings {
  readonly settings: Record<string, unknown>
  readonly problems: readonly DesktopProblem[]
}

/**
 * The values of a property list, sorted by key. All of them are texts: `<string>true</string>` is the form that the
 * reference and the sample for sign-in give for every type, while a native boolean or integer is documented only by
 * others. Throws a Failure where a value does not fit its key.
 */
export function desktopPropertyList(settings: DesktopSettings): Record<string, string> {
  return Object.fromEntries(entriesToWrite(settings).map(([name, value]) => [name, asText(value)]))
}

/**
 * The values for `HKLM\SOFTWARE\Policies\Claude`, sorted by name, all as REG_SZ for the same reason as above. A text
 * may hold a line break, which a `.reg` file cannot. Throws a Failure where a value does not fit its key.
 */
export function desktopRegistryValues(settings: DesktopSettings): DesktopRegistryValue[] {
  return entriesToWrite(settings).map(([name, value]) => ({ name, type: 'string', value: asText(value) }))
}

/** The content of `/etc/claude-desktop/managed-settings.json`: native JSON. Throws like the others. */
export function desktopLinuxFile(settings: DesktopSettings): Record<string, unknown> {
  return Object.fromEntries(entriesToWrite(settings))
}

/** Reads the dictionary of a property list or of a payload back; the `Payload…` keys of a profile are left out. */
export function readDesktopPropertyList(record: DesktopSettings): ReadDesktopSettings {
  const values = Object.entries(record).filter(([name]) => !name.startsWith('Payload'))
  return readAll(values.map(([name, value]) => ({ name, ...readNative(name, value) })))
}

/** Reads registry values back, whatever wrote them. A line that deletes a value (`delete`) leaves nothing to read. */
export function readDesktopRegistry(values: readonly ReadRegistryValue[]): ReadDesktopSettings {
  const kept = values.filter(({ type }) => type !== 'delete')
  return readAll(kept.map((value) => ({ name: value.name, ...readRegistryValue(value) })))
}

/** Reads the Linux file back: native JSON, where a list or an object may also be JSON in a text. */
export function readDesktopLinuxFile(record: DesktopSettings): ReadDesktopSettings {
  return readAll(
    Object.entries(record).map(([name, value]) => ({
      name,
      ...(typeof value === 'string' && takesJson(name) ? readText(name, value) : { value }),
    })),
  )
}

/** A number where a boolean is wanted is 1 or 0 (`REG_DWORD`, or `1` in a property list). */
function readNative(name: string, value: unknown): Decoded {
  if (typeof value === 'string') return readText(name, value)
  if (typeof value === 'bigint') return { value: Number(value) }
  if (desktopKey(name)?.type === 'boolean' && (value === 0 || value === 1)) return { value: value === 1 }
  // A property list's data and dates are objects too, but never a form that a key could have.
  if (value instanceof Date || ArrayBuffer.isView(value)) return { value, problem: 'wrong-type' }
  return typeof value === 'object' && value !== null ? { value, problem: 'native-array' } : { value }
}

function readRegistryValue({ name, type, value }: ReadRegistryValue): Decoded {
  if (type === 'string' || type === 'dword') return readNative(name, value)
  return { value, problem: type === 'expand-string' ? 'unreadable-registry-type' : 'invisible-registry-type' }
}

function takesJson(name: string): boolean {
  const key = desktopKey(name)
  return [key?.type, key?.alternative].some((type) => type === 'string[]' || type === 'object[]' || type === 'object')
}

interface Decoded {
  readonly value: unknown
  readonly problem?: DesktopProblem['code']
}

function readText(name: string, text: string): Decoded {
  const key = desktopKey(name)
  const read = key === undefined ? { value: text } : readDesktopText(key, text)
  return read === undefined ? { value: text, problem: 'not-json' } : read
}

function readAll(values: readonly ({ readonly name: string } & Decoded)[]): ReadDesktopSettings {
  const problems: DesktopProblem[] = []
  for (const { name, value, problem } of values) {
    const key = desktopKey(name)
    const found = problem ?? (key === undefined ? undefined : desktopValueProblem(key, value))
    if (name.includes('.')) problems.push({ key: name, code: 'dotted-key' })
    else if (found !== undefined) problems.push({ key: name, code: found })
    // A native list can be wrong inside as well.
    const inside = found === 'native-array' && key !== undefined ? desktopValueProblem(key, value) : undefined
    if (inside !== undefined) problems.push({ key: name, code: inside })
  }
  problems.sort((a, b) => byText(a.key, b.key))
  return { settings: Object.fromEntries(values.map(({ name, value }) => [name, value])), problems }
}

function entriesToWrite(settings: DesktopSettings): [string, unknown][] {
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined)
  for (const [name, value] of entries) {
    const key = desktopKey(name)
    const problem = name.includes('.') ? 'dotted-key' : key === undefined ? undefined : desktopValueProblem(key, value)
    if (problem !== undefined) throw unfit(name, problem)
  }
  return entries.sort(([a], [b]) => byText(a, b))
}

function unfit(name: string, problem: string): Failure {
  return new Failure(
    exitCode.inputRefused,
    'desktop-value-unfit',
    'A Claude Desktop setting has a value it cannot have.',
    {
      where: { file: 'claude-desktop', path: name },
      tryThis: [`See the key in the configuration reference (problem: ${problem}).`],
    },
  )
}

/** Lists and objects as JSON on one line with blanks between braces: Intune reserves `{{` and `}}` in profiles. */
function asText(value: unknown): string {
  // Line breaks inside texts are escaped, so those that are left are the layout's.
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1).replace(/\n */g, ' ')
}
