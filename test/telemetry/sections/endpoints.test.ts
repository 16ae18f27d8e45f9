import { describe, expect, it } from 'vitest'
import { isoTime } from '../../../src/platform/clock.js'
import { Policy } from '../../../src/policy/policy.js'
import { EndpointEvidence, endpointsSection } from '../../../src/telemetry/sections/endpoints.js'
import type { HookRunRow, Sender } from '../../../src/telemetry/tables.js'
import type { KnownEndpoint } from '../../../src/telemetry/view.js'
import {
  currentStamp,
  daysAgo,
  evidencePolicy,
  hookRow,
  knownEndpoint,
  sender,
  settingsRow,
  type ViewParts,
  viewOf,
  witness,
} from '../../builders/evidence-view.js'

/** What telemetry says of endpoint A1; the witness is always there. */
function judged(
  senders: readonly Sender[],
  { endpoint, ...parts }: Partial<ViewParts> & { readonly endpoint?: Partial<KnownEndpoint> } = {},
): EndpointEvidence {
  const endpoints = [knownEndpoint('A1', endpoint), knownEndpoint('WITNESS')]
  const [first] = endpointsSection(viewOf({ endpoints, ...parts, senders: [...senders, witness] }))
  return EndpointEvidence.parse(JSON.parse(JSON.stringify(first)))
}

const told = ({ status, reasons }: EndpointEvidence) => [status, ...reasons.map(({ code }) => code)].join(' ')
const own = (changes: Parameters<typeof sender>[0] = {}) => sender({ serial: 'A1', ...changes })
const cowork = (changes: Parameters<typeof sender>[0] = {}) =>
  sender({ service: 'cowork', version: '1.30096.1', stamp: '', email: 'a1@example.com', ...changes })
const older = '2.1.290'
const requires = (...surfaces: string[]) => Policy.parse({ ...evidencePolicy, evidence: { requires: surfaces } })
const managedOnlyRun = (last: number): HookRunRow => ({
  sender: 0,
  hookEvent: 'PreToolUse',
  hookSource: 'policySettings',
  managedOnly: 'true',
  executions: 1,
  hooks: 1,
  success: 1,
  blocking: 0,
  nonBlockingError: 0,
  cancelled: 0,
  durationMs: 5,
  last,
})

describe('an endpoint is proven', () => {
  it.each<[string, Sender[]]>([
    ['by recent records with the current stamp', [own()]],
    [
      'by data points alone',
      [own({ events: 0, sessions: 0, first: 0, last: 0, firstPoint: daysAgo(9), lastPoint: daysAgo(1) })],
    ],
    ['by a newer version than the inventory has seen', [own({ version: '2.1.400' })]],
    ['by Cowork, which can bear no stamp', [cowork()]],
    ['on the last day that counts', [own({ last: daysAgo(14) })]],
    ['after another stamp', [own({ stamp: 'older', last: daysAgo(3) }), own()]],
    ['whatever another surface said long ago', [own({ stamp: 'older', last: daysAgo(20) }), cowork()]],
    ['after a lower version', [own({ version: older, last: daysAgo(3) }), own()]],
    [
      'whatever its account sends from elsewhere',
      [own({ last: daysAgo(2) }), sender({ email: 'a1@example.com', stamp: '', version: older, last: daysAgo(1) })],
    ],
    [
      'by one surface, while another has not reported since its upgrade',
      [own(), cowork({ version: '1.1.4173', last: daysAgo(6) })],
    ],
  ])('%s', (_, senders) => {
    expect(told(judged(senders))).toBe('proven')
  })

  it('since the first record with the current stamp', () => {
    const { since, first, stamp } = judged([
      own({ stamp: 'older', first: daysAgo(25), last: daysAgo(9) }),
      own({ first: daysAgo(8) }),
    ])
    expect([since, first, stamp]).toEqual([isoTime(daysAgo(8)), isoTime(daysAgo(25)), currentStamp])
  })

  it('without a stamp, where the policy sets none', () => {
    expect(
      told(
        judged([own({ stamp: '' })], {
          policy: Policy.parse({}),
          matches: [
            { kind: 'serial', endpoint: 0, key: 'x' },
            { kind: 'serial', endpoint: 1, key: 'x' },
          ],
        }),
      ),
    ).toBe('proven')
  })
})

