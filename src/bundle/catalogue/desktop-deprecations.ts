/**
 * Forms of values that Claude Desktop accepted until 2026-10-07 noon Pacific. Deprecated keys are in the key table.
 * Announced with 1.40609.0; users saw a warning from 2026-09-10.
 */
export interface DesktopDeprecation {
  readonly id: string
  readonly since: string
  readonly until: string
  /** The old form, in words. */
  readonly form: string
  readonly use: string
  /** What happens to it after the date. */
  readonly after: string
  readonly source: string
  readonly checked: string
  /** The places where read settings have the old form, such as `managedMcpServers[0].scopes`. */
  readonly placesIn: (settings: Readonly<Record<string, unknown>>) => string[]
}

/** The end of the grace period, for keys and for forms of values. */
export const deprecationEnd = '2026-10-07T12:00:00-07:00'

const announced = {
  since: '1.40609.0',
  until: deprecationEnd,
  source: 'https://claude.com/docs/third-party/claude-desktop/configuration-changelog',
  checked: '2026-09-05',
}

const headerMaps = ['bootstrapHeaders', 'inferenceCustomHeaders', 'otlpHeaders', 'otlpResourceAttributes']

/** Every deprecated form of a value, by id. */
export const desktopDeprecations: readonly DesktopDeprecation[] = [
  {
    ...announced,
    id: 'ask-session',
    form: '"ask-session" as a tool permission',
    use: '"ask"',
    after: 'The value is not recognised and the strictest permission holds.',
    placesIn: (settings) => Object.entries(settings).flatMap(([name, value]) => placesOf('ask-session', value, name)),
  },
  {
    ...announced,
    id: 'credential-interactive-workforce',
    form: 'inferenceCredentialKind "interactive" together with inferenceVertexWorkforceAudience',
    use: 'inferenceCredentialKind "workforce"',
    after: 'It means the Google sign-in instead.',
    placesIn: (settings) =>
      settings.inferenceCredentialKind === 'interactive' && settings.inferenceVertexWorkforceAudience !== undefined
        ? ['inferenceCredentialKind']
        : [],
  },
  {
    ...announced,
    id: 'credential-oauth',
    form: 'inferenceCredentialKind "oauth"',
    use: '"interactive"',
    after: 'The value is invalid.',
    placesIn: (settings) => (settings.inferenceCredentialKind === 'oauth' ? ['inferenceCredentialKind'] : []),
  },
  {
    ...announced,
    id: 'gateway-auth-auto',
    form: 'inferenceGatewayAuthScheme "auto"',
    use: 'no such key, which means "bearer"',
    after: 'The default holds.',
    placesIn: (settings) => (settings.inferenceGatewayAuthScheme === 'auto' ? ['inferenceGatewayAuthScheme'] : []),
  },
  {
    ...announced,
    id: 'gateway-auth-sso',
    form: 'inferenceGatewayAuthScheme "sso"',
    use: 'inferenceCredentialKind "interactive"',
    after: 'No credential is sent.',
    placesIn: (settings) => (settings.inferenceGatewayAuthScheme === 'sso' ? ['inferenceGatewayAuthScheme'] : []),
  },
  {
    ...announced,
    id: 'header-map-text',
    form: 'headers or resource attributes as "a=b,c=d" or as a list of "a: b"',
    use: 'a JSON object',
    after: 'The value is rejected and nothing is sent.',
    placesIn: (settings) =>
      headerMaps.filter((name) => typeof settings[name] === 'string' || Array.isArray(settings[name])),
  },
  {
    ...announced,
    id: 'mcp-entry-form',
    form:
      'a managedMcpServers entry with scopes, source or authorityHost, transport "builtin", no transport, a number or ' +
      'text as oauth, or a list as oauth.scope',
    use: 'one text as oauth.scope, azureCloud, true or an object as oauth, and an explicit transport',
    after: 'The entry is rejected.',
    placesIn: (settings) => {
      const entries = settings.managedMcpServers
      return Array.isArray(entries)
        ? entries.flatMap((entry: unknown, index) =>
            oldMcpFields(entry).map((field) => `managedMcpServers[${index}]${field === '' ? '' : `.${field}`}`),
          )
        : []
    },
  },
  {
    ...announced,
    id: 'org-plugin-settings-record',
    form: 'orgPluginSettings as an object keyed by plugin',
    use: 'a list of objects',
    after: 'Every MCP tool of organization plugins is blocked.',
    placesIn: (settings) => (isRecord(settings.orgPluginSettings) ? ['orgPluginSettings'] : []),
  },
]

/** Where a text stands as a value inside nested lists and objects. */
function placesOf(text: string, value: unknown, place: string): string[] {
  if (value === text) return [place]
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) => placesOf(text, item, `${place}[${index}]`))
  }
  return isRecord(value)
    ? Object.entries(value).flatMap(([name, inner]) => placesOf(text, inner, `${place}.${name}`))
    : []
}

function oldMcpFields(entry: unknown): string[] {
  if (!isRecord(entry)) return []
  const fields = ['authorityHost', 'scopes', 'source'].filter((name) => entry[name] !== undefined)
  if (entry.transport === 'builtin') fields.push('transport')
  // An entry that names a built-in server has no transport of its own.
  if (entry.transport === undefined && entry.server === undefined) fields.push('')
  const oauth = entry.oauth
  if (typeof oauth === 'number' || typeof oauth === 'string') fields.push('oauth')
  if (isRecord(oauth)) {
    fields.push(...['scope', 'scopes'].filter((name) => Array.isArray(oauth[name])).map((name) => `oauth.${name}`))
  }
  return fields
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
