import type { StageName } from './facts.js'

/** One thing that is wrong, why, and what to do. */
export interface Diagnosis {
  /** Stable code, such as `app-not-restarted`. */
  readonly code: string
  readonly stage: StageName
  readonly title: string
  readonly why: string
  readonly remediation: string
  /** Where the fact behind it is described. */
  readonly source: string
  /** The day of the copy that was read. */
  readonly checked: string
}
