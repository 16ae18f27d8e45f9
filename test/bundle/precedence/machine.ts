import { keyPathText } from '../../../src/bundle/formats/read-format.js'
import { explainAdvice } from '../../../src/bundle/kind-advice.js'
import { explainCode } from '../../../src/bundle/precedence/explain-code.js'
import type { ExplainedKey } from '../../../src/bundle/precedence/explained-key.js'
import type { Explanation } from '../../../src/bundle/precedence/explanation.js'
import type { GivenSettings, SourceName } from '../../../src/bundle/precedence/source.js'
import type { SettingsFile } from '../../../src/bundle/settings-file.js'
import { settingsFromJson } from '../../../src/bundle/settings-from-json.js'

const kinds = {
  server: 'server',
  file: 'managed',
  user: 'user',
  project: 'project',
  local: 'project',
  plist: 'managed',
  hklm: 'managed',
  hkcu: 'managed',
} as const satisfies Record<SourceName, string>

const channels: Partial<Record<SourceName, SettingsFile['channel']>> = { plist: 'plist', hklm: 'hklm', hkcu: 'hkcu' }

/** Settings of one source; a text is taken as the file has it. */
export function given(source: SourceName, content: unknown, file = `${source}.json`): GivenSettings {
  const text = typeof content === 'string' ? content : (JSON.stringify(content, null, 2) ?? '')
  const read = settingsFromJson({ name: file, path: `/${file}` }, Buffer.from(text), {
    as: kinds[source],
    named: true,
    advice: explainAdvice,
  })
  if (!Array.isArray(read)) throw new TypeError('the builder made no settings')
  const settings = read[0] as SettingsFile
  return { source, settings: { ...settings, channel: channels[source] ?? settings.channel } }
}

/** A file of `managed-settings.d`. */
export function dropIn(name: string, content: unknown): GivenSettings {
  const { settings } = given('file', content, name)
  return { source: 'file', settings: { ...settings, channel: 'drop-in' } }
}

type Contents = Partial<Record<SourceName, unknown>>

/** What is explained of a machine with one file for each source that is named. */
export function explained(contents: Contents, client?: string, more: readonly GivenSettings[] = []): Explanation {
  const files = Object.entries(contents).map(([source, content]) => given(source as SourceName, content))
  return explainCode([...files, ...more], client)
}

/** One key of an explanation by its path as people write it. */
export function keyOf({ keys }: Explanation, path: string): ExplainedKey {
  const found = keys.find((key) => keyPathText(key.path) === path)
  if (found === undefined) throw new TypeError(`${path} is not explained`)
  return found
}

/** What is in force: the value, or the word for there being none. */
export function inForce(explanation: Explanation, path: string): unknown {
  const { state, value } = keyOf(explanation, path)
  return state === 'set' ? value : state
}

/** The sources that a value comes from. */
export function sourcesOf(explanation: Explanation, path: string): string[] {
  return [...new Set(keyOf(explanation, path).from.map(({ source }) => source))]
}

/** Why each value of a source that lost did. */
export function lossesOf(explanation: Explanation, path: string): Record<string, string> {
  return Object.fromEntries(keyOf(explanation, path).losers.map(({ place, why }) => [place.source, why]))
}
