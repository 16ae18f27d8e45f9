import { describe, expect, it } from 'vitest'
import { isoTime } from '../../../src/platform/clock.js'
import { GhostsSection, ghostsSection } from '../../../src/telemetry/sections/ghosts.js'
import type { EvidenceView } from '../../../src/telemetry/view.js'
import { daysAgo, exampleAt, hookRow, knownEndpoint, sender, viewOf } from '../../builders/evidence-view.js'

const ghostsOf = (view: EvidenceView) => GhostsSection.parse(JSON.parse(JSON.stringify(ghostsSection(view))))
const hash = `sha256:${'0'.repeat(64)}`

describe('ghosts', () => {
  const view = viewOf({
    endpoints: [
      knownEndpoint('A1'),
      knownEndpoint('B2', { email: 'shared@example.com' }),
      knownEndpoint('C3', { email: 'shared@example.com' }),
    ],
    senders: [
      sender({ serial: 'new1', email: 'x@home.example', events: 3, first: daysAgo(9) }),
      sender({ serial: 'NEW1', email: 'a1@example.com', version: '2.1.400', events: 4 }),
      sender({ hostname: 'stranger', events: 9, service: 'claude-code-desktop' }),
      sender({ email: 'New@Example.com', events: 2 }),
      sender({ email: 'new@example.com', events: 2, service: 'cowork' }),
      sender({ email: hash, events: 5 }),
      sender({ email: 'shared@example.com', events: 6 }),
      sender({ serial: 'A1', hostname: 'host-b2', events: 1 }),
      sender({ installation: 'one', events: 7 }),
      sender({ installation: 'two', account: 'account', events: 8 }),
      sender({ serial: 'A1', events: 100 }),
    ],
    tables: { hooks: [hookRow(1, 'userSettings', daysAgo(5)), hookRow(0, 'userSettings', daysAgo(4))] },
  })

  it('are machines by what names them, and accounts', () => {
    const { machines, accounts } = ghostsOf(view)
    expect(machines.of).toBe(2)
    expect(machines.rows.map(({ key, value, events }) => [key, value, events])).toEqual([
      ['host.name', 'stranger', 9],
      ['endpoint.serial', 'NEW1', 7],
    ])
    expect(machines.rows[1]).toMatchObject({
      first: isoTime(daysAgo(20)),
      surfaces: ['claude-code'],
      versions: ['2.1.329', '2.1.400'],
      accounts: ['a1@example.com', 'x@home.example'],
      // The earlier of the examples that any table has of its senders.
      example: { session: 'session', sequence: 1, at: isoTime(exampleAt(daysAgo(5)).at) },
    })
    expect(machines.rows[0]!.example).toEqual({ at: isoTime(daysAgo(20)) })
    expect(accounts.rows).toMatchObject([
      { key: 'user.email', value: 'new@example.com', events: 4, surfaces: ['claude-code', 'cowork'] },
    ])
  })

  it('are told apart from what cannot be attributed', () => {
    const { notAttributable } = ghostsOf(view)
    expect(
      notAttributable.map(({ problem, events, senders, examples }) => [problem, events, senders, examples[0]!.value]),
    ).toEqual([
      ['no-identity', 15, 2, 'account'],
      ['several-endpoints', 6, 1, 'shared@example.com'],
      ['hashed', 5, 1, hash],
      ['disagreement', 1, 1, 'A1'],
    ])
  })

  it('are accounts by their address, where the inventory knows no serial number at all', () => {
    const endpoints = [knownEndpoint('A1', { serial: undefined, hostname: undefined })]
    const { accounts, machines } = ghostsOf(
      viewOf({ endpoints, senders: [sender({ serial: 'NEW1', email: 'new@example.com' })] }),
    )
    expect([machines.of, accounts.rows[0]!.value]).toEqual([0, 'new@example.com'])
  })

  it('are nothing without an inventory', () => {
    const none = ghostsOf(viewOf({ endpoints: undefined, senders: [sender({ serial: 'NEW1' })] }))
    expect(none).toEqual({
      problem: 'no-inventory',
      machines: { of: 0, rows: [] },
      accounts: { of: 0, rows: [] },
      notAttributable: [],
    })
  })

  it('are as many as there are', () => {
    const many = Array.from({ length: 150_000 }, (_, index) => sender({ installation: `installation ${index}` }))
    const [row] = ghostsSection(viewOf({ senders: many, tables: { days: [] } })).notAttributable
    expect([row!.problem, row!.senders, row!.last]).toEqual(['no-identity', 150_000, isoTime(daysAgo(1))])
  })

  it('are cut, with how many there are', () => {
    const many = Array.from({ length: 250 }, (_, index) => sender({ serial: `GHOST${index}`, events: index + 1 }))
    const { machines } = ghostsOf(viewOf({ senders: many }))
    expect([machines.of, machines.rows.length, machines.rows[0]!.value]).toEqual([250, 200, 'GHOST249'])
  })
})
