import type { SettingsFile } from '../settings-file.js'
import { commandFile, placeProblem } from './command-file.js'
import { docs, observed } from './references.js'
import type { Rule } from './rule.js'
import { isManaged, sourceOf, valueAt } from './settings-source.js'
import { effective, exporterVariable, sentSignals, signals } from './telemetry-signals.js'
import { environmentOf } from './telemetry-source.js'

/** RFC 9110 token: https://www.rfc-editor.org/rfc/rfc9110#name-tokens */
const token = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/
const headerNames = [exporterVariable('HEADERS'), ...signals.map((signal) => exporterVariable('HEADERS', signal))]
const helper = 'otelHeadersHelper'

/** The entries of every header variable of a file. Values are secrets: they are never shown. */
function* headersIn(file: SettingsFile): Iterable<{ readonly name: string; readonly entries: readonly string[] }> {
  const environment = environmentOf(file.value)
  for (const name of headerNames) {
    const text = environment.get(name)
    if (text !== undefined && text.trim() !== '') yield { name, entries: text.split(',') }
  }
}

function helperOf(file: SettingsFile): string | undefined {
  const value = valueAt(file.value, [helper])
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}

/** Rules about the headers that telemetry is sent with. */
export const rules: readonly Rule[] = [
  {
    id: 'telemetry-headers-malformed',
    title: 'Headers in a form that clients do not read',
    surface: 'claude-code',
    severity: 'error',
    why: 'Written as in HTTP, with a colon, no header is sent at all, and the collector refuses what arrives.',
    fix: 'Write Name=value, several with commas between them; a value can hold no comma.',
    ...observed,
    *check(file) {
      for (const { name, entries } of headersIn(file)) {
        const wrong = entries.flatMap((entry, index) => {
          const equals = entry.indexOf('=')
          return entry.trim() === '' || (equals > 0 && token.test(entry.slice(0, equals).trim())) ? [] : [index + 1]
        })
        if (wrong.length === 0) continue
        const which = entries.length === 1 ? 'The entry' : `Entry ${wrong.join(', ')} of ${entries.length}`
        yield { path: ['env', name], message: `${which} has not the form Name=value: that header is not sent.` }
      }
    },
  },
  {
    id: 'telemetry-headers-encoded',
    title: 'A percent escape in a header',
    surface: 'claude-code',
    severity: 'warning',
    why: 'Clients send headers as they stand: "Bearer%20…" arrives with the percent sign, and the collector refuses it.',
    fix: 'Write the character itself; a blank may stand in the value.',
    ...observed,
    *check(file) {
      for (const { name, entries } of headersIn(file))
        if (entries.some((entry) => /%[0-9A-Fa-f]{2}/.test(entry.slice(entry.indexOf('=') + 1))))
          yield { path: ['env', name], message: 'A value holds a percent escape, which clients do not decode.' }
    },
  },
  {
    id: 'telemetry-helper-grpc',
    title: 'The helper for headers is not read under gRPC',
    surface: 'claude-code',
    severity: 'error',
    why: 'With grpc clients use static headers only, so telemetry goes out without the ones that the helper prints.',
    fix: 'Use "http/protobuf".',
    ...docs.monitoring,
    *check(file, context) {
      const source = sourceOf(file, context)
      if (helperOf(file) === undefined || source.setBy([helper]) !== file) return
      const environment = environmentOf(source.value)
      const affected = sentSignals(environment).filter(
        (signal) => effective(environment, 'PROTOCOL', signal)?.text === 'grpc',
      )
      if (affected.length > 0)
        yield { path: [helper], message: `It does not run for ${affected.join(' and ')}: the protocol is grpc.` }
    },
  },
  {
    id: 'telemetry-helper-missing',
    title: 'The helper for headers may not be there',
    surface: 'claude-code',
    severity: 'error',
    why: 'When the helper is not there or may not be run, the client sends no telemetry at all.',
    fix: 'Name it by its whole path, deliver it before the settings, and make it executable for everybody.',
    ...observed,
    *check(file, context) {
      const command = helperOf(file)
      if (command === undefined) return
      const program = commandFile(command)
      const isThere = context.hasFile?.(command) ?? context.hasFile?.(program.file)
      const problem = isManaged(file) ? placeProblem(program) : undefined
      if (isThere === false)
        yield { path: [helper], message: 'Nothing puts this file on the endpoint: no telemetry is sent.' }
      else if (problem !== undefined) yield { path: [helper], severity: 'warning', message: problem }
    },
  },
  {
    id: 'telemetry-helper-and-static',
    title: 'Headers come from two places',
    surface: 'claude-code',
    severity: 'note',
    why: 'Clients send both; of a name that is in both, the value of the helper. Whoever reads only one place misses the other.',
    fix: 'Put all headers into one of the two.',
    ...observed,
    *check(file, context) {
      const source = sourceOf(file, context)
      if (helperOf(file) === undefined || source.setBy([helper]) !== file) return
      const environment = environmentOf(source.value)
      const both = headerNames.find((name) => (environment.get(name) ?? '') !== '')
      if (both !== undefined)
        yield { path: [helper], message: `${both} is set as well: both are sent, and the helper wins.` }
    },
  },
]
