import type { SessionFile } from './private-mount.js'
import type { Seen } from './seen.js'

/** Stands for the receiver's address in settings; known only once a session starts. */
export const collectorAddress = 'http://collector.session'

/** The settings of one session. */
export interface Setup {
  /** `managed-settings.json`: an object, or its text where the text is the point. */
  readonly managed: unknown
  /** Writes `managed-settings.json` as little-endian UTF-16 with a byte order mark. */
  readonly encoding?: 'utf-16'
  readonly dropIns?: Readonly<Record<string, unknown>>
  readonly files?: Readonly<Record<string, SessionFile>>
  readonly user?: unknown
  readonly shell?: Readonly<Record<string, string>>
  readonly arguments?: readonly string[]
}

/** What is claimed to be seen in clients of a semver range; only the named facts are compared. */
export interface Claim {
  readonly versions: string
  readonly bad?: Partial<Seen>
  readonly fixed: Partial<Seen>
}

/** One claim of a lint rule, and the settings that show it. */
export interface Experiment {
  /** The lint rule whose claim this is; `good-form` for what must work in every version. */
  readonly rule: string
  readonly id: string
  readonly about: string
  readonly bad?: Setup
  readonly fixed: Setup
  /** The first claim whose range has the version is the one that must hold. */
  readonly expects: readonly Claim[]
}
