import type { PrivacyTier } from './telemetry.js'

type ContentAttributes = Readonly<Record<Exclude<PrivacyTier, 'metadata'>, readonly string[]>>

/**
 * Attributes of log records with content, by the tier that first allows them. A client may send them all the same: an
 * older build, a machine without this policy, or Cowork, which exports content unless told not to.
 * Names: https://code.claude.com/docs/en/monitoring-usage (2026-08-22), https://claude.com/docs/cowork/monitoring (July 2026).
 */
export const contentOfLogs: ContentAttributes = {
  'tool-details': [
    'bash_command',
    'full_command',
    'hook_definitions',
    'hook_matcher',
    'server_name',
    'tool_input',
    'tool_parameters',
    'workspace.host_paths',
  ],
  content: ['prompt', 'prompt_text', 'response', 'system_prompt', 'tool_output'],
  raw: ['body', 'body_ref'],
}

/**
 * The same for spans and their events. Traces are a beta: the page names few of these, the others are what the detailed
 * traces of some releases carried, and a new release may bring more.
 */
export const contentOfSpans: ContentAttributes = {
  'tool-details': [...contentOfLogs['tool-details'], 'file_path'],
  content: [
    ...contentOfLogs.content,
    'content',
    'input',
    'new_context',
    'output',
    'response.model_output',
    'result',
    'system_prompt_preview',
    'tools',
    'user_prompt',
    'user_system_prompt',
  ],
  raw: contentOfLogs.raw,
}

/** Events whose `error` is content of tools and needs tool details; that of a failed request is always sent. */
export const eventsWithErrorText = ['tool_result', 'mcp_server_connection'] as const

/** What stands in place of content that the client left out (client 2.1.197, 2026-11-20). */
export const redactedText = '<REDACTED>'