/** Somebody uses Cowork on every day, so that silence of Cowork can be told. */
const coworkWitness = cowork({ email: 'witness@example.com', first: daysAgo(28), last: daysAgo(0) - 1 })

/** Only a hash says who it is. */
const hashed = (changes: Parameters<typeof sender>[0] = {}) => sender({ email: `sha256:${'0'.repeat(64)}`, ...changes })

describe('an endpoint is silent', () => {
  it('without any record', () => {
    const silent = judged([])
    expect(told(silent)).toBe('silent no-telemetry')
    expect([silent.silentSince, silent.last, silent.events]).toEqual([undefined, undefined, 0])
  })

  it('after its last record, counted to the millisecond', () => {
    const silent = judged([own({ last: daysAgo(14) - 1 })])
    expect(told(silent)).toBe('silent stopped')
    expect(silent.silentSince).toBe(new Date(daysAgo(14) - 1).toISOString())
  })

  it('after as many days as the policy says', () => {
    const policy = Policy.parse({ ...evidencePolicy, evidence: { silentAfterDays: 3 } })
    expect(told(judged([own({ last: daysAgo(4) })], { policy }))).toBe('silent stopped')
    expect(told(judged([own({ last: daysAgo(2) })], { policy }))).toBe('proven')
  })

  it('dark since an upgrade', () => {
    expect(judged([own({ version: older, last: daysAgo(15) })]).dark).toEqual({
      ...{ product: 'claude-code', surface: 'claude-code', from: older, to: '2.1.329' },
    })
    expect(judged([own({ last: daysAgo(15) })]).dark).toBeUndefined()
    // The inventory is older than the record: nothing says that the upgrade came after.
    const before = { status: 'installed', version: '2.1.329', asOf: daysAgo(16) } as const
    expect(judged([own({ version: older, last: daysAgo(15) })], { endpoint: { code: before } }).dark).toBeUndefined()
  })

  it('with an old contradiction still among the reasons', () => {
    expect(told(judged([own({ stamp: 'older', last: daysAgo(15) })]))).toBe('silent stopped other-policy')
  })

  it('although somebody unknown reports without our settings', () => {
    expect(told(judged([sender({ stamp: '', installation: 'x' })]))).toBe('silent no-telemetry')
  })

  it('although somebody reports who names no machine', () => {
    expect(told(judged([sender()]))).toBe('silent no-telemetry')
    expect(told(judged([sender({ stamp: '', serial: '$SERIALNUMBER' })]))).toBe('silent no-telemetry')
    const nameless = sender({ service: 'cowork', stamp: '', osType: 'linux', installation: 'x' })
    expect(told(judged([nameless]))).toBe('silent no-telemetry')
    const others = [own(), nameless, coworkWitness]
    expect(told(judged(others, { policy: requires('cowork') }))).toBe('silent surface-silent')
  })

  it('although somebody was not attributable long ago, or on another system', () => {
    expect(told(judged([hashed({ last: daysAgo(15) })]))).toBe('silent no-telemetry')
    expect(told(judged([hashed({ osType: 'windows' })]))).toBe('silent no-telemetry')
    expect(told(judged([hashed({ osType: 'linux' })]))).toBe('silent no-telemetry')
    expect(told(judged([hashed({ osType: 'linux' })], { endpoint: { platform: 'windows' } }))).toBe(
      'unknown may-be-unattributed',
    )
  })

  it('on a surface that the policy requires', () => {
    const policy = requires('claude-code', 'cowork')
    const silent = judged([own(), cowork({ last: daysAgo(16) }), coworkWitness], { policy })
    expect(told(silent)).toBe('silent surface-silent')
    expect([silent.reasons[0]?.surface, silent.silentSince]).toEqual(['cowork', isoTime(daysAgo(16))])
    expect(told(judged([own(), cowork()], { policy }))).toBe('proven')
    expect(told(judged([cowork()], { policy: requires('claude-code') }))).toBe('silent surface-silent')
  })
})

