import { nearestTexts } from '../../platform/nearest-text.js'
import { hookEventNamed, hookEvents } from '../catalogue/hook-events.js'
import { boundedSearch } from './bounded.js'
import { handlersOf, hookGroups } from './hook-groups.js'
import { docs, observed } from './references.js'
import type { Rule } from './rule.js'
import { rules as handlerRules } from './rules-hook-handlers.js'
import { rules as matcherRules } from './rules-hook-matchers.js'
import { entriesAt, isManaged, sourceOf, valueAt } from './settings-source.js'
import { didYouMean, shown } from './shown-value.js'
import { tooNew } from './too-new.js'
import { goesWithHooks } from './wrong-form.js'

const eventNames = hookEvents.map(({ name }) => name)

function isForced(value: unknown): boolean {
  return entriesAt(value, ['enabledPlugins']).some(([, enabled]) => enabled === true)
}

/** Rules about hooks as a whole: their form, their events, and who else may add some. */
export const rules: readonly Rule[] = [
  {
    id: 'hooks-dropped',
    title: 'One wrong entry takes all hooks away',
    surface: 'claude-code',
    severity: 'error',
    why: 'A single entry in the wrong form is not left out alone: every hook of the file goes with it, and every tool runs.',
    fix: 'Write "Event": [{ "matcher": "Bash|Edit", "hooks": [{ "type": "command", "command": "/…" }] }].',
    ...observed,
    *check(file, context) {
      for (const group of hookGroups(file.value))
        if ('what' in group) yield { path: group.path, message: `${group.what}${goesWithHooks(file, context)}` }
    },
  },
  {
    id: 'hook-event-unknown',
    title: 'An event that no client knows',
    surface: 'claude-code',
    severity: 'error',
    why: 'Clients leave the event out; what its hook was to guard is not guarded.',
    fix: 'Use the name of the event as the hooks reference has it, such as PreToolUse.',
    ...observed,
    *check(file) {
      const unknown = entriesAt(file.value, ['hooks']).filter(([name]) => hookEventNamed(name) === undefined)
      const nearestFor = boundedSearch(nearestTexts)
      for (const [name] of unknown) {
        const sameLetters = eventNames.filter((known) => known.toLowerCase() === name.toLowerCase())
        const nearest = sameLetters.length > 0 ? sameLetters : nearestFor(name, eventNames)
        yield { path: ['hooks', name], message: `${shown(name)} is no event that clients know.${didYouMean(nearest)}` }
      }
    },
  },
  {
    id: 'hook-event-too-new',
    title: 'An event that older clients do not have',
    surface: 'claude-code',
    severity: 'warning',
    why: 'The hook never runs in clients from before the event.',
    fix: 'Update the older clients first, or do not count on the hook there.',
    ...docs.hooks,
    *check(file, context) {
      const events = entriesAt(file.value, ['hooks']).flatMap(([name]) => {
        const since = hookEventNamed(name)?.since
        return since === undefined ? [] : [{ path: ['hooks', name], name, since }]
      })
      yield* tooNew(events, context)
    },
  },
  {
    id: 'hooks-disabled',
    title: 'The policy switches off all hooks',
    surface: 'claude-code',
    severity: 'error',
    why: 'In managed settings it stops the managed hooks too: none was seen to be registered.',
    fix: 'Take disableAllHooks out; to keep the hooks of others away, set allowManagedHooksOnly.',
    ...observed,
    *check(file, context) {
      const path = ['disableAllHooks']
      const source = sourceOf(file, context)
      if (!isManaged(file) || source.value.disableAllHooks !== true || source.setBy(path) !== file) return
      const has = entriesAt(source.value, ['hooks']).length > 0
      if (has) yield { path, message: 'No hook runs, and the managed ones in these settings are hooks too.' }
      else yield { path, severity: 'note', message: 'No hook runs, whoever defines it.' }
    },
  },
  {
    id: 'managed-hooks-only-empty',
    title: 'Only managed hooks may run, and there are none',
    surface: 'claude-code',
    severity: 'note',
    why: 'All hooks of users, projects and plugins are off, and nothing takes their place.',
    fix: 'Add the managed hooks, or force the plugin that brings them with enabledPlugins.',
    ...docs.settingsReference,
    *check(file, context) {
      const path = ['allowManagedHooksOnly']
      const source = sourceOf(file, context)
      if (!isManaged(file) || source.value.allowManagedHooksOnly !== true || source.setBy(path) !== file) return
      if (handlersOf(source.value).length === 0 && !isForced(source.value))
        yield { path, message: 'These settings have no hook and force no plugin.' }
    },
  },
  {
    id: 'user-hooks-allowed',
    title: 'Users can add hooks of their own',
    surface: 'claude-code',
    severity: 'note',
    why: 'Hooks of users, projects and plugins run beside the managed ones; a hook runs any command without a question.',
    fix: 'Set allowManagedHooksOnly to true, unless other hooks are wanted.',
    ...observed,
    *check(file, context) {
      const path = ['hooks']
      const source = sourceOf(file, context)
      if (!isManaged(file) || source.setBy(path) !== file || handlersOf(source.value).length === 0) return
      // Another value than a boolean is a finding of its own.
      const only = valueAt(source.value, ['allowManagedHooksOnly'])
      if (only === undefined || only === false)
        yield { path, message: 'Without allowManagedHooksOnly hooks of others run as well.' }
    },
  },
  ...matcherRules,
  ...handlerRules,
]
