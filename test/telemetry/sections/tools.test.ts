import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toolAndServer } from '../../../src/telemetry/sections/tool-names.js'
import { ToolsSection, toolsSection } from '../../../src/telemetry/sections/tools.js'
import type { TelemetryTables } from '../../../src/telemetry/tables.js'
import {
  at,
  connectionRowOf,
  decisionRowOf,
  evidenceViewOf,
  exampleOf,
  knownEndpointOf,
  pluginRowOf,
  senderOf,
  skillRowOf,
  toolRowOf,
} from '../../builders/section-view.js'

const endpoints = [
  knownEndpointOf({ id: 'C1', department: 'Finance' }),
  knownEndpointOf({ id: 'C2', department: 'Engineering', groups: ['Pilots'] }),
]
const senders = [senderOf({ identity: ['C1'] }), senderOf({ identity: ['C2'] }), senderOf({ installation: 'loose' })]

const sectionOf = (policy: Record<string, unknown>, tables: Partial<TelemetryTables>) =>
  toolsSection(evidenceViewOf({ policy, endpoints, tables: { senders, ...tables } }))

/** The verdict on the only use of a kind. */
function verdictOn(kind: string, policy: Record<string, unknown>, tables: Partial<TelemetryTables>) {
  const rows = sectionOf(policy, tables).uses.rows.filter((row) => row.kind === kind)
  expect(rows).toHaveLength(1)
  return [rows[0]!.verdict, rows[0]!.why]
}

const approving = (...approved: readonly Record<string, unknown>[]) => ({ evidence: { approved } })

it('says of nothing that nothing was used', () => {
  const none = { approved: 0, violation: 0, cannotTell: 0, notJudged: 0 }
  expect(toolsSection(evidenceViewOf())).toEqual({
    uses: { of: 0, rows: [] },
    byDepartment: { of: 0, rows: [] },
    byGroup: { of: 0, rows: [] },
    verdicts: ['tool', 'mcp-server', 'skill', 'plugin'].map((kind) => ({ kind, ...none })),
    violations: { of: 0, rows: [] },
    violating: { things: 0, uses: 0, endpoints: 0, installations: 0, endpointIds: [], installationIds: [] },
    mcpByAddress: { allowed: 0, denied: 0 },
    decisions: {
      ...{ sources: { of: 0, rows: [] }, accepted: 0, rejected: 0, other: 0 },
      ...{ undocumentedSources: 0, unmatchedServices: [] },
    },
  })
})

it('tells who used what, by department and group, and the worst verdict of any of them', () => {
  const newer = at('2026-11-19T09:00:00Z')
  const section = sectionOf(
    approving({ department: 'finance', tools: ['Read'] }, { group: 'pilots', tools: ['Bash'] }),
    {
      tools: [
        toolRowOf({ sender: 0, calls: 5, failures: 1, example: exampleOf({ session: 'a', prompt: 'p-a' }) }),
        toolRowOf({ sender: 1, calls: 20, last: newer }),
        toolRowOf({ sender: 0, tool: 'Read', calls: 8 }),
      ],
    },
  )
  expect(
    section.uses.rows.map(({ name, calls, failures, failurePercent, endpoints: of, verdict }) => ({
      ...{ name, calls, failures, failurePercent, of, verdict },
    })),
  ).toEqual([
    { name: 'Bash', calls: 25, failures: 1, failurePercent: 4, of: 2, verdict: 'cannot-tell' },
    { name: 'Read', calls: 8, failures: 0, failurePercent: 0, of: 1, verdict: 'approved' },
  ])
  expect(
    section.byDepartment.rows.map(({ department, name, calls, verdict }) => [department, name, calls, verdict]),
  ).toEqual([
    ['Engineering', 'Bash', 20, 'approved'],
    ['Finance', 'Read', 8, 'approved'],
    ['Finance', 'Bash', 5, 'cannot-tell'],
  ])
  expect(section.byGroup.rows.map(({ group, name, calls }) => [group, name, calls])).toEqual([
    ['Pilots', 'Bash', 20],
    ['(none)', 'Read', 8],
    ['(none)', 'Bash', 5],
  ])
})

