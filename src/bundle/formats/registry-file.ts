import { exitCode, Failure } from '../../platform/failure.js'
import { safeText } from '../../platform/safe-text.js'
import { keyPathText } from './read-format.js'
import { loneSurrogate } from './writable-value.js'

export {
  type ReadRegistry,
  type RegistryEntry,
  type RegistryHive,
  type RegistryType,
  readRegistryFile,
} from './registry-file-reader.js'

/** A value to write; an empty name is the default value of its key. */
export interface RegistryValue {
  readonly name: string
  readonly type: 'string' | 'dword'
  readonly value: string | number
}

/** A key to write, from its hive: `HKEY_LOCAL_MACHINE\SOFTWARE\…`. */
export interface RegistryKey {
  readonly key: string
  readonly values: readonly RegistryValue[]
}

// Limits of names: https://learn.microsoft.com/windows/win32/sysinfo/registry-element-size-limits (2026-11-21).
const keyName = /^HKEY_(?:LOCAL_MACHINE|CURRENT_USER|USERS|CLASSES_ROOT)(?:\\[^\\\]]{1,255})+$/
const longestName = 16_383

/** Control characters: a line break ends a text in silence, and nothing tells how regedit takes the others. */
const notInLine = /[\u{0}-\u{8}\u{a}-\u{1f}]/u

/**
 * The keys and values, in their order, as regedit writes them: UTF-16LE with a byte order mark, lines ending in CR LF.
 * Throws a Failure (`not-in-registry-file`) that names the key and the value that such a file cannot hold.
 */
export function writeRegistryFile(keys: readonly RegistryKey[]): Uint8Array {
  const lines = ['Windows Registry Editor Version 5.00', '']
  for (const { key, values } of keys) {
    if (!keyName.test(key) || isUnwritable(key)) throw unwritable([key], 'a key of this name')
    lines.push(`[${key}]`)
    const names = new Set<string>()
    for (const value of values) {
      const name = value.name.toLowerCase()
      if (names.has(name)) throw unwritable([key, value.name], 'the same name twice in a key')
      names.add(name)
      lines.push(valueLine(key, value))
    }
    lines.push('')
  }
  return Buffer.from(`\ufeff${lines.join('\r\n')}\r\n`, 'utf16le')
}

function valueLine(key: string, { name, type, value }: RegistryValue): string {
  const path = [key, name]
  if (name.length > longestName || isUnwritable(name)) throw unwritable(path, 'a value of this name')
  const start = name === '' ? '@=' : `${quoted(name)}=`
  if (type === 'string') {
    if (typeof value !== 'string') throw unwritable(path, 'a number as a text')
    if (isUnwritable(value)) throw unwritable(path, 'a line break, another control character or half a character')
    return start + quoted(value)
  }
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 0xffff_ffff)
    throw unwritable(path, 'a DWORD that is no whole number from 0 to 4294967295')
  return `${start}dword:${value.toString(16).padStart(8, '0')}`
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}

function isUnwritable(text: string): boolean {
  return notInLine.test(text) || loneSurrogate.test(text)
}

function unwritable(path: readonly string[], reason: string): Failure {
  return new Failure(
    exitCode.inputRefused,
    'not-in-registry-file',
    `The value at ${safeText(keyPathText(path))} cannot be written: a registry file cannot hold ${reason}.`,
    { tryThis: ['Change the value there.'] },
  )
}
