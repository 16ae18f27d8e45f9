import type { JsonValue } from '../../bundle/formats/json-text.js'
import { contentOfLogs, contentOfSpans } from '../../policy/content-attributes.js'
import type { Policy } from '../../policy/policy.js'
import { canarySessionPrefix } from '../tables.js'
import { tokenStart } from './canary.js'
import { identityAttributes } from './identity-attributes.js'

/**
 * Which content is put on which event, so that what goes by the name of an event is tried too. Names of attributes:
 * content-attributes.ts; what stands in no list goes to `tool_result`.
 */
const contentOfEvents: Readonly<Record<string, readonly string[]>> = {
  user_prompt: ['prompt', 'prompt_text'],
  assistant_response: ['response'],
  tool_decision: ['tool_parameters'],
  hook_registered: ['hook_matcher'],
  hook_execution_start: ['hook_definitions'],
  mcp_server_connection: ['server_name', 'error'],
  api_request_body: ['body', 'body_ref'],
  system_prompt: ['system_prompt'],
}
const lastEvent = 'tool_result'
/** An event that is nobody's, so that redaction by the name of an event alone is found out. */
const unknownEvent = 'fleet_canary'
const services = ['claude-code', 'cowork'] as const

type Attribute = { readonly key: string; readonly value: { readonly stringValue: string } }

/**
 * An OTLP request (JSON) with a token of its own in every attribute that may hold content or identity, in the body of
 * log records, and on resources. Logs, and spans where the policy has traces: receivers pass over the part that is not
 * for them (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding, 2026-11-21), so that one file goes to
 * both paths. `random` gives so many random bytes in hexadecimal; `at` is the time of the records in milliseconds.
 */
export function writeCanary(
  policy: Policy,
  random: (bytes: number) => string,
  at: number,
): { readonly [key: string]: JsonValue } {
  const run = `${canarySessionPrefix}${random(12)}`
  const identity = identityAttributes(policy)
  let records = 0
  const token = () => tokenStart + random(16)
  const carrier = () => `${run}-${String(++records).padStart(4, '0')}`
  const people = () =>
    identity.all.map((key) =>
      attribute(key, identity.emails.includes(key) ? `${token()}@fleet-canary.invalid` : token()),
    )
  const resource = (service: string) => ({
    attributes: [attribute('service.name', service), attribute('service.version', '0.0.0'), ...people()],
  })
  const contents = (names: readonly string[]) => names.map((name) => attribute(name, contentValue(name, token())))

  const logRecord = (event: string, names: readonly string[], sequence: number) => ({
    timeUnixNano: nanoseconds(at),
    observedTimeUnixNano: nanoseconds(at),
    body: { stringValue: event === unknownEvent ? `Canary ${token()}` : `claude_code.${event}` },
    attributes: [
      attribute('session.id', carrier()),
      attribute('event.name', event),
      { key: 'event.sequence', value: { intValue: String(sequence) } },
      ...people(),
      ...contents(names),
    ],
  })
  const span = (name: string, names: readonly string[]) => {
    const half = Math.ceil(names.length / 2)
    return {
      traceId: random(16),
      spanId: random(8),
      name,
      kind: 1,
      startTimeUnixNano: nanoseconds(at),
      endTimeUnixNano: nanoseconds(at),
      attributes: [attribute('session.id', carrier()), ...people(), ...contents(names.slice(0, half))],
      events: [{ timeUnixNano: nanoseconds(at), name, attributes: contents(names.slice(half)) }],
    }
  }

  const scope = { name: 'fleet.canary' }
  const resourceLogs = services.map((service) => ({
    resource: resource(service),
    scopeLogs: [
      { scope, logRecords: eventsWithContent().map(([event, names], sequence) => logRecord(event, names, sequence)) },
    ],
  }))
  if (!policy.telemetry?.traces) return { resourceLogs }
  const resourceSpans = services.map((service) => ({
    resource: resource(service),
    // Content stands on spans and on their events, and is taken out of each by itself.
    scopeSpans: [
      { scope, spans: [span('claude_code.tool', spanContent()), span('claude_code.tool', spanContent().toReversed())] },
    ],
  }))
  return { resourceLogs, resourceSpans }
}

function attribute(key: string, value: string): Attribute {
  return { key, value: { stringValue: value } }
}

/** Some attributes hold JSON, others texts with blanks: a filter may look at the form. */
function contentValue(name: string, token: string): string {
  if (name === 'tool_parameters' || name === 'tool_input')
    return JSON.stringify({ description: token, full_command: `echo ${token}` })
  return `canary ${token}`
}

function nanoseconds(milliseconds: number): string {
  return `${milliseconds}000000`
}

function spanContent(): string[] {
  return [...new Set(Object.values(contentOfSpans).flat())]
}

function eventsWithContent(): [string, readonly string[]][] {
  const placed = new Set(Object.values(contentOfEvents).flat())
  const all = [...new Set(Object.values(contentOfLogs).flat())]
  const rest = all.filter((name) => !placed.has(name))
  return [...Object.entries(contentOfEvents), [lastEvent, [...rest, 'tool_parameters', 'error']], [unknownEvent, all]]
}
