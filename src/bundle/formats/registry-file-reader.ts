import { detectEncoding, type Encoding } from '../../platform/encoding.js'
import { ProblemList } from './problem-list.js'
import { type FormatProblem, formatSizeLimit } from './read-format.js'
import { parseHexData, type RegistryData, registryDataOf } from './registry-hex-data.js'

export type RegistryHive = 'HKLM' | 'HKCU' | 'HKU' | 'HKCR' | 'other'

export type RegistryType = 'string' | 'expand-string' | 'dword' | 'qword' | 'multi-string' | 'binary' | 'delete'

/** A value that is set or deleted, or a key that is deleted. */
export interface RegistryEntry {
  readonly hive: RegistryHive
  /** Without the hive, as the file has it; with it where the hive is `other`. */
  readonly key: string
  /** Empty for the default value. */
  readonly name: string
  readonly type: RegistryType
  /**
   * The parts of a multi-string are joined by LF, a binary is hexadecimal, a QWORD that no number can hold is a text.
   * Undefined for `delete`, and with a problem where the data does not fit the type.
   */
  readonly value: string | number | undefined
  readonly line: number
  /** The whole key is deleted, with all below it. */
  readonly deleteKey?: true
}

export interface ReadRegistry {
  readonly entries: readonly RegistryEntry[]
  readonly problems: readonly FormatProblem[]
}

type Key = Pick<RegistryEntry, 'hive' | 'key'>

const hives: ReadonlyMap<string, RegistryHive> = new Map([
  ['HKEY_LOCAL_MACHINE', 'HKLM'],
  ['HKEY_CURRENT_USER', 'HKCU'],
  ['HKEY_USERS', 'HKU'],
  ['HKEY_CLASSES_ROOT', 'HKCR'],
  ['HKEY_CURRENT_CONFIG', 'other'],
])
const shortHives: ReadonlyMap<string, RegistryHive> = new Map([
  ['HKLM', 'HKLM'],
  ['HKCU', 'HKCU'],
  ['HKU', 'HKU'],
  ['HKCR', 'HKCR'],
  ['HKCC', 'other'],
])

/**
 * Reads a .reg file of either version. Never throws. Which lines count is what Windows does according to the tests that
 * Wine runs there (https://github.com/wine-mirror/wine/blob/master/programs/reg/tests/import.c, 2026-11-21); the lines
 * that regedit skips without a word are problems (`line-ignored`).
 */
export function readRegistryFile(bytes: Uint8Array): ReadRegistry {
  const problems = new ProblemList()
  const encoding = bytes.length > formatSizeLimit ? 'too-large' : detectEncoding(bytes, true)
  if (encoding === 'too-large')
    problems.add({ code: 'too-large', message: `The file is larger than ${formatSizeLimit} bytes.` })
  if (encoding === 'binary') problems.add({ code: 'not-text', message: 'This is no text file.' })
  if (encoding === 'too-large' || encoding === 'binary') return { entries: [], problems: problems.all }
  const text = new TextDecoder(encoding === 'utf-8-bom' ? 'utf-8' : encoding).decode(bytes)
  checkEncoding(encoding, bytes, text, problems)
  return new Reader(text.split(/\r\n|\n|\r/), encoding.startsWith('utf-16'), problems).read()
}

function checkEncoding(encoding: Encoding, bytes: Uint8Array, text: string, problems: ProblemList): void {
  const add = (code: string, message: string) => problems.add({ code, message, line: 1 })
  if (encoding === 'utf-16le' && bytes[0] !== 0xff)
    add('no-byte-order-mark', 'UTF-16 without a byte order mark: whether regedit reads it is not known.')
  if (encoding === 'utf-16be')
    add('utf-16be', 'UTF-16 with the high byte first: whether regedit reads it is not known.')
  if (encoding === 'utf-8-bom') add('utf-8', 'UTF-8 with a byte order mark: whether regedit reads it is not known.')
  if (encoding === 'utf-8' && /[^\0-\u{7f}]/u.test(text))
    add('utf-8', 'UTF-8 without a byte order mark: regedit takes it as the code page of the machine.')
  if (encoding === 'windows-1252')
    add('ansi', 'The file is in the code page of some machine, and was read as Windows-1252.')
}

