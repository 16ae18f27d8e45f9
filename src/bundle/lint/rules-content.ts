import { privacyTiers } from '../../policy/telemetry.js'
import {
  contentSwitches,
  environmentVariables,
  switchState,
  variableNamed,
} from '../catalogue/environment-variables.js'
import { clientBehaviour } from '../client-behaviour.js'
import { rangeOf } from './client-versions.js'
import { docs, observed } from './references.js'
import type { Rule } from './rule.js'
import { isManaged } from './settings-source.js'
import { exportersIn, selectorOf } from './telemetry-signals.js'
import { environmentOf, telemetrySource } from './telemetry-source.js'

const switches = environmentVariables.filter(({ kind }) => kind === 'content-switch')
const responses = 'OTEL_LOG_ASSISTANT_RESPONSES'
const prompts = 'OTEL_LOG_USER_PROMPTS'
const rawBodies = 'OTEL_LOG_RAW_API_BODIES'
const answersSent =
  rangeOf(clientBehaviour.assistantResponses.filter(({ behaviour }) => behaviour === 'sent-with-prompts')) ?? '*'

/** What counts as on is all that was not seen to be off: an unknown word is no promise of privacy. */
function isOn(text: string | undefined): boolean {
  return text !== undefined && switchState(text) !== 'off'
}

function sinceRange(name: string): { readonly versions?: string } {
  const since = variableNamed(name)?.since
  return since === undefined ? {} : { versions: `>=${since}` }
}

/**
 * Whether the settings leave no way for content: it travels on events and spans, and exporters that are set here users
 * cannot change. Tracing in detail has an endpoint of its own, so its switch never counts as closed.
 * Source: https://code.claude.com/docs/en/monitoring-usage (2026-08-22).
 */
function carriesNoContent(environment: ReadonlyMap<string, string>): boolean {
  return (['logs', 'traces'] as const).every((signal) => {
    const exporters = exportersIn(environment.get(selectorOf(signal)))
    return exporters.length > 0 && !exporters.includes('otlp')
  })
}

/** Rules about how much of the content of sessions is collected. */
export const rules: readonly Rule[] = [
  {
    id: 'content-switch-open',
    title: 'A content switch is left to the user',
    surface: 'claude-code',
    severity: 'warning',
    why: 'A user who sets it in own settings or shell sends that content to your collector.',
    fix: 'Set every content switch in the managed env, those that are off to "0".',
    ...observed,
    *check(file, context) {
      const source = telemetrySource(file, context)
      if (source === undefined) return
      const allowed = context.privacy === undefined ? undefined : contentSwitches(context.privacy)
      const closed = carriesNoContent(source.environment)
      for (const { name } of switches) {
        if (source.environment.has(name) || (closed && name.startsWith('OTEL_LOG_'))) continue
        yield {
          path: ['env'],
          ...sinceRange(name),
          ...(allowed?.[name] === '0' && { severity: 'error' as const }),
          message: `${name} is not set: users can switch it on.`,
          fix: `Set ${name} to "0", or to "1" where the content is wanted.`,
        }
      }
    },
  },
  {
    id: 'content-above-tier',
    title: 'More content is collected than was stated',
    surface: 'claude-code',
    severity: 'error',
    why: 'The privacy tier is a promise to people; this switch breaks it.',
    fix: 'Set the switch to "0", or state the higher tier.',
    ...docs.monitoring,
    *check(file, { privacy }) {
      if (privacy === undefined || !isManaged(file)) return
      const environment = environmentOf(file.value)
      for (const { name, tier } of switches) {
        if (tier === undefined || privacyTiers.indexOf(tier) <= privacyTiers.indexOf(privacy)) continue
        if (isOn(environment.get(name)))
          yield {
            path: ['env', name],
            message: `It is on and belongs to the tier ${tier}; the stated tier is ${privacy}.`,
          }
      }
    },
  },
  {
    id: 'content-responses-follow',
    title: 'Answers are collected because prompts are',
    surface: 'claude-code',
    severity: 'warning',
    why: 'The switch for answers follows the one for prompts while it is not set, so an update of the client brings more content.',
    fix: `Set ${responses} as it is meant.`,
    ...observed,
    *check(file, context) {
      const source = telemetrySource(file, context)
      if (source === undefined || !isOn(source.environment.get(prompts)) || source.environment.has(responses)) return
      if (carriesNoContent(source.environment)) return
      yield {
        path: source.setBy(['env', prompts]) === file ? ['env', prompts] : ['env'],
        versions: answersSent,
        message: `Prompts are on and ${responses} is not set: answers are sent as well.`,
      }
    },
  },
  {
    id: 'content-raw-bodies-file',
    title: 'Raw requests are written to the endpoint’s disk',
    surface: 'claude-code',
    severity: 'warning',
    why: 'Everything that goes to and comes from the model lies in that folder, on each endpoint, for as long as nobody removes it.',
    fix: 'Use "0"; or see to it that the folder is protected and emptied.',
    ...docs.monitoring,
    *check(file) {
      const text = environmentOf(file.value).get(rawBodies)
      if (text?.startsWith('file:'))
        yield { path: ['env', rawBodies], message: 'Request and answer bodies are written to files.' }
    },
  },
]
