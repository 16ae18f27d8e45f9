import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Gate } from '../../src/gates/gate.js'
import type { Endpoint, ProductStatus } from '../../src/inventory/endpoint.js'
import { Exclusion, Policy } from '../../src/policy/policy.js'
import {
  assess,
  createJudge,
  holds,
  nextAction,
  type State,
  states,
  type Verdict,
} from '../../src/readiness/verdict.js'
import { absent, endpointOf, installed, unknown } from '../builders/endpoint.js'
import { asOf } from '../builders/reading.js'

const day = 86_400_000

function gate(id: string, changes: Partial<Gate> = {}): Gate {
  return Gate.parse({
    id,
    title: `Gate ${id}`,
    product: 'claude-desktop',
    platforms: ['macos', 'windows', 'linux'],
    requires: ['>=1.1.4173'],
    why: 'because',
    source: 'https://example.org/gate',
    checked: '2026-08-11',
    level: 'required',
    ...changes,
  })
}

const desktopGate = gate('desktop')
const codeGate = gate('code', { product: 'claude-code', requires: ['>=2.1.0'] })

function judged(
  endpoint: Endpoint,
  { scope = {}, gates = [desktopGate] }: { scope?: Record<string, unknown>; gates?: readonly Gate[] } = {},
): Verdict {
  return assess(endpoint, createJudge(Policy.parse({ scope }), gates, asOf))
}

/** The state and the codes of its reasons. */
const inShort = ({ state, reasons }: Verdict) => [state, ...reasons.map(({ code }) => code)].join(' ')

describe('the states', () => {
  it('each have a next action', () => {
    expect(states.map((state) => [state, nextAction[state]])).toEqual([
      ['excluded', 'none'],
      ['stale', 'reconnect'],
      ['unknown', 'investigate'],
      ['install', 'install'],
      ['upgrade', 'upgrade'],
      ['repair', 'repair'],
      ['ready', 'none'],
    ])
  })

  const excluded = { exclude: [{ department: 'Kiosks', reason: 'no user' }] }
  const inKiosks = { department: 'Kiosks' }
  const old = asOf - 30 * day - 1
  // Each row has everything that the rows below it have, and one thing more.
  it.each<[string, Partial<Endpoint>, Record<string, unknown>, string]>([
    ['ready', {}, {}, 'ready'],
    ['upgrade', { desktop: installed('1.0.1') }, {}, 'upgrade below-gate'],
    ['install', { desktop: absent() }, { expectDesktop: true }, 'install not-installed'],
    ['excluded, where it is absent and not expected', { desktop: absent() }, {}, 'excluded not-installed'],
    ['unknown list', { desktop: unknown() }, { expectDesktop: true }, 'unknown no-app-list'],
    ['unknown version', { desktop: installed('No value') }, {}, 'unknown version-unknown'],
    ['no check-in', { desktop: installed('1.0.1'), lastSeen: undefined }, {}, 'unknown no-check-in'],
    ['stale', { desktop: unknown(), lastSeen: old }, { expectDesktop: true }, 'stale check-in-too-old'],
    ['stale, although absent', { desktop: absent(), lastSeen: old }, {}, 'stale check-in-too-old'],
    ['excluded', { ...inKiosks, desktop: unknown(), lastSeen: old }, excluded, 'excluded excluded-by-policy'],
    ['excluded, although never seen', { ...inKiosks, lastSeen: undefined }, excluded, 'excluded excluded-by-policy'],
    ['no computer', { platform: 'other', lastSeen: old }, {}, 'excluded not-a-computer'],
    ['no computer, excluded', { ...inKiosks, platform: 'other' }, excluded, 'excluded excluded-by-policy'],
  ])('%s', (_, changes, scope, expected) => {
    expect(inShort(judged(endpointOf(changes), { scope }))).toBe(expected)
  })

  it.each([
    [30, 30 * day, 'ready'],
    [30, 30 * day + 1, 'stale'],
    [1, day, 'ready'],
    [1, day + 1, 'stale'],
    [1, -day, 'ready'],
  ])('stale after %i days: seen %i ms ago is %s', (staleAfterDays, ago, state) => {
    expect(judged(endpointOf({ lastSeen: asOf - ago }), { scope: { staleAfterDays } }).state).toBe(state)
  })

  it('stale has the check-in as its receipt, where a record has it', () => {
    const lastSeen = asOf - 40 * day
    const receiptOf = (changes: Partial<Endpoint>) => {
      const [reason, ...others] = judged(endpointOf({ lastSeen, ...changes })).reasons
      expect(others).toEqual([])
      return reason?.receipt
    }
    expect(receiptOf({})).toEqual({
      file: 'devices.csv',
      record: 7,
      field: 'last check-in',
      value: '2026-10-11T00:00:00Z',
    })
    expect(receiptOf({ origin: () => undefined })).toBeUndefined()
    expect(receiptOf({ records: [] })).toBeUndefined()
  })
})

