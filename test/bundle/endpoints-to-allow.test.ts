import { describe, expect, it } from 'vitest'
import { documentedHosts } from '../../src/bundle/documented-hosts.js'
import { hostsToAllow } from '../../src/bundle/endpoints-to-allow.js'

const hostsOf = (lines: ReturnType<typeof hostsToAllow>) => lines.map(({ host }) => host)

describe('documentedHosts', () => {
  it('has a page for every host, and no row twice', () => {
    const rows = documentedHosts.map(({ host, source, why, deployment }) => `${host} ${source} ${why} ${deployment}`)

    expect(new Set(rows).size).toBe(rows.length)
    for (const { host, source, port } of documentedHosts) {
      expect(host).toMatch(/^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+$/)
      expect(new URL(source).hostname).toMatch(/^(?:code\.)?claude\.com$/)
      expect(port).toBe(443)
    }
  })
})

describe('hostsToAllow', () => {
  it('lists each host and port once, sorted by name', () => {
    const lines = hostsToAllow(new URL('https://otel.example:4318'))
    const names = hostsOf(lines)

    expect(new Set(names).size).toBe(names.length)
    expect(names.map((host) => host.replace(/^\*\./, ''))).toEqual(
      names.map((host) => host.replace(/^\*\./, '')).sort(),
    )
    expect(lines.find(({ host }) => host === 'api.anthropic.com')).toMatchObject({
      neededBy: ['claude-code', 'claude-desktop', 'cowork'],
      optional: false,
      sources: [expect.anything(), expect.anything()],
    })
  })

  it('keeps to the products and the deployment', () => {
    const code = hostsToAllow(undefined, { products: ['claude-code'] })
    const gateway = hostsToAllow(undefined, { deployment: 'third-party' })

    expect(hostsOf(code)).not.toContain('assets-proxy.anthropic.com')
    expect(code.every(({ neededBy }) => neededBy.join() === 'claude-code')).toBe(true)
    expect(gateway.filter(({ optional }) => !optional).map(({ host }) => host)).toEqual(['downloads.claude.ai'])
    expect(hostsOf(gateway)).not.toContain('platform.claude.com')
  })

  it('says what needs a host that is optional for one reason and not for another', () => {
    const line = hostsToAllow(undefined, { deployment: 'third-party' }).find(({ host }) => host === 'claude.ai')

    expect(line).toMatchObject({
      optional: true,
      why: [expect.stringContaining('Update'), expect.stringContaining('analytics')],
    })
  })

  it.each([
    ['https://otel.example', 443, 'https'],
    ['https://otel.example:4318/otlp', 4318, 'https'],
    ['http://otel.example:4317', 4317, 'http'],
    ['http://otel.example', 80, 'http'],
  ])('adds the collector %s', (url, port, protocol) => {
    expect(hostsToAllow(new URL(url)).filter(({ host }) => host === 'otel.example')).toMatchObject([
      { port, protocol, optional: false, neededBy: ['claude-code', 'claude-desktop', 'cowork'] },
    ])
  })

  it.each(['http://localhost:4318', 'http://127.0.0.1:4318', 'http://[::1]:4318'])('leaves out %s', (url) => {
    expect(hostsToAllow(new URL(url))).toEqual(hostsToAllow(undefined))
  })

  it('keeps a collector on a documented host and another port apart', () => {
    const lines = hostsToAllow(new URL('https://claude.ai:4318')).filter(({ host }) => host === 'claude.ai')

    expect(lines.map(({ port }) => port)).toEqual([443, 4318])
  })
})
