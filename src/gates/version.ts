/**
 * Our own strict reading of version texts. `semver.coerce` turns junk into versions (`1,2,3` into 1.0.0, twenty nines
 * into 0.0.0) and drops the fourth part, so nothing reaches `semver` that was not read here first.
 *
 * Claude Desktop numbers three integers without pre-release tags; Windows packages add a fourth, Homebrew a commit,
 * Linux a revision. Source: https://claude.com/docs/cowork/changelog (2026-09-05).
 */

/** Why a text is not a version. None of these is ever "old" or "new". */
export type VersionProblem =
  | 'empty'
  | 'too-long'
  | 'no-value'
  | 'control-character'
  | 'not-ascii'
  | 'negative'
  | 'exponent'
  | 'decimal-comma'
  | 'date'
  | 'range'
  | 'bare-number'
  | 'too-many-parts'
  | 'part-too-large'
  | 'unknown-suffix'
  | 'not-a-version'

/** A version that was read. Two versions with the same `normal` get the same answer from every gate. */
export interface Version {
  readonly kind: 'version'
  /** What gates compare: three integers, and a pre-release if there was one. Always valid semver. */
  readonly normal: string
  /** Three integers; a fourth only when it is not zero. */
  readonly parts: readonly number[]
  /** A word and its numbers: `beta.1` is `['beta', 1]`. */
  readonly preRelease?: readonly (string | number)[]
  /** What the text said beyond `normal`, and a gate therefore does not see. */
  readonly inexact?: 'fourth-part' | 'revision'
}

export interface UnknownVersion {
  readonly kind: 'unknown'
  readonly reason: VersionProblem
}

export type ParsedVersion = Version | UnknownVersion

/** Room for a version in a blank-padded database column; longer texts are prose. */
const longest = 256

/** How exports write "nothing" (Jamf, Intune, Graph, ManageEngine, Tanium, RPM). */
const noValue = new Set([
  '-',
  '--',
  '(none)',
  '[no results]',
  '[current result unavailable]',
  'n/a',
  'na',
  'nan',
  'none',
  'null',
  'undefined',
  'unknown',
  'no value',
  'not available',
  'not collected',
  'not present',
  'not supported',
])

const name = '(?:claude(?:[ -](?:desktop|code))?(?: version)? +|@anthropic-ai/claude-code@)'
const dotted = String.raw`(?<dotted>\d+(?:\.\d+)*)`
const suffix = '(?<suffix>[-~_+,][0-9a-z.+~,_-]*)'
const bracket = String.raw`(?: *\([0-9a-z ._:+-]{1,64}\))`
const plainForm = new RegExp(`^${name}?(?<epoch>\\d{1,4}:)?v?${dotted}${suffix}?${bracket}?$`)

/** A full MSIX package name, `Claude_1.24012.11.0_x64__pzs8sxrjxfjjc`: name, version, architecture, resource, publisher. */
const packageForm =
  /^(?:anthropicpbc\.)?claude_(?<dotted>\d+(?:\.\d+)*)_(?:x64|x86|arm64|neutral)_[0-9a-z.~-]*_[0-9a-z]{13}$/

const preReleaseForm =
  /^[-~](?<word>alpha|beta|canary|dev|insider|next|nightly|pre|preview|rc|snapshot)[.-]?(?<numbers>\d{1,9}(?:\.\d{1,9}){0,3})?(?:\+[0-9a-z.-]{1,64})?$/
const revisionForm = /^[-_]\d[0-9a-z.~_]{0,63}(?:\+[0-9a-z.~-]{1,64})?$/
const buildForm = /^\+[0-9a-z.-]{1,64}$/
const commitForm = /^,[0-9a-f]{7,64}$/

/** RPM writes a pre-release inside the revision (`1.2.3-0.1.rc1`); we cannot tell it from a release, so we do not try. */
const preReleaseInRevision = /alpha|beta|rc|pre/

/** Reads a version text; anything that is not plainly one comes back as unknown with the reason. Never throws. */
export function parseVersion(text: string): ParsedVersion {
  if (text.length > longest) return unknown('too-long')
  // trim() also takes off no-break spaces and byte-order marks, which spreadsheets leave behind.
  const given = text.trim().toLowerCase()
  if (given === '') return unknown('empty')
  if (/[\x00-\x1f\x7f]/.test(given)) return unknown('control-character')
  if (/[^\x20-\x7e]/.test(given)) return unknown('not-ascii')
  if (noValue.has(given)) return unknown('no-value')
  const problem = tellTale(given)
  if (problem !== undefined) return unknown(problem)
  const groups = (plainForm.exec(given) ?? packageForm.exec(given))?.groups
  if (groups?.dotted === undefined) return unknown('not-a-version')
  return assemble(groups.dotted, groups.suffix ?? '', groups.epoch !== undefined)
}

