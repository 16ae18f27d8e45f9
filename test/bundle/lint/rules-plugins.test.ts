import { describe, expect, it } from 'vitest'
import { rules } from '../../../src/bundle/lint/rules-plugins.js'
import { errorsOf, hitsOf, settingsFile } from '../../builders/settings-file.js'

const of = (id: string, value: unknown, more = {}, context = {}) =>
  hitsOf(rules, id, settingsFile(value, more), context)
const github = (repo: string, more = {}) => ({ source: 'github', repo, ...more })
const pinned = github('acme/plugins', { ref: 'v1' })
const extra = (source: unknown) => ({ extraKnownMarketplaces: { acme: { source } } })
const strict = (...sources: unknown[]) => ({ strictKnownMarketplaces: sources })
const only = { allowManagedHooksOnly: true }
const pattern = (hostPattern: string) => ({ source: 'hostPattern', hostPattern })
const inline = {
  source: 'settings',
  name: 'acme',
  plugins: [{ name: 'a', source: { source: 'command', command: 'x' } }],
}

/** Each rule with settings it finds fault with, and settings it does not. */
const cases: readonly (readonly [id: string, bad: unknown, good: unknown])[] = [
  ['marketplace-source-invalid', extra('acme/plugins'), extra(pinned)],
  ['marketplace-source-invalid', strict({ source: 'github' }), strict({ source: 'skills-dir' })],
  ['marketplace-source-invalid', { blockedMarketplaces: ['x'] }, { blockedMarketplaces: [github('acme/*')] }],
  [
    'marketplace-source-invalid',
    { extraKnownMarketplaces: { acme: 'x' } },
    extra({ source: 'url', url: 'https://a.example' }),
  ],
  ['marketplace-pattern', strict(pattern('(')), strict(pattern('^git\\.acme\\.example$'))],
  ['marketplace-pattern', strict(pattern('acme.example')), { blockedMarketplaces: [pattern('acme.example')] }],
  ['marketplace-not-registered', strict(pinned), { ...strict(pinned), ...extra(pinned) }],
  [
    'marketplace-not-registered',
    { ...strict(pinned), ...extra(github('acme/plugins')) },
    strict(github('acme/*'), { source: 'skills-dir' }),
  ],
  ['marketplace-not-allowed', { ...strict(), ...extra(pinned) }, extra(pinned)],
  [
    'marketplace-not-allowed',
    { ...strict(github('acme/plugins')), ...extra(pinned) },
    { ...strict(pinned), ...extra(pinned) },
  ],
  [
    'marketplace-not-allowed',
    { ...strict(pattern('^other\\.example$')), ...extra(pinned) },
    { ...strict(pattern('^github\\.com$')), ...extra(pinned) },
  ],
  ['marketplace-unpinned', extra(github('acme/plugins')), extra(pinned)],
  [
    'marketplace-unpinned',
    extra({ source: 'git', url: 'https://a.example/x.git' }),
    extra({ source: 'url', url: 'https://a.example' }),
  ],
  [
    'plugin-marketplace-unknown',
    { enabledPlugins: { 'a@acme': true } },
    { enabledPlugins: { 'a@acme': true }, ...extra(pinned) },
  ],
  [
    'plugin-marketplace-unknown',
    { enabledPlugins: { 'a@claude-plugins-official': true } },
    { enabledPlugins: { 'a@other': false } },
  ],
  ['plugin-hooks-blocked', { ...only, enabledPlugins: { a: true } }, { ...only, enabledPlugins: { 'a@acme': true } }],
  ['plugin-hooks-blocked', { ...only, enabledPlugins: { 'a@acme': 'yes' } }, { enabledPlugins: { a: true } }],
  [
    'plugin-hooks-blocked',
    { ...only, ...extra(inline) },
    { ...only, ...extra(inline), disableCommandPluginSources: false },
  ],
  ['model-not-locked', { model: 'opus' }, { model: 'opus', availableModels: ['opus'] }],
]

describe.each(cases)('%s', (id, bad, good) => {
  it(`finds ${JSON.stringify(bad)}`, () => {
    expect(of(id, bad)).toHaveLength(1)
  })

  it(`lets ${JSON.stringify(good)} be`, () => {
    expect(of(id, good)).toEqual([])
  })
})

describe('second names', () => {
  it('are read as the first ones', () => {
    expect(
      of('marketplace-not-allowed', { allowedMarketplaces: [], additionalMarketplaces: { acme: { source: pinned } } }),
    ).toMatchObject([{ path: ['additionalMarketplaces', 'acme'] }])
    expect(of('marketplace-not-registered', { allowedMarketplaces: [pinned] })).toMatchObject([
      { path: ['allowedMarketplaces', 0] },
    ])
  })
})

describe('drop-ins', () => {
  it('allow what the base file registers', () => {
    const base = settingsFile(extra(pinned))
    const more = settingsFile(strict(pinned), { channel: 'drop-in' })
    const files = [base, more]
    expect(hitsOf(rules, 'marketplace-not-registered', more, { files })).toEqual([])
    expect(hitsOf(rules, 'marketplace-not-allowed', base, { files })).toEqual([])
  })
})

it('are about managed settings where they lock something', () => {
  const file = settingsFile({ model: 'opus', ...extra(github('acme/plugins')), ...strict() }, { channel: 'user' })
  expect(rules.flatMap(({ id }) => hitsOf(rules, id, file))).toEqual([])
})

it('finds no error in the good form', () => {
  const settings = { ...strict(pinned), ...extra(pinned), enabledPlugins: { 'a@acme': true }, ...only }
  expect(errorsOf(rules, settingsFile(settings))).toEqual([])
})
