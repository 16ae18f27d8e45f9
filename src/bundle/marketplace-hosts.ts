import { byText } from '../platform/by-text.js'
import type { MarketplaceSource, Plugins } from '../policy/plugins.js'

/** A host that plugin marketplaces of the policy are fetched from. */
export interface MarketplaceHost {
  readonly host: string
  readonly port: number
  /** Names of marketplaces, sorted. */
  readonly neededBy: readonly string[]
}

/** The hosts of the marketplaces, sorted, each with its port once. */
export function marketplaceHosts(marketplaces: Plugins['marketplaces']): MarketplaceHost[] {
  const names = new Map<string, { host: string; port: number; neededBy: string[] }>()
  for (const { name, source } of marketplaces) {
    const { host, port } = hostOf(source)
    const key = `${host}:${port}`
    const known = names.get(key)
    if (known) known.neededBy.push(name)
    else names.set(key, { host, port, neededBy: [name] })
  }
  return [...names.values()]
    .map((entry) => ({ ...entry, neededBy: entry.neededBy.sort(byText) }))
    .sort((a, b) => byText(a.host, b.host) || a.port - b.port)
}

function hostOf(source: MarketplaceSource): { host: string; port: number } {
  if ('github' in source) return { host: 'github.com', port: 443 }
  const address = 'git' in source ? source.git : source.url
  // Git's short form, `git@host:path`, is ssh: https://git-scm.com/docs/git-clone#_git_urls (2026-11-21).
  const short = /^git@(?<host>[^:/]+):/.exec(address)?.groups?.host
  if (short !== undefined) return { host: short.toLowerCase(), port: 22 }
  if (!URL.canParse(address)) return { host: address, port: 443 }
  const url = new URL(address)
  const standard = url.protocol === 'ssh:' ? 22 : 443
  return { host: url.hostname.toLowerCase(), port: url.port === '' ? standard : Number(url.port) }
}