describe('an exclusion', () => {
  const endpoint = endpointOf({
    groups: ['All', 'Kiosks'],
    department: 'Finance',
    site: 'Berlin',
    platform: 'windows',
    serial: 'EXAMPLE1',
    hostname: 'FIN-1',
    email: 'Ada@Example.org',
  })
  const isExcluded = (rule: Record<string, unknown>, of = endpoint) =>
    judged(of, { scope: { exclude: [{ reason: 'because', ...rule }] } }).state === 'excluded'

  it.each([
    ['group', 'kiosks', 'Kiosk'],
    ['department', 'FINANCE', 'Fin'],
    ['site', 'berlin', 'Munich'],
    ['platform', 'windows', 'macos'],
    ['serial', 'example1', 'EXAMPLE2'],
    ['hostname', 'fin-1', 'FIN-11'],
    ['email', 'ada@example.ORG', 'bo@example.org'],
  ])('names a %s: %j is it, %j is not', (attribute, same, other) => {
    expect(isExcluded({ [attribute]: same })).toBe(true)
    expect(isExcluded({ [attribute]: other })).toBe(false)
    const without = endpointOf({ platform: 'unknown' })
    expect(isExcluded({ [attribute]: same }, without)).toBe(false)
  })

  it('with several attributes needs all of them', () => {
    expect(isExcluded({ group: 'Kiosks', site: 'Berlin', platform: 'windows' })).toBe(true)
    expect(isExcluded({ group: 'Kiosks', site: 'Munich' })).toBe(false)
    expect(isExcluded({ group: 'Others', site: 'Berlin' })).toBe(false)
  })

  it.each([
    [undefined, true],
    ['2026-11-21', true],
    ['2026-11-20', true],
    ['2026-11-19', false],
  ])('until %s holds on 20 November 2026: %s', (until, expected) => {
    const rule = Exclusion.parse({ site: 'Berlin', reason: 'because', ...(until === undefined ? {} : { until }) })
    expect(isExcluded({ site: 'Berlin', until })).toBe(expected)
    expect(holds(rule, asOf)).toBe(expected)
    expect(holds(rule, asOf + day - 1)).toBe(expected)
  })

  it("gives the first rule's own words as its reason", () => {
    const exclude = [
      { site: 'Berlin', reason: 'over', until: '2026-01-01' },
      { site: 'Berlin', reason: 'first' },
      { group: 'Kiosks', reason: 'second' },
    ]
    expect(judged(endpoint, { scope: { exclude } }).reasons).toEqual([{ code: 'excluded-by-policy', detail: 'first' }])
  })
})

