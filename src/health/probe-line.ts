import { isoTime } from '../platform/clock.js'
import { type FactName, type Facts, factTable } from './facts.js'

/**
 * One line that survives every MDM: the smallest channel holds 2,048 characters (Intune remediations,
 * https://github.com/MicrosoftDocs/memdocs, remediations, 2023), others cut without a word, so it ends with a mark.
 */
export const longestLine = 1500
const prefix = 'FH1'
const endMark = 'end'

/** What the machine itself made of its facts, for smart groups and exit codes. */
export const probeWords = ['ok', 'repair', 'unknown'] as const
export type ProbeWord = (typeof probeWords)[number]

/** What a text, such as a cell or a log, says of a probe. */
export type ProbeReading =
  | { readonly kind: 'line'; readonly line: string; readonly word: ProbeWord; readonly facts: Facts }
  /** No line at all. */
  | { readonly kind: 'none' }
  /** A line without its end, or with a part that cannot be: it says nothing. */
  | { readonly kind: 'cut' }
  /** A line of a later form than this program knows. */
  | { readonly kind: 'newer' }

/** The line of some facts: printable ASCII, at most 1,500 characters. Throws an Error, a bug, where it would be longer. */
export function writeProbeLine(facts: Facts, word: ProbeWord): string {
  const parts = Object.entries(factTable).flatMap(([name, { key, kind }]) => {
    const value = facts[name as FactName]
    return value === undefined ? [] : [`${key}=${kind.write(value as never)}`]
  })
  const line = [prefix, word, ...parts, endMark].join('|')
  if (line.length > longestLine) throw new Error('A probe line is too long.')
  return line
}

type WholeLine = Extract<ProbeReading, { readonly kind: 'line' }>

/** A log that holds more lines than this is read from its end. */
const mostLines = 50

/**
 * Finds the probe line in a text, however much is around it. Of several the newest by its own time counts, of those of
 * one second the worst; where the last one is cut, nothing is known of the newest. Unknown keys, and values that cannot
 * be, are left out: what is missing is unknown. Never throws.
 */
export function readProbeLine(text: string): ProbeReading {
  const starts = [...text.matchAll(/(?<![A-Za-z0-9|])FH\d{1,3}\|/g)].slice(-mostLines).map(({ index }) => index)
  const [last, ...others] = starts.reverse()
  if (last === undefined) return { kind: 'none' }
  const reading = readLineAt(text, last)
  if (reading.kind !== 'line') return reading
  return others
    .map((start) => readLineAt(text, start))
    .filter((other) => other.kind === 'line')
    .reduce((best, other) => (saysMore(other, best) ? other : best), reading)
}

function saysMore(line: WholeLine, other: WholeLine): boolean {
  if (line.facts.at !== other.facts.at) return line.facts.at > other.facts.at
  return isWorse(line.word, other.word)
}

/** Whether a word promises less than another: of two lines of one second the worse one counts. */
export function isWorse(word: ProbeWord, other: ProbeWord): boolean {
  const order: readonly ProbeWord[] = ['repair', 'unknown', 'ok']
  return order.indexOf(word) < order.indexOf(other)
}

function readLineAt(text: string, start: number): ProbeReading {
  const [rest = ''] = /^[!-~]*/.exec(text.slice(start, start + longestLine + 200)) ?? []
  if (!rest.startsWith(`${prefix}|`)) return { kind: 'newer' }
  const end = rest.indexOf(`|${endMark}`)
  const after = rest[end + endMark.length + 1]
  if (end < 0 || end > longestLine || (after !== undefined && /[A-Za-z0-9|=]/.test(after))) return { kind: 'cut' }
  const line = rest.slice(0, end + endMark.length + 1)
  const [, word, ...parts] = line.split('|').slice(0, -1)
  const facts = factsOf(parts)
  if (facts === undefined || !isProbeWord(word)) return { kind: 'cut' }
  return { kind: 'line', line, word, facts }
}

function isProbeWord(word: string | undefined): word is ProbeWord {
  return probeWords.some((known) => known === word)
}

/** Every fact was checked by its kind; the time of the probe must be one. */
function isFacts(facts: { readonly at?: unknown }): facts is Facts {
  if (typeof facts.at !== 'string') return false
  const time = Date.parse(facts.at)
  // 31 February is read as a day of March.
  return !Number.isNaN(time) && isoTime(time) === facts.at
}

const nameOfKey = new Map(Object.entries(factTable).map(([name, { key }]) => [key as string, name as FactName]))

function factsOf(parts: readonly string[]): Facts | undefined {
  const facts: Record<string, unknown> = {}
  for (const part of parts) {
    const at = part.indexOf('=')
    const name = nameOfKey.get(part.slice(0, at))
    if (at < 0 || name === undefined) continue
    // Said twice, one of them is not of this probe.
    if (Object.hasOwn(facts, name)) return undefined
    facts[name] = factTable[name].kind.read(part.slice(at + 1))
  }
  return isFacts(facts) ? facts : undefined
}
