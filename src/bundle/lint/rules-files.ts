import { claudeCodeKeys } from '../catalogue/claude-code-keys.js'
import type { Channel, SettingsFile } from '../settings-file.js'
import { docs } from './references.js'
import type { Hit, LintContext, Rule } from './rule.js'
import { rules as profiles } from './rules-profiles.js'
import { rules as registry } from './rules-registry.js'
import { valueAt } from './settings-source.js'

/** Removed in 2.1.75, as the change log says: https://github.com/anthropics/claude-code/blob/main/CHANGELOG.md (2026-08-22). */
const deadPath = /(?:^|[\\/])ProgramData[\\/]ClaudeCode[\\/]/i

/** Rules about where settings stand and what their channel can carry. */
export const rules: readonly Rule[] = [
  {
    id: 'settings-dead-path',
    title: 'A folder that is not read any more',
    surface: 'any',
    severity: 'error',
    why: 'C:\\ProgramData\\ClaudeCode was the folder once. A policy that was left there is in force nowhere.',
    fix: 'Move the file to C:\\Program Files\\ClaudeCode.',
    ...docs.managedSettings,
    versions: '>=2.1.75',
    *check({ file, surface }) {
      if (surface !== 'claude-desktop' && deadPath.test(file))
        yield {
          path: [],
          message: 'Clients do not read C:\\ProgramData\\ClaudeCode: nothing in this file is in force.',
        }
    },
  },
  {
    id: 'drop-in-ignored',
    title: 'A drop-in that is not read',
    surface: 'claude-code',
    severity: 'error',
    why: 'Of managed-settings.d only files directly in it are read whose names end in .json and do not begin with a dot.',
    fix: 'Rename or move the file, or remove it.',
    ...docs.managedSettings,
    *check({ problems }) {
      for (const { code, message } of problems)
        if (/^drop-in-(?:hidden|folder|name)$/.test(code))
          yield { path: [], message: `${message} Clients ignore it without a word.` }
    },
  },
  {
    id: 'server-cannot-carry',
    title: 'A key that the admin console cannot carry',
    surface: 'claude-code',
    severity: 'error',
    why: 'These keys count only in a file, a profile or the registry of the machine; from the server they are ignored.',
    fix: 'Deliver the key by MDM or as a file.',
    ...docs.serverManaged,
    *check({ channel, value }) {
      if (channel !== 'server') return
      const found = claudeCodeKeys.flatMap(({ path, machineOnly, machineOnlyValues }) => {
        const at = valueAt(value, path.split('.'))
        if (machineOnly && at !== undefined) return [{ path, what: path }]
        return typeof at === 'string' && machineOnlyValues?.includes(at) ? [{ path, what: `The value "${at}"` }] : []
      })
      // What stands inside a key that is ignored needs no finding of its own.
      for (const { path, what } of found)
        if (!found.some((other) => path.startsWith(`${other.path}.`)))
          yield { path: path.split('.'), message: `${what} is ignored when it comes from the server.` }
    },
  },
  {
    id: 'source-shadowed',
    title: 'Settings that another source hides',
    surface: 'claude-code',
    severity: 'warning',
    why: 'Where several managed sources reach a machine, only the highest one that sets anything is used, and the others are skipped in silence. A few locks and env are read from all of them.',
    fix: 'Put all settings into one source, or set managedSourcesBehavior to "merge" in the highest one (from 2.1.242).',
    ...docs.managedSettingsLater,
    *check(file, context) {
      yield* shadowsOf(file, context)
    },
  },
  ...registry,
  ...profiles,
]

/** Rank of the sources that an administrator sets. */
const ranks: Readonly<Partial<Record<Channel, number>>> = {
  server: 1,
  plist: 2,
  hklm: 2,
  file: 3,
  'drop-in': 3,
  hkcu: 4,
}
const rankNames = ['', 'settings from the server', 'a profile or registry policy', 'a settings file', 'the user hive']
/** With nothing but these, a source sets no policy. */
const controlKeys = new Set(['wslInheritsWindowsSettings', 'managedSourcesBehavior'])

interface Ranked {
  readonly file: SettingsFile
  readonly rank: number
  readonly setsPolicy: boolean
}

function rankedFiles(files: readonly SettingsFile[]): Ranked[] {
  return files.flatMap((file) => {
    const rank = file.surface === 'claude-code' ? ranks[file.channel] : undefined
    const keys = Object.keys(file.value ?? {})
    if (rank === undefined || keys.length === 0 || deadPath.test(file.file)) return []
    return [{ file, rank, setsPolicy: keys.some((key) => !controlKeys.has(key)) }]
  })
}

/** A profile is a Mac's, the registry is a Windows machine's: they never meet. */
function mayMeet(a: Channel, b: Channel): boolean {
  const windows = (channel: Channel) => channel === 'hklm' || channel === 'hkcu'
  return !((a === 'plist' && windows(b)) || (b === 'plist' && windows(a)))
}

function* shadowsOf(file: SettingsFile, { files, hasFile }: LintContext): Iterable<Hit> {
  // A bundle holds one policy in many forms, of which one is delivered.
  if (hasFile !== undefined) return
  const ranked = rankedFiles(files)
  const own = ranked.find((candidate) => candidate.file === file)
  if (own?.setsPolicy !== true) return
  const above = ranked
    .filter((candidate) => candidate.rank < own.rank && mayMeet(file.channel, candidate.file.channel))
    .sort((a, b) => a.rank - b.rank)
  const shadow = above.find(({ setsPolicy }) => setsPolicy)
  // The two hives have a rule of their own.
  if (shadow === undefined || (file.channel === 'hkcu' && shadow.file.channel === 'hklm')) return
  // The highest source decides for all of them, also with this key alone.
  const merges = above[0]?.file.value?.managedSourcesBehavior === 'merge' && file.channel !== 'hkcu'
  yield {
    path: [],
    message: `A machine that also gets ${rankNames[shadow.rank]} (${shadow.file.file}) skips this source.`,
    // Before 2.1.242 no client knew how to merge.
    versions: merges ? '<2.1.242' : undefined,
  }
}
