import { byText } from '../../platform/by-text.js'
import type { SettingsKey } from '../catalogue/settings-key.js'
import { defineKey } from '../formats/define-key.js'
import type { KeyPath } from '../formats/read-format.js'
import { isRecord } from '../is-record.js'
import { baseName } from '../settings-kind.js'
import type { Client } from './client-reads.js'
import { idOf } from './explained-key.js'
import type { UnknownCode } from './reasons.js'
import { isControlKey, type ScreenedFile, screenFile, type Unread } from './screen-file.js'
import { holdsOtherKeys } from './settings-leaves.js'
import type { GivenSettings, Place, SourceName } from './source.js'

/** One value as its whole source has it, drop-ins merged. */
export interface Setting {
  readonly path: KeyPath
  readonly source: SourceName
  readonly key: SettingsKey
  readonly value: unknown
  /** The files it comes from, in the order in which they are merged. */
  readonly places: readonly Place[]
  readonly doubt?: UnknownCode | undefined
}

/** A source as the client sees it. */
export interface SourceSettings {
  readonly source: SourceName
  readonly files: readonly string[]
  /** By `idOf` their path. */
  readonly settings: ReadonlyMap<string, Setting>
  /** The top-level names among them. */
  readonly names: ReadonlySet<unknown>
  readonly unread: readonly Unread[]
  /** Files that do not parse. */
  readonly broken: readonly string[]
  /**
   * Whether it has a policy key. `maybe`: all it has is of a kind of which it is not stated whether it counts, such as
   * keys that this client does not know.
   */
  readonly policy: 'yes' | 'maybe' | 'no'
}

/** The file first, then its drop-ins by name: https://code.claude.com/docs/en/managed-settings (2026-08-22). */
function inMergeOrder(a: GivenSettings, b: GivenSettings): number {
  const rank = ({ settings }: GivenSettings) => Number(settings.channel === 'drop-in')
  return rank(a) - rank(b) || byText(baseName(a.settings.file), baseName(b.settings.file))
}

/** Reads and merges the files of one source. */
export function sourceSettings(source: SourceName, given: readonly GivenSettings[], client: Client): SourceSettings {
  const settings = new Map<string, Setting>()
  const unread: Unread[] = []
  const broken: string[] = []
  const ordered = [...given].sort(inMergeOrder)
  for (const file of ordered) {
    const screened = screenFile(file, client)
    if (screened.broken) broken.push(file.settings.file)
    unread.push(...screened.unread)
    addFile(source, settings, screened, (loser) => unread.push(loser))
  }
  return {
    source,
    files: ordered.map(({ settings: { file } }) => file),
    settings,
    names: new Set([...settings.values()].map(({ path }) => path[0])),
    unread,
    broken,
    policy: policyOf(settings, unread),
  }
}

const notCounted = new Set(['drop-in-ignored', 'not-parsed', 'drop-ins-not-read'])

function policyOf(settings: ReadonlyMap<string, Setting>, unread: readonly Unread[]): SourceSettings['policy'] {
  const policies = [...settings.values()].filter(({ path }) => !isControlKey(path))
  if (policies.some(({ doubt }) => doubt === undefined)) return 'yes'
  // A key of Claude Desktop is a settings key, whoever acts on it.
  if (unread.some(({ why }) => why === 'read-by-desktop')) return 'yes'
  const others = unread.some(({ path, why }) => !isControlKey(path) && !notCounted.has(why))
  return policies.length > 0 || others ? 'maybe' : 'no'
}

function addFile(
  source: SourceName,
  settings: Map<string, Setting>,
  { claims }: ScreenedFile,
  lose: (loser: Unread) => void,
): void {
  const replace = (id: string) => {
    const old = settings.get(id)
    settings.delete(id)
    for (const place of old?.places ?? []) {
      // An object without entries says nothing that could be lost.
      if (old !== undefined && !isEmptyObject(old.value))
        lose({ path: old.path, value: old.value, place, why: 'later-drop-in' })
    }
  }
  for (const { path, value, place, key, doubt } of claims) {
    const id = idOf(path)
    const before = settings.get(id)
    const merged = before === undefined ? undefined : mergeValues(before.value, value, path)
    if (before !== undefined && merged?.kept === true) {
      const places = [...before.places, place]
      settings.set(id, { ...before, value: merged.value, places, doubt: before.doubt ?? doubt })
      continue
    }
    replace(id)
    for (let length = path.length - 1; length > 0; length--) replace(idOf(path.slice(0, length)))
    if (holdsOtherKeys(path) && !isEmptyObject(value)) for (const inner of inside(settings, path)) replace(inner)
    if (isEmptyObject(value) && inside(settings, path).length > 0) continue
    settings.set(id, { path, source, key, value, places: [place], doubt })
  }
}

function inside(settings: ReadonlyMap<string, Setting>, path: KeyPath): string[] {
  const start = `${idOf(path).slice(0, -1)},`
  return [...settings.keys()].filter((id) => id.startsWith(start))
}

function isEmptyObject(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 0
}

/**
 * Lists are joined without doubles, objects key by key, anything else is replaced; so are `fallbackModel`, `modelPicker`
 * and entries of the same name in `extraKnownMarketplaces` and `managedMcpServers`:
 * https://code.claude.com/docs/en/managed-settings#split-a-file-based-policy-across-teams (2026-10-08).
 */
export function mergeValues(
  below: unknown,
  above: unknown,
  path: KeyPath,
): { readonly value: unknown; readonly kept: boolean } {
  const replaced = ['fallbackModel', 'modelPicker', 'extraKnownMarketplaces', 'managedMcpServers']
  if (replaced.some((name) => name === path[0])) return { value: above, kept: false }
  if (Array.isArray(below) && Array.isArray(above)) return { value: union([below, above]), kept: true }
  if (!isRecord(below) || !isRecord(above)) return { value: above, kept: false }
  const merged: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(below)) defineKey(merged, key, value)
  for (const [key, value] of Object.entries(above)) {
    const earlier = Object.hasOwn(merged, key) ? merged[key] : undefined
    defineKey(merged, key, mergeValues(earlier, value, [...path, key]).value)
  }
  return { value: merged, kept: true }
}

/** The entries of all lists, each once, in the order in which they first stand. */
export function union(lists: readonly (readonly unknown[])[]): unknown[] {
  const byTextOf = new Map<string, unknown>()
  for (const item of lists.flat()) {
    const text = JSON.stringify(item) ?? 'undefined'
    if (!byTextOf.has(text)) byTextOf.set(text, item)
  }
  return [...byTextOf.values()]
}