it('lists violations newest first, with the sessions and prompts that show them', () => {
  const older = at('2026-11-10T09:00:00Z')
  const section = sectionOf(approving({ tools: ['Read'] }), {
    tools: [
      toolRowOf({ sender: 0, tool: 'Edit', calls: 7, last: older, example: exampleOf({ at: older }) }),
      toolRowOf({ sender: 1, calls: 3, example: exampleOf({ session: 'later', at: at('2026-11-18T08:00:00Z') }) }),
      toolRowOf({ sender: 2, calls: 1 }),
      toolRowOf({
        sender: 1,
        calls: 2,
        mcpScope: 'x',
        example: exampleOf({ session: 'first', prompt: 'p', at: older }),
      }),
    ],
  })
  const reach = { endpoints: 1, installations: 0, installationIds: [] }
  const violation = { kind: 'tool', why: 'not-approved', events: 0 }
  expect(section.violations).toEqual({
    of: 3,
    rows: [
      {
        ...{ ...violation, name: 'Bash', department: '(not in the inventory)', calls: 1 },
        ...{ endpoints: 0, installations: 1, endpointIds: [], installationIds: ['loose'] },
        last: '2026-11-18T09:00:00Z',
        example: { session: 'session-1', sequence: 7, prompt: 'prompt-1', at: '2026-11-18T09:00:00Z' },
      },
      {
        ...{ ...violation, name: 'Bash', department: 'Engineering', calls: 5, ...reach, endpointIds: ['C2'] },
        last: '2026-11-18T09:00:00Z',
        example: { session: 'first', sequence: 7, prompt: 'p', at: '2026-11-10T09:00:00Z' },
      },
      {
        ...{ ...violation, name: 'Edit', department: 'Finance', calls: 7, ...reach, endpointIds: ['C1'] },
        last: '2026-11-10T09:00:00Z',
        example: { session: 'session-1', sequence: 7, prompt: 'prompt-1', at: '2026-11-10T09:00:00Z' },
      },
    ],
  })
  expect(section.violating).toMatchObject({ endpoints: 2, installations: 1, endpointIds: ['C1', 'C2'] })
})

describe('the approved set', () => {
  const bash = (sender: number) => ({ tools: [toolRowOf({ sender })] })

  it.each([
    ['no rule', approving(), 0, 'not-judged', 'no-rule'],
    ['a rule for another kind', approving({ skills: ['*'] }), 0, 'not-judged', 'no-rule'],
    ['its name', approving({ tools: ['Bash'] }), 0, 'approved', 'approved'],
    ['its start', approving({ tools: ['Ba*'] }), 0, 'approved', 'approved'],
    ['only another name', approving({ tools: ['Bas', 'Bash2', 'bash'] }), 0, 'violation', 'not-approved'],
    ['nothing at all', approving({ tools: [] }), 0, 'violation', 'not-approved'],
    ['the union of rules', approving({ tools: ['Read'] }, { tools: ['Bash'] }), 0, 'approved', 'approved'],
    ['its department', approving({ department: 'FINANCE', tools: ['Bash'] }), 0, 'approved', 'approved'],
    ['another department', approving({ department: 'Finance', tools: ['Bash'] }), 1, 'not-judged', 'no-rule'],
    [
      'nobody knows the department',
      approving({ department: 'Finance', tools: ['Bash'] }),
      2,
      'cannot-tell',
      'user-unknown',
    ],
    [
      'a rule that decides whether it is judged at all, of a department nobody knows',
      approving({ department: 'Finance', tools: ['Read'] }),
      ...([2, 'cannot-tell', 'user-unknown'] as const),
    ],
    [
      'a rule for all, and one of a department nobody knows',
      approving({ tools: ['Read'] }, { department: 'Finance', tools: ['Bash'] }),
      ...([2, 'cannot-tell', 'user-unknown'] as const),
    ],
    [
      'a rule for all, and one that would not help',
      approving({ tools: ['Read'] }, { department: 'Finance', tools: ['Edit'] }),
      ...([2, 'violation', 'not-approved'] as const),
    ],
    ['its group', approving({ group: 'pilots', tools: ['Bash'] }), 1, 'approved', 'approved'],
    ['another group', approving({ group: 'Auditors', tools: ['Bash'] }), 1, 'not-judged', 'no-rule'],
    ['nobody knows the groups', approving({ group: 'Pilots', tools: ['Bash'] }), 0, 'cannot-tell', 'user-unknown'],
    [
      'group and department, of which one is another',
      approving({ group: 'Pilots', department: 'Engineering', tools: ['Bash'] }),
      ...([0, 'not-judged', 'no-rule'] as const),
    ],
  ])('judges by %s', (_, policy, sender, verdict, why) => {
    expect(verdictOn('tool', policy, bash(sender))).toEqual([verdict, why])
  })

  it('takes the groups of a gateway like those of the inventory', () => {
    const section = toolsSection(
      evidenceViewOf({
        policy: approving({ group: 'Auditors', tools: ['Bash'] }),
        tables: { senders: [senderOf({ groups: 'staff, auditors' })], tools: [toolRowOf()] },
      }),
    )
    expect(section.uses.rows[0]!.verdict).toBe('approved')
    expect(section.byGroup.rows.map(({ group }) => group)).toEqual(['auditors', 'staff'])
  })
})

