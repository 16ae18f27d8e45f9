import { hookEventNamed } from '../catalogue/hook-events.js'
import type { SettingsKey } from '../catalogue/settings-key.js'
import { clientBehaviour } from '../client-behaviour.js'
import type { KeyPath } from '../formats/read-format.js'
import { placeOfEntry, settingsValueName } from '../settings-from-registry.js'
import { behavioursOf, type Client, holdsFrom } from './client-reads.js'
import { controlKeys, dropInsSince } from './combination-rules.js'
import { hooksAreWellShaped, readManagedValue, readValue } from './invalid-values.js'
import type { LossCode, UnknownCode } from './reasons.js'
import { type SettingsLeaf, settingsLeaves } from './settings-leaves.js'
import { type GivenSettings, isManagedSource, type Place, type SourceName } from './source.js'
import { doubtOfKey, notReadFrom } from './who-reads-key.js'

/** A value that a client reads from a file. */
export interface Claim {
  readonly path: KeyPath
  readonly value: unknown
  readonly place: Place
  readonly key: SettingsKey
  /** Set where it is not known whether the client really uses it. */
  readonly doubt?: UnknownCode | undefined
}

/** A value that stands in a file and that a client does not read from there, or does not use. */
export interface Unread {
  readonly path: KeyPath
  readonly value: unknown
  readonly place: Place
  readonly why: LossCode
  readonly detail?: string | undefined
}

/** One file as a client sees it. */
export interface ScreenedFile {
  readonly claims: readonly Claim[]
  readonly unread: readonly Unread[]
  /** It does not parse; a drop-in that clients never look at is not broken. */
  readonly broken: boolean
}

/** Single bad entries of server settings: https://code.claude.com/docs/en/managed-settings (2026-08-22). */
const serverTolerantSince = '2.1.169'

/** Sorts the values of a file into what the client reads and what it does not. Never throws. */
export function screenFile({ source, settings }: GivenSettings, client: Client): ScreenedFile {
  const { value, lenient } = settings
  const place = (path: KeyPath): Place => ({ source, file: settings.file, line: nearestLine(settings.lineOf, path) })
  const all = (root: Readonly<Record<string, unknown>>, why: LossCode, detail?: string): Unread[] =>
    [...settingsLeaves(root)].map((leaf) => ({
      path: leaf.path,
      value: leaf.value,
      place: place(leaf.written),
      why,
      detail,
    }))
  if (value === undefined) {
    const ignored = settings.problems.some(({ code }) => code.startsWith('drop-in-'))
    const unread = lenient === undefined ? [] : all(lenient, ignored ? 'drop-in-ignored' : 'not-parsed')
    return { claims: [], unread, broken: !ignored && hasContent(settings) }
  }
  if (settings.channel === 'drop-in' && !holdsFrom(dropInsSince, client))
    return { claims: [], unread: all(value, 'drop-ins-not-read', `from ${dropInsSince} on`), broken: false }

  const misshapen = Object.hasOwn(value, 'hooks') && !hooksAreWellShaped(value.hooks)
  const screened = [...settingsLeaves(value)].map((leaf) => ({
    leaf,
    result: screenLeaf(leaf, source, client, misshapen),
  }))
  const invalid = screened.filter(({ result }) => result.invalid === true)
  const fault = faultOf(source, client, invalid.length > 0, misshapen)
  if (fault.leftOut) return { claims: [], unread: all(value, 'file-left-out'), broken: false }
  const shared = new Set(
    invalid
      .filter(({ leaf, result }) => leaf.path.length > 1 && result.kind === 'unread')
      .map(({ leaf }) => leaf.path[0]),
  )
  const claims: Claim[] = []
  const unread: Unread[] = []
  for (const { leaf, result } of screened) {
    const at = { path: leaf.path, place: place(leaf.written) }
    if (result.kind === 'unread') unread.push({ ...at, value: leaf.value, why: result.why, detail: result.detail })
    else if (shared.has(leaf.path[0]) && fault.wholeKey)
      unread.push({ ...at, value: leaf.value, why: 'sibling-invalid' })
    else {
      const sibling = shared.has(leaf.path[0]) ? ('sibling-invalid' as const) : undefined
      claims.push({ ...at, value: result.value, key: result.key, doubt: fault.doubt ?? result.doubt ?? sibling })
      if (result.wrote) unread.push({ ...at, value: leaf.value, why: 'invalid-stricter' })
      for (const item of result.strippedItems) unread.push({ ...at, value: item, why: 'invalid-item' })
    }
  }
  return { claims, unread, broken: false }
}

