import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  allowsSource,
  checkMarketplaceSource,
  type MarketplacePlace,
  sameSource,
} from '../../../src/bundle/catalogue/marketplace-source.js'

const lists: MarketplacePlace[] = ['strictKnownMarketplaces', 'blockedMarketplaces']
const everywhere: MarketplacePlace[] = [...lists, 'extraKnownMarketplaces']

const github = { source: 'github', repo: 'acme-corp/plugins' }
const git = { source: 'git', url: 'https://git.example.com/tools/plugins.git' }
const owner = { source: 'github', repo: 'acme-corp/*' }

describe('a marketplace source', () => {
  it.each([
    github,
    { ...github, ref: 'v2.0', path: 'marketplace' },
    git,
    { source: 'git', url: 'git@git.example.com:tools/plugins.git', ref: 'main' },
    { source: 'url', url: 'https://plugins.example.com/marketplace.json', headers: { 'X-Team': 'platform' } },
    { source: 'npm', package: '@acme-corp/plugins' },
    { source: 'file', path: '/opt/acme/marketplace.json' },
    { source: 'directory', path: '/opt/acme' },
  ])('%j may stand everywhere', (source) => {
    for (const place of everywhere) {
      expect(checkMarketplaceSource(source, place)).toEqual({ ok: true, kind: source.source, matches: 'exactly' })
    }
  })

  it.each([
    [owner, 'by-owner', '2.1.223'],
    [{ source: 'hostPattern', hostPattern: '^git\\.example\\.com$' }, 'by-pattern', undefined],
    [{ source: 'pathPattern', pathPattern: '^/opt/' }, 'by-pattern', undefined],
    [{ source: 'skills-dir' }, 'exactly', undefined],
  ])('%j may stand in the lists only', (source, matches, since) => {
    for (const place of lists) {
      expect(checkMarketplaceSource(source, place)).toEqual({
        ok: true,
        kind: source.source,
        matches,
        ...(since && { since }),
      })
    }
    expect(checkMarketplaceSource(source, 'extraKnownMarketplaces').ok).toBe(false)
  })

  it('may hold its plugins itself where it is made known', () => {
    const inline = { source: 'settings', name: 'team-tools', plugins: [{ name: 'formatter', source: github }] }
    expect(checkMarketplaceSource(inline, 'extraKnownMarketplaces')).toMatchObject({ ok: true, kind: 'settings' })
    expect(checkMarketplaceSource(inline, 'strictKnownMarketplaces')).toMatchObject({ problem: 'kind-not-here' })
  })

  it('may skip large files from 2.1.153 on', () => {
    expect(checkMarketplaceSource({ ...git, skipLfs: true }, 'extraKnownMarketplaces')).toMatchObject({
      ok: true,
      since: '2.1.153',
    })
  })

  it.each([
    ['acme-corp/plugins', 'not-an-object', undefined],
    [[github], 'not-an-object', undefined],
    [{ repo: 'acme-corp/plugins' }, 'no-kind', undefined],
    [{ source: { source: 'github' } }, 'no-kind', undefined],
    [{ source: 'gitlab', url: 'x' }, 'unknown-kind', 'source'],
    [{ source: 'constructor' }, 'unknown-kind', 'source'],
    [{ source: 'github', url: 'acme-corp/plugins' }, 'missing-field', 'repo'],
    [{ ...github, branch: 'main' }, 'unknown-field', 'branch'],
    [{ ...github, ref: '' }, 'field-form', 'ref'],
    [{ source: 'github', repo: 'https://github.com/acme-corp/plugins' }, 'field-form', 'repo'],
    [{ source: 'github', repo: 'acme-corp' }, 'field-form', 'repo'],
    [{ source: 'github', repo: '*/plugins' }, 'field-form', 'repo'],
    [{ source: 'github', repo: '*/*' }, 'field-form', 'repo'],
    [{ source: 'github', repo: 'acme-corp/tools-*' }, 'field-form', 'repo'],
    [{ source: 'url', url: 'https://a.example.com', headers: { a: 1 } }, 'field-form', 'headers'],
    [{ ...git, skipLfs: 'true' }, 'field-form', 'skipLfs'],
    [{ source: 'hostPattern', hostPattern: '(' }, 'invalid-pattern', 'hostPattern'],
  ])('%j is refused: %s', (source, problem, field) => {
    expect(checkMarketplaceSource(source, 'strictKnownMarketplaces')).toMatchObject({
      ok: false,
      problem,
      ...(field && { field }),
    })
  })
})