/** Forms that would half fit the grammar and mean something else; naming them helps the admin find the cell. */
function tellTale(given: string): VersionProblem | undefined {
  if (/^-\s*v?\d/.test(given)) return 'negative'
  if (/^[<>=^~!]|^v?\d+(?:\.\d+){0,2}\.[x*]$|\|\||\d - v?\d/.test(given)) return 'range'
  if (/^\d+(?:\.\d+)?e[+-]?\d+$/.test(given)) return 'exponent'
  if (/^\d+,\d+$/.test(given)) return 'decimal-comma'
  if (isDate(given)) return 'date'
  return undefined
}

/**
 * Spreadsheets turn versions into dates and back. A dotted date has two digits, two digits and a year: `12.11.2026`.
 * `1.1.2026` stays a version, because Claude Desktop's third part ran through those numbers in early 2026.
 */
function isDate(given: string): boolean {
  return (
    /^(?:19|20)\d\d[-./]\d{1,2}(?:[-./]\d{1,2})?(?:[t ]|$)/.test(given) ||
    /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])$/.test(given) ||
    /^\d\d\.\d\d\.(?:19|20)\d\d$/.test(given) ||
    /^\d{1,2}(?<sep>[-/])\d{1,2}\k<sep>(?:19|20)?\d\d(?: |$)/.test(given) ||
    /^\d{1,2}[- .][a-z]{3}(?:$|[- .])/.test(given) ||
    /^[a-z]{3}[- ]\d{1,4}(?:$|[ ,-])/.test(given)
  )
}

function assemble(dottedText: string, suffixText: string, hasEpoch: boolean): ParsedVersion {
  const given = dottedText.split('.')
  if (given.length > 4) return unknown('too-many-parts')
  if (given.some((part) => part.length > 9)) return unknown('part-too-large')
  // A lone large number is a date serial or a build stamp that lost its dots, and would pass every gate.
  if (given.length === 1 && dottedText.length > 3) return unknown('bare-number')
  const rest = readSuffix(suffixText)
  if (rest === undefined) return unknown('unknown-suffix')
  // Packaging decorations only occur on full versions; on shorter ones they are dates, times and sums (`10-07`, `10:30`).
  if ((hasEpoch || rest.packaging) && given.length < 3) return unknown('unknown-suffix')
  const [major = 0, minor = 0, patch = 0, fourth = 0] = given.map(Number)
  const core = `${major}.${minor}.${patch}`
  const inexact = fourth > 0 ? 'fourth-part' : rest.revision ? 'revision' : undefined
  return {
    kind: 'version',
    normal: rest.preRelease === undefined ? core : `${core}-${rest.preRelease.join('.')}`,
    parts: fourth > 0 ? [major, minor, patch, fourth] : [major, minor, patch],
    ...(rest.preRelease === undefined ? {} : { preRelease: rest.preRelease }),
    ...(inexact === undefined ? {} : { inexact }),
  }
}

interface Suffix {
  readonly packaging: boolean
  readonly revision: boolean
  readonly preRelease?: readonly (string | number)[]
}

/**
 * `-` and a digit is a packaging revision (Debian, RPM, community rebuilds), never a semver pre-release: Claude has no
 * numeric pre-releases, and its Linux packages do have revisions. `-` and a known word is a pre-release.
 */
function readSuffix(text: string): Suffix | undefined {
  if (text === '') return { packaging: false, revision: false }
  if (buildForm.test(text) || commitForm.test(text)) return { packaging: true, revision: false }
  if (revisionForm.test(text)) {
    return preReleaseInRevision.test(text) ? undefined : { packaging: true, revision: true }
  }
  const groups = preReleaseForm.exec(text)?.groups
  if (groups?.word === undefined) return undefined
  const numbers = groups.numbers?.split('.').map(Number) ?? []
  return { packaging: false, revision: false, preRelease: [groups.word, ...numbers] }
}

/** The shortest text that reads back as the same version. */
export function formatVersion(version: Version): string {
  const core = version.parts.join('.')
  return version.preRelease === undefined ? core : `${core}-${version.preRelease.join('.')}`
}

/**
 * Numeric order, part by part; missing parts are 0; a pre-release is below its release. A non-zero fourth part only
 * orders copies of the same release: it never decides a gate, which sees `normal`.
 */
export function compareVersions(a: Version, b: Version): number {
  for (let i = 0; i < 3; i++) {
    const difference = (a.parts[i] ?? 0) - (b.parts[i] ?? 0)
    if (difference !== 0) return Math.sign(difference)
  }
  return comparePreReleases(a.preRelease, b.preRelease) || Math.sign((a.parts[3] ?? 0) - (b.parts[3] ?? 0))
}

function comparePreReleases(a: Version['preRelease'], b: Version['preRelease']): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x, y] = [a[i], b[i]]
    if (x !== y && x !== undefined && y !== undefined) return x < y ? -1 : 1
  }
  return Math.sign(a.length - b.length)
}

function unknown(reason: VersionProblem): UnknownVersion {
  return { kind: 'unknown', reason }
}
