import { nearestTexts } from '../../platform/nearest-text.js'
import { environmentVariables, variableNamed } from '../catalogue/environment-variables.js'
import type { SettingsFile } from '../settings-file.js'
import { boundedSearch } from './bounded.js'
import { docs, observed } from './references.js'
import type { Rule } from './rule.js'
import { entriesAt } from './settings-source.js'
import { didYouMean, kindOf, shown } from './shown-value.js'
import { environmentOf } from './telemetry-source.js'
import { tooNew } from './too-new.js'

const names = environmentVariables.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias]))

const byLetters = new Map(names.map((name) => [name.toUpperCase(), [name]]))

/** The kinds of variables that a server cannot set before it has answered; each name is an example of its kind. */
const withheld =
  /^(?:(?:HTTPS?|NO|ALL)_PROXY|NODE_EXTRA_CA_CERTS|NODE_TLS_REJECT_UNAUTHORIZED|CLAUDE_CODE_CLIENT_(?:CERT|KEY|KEY_PASSPHRASE)|[A-Z_]+_BASE_URL|CLAUDE_CODE_USE_[A-Z]+|ANTHROPIC_(?:API_KEY|AUTH_TOKEN)|CLAUDE_CODE_OAUTH_TOKEN|CLAUDE_CONFIG_DIR)$/i

const longestInterval = 60 * 60 * 1000

/** A name that only has to do with telemetry; other variables of Claude Code are not all in the catalogue. */
function isTelemetryName(name: string): boolean {
  return name.startsWith('OTEL_') || /^CLAUDE_CODE_.*(?:OTEL|TELEMETRY|TRAC)/.test(name)
}

function* unknownNames(file: SettingsFile): Iterable<{ readonly name: string; readonly nearest: readonly string[] }> {
  const nearestFor = boundedSearch(nearestTexts)
  for (const [name] of entriesAt(file.value, ['env'])) {
    if (variableNamed(name) !== undefined) continue
    const sameLetters = byLetters.get(name.toUpperCase()) ?? []
    if (!isTelemetryName(name) && sameLetters.length === 0) continue
    yield { name, nearest: sameLetters.length > 0 ? sameLetters : nearestFor(name, names) }
  }
}

/** Rules about single variables in `env`. */
export const rules: readonly Rule[] = [
  {
    id: 'telemetry-variable-unknown',
    title: 'A variable that no page names',
    surface: 'claude-code',
    severity: 'note',
    why: 'Clients ignore what they do not know, and not every variable of OpenTelemetry counts: OTEL_SDK_DISABLED was seen to do nothing.',
    fix: 'Correct the name, or do not count on it.',
    ...docs.monitoring,
    *check(file) {
      for (const { name, nearest } of unknownNames(file))
        yield {
          path: ['env', name],
          ...(nearest.length > 0 && { severity: 'warning' as const }),
          message: `No page about Claude Code names ${shown(name)}.${didYouMean(nearest)}`,
        }
    },
  },
  {
    id: 'variable-too-new',
    title: 'A variable that older clients do not read',
    surface: 'claude-code',
    severity: 'note',
    why: 'Clients from before the variable ignore it.',
    fix: 'Update the older clients first, or do not count on it there.',
    ...docs.monitoring,
    *check(file, context) {
      const variables = [...environmentOf(file.value)].flatMap(([name, text]) => {
        const since = variableNamed(name)?.since
        // A switch that is off asks nothing of a client that does not have it.
        return since === undefined || text === '0' ? [] : [{ path: ['env', name], name, since }]
      })
      yield* tooNew(variables, context)
    },
  },
  {
    id: 'telemetry-interval',
    title: 'An interval that does not fit',
    surface: 'claude-code',
    severity: 'warning',
    why: 'Intervals are whole milliseconds. Too short a one floods the collector, too long a one loses what a session had not sent.',
    fix: 'Write milliseconds, between 1000 and 3600000.',
    ...docs.monitoring,
    *check(file) {
      for (const [name, text] of environmentOf(file.value)) {
        const variable = variableNamed(name)
        if (variable?.kind !== 'interval') continue
        const path = ['env', name]
        if (!/^[1-9]\d{0,15}$/.test(text)) yield { path, message: `${shown(text)} is no number of milliseconds.` }
        else if (/_EXPORT_INTERVAL$/.test(name) && Number(text) < 1000)
          yield {
            path,
            severity: 'note',
            message: `${text} milliseconds: more than one request each second and session.`,
          }
        else if (/_EXPORT_INTERVAL$/.test(name) && Number(text) > longestInterval)
          yield { path, message: `${text} milliseconds are longer than an hour, and than most sessions.` }
      }
    },
  },
  {
    id: 'env-not-string',
    title: 'A variable that is no text',
    surface: 'claude-code',
    severity: 'note',
    why: 'Variables are texts. Clients were seen to take a number or boolean all the same; nothing else was tried.',
    fix: 'Put the value into quotes.',
    ...observed,
    *check(file) {
      for (const [name, value] of entriesAt(file.value, ['env'])) {
        if (typeof value === 'string') continue
        const path = ['env', name]
        if (typeof value === 'number' || typeof value === 'boolean')
          yield { path, message: `It is ${kindOf(value)}. Clients were seen to take it.` }
        else yield { path, severity: 'error', message: `It is ${kindOf(value)}, which is no value for a variable.` }
      }
    },
  },
  {
    id: 'env-server-withheld',
    title: 'A variable that the server-managed channel holds back',
    surface: 'claude-code',
    severity: 'note',
    why: 'What could cut the client off from the server (proxy, TLS, base URL, provider, credentials) waits at each start until the server has confirmed it.',
    fix: 'Deliver it by profile, registry or file.',
    versions: '>=2.1.198',
    ...docs.serverManaged,
    *check(file) {
      if (file.channel !== 'server') return
      for (const [name] of entriesAt(file.value, ['env']))
        if (withheld.test(name))
          yield { path: ['env', name], message: `${shown(name)} is not in force until the server has confirmed it.` }
    },
  },
]
