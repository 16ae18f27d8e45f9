/**
 * What exports write when there is nothing to say, lower case.
 * Seen in Jamf, Intune, Iru, ManageEngine and Tanium exports (public test data of their integrations, read 2026-11).
 */
const missingWords = new Set([
  '-',
  '--',
  'n/a',
  'na',
  'none',
  'null',
  '(null)',
  'nil',
  'undefined',
  'unknown',
  'no value',
  'not present',
  'not collected',
  'not available',
  'not applicable',
  'not supported',
  'not specified',
  'unsupported os version',
  '[no results]',
  '[current result unavailable]',
  '[results currently unavailable]',
  'redacted',
  '00000000-0000-0000-0000-000000000000',
])
const longestMissingWord = Math.max(...[...missingWords].map((word) => word.length))
const missingFirstBytes = new Uint8Array(256)
for (const word of missingWords) {
  missingFirstBytes[word.charCodeAt(0)] = 1
  missingFirstBytes[word.toUpperCase().charCodeAt(0)] = 1
}

const invisibleEdge = /^[\s\u00a0\u200b-\u200f\u2060\ufeff]+|[\s\u00a0\u200b-\u200f\u2060\ufeff]+$/gu

/** True for the texts that mean "nothing", such as `--`, `Not collected` or `No value`. */
export function isMissingText(text: string): boolean {
  return text === '' || (text.length <= longestMissingWord && missingWords.has(text.toLowerCase()))
}

/** The text without outer blanks (also non-breaking and zero-width ones) and without the quote that guards formulas. */
export function trimText(text: string): string {
  const trimmed = text.replace(invisibleEdge, '')
  return /^'[=+\-@]/.test(trimmed) ? trimmed.slice(1) : trimmed
}

/** The cleaned text in NFC, or undefined where it says nothing. */
export function cleanText(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const trimmed = trimText(text).normalize('NFC')
  return isMissingText(trimmed) ? undefined : trimmed
}

/**
 * One cell at a time, cleaned without making a string where plain bytes allow it: a million device rows have eight
 * million cells. `read` gives false for a cell that says nothing; otherwise `bytes`, `start` and `end` hold the text.
 */
export class CellReader {
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  end = 0

  read(source: Uint8Array, from: number, to: number): boolean {
    let start = from
    let end = to
    while (start < end && source[start]! <= 0x20) start++
    while (start < end && source[end - 1]! <= 0x20) end--
    if (start === end) return false
    const first = source[start]!
    if (first >= 0x80 || source[end - 1]! >= 0x80 || first === 0x27) return this.readText(decode(source, start, end))
    if (
      missingFirstBytes[first] === 1 &&
      end - start <= longestMissingWord &&
      isMissingText(decode(source, start, end))
    )
      return false
    this.bytes = source
    this.start = start
    this.end = end
    return true
  }

  readText(text: string | undefined): boolean {
    const clean = cleanText(text)
    if (clean === undefined) return false
    const bytes = Buffer.from(clean, 'utf8')
    this.bytes = bytes
    this.start = 0
    this.end = bytes.length
    return true
  }

  text(): string {
    return decode(this.bytes, this.start, this.end)
  }
}

/** UTF-8 bytes as text. */
export function decode(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8')
}
