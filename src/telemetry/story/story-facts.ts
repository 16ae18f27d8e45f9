/** Attributes without content that several events have in common. */
export const pluginFacts: readonly string[] = [
  'plugin.scope',
  'enabled_via',
  'plugin_id_hash',
  'has_hooks',
  'has_mcp',
  'host_owned_mcp',
  'skill_path_count',
  'command_path_count',
  'agent_path_count',
]

export const requestFacts: readonly string[] = [
  'duration_ms',
  'request_id',
  'client_request_id',
  'speed',
  'query_source',
  'effort',
  'agent.name',
]

/** `error` of a failed request is always sent. It is shown where it is a code; servers write whole sentences into it too. */
export const errorFacts: readonly string[] = [
  'model',
  'error',
  'status_code',
  'attempt',
  'total_attempts',
  'total_retry_duration_ms',
  ...requestFacts,
]

export const bodyFacts: readonly string[] = ['body_length', 'body_truncated', 'model', 'query_source', 'request_id']

export const hookFacts: readonly string[] = ['hook_event', 'hook_name', 'num_hooks', 'managed_only', 'hook_source']

export const settingsFacts: readonly string[] = [
  'managed_settings.trigger',
  'managed_settings.sources',
  'managed_settings.source_behavior',
  'managed_settings.helper.state',
  'managed_settings.helper.applied',
  'managed_settings.helper.entry',
  'managed_settings.resolved_sha256',
  'managed_settings.settings_truncated',
  'error.type',
]

export const resultFacts: readonly string[] = [
  'tool_name',
  'tool_use_id',
  'success',
  'duration_ms',
  'error_type',
  'decision_type',
  'decision_source',
  'tool_input_size_bytes',
  'tool_result_size_bytes',
  'mcp_server_scope',
  'permission_mode',
]
