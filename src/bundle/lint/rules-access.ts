import { docs } from './references.js'
import type { Rule } from './rule.js'
import { rules as mcpRules } from './rules-mcp.js'
import { rules as permissionRules } from './rules-permissions.js'
import { isManaged, listAt, sourceOf, valueAt } from './settings-source.js'

const network = ['sandbox', 'network'] as const

/** Rules about what sessions may do and reach: permissions, MCP servers, sandbox. */
export const rules: readonly Rule[] = [
  ...permissionRules,
  ...mcpRules,
  {
    id: 'domains-lock-empty',
    title: 'The network of the sandbox is locked to an empty list',
    surface: 'claude-code',
    severity: 'warning',
    why: 'Only domains of managed settings count, and there are none: every sandboxed command is cut off the network.',
    fix: 'List the domains in sandbox.network.allowedDomains, or take the lock out.',
    source: 'https://code.claude.com/docs/ja/claude-apps-gateway',
    checked: '2026-09-01',
    *check(file, context) {
      const path = [...network, 'allowManagedDomainsOnly']
      const source = sourceOf(file, context)
      if (!isManaged(file) || source.setBy(path) !== file || valueAt(source.value, path) !== true) return
      if (listAt(source.value, [...network, 'allowedDomains']).length > 0) return
      // Whether allow rules for WebFetch count as domains here was not read: with some, nothing is said.
      const fetches = listAt(source.value, ['permissions', 'allow']).some(
        (rule) => typeof rule === 'string' && rule.startsWith('WebFetch(domain:'),
      )
      if (!fetches) yield { path, message: 'No allowed domain is listed.' }
    },
  },
  {
    id: 'sandbox-unavailable',
    title: 'A sandbox that may be missing',
    surface: 'claude-code',
    severity: 'warning',
    why: 'Where the sandbox cannot start, as on Windows without WSL2, the client only warns and runs commands without it.',
    fix: 'Set sandbox.failIfUnavailable to true where the sandbox is required.',
    ...docs.settingsReference,
    *check(file, context) {
      const path = ['sandbox', 'enabled']
      const source = sourceOf(file, context)
      if (!isManaged(file) || source.setBy(path) !== file || valueAt(source.value, path) !== true) return
      if (valueAt(source.value, ['sandbox', 'failIfUnavailable']) !== true)
        yield { path, message: 'Without failIfUnavailable a sandbox that cannot start is only warned about.' }
    },
  },
]
