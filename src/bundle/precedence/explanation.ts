import type { Client } from './client-reads.js'
import type { ExplainedKey, ExplanationNote } from './explained-key.js'
import type { SourceName } from './source.js'

/** What became of a whole source. */
export const sourceOutcomes = [
  'wins',
  'may-win',
  'merged',
  'skipped',
  'no-policy-key',
  'not-readable',
  'below',
] as const

export interface ExplainedSource {
  readonly source: SourceName
  /** In the order in which they are merged. */
  readonly files: readonly string[]
  /** Key paths in it that a client reads. */
  readonly keys: number
  /** Those of them that have a part in what is in force. */
  readonly inForce: number
  readonly outcome: (typeof sourceOutcomes)[number]
}

/** Which sources win on a machine, and what is in force key by key. */
export interface Explanation {
  readonly surface: 'claude-code' | 'claude-desktop'
  readonly client: Client
  /** One sentence: which source wins, and why. */
  readonly summary: string
  /** `one`: `sources` holds the winner; `unknown`: the candidates; `merged`: all that join; `none`: nobody. */
  readonly winner: {
    readonly state: 'one' | 'merged' | 'unknown' | 'none'
    readonly sources: readonly SourceName[]
  }
  /** Whether a session starts at all with these settings. */
  readonly start: 'starts' | 'refused' | 'unknown'
  readonly sources: readonly ExplainedSource[]
  /** Sorted by path. */
  readonly keys: readonly ExplainedKey[]
  readonly notes: readonly ExplanationNote[]
}