describe('an endpoint is contradicted', () => {
  it.each<[string, Sender[], Partial<ViewParts> & { endpoint?: Partial<KnownEndpoint> }]>([
    ['lower-version', [own({ version: older })], {}],
    ['lower-version', [own({ version: '2.1.400', last: daysAgo(3) }), own({ version: older })], {}],
    ['not-in-inventory', [own()], { endpoint: { code: { status: 'absent', asOf: daysAgo(5) } } }],
    ['not-in-inventory', [own({ version: '' })], { endpoint: { code: { status: 'absent', asOf: daysAgo(0) } } }],
    ['not-in-inventory', [own()], { endpoint: { code: { status: 'absent' }, lastSeen: daysAgo(1) } }],
    ['other-policy', [own({ stamp: 'other' })], {}],
    ['other-policy', [own({ last: daysAgo(3) }), own({ stamp: 'other' })], {}],
    [
      'other-policy',
      [own({ stamp: 'other', service: 'claude-code-desktop', version: '1.30096.1' }), own({ last: daysAgo(2) })],
      {},
    ],
    ['foreign-hook', [own()], { tables: { hooks: [hookRow(0, 'userSettings', daysAgo(3))] } }],
    ['foreign-hook', [own()], { tables: { hooks: [hookRow(0, 'pluginHook', daysAgo(3))] } }],
    [
      'foreign-hook',
      [own()],
      { tables: { hooks: [hookRow(0, 'policySettings', daysAgo(3)), hookRow(0, 'projectSettings', daysAgo(3) + 9)] } },
    ],
    // One session registers one after the other.
    [
      'foreign-hook',
      [own()],
      { tables: { hooks: [hookRow(0, 'userSettings', daysAgo(3)), hookRow(0, 'policySettings', daysAgo(3) + 9)] } },
    ],
    // A later session in another project never had it.
    ...['projectSettings', 'localSettings', 'pluginHook'].map((source): [string, Sender[], Partial<ViewParts>] => [
      'foreign-hook',
      [own()],
      { tables: { hooks: [hookRow(0, source, daysAgo(3)), hookRow(0, 'policySettings', daysAgo(2))] } },
    ]),
    // What WSL says is nothing about Windows.
    [
      'foreign-hook',
      [own({ osType: 'windows' }), own({ osType: 'linux', last: daysAgo(2) })],
      {
        tables: {
          hooks: [hookRow(0, 'userSettings', daysAgo(3)), hookRow(1, 'policySettings', daysAgo(2))],
          hookRuns: [{ ...managedOnlyRun(daysAgo(2)), sender: 1 }],
        },
      },
    ],
    ['settings-refused', [own()], { tables: { settings: [settingsRow(0, daysAgo(2), { trigger: 'refused' })] } }],
    ['settings-refused', [own()], { tables: { settings: [settingsRow(0, daysAgo(2), { error: 'helper_failed' })] } }],
  ])('%s (%#)', (code, senders, parts) => {
    expect(told(judged(senders, parts))).toBe(`contradicted ${code}`)
  })

  it('by everything at once, each with its example', () => {
    const all = judged([own({ version: older, stamp: 'other' })], {
      tables: { settings: [settingsRow(0, daysAgo(2), { trigger: 'refused', error: 'policy_invalid' })] },
    })
    expect(told(all)).toBe('contradicted lower-version other-policy settings-refused')
    expect(all.reasons.map(({ detail }) => detail)).toEqual([
      `${older}, the inventory says 2.1.329`,
      'other',
      'policy_invalid',
    ])
    expect(all.reasons.map(({ example }) => example?.at)).toEqual([daysAgo(1), daysAgo(1), daysAgo(2)].map(isoTime))
  })
})

