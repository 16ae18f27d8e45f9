import { claudeCodeKeys, type FoundKey, findKey } from '../catalogue/claude-code-keys.js'
import type { KeyPath } from '../formats/read-format.js'
import { isRecord } from '../is-record.js'
import type { SettingsFile } from '../settings-file.js'

/** One key of a file: `found` is missing where no client is known to read it. */
export interface StandingKey {
  readonly path: KeyPath
  readonly value: unknown
  readonly found?: FoundKey | undefined
}

const parents = new Set(claudeCodeKeys.map(({ path }) => path.slice(0, Math.max(0, path.lastIndexOf('.')))))

// Half a dozen rules ask for the same list.
const alreadyFound = new WeakMap<object, readonly StandingKey[]>()

/** Every key of a file that is known or ought to be: what is inside free-form values is left to other rules. */
export function standingKeys({ value }: Pick<SettingsFile, 'value'>): readonly StandingKey[] {
  if (value === undefined) return []
  const keys = alreadyFound.get(value) ?? [...keysIn(value, [])]
  alreadyFound.set(value, keys)
  return keys
}

// Not deeper than the catalogue: it goes on only where the path is one of its keys that has known names inside.
function* keysIn(value: Readonly<Record<string, unknown>>, above: KeyPath): Iterable<StandingKey> {
  for (const [name, inner] of Object.entries(value)) {
    const path = [...above, name]
    const found = findKey(path)
    yield { path, value: inner, found }
    if (found?.inside.length === 0 && found.key.open !== true && parents.has(found.key.path) && isRecord(inner))
      yield* keysIn(inner, path)
  }
}
