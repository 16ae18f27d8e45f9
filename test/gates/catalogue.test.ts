import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { catalogue, PolicyGate, selectGates } from '../../src/gates/catalogue.js'
import { evaluateGate, Gate, minimumVersion } from '../../src/gates/gate.js'
import { parseVersion } from '../../src/gates/version.js'
import type { EndpointPlatform } from '../../src/inventory/platform.js'

function find(id: string): Gate {
  const gate = catalogue.find((entry) => entry.id === id)
  if (gate === undefined) throw new Error(id)
  return gate
}

function ask(id: string, platform: EndpointPlatform, version: string) {
  return evaluateGate(find(id), { platform, install: { status: 'installed', version: parseVersion(version) } })
}

describe('the catalogue', () => {
  it('is valid, and stays as written when read through the schema', () => {
    expect(z.array(Gate).parse(catalogue)).toEqual(catalogue)
  })

  it('is sorted by product and id, each id once', () => {
    const keys = catalogue.map(({ product, id }) => `${product} ${id}`)
    expect(keys).toEqual([...keys].sort())
    expect(new Set(catalogue.map(({ id }) => id)).size).toBe(catalogue.length)
  })

  it('requires Cowork telemetry and nothing else', () => {
    expect(catalogue.filter(({ level }) => level === 'required').map(({ id }) => id)).toEqual(['cowork-otel'])
  })

  it('has titles without an order to anybody, and reasons that end as sentences', () => {
    for (const { title, why } of catalogue) {
      expect(title).not.toMatch(/[.!]$|^(?:Use|Set|Upgrade|Install|Make|Require|Enable)\b/)
      expect(why).toMatch(/\.$/)
    }
  })

  it('was checked no later than its sources were read', () => {
    for (const { checked, except } of catalogue) {
      for (const day of [checked, ...except.map((entry) => entry.checked)]) {
        expect(day >= '2026-07-01' && day <= '2026-09-30', day).toBe(true)
      }
    }
  })

  // The minimum and the build just below it, so that a slip in any digit is seen.
  const all = ['macos', 'windows', 'linux'] as const
  it.each([
    ['admin-marketplaces', all, '1.17377.1', '1.17377.0'],
    ['admin-marketplaces-in-code', all, '1.32352.0', '1.32351.9'],
    ['bypass-permissions-lock', all, '1.46388.1', '1.46388.0'],
    ['code-tab-off-enforced', all, '1.44121.1', '1.44121.0'],
    ['cowork-content-export', all, '1.17377.1', '1.17377.0'],
    ['cowork-otel', all, '1.1.4173', '1.1.4172'],
    ['cowork-otel-cloud', all, '1.22209.3', '1.22209.2'],
    ['deprecated-keys-2026-10', all, '1.26832.0', '1.26831.9'],
    ['egress-proxy-policy', all, '1.44121.1', '1.44121.0'],
    ['end-user-attribution', all, '1.25927.0', '1.25926.9'],
    ['intel-mac-cowork', ['macos'], '1.32885.1', '1.32885.0'],
    ['linux-app', ['linux'], '1.17377.1', '1.17377.0'],
    ['linux-apt-updates', ['linux'], '1.19367.0', '1.19366.9'],
    ['local-sessions-lock', all, '1.37937.0', '1.37936.9'],
    ['managed-settings-refuse-unparseable', all, '1.46388.1', '1.46388.0'],
    ['marketplace-errors-contained', all, '1.30096.1', '1.30096.0'],
    ['org-plugin-locks', all, '1.15200.0', '1.15199.9'],
    ['org-plugin-removal', all, '1.46388.1', '1.46388.0'],
    ['org-plugins-store-installs', ['windows'], '1.40609.0', '1.40608.9'],
    ['otlp-content-capture', all, '1.15962.0', '1.15961.9'],
    ['otlp-headers-helper', all, '1.30096.1', '1.30096.0'],
    ['otlp-resource-attributes', all, '1.5354.0', '1.5353.9'],
    ['plugin-hooks-windows', ['windows'], '1.24012.9', '1.24012.8'],
    ['plugin-mcp-servers', all, '1.44121.1', '1.44121.0'],
    ['policy-fail-restrictive', all, '1.40609.0', '1.40608.9'],
    ['policy-restart-enforced', all, '1.46388.1', '1.46388.0'],
    ['session-storage-windows', ['windows'], '1.28929.0', '1.28928.9'],
    ['sideload-lock-cowork', all, '1.44121.1', '1.44121.0'],
    ['tls-inspection-windows', ['windows'], '1.22209.3', '1.22209.2'],
    ['user-plugin-locks', all, '1.37937.0', '1.37936.9'],
    ['windows-policy-precedence', ['windows'], '1.19367.0', '1.19366.9'],
    ['windows-update-integrity', ['windows'], '1.32352.0', '1.32351.9'],
    ['code-assistant-response', all, '2.1.193', '2.1.192'],
    ['code-command-plugin-sources', all, '2.1.229', '2.1.228'],
    ['code-drop-in-directory', all, '2.1.83', '2.1.82'],
    ['code-env-merge', all, '2.1.223', '2.1.222'],
    ['code-key-aliases', all, '2.1.232', '2.1.231'],
    ['code-legacy-path-removed', ['windows'], '2.1.75', '2.1.74'],
    ['code-managed-preferences', ['macos', 'windows'], '2.1.51', '2.1.50'],
    ['code-managed-sources-merge', all, '2.1.242', '2.1.241'],
    ['code-remote-refresh', all, '2.1.92', '2.1.91'],
    ['code-remote-refresh-from-device', all, '2.1.191', '2.1.190'],
    ['code-required-version', all, '2.1.163', '2.1.162'],
    ['code-settings-resolved-event', all, '2.1.274', '2.1.273'],
    ['code-sideload-lock', all, '2.1.193', '2.1.192'],
    ['code-tolerant-parsing', all, '2.1.166', '2.1.165'],
    ['code-tolerant-parsing-server', all, '2.1.169', '2.1.168'],
  ] as const)('%s on %j needs %s', (id, platforms, minimum, below) => {
    const gate = find(id)
    expect(gate.platforms).toEqual(platforms)
    expect(gate.product).toBe(
      id.startsWith('code-') && id !== 'code-tab-off-enforced' ? 'claude-code' : 'claude-desktop',
    )
    for (const platform of all) {
      const applies = (platforms as readonly string[]).includes(platform)
      expect(minimumVersion(gate, platform)).toBe(applies ? minimum : undefined)
      expect(ask(id, platform, minimum).result).toBe(applies ? 'pass' : 'not-applicable')
      expect(ask(id, platform, below).result).toBe(applies ? 'fail' : 'not-applicable')
    }
  })

  it('has a row above for every gate but known-bad-builds', () => {
    expect(catalogue).toHaveLength(48)
  })

  it('knows the bad Windows builds of 2026-09-02 and tells both sources', () => {
    expect(ask('known-bad-builds', 'windows', '1.44121.0').result).toBe('pass')
    for (const bad of ['1.44121.1', '1.44121.2.0', '1.44121.3']) {
      expect(ask('known-bad-builds', 'windows', bad)).toMatchObject({ reason: 'known-bad', upgradeTo: '1.44121.4' })
      expect(ask('known-bad-builds', 'macos', bad).result).toBe('pass')
      expect(ask('known-bad-builds', 'linux', bad).result).toBe('pass')
      expect(ask('known-bad-builds', 'unknown', bad).reason).toBe('platform-unknown')
    }
    expect(ask('known-bad-builds', 'windows', '1.44121.4').result).toBe('pass')
    expect(ask('known-bad-builds', 'windows', '0.14.1').result).toBe('pass')
    const [entry] = find('known-bad-builds').except
    expect(entry?.why).toContain('https://claude.com/docs/cowork/changelog')
    expect(entry?.source).toBe('https://github.com/anthropics/claude-code/issues/91565')
  })

  it('dates the deadline, and only that', () => {
    expect(catalogue.filter(({ from, until }) => from !== undefined || until !== undefined)).toEqual([
      expect.objectContaining({ id: 'deprecated-keys-2026-10', from: '2026-10-07' }),
    ])
  })
})