describe('gates', () => {
  it('that are only advised decide nothing, but are answered', () => {
    const verdict = judged(endpointOf({ desktop: installed('1.0.1') }), {
      gates: [gate('advised', { level: 'advised' })],
    })
    expect(inShort(verdict)).toBe('ready')
    expect(verdict.gates.map(({ gate: { id }, outcome }) => [id, outcome.result])).toEqual([['advised', 'fail']])
  })

  it.each([
    [{ from: '2026-11-21' }, 'ready'],
    [{ from: '2026-11-20' }, 'upgrade'],
    [{ until: '2026-11-20' }, 'upgrade'],
    [{ until: '2026-11-19' }, 'ready'],
  ])('required %j decide on 20 November 2026: %s', (changes, state) => {
    expect(judged(endpointOf({ desktop: installed('1.0.1') }), { gates: [gate('dated', changes)] }).state).toBe(state)
  })

  it('without which nothing is required leave an absent product ready', () => {
    expect(inShort(judged(endpointOf({ desktop: absent() }), { gates: [] }))).toBe('ready')
    expect(inShort(judged(endpointOf({ desktop: unknown() }), { gates: [] }))).toBe('ready')
    expect(inShort(judged(endpointOf({ desktop: absent() }), { gates: [], scope: { expectDesktop: true } }))).toBe(
      'install not-installed',
    )
    expect(inShort(judged(endpointOf({ desktop: unknown() }), { gates: [], scope: { expectDesktop: true } }))).toBe(
      'unknown no-app-list',
    )
  })

  it.each<[string, ProductStatus, ProductStatus, boolean, string]>([
    ['both pass', installed('1.1.4173'), installed('2.1.0'), false, 'ready'],
    ['Desktop fails', installed('1.0.1'), installed('2.1.0'), false, 'upgrade below-gate'],
    ['both fail', installed('1.0.1'), installed('1.0.0'), false, 'upgrade below-gate below-gate'],
    ['only Code is there', absent(), installed('2.1.0'), false, 'ready'],
    ['only Code is there, and fails', absent(), installed('1.0.0'), false, 'upgrade below-gate'],
    ['only Code is there, Desktop is expected', absent(), installed('2.1.0'), true, 'install not-installed'],
    ['Code fails, Desktop is expected and absent', absent(), installed('1.0.0'), true, 'install not-installed'],
    ['only Desktop is there', installed('1.1.4173'), absent(), false, 'ready'],
    ['none is there', absent(), absent(), false, 'excluded not-installed not-installed'],
    ['none is there, Desktop is expected', absent(), absent(), true, 'install not-installed'],
    ['Code is unknown', installed('1.1.4173'), unknown('error-text'), false, 'unknown error-text'],
    ['Code is unknown, Desktop absent', absent(), unknown('error-text'), true, 'unknown error-text'],
    [
      'Code is unknown, Desktop fails',
      installed('1.0.1'),
      unknown('error-text'),
      false,
      'upgrade below-gate error-text',
    ],
    [
      'both are unknown',
      unknown('personal-device'),
      unknown('error-text'),
      false,
      'unknown personal-device error-text',
    ],
  ])('of both products: %s', (_, desktop, code, expectDesktop, expected) => {
    expect(
      inShort(judged(endpointOf({ desktop, code }), { gates: [codeGate, desktopGate], scope: { expectDesktop } })),
    ).toBe(expected)
  })

  it('that fail say what, where, and the way out', () => {
    const except = [{ range: '1.5.0', why: 'it crashes', source: 'https://example.org/bad', checked: '2026-08-12' }]
    const gates = [
      gate('bad', { except } as unknown as Partial<Gate>),
      gate('range', { requires: ['>=1.1.4173 <2.0.0'] }),
    ]
    const reasons = (version: string) => judged(endpointOf({ desktop: installed(version) }), { gates }).reasons
    const receipt = (value: string) => ({ file: 'apps.csv', record: 1, field: 'Version', value })
    const product = 'claude-desktop'
    expect(reasons('1.0.1')).toEqual([
      { code: 'below-gate', product, gate: 'bad', upgradeTo: '1.1.4173', detail: undefined, receipt: receipt('1.0.1') },
      {
        code: 'below-gate',
        product,
        gate: 'range',
        upgradeTo: '1.1.4173',
        detail: undefined,
        receipt: receipt('1.0.1'),
      },
    ])
    expect(reasons('1.5.0')).toEqual([
      { code: 'known-bad', product, gate: 'bad', upgradeTo: '1.5.1', detail: 'it crashes', receipt: receipt('1.5.0') },
    ])
    expect(reasons('2.0.0')).toEqual([
      {
        code: 'above-gate',
        product,
        gate: 'range',
        upgradeTo: undefined,
        detail: undefined,
        receipt: receipt('2.0.0'),
      },
    ])
  })

  it('never pass beside a copy that cannot be read, and still fail beside it', () => {
    const verdict = judged(endpointOf({ desktop: installed('1.1.4173', 'No value') }))
    expect(verdict.reasons).toEqual([
      {
        code: 'copy-unreadable',
        product: 'claude-desktop',
        gate: 'desktop',
        detail: 'no-value',
        receipt: { file: 'apps.csv', record: 2, field: 'Version', value: 'No value' },
      },
    ])
    expect(verdict.gates.map(({ outcome }) => [outcome.result, outcome.detail])).toEqual([
      ['unknown', 'copy-unreadable'],
    ])
    expect(inShort(judged(endpointOf({ desktop: installed('1.0.1', 'No value') })))).toBe('upgrade below-gate')
  })

  it('with a version that cannot be read say which and why', () => {
    expect(judged(endpointOf({ desktop: installed('No value') })).reasons).toEqual([
      {
        code: 'version-unknown',
        product: 'claude-desktop',
        gate: 'desktop',
        detail: 'no-value',
        receipt: { file: 'apps.csv', record: 1, field: 'Version', value: 'No value' },
      },
    ])
  })

  it('of one platform leave an endpoint of no known platform open where it matters', () => {
    const gates = [gate('windows-only', { platforms: ['windows'] })]
    const reasons = [{ code: 'platform-unknown', product: 'claude-desktop', gate: 'windows-only' }]
    expect(judged(endpointOf({ platform: 'unknown' }), { gates })).toMatchObject({ state: 'unknown', reasons })
    expect(inShort(judged(endpointOf({ platform: 'unknown' })))).toBe('ready')
    expect(inShort(judged(endpointOf({ platform: 'macos', desktop: installed('1.0.1') }), { gates }))).toBe('ready')
  })

  it('of a product that is absent show the list that says so', () => {
    const receipt = { file: 'apps.csv', record: 9, field: 'app list', value: 'not listed' }
    const desktop = { code: 'not-installed', product: 'claude-desktop', receipt }
    const both = judged(endpointOf({ desktop: absent() }), { gates: [codeGate, desktopGate] })
    expect(both.reasons).toEqual([desktop, { ...desktop, product: 'claude-code' }])
    expect(judged(endpointOf({ desktop: absent() }), { scope: { expectDesktop: true } }).reasons).toEqual([desktop])
  })

  it('of a product whose list is unknown tell the reason once', () => {
    const verdict = judged(endpointOf({ desktop: unknown('personal-device') }), {
      gates: [desktopGate, gate('second')],
    })
    expect(verdict.reasons).toEqual([
      {
        code: 'personal-device',
        product: 'claude-desktop',
        receipt: { file: 'apps.csv', record: 9, field: 'app list', value: 'personal-device' },
      },
    ])
  })

  it('answer each combination once, and never mix two of them up', () => {
    const judge = createJudge(Policy.parse({}), [desktopGate, codeGate], asOf)
    const statuses = [
      installed('1.1.4173'),
      installed('1.0.1'),
      installed('1.1.4173', 'junk!'),
      installed('1.0.1', 'junk!'),
      installed('junk!'),
      installed('No value'),
      absent(),
      unknown('error-text'),
      unknown('personal-device'),
    ]
    const endpoints = (['macos', 'windows', 'unknown'] as const).flatMap((platform) =>
      statuses.flatMap((desktop) => statuses.map((code) => endpointOf({ platform, desktop, code }))),
    )
    const fresh = endpoints.map((endpoint) => judged(endpoint, { gates: [desktopGate, codeGate] }))
    for (let round = 0; round < 2; round++) expect(endpoints.map((endpoint) => assess(endpoint, judge))).toEqual(fresh)
    expect(assess(endpoints[0]!, judge).gates).toBe(assess(endpoints[0]!, judge).gates)
  })
})