describe('hidden names', () => {
  const hidden = { tools: [toolRowOf({ tool: 'mcp_tool', mcpScope: 'user' })] }

  it.each([
    [['mcp__github__*'], 'cannot-tell'],
    [['mcp__github__get_issue'], 'cannot-tell'],
    [['mcp__*'], 'approved'],
    [['*'], 'approved'],
    [['Bash', 'mcp_tool'], 'violation'],
  ])('are judged by %j as far as every name they may stand for is: %s', (tools, verdict) => {
    expect(verdictOn('tool', approving({ tools }), hidden)[0]).toBe(verdict)
  })

  it('are never a pass for servers, skills and plugins', () => {
    const policy = {
      ...approving({ mcpServers: ['github'], skills: ['release-notes'] }),
      plugins: {
        marketplaces: [{ name: 'acme', source: { github: 'acme/plugins' } }],
        approved: [{ plugin: 'guard@acme' }],
      },
    }
    expect(verdictOn('mcp-server', policy, hidden)).toEqual(['cannot-tell', 'name-hidden'])
    for (const skill of ['custom_skill', 'custom', 'third-party', ''])
      expect(verdictOn('skill', policy, { skills: [skillRowOf({ skill })] })).toEqual(['cannot-tell', 'name-hidden'])
    for (const plugin of ['third-party', 'custom', ''])
      expect(verdictOn('plugin', policy, { plugins: [pluginRowOf({ plugin, marketplace: plugin })] })).toEqual([
        ...['cannot-tell', 'name-hidden'],
      ])
  })

  it('are made of what the parameters of a call tell', () => {
    const call = { tool: 'mcp_tool', mcpServer: 'claude.ai GitHub', mcpTool: 'get_issue' }
    expect(toolAndServer(call)).toEqual({
      tool: { hidden: false, name: 'mcp__claude_ai_GitHub__get_issue' },
      server: { hidden: false, name: 'claude.ai GitHub' },
    })
    expect(toolAndServer({ ...call, mcpTool: '' }).tool).toEqual({
      ...{ hidden: true, literal: 'mcp__claude_ai_GitHub__?', prefix: 'mcp__claude_ai_GitHub__' },
    })
    expect(toolAndServer({ tool: 'mcp__my_server__do_it', mcpServer: '', mcpTool: '' })).toEqual({
      tool: { hidden: false, name: 'mcp__my_server__do_it' },
      server: { hidden: false, name: 'my_server' },
    })
    const ambiguous = { tool: 'mcp__a__b__c', mcpTool: '' }
    expect(toolAndServer({ ...ambiguous, mcpServer: 'a__b' }).server).toEqual({ hidden: false, name: 'a__b' })
    for (const mcpServer of ['', 'custom'])
      expect(toolAndServer({ ...ambiguous, mcpServer }).server).toEqual({
        ...{ hidden: true, literal: 'mcp__a__b__c', prefix: 'a', inside: true },
      })
    for (const tool of ['mcp____c', 'mcp__a__', 'mcp__a', 'mcp__'])
      expect(toolAndServer({ tool, mcpServer: '', mcpTool: '' }).server).toBeUndefined()
    expect(toolAndServer({ tool: 'Bash', mcpServer: '', mcpTool: '' })).toEqual({
      tool: { hidden: false, name: 'Bash' },
    })
  })
})

