import { checkMcpEntry, type McpList } from '../catalogue/mcp-entry.js'
import { isRecord } from '../is-record.js'
import { docs } from './references.js'
import type { Rule } from './rule.js'
import { isManaged, listAt, sourceOf, valueAt } from './settings-source.js'

const lists = ['allowedMcpServers', 'deniedMcpServers'] as const satisfies readonly McpList[]

/** Which selectors the entries of a list use; entries that no client can use have a rule of their own. */
function selectorsIn(value: unknown, list: McpList): ReadonlySet<string> {
  return new Set(
    listAt(value, [list]).flatMap((entry) => {
      const check = checkMcpEntry(entry, list)
      return check.ok ? [check.by] : []
    }),
  )
}

/** Rules about which MCP servers may be used. */
export const rules: readonly Rule[] = [
  {
    id: 'mcp-entry-invalid',
    title: 'An MCP entry that no client can use',
    surface: 'claude-code',
    severity: 'error',
    why: 'Clients strip the entry: an allowed server is then blocked, and a denied one runs.',
    fix: 'Write one of serverName, serverCommand (the list of the command and its arguments) and serverUrl.',
    ...docs.managedSettings,
    *check(file) {
      for (const list of lists)
        for (const [index, entry] of listAt(file.value, [list]).entries()) {
          const check = checkMcpEntry(entry, list)
          const effect = list === 'deniedMcpServers' ? 'nothing is denied by it' : 'nothing is allowed by it'
          if (!check.ok) yield { path: [list, index], message: `${check.text} The entry is stripped: ${effect}.` }
        }
    },
  },
  {
    id: 'mcp-lock-without-list',
    title: 'MCP servers are locked to a list that is not there',
    surface: 'claude-code',
    severity: 'error',
    why: 'Without allowedMcpServers the lock locks nothing: every server loads that is not denied.',
    fix: 'Add allowedMcpServers; an empty list blocks every server.',
    source: 'https://code.claude.com/docs/ja/claude-apps-gateway',
    checked: '2026-09-01',
    *check(file, context) {
      const path = ['allowManagedMcpServersOnly']
      const source = sourceOf(file, context)
      if (!isManaged(file) || source.setBy(path) !== file || source.value.allowManagedMcpServersOnly !== true) return
      if (source.value.allowedMcpServers === undefined) yield { path, message: 'There is no allowedMcpServers.' }
    },
  },
  {
    id: 'mcp-list-open',
    title: 'Users can widen the list of MCP servers',
    surface: 'claude-code',
    severity: 'warning',
    why: 'Lists of users and projects are joined with the managed one.',
    fix: 'Set allowManagedMcpServersOnly to true.',
    ...docs.settingsReference,
    *check(file, context) {
      const path = ['allowedMcpServers']
      const source = sourceOf(file, context)
      if (!isManaged(file) || source.setBy(path) !== file) return
      // Another value than a boolean is a finding of its own.
      const only = valueAt(source.value, ['allowManagedMcpServersOnly'])
      if (only === undefined || only === false)
        yield { path, message: 'Without allowManagedMcpServersOnly users add servers of their own.' }
    },
  },
  {
    id: 'mcp-name-only',
    title: 'MCP servers are told by their names',
    surface: 'claude-code',
    severity: 'warning',
    why: 'A name is a label that the user chooses: any server passes under an allowed one, and a denied one under another.',
    fix: 'Name servers by serverUrl or serverCommand.',
    ...docs.managedMcp,
    *check(file) {
      if (!isManaged(file)) return
      for (const list of lists) {
        const selectors = selectorsIn(file.value, list)
        if (!selectors.has('serverName')) continue
        const path = [list]
        if (selectors.size === 1) yield { path, message: 'The entries tell servers by name only.' }
        else if (list === 'allowedMcpServers')
          yield {
            path,
            message:
              'Beside entries with serverUrl or serverCommand, names do not count any more for servers of that kind.',
          }
      }
    },
  },
  {
    id: 'mcp-file-exclusive',
    title: 'The file managed-mcp.json takes all of MCP over',
    surface: 'managed-mcp',
    severity: 'note',
    why: 'Where the file is there, servers of users, plugins, the command line and claude.ai do not load, whichever source of settings wins.',
    fix: 'Remove the file where users are to have servers of their own; allowAllClaudeAiMcps lets the connectors back in.',
    ...docs.managedMcp,
    *check(file) {
      if (file.value === undefined) return
      const servers = valueAt(file.value, ['mcpServers'])
      if (!isRecord(servers))
        yield {
          path: [],
          severity: 'error',
          message: 'There is no object mcpServers: the file is not in the form of .mcp.json.',
        }
      else if (Object.keys(servers).length === 0)
        yield { path: ['mcpServers'], severity: 'warning', message: 'The map is empty: MCP is switched off.' }
      else yield { path: ['mcpServers'], message: 'Only the servers in this file load.' }
    },
  },
]
