import type { Act, Client, Deed, Run } from './script.js'

export type Value = string | number | { readonly double: number } | readonly string[]
export type Attributes = readonly (readonly [key: string, value: Value])[]

/** A log record as a client sends it. */
export interface LogRecord {
  readonly client: Client
  readonly time: number
  readonly event: string
  readonly body: string
  readonly attributes: Attributes
}

/** A data point as a client sends it. */
export interface DataPoint {
  readonly client: Client
  readonly time: number
  readonly start: number
  readonly metric: keyof typeof metrics
  readonly attributes: Attributes
  readonly value: number
}

/** Names, descriptions and units as client 2.1.197 sent them (2026-11-20). */
export const metrics = {
  'claude_code.session.count': { description: 'Count of CLI sessions started', unit: '' },
  'claude_code.active_time.total': { description: 'Total active time in seconds', unit: 's' },
} as const

/** What stands for the resource of a client: custom attributes, then those of the machine and the program. */
export function resourceOf({ attributes, osType, osVersion, service, version, owner }: Client): Attributes {
  return [
    ...Object.entries(attributes),
    ['host.arch', osType === 'darwin' ? 'arm64' : 'amd64'],
    ['os.type', osType],
    ['os.version', osVersion],
    ...given('process.owner', owner),
    ['service.name', service],
    ['service.version', version],
  ]
}

/** Name of the instrumentation scope. */
export const scopeOf = ({ service }: Client, signal: 'logs' | 'metrics') =>
  `com.anthropic.${service === 'cowork' ? 'cowork' : 'claude_code'}${signal === 'logs' ? '.events' : ''}`

/** The log records of a run that arrived. */
export function logRecords({ session, client, acts }: Run): LogRecord[] {
  return acts.flatMap((act, sequence) => (act.lost ? [] : [logRecord(client, session, act, sequence)]))
}

function logRecord(client: Client, session: string, act: Act, sequence: number): LogRecord {
  const prefix = client.service === 'cowork' ? '' : 'claude_code.'
  return {
    client,
    time: act.at,
    event: act.event,
    body: `${prefix}${act.event}`,
    attributes: [
      ...standard(client, session),
      ['event.name', act.event],
      ['event.timestamp', new Date(act.at).toISOString()],
      ['event.sequence', sequence],
      ...given('prompt.id', act.prompt),
      ...attributesOf(act),
    ],
  }
}

/** The data points of a run: a session, and the time it was in use. */
export function dataPoints({ session, client, acts, points }: Run): DataPoint[] {
  const start = acts[0]!.at
  return points.flatMap((time, index): DataPoint[] => [
    ...(index === 0
      ? [
          {
            client,
            time,
            start,
            metric: 'claude_code.session.count' as const,
            attributes: [...standard(client, session), ['start_type', 'fresh'] as const],
            value: 1,
          },
        ]
      : []),
    {
      client,
      time,
      start,
      metric: 'claude_code.active_time.total',
      attributes: [...standard(client, session), ['type', 'cli']],
      value: (time - start) / 1000,
    },
  ])
}

/** Cowork has no custom attributes on its records: https://claude.com/docs/cowork/monitoring (July 2026). */
function standard(client: Client, session: string): Attributes {
  return [
    ...(client.service === 'cowork' ? [] : Object.entries(client.attributes)),
    ['user.id', client.installation],
    ['session.id', session],
    ...given('organization.id', client.organization),
    ...given('user.email', client.email),
    ...given('user.account_uuid', client.account),
    ['terminal.type', client.terminal],
  ]
}

function given(key: string, value: Value | undefined): Attributes {
  return value === undefined ? [] : [[key, value]]
}

/** What the client leaves out stands as this mark (client 2.1.197, 2026-11-20). */
const redacted = '<REDACTED>'
const model = 'claude-opus-4-8'