describe('MCP servers', () => {
  const github = { connections: [connectionRowOf()] }
  it.each([
    [{}, 'not-judged', 'no-rule'],
    [{ mcp: {} }, 'not-judged', 'no-rule'],
    [{ mcp: { allowed: [{ name: 'github' }] } }, 'approved', 'approved'],
    [{ mcp: { allowed: [{ name: 'gitlab' }] } }, 'violation', 'mcp-not-allowed'],
    [{ mcp: { allowed: [] } }, 'violation', 'mcp-not-allowed'],
    [{ mcp: { denied: [{ name: 'github' }] } }, 'violation', 'mcp-denied'],
    [{ mcp: { denied: [{ name: 'gitlab' }] } }, 'approved', 'approved'],
    [{ mcp: { allowed: [{ name: 'github' }], denied: [{ name: 'github' }] } }, 'violation', 'mcp-denied'],
    [
      { mcp: { allowed: [{ name: 'github' }, { url: 'https://mcp.acme.example/*' }] } },
      'cannot-tell',
      'server-by-address',
    ],
    [{ mcp: { allowed: [{ command: ['node', 'server.js'] }] } }, 'cannot-tell', 'server-by-address'],
    [{ mcp: { denied: [{ url: 'https://evil.example/*' }] } }, 'cannot-tell', 'server-by-address'],
    [{ mcp: { denied: [{ name: 'x' }] }, ...approving({ mcpServers: ['gitlab'] }) }, 'violation', 'not-approved'],
    [{ mcp: { allowed: [{ name: 'x' }] }, ...approving({ mcpServers: ['git*'] }) }, 'violation', 'mcp-not-allowed'],
  ])('are judged by %j', (policy, verdict, why) => {
    expect(verdictOn('mcp-server', policy, github)).toEqual([verdict, why])
  })

  it('were not used where they could not be connected', () => {
    const policy = { mcp: { allowed: [] } }
    expect(verdictOn('mcp-server', policy, { connections: [connectionRowOf({ status: 'failed' })] })).toEqual([
      ...['not-judged', 'not-connected'],
    ])
  })

  it('come from calls of their tools too, and entries that cannot be judged are counted', () => {
    const section = sectionOf(
      { mcp: { allowed: [{ url: 'https://mcp.acme.example/*' }], denied: [{ command: ['evil'] }, { name: 'bad' }] } },
      {
        connections: [connectionRowOf({ events: 2 })],
        tools: [toolRowOf({ tool: 'mcp__github__get', calls: 6, failures: 2 })],
      },
    )
    expect(section.uses.rows).toMatchObject([
      { kind: 'mcp-server', name: 'github', calls: 6, failures: 2, events: 2 },
      { kind: 'tool', name: 'mcp__github__get', origin: 'mcp', calls: 6 },
    ])
    expect(section.mcpByAddress).toEqual({ allowed: 1, denied: 1 })
  })
})

describe('servers whose name ends nobody knows where in that of the tool', () => {
  const verdictOf = (mcp: object, mcpServer = '', tool = 'mcp__a__b__c') =>
    verdictOn('mcp-server', { mcp }, { tools: [toolRowOf({ tool, mcpServer })] })
  const names = (...list: string[]) => list.map((name) => ({ name }))

  it('are judged by the name that the call tells', () => {
    expect(verdictOf({ denied: names('a__b') }, 'a__b')).toEqual(['violation', 'mcp-denied'])
    expect(verdictOf({ allowed: names('a') }, 'a__b')).toEqual(['violation', 'mcp-not-allowed'])
    expect(verdictOf({ allowed: names('a__b') }, 'a__b')).toEqual(['approved', 'approved'])
  })

  it('are never a pass or a violation that may be wrong', () => {
    for (const mcp of [{ denied: names('a__b') }, { allowed: names('a') }, { allowed: names('a'), denied: names('x') }])
      expect(verdictOf(mcp)).toEqual(['cannot-tell', 'server-ambiguous'])
    const rule = (pattern: string) =>
      verdictOn(
        'mcp-server',
        { evidence: { approved: [{ mcpServers: [pattern] }] } },
        { tools: [toolRowOf({ tool: 'mcp__a__b__c' })] },
      )
    expect(rule('a__b')).toEqual(['cannot-tell', 'server-ambiguous'])
    expect(rule('a*')).toEqual(['approved', 'approved'])
  })

  it('are judged all the same where no way to read the name could change it', () => {
    expect(verdictOf({ allowed: names('x') })).toEqual(['violation', 'mcp-not-allowed'])
    expect(verdictOf({ denied: names('x') })).toEqual(['approved', 'approved'])
    expect(verdictOf({ allowed: [{ url: 'https://mcp.acme.example/*' }] })[0]).toBe('cannot-tell')
  })
})

