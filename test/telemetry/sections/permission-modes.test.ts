import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PermissionModesSection, permissionModesSection } from '../../../src/telemetry/sections/permission-modes.js'
import {
  at,
  decisionRowOf,
  evidenceViewOf,
  exampleOf,
  knownEndpointOf,
  modeRowOf,
  senderOf,
} from '../../builders/section-view.js'

const nobody = { endpoints: 0, installations: 0, endpointIds: [], installationIds: [] }
const endpoints = [knownEndpointOf({ id: 'C1' }), knownEndpointOf({ id: 'C2', department: undefined })]
const senders = [
  senderOf({ identity: ['C1'], version: '2.1.290' }),
  senderOf({ identity: ['C1'] }),
  senderOf({ identity: ['C2'] }),
  senderOf({ installation: 'loose' }),
]

it('says of nothing that nothing is known', () => {
  expect(permissionModesSection(evidenceViewOf())).toEqual({
    changes: { of: 0, rows: [] },
    risky: { of: 0, rows: [] },
    violations: { events: 0, ...nobody },
    permanentApprovals: { of: 0, rows: [] },
    permanentlyApproved: { events: 0, ...nobody },
    approvalViolations: { events: 0, ...nobody },
    unknown: nobody,
  })
})

it('tells who switched checks off, over the versions of an endpoint, and whether the policy forbids it', () => {
  const first = at('2026-11-04T08:00:00Z')
  const bypass = { to: 'bypassPermissions', trigger: 'shift_tab' }
  const section = permissionModesSection(
    evidenceViewOf({
      policy: { permissions: {} },
      endpoints,
      tables: {
        senders,
        modes: [
          modeRowOf({ ...bypass, sender: 0, events: 2, first, example: exampleOf({ session: 'early', at: first }) }),
          modeRowOf({ ...bypass, sender: 1, events: 3 }),
          modeRowOf({ from: 'bypassPermissions', to: 'default', trigger: '', sender: 3, events: 1 }),
          modeRowOf({ to: 'auto', trigger: 'auto_opt_in', sender: 2, events: 4 }),
          modeRowOf({ sender: 2, events: 9 }),
        ],
      },
    }),
  )
  expect(section.policy).toEqual({ forbidBypass: true, forbidAuto: false, managedOnly: false })
  const last = '2026-11-18T09:00:00Z'
  const later = { session: 'session-1', sequence: 7, prompt: 'prompt-1', at: last }
  expect(section.risky).toEqual({
    of: 3,
    rows: [
      {
        ...{ endpoint: 'C1', department: 'Finance', mode: 'bypassPermissions', shows: 'entered', trigger: 'shift_tab' },
        ...{ verdict: 'violation', events: 5, first: '2026-11-04T08:00:00Z', last },
        example: { session: 'early', sequence: 7, prompt: 'prompt-1', at: '2026-11-04T08:00:00Z' },
      },
      {
        ...{ installation: 'loose', mode: 'bypassPermissions', shows: 'left', trigger: '' },
        ...{ verdict: 'violation', events: 1, first: last, last, example: later },
      },
      {
        ...{ endpoint: 'C2', mode: 'auto', shows: 'entered', trigger: 'auto_opt_in' },
        ...{ verdict: 'allowed', events: 4, first: last, last, example: later },
      },
    ],
  })
  expect(section.violations).toEqual({
    ...{ events: 6, endpoints: 1, installations: 1, endpointIds: ['C1'], installationIds: ['loose'] },
  })
  expect(section.changes.rows.map(({ from, to, verdict, events }) => [from, to, verdict, events])).toEqual([
    ['default', 'bypassPermissions', 'violation', 5],
    ['bypassPermissions', 'default', 'violation', 1],
    ['default', 'acceptEdits', 'allowed', 9],
    ['default', 'auto', 'allowed', 4],
  ])
})

it.each([
  [undefined, 'not-judged', 'not-judged'],
  [{ forbidBypass: false }, 'allowed', 'allowed'],
  [{}, 'violation', 'allowed'],
  [{ forbidAuto: true }, 'violation', 'violation'],
])('judges by the policy: %j', (permissions, bypass, auto) => {
  const { risky } = permissionModesSection(
    evidenceViewOf({
      policy: { ...(permissions && { permissions }) },
      tables: { senders, modes: [modeRowOf({ to: 'bypassPermissions' }), modeRowOf({ to: 'auto' })] },
    }),
  )
  expect(Object.fromEntries(risky.rows.map(({ mode, verdict }) => [mode, verdict]))).toEqual({
    bypassPermissions: bypass,
    auto,
  })
})

it('counts a change from one forbidden mode to the other once', () => {
  const section = permissionModesSection(
    evidenceViewOf({
      policy: { permissions: { forbidAuto: true } },
      tables: { senders, modes: [modeRowOf({ from: 'bypassPermissions', to: 'auto', events: 3 })] },
    }),
  )
  expect(section.risky.of).toBe(2)
  expect(section.violations.events).toBe(3)
})

