import type { PrivacyTier } from '../../policy/telemetry.js'
import type { KeyPath } from '../formats/read-format.js'
import type { SettingsFile, Surface } from '../settings-file.js'

export const severities = ['error', 'warning', 'note'] as const
/** error: something is not in force, not collected, or leaks. warning: it may be. note: worth knowing. */
export type Severity = (typeof severities)[number]

/** What rules may know beside the file itself. */
export interface LintContext {
  /** All settings that are looked at together: one bundle, one machine, one command line. */
  readonly files: readonly SettingsFile[]
  /** Claude Code versions out there (normal form), from --scan or --client; empty: any version may be. */
  readonly codeVersions: readonly string[]
  /** Claude Desktop versions out there (normal form), from --scan; empty: any version may be. */
  readonly desktopVersions: readonly string[]
  /** The privacy tier that is meant to hold, from --privacy or the policy; undefined: not stated. */
  readonly privacy?: PrivacyTier | undefined
  /** The day of judgement, milliseconds UTC: deprecations have dates. */
  readonly asOf: number
  /** Whether a file exists beside the settings: only inside a bundle can this be known; undefined: not known. */
  readonly hasFile?: ((path: string) => boolean | undefined) | undefined
}

/** One place where a rule found something. */
export interface Hit {
  readonly path: KeyPath
  /** What is there and what the client makes of it. Values of data only through `safeText`-able text; never a secret. */
  readonly message: string
  /** Overrides the rule's. */
  readonly severity?: Severity | undefined
  readonly fix?: string | undefined
  /** For places that have no key path, such as a line of a registry file. */
  readonly line?: number | undefined
  /** Narrower than the rule's: the clients (semver range on normal versions) to which this hit applies. */
  readonly versions?: string | undefined
}

/** One rule of lint, as data with its check. */
export interface Rule {
  /** Stable, kebab-case; `test/client/experiments.ts` refers to it. */
  readonly id: string
  readonly title: string
  readonly surface: Surface | 'any'
  readonly severity: Severity
  /** Why it matters to an administrator, in one or two sentences. */
  readonly why: string
  /** What to do. */
  readonly fix: string
  /** Public page the rule rests on, or `observed` facts recorded in this repository (templates/client-matrix.json). */
  readonly source: string
  /** The day the source was read or the client was observed. */
  readonly checked: string
  /** The client versions the rule holds for (semver range); undefined: every version. */
  readonly versions?: string | undefined
  readonly check: (file: SettingsFile, context: LintContext) => Iterable<Hit>
}
