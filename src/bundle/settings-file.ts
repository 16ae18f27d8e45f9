import type { FormatProblem, KeyPath } from './formats/read-format.js'
import type { RegistryEntry } from './formats/registry-file.js'

/** Which program reads the settings. */
export type Surface = 'claude-code' | 'claude-desktop' | 'managed-mcp'

/** The way settings reach the client; it decides who wins and which keys count. */
export type Channel = 'server' | 'plist' | 'hklm' | 'file' | 'drop-in' | 'hkcu' | 'user' | 'project'

/** Settings as they were found, whatever the format. One file may hold several (a profile with two payloads). */
export interface SettingsFile {
  /** As shown to the reader, with `/`. */
  readonly file: string
  readonly surface: Surface
  readonly channel: Channel
  readonly format: 'json' | 'plist' | 'registry'
  /** The settings as the client would see them (JSON inside a registry value or a plist string already read); undefined when it reads nothing. */
  readonly value: Readonly<Record<string, unknown>> | undefined
  /** What they would be if the syntax were mended: rules may look at it, but what stands there is not in force. */
  readonly lenient?: Readonly<Record<string, unknown>> | undefined
  /** What the reader of the format had to say. */
  readonly problems: readonly FormatProblem[]
  readonly lineOf: (path: KeyPath) => number | undefined
  /** Registry values as they stand, for rules about names and types. */
  readonly registry?: readonly RegistryEntry[] | undefined
  /** The payload of a profile as it stands, before Desktop's JSON strings were read. */
  readonly payload?: Readonly<Record<string, unknown>> | undefined
}
