import { describe, expect, it } from 'vitest'
import { isoTime } from '../../../src/platform/clock.js'
import { Policy } from '../../../src/policy/policy.js'
import { PolicyInForceSection, policyInForceSection } from '../../../src/telemetry/sections/policy-in-force.js'
import type { EvidenceView } from '../../../src/telemetry/view.js'
import {
  currentStamp,
  daysAgo,
  knownEndpoint,
  sender,
  settingsRow,
  viewOf,
  witness,
} from '../../builders/evidence-view.js'

const policyOf = (view: EvidenceView) =>
  PolicyInForceSection.parse(JSON.parse(JSON.stringify(policyInForceSection(view))))

describe('policy in force', () => {
  const endpoints = [knownEndpoint('A1'), knownEndpoint('B2'), knownEndpoint('C3', { code: { status: 'absent' } })]
  const senders = [
    sender({ serial: 'A1', events: 5 }),
    sender({ serial: 'B2', stamp: 'other', version: '2.1.290', events: 3 }),
    sender({ serial: 'C3', stamp: '', events: 2 }),
    sender({ installation: 'x', events: 1, version: '2.1.400' }),
    sender({ service: 'cowork', stamp: '', email: 'a1@example.com', version: '1.30096.1', events: 9 }),
  ]
  const view = viewOf({
    endpoints,
    senders,
    tables: {
      settings: [
        settingsRow(0, daysAgo(3), { sources: 'remote,plist', digest: 'aa', events: 4 }),
        settingsRow(1, daysAgo(2), { sources: 'remote,plist', behavior: 'merge', digest: 'bb' }),
        settingsRow(2, daysAgo(2), { trigger: 'refused', error: 'policy_invalid', sources: '' }),
        settingsRow(3, daysAgo(5), { trigger: 'refused', error: 'policy_invalid', sources: 'file' }),
      ],
    },
  })

  it('counts stamps where surfaces can bear one', () => {
    const { stamps, stamp } = policyOf(view)
    expect(stamp).toBe(currentStamp)
    expect(
      stamps.rows.map(({ stamp: one, standing, events, endpoints: of, installations }) => [
        one,
        standing,
        events,
        of,
        installations,
      ]),
    ).toEqual([
      [currentStamp, 'current', 6, 1, 1],
      ['other', 'other', 3, 1, 0],
      ['', 'none', 2, 1, 0],
    ])
  })

  it('tells what clients say of their managed settings', () => {
    const { settings } = policyOf(view)
    const values = (rows: readonly { value: string; events: number }[]) =>
      rows.map(({ value, events }) => [value, events])
    expect(settings.events).toBe(7)
    expect(values(settings.triggers)).toEqual([
      ['startup', 5],
      ['refused', 2],
    ])
    expect(values(settings.winning)).toEqual([
      ['remote', 5],
      ['', 1],
      ['file', 1],
    ])
    // Under merge nothing is left out.
    expect(values(settings.shadowed)).toEqual([['plist', 4]])
    expect(values(settings.digests.rows)).toEqual([
      ['aa', 4],
      ['bb', 1],
    ])
    expect(settings.refused.rows).toEqual([
      {
        trigger: 'refused',
        error: 'policy_invalid',
        events: 2,
        endpoints: 1,
        installations: 1,
        endpointIds: ['C3'],
        installationIds: ['x'],
        last: isoTime(daysAgo(2)),
        example: { session: 'session', sequence: 1, at: isoTime(daysAgo(5)) },
      },
    ])
  })

  it('compares versions with the inventory', () => {
    const { versions } = policyOf(view)
    const nothing = { equal: 0, newer: 0, lower: 0, notInInventory: 0, notComparable: 0 }
    expect(versions.comparison).toEqual([
      { surface: 'claude-code', product: 'claude-code', ...nothing, equal: 1, lower: 1, notInInventory: 1 },
      { surface: 'cowork', product: 'claude-desktop', ...nothing, equal: 1 },
    ])
    expect(versions.reported.rows.map(({ surface, version, events }) => [surface, version, events])).toEqual([
      ['cowork', '1.30096.1', 9],
      ['claude-code', '2.1.329', 7],
      ['claude-code', '2.1.290', 3],
      ['claude-code', '2.1.400', 1],
    ])
  })

  it('counts everybody once, also beyond the rows that are shown', () => {
    const stamps = Array.from({ length: 300 }, (_, index) => `other ${index}`)
    const all = viewOf({
      endpoints,
      senders: [
        ...stamps.map((stamp) => sender({ serial: 'A1', stamp, events: 2 })),
        sender({ serial: 'B2', stamp: 'other 1', events: 1 }),
        sender({ serial: 'B2', stamp: '', events: 4 }),
        sender({ installation: 'x', stamp: '', events: 5 }),
      ],
      tables: {
        settings: stamps.map((error, index) =>
          settingsRow(index, daysAgo(2), { trigger: 'refused', error, events: 3 }),
        ),
      },
    })
    const { stamps: rows, otherPolicy, withoutStamp, settings } = policyOf(all)
    expect([rows.of, rows.rows.length, settings.refused.of, settings.refused.rows.length]).toEqual([301, 200, 300, 200])
    const nobody = { installations: 0, installationIds: [] }
    expect(otherPolicy).toEqual({ events: 601, endpoints: 2, endpointIds: ['A1', 'B2'], ...nobody })
    expect(withoutStamp).toEqual({
      ...{ events: 9, endpoints: 1, installations: 1, endpointIds: ['B2'], installationIds: ['x'] },
    })
    expect(settings.refusedTotal).toEqual({ events: 900, endpoints: 1, endpointIds: ['A1'], ...nobody })
  })

  it('judges no stamp where the policy sets none, nor the lack of one', () => {
    const senders = [witness, sender({ installation: 'x', stamp: '' })]
    const { problem, stamps, otherPolicy, withoutStamp } = policyOf(viewOf({ senders, policy: Policy.parse({}) }))
    expect([problem, stamps.rows.map(({ standing }) => standing)]).toEqual([
      'no-stamp-in-policy',
      ['not-judged', 'not-judged'],
    ])
    expect([otherPolicy.events, otherPolicy.installations, withoutStamp.events, withoutStamp.installations]).toEqual([
      ...[0, 0, 0, 0],
    ])
  })
})
