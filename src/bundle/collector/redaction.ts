import type { PrivacyTier } from '../../policy/telemetry.js'
import { includesTier } from '../privacy-tier.js'
import type { ConfigValue } from './config-text.js'
import { attribute, ottlText, type Signal } from './signals.js'

type ContentAttributes = Readonly<Record<Exclude<PrivacyTier, 'metadata'>, readonly string[]>>

/**
 * Attributes of log records with content, by the tier that first allows them. A client may send them all the same: an
 * older build, a machine without this policy, or Cowork, which exports content unless told not to.
 * Names: https://code.claude.com/docs/en/monitoring-usage (2026-08-22), https://claude.com/docs/cowork/monitoring (July 2026).
 */
const contentOfLogs: ContentAttributes = {
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
const contentOfSpans: ContentAttributes = {
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

/** Events whose error text needs tool details; that of a failed request is always sent. */
const eventsWithErrorText = ['tool_result', 'mcp_server_connection'] as const

/** The attributes that the collector deletes at a tier. */
export function deletedAttributes(tier: PrivacyTier, signal: 'logs' | 'traces'): readonly string[] {
  const content = signal === 'logs' ? contentOfLogs : contentOfSpans
  return (['tool-details', 'content', 'raw'] as const)
    .filter((needed) => !includesTier(tier, needed))
    .flatMap((needed) => content[needed])
}

/** The processor that takes content out; undefined at the tier that allows all. A statement that fails drops the data. */
export function redactionProcessor(tier: PrivacyTier, signals: readonly Signal[]): ConfigValue | undefined {
  if (tier === 'raw') return undefined
  const groups = signals.flatMap(({ name, statements }): [string, ConfigValue][] => {
    if (name === 'logs') return [[statements, [{ statements: logStatements(tier) }]]]
    if (name === 'traces') return [[statements, spanGroups(tier)]]
    return []
  })
  return { error_mode: 'propagate', ...Object.fromEntries(groups) }
}

function spanGroups(tier: PrivacyTier): ConfigValue[] {
  return [
    { statements: [...deletions('span', tier), ...hiddenToolName('span', tier)] },
    { statements: deletions('spanevent', tier) },
  ]
}

function deletions(context: 'log' | 'span' | 'spanevent', tier: PrivacyTier): string[] {
  const names = deletedAttributes(tier, context === 'log' ? 'logs' : 'traces')
  const pattern = names.map((name) => name.replaceAll('.', '[.]')).join('|')
  return [`delete_matching_keys(${context}.attributes, ${ottlText(`^(${pattern})$`)})`]
}

/** The client says `mcp_tool` for tools of your own unless details are on. */
function hiddenToolName(context: 'log' | 'span', tier: PrivacyTier): string[] {
  const tool = attribute(context, 'tool_name')
  return includesTier(tier, 'tool-details') ? [] : [`set(${tool}, "mcp_tool") where IsMatch(${tool}, "^mcp__")`]
}

function logStatements(tier: PrivacyTier): string[] {
  const event = attribute('log', 'event.name')
  return [
    ...deletions('log', tier),
    ...(includesTier(tier, 'tool-details')
      ? []
      : [
          `delete_key(log.attributes, "error") where IsMatch(${event}, ${ottlText(`^(claude_code[.])?(${eventsWithErrorText.join('|')})$`)})`,
        ]),
    ...hiddenToolName('log', tier),
    ...(includesTier(tier, 'content')
      ? []
      : // The body is the name of the event; anything else could be content.
        [
          `set(log.body, "redacted") where log.body != nil and not IsMatch(log.body, ${ottlText('^[a-z][a-z0-9_.]{0,99}$')})`,
        ]),
  ]
}
