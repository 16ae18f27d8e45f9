import { readDesktopRegistry } from '../desktop-encoding.js'
import type { RegistryEntry } from '../formats/registry-file.js'
import type { SettingsFile } from '../settings-file.js'
import { desktopRegistryEntries, placeOfEntry, settingsValueName } from '../settings-from-registry.js'
import { docs } from './references.js'
import type { Hit, Rule } from './rule.js'

const desktopMdm = { source: 'https://claude.com/docs/third-party/claude-desktop/mdm', checked: '2026-08-01' } as const

/** What a registry file sets: deletions of keys and values are no settings. */
function setEntries({ registry }: SettingsFile): readonly RegistryEntry[] {
  return (registry ?? []).filter(({ type }) => type !== 'delete')
}

function directEntries(file: SettingsFile): readonly RegistryEntry[] {
  return setEntries(file).filter((entry) => placeOfEntry(entry)?.below === false)
}

const isSettingsValue = ({ name }: RegistryEntry): boolean => name.toLowerCase() === settingsValueName.toLowerCase()

/** Desktop takes these for a policy that is there, whatever they hold; the others it does not see. */
const countsForDesktop = (entry: RegistryEntry): boolean =>
  placeOfEntry(entry)?.below === false && ['string', 'expand-string', 'dword'].includes(entry.type)

/** Whether the machine's hive holds something that makes clients leave the user's hive alone. */
function hidesUserHive(file: SettingsFile): boolean {
  if (file.channel !== 'hklm') return false
  if (file.surface === 'claude-desktop') return setEntries(file).some(countsForDesktop)
  return Object.keys(file.value ?? {}).some((key) => key !== 'wslInheritsWindowsSettings')
}

/** Rules about values in the Windows registry. */
export const rules: readonly Rule[] = [
  {
    id: 'registry-value-name',
    title: 'A registry value of a name that Claude Code does not read',
    surface: 'claude-code',
    severity: 'error',
    why: 'Claude Code reads one value, named Settings; every other value under its key is ignored in silence.',
    fix: 'Put the whole JSON into one REG_SZ value named Settings.',
    ...docs.managedSettings,
    *check(file) {
      const direct = directEntries(file)
      const severity = direct.some(isSettingsValue) ? 'warning' : 'error'
      for (const entry of direct)
        if (!isSettingsValue(entry))
          yield {
            path: [],
            line: entry.line,
            severity,
            message: `The value "${entry.name === '' ? '(default)' : entry.name}" is not read: only "Settings" is.`,
          }
    },
  },
  {
    id: 'registry-value-type',
    title: 'A registry value of a type that the client cannot read',
    surface: 'any',
    severity: 'error',
    why: 'A value of another type is ignored, or hides the policy of the user and cannot be read itself.',
    fix: 'Claude Code: REG_SZ (or REG_EXPAND_SZ) for Settings. Claude Desktop: REG_SZ or REG_DWORD.',
    ...desktopMdm,
    *check(file) {
      if (file.surface === 'claude-desktop') yield* desktopTypes(file)
      else
        for (const { name, type, line } of directEntries(file).filter(isSettingsValue))
          if (type !== 'string' && type !== 'expand-string')
            yield { path: [], line, message: `"${name}" is a ${typeName[type]}: Claude Code reads only texts.` }
    },
  },
  {
    id: 'registry-subkey',
    title: 'Registry values in a subkey',
    surface: 'any',
    severity: 'error',
    why: 'Values in subkeys are never read. Policy templates and CSP tools like to make them.',
    fix: 'Put the values directly into the key Policies\\Claude or Policies\\ClaudeCode.',
    ...desktopMdm,
    *check(file) {
      const seen = new Set<string>()
      for (const entry of setEntries(file)) {
        const folded = entry.key.toLowerCase()
        if (placeOfEntry(entry)?.below !== true || seen.has(folded)) continue
        seen.add(folded)
        yield { path: [], line: entry.line, message: `Values under ${entry.key} are never read: it is a subkey.` }
      }
    },
  },
  {
    id: 'registry-hive-shadow',
    title: 'The machine hive hides the user hive',
    surface: 'any',
    severity: 'warning',
    why: 'With any policy in HKEY_LOCAL_MACHINE, what stands in HKEY_CURRENT_USER is not read at all.',
    fix: 'Put all values into HKEY_LOCAL_MACHINE.',
    ...desktopMdm,
    *check(file, { files }) {
      if (file.channel !== 'hkcu' || setEntries(file).length === 0) return
      const machine = files.find((other) => other.surface === file.surface && hidesUserHive(other))
      if (machine === undefined) return
      const where = machine.file === file.file ? 'the same file' : machine.file
      yield {
        path: [],
        message: `Nothing of HKEY_CURRENT_USER is read where the values of HKEY_LOCAL_MACHINE in ${where} are set.`,
        // Older releases of Desktop merged the hives; Claude Code never did.
        versions: file.surface === 'claude-desktop' ? '>=1.19367.0' : undefined,
      }
    },
  },
  {
    id: 'registry-user-hive',
    title: 'Policy in the user hive',
    surface: 'any',
    severity: 'warning',
    why: 'Users can change what stands in HKEY_CURRENT_USER: it is a default there, and no enforcement.',
    fix: 'Deliver the policy to HKEY_LOCAL_MACHINE.',
    ...docs.managedSettings,
    *check(file) {
      if (file.channel === 'hkcu' && setEntries(file).length > 0)
        yield { path: [], message: 'The policy is in HKEY_CURRENT_USER, where the user can change it.' }
    },
  },
  {
    id: 'registry-line-ignored',
    title: 'A line that an import skips or may take otherwise',
    surface: 'any',
    severity: 'error',
    why: 'An import of a registry file skips faulty lines without a word and reports success.',
    fix: 'Write the file with a tool, as UTF-16 with a byte order mark, and read the key back after the import.',
    source: 'https://github.com/wine-mirror/wine/blob/master/programs/reg/tests/import.c',
    checked: '2026-11-21',
    *check({ registry, problems }) {
      if (registry === undefined) return
      for (const { code, message, line } of problems) {
        const severity = lineProblems[code]
        if (severity !== undefined) yield { path: [], line, severity, message }
      }
    },
  },
]

