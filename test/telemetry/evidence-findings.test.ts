import { describe, expect, it } from 'vitest'
import { policyStamp } from '../../src/bundle/stamp.js'
import { isoTime } from '../../src/platform/clock.js'
import { Policy } from '../../src/policy/policy.js'
import { findingsText } from '../../src/report/evidence/findings-text.js'
import { paintFor } from '../../src/report/paint.js'
import type { CanaryResult } from '../../src/telemetry/canary/canary-result.js'
import { Finding, findingsOf } from '../../src/telemetry/evidence-findings.js'
import { baselinesSection } from '../../src/telemetry/sections/baselines.js'
import { coverageSection } from '../../src/telemetry/sections/coverage.js'
import { endpointsSection } from '../../src/telemetry/sections/endpoints.js'
import { ghostsSection } from '../../src/telemetry/sections/ghosts.js'
import { hooksSection } from '../../src/telemetry/sections/hooks.js'
import { identitySection } from '../../src/telemetry/sections/identity.js'
import { permissionModesSection } from '../../src/telemetry/sections/permission-modes.js'
import { policyInForceSection } from '../../src/telemetry/sections/policy-in-force.js'
import { redactionSection } from '../../src/telemetry/sections/redaction.js'
import { toolsSection } from '../../src/telemetry/sections/tools.js'
import type { ContentRow, TelemetryTables } from '../../src/telemetry/tables.js'
import type { KnownEndpoint } from '../../src/telemetry/view.js'
import {
  asOf,
  daysAgo,
  evidencePolicy,
  exampleAt,
  knownEndpoint,
  sender,
  settingsRow,
  viewOf,
} from '../builders/evidence-view.js'
import {
  decisionRowOf,
  hookRowOf,
  hookRunRowOf,
  modeRowOf,
  toolRowOf,
  viewSince,
  workingDaysOf,
} from '../builders/section-view.js'

const requiredEvents = ['PostToolUse', 'PreToolUse', 'SessionStart'] as const
const policy = Policy.parse({
  telemetry: evidencePolicy.telemetry,
  collector: {},
  hooks: { required: requiredEvents.map((event) => ({ event, command: '/usr/local/bin/guard' })) },
  permissions: { managedOnly: true, forbidAuto: true },
  evidence: { approved: [{ tools: ['Bash'] }] },
})
const stamp = policyStamp(policy)

/** Of the endpoint A1 and B2; work on 20 days, seen by the hooks of the managed settings. */
const own = (serial: string, changes: Parameters<typeof sender>[0] = {}) =>
  sender({ serial, stamp, installation: `of-${serial}`, toolEvents: 20, prompts: 10, ...changes })

const hooksOf = (index: number) => ({
  hooks: requiredEvents.map((hookEvent) => hookRowOf({ sender: index, hookEvent })),
  hookRuns: [hookRunRowOf({ sender: index })],
})

const both = [own('A1'), own('B2')]
const clean = {
  hooks: [...hooksOf(0).hooks, ...hooksOf(1).hooks],
  hookRuns: [...hooksOf(0).hookRuns, ...hooksOf(1).hookRuns],
  tools: [toolRowOf(), toolRowOf({ sender: 1 })],
}

interface Parts {
  readonly senders?: readonly ReturnType<typeof sender>[]
  readonly tables?: Partial<TelemetryTables>
  readonly endpoints?: readonly KnownEndpoint[]
  readonly canary?: CanaryResult
}

/** The findings of a fleet of two endpoints with nothing wrong, but for the changes. */
function findingsFor({
  senders = both,
  tables,
  endpoints = ['A1', 'B2'].map((id) => knownEndpoint(id)),
  canary,
}: Parts) {
  const view = viewOf({ senders, policy, endpoints, tables: { ...clean, ...tables } })
  const entries = endpointsSection(view)
  const findings = findingsOf({
    schema: 'fleet.evidence/v1',
    asOf: isoTime(asOf),
    policy: { digest: 'sha256:example' },
    window: { until: isoTime(asOf) },
    input: {
      ...{ kind: 'clickhouse', tables: [], read: 0, counted: 0, duplicates: 0, canary: 0, beforeWindow: 0 },
      ...{ afterWindow: 0, withoutSequence: 0, foreign: [], foreignServices: 0 },
    },
    warnings: [],
    coverage: coverageSection(view, entries),
    identity: identitySection(view),
    policyInForce: policyInForceSection(view),
    hooks: hooksSection(view),
    tools: toolsSection(view),
    baselines: baselinesSection(view),
    permissionModes: permissionModesSection(view),
    redaction: redactionSection(view, { ...(canary && { canary }) }),
    ghosts: ghostsSection(view),
    endpoints: [...entries],
  })
  expect(findings.map((one) => Finding.parse(one))).toEqual(findings)
  return findings
}

