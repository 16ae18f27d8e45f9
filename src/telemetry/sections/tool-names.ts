/** What was used, by the parts of the manifest. */
export const useKinds = ['tool', 'mcp-server', 'skill', 'plugin'] as const
export type UseKind = (typeof useKinds)[number]

/** A name that telemetry tells, or what is left of one that it hides. */
export type UsedName =
  | { readonly hidden: false; readonly name: string }
  /**
   * `literal` is what stands in its place; the real name begins with `prefix`. `inside`: the literal is the name of a tool
   * that holds the name of its server, and where that ends cannot be told.
   */
  | { readonly hidden: true; readonly literal: string; readonly prefix: string; readonly inside?: true | undefined }

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

/** A tool of an MCP server: the parameters of the call tell the server, or else its own name does. */
export function toolAndServer(row: { readonly tool: string; readonly mcpServer: string; readonly mcpTool: string }): {
  readonly tool: UsedName
  readonly server?: UsedName | undefined
} {
  const told = usedName('mcp-server', row.mcpServer)
  const server = told.hidden ? (serverInTool(row.tool) ?? told) : told
  if (row.tool !== 'mcp_tool') {
    const tool = usedName('tool', row.tool)
    return server === told && row.mcpServer === '' ? { tool } : { tool, server }
  }
  if (server.hidden) return { tool: usedName('tool', row.tool), server }
  const prefix = `mcp__${nameInTools(server.name)}__`
  if (usedName('mcp-server', row.mcpTool).hidden)
    return { tool: { hidden: true, literal: `${prefix}?`, prefix }, server }
  return { tool: { hidden: false, name: `${prefix}${nameInTools(row.mcpTool)}` }, server }
}

/** Of `mcp__a__b`. With more than one `__` after the first the name can end at any of them: both parts may hold one. */
function serverInTool(tool: string): UsedName | undefined {
  if (!tool.startsWith('mcp__')) return undefined
  const rest = tool.slice('mcp__'.length)
  const first = rest.indexOf('__', 1)
  if (first < 0 || first + 2 >= rest.length) return undefined
  const name = rest.slice(0, first)
  const second = rest.indexOf('__', first + 1)
  if (second < 0 || second + 2 >= rest.length) return { hidden: false, name }
  return { hidden: true, literal: tool, prefix: name, inside: true }
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