function* desktopTypes(file: SettingsFile): Iterable<Hit> {
  const entries = desktopRegistryEntries(file.registry ?? [])
  for (const { key, code } of readDesktopRegistry(entries).problems) {
    const entry = entries.find(({ name }) => name === key)
    if (entry === undefined) continue
    if (code === 'unreadable-registry-type')
      yield {
        path: [key],
        line: entry.line,
        message: `It is a ${typeName[entry.type]}, which Claude Desktop cannot read but counts as set: the user hive is hidden.`,
      }
    if (code === 'invisible-registry-type')
      yield {
        path: [key],
        line: entry.line,
        message: `It is a ${typeName[entry.type]}, which Claude Desktop does not see: the key is not set.`,
      }
  }
}

const typeName: Readonly<Record<RegistryEntry['type'], string>> = {
  string: 'REG_SZ',
  'expand-string': 'REG_EXPAND_SZ',
  dword: 'REG_DWORD',
  qword: 'REG_QWORD',
  'multi-string': 'REG_MULTI_SZ',
  binary: 'REG_BINARY',
  delete: 'deletion',
}

/** Problems of the file, by what is lost: a line for sure, or perhaps. */
const lineProblems: Readonly<Record<string, 'error' | 'warning' | undefined>> = {
  'line-ignored': 'error',
  'no-header': 'error',
  'hive-abbreviated': 'warning',
  'text-behind-key': 'warning',
  'duplicate-name': 'warning',
  'unknown-escape': 'warning',
  'hex-encoding': 'warning',
  'no-byte-order-mark': 'warning',
  utf16be: 'warning',
  'utf-8': 'warning',
  ansi: 'warning',
  'bad-length': 'warning',
  'embedded-null': 'warning',
}
