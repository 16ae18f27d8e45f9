import {
  bodyFacts,
  errorFacts,
  hookFacts,
  pluginFacts,
  requestFacts,
  resultFacts,
  settingsFacts,
} from './story-facts.js'
import {
  agent,
  decisionWord,
  from,
  helper,
  hookName,
  hookVerdict,
  joined,
  listed,
  managed,
  ofLength,
  or,
  outcome,
  pluginText,
  problem,
  requestError,
  scope,
  toolName,
  toolOutcome,
} from './story-sentences.js'
import { countOf, durationText, moneyText, tokensText } from './story-words.js'
/** What an event is in the story. */
export const storyKinds = [
  'setup',
  'prompt',
  'request',
  'answer',
  'hook',
  'decision',
  'tool',
  'error',
  'mode',
  'other',
] as const
export type StoryKind = (typeof storyKinds)[number]

/** The text of an attribute, cut to a sensible length; '' where it is not there. */
export type Get = (name: string) => string

interface StoryEvent {
  readonly kind: StoryKind
  /** What happened, in one sentence. */
  readonly text: (get: Get) => string
  /** Attributes that carry no content and are no part of the sentence, but belong into the document. */
  readonly facts: readonly string[]
}

const plugin = ['plugin.name', 'plugin.version', 'marketplace.name']

/**
 * What is told of each event. Attributes that stand in no list here may hold anything, so that they are treated as
 * content. Some were only seen, not documented: client 2.1.329, 2026-11-21. https://code.claude.com/docs/en/monitoring-usage (October 2026), https://claude.com/docs/cowork/monitoring (July 2026).
 */
