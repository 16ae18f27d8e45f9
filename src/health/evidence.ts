import type { DiagnosisCode } from './diagnoses.js'

/** What was found for one stage: what is wrong, and what stays open. */
export interface Evidence {
  readonly wrong: readonly (DiagnosisCode | false)[]
  /** Each open question, in words; false where it is answered. */
  readonly open: readonly (string | false)[]
}
