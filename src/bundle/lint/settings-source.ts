import { byText } from '../../platform/by-text.js'
import { defineKey } from '../formats/define-key.js'
import type { KeyPath } from '../formats/read-format.js'
import { isRecord } from '../is-record.js'
import type { SettingsFile } from '../settings-file.js'
import type { LintContext } from './rule.js'

type Settings = Readonly<Record<string, unknown>>

/** What a client takes as one source of settings: one file, or a managed file with its drop-ins. */
export interface SettingsSource {
  /** In the order in which they are merged. */
  readonly files: readonly SettingsFile[]
  readonly value: Settings
  /** The file whose value at the path is in force: the last one that has the path. */
  readonly setBy: (path: KeyPath) => SettingsFile | undefined
}

/** Whether an administrator's source brings the file. The user's registry hive is one, if the lowest. */
export function isManaged({ channel }: SettingsFile): boolean {
  return channel !== 'user' && channel !== 'project'
}

/** What stands at a path, or undefined. Looks at own names only, so `constructor` is no key of a file. */
export function valueAt(value: unknown, path: KeyPath): unknown {
  let inner = value
  for (const part of path) {
    if (typeof part === 'number') inner = Array.isArray(inner) ? inner[part] : undefined
    else inner = isRecord(inner) && Object.hasOwn(inner, part) ? inner[part] : undefined
  }
  return inner
}

/** The list at a path; anything else counts as empty, because another rule speaks about its type. */
export function listAt(value: unknown, path: KeyPath): readonly unknown[] {
  const found = valueAt(value, path)
  return Array.isArray(found) ? found : []
}

/** The names and values of the object at a path; none where something else stands. */
export function entriesAt(value: unknown, path: KeyPath): readonly (readonly [string, unknown])[] {
  const found = valueAt(value, path)
  return isRecord(found) ? Object.entries(found) : []
}

// Every rule asks for the same sources: they are merged once for each set of files.
const known = new WeakMap<readonly SettingsFile[], ReadonlyMap<SettingsFile, SettingsSource>>()

/** The source that a file belongs to. */
export function sourceOf(file: SettingsFile, { files }: LintContext): SettingsSource {
  let sources = known.get(files)
  if (sources === undefined) {
    sources = groupFiles(files)
    known.set(files, sources)
  }
  return sources.get(file) ?? sourceFrom([file])
}

function groupFiles(files: readonly SettingsFile[]): ReadonlyMap<SettingsFile, SettingsSource> {
  const folders = new Map<string, SettingsFile[]>()
  for (const file of files) {
    const folder = folderOf(file)
    if (folder !== undefined) folders.set(folder, [...(folders.get(folder) ?? []), file])
  }
  const sources = new Map<SettingsFile, SettingsSource>()
  for (const together of folders.values()) {
    const source = sourceFrom(
      together.sort(
        (a, b) => Number(a.channel === 'drop-in') - Number(b.channel === 'drop-in') || byText(a.file, b.file),
      ),
    )
    for (const file of together) sources.set(file, source)
  }
  return sources
}

const folderForms: Partial<Record<SettingsFile['channel'], RegExp>> = {
  file: /^(?<folder>(?:.*\/)?)managed-settings\.json$/,
  'drop-in': /^(?<folder>(?:.*\/)?)managed-settings\.d\/[^./][^/]*\.json$/,
}

/**
 * The folder of a managed file or one of its drop-ins. Hidden files and those of another name are read by no client:
 * https://code.claude.com/docs/en/managed-settings (2026-08-22).
 */
function folderOf({ file, surface, channel }: SettingsFile): string | undefined {
  if (surface !== 'claude-code') return undefined
  return folderForms[channel]?.exec(file)?.groups?.folder
}

function sourceFrom(files: readonly SettingsFile[]): SettingsSource {
  const [first, ...rest] = files
  const value = rest.reduce<Settings>((merged, file) => mergeObjects(merged, file.value ?? {}, []), first?.value ?? {})
  return {
    files,
    value,
    setBy: (path) => files.findLast((file) => valueAt(file.value, path) !== undefined),
  }
}

function mergeObjects(below: Settings, above: Settings, path: KeyPath): Settings {
  const merged: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(below)) defineKey(merged, key, value)
  for (const [key, value] of Object.entries(above)) {
    const earlier = Object.hasOwn(merged, key) ? merged[key] : undefined
    defineKey(merged, key, mergeValues(earlier, value, [...path, key]))
  }
  return merged
}

/**
 * Scalars: the later wins; lists: joined without doubles; objects: key by key. `fallbackModel` and a marketplace of the
 * same name are replaced whole: https://code.claude.com/docs/en/managed-settings (2026-08-22).
 */
function mergeValues(below: unknown, above: unknown, path: KeyPath): unknown {
  const [first] = path
  const replaced = first === 'fallbackModel' || (path.length === 2 && isMarketplaces(first))
  if (replaced || path.length > 64) return above
  if (Array.isArray(below) && Array.isArray(above)) {
    const texts = new Set(below.map((item) => JSON.stringify(item)))
    return [...below, ...above.filter((item) => !texts.has(JSON.stringify(item)))]
  }
  return isRecord(below) && isRecord(above) ? mergeObjects(below, above, path) : above
}

function isMarketplaces(name: unknown): boolean {
  return name === 'extraKnownMarketplaces' || name === 'additionalMarketplaces'
}
