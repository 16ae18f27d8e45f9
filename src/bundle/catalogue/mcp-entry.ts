/** The two lists of servers by policy. */
export type McpList = 'allowedMcpServers' | 'deniedMcpServers'

export type McpSelector = 'serverCommand' | 'serverName' | 'serverUrl'

export type McpEntryProblem =
  | 'not-an-object'
  | 'no-selector'
  | 'several-selectors'
  | 'unknown-field'
  | 'server-name-form'
  | 'server-command-form'
  | 'server-url-form'

export type McpEntryCheck =
  | { readonly ok: true; readonly by: McpSelector }
  | { readonly ok: false; readonly problem: McpEntryProblem; readonly text: string }

const selectors: readonly McpSelector[] = ['serverCommand', 'serverName', 'serverUrl']

/**
 * Checks one entry of `allowedMcpServers` or `deniedMcpServers`. A client strips an entry it cannot use: an allowed
 * server is then blocked, a denied one runs.
 * Source: https://code.claude.com/docs/en/settings-reference (2026-08-22).
 */
export function checkMcpEntry(entry: unknown, list: McpList): McpEntryCheck {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    return bad('not-an-object', 'An entry is an object such as { "serverName": "tickets" }.')
  }
  const names = Object.keys(entry)
  const [selector, second] = selectors.filter((name) => names.includes(name))
  if (selector === undefined) {
    return bad('no-selector', 'An entry has exactly one of serverName, serverCommand and serverUrl; this one has none.')
  }
  if (second !== undefined) {
    return bad('several-selectors', 'An entry has exactly one of serverName, serverCommand and serverUrl; split it up.')
  }
  if (names.length > 1) return bad('unknown-field', `An entry has no field beside ${selector}.`)
  const value: unknown = Reflect.get(entry, selector)
  if (selector === 'serverName') return checkName(value, list)
  return selector === 'serverCommand' ? checkCommand(value) : checkUrl(value)
}

function checkName(value: unknown, list: McpList): McpEntryCheck {
  // A connector's display name, such as `claude.ai Tickets`, has to be deniable.
  const form = list === 'allowedMcpServers' ? /^[A-Za-z0-9_-]+$/ : /./s
  if (typeof value === 'string' && form.test(value)) return { ok: true, by: 'serverName' }
  return bad(
    'server-name-form',
    list === 'allowedMcpServers'
      ? 'serverName is made of letters, digits, hyphens and underscores.'
      : 'serverName is a text that is not empty.',
  )
}

function checkCommand(value: unknown): McpEntryCheck {
  const isCommand = Array.isArray(value) && value.length > 0 && value.every((part) => typeof part === 'string')
  if (isCommand && value[0] !== '') return { ok: true, by: 'serverCommand' }
  return bad('server-command-form', 'serverCommand is the list of the command and all its arguments, as texts.')
}

function checkUrl(value: unknown): McpEntryCheck {
  // `*` may stand for any part, so this is no URL that a parser would take.
  if (typeof value === 'string' && /^[^\s]+$/.test(value)) return { ok: true, by: 'serverUrl' }
  return bad('server-url-form', 'serverUrl is an address, in which * stands for anything.')
}

function bad(problem: McpEntryProblem, text: string): McpEntryCheck {
  return { ok: false, problem, text }
}
