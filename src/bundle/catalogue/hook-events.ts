import type { Origin } from './settings-key.js'

/**
 * How a hook of an event can stop what is about to happen. `exit-2`: exit code 2, or a JSON decision. `any-failure`: any
 * exit code but 0. `decision-only`: only a JSON decision, exit code 2 is not honoured.
 */
export type HookBlocking = 'exit-2' | 'any-failure' | 'decision-only' | 'no' | 'unknown'

export interface HookEvent extends Origin {
  readonly name: string
  /** The first client version, where one was stated. */
  readonly since?: string
  /** Whether a matcher counts; where it does not, the client ignores the field without a word. Absent: not read. */
  readonly matcher?: boolean
  /** What the matcher is compared with. */
  readonly matches?: string
  /** The words that are known to occur there, where the list is closed. */
  readonly values?: readonly string[]
  readonly blocks: HookBlocking
  /** Seconds, where the event lowers the handlers' own default. */
  readonly defaultTimeout?: number
  /** A handler's `if` counts on these events only; elsewhere a handler with `if` never runs. */
  readonly toolEvent?: true
  readonly note?: string
}

const hooksPage: Origin = {
  grade: 'official',
  source: 'https://code.claude.com/docs/en/hooks',
  checked: '2026-08-22',
}
const modelSwitchHooks: Origin = {
  grade: 'third-party',
  source: 'https://dev.to/ahab_indieseek/claude-code-21251-model-switch-cache-checklist-4bij',
  checked: '2026-08-28',
}

const tool = { matcher: true, matches: 'tool name', toolEvent: true } as const
const agent = { matcher: true, matches: 'agent type' } as const
const server = { matcher: true, matches: 'MCP server name' } as const
const compaction = { matcher: true, matches: 'trigger', values: ['auto', 'manual'] } as const

