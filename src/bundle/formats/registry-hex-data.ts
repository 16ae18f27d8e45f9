import type { RegistryType } from './registry-file-reader.js'

/** The data of a value. */
export interface RegistryData {
  readonly type: RegistryType
  readonly value: string | number | undefined
}

/**
 * Adds the bytes of one line of hexadecimal data, such as `4c,00,\`. The backslash that continues the data has to stand
 * behind a comma.
 */
export function parseHexData(text: string, bytes: number[]): 'ended' | 'continued' | 'damaged' {
  const part = /[ \t]*(?:(?<end>$|;)|(?<continued>\\[ \t]*(?:;.*)?$)|(?<byte>[0-9a-f]{1,2})[ \t]*(?<comma>,|$|(?=;)))/iy
  for (;;) {
    const found = part.exec(text)?.groups
    if (found === undefined) return 'damaged'
    if (found.end !== undefined) return 'ended'
    if (found.continued !== undefined) return 'continued'
    bytes.push(Number.parseInt(found.byte!, 16))
    if (found.comma === '') return 'ended'
  }
}

type Problem = readonly [code: string, message: string]

/**
 * What the bytes mean. Types by number: https://learn.microsoft.com/windows/win32/sysinfo/registry-value-types
 * (2026-11-21); all but those of settings are `binary`.
 */
export function registryDataOf(
  type: number,
  bytes: Buffer,
  ansi: boolean,
): RegistryData & { readonly problems: readonly Problem[] } {
  if (type === 4 || type === 11) return numberOf(type === 4 ? 'dword' : 'qword', bytes)
  if (type !== 1 && type !== 2 && type !== 7) return { type: 'binary', value: bytes.toString('hex'), problems: [] }
  const problems: Problem[] = []
  if (!ansi && bytes.length % 2 === 1) problems.push(['bad-length', 'A text with half a character at its end.'])
  const text = new TextDecoder(ansi ? 'windows-1252' : 'utf-16le', { ignoreBOM: true }).decode(bytes)
  if (type === 7) return { type: 'multi-string', value: partsOf(text).join('\n'), problems }
  const [value = ''] = text.split('\0', 1)
  if (text.length > value.length + 1) problems.push(['embedded-null', 'A text with more behind its end.'])
  return { type: type === 1 ? 'string' : 'expand-string', value, problems }
}

/** The parts before the empty ones at the end. */
function partsOf(text: string): string[] {
  const parts = text.split('\0')
  return parts.slice(0, parts.findLastIndex((part) => part !== '') + 1)
}

function numberOf(type: 'dword' | 'qword', bytes: Buffer): RegistryData & { readonly problems: readonly Problem[] } {
  const size = type === 'dword' ? 4 : 8
  if (bytes.length !== size)
    return { type, value: undefined, problems: [['bad-length', 'A number with too many or too few bytes.']] }
  const value = type === 'dword' ? bytes.readUInt32LE() : bytes.readBigUInt64LE()
  return { type, value: Number.isSafeInteger(Number(value)) ? Number(value) : String(value), problems: [] }
}
