import { clientBehaviour, type UnparsableJson } from '../client-behaviour.js'
import type { SettingsFile } from '../settings-file.js'
import { behavioursMet, clientsText } from './client-versions.js'
import { observed } from './references.js'
import type { Hit, LintContext, Rule } from './rule.js'
import { isManaged } from './settings-source.js'

const syntaxCodes = new Set(['comment', 'trailing-comma', 'smart-quote', 'not-json', 'not-utf-8'])

/** The most characters the vendor's own Group Policy template takes for the registry value. */
const registryLimit = 1_000_000

const whatClientsDo: Readonly<Record<UnparsableJson, string>> = {
  'ignored-silently': 'run without this policy and say nothing',
  ignored: 'run without this policy and say so on stderr only',
  'refuses-to-start': 'refuse to start',
}

/** What clients make of a managed file that does not parse; of other channels nothing was seen. */
function consequence(file: SettingsFile, context: LintContext): string {
  if (file.surface !== 'claude-code' || !['file', 'drop-in'].includes(file.channel))
    return isManaged(file) ? 'Nothing in it can be counted on.' : 'The client ignores it.'
  const met = behavioursMet(context, clientBehaviour.unparsableJson)
  const texts = met.map(({ versions, behaviour }) => `${clientsText(versions)} ${whatClientsDo[behaviour]}`)
  return texts.length === 0 ? 'Nothing in it can be counted on.' : `Seen: ${texts.join('; ')}.`
}

function* problemsOf(file: SettingsFile, codes: readonly string[], text?: string): Iterable<Hit> {
  for (const { code, message, path, line } of file.problems)
    if (codes.includes(code)) yield { path: path ?? [], message: text === undefined ? message : text, line }
}

const readsJson = (file: SettingsFile): boolean => file.surface !== 'claude-desktop'

/** Rules about the text of a settings file, before anything in it counts. */
export const rules: readonly Rule[] = [
  {
    id: 'settings-not-json',
    title: 'The file is not JSON',
    surface: 'any',
    severity: 'error',
    why: 'One comment or comma too many takes the whole policy away: an open door on old clients, an outage on new ones.',
    fix: 'Remove comments and trailing commas, use straight quotes, and check the file before it is delivered.',
    ...observed,
    *check(file, context) {
      if (!readsJson(file) || file.value !== undefined) return
      const faults = file.problems.filter(({ code }) => syntaxCodes.has(code))
      const [first] = faults
      if (first === undefined) return
      const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : ''
      yield {
        path: first.path ?? [],
        line: first.line,
        message: `${first.message}${more} ${consequence(file, context)}`,
      }
    },
  },
  {
    id: 'settings-not-object',
    title: 'The file holds no JSON object',
    surface: 'any',
    severity: 'error',
    why: 'Settings are one object with keys; a client finds no setting in a list, a text or a number.',
    fix: 'Put the settings into one pair of braces.',
    ...observed,
    *check(file, context) {
      if (readsJson(file))
        yield* problemsOf(file, ['not-object'], `The file holds no JSON object. ${consequence(file, context)}`)
    },
  },
  {
    id: 'duplicate-key',
    title: 'A key stands twice',
    surface: 'any',
    severity: 'warning',
    why: 'Only one of the two is in force, and people read the other.',
    fix: 'Keep one of them.',
    ...observed,
    *check(file) {
      if (readsJson(file)) yield* problemsOf(file, ['duplicate-key'])
    },
  },
  {
    id: 'settings-encoding',
    title: 'The file is not plain UTF-8',
    surface: 'any',
    severity: 'note',
    why: 'Clients were seen to read UTF-8 and UTF-16 with a byte order mark; other programs that look at the file may not.',
    fix: 'Save the file as UTF-8 without a byte order mark.',
    ...observed,
    *check(file) {
      if (!readsJson(file) || file.format !== 'json') return
      yield* problemsOf(
        file,
        ['byte-order-mark'],
        'The file begins with a byte order mark. Clients read it all the same.',
      )
      yield* problemsOf(file, ['utf-16'], 'The file is UTF-16. Clients read it when it begins with a byte order mark.')
    },
  },
  {
    id: 'settings-too-large',
    title: 'The settings are too large',
    surface: 'any',
    severity: 'error',
    why: 'What is too large to be looked at here is not checked, and the Group Policy template of the vendor has a limit.',
    fix: 'Look for what does not belong into settings, such as pasted file content.',
    source: 'https://github.com/anthropics/claude-code/tree/main/examples/mdm',
    checked: '2026-11-20',
    *check(file) {
      if (!readsJson(file)) return
      for (const { code, message, line } of file.problems)
        if (code === 'too-large' || code === 'too-deep')
          yield { path: [], line, message: `${message} Nothing in it was checked.` }
      for (const { name, value, line } of file.registry ?? [])
        if (name === 'Settings' && typeof value === 'string' && value.length > registryLimit)
          yield {
            path: [],
            line,
            severity: 'warning',
            message: `The value has ${value.length} characters; the vendor's Group Policy template takes ${registryLimit}.`,
          }
    },
  },
]