interface Fault {
  /** The client leaves out the whole file. */
  readonly leftOut?: boolean
  /** It drops a top-level key for one invalid value inside. */
  readonly wholeKey?: boolean
  /** It is not known what it does with the rest. */
  readonly doubt?: UnknownCode
}

/** What a client does with a file for the sake of one value in it. */
function faultOf(source: SourceName, client: Client, invalid: boolean, misshapen: boolean): Fault {
  if (!isManagedSource(source)) return invalid || misshapen ? { doubt: 'file-may-be-rejected' } : {}
  if (source === 'server' && !holdsFrom(serverTolerantSince, client))
    return invalid || misshapen ? { doubt: 'old-client-invalid' } : {}
  const onWrongType = behavioursOf(clientBehaviour.wrongType, client)
  const onHooks = behavioursOf(clientBehaviour.misshapenHooks, client)
  const leftOut =
    (invalid && onWrongType.includes('whole-file-ignored')) || (misshapen && onHooks.includes('whole-file-ignored'))
  return { leftOut, wholeKey: onWrongType.includes('key-ignored') }
}

function hasContent(settings: GivenSettings['settings']): boolean {
  // A registry key without the value `Settings` brings no source at all; an empty file counts as {}.
  if (settings.registry !== undefined)
    return settings.registry.some(
      (entry) => !placeOfEntry(entry)?.below && isSettingsValue(entry.name) && entry.type !== 'delete',
    )
  return !settings.problems.some(({ message }) => message === 'The file is empty.')
}

function isSettingsValue(name: string): boolean {
  return name.toLowerCase() === settingsValueName.toLowerCase()
}

function nearestLine(lineOf: (path: KeyPath) => number | undefined, path: KeyPath): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const line = lineOf(path.slice(0, length))
    if (line !== undefined) return line
  }
  return undefined
}

type Screened =
  | { readonly kind: 'unread'; readonly why: LossCode; readonly detail?: string; readonly invalid?: boolean }
  | {
      readonly kind: 'claim'
      readonly value: unknown
      readonly key: SettingsKey
      readonly doubt?: UnknownCode | undefined
      readonly strippedItems: readonly unknown[]
      /** What was written is another value. */
      readonly wrote?: boolean
      readonly invalid?: boolean
    }

function screenLeaf(leaf: SettingsLeaf, source: SourceName, client: Client, misshapen: boolean): Screened {
  const { found, value } = leaf
  if (found === undefined) return { kind: 'unread', why: 'unknown-key' }
  const { key } = found
  const lost = notReadFrom(leaf, key, source, client)
  if (lost !== undefined) return { kind: 'unread', ...lost }
  if (key.path === 'hooks' && misshapen) return { kind: 'unread', why: 'hooks-misshapen' }
  if (key.path === 'hooks' && found.inside.length > 0 && hookEventNamed(String(found.inside[0])) === undefined)
    return { kind: 'unread', why: 'unknown-key' }
  const doubt = doubtOfKey(key, source, client)
  const reading = isManagedSource(source) ? readManagedValue(leaf, client) : readValue(leaf)
  if (reading.kind === 'used') return { ...reading, kind: 'claim', key, doubt }
  if (reading.kind === 'dropped') return { kind: 'unread', why: 'invalid', invalid: !failsOpen(key) }
  const known = 'value' in reading
  return {
    kind: 'claim',
    value: known ? reading.value : value,
    key,
    doubt: known ? doubt : 'stricter-form-not-read',
    strippedItems: [],
    wrote: known,
    invalid: true,
  }
}

/** A version floor that is no version is a text like others: it takes nothing along. */
function failsOpen({ whenInvalid }: SettingsKey): boolean {
  return whenInvalid?.result === 'fails-open'
}

/** Whether a key makes its source a policy. */
export function isControlKey(path: KeyPath): boolean {
  return controlKeys.some((name) => name === path[0])
}