const one = { endpoints: 1, installations: 0 }
const times = <Value>(count: number, make: (index: number) => Value) => Array.from({ length: count }, (_, i) => make(i))

const contentRow = (field: string, changes: Partial<ContentRow> = {}): ContentRow => ({
  ...{ service: 'claude-code', version: '2.1.329', signal: 'log', event: 'user_prompt', field },
  ...{ present: 5, redacted: 0, presentInCopies: 0, example: exampleAt(daysAgo(2)) },
  ...changes,
})

const canaryOf = (changes: Partial<CanaryResult>): CanaryResult => ({
  ...{ verdict: 'clean', records: { sent: 4, arrived: 4 }, tokens: { sent: 9, survived: 0, leaked: 0 } },
  ...{ missing: [], survivors: [], moreSurvivors: 0, unsearched: [] },
  ...changes,
})

const codes = Finding.shape.code.options
type Code = Finding['code']

/** What produces a finding, and the finding. */
const faults: Readonly<Record<Code, readonly [Parts, Omit<Finding, 'code'>]>> = {
  'content-above-tier': [
    { tables: { content: ['prompt', 'response', 'body'].map((field) => contentRow(field)) } },
    { section: 'redaction', count: 5, names: ['body', 'prompt', 'response'] },
  ],
  'identity-in-clear': [
    { tables: { content: [contentRow('user.email', { present: 3 }), contentRow('login', { present: 2 })] } },
    { section: 'redaction', count: 3, names: ['user.email', 'login'] },
  ],
  'canary-leaked': [
    { canary: canaryOf({ verdict: 'leak', tokens: { sent: 9, survived: 3, leaked: 2 } }) },
    { section: 'redaction', count: 2, names: [] },
  ],
  'canary-unproven': [
    { canary: canaryOf({ verdict: 'unknown', problem: 'not-searched' }) },
    { section: 'redaction', count: 9, names: [], problem: 'not-searched' },
  ],
  'machines-unknown': [
    { senders: [...both, own('X9'), own('X9', { version: '2.1.290' }), own('X8', { events: 1 })] },
    { section: 'ghosts', count: 2, names: ['X9', 'X8'] },
  ],
  'accounts-unknown': [
    { senders: [...both, own('', { email: 'eve@example.com' })] },
    { section: 'ghosts', count: 1, names: ['eve@example.com'] },
  ],
  'not-attributable': [
    { senders: [...both, own(''), own('', { version: '2.1.290' })] },
    { section: 'ghosts', count: 20, names: ['no-identity'] },
  ],
  'dark-since': [
    {
      senders: [both[0]!, own('B2', { last: daysAgo(16) })],
      endpoints: [
        knownEndpoint('A1'),
        knownEndpoint('B2', { code: { status: 'installed', version: '2.1.400', asOf: daysAgo(10) } }),
      ],
    },
    { section: 'coverage', ...one, count: 1, names: ['claude-code 2.1.400'] },
  ],
  'other-policy': [
    { senders: [both[0]!, ...['a', 'b', 'c'].map((other) => own('B2', { stamp: other }))] },
    { section: 'policy', ...one, count: 30, names: ['a', 'b', 'c'] },
  ],
  'no-stamp': [
    { senders: [both[0]!, ...['2.1.290', '2.1.329'].map((version) => own('B2', { stamp: '', version }))] },
    { section: 'policy', ...one, count: 20, names: [] },
  ],
  'settings-refused': [
    { tables: { settings: ['parse', 'schema', 'read'].map((error) => settingsRow(1, daysAgo(1), { error })) } },
    { section: 'policy', ...one, count: 3, names: ['parse', 'read', 'schema'] },
  ],
  'hook-missing': [
    { tables: { hooks: hooksOf(0).hooks, hookRuns: [hookRunRowOf(), hookRunRowOf({ sender: 1, hookEvent: 'Stop' })] } },
    { section: 'hooks', ...one, count: 3, names: [...requiredEvents] },
  ],
  'hook-unseen': [
    {
      senders: [both[0]!, own('B2'), own('B2', { service: 'claude-code-desktop' })],
      tables: { hookRuns: [hookRunRowOf()] },
    },
    { section: 'hooks', ...one, count: 40, names: ['claude-code', 'claude-code-desktop'] },
  ],
  'hook-failing-open': [
    {
      tables: {
        hookRuns: [
          ...clean.hookRuns,
          ...requiredEvents.map((hookEvent) => hookRunRowOf({ sender: 1, hookEvent, cancelled: 2 })),
        ],
      },
    },
    // PreToolUse first: it ran on both endpoints.
    { section: 'hooks', ...one, count: 6, names: ['PreToolUse', 'PostToolUse', 'SessionStart'] },
  ],
  'foreign-hook': [
    {
      tables: {
        hooks: [
          ...clean.hooks,
          ...requiredEvents.map((hookEvent) => hookRowOf({ sender: 1, hookEvent, hookSource: 'userSettings' })),
          hookRowOf({ sender: 0, hookSource: 'flagSettings', events: 70 }),
        ],
      },
    },
    { section: 'hooks', ...one, count: 3, names: requiredEvents.map((event) => `${event} of userSettings`) },
  ],
  'not-approved': [
    {
      endpoints: [knownEndpoint('A1', { department: 'Sales' }), knownEndpoint('B2', { department: 'Finance' })],
      tables: {
        tools: times(600, (index) => toolRowOf({ sender: index % 2, tool: `tool-${1000 + Math.floor(index / 2)}` })),
      },
    },
    {
      section: 'tools',
      endpoints: 2,
      installations: 0,
      count: 300,
      names: times(5, (index) => `tool tool-${1000 + index}`),
    },
  ],
  'mode-forbidden': [
    {
      tables: {
        modes: [
          modeRowOf({ sender: 1, from: 'bypassPermissions', to: 'auto' }),
          ...times(250, (index) => modeRowOf({ sender: 1, to: 'auto', trigger: `t${index}` })),
        ],
      },
    },
    { section: 'permissions', ...one, count: 251, names: [] },
  ],
  'approval-forbidden': [
    {
      tables: {
        decisions: times(300, (index) =>
          decisionRowOf({ sender: 1, source: 'user_permanent', tool: `tool-${1000 + index}`, events: 2 }),
        ),
      },
    },
    { section: 'permissions', ...one, count: 600, names: times(5, (index) => `tool-${1000 + index}`) },
  ],
  anomaly: [
    {
      tables: {
        days: workingDaysOf(viewSince, asOf),
        toolWeeks: times(300, (tool) =>
          times(9, (week) => ({
            ...{ service: 'claude-code', tool: `tool-${1000 + tool}`, calls: 1000 },
            week: new Date(viewSince + week * 7 * 86_400_000).toISOString().slice(0, 10),
            failures: week === 8 ? 900 : 20 + (week % 3),
          })),
        ).flat(),
      },
    },
    { section: 'baselines', count: 300, names: times(5, (index) => `tool-${1000 + index}`) },
  ],
}

