import { byText } from '../platform/by-text.js'
import { isLoopback } from '../policy/telemetry.js'
import { getOrAdd } from '../readiness/get-or-add.js'
import { documentedHosts } from './documented-hosts.js'

export type AllowedProduct = 'claude-desktop' | 'cowork' | 'claude-code'

/** A host that a firewall or proxy has to let devices reach. */
export interface HostToAllow {
  /** A name, or `*.` and a name for all names below it, at any depth. */
  readonly host: string
  readonly port: number
  readonly protocol: 'https' | 'http'
  readonly neededBy: readonly AllowedProduct[]
  readonly why: string
  /** Sign-in, work and updates go on without it; something smaller, named in `why`, does not. */
  readonly optional: boolean
  /** Where the page that names it is about one deployment only. */
  readonly deployment: 'first-party' | 'third-party' | 'both'
  readonly source: string
  /** The day of the copy that was read. */
  readonly checked: string
}

/** One line of the network page: a host and port once, with every reason for it. */
export interface HostLine {
  readonly host: string
  readonly port: number
  readonly protocol: 'https' | 'http'
  readonly neededBy: readonly AllowedProduct[]
  readonly why: readonly string[]
  readonly optional: boolean
  readonly sources: readonly { readonly source: string; readonly checked: string }[]
}

/** Hosts that only the administrator can name; the network page has to ask for them. */
export const hostsOnlyYouKnow: readonly { readonly what: string; readonly deployment: HostToAllow['deployment'] }[] = [
  { what: 'The inference provider or gateway.', deployment: 'third-party' },
  { what: 'Managed MCP servers and their sign-in.', deployment: 'both' },
  {
    what: 'Hosts in coworkEgressAllowedHosts, or those allowed for code execution in the admin console.',
    deployment: 'both',
  },
  { what: 'Plugin marketplaces and their Git hosts.', deployment: 'both' },
  { what: 'Your npm registry, where plugins, MCP servers or Claude Code itself come from npm.', deployment: 'both' },
]

/**
 * Every host and port for the products and the deployment, sorted by name, the collector included unless it is on
 * loopback. A host is optional only if every reason for it is. Only hosts that a public page states are listed, so a
 * page newer than our copy may know more. The in-app egress list is the authority for third-party deployments.
 */
export function hostsToAllow(
  collectorEndpoint: URL | undefined,
  options: {
    readonly products?: readonly AllowedProduct[] | undefined
    readonly deployment?: 'first-party' | 'third-party' | undefined
  } = {},
): HostLine[] {
  const { products = ['claude-desktop', 'cowork', 'claude-code'], deployment = 'first-party' } = options
  const wanted = new Set(products)
  const stated = documentedHosts.filter((host) => host.deployment === 'both' || host.deployment === deployment)
  const rows = [...stated, ...collectorHost(collectorEndpoint)].filter((host) =>
    host.neededBy.some((product) => wanted.has(product)),
  )
  const groups = new Map<string, HostToAllow[]>()
  for (const row of rows) getOrAdd(groups, `${row.host}:${row.port}`, () => []).push(row)
  return [...groups.values()].map((group) => lineOf(group, wanted)).sort(byHost)
}

function lineOf(group: readonly HostToAllow[], wanted: ReadonlySet<AllowedProduct>): HostLine {
  const [first] = group
  if (first === undefined) throw new Error('A group of hosts has no host')
  const sources = new Map(group.map(({ source, checked }) => [source, { source, checked }]))
  return {
    host: first.host,
    port: first.port,
    protocol: first.protocol,
    neededBy: [...new Set(group.flatMap(({ neededBy }) => neededBy))].filter((name) => wanted.has(name)).sort(byText),
    why: [...new Set(group.map(({ why }) => why))],
    optional: group.every(({ optional }) => optional),
    sources: [...sources.values()],
  }
}

function byHost(a: HostLine, b: HostLine): number {
  return byText(a.host.replace(/^\*\./, ''), b.host.replace(/^\*\./, '')) || byText(a.host, b.host) || a.port - b.port
}

/** Cowork's exporter runs in its virtual machine, but the packets leave through the same network. */
function collectorHost(endpoint: URL | undefined): HostToAllow[] {
  if (endpoint === undefined || isLoopback(endpoint.hostname)) return []
  const protocol = endpoint.protocol === 'http:' ? 'http' : 'https'
  return [
    {
      host: endpoint.hostname,
      // A URL drops the port that its scheme implies.
      port: endpoint.port === '' ? (protocol === 'http' ? 80 : 443) : Number(endpoint.port),
      protocol,
      neededBy: ['claude-desktop', 'cowork', 'claude-code'],
      why: 'Your OpenTelemetry collector',
      optional: false,
      deployment: 'both',
      source: 'https://claude.com/docs/third-party/claude-desktop/telemetry',
      checked: '2026-07-01',
    },
  ]
}
