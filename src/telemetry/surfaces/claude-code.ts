import type { Surface } from './surface.js'

/** Events of Claude Code: https://code.claude.com/docs/en/monitoring-usage (October 2026), and what clients were seen to send. */
export const claudeCodeEvents = [
  'api_error',
  'api_refusal',
  'api_request',
  'api_request_body',
  'api_response_body',
  'api_retries_exhausted',
  'assistant_response',
  'at_mention',
  'auth',
  'compaction',
  'feedback_survey',
  'hook_execution_complete',
  'hook_execution_start',
  'hook_plugin_metrics',
  'hook_registered',
  'internal_error',
  'managed_settings_resolved',
  'mcp_server_connection',
  'permission_mode_changed',
  'plugin_installed',
  'plugin_loaded',
  'retention_sweep',
  'skill_activated',
  'subagent_completed',
  'system_prompt',
  'tool_decision',
  'tool_result',
  'user_prompt',
] as const

/** A run fails when a request to the model does for good, or the client itself: `api_error` comes only after all retries. */
export const claudeCodeFailures = ['api_error', 'api_retries_exhausted', 'internal_error'] as const

/** Claude Code in a terminal, an editor, or behind the Agent SDK. */
export const claudeCode: Surface = {
  service: 'claude-code',
  title: 'Claude Code',
  versionOf: 'claude-code',
  attributes: {},
  events: claudeCodeEvents,
  failures: claudeCodeFailures,
  reportsPolicy: true,
}
