import { claudeCodeKeys, type FoundKey, findKey } from '../catalogue/claude-code-keys.js'
import type { KeyPath } from '../formats/read-format.js'
import { isRecord } from '../is-record.js'

/** A key path that is explained by itself: a key of the catalogue, or one entry of an object with names of its own. */
export interface SettingsLeaf {
  /** With the key's own name in place of a second one. */
  readonly path: KeyPath
  /** As it stands in the file. */
  readonly written: KeyPath
  readonly value: unknown
  readonly found?: FoundKey | undefined
  /** The second name stands beside the key's own name, which counts. */
  readonly shadowed?: true
}

const parents = new Set(claudeCodeKeys.map(({ path }) => path.slice(0, Math.max(0, path.lastIndexOf('.')))))

/** Their entries are taken whole together by some rule, so they are one leaf. */
const whole = new Set(['sandbox.ripgrep', 'policyHelper', 'modelPicker', 'modelOverrides'])

/** Whether settings of other paths can stand inside a value of the key. */
export function holdsOtherKeys(path: KeyPath): boolean {
  const found = findKey(path)
  if (found === undefined || found.inside.length > 0 || whole.has(found.key.path)) return false
  return found.key.open === true || parents.has(found.key.path)
}

/** The leaves of a settings object, in the order of the file. */
export function* settingsLeaves(value: Readonly<Record<string, unknown>>): Iterable<SettingsLeaf> {
  for (const [name, inner] of Object.entries(value)) {
    const found = findKey([name])
    if (found?.usedAlias === undefined) yield* leavesAt([name], [name], inner)
    else if (Object.hasOwn(value, found.key.path))
      yield { path: [found.key.path], written: [name], value: inner, found, shadowed: true }
    else yield* leavesAt([found.key.path], [name], inner)
  }
}

function* leavesAt(path: KeyPath, written: KeyPath, value: unknown): Iterable<SettingsLeaf> {
  const found = findKey(path)
  const entries = isRecord(value) && holdsOtherKeys(path) ? Object.entries(value) : []
  if (entries.length === 0) yield { path, written, value, found }
  else for (const [name, inner] of entries) yield* leavesAt([...path, name], [...written, name], inner)
}
