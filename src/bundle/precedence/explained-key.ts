import type { KeyPath } from '../formats/read-format.js'
import type { LossCode, UnknownCode } from './reasons.js'
import type { Place } from './source.js'

/** How the value in force came about. */
export const combinations = [
  'only-source',
  'first-wins',
  'highest',
  'highest-only',
  'whole',
  'union',
  'strictest',
  'any-source',
  'per-variable',
  'telemetry-block',
  'machine-source',
  'higher-file',
  'stricter-lower',
  'merged-upward',
  'desktop',
  'none',
] as const
export type Combination = (typeof combinations)[number]

/** A value that stands in a file and is not in force. */
export interface Loser {
  readonly place: Place
  readonly value: unknown
  readonly why: LossCode
  /** A version or a name that belongs to the reason; it may come from data. */
  readonly detail?: string | undefined
}

/**
 * What is in force at one key path. `set`: the value is. `none`: it stands somewhere and counts nowhere. `unknown`: no
 * source says, `unknown` names the reason and `losers` hold what stands where.
 */
export interface ExplainedKey {
  readonly path: KeyPath
  readonly state: 'set' | 'none' | 'unknown'
  /** Raw: it may hold secrets. Pass it through `shownSetting` before anybody sees it. */
  readonly value?: unknown
  readonly combination: Combination
  /** The version from which this way of combining holds. */
  readonly since?: string | undefined
  readonly from: readonly Place[]
  readonly losers: readonly Loser[]
  readonly unknown?: UnknownCode | undefined
  /** What an administrator should know about it. Fixed texts. */
  readonly notes: readonly string[]
}

/** Something about the whole explanation. */
export interface ExplanationNote {
  readonly code: string
  readonly message: string
  readonly source?: string | undefined
  readonly checked?: string | undefined
}

/** The text under which a path is found in maps. */
export function idOf(path: KeyPath): string {
  return JSON.stringify(path)
}