it('finds nothing where nothing is wrong', () => {
  expect(findingsFor({})).toEqual([])
  expect(findingsFor({ canary: canaryOf({}) })).toEqual([])
})

describe.each(codes)('%s', (code) => {
  const [parts, expected] = faults[code]

  it('is found, with every endpoint counted once and nothing cut', () => {
    expect(findingsFor(parts).filter((found) => found.code === code)).toEqual([{ code, ...expected }])
  })

  it('is told on a terminal in one row', () => {
    const text = findingsText([{ code, ...expected }], { width: 200, paint: paintFor(false) })
    expect(text.split('\n')).toHaveLength(3)
    expect(text).toContain(expected.section)
    for (const name of expected.names) expect(text).toContain(name)
  })
})

it.each(['not-arrived', 'arrived-in-part', 'not-searched', 'no-policy', 'identity-not-judged'] as const)(
  'says why a canary proves nothing: %s',
  (problem) => {
    const found = findingsFor({ canary: canaryOf({ verdict: 'unknown', problem }) })
    const text = findingsText(found, { width: 200, paint: paintFor(false) })
    const words = {
      'not-arrived': 'nothing of it arrived',
      'arrived-in-part': 'not all of it arrived',
      'not-searched': 'not all inputs could be searched',
      'no-policy': 'there is no policy to hold it against',
      'identity-not-judged': 'the policy does not say whether people may be named',
    }
    expect(text).toContain(`the canary proves nothing: ${words[problem]}`)
  },
)

it('counts what leaked in copies only', () => {
  const content = [contentRow('prompt', { present: 0, presentInCopies: 4 })]
  expect(findingsFor({ tables: { content } })).toMatchObject([{ code: 'content-above-tier', count: 4 }])
})

it('names nothing twice', () => {
  for (const [parts] of Object.values(faults))
    for (const { names } of findingsFor(parts)) expect(new Set(names).size).toBe(names.length)
})