describe('plugins', () => {
  const plugins = {
    plugins: {
      marketplaces: [{ name: 'acme', source: { github: 'acme/plugins' } }],
      approved: [{ plugin: 'guard@acme', version: '2.1.0' }, { plugin: 'notes@acme' }],
    },
  }
  it.each([
    [{}, 'approved', 'approved'],
    [{ plugin: 'notes', version: '9' }, 'approved', 'approved'],
    [{ version: '2.0.0' }, 'violation', 'plugin-other-version'],
    [{ version: '' }, 'cannot-tell', 'version-hidden'],
    [{ marketplace: 'elsewhere' }, 'violation', 'plugin-not-approved'],
    [{ plugin: 'games' }, 'violation', 'plugin-not-approved'],
    [{ plugin: 'games', marketplace: 'third-party' }, 'violation', 'plugin-not-approved'],
    [{ marketplace: 'third-party' }, 'cannot-tell', 'name-hidden'],
    [{ plugin: 'third-party' }, 'cannot-tell', 'name-hidden'],
    [{ plugin: 'games', event: 'plugin_installed' }, 'violation', 'plugin-not-approved'],
    [{ plugin: 'games', scope: 'default-bundle' }, 'not-judged', 'comes-with-client'],
  ])('are judged by name and version: %j', (changes, verdict, why) => {
    expect(verdictOn('plugin', plugins, { plugins: [pluginRowOf(changes)] })).toEqual([verdict, why])
  })

  it('are not judged outside plugins.approved where others may be there as well', () => {
    const open = { plugins: { ...plugins.plugins, onlyThese: false } }
    const verdictOf = (changes: Parameters<typeof pluginRowOf>[0]) =>
      verdictOn('plugin', open, { plugins: [pluginRowOf(changes)] })
    expect(verdictOf({ plugin: 'games' })).toEqual(['not-judged', 'no-rule'])
    expect(verdictOf({ marketplace: 'elsewhere' })).toEqual(['not-judged', 'no-rule'])
    expect(verdictOf({ version: '2.0.0' })).toEqual(['violation', 'plugin-other-version'])
    expect(verdictOf({})).toEqual(['approved', 'approved'])
  })

  it('are not judged where the client loads them by itself', () => {
    // As in test/fixtures/otlp/claude-code-2.1.329-resumed-logs.jsonl.
    const own = { marketplace: 'builtin', version: '', scope: 'default-bundle', enabledVia: 'default-enable' }
    for (const plugin of ['cc-plugin-agents-md', 'cc-plugin-privacy', 'cc-plugin-plugin-authoring'])
      expect(verdictOn('plugin', plugins, { plugins: [pluginRowOf({ ...own, plugin })] })).toEqual([
        ...['not-judged', 'comes-with-client'],
      ])
  })

  it('are not judged without a policy, and tell the version that is another', () => {
    expect(verdictOn('plugin', {}, { plugins: [pluginRowOf()] })).toEqual(['not-judged', 'no-rule'])
    expect(sectionOf(plugins, { plugins: [pluginRowOf({ version: '2.0.0' })] }).violations.rows).toMatchObject([
      { kind: 'plugin', name: 'guard@acme', version: '2.0.0', events: 4, calls: 0 },
    ])
  })
})

describe('decisions', () => {
  it('are told by surface and source, with their calls and the time until the result', () => {
    const { decisions } = toolsSection(
      evidenceViewOf({
        tables: {
          senders: [senderOf(), senderOf({ service: 'cowork' })],
          decisions: [
            decisionRowOf({ events: 30, matched: 20, waitMs: 5000, longestMs: 900 }),
            decisionRowOf({ tool: 'Read', events: 10, matched: 10, waitMs: 1000, longestMs: 1500 }),
            decisionRowOf({ source: 'hook', decision: 'reject', events: 4, matched: 0, waitMs: 0, longestMs: 0 }),
            decisionRowOf({ source: 'oracle', decision: 'defer', events: 2, matched: 0, waitMs: 0, longestMs: 0 }),
            decisionRowOf({ sender: 1, events: 9, matched: 0, waitMs: 0, longestMs: 0 }),
          ],
        },
      }),
    )
    const none = { matched: 0, meanMs: null, longestMs: null }
    const code = 'claude-code'
    expect(decisions).toEqual({
      sources: {
        of: 4,
        rows: [
          {
            ...{ service: code, source: 'config', documented: true, decision: 'accept', decisions: 40, matched: 30 },
            ...{ matchedPercent: 75, meanMs: 200, longestMs: 1500 },
          },
          {
            ...{ service: 'cowork', source: 'config', documented: true, decision: 'accept', decisions: 9, ...none },
            matchedPercent: null,
          },
          {
            ...{ service: code, source: 'hook', documented: true, decision: 'reject', decisions: 4, ...none },
            matchedPercent: 0,
          },
          {
            ...{ service: code, source: 'oracle', documented: false, decision: 'defer', decisions: 2, ...none },
            matchedPercent: 0,
          },
        ],
      },
      ...{ accepted: 49, rejected: 4, other: 2, undocumentedSources: 2, unmatchedServices: ['cowork'] },
    })
  })
})

