import { readDesktopRegistry } from './desktop-encoding.js'
import { readJsonText } from './formats/json-text.js'
import { type RegistryEntry, readRegistryFile } from './formats/registry-file.js'
import { isRecord } from './is-record.js'
import { type NotSettings, unread } from './not-settings.js'
import type { SettingsFile, Surface } from './settings-file.js'

/** Keys below a hive, in lower case, as the registry knows no case: managed-settings and the MDM page of Desktop (2026-08-22). */
const policyKeys: Readonly<Record<string, Surface>> = {
  'software\\policies\\claudecode': 'claude-code',
  'software\\policies\\claude': 'claude-desktop',
}
const channels = { HKLM: 'hklm', HKCU: 'hkcu' } as const

/** The value of Claude Code that holds its settings: https://code.claude.com/docs/en/managed-settings (2026-08-22). */
export const settingsValueName = 'Settings'

/** Whether an entry is directly in a key of Claude, in one below it, or elsewhere. */
export function placeOfEntry(entry: RegistryEntry): { readonly surface: Surface; readonly below: boolean } | undefined {
  const key = entry.key.toLowerCase().replace(/\\+$/, '')
  for (const [policyKey, surface] of Object.entries(policyKeys)) {
    if (key === policyKey) return { surface, below: false }
    if (key.startsWith(`${policyKey}\\`)) return { surface, below: true }
  }
  return undefined
}

/** The settings of each program and hive in a registry file. */
export function settingsFromRegistry(file: string, bytes: Uint8Array): readonly SettingsFile[] | NotSettings {
  const { entries, problems } = readRegistryFile(bytes)
  const files = (['HKLM', 'HKCU'] as const).flatMap((hive) =>
    (['claude-code', 'claude-desktop'] as const).flatMap((surface): SettingsFile[] => {
      const own = entries.filter((entry) => entry.hive === hive && placeOfEntry(entry)?.surface === surface)
      if (own.length === 0) return []
      const settings = surface === 'claude-code' ? codeSettings(own) : desktopSettings(own)
      return [{ file, surface, channel: channels[hive], format: 'registry', registry: own, ...settings }]
    }),
  )
  const [first, ...others] = files
  // Problems of the file are reported once, with the first settings in it.
  if (first !== undefined) return [{ ...first, problems: [...problems, ...first.problems] }, ...others]
  if (entries.length === 0 && problems.length > 0) return unread(problems, 'Export the key again with regedit.')
  return {
    code: 'not-settings',
    message: 'The registry file has no values under SOFTWARE\\Policies\\ClaudeCode or SOFTWARE\\Policies\\Claude.',
    tryThis: 'Check the keys: clients read no other, and not those under WOW6432Node.',
    other: true,
  }
}

type ReadPart = Pick<SettingsFile, 'value' | 'lenient' | 'problems' | 'lineOf'>

/** The last value of a name counts; names know no case. A deleted value is none. */
function codeSettings(entries: readonly RegistryEntry[]): ReadPart {
  const entry = entries.findLast(
    (candidate) => !placeOfEntry(candidate)?.below && candidate.name.toLowerCase() === settingsValueName.toLowerCase(),
  )
  const line = entry?.line ?? entries[0]?.line
  const text = entry?.type === 'string' || entry?.type === 'expand-string' ? entry.value : undefined
  if (typeof text !== 'string') return { value: undefined, problems: [], lineOf: () => line }
  const read = readJsonText(Buffer.from(text, 'utf8'))
  return {
    value: isRecord(read.value) ? read.value : undefined,
    lenient: isRecord(read.lenient) ? read.lenient : undefined,
    problems: read.problems.map((problem) => ({ ...problem, line })),
    lineOf: () => line,
  }
}

function desktopSettings(entries: readonly RegistryEntry[]): ReadPart {
  const values = desktopRegistryEntries(entries)
  const lines = new Map(values.map(({ name, line }) => [name, line]))
  return {
    value: readDesktopRegistry(values).settings,
    problems: [],
    lineOf: ([name]) => (typeof name === 'string' ? lines.get(name) : undefined) ?? entries[0]?.line,
  }
}

/** The values that stand directly in Claude Desktop's key, each name once. */
export function desktopRegistryEntries(entries: readonly RegistryEntry[]): RegistryEntry[] {
  const byName = new Map<string, RegistryEntry>()
  for (const entry of entries) {
    if (placeOfEntry(entry)?.below !== false) continue
    if (entry.deleteKey) byName.clear()
    else if (entry.type === 'delete') byName.delete(entry.name.toLowerCase())
    else if (entry.name !== '') byName.set(entry.name.toLowerCase(), entry)
  }
  return [...byName.values()]
}