describe('what is no contradiction', () => {
  const plugins = {
    marketplaces: [{ name: 'example', source: { github: 'example/plugins' } }],
    approved: [{ plugin: 'review@example' }],
  }
  it.each<[string, Sender[], Partial<ViewParts>]>([
    [
      'a hook that a later session no longer has',
      [own()],
      { tables: { hooks: [hookRow(0, 'userSettings', daysAgo(3)), hookRow(0, 'policySettings', daysAgo(2))] } },
    ],
    [
      'a hook before only managed ones ran',
      [own()],
      { tables: { hooks: [hookRow(0, 'userSettings', daysAgo(3))], hookRuns: [managedOnlyRun(daysAgo(2))] } },
    ],
    [
      'a hook of a project before only managed ones ran',
      [own()],
      { tables: { hooks: [hookRow(0, 'projectSettings', daysAgo(3))], hookRuns: [managedOnlyRun(daysAgo(2))] } },
    ],
    [
      'a hook under an older stamp',
      [own({ stamp: 'older', last: daysAgo(4) }), own()],
      { tables: { hooks: [hookRow(0, 'userSettings', daysAgo(4))] } },
    ],
    ['a hook of the policy', [own()], { tables: { hooks: [hookRow(0, 'policySettings', daysAgo(3))] } }],
    [
      'a hook of the command line, which a host may have passed',
      [own()],
      { tables: { hooks: [hookRow(0, 'flagSettings', daysAgo(3))] } },
    ],
    ['a hook of a source nobody has heard of', [own()], { tables: { hooks: [hookRow(0, 'sdk', daysAgo(3))] } }],
    [
      'settings that were read after they were refused',
      [own()],
      { tables: { settings: [settingsRow(0, daysAgo(3), { trigger: 'refused' }), settingsRow(0, daysAgo(2))] } },
    ],
    [
      'a source that another one shadows',
      [own()],
      { tables: { settings: [settingsRow(0, daysAgo(2), { sources: 'remote,plist' })] } },
    ],
  ])('%s', (_, senders, parts) => {
    expect(told(judged(senders, parts))).toBe('proven')
  })

  it('a user hook on a platform for which the bundle makes no hook, and so no lock', () => {
    const command = { windows: 'C:\\fleet\\hook.exe' }
    const policy = Policy.parse({ ...evidencePolicy, hooks: { required: [{ event: 'PreToolUse', command }] } })
    const { stamp } = viewOf({ senders: [], policy })
    const on = (osType: string) =>
      told(
        judged([own({ stamp: stamp!, osType })], {
          policy,
          tables: { hooks: [hookRow(0, 'userSettings', daysAgo(3))] },
        }),
      )
    expect([on('darwin'), on('windows'), on('')]).toEqual(['proven', 'contradicted foreign-hook', 'proven'])
  })

  it('a user hook where the policy allows them, or a plugin hook where it forces a plugin', () => {
    const allowed = Policy.parse({ ...evidencePolicy, hooks: { managedOnly: false } })
    const forced = Policy.parse({ ...evidencePolicy, plugins })
    const judgedBy = (policy: Policy, source: string) => {
      const { stamp } = viewOf({ senders: [], policy })
      return told(judged([own({ stamp: stamp! })], { policy, tables: { hooks: [hookRow(0, source, daysAgo(3))] } }))
    }
    expect(judgedBy(allowed, 'userSettings')).toBe('proven')
    expect(judgedBy(forced, 'pluginHook')).toBe('proven')
    expect(judgedBy(forced, 'userSettings')).toBe('contradicted foreign-hook')
  })
})

/** A clock that is two days fast: nothing of it is in the window. */
const late = (changes: Parameters<typeof sender>[0] = {}) =>
  own({ events: 0, sessions: 0, first: 0, last: 0, lastAfter: daysAgo(-2), ...changes })