/** Every event we know of. Versions: https://github.com/anthropics/claude-code/blob/main/CHANGELOG.md (2026-08-22). */
export const hookEvents: readonly HookEvent[] = [
  {
    name: 'ConfigChange',
    since: '2.1.49',
    matcher: true,
    matches: 'configuration source',
    values: ['local_settings', 'policy_settings', 'project_settings', 'skills', 'user_settings'],
    blocks: 'exit-2',
    note: 'Cannot block policy_settings, and of managed sources sees only the file and its drop-ins.',
    ...hooksPage,
  },
  { name: 'CwdChanged', since: '2.1.83', matcher: false, blocks: 'no', ...hooksPage },
  {
    name: 'DirectoryAdded',
    since: '2.1.219',
    matcher: true,
    matches: 'how it was added',
    values: ['register_repo_root', 'slash_command'],
    blocks: 'no',
    ...hooksPage,
  },
  { name: 'Elicitation', since: '2.1.76', ...server, blocks: 'exit-2', ...hooksPage },
  { name: 'ElicitationResult', since: '2.1.76', ...server, blocks: 'exit-2', ...hooksPage },
  { name: 'FileChanged', since: '2.1.83', matcher: true, matches: 'file name', blocks: 'no', ...hooksPage },
  {
    name: 'InstructionsLoaded',
    since: '2.1.69',
    matcher: true,
    matches: 'load reason',
    values: ['compact', 'include', 'nested_traversal', 'path_glob_match', 'session_start'],
    blocks: 'no',
    ...hooksPage,
  },
  { name: 'MessageDisplay', since: '2.1.152', matcher: false, blocks: 'no', defaultTimeout: 10, ...hooksPage },
  {
    name: 'Notification',
    matcher: true,
    matches: 'notification type',
    values: [
      'agent_completed',
      'agent_needs_input',
      'auth_success',
      'elicitation_complete',
      'elicitation_dialog',
      'elicitation_response',
      'elicitation_url_dialog',
      'idle_prompt',
      'permission_prompt',
    ],
    blocks: 'no',
    ...hooksPage,
  },
  { name: 'PermissionDenied', since: '2.1.89', ...tool, blocks: 'no', ...hooksPage },
  { name: 'PermissionRequest', since: '2.0.45', ...tool, blocks: 'decision-only', ...hooksPage },
  { name: 'PostCompact', since: '2.1.76', ...compaction, blocks: 'no', ...hooksPage },
  { name: 'PostModelSwitch', since: '2.1.251', blocks: 'unknown', ...modelSwitchHooks },
  { name: 'PostToolBatch', matcher: false, blocks: 'exit-2', ...hooksPage },
  { name: 'PostToolUse', ...tool, blocks: 'no', note: 'The tool has run.', ...hooksPage },
  { name: 'PostToolUseFailure', ...tool, blocks: 'no', ...hooksPage },
  { name: 'PreCompact', since: '1.0.48', ...compaction, blocks: 'exit-2', ...hooksPage },
  { name: 'PreModelSwitch', since: '2.1.251', blocks: 'unknown', ...modelSwitchHooks },
  { name: 'PreToolUse', ...tool, blocks: 'exit-2', ...hooksPage },
  {
    name: 'SessionEnd',
    since: '1.0.85',
    matcher: true,
    matches: 'reason',
    values: ['clear', 'logout', 'other', 'prompt_input_exit', 'resume'],
    blocks: 'no',
    defaultTimeout: 1.5,
    note: 'All hooks of the event share the time; a longer timeout of a hook raises it, up to 60 seconds.',
    ...hooksPage,
  },
  {
    name: 'SessionStart',
    since: '1.0.62',
    matcher: true,
    matches: 'how the session started',
    values: ['clear', 'compact', 'fork', 'resume', 'startup'],
    blocks: 'no',
    ...hooksPage,
  },
  {
    name: 'Setup',
    since: '2.1.10',
    matcher: true,
    matches: 'command line flag',
    values: ['init', 'maintenance'],
    blocks: 'no',
    ...hooksPage,
  },
  { name: 'Stop', matcher: false, blocks: 'exit-2', ...hooksPage },
  {
    name: 'StopFailure',
    since: '2.1.78',
    matcher: true,
    matches: 'error type',
    values: [
      'authentication_failed',
      'billing_error',
      'invalid_request',
      'max_output_tokens',
      'model_not_found',
      'oauth_org_not_allowed',
      'overloaded',
      'rate_limit',
      'server_error',
      'unknown',
    ],
    blocks: 'no',
    ...hooksPage,
  },
  { name: 'SubagentStart', since: '2.0.43', ...agent, blocks: 'no', ...hooksPage },
  { name: 'SubagentStop', ...agent, blocks: 'exit-2', ...hooksPage },
  { name: 'TaskCompleted', since: '2.1.33', matcher: false, blocks: 'exit-2', ...hooksPage },
  { name: 'TaskCreated', since: '2.1.84', matcher: false, blocks: 'exit-2', ...hooksPage },
  { name: 'TeammateIdle', since: '2.1.33', matcher: false, blocks: 'exit-2', ...hooksPage },
  { name: 'UserPromptExpansion', matcher: true, matches: 'command name', blocks: 'exit-2', ...hooksPage },
  {
    name: 'UserPromptSubmit',
    since: '1.0.54',
    matcher: false,
    blocks: 'exit-2',
    defaultTimeout: 30,
    ...hooksPage,
  },
  { name: 'WorktreeCreate', since: '2.1.50', matcher: false, blocks: 'any-failure', ...hooksPage },
  { name: 'WorktreeRemove', since: '2.1.50', matcher: false, blocks: 'no', ...hooksPage },
]

const byName = new Map(hookEvents.map((event) => [event.name, event]))

/** The event of a name. Names are case-sensitive; a client skips an unknown one with a message. */
export function hookEventNamed(name: string): HookEvent | undefined {
  return byName.get(name)
}
