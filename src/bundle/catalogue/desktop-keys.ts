import { gte } from 'semver'
import { byText } from '../../platform/by-text.js'
import { nearestTexts } from '../../platform/nearest-text.js'
import { signInKeys } from './desktop-keys-sign-in.js'
import { thirdPartyKeys } from './desktop-keys-third-party.js'

export { type DesktopDeprecation, desktopDeprecations } from './desktop-deprecations.js'

/** `any` means that the form was not read; nothing can be said about the value. */
export type DesktopKeyType =
  | 'boolean'
  | 'integer'
  | 'number'
  | 'string'
  | 'string[]'
  | 'object'
  | 'object[]'
  | 'any'
  | { readonly enum: readonly string[] }

/** Which deployment reads a key: the normal Claude.ai sign-in, or inference from a third party. */
export type DesktopDeployment = 'first-party' | 'third-party' | 'both'

/** `A`: read in an Anthropic page. `B`: in a public third-party source. `C`: B, and that source calls it not active yet. */
export type DesktopGrade = 'A' | 'B' | 'C'

/** A key or a form of a value that goes away. */
export interface DesktopKeyDeprecation {
  /** The release that announced it; before the releases we know of when left out. */
  readonly since?: string
  readonly use?: string
  /** Accepted until this instant, where a day was announced. */
  readonly until?: string
  readonly after: string
}

/** One key of Claude Desktop's managed configuration. */
export interface DesktopKey {
  readonly name: string
  readonly type: DesktopKeyType
  /** A second form that is accepted as well; for two kinds of list, item by item. */
  readonly alternative?: DesktopKeyType
  /** The only items a list of texts may have. */
  readonly members?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  /** The number has to be greater than this. */
  readonly moreThan?: number
  /** Most characters of a text. */
  readonly longestText?: number
  readonly deployment: DesktopDeployment
  /** The first release that reads it from a managed file. Left out: 1.3036.0 and every later release knows it. */
  readonly since?: string
  /** No source says which release brought the key; it was found in `seenIn` if that is given. */
  readonly firstRelease?: 'not-stated'
  readonly seenIn?: string
  /** Does not know the key any more. */
  readonly removedIn?: string
  readonly secret?: true
  /** One of the keys that leave a local configuration in force when nothing else is managed. */
  readonly appBehaviour?: true
  /** Whether the bootstrap server can deliver it too; left out where that was not read. */
  readonly bootstrap?: boolean
  readonly deprecated?: DesktopKeyDeprecation
  readonly grade: DesktopGrade
  readonly source: string
  /** The day of the copy that was read. */
  readonly checked: string
  readonly note?: string
}

/** Every policy key that a page or the shipped schema names, by name. */
export const desktopKeys: readonly DesktopKey[] = [...signInKeys, ...thirdPartyKeys].sort((a, b) =>
  byText(a.name, b.name),
)

const byName = new Map(desktopKeys.map((key) => [key.name, key]))

/** The key of this exact name; names are case-sensitive. */
export function desktopKey(name: string): DesktopKey | undefined {
  return byName.get(name)
}

/** The key that was probably meant: the same letters in another case, or a slip of the keyboard away. */
export function nearestDesktopKey(name: string): DesktopKey | undefined {
  const folded = name.toLowerCase()
  const sameLetters = desktopKeys.find((key) => key.name.toLowerCase() === folded)
  const [nearest] = sameLetters === undefined ? nearestTexts(name, byName.keys()) : []
  return sameLetters ?? (nearest === undefined ? undefined : byName.get(nearest))
}

/**
 * Whether a release reads a key. `not-stated` is not a yes: the key exists, but no source says that this release has
 * it. On Linux one key that the running release does not know makes it ignore the whole file.
 * Source: https://github.com/patrickjaja/claude-desktop-extra/blob/master/docs/third-party-inference.md (2026-08-22).
 */
export type KeyUnderstanding =
  | 'understood'
  | { readonly since: string }
  | { readonly removedIn: string }
  | 'not-stated'
  | 'unknown-key'

/**
 * What one release makes of each key. `version` is the `normal` of a version read with `parseVersion`; Desktop's three
 * numbers order like semver, and a pre-release counts as not having what its release brought.
 */
export function keysUnderstoodBy(version: string): (name: string) => KeyUnderstanding {
  return (name) => {
    const key = byName.get(name)
    if (key === undefined) return 'unknown-key'
    if (key.removedIn !== undefined && gte(version, key.removedIn)) return { removedIn: key.removedIn }
    if (key.firstRelease === 'not-stated') {
      return key.seenIn !== undefined && gte(version, key.seenIn) ? 'understood' : 'not-stated'
    }
    return gte(version, key.since ?? oldestDescribed) ? 'understood' : beforeFirst(key)
  }
}

/** The oldest release in the key changelog. What came before it is called the baseline there, without a number. */
const oldestDescribed = '1.3036.0'

function beforeFirst(key: DesktopKey): KeyUnderstanding {
  return key.since === undefined ? 'not-stated' : { since: key.since }
}