it('adds up to the tables, whatever is in them', () => {
  const sender = fc.integer({ min: 0, max: 2 })
  const name = fc.constantFrom('', 'Bash', 'mcp_tool', 'mcp__a__b', 'mcp____', 'custom', 'third-party', '__proto__')
  const count = fc.integer({ min: 1, max: 50 })
  const list = <Row>(row: fc.Arbitrary<Row>) => fc.array(row, { maxLength: 12 })
  const tables = fc.record({
    tools: list(
      fc
        .record({
          sender,
          tool: name,
          mcpServer: name,
          mcpTool: name,
          skill: name,
          calls: count,
          share: fc.double({ min: 0, max: 1, noNaN: true }),
        })
        .map(({ share, ...row }) => toolRowOf({ ...row, failures: Math.floor(row.calls * share) })),
    ),
    skills: list(fc.record({ sender, skill: name, events: count }).map(skillRowOf)),
    plugins: list(fc.record({ sender, plugin: name, marketplace: name, events: count }).map(pluginRowOf)),
    connections: list(
      fc
        .record({ sender, server: name, status: fc.constantFrom('connected', 'failed', ''), events: count })
        .map(connectionRowOf),
    ),
    decisions: list(
      fc
        .record({ sender, source: name, decision: fc.constantFrom('accept', 'reject', ''), events: count })
        .map(decisionRowOf),
    ),
  })
  const rule = fc.record(
    {
      department: fc.constantFrom('Finance', 'Sales'),
      group: fc.constantFrom('Pilots', 'Others'),
      tools: fc.subarray(['Bash', 'mcp__*', '*']),
      skills: fc.subarray(['Bash', 'c*']),
      mcpServers: fc.subarray(['a', '*']),
    },
    { requiredKeys: ['tools'] },
  )
  fc.assert(
    fc.property(tables, fc.array(rule, { maxLength: 3 }), (some, approved) => {
      const section = sectionOf({ evidence: { approved }, mcp: { denied: [{ name: 'a' }] } }, some)
      expect(ToolsSection.parse(section)).toEqual(section)
      const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
      const calls = sum(some.tools.map((row) => row.calls))
      const events = (rows: readonly { readonly events: number }[]) => sum(rows.map((row) => row.events))
      for (const rows of [section.uses.rows, section.byDepartment.rows]) {
        const of = (kind: string) => rows.filter((row) => row.kind === kind)
        expect(sum(of('tool').map((row) => row.calls))).toBe(calls)
        expect(sum(of('tool').map((row) => row.failures))).toBe(sum(some.tools.map((row) => row.failures)))
        expect(sum(of('mcp-server').map((row) => row.events))).toBe(events(some.connections))
        expect(sum(of('skill').map((row) => row.events))).toBe(events(some.skills))
        expect(sum(of('plugin').map((row) => row.events))).toBe(events(some.plugins))
      }
      for (const { kind, approved: good, violation, cannotTell, notJudged } of section.verdicts) {
        const rows = section.uses.rows.filter((row) => row.kind === kind)
        expect(good + violation + cannotTell + notJudged).toBe(sum(rows.map((row) => row.calls + row.events)))
        const listed = section.violations.rows.filter((row) => row.kind === kind)
        expect(sum(listed.map((row) => row.calls + row.events))).toBe(violation)
      }
      const { accepted, rejected, other, sources } = section.decisions
      expect(accepted + rejected + other).toBe(events(some.decisions))
      expect(sum(sources.rows.map((row) => row.decisions))).toBe(events(some.decisions))
    }),
  )
})

it('cuts long lists, and keeps their true length', () => {
  const tools = Array.from({ length: 300 }, (_, index) => toolRowOf({ tool: `tool-${index}` }))
  const section = sectionOf(approving({ tools: [] }), { tools })
  for (const list of [section.uses, section.byDepartment, section.byGroup, section.violations]) {
    expect(list.of).toBe(300)
    expect(list.rows).toHaveLength(200)
  }
})
