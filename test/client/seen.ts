import type { AttributeValue } from '../../src/selftest/drill/collector.js'
import { drillCommand, drillPrompt, finalText } from '../../src/selftest/drill/model.js'
import type { SessionObservation } from './session.js'

export type Content = 'assistant-response' | 'prompt' | 'raw-bodies' | 'tool-details'

/** What a session showed, without anything that differs from run to run. */
export interface Seen {
  /** The client got as far as asking the model. */
  readonly starts: boolean
  /** It said something about the settings on stderr, or ended with an error. */
  readonly complains: boolean
  readonly signals: readonly ('logs' | 'metrics')[]
  readonly paths: readonly string[]
  readonly contentTypes: readonly string[]
  /** Resource attributes, without those the client sets itself. */
  readonly attributes: Readonly<Record<string, AttributeValue>> | null
  /** `Authorization` and `x-…` headers of the telemetry requests. */
  readonly headers: Readonly<Record<string, string>>
  /** Content that reached the receiver in clear. */
  readonly content: readonly Content[]
  /** The session asks for no permission. What it asks otherwise differs: 2.1.285 to 2.1.301 start in `auto`. */
  readonly bypass: boolean
  readonly permissionMode: string | null
  readonly toolOffered: boolean
  readonly toolRan: boolean
  /** `hook_source` of the registered hooks. */
  readonly hooksRegistered: readonly string[]
  readonly hooksBlocking: number
  readonly hookErrors: number
  readonly hooksCancelled: number
}

const setByClient = new Set(['host.arch', 'os.type', 'os.version', 'service.version'])

/** Says a complaint about settings from a notice of another kind, which some versions print in any session. */
const complaint = /settings|hook|helper|telemetry|otel|minimum|version|policy|policies|permission/i
const notice = /auto mode/

/** Reduces what was observed to comparable facts. */
export function seenIn(session: SessionObservation): Seen {
  const paths = unique(session.requests.map((request) => request.path))
  const resource = session.resources[0]
  return {
    starts: session.model.requests > 0,
    complains: session.stderr.split('\n').some((line) => complaint.test(line) && !notice.test(line)),
    signals: (['logs', 'metrics'] as const).filter((signal) => paths.some((path) => path.endsWith(`/v1/${signal}`))),
    paths,
    contentTypes: unique(session.requests.map((request) => request.contentType)),
    attributes: resource === undefined ? null : ownAttributes(resource),
    headers: Object.fromEntries(
      unique(session.requests.flatMap((request) => Object.keys(request.headers)))
        .filter((name) => name === 'authorization' || name.startsWith('x-'))
        .map((name) => [name, session.requests.find((request) => name in request.headers)!.headers[name]!]),
    ),
    content: contentOf(session),
    bypass: session.permissionMode === 'bypassPermissions',
    permissionMode: session.permissionMode ?? null,
    toolOffered: session.model.bashOffered,
    toolRan: session.toolRan,
    hooksRegistered: [...session.hooks.registered].sort(),
    hooksBlocking: session.hooks.blocking,
    hookErrors: session.hooks.nonBlockingErrors,
    hooksCancelled: session.hooks.cancelled,
  }
}

function ownAttributes(resource: Readonly<Record<string, AttributeValue>>): Record<string, AttributeValue> {
  const own = Object.entries(resource).filter(
    ([name, value]) => !setByClient.has(name) && !(name === 'service.name' && value === 'claude-code'),
  )
  return Object.fromEntries(own.sort(([left], [right]) => (left < right ? -1 : 1)))
}

function contentOf(session: SessionObservation): Content[] {
  const found: Content[] = []
  const has = (event: string, attribute: string, text: string) =>
    session.events.some((one) => one.name === event && String(one.attributes[attribute]).includes(text))
  if (has('assistant_response', 'response', finalText)) found.push('assistant-response')
  if (has('user_prompt', 'prompt', drillPrompt)) found.push('prompt')
  if (session.events.some((one) => /^api_(?:request|response)_body$/.test(one.name))) found.push('raw-bodies')
  if (session.events.some((one) => String(one.attributes.tool_parameters ?? '').includes(drillCommand))) {
    found.push('tool-details')
  }
  return found
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort()
}