describe('an endpoint is unknown', () => {
  it.each<[string, Sender[], Partial<ViewParts> & { endpoint?: Partial<KnownEndpoint> }]>([
    ['no-stamp', [own({ stamp: '' })], {}],
    ['no-stamp', [own({ last: daysAgo(2) }), own({ stamp: '' })], {}],
    // Cowork is fine, but Claude Code runs there without the policy.
    ['no-stamp', [own({ stamp: '' }), cowork()], {}],
    ['version-behind', [own({ version: older, last: daysAgo(6) })], {}],
    ['version-unknown', [own({ version: 'nightly build' })], {}],
    ['version-unknown', [own({ version: '' })], {}],
    ['version-behind', [own(), cowork({ version: '1.1.4173', last: daysAgo(6) })], { policy: requires('cowork') }],
    [
      'stamp-behind',
      [
        own({ last: daysAgo(2) }),
        own({ service: 'claude-code-desktop', version: '1.30096.1', stamp: 'other', last: daysAgo(3) }),
      ],
      { policy: requires('claude-code-desktop') },
    ],
    ['other-platform', [own({ osType: 'windows' })], {}],
    ['other-platform', [sender({ email: 'a1@example.com', osType: 'linux' })], { endpoint: { platform: 'windows' } }],
    ['may-be-unattributed', [hashed()], {}],
    [
      'may-be-unattributed',
      [own(), coworkWitness, hashed({ service: 'cowork', stamp: '' })],
      { policy: requires('cowork') },
    ],
    // Nobody at all sends anything from Cowork: that is not the fault of one endpoint.
    ['window-too-short', [own()], { policy: requires('cowork') }],
    ['window-too-short', [own(), cowork({ last: daysAgo(16) })], { policy: requires('cowork') }],
    ['version-unknown', [own()], { endpoint: { code: { status: 'unknown' } } }],
    ['version-unknown', [own({ version: '' })], { endpoint: { code: { status: 'unknown' } } }],
    ['version-unknown', [own()], { endpoint: { code: { status: 'installed', asOf: daysAgo(5) } } }],
    // It may have been installed since.
    ['version-unknown', [own({ first: daysAgo(4) })], { endpoint: { code: { status: 'absent', asOf: daysAgo(5) } } }],
    ['version-unknown', [own()], { endpoint: { code: { status: 'absent' }, lastSeen: undefined } }],
    // Its account may use Cowork on another machine.
    ['version-unknown', [cowork()], { endpoint: { desktop: { status: 'absent', asOf: daysAgo(5) } } }],
    ['after-window', [late()], {}],
    ['after-window', [own({ last: daysAgo(16), lastAfter: daysAgo(-2) })], {}],
    ['after-window', [own(), coworkWitness, late({ service: 'cowork' })], { policy: requires('cowork') }],
    ['may-be-unattributed', [late({ serial: '', email: `sha256:${'0'.repeat(64)}` })], {}],
    ['may-be-unattributed', [sender({ email: 'witness@example.com' })], { endpoint: { email: 'witness@example.com' } }],
    ['may-be-unattributed', [sender({ serial: 'A1', hostname: 'host-witness' })], {}],
    ['may-be-unattributed', [sender({ serial: 'NEW1', email: 'a1@example.com' })], { endpoint: { serial: undefined } }],
    ['may-be-unattributed', [sender({ hostname: 'renamed', email: 'a1@example.com' })], {}],
    ['may-be-unattributed', [sender({ email: 'new@example.com' })], { endpoint: { email: undefined } }],
    ['window-too-short', [], { since: daysAgo(13) }],
    ['window-too-short', [], { until: daysAgo(1) }],
    ['window-too-short', [own({ last: daysAgo(20) })], { until: daysAgo(1) }],
    ['not-expected', [], { endpoint: { state: 'excluded' } }],
    ['not-expected', [own({ last: daysAgo(20) })], { endpoint: { state: 'upgrade' } }],
  ])('%s (%#)', (code, senders, parts) => {
    expect(told(judged(senders, parts))).toBe(`unknown ${code}`)
  })

  it('where the first record of anybody is later than silence needs', () => {
    const endpoints = [knownEndpoint('A1'), knownEndpoint('WITNESS')]
    const statusWith = (...senders: Sender[]) => told(endpointsSection(viewOf({ endpoints, senders }))[0]!)
    expect(statusWith({ ...witness, first: daysAgo(13) })).toBe('unknown window-too-short')
    expect(statusWith({ ...witness, first: daysAgo(14) })).toBe('silent no-telemetry')
  })

  it('where a single wrong clock is all that is older, or where the data ends early', () => {
    const endpoints = [knownEndpoint('A1'), knownEndpoint('WITNESS')]
    const row = (ago: number, events: number) => ({
      service: 'claude-code',
      day: isoTime(daysAgo(ago)).slice(0, 10),
      events,
    })
    const statusWith = (...days: ReturnType<typeof row>[]) =>
      told(endpointsSection(viewOf({ endpoints, senders: [witness], tables: { days } }))[0]!)
    expect(statusWith(row(20, 1), row(1, 5000))).toBe('unknown window-too-short')
    expect(statusWith(row(15, 100), row(14, 100), row(13, 100))).toBe('unknown window-too-short')
    expect(statusWith(row(18, 100), row(14, 100), row(10, 100), row(5, 100))).toBe('silent no-telemetry')
  })

  it('with the time of the record that is after the window', () => {
    expect(judged([late()]).reasons).toEqual([{ code: 'after-window', detail: isoTime(daysAgo(-2)) }])
    expect(told(judged([own({ lastAfter: daysAgo(-2) })]))).toBe('proven')
  })

  it('where nobody sent anything', () => {
    expect(told(endpointsSection(viewOf({ endpoints: [knownEndpoint('A1')], senders: [] }))[0]!)).toBe(
      'unknown window-too-short',
    )
  })
})