class Reader {
  readonly #entries: RegistryEntry[] = []
  readonly #seen = new Set<string>()
  #next = 0
  #key: Key | undefined
  /** In the older version of the format, and only there, texts in hexadecimal are not UTF-16. */
  #ansi = false

  constructor(
    private readonly lines: readonly string[],
    private readonly wideFile: boolean,
    private readonly problems: ProblemList,
  ) {}

  read(): ReadRegistry {
    this.#header()
    while (this.#next < this.lines.length) {
      const line = withoutIndent(this.lines[this.#next++]!)
      if (line === '' || line[0] === ';' || line[0] === '#') continue
      if (line.includes('\0')) this.#ignored('A line with a zero character.')
      else if (line[0] === '[') this.#keyLine(line)
      else if (line[0] === '@' || line[0] === '"') this.#valueLine(line)
      else this.#ignored('A line that is no key, value or comment.')
    }
    return { entries: this.#entries, problems: this.problems.all }
  }

  #header(): void {
    const first = withoutIndent(this.lines[0] ?? '')
    this.#ansi = first === 'REGEDIT4'
    if (this.#ansi || first === 'Windows Registry Editor Version 5.00') this.#next = 1
    else {
      const message = 'The first line is no header of a registry file, so that nothing is imported.'
      this.problems.add({ code: 'no-header', message, line: 1 })
      if (/^(?:REGEDIT|Windows Registry Editor)/i.test(first)) this.#next = 1
    }
  }

  #keyLine(line: string): undefined {
    this.#key = undefined
    const end = line.lastIndexOf(']')
    if (end < 0) return this.#ignored('A key without its closing bracket.')
    const inside = line.slice(1, end)
    if (/^-?[ \t]/.test(inside)) return this.#ignored('A key with a blank before its name.')
    if (!/^[ \t]*(?:;.*)?$/.test(line.slice(end + 1)) || /\][ \t]*;/.test(inside))
      this.#problem('text-behind-key', 'Text behind the key: it is not known where the key ends for regedit.')
    const name = inside.startsWith('-') ? inside.slice(1) : inside
    const key = this.#keyOf(name)
    if (key === undefined) return this.#ignored('A key of a hive that Windows does not have.')
    if (name === inside) this.#key = key
    else this.#entries.push({ ...key, name: '', type: 'delete', value: undefined, line: this.#next, deleteKey: true })
  }

  #keyOf(name: string): Key | undefined {
    const [first = ''] = name.split('\\', 1)
    const hiveName = first.toUpperCase()
    const short = shortHives.get(hiveName)
    if (short !== undefined)
      this.#problem('hive-abbreviated', 'The hive is abbreviated: whether regedit reads that is not known.')
    const hive = short ?? hives.get(hiveName)
    if (hive === undefined) return undefined
    return { hive, key: hive === 'other' ? name : name.slice(first.length + 1) }
  }

