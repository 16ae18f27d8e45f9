import { describeType, type SettingsKey, valueProblem } from '../catalogue/settings-key.js'
import { type BehaviourInVersions, clientBehaviour } from '../client-behaviour.js'
import type { KeyPath } from '../formats/read-format.js'
import type { SettingsFile } from '../settings-file.js'
import { mayMeet, rangeOf } from './client-versions.js'
import { observed } from './references.js'
import type { Hit, LintContext, Rule } from './rule.js'
import { standingKeys } from './settings-keys.js'
import { isManaged, valueAt } from './settings-source.js'
import { kindOf } from './shown-value.js'
import { goesWithBooleanAsText, goesWithWrongType } from './wrong-form.js'

/** Lists whose entries have a rule of their own, and keys that have one. */
const checkedElsewhere = new Set([
  'allowedMcpServers',
  'blockedMarketplaces',
  'deniedMcpServers',
  'permissions.disableBypassPermissionsMode',
  'requiredMaximumVersion',
  'requiredMinimumVersion',
  'strictKnownMarketplaces',
])

function isLeftToOthers({ path }: SettingsKey, value: unknown): boolean {
  return checkedElsewhere.has(path) && (path.startsWith('required') || path.includes('.') || Array.isArray(value))
}

function invalidValue(key: SettingsKey, value: unknown): string | undefined {
  switch (valueProblem(key, value)) {
    case undefined:
      return undefined
    case 'wrong-type':
      return `It is ${kindOf(value)} and has to be ${describeType(key.type)}.`
    case 'below-minimum':
      return `The number has to be at least ${key.minimum}.`
    case 'above-maximum':
      return `The number has to be at most ${key.maximum}.`
    case 'too-many-items':
      return `The list may have ${key.mostItems} items at most.`
  }
}

/** The versions in which a behaviour is, or is not, one of those named. */
function rangeWhere<Behaviour extends string>(
  list: readonly BehaviourInVersions<Behaviour>[],
  names: readonly Behaviour[],
  wanted: boolean,
): string | undefined {
  return rangeOf(list.filter(({ behaviour }) => names.includes(behaviour) === wanted))
}

const { wrongType, booleanAsText } = clientBehaviour

/** The versions in which something is lost; undefined: in all, or it is not known that nothing is. */
interface Harm {
  readonly lost: string | undefined
  readonly harmless: string | undefined
}

const inBypass: Harm = {
  lost: rangeWhere(wrongType, ['entry-ignored'], false),
  harmless: rangeWhere(wrongType, ['entry-ignored'], true),
}

function isOnAsText({ type, whenInvalid }: SettingsKey, value: unknown): boolean {
  return type === 'boolean' && whenInvalid?.result === 'fails-closed' && value === 'true'
}

function harmOf(key: SettingsKey, path: KeyPath, value: unknown): Harm | undefined {
  if (isOnAsText(key, value))
    return { lost: rangeWhere(booleanAsText, ['on'], false), harmless: rangeWhere(booleanAsText, ['on'], true) }
  // A null that is dropped alone is as good as a key that is not there.
  if (value !== null || key.whenInvalid?.result === 'fails-closed') return undefined
  const alone = path.length === 1 ? (['key-ignored', 'entry-ignored'] as const) : (['entry-ignored'] as const)
  return { lost: rangeWhere(wrongType, alone, false), harmless: rangeWhere(wrongType, alone, true) }
}

/** An error where some client out there loses something by it, else a note. */
function graded(hit: Hit, harm: Harm | undefined, context: LintContext): Hit {
  if (harm?.lost === undefined) return hit
  if (mayMeet(context, harm.lost)) return { ...hit, versions: harm.lost }
  return { ...hit, severity: 'note', versions: harm.harmless }
}

function effectOf(key: SettingsKey, path: KeyPath, value: unknown, file: SettingsFile, context: LintContext): string {
  if (!isManaged(file)) return ' The client drops it.'
  if (isOnAsText(key, value)) return goesWithBooleanAsText(context)
  if (key.whenInvalid?.result !== 'fails-closed') return goesWithWrongType(path, file, context)
  const since = key.whenInvalid.since === undefined ? 'later ones' : `those from ${key.whenInvalid.since} on`
  return goesWithWrongType(
    path,
    file,
    context,
    `ignore the value, or take the strictest reading (so documented of ${since})`,
  )
}

/** Rules about values that clients cannot use. */
export const rules: readonly Rule[] = [
  {
    id: 'wrong-type',
    title: 'A value of the wrong type',
    surface: 'claude-code',
    severity: 'error',
    why: 'Clients drop what they cannot use, and older ones the key or the file around it: "true" in quotes is no switch, and a text is no list.',
    fix: 'Write the value in the form that the message names, or take the key out.',
    ...observed,
    *check(file, context) {
      for (const { path, value, found } of standingKeys(file)) {
        if (found?.inside.length !== 0 || isLeftToOthers(found.key, value)) continue
        const problem = invalidValue(found.key, value)
        if (problem === undefined) continue
        const hit = { path, message: `${problem}${effectOf(found.key, path, value, file, context)}` }
        yield graded(hit, isManaged(file) ? harmOf(found.key, path, value) : undefined, context)
      }
    },
  },
  {
    id: 'permission-bypass-type',
    title: 'Bypassing of permissions is not disabled as written',
    surface: 'claude-code',
    severity: 'error',
    why: 'Only the text "disable" counts in every client. With true, many were seen to let everybody switch all checks off, and to drop the deny rules beside it as well.',
    fix: 'Write "disableBypassPermissionsMode": "disable".',
    ...observed,
    *check(file, context) {
      const path = ['permissions', 'disableBypassPermissionsMode']
      const value = valueAt(file.value, path)
      if (value === undefined || value === 'disable') return
      // Seen at 2.1.290 and 2.1.329 (2026-11-21): another text, true and a number forbid it, false and null do not.
      const forbids = value !== false && value !== null
      const newer = forbids ? 'forbid the bypass all the same, with a message' : 'let everybody bypass permissions'
      const what = goesWithWrongType(path, file, context, newer)
      const hit = { path, message: `It is ${kindOf(value)} and has to be the text "disable".${what}` }
      yield graded(hit, forbids && isManaged(file) ? inBypass : undefined, context)
    },
  },
]
