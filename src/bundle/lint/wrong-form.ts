import { clientBehaviour, type MisshapenHooks } from '../client-behaviour.js'
import type { SettingsFile } from '../settings-file.js'
import { behavioursMet, clientsText } from './client-versions.js'
import type { LintContext } from './rule.js'
import { isManaged } from './settings-source.js'

const withHooks: Readonly<Record<MisshapenHooks, string>> = {
  'whole-file-ignored': 'ignore the whole file, telemetry included',
  'hooks-ignored': 'ignore the whole hooks key',
}

/** What goes with an entry of `hooks` in a wrong form, for the clients out there. Empty where nothing was seen. */
export function goesWithHooks(file: SettingsFile, context: LintContext): string {
  if (!isManaged(file)) return ''
  const met = behavioursMet(context, clientBehaviour.misshapenHooks)
  return met.map(({ versions, behaviour }) => ` ${capital(clientsText(versions))} ${withHooks[behaviour]}.`).join('')
}

/**
 * What goes with any other value of a wrong type: at first the whole file, just as with hooks, since a client then
 * checked all of it at once.
 */
export function goesWithWrongType(file: SettingsFile, context: LintContext): string {
  if (!isManaged(file)) return ''
  const met = behavioursMet(context, clientBehaviour.misshapenHooks)
  const whole = met.find(({ behaviour }) => behaviour === 'whole-file-ignored')
  return whole === undefined ? '' : ` ${capital(clientsText(whole.versions))} ignore the whole file for it.`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