it('counts forbidden approvals before the list is cut', () => {
  const approvals = (managedOnly: boolean) =>
    permissionModesSection(
      evidenceViewOf({
        policy: { permissions: { managedOnly } },
        tables: {
          senders,
          decisions: Array.from({ length: 300 }, (_, index) =>
            decisionRowOf({ source: 'user_permanent', tool: `tool-${index}`, events: 1 }),
          ),
        },
      }),
    )
  expect(approvals(true).permanentApprovals.rows).toHaveLength(200)
  expect(approvals(true).approvalViolations).toMatchObject({ events: 300, installations: 1 })
  expect(approvals(false).approvalViolations).toMatchObject({ events: 0, installations: 0 })
})

it('finds both modes in a change from one to the other, and none in no change', () => {
  const { risky } = permissionModesSection(
    evidenceViewOf({
      tables: {
        senders,
        modes: [
          modeRowOf({ from: 'bypassPermissions', to: 'auto' }),
          modeRowOf({ from: 'auto', to: 'auto', trigger: 'auto_gate_denied' }),
        ],
      },
    }),
  )
  expect(risky.rows.map(({ mode, shows }) => [mode, shows])).toEqual([
    ['bypassPermissions', 'left'],
    ['auto', 'entered'],
  ])
})

describe('permanent approvals', () => {
  const decisions = [
    decisionRowOf({ sender: 0, source: 'user_permanent', events: 3 }),
    decisionRowOf({ sender: 1, source: 'user_permanent', events: 4 }),
    decisionRowOf({ sender: 2, source: 'user_permanent', decision: 'reject', events: 50 }),
    decisionRowOf({ sender: 2, source: 'user_temporary', events: 60 }),
    decisionRowOf({ sender: 2, source: 'user_permanent', tool: 'mcp_tool', events: 1 }),
  ]

  it('are accepted ones of that source only, by endpoint and tool', () => {
    const section = permissionModesSection(
      evidenceViewOf({ policy: { permissions: {} }, endpoints, tables: { senders, decisions } }),
    )
    expect(section.permanentApprovals.rows).toMatchObject([
      { endpoint: 'C1', department: 'Finance', tool: 'Bash', verdict: 'allowed', events: 7 },
      { endpoint: 'C2', tool: 'mcp_tool', verdict: 'allowed', events: 1 },
    ])
    expect(section.permanentlyApproved).toMatchObject({ events: 8, endpoints: 2, endpointIds: ['C1', 'C2'] })
  })

  it.each([
    [undefined, 'not-judged'],
    [{ managedOnly: true }, 'violation'],
  ])('are judged by %j', (permissions, verdict) => {
    const section = permissionModesSection(
      evidenceViewOf({ policy: { ...(permissions && { permissions }) }, tables: { senders, decisions } }),
    )
    expect(new Set(section.permanentApprovals.rows.map((row) => row.verdict))).toEqual(new Set([verdict]))
  })
})

it('leaves those unknown who are active only where no mode is reported', () => {
  const { unknown } = permissionModesSection(
    evidenceViewOf({
      endpoints,
      tables: {
        senders: [
          senderOf({ identity: ['C1'], service: 'cowork' }),
          senderOf({ identity: ['C1'] }),
          senderOf({ identity: ['C2'], service: 'cowork' }),
          senderOf({ service: 'cowork', events: 0, installation: 'quiet' }),
        ],
      },
    }),
  )
  expect(unknown).toEqual({ ...nobody, endpoints: 1, endpointIds: ['C2'] })
})

it('adds up to the table, whatever is in it', () => {
  const mode = fc.constantFrom('default', 'plan', 'auto', 'bypassPermissions', '', '\u001b[31m')
  const modes = fc.array(
    fc
      .record({
        ...{ sender: fc.integer({ min: 0, max: 3 }), from: mode, to: mode, trigger: fc.constantFrom('', 'shift_tab') },
        events: fc.integer({ min: 1, max: 100 }),
      })
      .map(modeRowOf),
    { maxLength: 30 },
  )
  fc.assert(
    fc.property(modes, fc.boolean(), (rows, forbidAuto) => {
      const section = permissionModesSection(
        evidenceViewOf({ policy: { permissions: { forbidAuto } }, endpoints, tables: { senders, modes: rows } }),
      )
      expect(PermissionModesSection.parse(section)).toEqual(section)
      const sum = (values: readonly { readonly events: number }[]) =>
        values.reduce((total, { events }) => total + events, 0)
      expect(sum(section.changes.rows)).toBe(sum(rows))
      const changed = rows.filter(({ from, to }) => from !== to)
      for (const risky of ['bypassPermissions', 'auto'] as const)
        expect(sum(section.risky.rows.filter((row) => row.mode === risky))).toBe(
          sum(changed.filter(({ from, to }) => from === risky || to === risky)),
        )
    }),
  )
})
