import { decodeBytes, lowerCase } from './byte-dictionary.js'

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
/** The same words as bytes, by their length: most cells are as long as none of them. */
const missingByLength: readonly (readonly Uint8Array[])[] = Array.from(
  { length: longestMissingWord + 1 },
  (_, length) =>
    [...missingWords].filter((word) => word.length === length).map((word) => new TextEncoder().encode(word)),
)

function isMissingBytes(bytes: Uint8Array, start: number, end: number): boolean {
  const words = missingByLength[end - start]
  if (words === undefined) return false
  for (const word of words) {
    let index = 0
    while (index < word.length && lowerCase[bytes[start + index]!] === word[index]) index++
    if (index === word.length) return true
  }
  return false
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
 * million cells. Only `compose` looks at every byte. `read` gives false for a cell that says nothing; otherwise `bytes`,
 * `start` and `end` hold the text.
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
    if (first >= 0x80 || source[end - 1]! >= 0x80 || first === 0x27)
      return this.readText(decodeBytes(source, start, end))
    if (isMissingBytes(source, start, end)) return false
    this.bytes = source
    this.start = start
    this.end = end
    return true
  }

  /** Composes letters and their marks (NFC), as macOS takes them apart in names: `Zoë` must be `Zoë`. */
  compose(): void {
    for (let index = this.start; index < this.end; index++) {
      // The first byte of U+0300, the first character that composes with the one before it.
      if (this.bytes[index]! >= 0xcc) {
        this.readText(this.text())
        return
      }
    }
  }

  readText(text: string | undefined): boolean {
    const clean = cleanText(text)
    if (clean === undefined) return false
    const bytes = new TextEncoder().encode(clean)
    this.bytes = bytes
    this.start = 0
    this.end = bytes.length
    return true
  }

  text(): string {
    return decodeBytes(this.bytes, this.start, this.end)
  }
}
