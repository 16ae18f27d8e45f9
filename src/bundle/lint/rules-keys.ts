import { inventedKeys, nearestKey, payloadKeys } from '../catalogue/claude-code-keys.js'
import type { SettingsKey } from '../catalogue/settings-key.js'
import type { SettingsFile } from '../settings-file.js'
import { boundedSearch } from './bounded.js'
import { clientsIn } from './client-versions.js'
import { docs, observed } from './references.js'
import type { Hit, Rule, Severity } from './rule.js'
import { rules as floorRules } from './rules-version-floor.js'
import { rules as typeRules } from './rules-wrong-type.js'
import { standingKeys } from './settings-keys.js'
import { isManaged, sourceOf, valueAt } from './settings-source.js'
import { didYouMean, listed, shown } from './shown-value.js'
import { tooNew } from './too-new.js'

const invented = new Map(inventedKeys.map((key) => [key.name, key]))
const haveOwnRule = new Set([...invented.keys(), ...payloadKeys])

/** Keys that alone do not make a source count: https://code.claude.com/docs/en/managed-settings (2026-09-01). */
const controlKeys = new Set(['managedSourcesBehavior', 'wslInheritsWindowsSettings'])

/** Why a client does not read the key from where it stands; undefined where it does, or where that was not read. */
function misplaced({ scope }: SettingsKey, file: SettingsFile): string | undefined {
  if (scope === 'global-config') return 'It is read from the client’s own ~/.claude.json, never from settings.'
  if (isManaged(file)) return undefined
  if (scope === 'managed') return 'It counts in managed settings only, and is ignored here without a word.'
  if (file.channel === 'user') return undefined
  if (scope === 'user-or-managed') return 'It counts in user and managed settings only, not in a project.'
  if (scope === 'user-local-or-managed')
    return 'It counts in user, local and managed settings only, not in a shared file.'
  return undefined
}

