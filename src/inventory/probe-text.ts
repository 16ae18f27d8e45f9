import { isWorse, type ProbeWord, readProbeLine } from '../health/probe-line.js'

/** What can be kept of a probe. */
export const probeKinds = ['line', 'cut', 'newer'] as const
export type ProbeKind = (typeof probeKinds)[number]

/** What is kept of a text that holds a probe line. */
export interface KeptProbe {
  readonly kind: ProbeKind
  /** The line, or the beginning of a cut or later one; never what is around it. */
  readonly text: string
  /** When the probe looked, in milliseconds since 1970 UTC; NaN where no line says so. */
  readonly at: number
  /** What the machine made of its facts; only of a line. */
  readonly word?: ProbeWord | undefined
}

/** Whether a text begins with a whole probe line: then it is one under whatever name it stands. */
export function beginsProbe(text: string): boolean {
  return text.startsWith('FH1|') && readProbeLine(text).kind === 'line'
}

const day = 86_400_000
/** Enough to see what a line was that cannot be read. */
const keptOfOther = 200

/** The probe line in a text, however much is around it, or undefined where there is none. Never throws. */
export function keepProbe(text: string): KeptProbe | undefined {
  const reading = readProbeLine(text)
  if (reading.kind === 'none') return undefined
  if (reading.kind === 'line')
    return { kind: 'line', text: reading.line, at: Date.parse(reading.facts.at), word: reading.word }
  const start = [...text.matchAll(/(?<![A-Za-z0-9|])FH\d{1,3}\|/g)].at(-1)?.index ?? 0
  let [kept = ''] = /^[!-~]*/.exec(text.slice(start, start + keptOfOther)) ?? []
  // Shortened in the wrong place, what was no whole line might look like one.
  while (readProbeLine(kept).kind === 'line') kept = kept.slice(0, -1)
  return { kind: reading.kind, text: kept, at: Number.NaN }
}

/** What was kept, read again: only a line says when the probe looked. */
export function keptAgain(kind: ProbeKind, text: string): KeptProbe {
  const reading = kind === 'line' ? readProbeLine(text) : undefined
  if (reading?.kind !== 'line') return { kind, text, at: Number.NaN }
  return { kind, text, at: Date.parse(reading.facts.at), word: reading.word }
}

/**
 * Whether one probe says more of the present than another: a whole line before any other, the newer line before the
 * older, of those of one second the worse. A line from a clock that runs ahead of `asOf` must not hide what was said since, so it comes after the others.
 */
export function isNewer(probe: KeptProbe, other: KeptProbe, asOf: number): boolean {
  return compareTimes(probe, other, asOf) < 0
}

/** Negative where the first says more of the present; equally new ones are ordered by their text. */
export function compareProbes(a: KeptProbe, b: KeptProbe, asOf: number): number {
  return compareTimes(a, b, asOf) || (a.text === b.text ? 0 : a.text < b.text ? -1 : 1)
}

function compareTimes(a: KeptProbe, b: KeptProbe, asOf: number): number {
  const order = rank(a, asOf) - rank(b, asOf)
  if (order !== 0 || a.kind !== 'line') return order
  if (a.at !== b.at) return b.at - a.at
  if (a.word === undefined || b.word === undefined || a.word === b.word) return 0
  return isWorse(a.word, b.word) ? -1 : 1
}

function rank({ kind, at }: KeptProbe, asOf: number): number {
  if (kind !== 'line') return 2
  return at > asOf + day ? 1 : 0
}