const events: Readonly<Record<string, StoryEvent>> = {
  managed_settings_resolved: {
    kind: 'setup',
    text: (get) =>
      joined([
        `Managed settings (${or(get('managed_settings.trigger'), 'trigger not told')}): ${or(listed(get('managed_settings.sources')), 'from no source')}`,
        get('managed_settings.source_behavior'),
        problem('error', get('error.type')),
        helper(get('managed_settings.helper.state')),
      ]),
    facts: settingsFacts,
  },
  hook_registered: {
    kind: 'setup',
    text: (get) =>
      joined([
        `Hook registered for ${or(get('hook_event'), 'an event not told')}`,
        get('hook_type'),
        from(get('hook_source')),
        problem('plugin', get('plugin.name')),
      ]),
    facts: ['hook_event', 'hook_type', 'hook_source', 'plugin_id_hash', ...plugin],
  },
  plugin_loaded: { kind: 'setup', text: (get) => pluginText('loaded', get), facts: [...plugin, ...pluginFacts] },
  plugin_installed: {
    kind: 'setup',
    text: (get) => pluginText('installed', get),
    facts: [...plugin, ...pluginFacts, 'marketplace.is_official', 'install.trigger'],
  },
  mcp_server_connection: {
    kind: 'setup',
    text: (get) =>
      joined([
        `MCP server ${or(get('mcp_server.name'), '(name not told)')}: ${or(get('status'), 'status not told')}`,
        scope(get('server_scope')),
        get('transport_type'),
        durationText(get('duration_ms')),
        problem('error', get('error_code')),
      ]),
    facts: [
      'status',
      'server_scope',
      'transport_type',
      'duration_ms',
      'error_code',
      'is_plugin',
      'mcp_server.name',
      'plugin_id_hash',
      ...plugin,
    ],
  },
  auth: {
    kind: 'setup',
    text: (get) =>
      joined([
        `Sign-in: ${or(get('action'), 'action not told')}${outcome(get('success'))}`,
        get('auth_method'),
        problem('error', get('error_category')),
        problem('status', get('status_code')),
      ]),
    facts: ['action', 'success', 'auth_method', 'error_category', 'status_code'],
  },
  user_prompt: {
    kind: 'prompt',
    text: (get) =>
      joined([
        `Prompt${ofLength(get('prompt_length'))}`,
        problem('command', get('command_name')),
        get('command_source'),
      ]),
    facts: ['prompt_length', 'command_name', 'command_source', 'message.uuid'],
  },
  assistant_response: {
    kind: 'answer',
    text: (get) => joined([`Answer${ofLength(get('response_length'))}`, get('model')]),
    facts: ['response_length', 'model', 'request_id', 'message.uuid', 'query_source'],
  },
  api_request: {
    kind: 'request',
    text: (get) =>
      joined([
        `Request to ${or(get('model'), 'a model not told')}`,
        tokensText(get),
        durationText(get('duration_ms')),
        moneyText(get),
        agent(get('query_source')),
      ]),
    facts: [
      'model',
      'input_tokens',
      'output_tokens',
      'cache_read_tokens',
      'cache_creation_tokens',
      'cache_creation_1h_tokens',
      'cache_creation_5m_tokens',
      'cost_usd',
      'cost_usd_micros',
      'ttft_ms',
      ...requestFacts,
    ],
  },
  api_error: { kind: 'error', text: (get) => requestError('Request failed', get), facts: errorFacts },
  api_retries_exhausted: { kind: 'error', text: (get) => requestError('Request given up', get), facts: errorFacts },
  api_refusal: {
    kind: 'error',
    text: (get) => joined(['The model refused', get('model')]),
    facts: ['model', 'server_fallback_hop', 'has_category', 'has_explanation', 'attempt', ...requestFacts],
  },
  internal_error: {
    kind: 'error',
    text: (get) => joined([`Error inside the client: ${or(get('error_name'), 'not told')}`, get('error_code')]),
    facts: ['error_name', 'error_code'],
  },
  api_request_body: { kind: 'request', text: () => 'Whole request to the model', facts: bodyFacts },
  api_response_body: { kind: 'answer', text: () => 'Whole response of the model', facts: bodyFacts },
  system_prompt: { kind: 'request', text: () => 'System prompt', facts: [] },
  hook_execution_start: {
    kind: 'hook',
    text: (get) =>
      joined([
        `${hookName(get)}: ${countOf(get('num_hooks'), 'hook')} started`,
        from(get('hook_source')),
        managed(get),
      ]),
    facts: hookFacts,
  },
  hook_execution_complete: {
    kind: 'hook',
    text: (get) =>
      joined([
        `${hookName(get)}: ${hookVerdict(get)}`,
        durationText(get('total_duration_ms')),
        from(get('hook_source')),
        managed(get),
      ]),
    facts: [
      ...hookFacts,
      'num_success',
      'num_blocking',
      'num_non_blocking_error',
      'num_cancelled',
      'total_duration_ms',
      'stdout_chars',
      'additional_context_chars',
      'system_message_chars',
      'initial_user_message_chars',
      'num_outputs_persisted',
    ],
  },
  tool_decision: {
    kind: 'decision',
    text: (get) =>
      joined([
        `${toolName(get)}: ${decisionWord(get('decision'))} by ${or(get('source') || get('decision_source'), 'a source not told')}`,
        problem('mode', get('permission_mode')),
      ]),
    facts: [
      'tool_name',
      'tool_use_id',
      'decision',
      'source',
      'decision_source',
      'tool_source',
      'mcp_server_scope',
      'permission_mode',
    ],
  },
  tool_result: {
    kind: 'tool',
    text: (get) =>
      joined([
        `${toolName(get)}: ${toolOutcome(get('success'))}`,
        durationText(get('duration_ms')),
        problem('error', get('error_type')),
        get('decision_source') && `allowed by ${get('decision_source')}`,
        scope(get('mcp_server_scope')),
      ]),
    facts: resultFacts,
  },
  permission_mode_changed: {
    kind: 'mode',
    text: (get) =>
      joined([
        `Permission mode: ${or(get('from_mode'), 'not told')} to ${or(get('to_mode'), 'not told')}`,
        get('trigger'),
      ]),
    facts: ['from_mode', 'to_mode', 'trigger'],
  },
  skill_activated: {
    kind: 'other',
    text: (get) => joined([`Skill ${or(get('skill.name'), '(name not told)')}`, get('invocation_trigger')]),
    facts: ['skill.name', 'skill.source', 'skill.kind', 'invocation_trigger', ...plugin],
  },
  compaction: {
    kind: 'other',
    text: (get) =>
      joined([`Conversation shortened${outcome(get('success'))}`, get('trigger'), durationText(get('duration_ms'))]),
    facts: ['trigger', 'success', 'duration_ms', 'pre_tokens', 'post_tokens', 'precompute_reuse'],
  },
  subagent_completed: {
    kind: 'other',
    text: (get) =>
      joined([
        `Subagent ${or(get('agent_type'), '(type not told)')} done`,
        get('total_tool_uses') && countOf(get('total_tool_uses'), 'tool call'),
        durationText(get('duration_ms')),
      ]),
    facts: [
      'agent_type',
      'agent.source',
      'is_built_in',
      'is_async',
      'total_tokens',
      'total_tool_uses',
      'duration_ms',
      'model',
      'final_model',
      'model_swapped',
      ...plugin,
    ],
  },
  at_mention: {
    kind: 'other',
    text: (get) => `Mention of ${or(get('mention_type'), 'something')}${outcome(get('success'))}`,
    facts: ['mention_type', 'success'],
  },
}

/** What is told of an event; one that nobody has documented is told by its name, as far as that may be shown. */
export function storyEvent(event: string, shown = event): StoryEvent {
  const known = Object.hasOwn(events, event) ? events[event] : undefined
  return known ?? { kind: 'other', text: () => (event === '' ? 'Event without a name' : `Event ${shown}`), facts: [] }
}