describe('a verdict', () => {
  const versions = ['1.0.1', '1.1.4172', '1.1.4173', '1.1.4173-beta.1', '1.5.0', '1.30096.1', 'No value'] as const
  const status = fc.oneof(
    fc
      .uniqueArray(fc.constantFrom(...versions), { minLength: 1, maxLength: 2 })
      .map(([first, ...rest]) => installed(first!, ...rest)),
    fc.constant(absent()),
    fc.constant(unknown()),
  )
  const endpoint = fc
    .record({
      desktop: status,
      code: status,
      platform: fc.constantFrom(
        'macos' as const,
        'windows' as const,
        'linux' as const,
        'other' as const,
        'unknown' as const,
      ),
      lastSeen: fc.constantFrom(asOf, asOf - 31 * day, undefined),
      department: fc.constantFrom('Finance', 'Design'),
    })
    .map((changes) => endpointOf(changes))
  const minimum = fc.integer({ min: 4000, max: 4200 })
  const scope = fc.record({
    expectDesktop: fc.boolean(),
    exclude: fc.constantFrom([], [{ department: 'Finance', reason: 'audit' }]),
  })

  it('never becomes better when the minimum of a gate is raised', () => {
    fc.assert(
      fc.property(endpoint, minimum, minimum, scope, fc.boolean(), (one, a, b, policy, both) => {
        const at = (patch: number) => {
          const gates = [gate('moved', { requires: [`>=1.1.${patch}`] }), ...(both ? [codeGate] : [])]
          return judged(one, { gates, scope: policy })
        }
        const [low, high] = [at(Math.min(a, b)), at(Math.max(a, b))]
        if (high.state === 'ready') expect(low.state).toBe('ready')
        if (high.gates[0]!.outcome.result === 'pass') expect(low.gates[0]!.outcome.result).toBe('pass')
      }),
      { numRuns: 2000 },
    )
  })

  it('of ready needs a fresh check-in, and a pass of every required gate of every product that is there', () => {
    fc.assert(
      fc.property(endpoint, scope, (one, policy) => {
        const { state, reasons, gates } = judged(one, { gates: [desktopGate, codeGate], scope: policy })
        expect(reasons.length > 0).toBe(state !== 'ready')
        if (state !== 'ready') return
        expect(one.lastSeen).toBe(asOf)
        expect(gates.map(({ outcome }) => outcome.result)).toContain('pass')
        for (const { outcome } of gates) expect(['pass', 'not-applicable']).toContain(outcome.result)
      }),
      { numRuns: 1000 },
    )
  })

  it('is always one of the states, and never repair: that is not judged here', () => {
    const seen = new Set<State>()
    fc.assert(
      fc.property(endpoint, scope, (one, policy) => {
        seen.add(judged(one, { gates: [desktopGate, codeGate], scope: policy }).state)
      }),
      { numRuns: 1000 },
    )
    expect([...seen].sort()).toEqual(states.filter((state) => state !== 'repair').sort())
  })
})
