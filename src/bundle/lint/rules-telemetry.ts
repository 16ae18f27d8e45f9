import { switchState, variableNamed } from '../catalogue/environment-variables.js'
import { clientBehaviour } from '../client-behaviour.js'
import { clientsText, mayMeet, rangeOf } from './client-versions.js'
import { docs, observed } from './references.js'
import type { Rule } from './rule.js'
import { rules as endpointRules } from './rules-telemetry-endpoints.js'
import { rules as headerRules } from './rules-telemetry-headers.js'
import { rules as variableRules } from './rules-telemetry-variables.js'
import { listed, shown } from './shown-value.js'
import { exportersIn, exporterVariable, selectorOf, sentSignals, signals } from './telemetry-signals.js'
import { telemetrySource } from './telemetry-source.js'

const enable = 'CLAUDE_CODE_ENABLE_TELEMETRY'
const silent = rangeOf(clientBehaviour.protocolDefault.filter(({ behaviour }) => behaviour === 'nothing-sent')) ?? '*'
const byDefault = rangeOf(clientBehaviour.protocolDefault.filter(({ behaviour }) => behaviour !== 'nothing-sent'))

/** Rules about telemetry that would never leave the endpoint, and about who can bend it. */
export const rules: readonly Rule[] = [
  {
    id: 'telemetry-not-enabled',
    title: 'Telemetry is configured and not switched on',
    surface: 'claude-code',
    severity: 'error',
    why: 'Without the switch clients send nothing and say nothing.',
    fix: `Set ${enable} to "1" in env.`,
    ...observed,
    *check(file, context) {
      const source = telemetrySource(file, context)
      if (source === undefined) return
      const value = source.environment.get(enable)
      const path = value === undefined ? ['env'] : ['env', enable]
      const state = switchState(value ?? '')
      if (value === undefined) yield { path, message: `${enable} is not set: nothing is sent.` }
      else if (state === 'off') yield { path, message: `${enable} is off: nothing is sent.` }
      else if (state === 'unknown')
        yield { path, severity: 'warning', message: `${shown(value)} was never seen to switch telemetry on.` }
    },
  },
  {
    id: 'telemetry-no-exporter',
    title: 'No exporter is chosen',
    surface: 'claude-code',
    severity: 'error',
    why: 'A client sends a signal only through the exporter named for it.',
    fix: 'Set OTEL_METRICS_EXPORTER and OTEL_LOGS_EXPORTER to "otlp".',
    ...observed,
    *check(file, context) {
      const source = telemetrySource(file, context)
      if (source === undefined) return
      for (const signal of signals) {
        const name = selectorOf(signal)
        const unknown = exportersIn(source.environment.get(name)).filter(
          (exporter) => !variableNamed(name)?.values?.includes(exporter),
        )
        if (unknown.length > 0)
          yield { path: ['env', name], message: `${listed(unknown.map(shown))} is no exporter that clients know.` }
      }
      const chosen = signals.flatMap((signal) => exportersIn(source.environment.get(selectorOf(signal))))
      if (chosen.every((exporter) => exporter === 'none'))
        yield { path: ['env'], message: 'No exporter is chosen for any signal: nothing is sent.' }
    },
  },
  {
    id: 'telemetry-no-logs-exporter',
    title: 'Events are not sent',
    surface: 'claude-code',
    severity: 'error',
    why: 'Events travel on logs: prompts, tool decisions, hooks and the policy in force are only there, not in metrics.',
    fix: 'Set OTEL_LOGS_EXPORTER to "otlp", or to "none" where only metrics are wanted.',
    ...observed,
    *check(file, context) {
      const source = telemetrySource(file, context)
      if (source === undefined) return
      const name = selectorOf('logs')
      const exporters = exportersIn(source.environment.get(name))
      const others = signals.filter(
        (signal) => signal !== 'logs' && exportersIn(source.environment.get(selectorOf(signal))).length > 0,
      )
      if (exporters.includes('otlp') || (exporters.length === 0 && others.length === 0)) return
      if (exporters.length === 0) yield { path: ['env'], message: `${name} is not set: no events are sent.` }
      else if (exporters.includes('none'))
        yield {
          path: ['env', name],
          severity: 'note',
          message: 'Events are switched off: hooks, plugins and policy cannot be watched.',
        }
      else yield { path: ['env', name], message: 'No exporter of events is "otlp": nobody collects them.' }
    },
  },
  {
    id: 'telemetry-no-protocol',
    title: 'No protocol is set',
    surface: 'claude-code',
    severity: 'error',
    why: 'Claude Code had no protocol of its own for long: such clients send nothing and say nothing.',
    fix: `Set ${exporterVariable('PROTOCOL')} to "http/protobuf".`,
    ...observed,
    *check(file, context) {
      const source = telemetrySource(file, context)
      if (source === undefined) return
      const without = sentSignals(source.environment).filter(
        (signal) => ![undefined, signal].some((which) => source.environment.get(exporterVariable('PROTOCOL', which))),
      )
      if (without.length === 0) return
      const what = `No protocol is set for ${listed(without)}:`
      const newer = byDefault === undefined ? '' : ` ${clientsText(byDefault)} were seen to send http/protobuf.`
      if (mayMeet(context, silent))
        yield { path: ['env'], versions: silent, message: `${what} ${clientsText(silent)} send nothing;${newer}` }
      else if (byDefault !== undefined)
        yield { path: ['env'], severity: 'note', versions: byDefault, message: `${what}${newer}` }
    },
  },
  {
    id: 'telemetry-selector-open',
    title: 'A choice of exporter is left to the user',
    surface: 'claude-code',
    severity: 'warning',
    why: 'A managed endpoint does not lock the exporters: what is not set here users switch on or off themselves.',
    fix: 'Set all three selectors, those that are not wanted to "none".',
    ...docs.monitoring,
    *check(file, context) {
      const source = telemetrySource(file, context)
      if (source === undefined) return
      const chosen = signals.flatMap((signal) => exportersIn(source.environment.get(selectorOf(signal))))
      const nothingSent = chosen.every((exporter) => exporter === 'none')
      for (const signal of signals) {
        const name = selectorOf(signal)
        if (source.environment.has(name)) continue
        // That no events, or nothing at all, are sent is an error of its own, with the same remedy.
        if (signal === 'logs' || (signal === 'metrics' && nothingSent)) continue
        yield {
          path: ['env'],
          ...(signal === 'traces' && { severity: 'note' as const }),
          message: `${name} is not set: a user's settings or shell decide about ${signal}.`,
        }
      }
    },
  },
  ...endpointRules,
  ...headerRules,
  ...variableRules,
]
