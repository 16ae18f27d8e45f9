import { describe, expect, it } from 'vitest'
import type { BundleFile } from '../../../src/bundle/artifact.js'
import { network } from '../../../src/bundle/artifacts/network.js'
import { marketplaceHosts } from '../../../src/bundle/marketplace-hosts.js'
import { planOf } from '../../builders/plan.js'

function build(policy: Record<string, unknown>) {
  const [json, page] = network.files(planOf(policy)) as [BundleFile, BundleFile]
  expect(json.readBack?.(Buffer.from(json.content as string))).toEqual(json.data)
  return { list: JSON.parse(String(json.content)), page: String(page.content) }
}

describe('the network page', () => {
  it('has the collector with its port', () => {
    const { list, page } = build({ telemetry: { endpoint: 'https://otel.example.com:4318' } })
    expect(list.hosts).toContainEqual(
      expect.objectContaining({ host: 'otel.example.com', port: 4318, optional: false }),
    )
    expect(page).toContain('| `otel.example.com` | 4318 |')
    expect(build({}).page).not.toContain('otel.example.com')
  })

  it('has the hosts of the policy’s marketplaces', () => {
    const marketplaces = [
      { name: 'tools', source: { github: 'example/tools' } },
      { name: 'more', source: { github: 'example/more', ref: 'v1' } },
      { name: 'inner', source: { git: 'git@git.example.com:fleet/plugins.git' } },
    ]
    const { list, page } = build({ plugins: { marketplaces } })
    expect(list.marketplaces).toEqual([
      { host: 'git.example.com', port: 22, neededBy: ['inner'] },
      { host: 'github.com', port: 443, neededBy: ['more', 'tools'] },
    ])
    expect(page).toContain('| `github.com` | 443 | more, tools |')
  })

  it('names the deployment, and what only the administrator knows there', () => {
    expect(build({}).list.deployment).toBe('first-party')
    const { list, page } = build({ claudeDesktop: { deployment: 'third-party' } })
    expect(list.deployment).toBe('third-party')
    expect(list.alsoNeeded).toContain('The inference provider or gateway.')
    expect(build({}).list.alsoNeeded).not.toContain('The inference provider or gateway.')
    expect(page).toContain('- The inference provider or gateway.')
  })
})

describe('marketplaceHosts', () => {
  it.each([
    [{ git: 'ssh://git@git.example.com:2222/a.git' }, 'git.example.com', 2222],
    [{ git: 'ssh://git@git.example.com/a.git' }, 'git.example.com', 22],
    [{ git: 'https://user:canary@Git.Example.com/a.git' }, 'git.example.com', 443],
    [{ url: 'https://plugins.example.com:8443/m.json' }, 'plugins.example.com', 8443],
  ])('reads %j', (source, host, port) => {
    expect(marketplaceHosts([{ name: 'x', source }])).toEqual([{ host, port, neededBy: ['x'] }])
  })
})
