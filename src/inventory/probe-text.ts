import { readProbeLine } from '../health/probe-line.js'

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
}

const day = 86_400_000
/** Enough to see what a line was that cannot be read. */
const keptOfOther = 200

/** The probe line in a text, however much is around it, or undefined where there is none. Never throws. */
export function keepProbe(text: string): KeptProbe | undefined {
  const reading = readProbeLine(text)
  if (reading.kind === 'none') return undefined
  if (reading.kind === 'line') return { kind: 'line', text: reading.line, at: Date.parse(reading.facts.at) }
  const start = [...text.matchAll(/(?<![A-Za-z0-9|])FH\d{1,3}\|/g)].at(-1)?.index ?? 0
  let [kept = ''] = /^[!-~]*/.exec(text.slice(start, start + keptOfOther)) ?? []
  // Shortened in the wrong place, what was no whole line might look like one.
  while (readProbeLine(kept).kind === 'line') kept = kept.slice(0, -1)
  return { kind: reading.kind, text: kept, at: Number.NaN }
}

/** What was kept, read again: only a line says when the probe looked. */
export function keptAgain(kind: ProbeKind, text: string): KeptProbe {
  const reading = kind === 'line' ? readProbeLine(text) : undefined
  return { kind, text, at: reading?.kind === 'line' ? Date.parse(reading.facts.at) : Number.NaN }
}

/**
 * Whether one probe says more of the present than another: a whole line before any other, the newer line before the
 * older. A line from a clock that runs ahead of `asOf` must not hide what was said since, so it comes after the others.
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
  if (order !== 0 || a.at === b.at || a.kind !== 'line') return order
  return b.at - a.at
}

function rank({ kind, at }: KeptProbe, asOf: number): number {
  if (kind !== 'line') return 2
  return at > asOf + day ? 1 : 0
}
