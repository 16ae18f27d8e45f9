/** What was used, by the parts of the manifest. */
export const useKinds = ['tool', 'mcp-server', 'skill', 'plugin'] as const
export type UseKind = (typeof useKinds)[number]

/** A name that telemetry tells, or what is left of one that it hides. */
export type UsedName =
  | { readonly hidden: false; readonly name: string }
  /** `literal` is what stands in its place; the real name begins with `prefix`. */
  | { readonly hidden: true; readonly literal: string; readonly prefix: string }

/**
 * What clients send instead of the names of your own tools, servers, skills and plugins while tool details are off
 * (https://code.claude.com/docs/en/monitoring-usage, October 2026).
 */
const literals: Readonly<Record<UseKind, ReadonlySet<string>>> = {
  tool: new Set(['', 'mcp_tool']),
  'mcp-server': new Set(['', 'custom', 'third-party']),
  skill: new Set(['', 'custom', 'custom_skill', 'third-party']),
  plugin: new Set(['', 'custom', 'third-party']),
}

/** A name as an attribute tells it. */
export function usedName(kind: UseKind, text: string): UsedName {
  if (!literals[kind].has(text)) return { hidden: false, name: text }
  return { hidden: true, literal: text, prefix: text === 'mcp_tool' ? 'mcp__' : '' }
}

/** A tool of an MCP server: its own name tells the server, or the parameters of the call do. */
export function toolAndServer(row: { readonly tool: string; readonly mcpServer: string; readonly mcpTool: string }): {
  readonly tool: UsedName
  readonly server?: UsedName | undefined
} {
  const fromName = /^mcp__(.+?)__(.+)$/s.exec(row.tool)
  if (fromName !== null)
    return { tool: { hidden: false, name: row.tool }, server: { hidden: false, name: fromName[1]! } }
  const server = usedName('mcp-server', row.mcpServer)
  if (row.tool !== 'mcp_tool') {
    const tool = usedName('tool', row.tool)
    return row.mcpServer === '' ? { tool } : { tool, server }
  }
  if (server.hidden) return { tool: usedName('tool', row.tool), server }
  const prefix = `mcp__${nameInTools(server.name)}__`
  if (usedName('mcp-server', row.mcpTool).hidden)
    return { tool: { hidden: true, literal: `${prefix}?`, prefix }, server }
  return { tool: { hidden: false, name: `${prefix}${nameInTools(row.mcpTool)}` }, server }
}

/** Names of servers and tools as they stand in names of tools: other characters become _ (https://code.claude.com/docs/en/mcp, October 2026). */
function nameInTools(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, '_')
}

/** Whether a tool comes from an MCP server; all others are the client's own, or of the program around it. */
export function isMcpTool(name: UsedName): boolean {
  return (name.hidden ? name.prefix : name.name).startsWith('mcp__')
}

/** A pattern of the policy: a name, or the start of one before a `*` at its end. */
export function fits(pattern: string, name: UsedName): 'yes' | 'no' | 'cannot-tell' {
  const start = pattern.endsWith('*') ? pattern.slice(0, -1) : undefined
  if (!name.hidden) return (start === undefined ? name.name === pattern : name.name.startsWith(start)) ? 'yes' : 'no'
  if (start !== undefined && name.prefix.startsWith(start)) return 'yes'
  return (start ?? pattern).startsWith(name.prefix) ? 'cannot-tell' : 'no'
}
