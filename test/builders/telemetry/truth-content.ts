import type { ContentRow } from '../../../src/telemetry/tables.js'
import { exampleOf, type Fact, groups } from './truth-facts.js'

interface Held {
  readonly fact: Fact
  readonly field: string
  readonly isRedacted: boolean
}

/** Which records held content, by what their clients did: those with a text hold it, those without hold the mark. */
export function contentTruth(facts: readonly Fact[], without: ReadonlySet<string>): ContentRow[] {
  const held = facts.flatMap((fact) => heldBy(fact).filter(({ field }) => !without.has(field)))
  return groups(held, ({ fact, field }) => [
    fact.client.service,
    fact.client.version,
    'log',
    fact.act.event,
    field,
  ]).map(([[service, version, , event, field], own]): ContentRow => {
    const present = own.filter(({ isRedacted }) => !isRedacted)
    return {
      service: String(service),
      version: String(version),
      signal: 'log',
      event: String(event),
      field: String(field),
      present: present.length,
      redacted: own.length - present.length,
      presentInCopies: 0,
      ...(present.length > 0 && { example: exampleOf(present.map(({ fact }) => fact)) }),
    }
  })
}

function heldBy(fact: Fact): Held[] {
  return [...contentOf(fact), ...namesOf(fact)]
}

/** What names a person stands on every record, or on its resource; the collector of a client may have hashed it. */
function namesOf(fact: Fact): Held[] {
  const { email, account, installation, owner } = fact.client
  const names = { 'user.email': email, 'user.account': account, 'user.id': installation, login: owner }
  return Object.entries(names).flatMap(([field, value]) =>
    value === undefined ? [] : [{ fact, field, isRedacted: value.startsWith('sha256:') }],
  )
}

function contentOf(fact: Fact): Held[] {
  const { act } = fact
  const text = (field: string, value: unknown) => (value === undefined ? [] : [{ fact, field, isRedacted: false }])
  switch (act.event) {
    case 'user_prompt':
      return [{ fact, field: 'prompt', isRedacted: act.text === undefined }]
    case 'assistant_response':
      return [{ fact, field: 'response', isRedacted: act.text === undefined }]
    case 'hook_registered':
      return text('hook_matcher', act.matcher)
    case 'mcp_server_connection':
      return [...text('server_name', act.server), ...text('error', act.error)]
    case 'tool_decision':
      return text('tool_parameters', act.parameters)
    case 'tool_result':
      return [...text('tool_parameters', act.parameters), ...text('error', act.error)]
    default:
      return []
  }
}
