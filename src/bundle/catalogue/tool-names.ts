import { nearestTexts } from '../../platform/nearest-text.js'

/**
 * Names that permission rules and hook matchers can use. The list is what was known on the day: clients bring new tools
 * every few weeks, so another name is worth a question, never an error.
 * Source: https://code.claude.com/docs/en/tools-reference (2026-08-22).
 */
const currentTools = [
  'Agent',
  'Artifact',
  'AskUserQuestion',
  'Bash',
  'CronCreate',
  'CronDelete',
  'CronList',
  'Edit',
  'EndConversation',
  'EnterPlanMode',
  'EnterWorktree',
  'ExitPlanMode',
  'ExitWorktree',
  'Glob',
  'Grep',
  'LSP',
  'ListAgents',
  'ListMcpResourcesTool',
  'Monitor',
  'NotebookEdit',
  'PowerShell',
  'PushNotification',
  'Read',
  'ReadMcpResourceTool',
  'RemoteTrigger',
  'ReportFindings',
  'ScheduleWakeup',
  'SendMessage',
  'SendUserFile',
  'ShareOnboardingGuide',
  'Skill',
  'TaskCreate',
  'TaskGet',
  'TaskList',
  'TaskOutput',
  'TaskStop',
  'TaskUpdate',
  'TodoWrite',
  'ToolSearch',
  'WaitForMcpServers',
  'WebFetch',
  'WebSearch',
  'Workflow',
  'Write',
] as const

/**
 * `Task` is the earlier name of `Agent` and still read; `KillShell` and `MultiEdit` stand in the published schema
 * (https://json.schemastore.org/claude-code-settings.json, 2026-08-03), the page calls `MultiEdit` legacy.
 */
const formerTools = ['KillShell', 'MultiEdit', 'Task'] as const

/** Names for permission rules only: no tool is called so. https://code.claude.com/docs/en/permissions (2026-08-22). */
const ruleOnlyNames = ['Cd'] as const

/** Names a hook's matcher on tools can be expected to use, sorted. */
export const knownTools: readonly string[] = [...currentTools, ...formerTools].sort()

const toolNames: ReadonlySet<string> = new Set(knownTools)
const ruleNames: ReadonlySet<string> = new Set([...knownTools, ...ruleOnlyNames])

/** Whether a name is a known tool, or has the form of a tool of an MCP server. */
export function isKnownTool(name: string): boolean {
  return toolNames.has(name) || name.startsWith('mcp__')
}

/** Whether a name can stand in front of a permission rule's bracket. */
export function isKnownRuleName(name: string): boolean {
  return ruleNames.has(name) || name.startsWith('mcp__')
}

/** Known names near another one, or the one that differs only in case: `bash` was seen never to match (2.1.197). */
export function nearestTools(name: string): readonly string[] {
  const sameLetters = [...ruleNames].filter((tool) => tool.toLowerCase() === name.toLowerCase())
  return sameLetters.length > 0 ? sameLetters : nearestTexts(name, ruleNames)
}

/**
 * Whether a name is that of an MCP server without a tool. In a permission rule it stands for all tools of the server; as
 * a hook's matcher it matches nothing, and `mcp__server__.*` is meant.
 * Source: https://code.claude.com/docs/en/hooks (2026-08-22).
 */
export function isBareMcpServer(name: string): boolean {
  return name.startsWith('mcp__') && name.length > 5 && !name.slice(5).includes('__')
}