describe('sameSource', () => {
  it.each([
    [github, { ...github }],
    [{ ...github, skipLfs: true }, github],
    [
      { source: 'url', url: 'https://a.example.com', headers: { a: '1' } },
      { headers: { a: '1' }, url: 'https://a.example.com', source: 'url' },
    ],
  ])('%j is %j', (a, b) => {
    expect(sameSource(a, b)).toBe(true)
    expect(sameSource(b, a)).toBe(true)
  })

  it.each([
    [github, { ...github, ref: 'main' }],
    [{ ...github, path: 'marketplace' }, github],
    [github, { ...github, repo: 'Acme-Corp/plugins' }],
    [github, { source: 'git', url: 'https://github.com/acme-corp/plugins.git' }],
    [github, owner],
    [github, 'acme-corp/plugins'],
    [{ source: 'gitlab' }, { source: 'gitlab' }],
    [
      { source: 'url', url: 'https://a.example.com', headers: { a: '1' } },
      { source: 'url', url: 'https://a.example.com' },
    ],
  ])('%j is not %j', (a, b) => {
    expect(sameSource(a, b)).toBe(false)
    expect(sameSource(b, a)).toBe(false)
  })
})

describe('allowsSource', () => {
  const host = (hostPattern: string) => ({ source: 'hostPattern', hostPattern })

  it.each([
    [github, github, 'yes'],
    [github, { ...github, ref: 'main' }, 'no'],
    [owner, github, 'yes'],
    [owner, { ...github, path: 'sub' }, 'yes'],
    [owner, { ...github, ref: 'main' }, 'no'],
    [{ ...owner, path: 'sub' }, github, 'no'],
    [owner, { ...github, repo: 'Acme-Corp/plugins' }, 'no'],
    [owner, { source: 'git', url: 'https://github.com/acme-corp/plugins.git' }, 'no'],
    [host('^github\\.com$'), github, 'yes'],
    [host('^git\\.example\\.com$'), git, 'yes'],
    [host('^git\\.example\\.com$'), { source: 'git', url: 'git@git.example.com:a/b.git' }, 'yes'],
    [host('^git\\.example\\.com$'), { source: 'git', url: 'ssh://git@git.example.com/a/b.git' }, 'yes'],
    [host('.*'), { source: 'git', url: 'git.example.com:a/b.git' }, 'no'],
    [host('.*'), { source: 'directory', path: '/opt/acme' }, 'no'],
    [host('('), github, 'unknown'],
    [{ source: 'pathPattern', pathPattern: '^/opt/' }, { source: 'directory', path: '/opt/acme' }, 'yes'],
    [{ source: 'pathPattern', pathPattern: '^/opt/' }, { source: 'file', path: '/srv/m.json' }, 'no'],
    [{ source: 'pathPattern', pathPattern: '.*' }, github, 'no'],
    [
      { source: 'url', url: 'https://a.example.com' },
      { source: 'url', url: 'https://a.example.com', headers: {} },
      'unknown',
    ],
    [github, { source: 'settings', name: 'a', plugins: [] }, 'unknown'],
    ['x', github, 'no'],
  ])('%j lets in %j: %s', (entry, source, answer) => {
    expect(allowsSource(entry, source)).toBe(answer)
  })

  it('never lets in less than sameSource, and throws on nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const isSame = sameSource(a, b)
        const answer = allowsSource(a, b)
        expect(isSame && answer === 'no').toBe(false)
        for (const place of everywhere) expect(checkMarketplaceSource(a, place)).toHaveProperty('ok')
      }),
    )
  })
})

it('does not run a pattern that may take for ever', () => {
  const entry = { source: 'hostPattern', hostPattern: '^(([a-z])+.)+[A-Z]([a-z])+$' }
  const source = { source: 'git', url: `https://${'a'.repeat(60)}.example/x.git` }
  expect(allowsSource(entry, source)).toBe('unknown')
})

describe('patterns with a group', () => {
  const host = (hostPattern: string) => ({ source: 'hostPattern', hostPattern })
  const at = (name: string) => ({ source: 'url', url: `https://${name}/marketplace.json` })

  it.each(['^(.+\\.)?example\\.com$', '^(?:[a-z0-9-]+\\.)*example\\.com$'])('%s compiles', (pattern) => {
    expect(checkMarketplaceSource(host(pattern), 'strictKnownMarketplaces').ok).toBe(true)
  })

  it('are compared where that ends, and otherwise nothing is said', () => {
    expect(allowsSource(host('^(.+\\.)?example\\.com$'), at('git.example.com'))).toBe('yes')
    expect(allowsSource(host('^(.+\\.)?example\\.com$'), at('example.org'))).toBe('no')
    expect(allowsSource(host('^(a|a)*$'), at(`${'a'.repeat(60)}.b`))).toBe('unknown')
    const path = { source: 'directory', path: `/${'a'.repeat(100_000)}` }
    expect(allowsSource({ source: 'pathPattern', pathPattern: '.*a.*a.*b' }, path)).toBe('unknown')
  })
})
