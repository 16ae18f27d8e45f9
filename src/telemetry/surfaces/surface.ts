import type { WordField } from '../fields.js'

/** One of the programs that send telemetry, and how its records name things. */
export interface Surface {
  /** The value of `service.name`. */
  readonly service: string
  readonly title: string
  /** Whose version `service.version` is. */
  readonly versionOf: 'claude-code' | 'claude-desktop'
  /** The attributes that hold a field, the first that is there counts; what is not named here is as in `fieldAttributes`. */
  readonly attributes: Readonly<Partial<Record<WordField, readonly string[]>>>
  /** Events that the documentation names; others are counted as unknown. */
  readonly events: readonly string[]
  /** Events after which a run counts as failed. */
  readonly failures: readonly string[]
  /** Whether it can report hooks, plugins, permission modes and managed settings. */
  readonly reportsPolicy: boolean
}