describe('what should report', () => {
  it.each<[KnownEndpoint['state'], string[], boolean]>([
    ['ready', [], true],
    ['repair', ['hook-missing'], true],
    ['repair', ['telemetry-silent'], true],
    ['unknown', ['telemetry-unknown'], true],
    ['unknown', ['telemetry-unknown', 'no-probe'], false],
    ['unknown', [], false],
    ['upgrade', [], false],
    ['install', [], false],
    ['stale', [], false],
    ['excluded', [], false],
  ])('%s %j: %s', (state, reasons, expected) => {
    expect(judged([own()], { endpoint: { state, reasons } })).toMatchObject({ expected, status: 'proven' })
    expect(judged([own({ stamp: 'other' })], { endpoint: { state, reasons } })).toMatchObject({
      expected,
      status: 'contradicted',
    })
    expect(judged([], { endpoint: { state, reasons } }).status).toBe(expected ? 'silent' : 'unknown')
  })

  it('is not asked for a required surface otherwise', () => {
    expect(told(judged([own()], { endpoint: { state: 'upgrade' }, policy: requires('cowork') }))).toBe('proven')
  })
})

it('is judged by as many records as there are', () => {
  const senders = Array.from({ length: 150_000 }, (_, index) => own({ installation: String(index) }))
  const rows = senders.map((_, index) => index)
  const tables = {
    hooks: rows.map((row) => hookRow(row, 'userSettings', daysAgo(3))),
    hookRuns: rows.map((row) => ({ ...managedOnlyRun(daysAgo(2)), sender: row })),
    settings: rows.map((row) => settingsRow(row, daysAgo(2))),
    days: viewOf({ senders: [witness] }).tables.days,
  }
  expect(told(judged(senders, { tables }))).toBe('proven')
})

it('tells the numbers of an endpoint', () => {
  const senders = [
    own({ events: 7, sessions: 2 }),
    sender({ hostname: 'host-a1', events: 5 }),
    cowork({ events: 3, first: daysAgo(22), last: daysAgo(2) }),
  ]
  const entry = judged(senders)
  expect(entry).toMatchObject({
    events: 15,
    sessions: 4,
    matchedBy: { serial: 7, attribute: 5, email: 3 },
    first: isoTime(daysAgo(22)),
  })
  expect(entry.surfaces).toEqual([
    {
      surface: 'claude-code',
      status: 'proven',
      version: '2.1.329',
      first: isoTime(daysAgo(20)),
      last: isoTime(daysAgo(1)),
      events: 12,
    },
    {
      surface: 'cowork',
      status: 'proven',
      version: '1.30096.1',
      first: isoTime(daysAgo(22)),
      last: isoTime(daysAgo(2)),
      events: 3,
    },
  ])
})
