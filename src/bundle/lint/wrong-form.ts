import {
  type BehaviourInVersions,
  type BooleanAsText,
  clientBehaviour,
  type MisshapenHooks,
  type WrongType,
} from '../client-behaviour.js'
import type { KeyPath } from '../formats/read-format.js'
import type { SettingsFile } from '../settings-file.js'
import { behavioursMet, clientsText, rangeOf } from './client-versions.js'
import type { LintContext } from './rule.js'
import { isManaged } from './settings-source.js'

const withHooks: Readonly<Record<MisshapenHooks, string>> = {
  'whole-file-ignored': 'ignore the whole file, telemetry included',
  'hooks-ignored': 'ignore the whole hooks key',
}

/** What goes with an entry of `hooks` in a wrong form, for the clients out there. Empty where nothing was seen. */
export function goesWithHooks(file: SettingsFile, context: LintContext): string {
  return isManaged(file) ? whatClientsDo(context, clientBehaviour.misshapenHooks, withHooks) : ''
}

/**
 * What clients out there make of a value of a wrong type, and of what stands around it. `entry` tells of those that drop
 * the value alone, where that is known better. Empty where nothing was seen.
 */
export function goesWithWrongType(
  path: KeyPath,
  file: SettingsFile,
  context: LintContext,
  entry = 'ignore the value',
): string {
  const [key] = path
  const around = key === 'permissions' ? 'ignore all of permissions, deny rules included' : `ignore all of ${key}`
  const texts: Readonly<Record<WrongType, string>> = {
    'whole-file-ignored': wholeFile,
    'key-ignored': path.length === 1 ? entry : around,
    'entry-ignored': entry,
  }
  return isManaged(file) ? whatClientsDo(context, clientBehaviour.wrongType, texts) : ''
}

const wholeFile = 'ignore the whole file, and say nothing'

const withText: Readonly<Record<BooleanAsText, string>> = {
  'whole-file-ignored': wholeFile,
  off: 'ignore the value',
  on: 'take it for true',
}

/** What clients out there make of `"true"` where the strictest reading of a switch is that it is on. */
export function goesWithBooleanAsText(context: LintContext): string {
  return whatClientsDo(context, clientBehaviour.booleanAsText, withText)
}

/** One sentence for each text, with the clients it is true of. */
function whatClientsDo<Behaviour extends string>(
  context: LintContext,
  list: readonly BehaviourInVersions<Behaviour>[],
  texts: Readonly<Record<Behaviour, string>>,
): string {
  const said = new Map<string, BehaviourInVersions<Behaviour>[]>()
  for (const met of behavioursMet(context, list)) {
    const text = texts[met.behaviour]
    said.set(text, [...(said.get(text) ?? []), met])
  }
  return [...said].map(([text, met]) => ` ${capital(clientsText(rangeOf(met) ?? '*'))} ${text}.`).join('')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