  #valueLine(line: string): undefined {
    const lineNumber = this.#next
    const name = line[0] === '@' ? { text: '', end: 1, strange: false } : quotedText(line, 0)
    const equals = /[ \t]*=[ \t]*/y
    equals.lastIndex = name?.end ?? 0
    if (name === undefined || !equals.test(line))
      return this.#ignored('A value whose name has no closing quote or no "=".')
    const data = this.#dataOf(line, equals.lastIndex, name.strange)
    if (data === undefined) return
    if (this.#key === undefined) return this.#ignored('A value without a key that it belongs to.', lineNumber)
    const { hive, key } = this.#key
    const identity = JSON.stringify([hive, key.toLowerCase(), name.text.toLowerCase()])
    if (this.#seen.has(identity))
      this.#problem('duplicate-name', 'The value is there twice: the last one counts.', lineNumber)
    this.#seen.add(identity)
    this.#entries.push({ hive, key, name: name.text, ...data, line: lineNumber })
  }

  #dataOf(line: string, start: number, strangeName: boolean): RegistryData | undefined {
    const lineNumber = this.#next
    const rest = line.slice(start)
    let strange = strangeName
    let data: RegistryData | undefined
    if (rest[0] === '"') {
      const text = quotedText(rest, 0)
      if (text !== undefined && isEnd(rest.slice(text.end))) data = { type: 'string', value: text.text }
      strange ||= text?.strange === true
    } else if (rest[0] === '-' && isEnd(rest.slice(1))) data = { type: 'delete', value: undefined }
    else if (rest.startsWith('hex')) data = this.#hexData(rest)
    else {
      const digits = /^dword:[ \t]*(?<digits>[0-9a-f]{1,8})[ \t]*(?:;.*)?$/i.exec(rest)?.groups?.digits
      if (digits !== undefined) data = { type: 'dword', value: Number.parseInt(digits, 16) }
    }
    if (data === undefined) this.#ignored('A value whose data is damaged or of an unknown kind.', lineNumber)
    else if (strange)
      this.#problem('unknown-escape', 'A backslash before another character than a backslash or a quote.', lineNumber)
    return data
  }

  #hexData(rest: string): RegistryData | undefined {
    const lineNumber = this.#next
    const head = /^hex(?:\((?<type>[0-9a-f]{1,8})\))?:/.exec(rest)
    if (head === null) return undefined
    const bytes: number[] = []
    let end = parseHexData(rest.slice(head[0].length), bytes)
    while (end === 'continued') {
      while (/^[ \t]*(?:;.*)?$/.test(this.lines[this.#next] ?? 'x')) this.#next++
      const line = withoutIndent(this.lines[this.#next] ?? '')
      this.#next = Math.min(this.#next + 1, this.lines.length)
      end = /^[0-9a-f]/i.test(line) ? parseHexData(line, bytes) : 'damaged'
      if (end === 'continued' || end === 'ended') continue
      // Windows drops the line that was to continue the data, whatever it holds.
      this.#ignored('A line that does not continue the data of the line before.')
      if (line.startsWith('[')) this.#key = undefined
    }
    if (end === 'damaged') return undefined
    const type = head.groups?.type === undefined ? 3 : Number.parseInt(head.groups.type, 16)
    const data = registryDataOf(type, Buffer.from(bytes), this.#ansi)
    for (const [code, message] of data.problems) this.#problem(code, message, lineNumber)
    if (!this.#ansi && !this.wideFile && ['string', 'expand-string', 'multi-string'].includes(data.type)) {
      const message = 'Text in hexadecimal in a file that is not UTF-16: it was read as UTF-16, regedit may not.'
      this.#problem('hex-encoding', message, lineNumber)
    }
    return { type: data.type, value: data.value }
  }

  #ignored(message: string, line = this.#next): undefined {
    this.#problem('line-ignored', message, line)
  }

  #problem(code: string, message: string, line = this.#next): void {
    this.problems.add({ code, message, line })
  }
}

function withoutIndent(line: string): string {
  return line.replace(/^[ \t]+/, '')
}

/** Nothing but blanks and a comment; a comment behind a value begins with a semicolon only. */
function isEnd(rest: string): boolean {
  return /^[ \t]*(?:;.*)?$/.test(rest)
}

/** The text between the quotes, and the offset behind them; undefined without a closing quote in the line. */
function quotedText(line: string, start: number): { text: string; end: number; strange: boolean } | undefined {
  let text = ''
  let strange = false
  // A loop, because a regular expression runs out of stack in a text of megabytes.
  for (let at = start + 1; at < line.length; at++) {
    const character = line[at]!
    if (character === '"') return { text, end: at + 1, strange }
    if (character !== '\\') text += character
    else {
      at++
      strange ||= line[at] !== '\\' && line[at] !== '"'
      text += line[at] ?? ''
    }
  }
  return undefined
}