/** Rules about the names and types of keys, and where they stand. */
export const rules: readonly Rule[] = [
  {
    id: 'unknown-key',
    title: 'A key that no client is known to read',
    surface: 'claude-code',
    severity: 'warning',
    why: 'Clients ignore an unknown key without a word, so a slip of the keyboard switches a setting off.',
    fix: 'Correct the name, or take the key out. A key newer than the pages read for this rule may be right.',
    ...docs.settingsReference,
    *check(file) {
      const nearestFor = boundedSearch(nearestKey)
      for (const { path, found } of standingKeys(file)) {
        const name = String(path.at(-1))
        if (found !== undefined || (path.length === 1 && haveOwnRule.has(name))) continue
        const parent = path.length === 1 ? undefined : path.slice(0, -1).join('.')
        const nearest = nearestFor(name, parent)
        const wrongCase = nearest.some((known) => known.toLowerCase() === name.toLowerCase())
        yield {
          path,
          ...(wrongCase && { severity: 'error' as Severity }),
          message: `No client is known to read ${shown(name)}${path.length === 1 ? '' : ' here'}.${didYouMean(nearest)}`,
        }
      }
    },
  },
  {
    id: 'invented-key',
    title: 'A block from a public guide that no client reads',
    surface: 'claude-code',
    severity: 'error',
    why: 'A policy copied from that guide looks complete and does nothing: clients were seen to ignore it without a word.',
    fix: 'Write the environment variables into env instead.',
    source: inventedKeys[0]!.source,
    checked: inventedKeys[0]!.checked,
    *check(file) {
      for (const name of Object.keys(file.value ?? {})) {
        const key = invented.get(name)
        if (key !== undefined) yield { path: [name], message: `No client reads ${shown(name)}.`, fix: key.instead }
      }
    },
  },
  {
    id: 'managed-key-elsewhere',
    title: 'A key in a place that the client does not read it from',
    surface: 'claude-code',
    severity: 'error',
    why: 'The client ignores it there without a word, so what looks like a rule is none.',
    fix: 'Move it to managed settings.',
    ...docs.settingsReference,
    *check(file) {
      for (const { path, found } of standingKeys(file)) {
        const reason = found?.inside.length === 0 ? misplaced(found.key, file) : undefined
        if (reason !== undefined) yield { path, message: reason }
      }
    },
  },
  {
    id: 'key-too-new',
    title: 'A key that older clients do not read',
    surface: 'claude-code',
    severity: 'warning',
    why: 'Clients from before the key ignore it, and are not covered by the rule.',
    fix: 'Update the older clients first, or do not count on the key there.',
    ...docs.settingsReference,
    *check(file, context) {
      const keys = [...standingKeys(file)].flatMap(({ path, found }) =>
        found?.inside.length === 0 && found.usedAlias === undefined && found.key.since !== undefined
          ? [{ path, name: found.key.path, since: found.key.since }]
          : [],
      )
      yield* tooNew(keys, context)
    },
  },
  {
    id: 'alias-too-new',
    title: 'A second name of a key that older clients do not know',
    surface: 'claude-code',
    severity: 'warning',
    why: 'Clients from before the second name ignore the key.',
    fix: 'Use the first name: every client that has the key reads it.',
    ...docs.settingsReference,
    *check(file, context) {
      const names = [...standingKeys(file)].flatMap(({ path, found }) =>
        path.length === 1 && found?.usedAlias !== undefined && found.key.aliasSince !== undefined
          ? [{ path, name: found.usedAlias, since: found.key.aliasSince, instead: found.key.path }]
          : [],
      )
      for (const { instead, ...name } of names)
        for (const hit of tooNew([name], context)) yield { ...hit, fix: `Write ${instead}, which every client reads.` }
    },
  },
  {
    id: 'key-deprecated',
    title: 'A key that goes away',
    surface: 'claude-code',
    severity: 'note',
    why: 'Newer clients stop reading it.',
    fix: 'Use the key that took its place.',
    ...docs.settingsReference,
    *check(file, context) {
      for (const { path, found } of standingKeys(file)) {
        if (found?.inside.length !== 0) continue
        const { removed, deprecatedSince, replacedBy } = found.key
        const fix = replacedBy === undefined ? 'Take it out.' : `Use ${replacedBy}.`
        const gone = removed === undefined ? undefined : clientsIn(context, `>=${removed}`)
        if (removed !== undefined && gone?.length !== 0)
          yield {
            path,
            severity: 'warning',
            versions: `>=${removed}`,
            fix,
            message: `Clients from ${removed} on do not read it.`,
          }
        else if (deprecatedSince !== undefined || replacedBy !== undefined)
          yield {
            path,
            fix,
            message: `It is deprecated${deprecatedSince === undefined ? '' : ` since ${deprecatedSince}`}.`,
          }
      }
    },
  },
  ...typeRules,
  ...floorRules,
  {
    id: 'desktop-only-key',
    title: 'A key that only the Desktop app reads',
    surface: 'claude-code',
    severity: 'note',
    why: 'In a terminal, an editor or the Agent SDK it does nothing.',
    fix: 'Keep it for the Desktop app; do not count on it elsewhere.',
    ...docs.settingsReference,
    *check(file) {
      for (const { path, found } of standingKeys(file))
        if (found?.inside.length === 0 && found.key.readBy === 'desktop')
          yield {
            path,
            message: `Only Claude Desktop reads it; the command line client ignores it. ${found.key.note ?? ''}`.trim(),
          }
    },
  },
  {
    id: 'control-keys-only',
    title: 'A managed source that does not count as one',
    surface: 'claude-code',
    severity: 'note',
    why: 'Keys that only steer how sources combine are no policy: the client passes this source over.',
    fix: 'Put the policy into the same source.',
    ...docs.managedSettingsLater,
    *check(file, context) {
      if (!isManaged(file) || file.value === undefined) return
      const { files, value } = sourceOf(file, context)
      const keys = Object.keys(value)
      if (files[0] !== file || keys.length === 0 || !keys.every((key) => controlKeys.has(key))) return
      yield { path: [], message: `It holds only ${listed(keys)}, which alone make no source of policy.` }
    },
  },
  {
    id: 'default-mode-managed',
    title: 'A managed default mode',
    surface: 'claude-code',
    severity: 'note',
    why: 'One report (issue 89346, at 2.1.241) says that clients do not respect it. Those tried from 2.1.150 to 2.1.329 do.',
    fix: 'Nothing, unless a client of yours shows otherwise.',
    ...observed,
    *check(file): Iterable<Hit> {
      const path = ['permissions', 'defaultMode']
      if (isManaged(file) && valueAt(file.value, path) !== undefined)
        yield { path, message: 'Sessions start in it, whatever mode the user has set: so seen with "plan".' }
    },
  },
]