describe('selectGates', () => {
  const own: Gate = { ...find('cowork-otel'), id: 'house-rule', requires: ['>=2.0.0'], level: 'advised' }
  const levels = (gates: readonly Gate[]) =>
    Object.fromEntries(gates.filter(({ level }) => level === 'required').map(({ id, level }) => [id, level]))

  it('leaves everything as it is when the policy does not speak of gates', () => {
    expect(selectGates(catalogue, undefined)).toEqual({ gates: catalogue, problems: [] })
  })

  it('requires what is picked, and nothing else', () => {
    const { gates, problems } = selectGates(catalogue, [
      'plugin-hooks-windows',
      { id: 'code-env-merge', level: 'required' },
    ])
    expect(problems).toEqual([])
    expect(levels(gates)).toEqual({ 'plugin-hooks-windows': 'required', 'code-env-merge': 'required' })
    expect(gates.map(({ id }) => id)).toEqual(catalogue.map(({ id }) => id))
    expect(levels(selectGates(catalogue, []).gates)).toEqual({})
    expect(levels(selectGates(catalogue, [{ id: 'cowork-otel', level: 'advised' }]).gates)).toEqual({})
  })

  it('does not copy gates that stay the same, nor touch those that do not', () => {
    const { gates } = selectGates(catalogue, ['cowork-otel', 'cowork-otel-cloud'])
    expect(gates.find(({ id }) => id === 'cowork-otel')).toBe(find('cowork-otel'))
    expect(gates.find(({ id }) => id === 'linux-app')).toBe(find('linux-app'))
    expect(gates.find(({ id }) => id === 'cowork-otel-cloud')).toEqual({
      ...find('cowork-otel-cloud'),
      level: 'required',
    })
    expect(find('cowork-otel-cloud').level).toBe('advised')
  })

  it('adds gates of the policy after the catalogue, at their own level', () => {
    const { gates, problems } = selectGates(catalogue, [own, 'cowork-otel'])
    expect(problems).toEqual([])
    expect(gates.at(-1)).toBe(own)
    expect(gates).toHaveLength(catalogue.length + 1)
    expect(levels(gates)).toEqual({ 'cowork-otel': 'required' })
  })

  it('returns what is wrong as data', () => {
    const taken = { ...own, id: 'cowork-otel' }
    const { gates, problems } = selectGates(catalogue, [
      'cowork-otl',
      { id: 'plugin-hook-windows', level: 'advised' },
      'zzz',
      taken,
      'linux-app',
      { id: 'linux-app', level: 'advised' },
      own,
      own,
    ])
    expect(problems).toEqual([
      { code: 'unknown-gate', id: 'cowork-otl', suggestions: ['cowork-otel'] },
      { code: 'unknown-gate', id: 'plugin-hook-windows', suggestions: ['plugin-hooks-windows'] },
      { code: 'unknown-gate', id: 'zzz', suggestions: [] },
      { code: 'gate-id-taken', id: 'cowork-otel' },
      { code: 'gate-picked-twice', id: 'linux-app' },
      { code: 'gate-picked-twice', id: 'house-rule' },
    ])
    expect(levels(gates)).toEqual({ 'linux-app': 'required' })
    expect(gates).toHaveLength(catalogue.length + 1)
  })

  it('suggests the nearest first, at most three', () => {
    const known = ['abcd', 'abce', 'bacd', 'abxy', 'abcdef', 'abcdefg', 'wxyz'].map((id) => ({ ...own, id }))
    const suggest = (id: string) =>
      selectGates(known, [id]).problems.flatMap((p) => ('suggestions' in p ? p.suggestions : []))
    expect(suggest('abc')).toEqual(['abcd', 'abce', 'abxy'])
    expect(suggest('abcdefgh')).toEqual(['abcdefg', 'abcdef'])
    expect(suggest('abdc')).toEqual(['abcd', 'abce', 'abxy'])
    expect(suggest('bcd')).toEqual(['abcd', 'bacd', 'abce'])
    expect(suggest('wxy')).toEqual(['wxyz', 'abxy'])
    expect(suggest('qqqqqqqqq')).toEqual([])
    expect(suggest('z'.repeat(10_000))).toEqual([])
  })
})

describe('PolicyGate', () => {
  const own = { ...find('cowork-otel'), id: 'house-rule' }
  it.each([
    ['cowork-otel', true],
    [{ id: 'cowork-otel', level: 'advised' }, true],
    [own, true],
    ['Cowork', false],
    [{ id: 'cowork-otel' }, false],
    [{ id: 'cowork-otel', level: 'must' }, false],
    [{ ...own, requires: ['*'] }, false],
    [7, false],
  ])('%j: %s', (value, good) => {
    expect(PolicyGate.safeParse(value).success).toBe(good)
  })
})