function attributesOf(deed: Deed): Attributes {
  switch (deed.event) {
    case 'managed_settings_resolved':
      return [
        ['managed_settings.trigger', deed.trigger],
        ['managed_settings.sources', deed.sources],
        ['managed_settings.source_behavior', 'first-wins'],
        ['managed_settings.helper.state', 'none'],
        ...given('managed_settings.resolved_sha256', deed.digest),
        ...given('error.type', deed.error),
      ]
    case 'hook_registered':
      return [
        ['hook_event', deed.hookEvent],
        ['hook_type', deed.hookType],
        ['hook_source', deed.hookSource],
        ['safe_mode', 'false'],
        ...given('hook_matcher', deed.matcher),
      ]
    case 'plugin_loaded':
      return [
        ['plugin.name', deed.plugin],
        ['marketplace.name', deed.marketplace],
        ['plugin.version', deed.version],
        ['plugin.scope', deed.scope],
        ['enabled_via', deed.enabledVia],
        ['has_hooks', 'false'],
        ['has_mcp', 'false'],
      ]
    case 'mcp_server_connection':
      return [
        ['status', deed.status],
        ['transport_type', 'stdio'],
        ['server_scope', deed.scope],
        ['duration_ms', '84'],
        ...given('server_name', deed.server),
        ...given('error', deed.error),
      ]
    case 'skill_activated':
      return [
        ['skill.name', deed.skill],
        ['invocation_trigger', 'claude-proactive'],
        ['skill.source', deed.source],
        ...given('plugin.name', deed.plugin),
        ...given('marketplace.name', deed.marketplace),
      ]
    case 'user_prompt':
      return [
        ['prompt_length', String(deed.length)],
        ['prompt', deed.text ?? redacted],
      ]
    case 'assistant_response':
      return [
        ['response_length', deed.length],
        ['response', deed.text ?? redacted],
        ['model', model],
        ['query_source', 'sdk'],
      ]
    case 'api_request':
      return [
        ['model', model],
        ['input_tokens', deed.tokens],
        ['output_tokens', 120],
        ['cache_read_tokens', 0],
        ['cache_creation_tokens', 0],
        ['cost_usd', { double: deed.tokens / 1e5 }],
        ['cost_usd_micros', deed.tokens * 10],
        ['duration_ms', deed.duration],
        ['speed', 'normal'],
        ['query_source', 'sdk'],
        ['effort', 'high'],
      ]
    case 'api_error':
      return [
        ['model', model],
        ['error', 'overloaded'],
        ['status_code', deed.status],
        ['duration_ms', deed.duration],
        ['attempt', 11],
        ['speed', 'normal'],
      ]
    case 'hook_execution_start':
      return hookExecution(deed, 'policySettings', true)
    case 'hook_execution_complete': {
      const [event, name, hooks, ...rest] = hookExecution(deed, deed.hookSource, deed.managedOnly)
      return [
        event!,
        name!,
        hooks!,
        ['num_success', String(deed.success)],
        ['num_blocking', String(deed.blocking)],
        ['num_non_blocking_error', String(deed.failed)],
        ['num_cancelled', String(deed.cancelled)],
        ['total_duration_ms', String(deed.duration)],
        ...rest,
      ]
    }
    case 'tool_decision':
      return [
        ['decision', deed.decision],
        ['source', deed.source],
        ['tool_name', deed.tool],
        ['tool_use_id', deed.toolUse],
        ...given('tool_parameters', deed.parameters && JSON.stringify(deed.parameters)),
      ]
    case 'tool_result':
      return [
        ['tool_name', deed.tool],
        ['tool_use_id', deed.toolUse],
        ['success', String(deed.success)],
        ['duration_ms', deed.duration],
        ['decision_type', 'accept'],
        ['decision_source', deed.source],
        ['tool_result_size_bytes', 512],
        ...given('mcp_server_scope', deed.scope),
        ...given('tool_parameters', deed.parameters && JSON.stringify(deed.parameters)),
        ...given('error', deed.error),
      ]
    case 'permission_mode_changed':
      return [
        ['from_mode', deed.from],
        ['to_mode', deed.to],
        ['trigger', deed.trigger],
      ]
    case 'workspace_indexed':
      return [['files', deed.files]]
  }
}

function hookExecution(
  { hookEvent, tool, hooks }: { readonly hookEvent: string; readonly tool: string; readonly hooks: number },
  source: string,
  managedOnly: boolean,
): Attributes {
  return [
    ['hook_event', hookEvent],
    ['hook_name', `${hookEvent}:${tool}`],
    ['num_hooks', String(hooks)],
    ['managed_only', String(managedOnly)],
    ['hook_source', source],
    ['safe_mode', 'false'],
  ]
}
