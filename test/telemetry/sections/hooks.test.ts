import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HooksSection, hooksSection } from '../../../src/telemetry/sections/hooks.js'
import {
  at,
  decisionRowOf,
  evidenceViewOf,
  exampleOf,
  hookRowOf,
  hookRunRowOf,
  knownEndpointOf,
  senderOf,
  toolRowOf,
  type ViewChanges,
} from '../../builders/section-view.js'

const guard = { event: 'PreToolUse', command: '/usr/local/bin/guard' }
const nobody = { endpoints: 0, installations: 0, endpointIds: [], installationIds: [] }
const only = (id: string) => ({ ...nobody, endpoints: 1, endpointIds: [id] })
const installation = (id: string) => ({ ...nobody, installations: 1, installationIds: [id] })
const none = { toolEvents: 0, ...nobody }
const example = { session: 'session-1', sequence: 7, prompt: 'prompt-1', at: '2026-11-18T09:00:00Z' }

/** One sender an endpoint, in their order. */
function viewOf(ids: readonly string[], { tables, ...changes }: ViewChanges = {}) {
  return evidenceViewOf({
    policy: { hooks: { required: [guard] } },
    endpoints: ids.map((id) => knownEndpointOf({ id })),
    tables: { senders: ids.map((id) => senderOf({ installation: `of-${id}`, identity: [id] })), ...tables },
    ...changes,
  })
}

it('says of nothing that nothing is known', () => {
  const section = hooksSection(evidenceViewOf())
  expect(section).toEqual({
    registered: { of: 0, rows: [] },
    required: { problem: 'no-policy', events: [], missing: nobody },
    managedOnly: {
      ...{ executions: [], notEnforced: { executions: 0, ...nobody }, others: { of: 0, rows: [] } },
      violating: { events: 0, ...nobody },
    },
    executions: { of: 0, rows: [] },
    failingOpen: { hooks: 0, ...nobody },
    unseenActivity: { problem: 'no-policy', services: [], total: none, unknown: [] },
    notes: [],
  })
})

it('tells executions, what they ended with, and whose tools went on without a verdict', () => {
  const failure = exampleOf({ session: 'broken', sequence: 3, at: at('2026-11-17T08:00:00Z') })
  const section = hooksSection(
    viewOf(['C1', 'C2'], {
      tables: {
        senders: ['C1', 'C2'].map((id) => senderOf({ identity: [id] })),
        hookRuns: [
          hookRunRowOf({ executions: 10, hooks: 10, success: 9, blocking: 1, durationMs: 250 }),
          hookRunRowOf({
            ...{ sender: 1, executions: 5, hooks: 5, success: 1, nonBlockingError: 1, cancelled: 3, durationMs: 5000 },
            failure,
          }),
          hookRunRowOf({ sender: 1, hookEvent: 'SessionStart', executions: 2, hooks: 2, success: 2 }),
        ],
      },
    }),
  )
  expect(section.executions).toEqual({
    of: 2,
    rows: [
      {
        ...{ event: 'PreToolUse', executions: 15, hooks: 15, success: 10, blocking: 1, nonBlockingError: 1 },
        ...{ cancelled: 3, blockingPercent: 6.6, meanMs: 350, last: '2026-11-18T09:00:00Z' },
        ...{ endpoints: 2, installations: 0, endpointIds: ['C1', 'C2'], installationIds: [] },
        failingOpen: {
          ...{ hooks: 4, percent: 26.6, ...only('C2') },
          example: { session: 'broken', sequence: 3, prompt: 'prompt-1', at: '2026-11-17T08:00:00Z' },
        },
      },
      {
        ...{ event: 'SessionStart', executions: 2, hooks: 2, success: 2, blocking: 0, nonBlockingError: 0 },
        ...{ cancelled: 0, blockingPercent: 0, meanMs: 100, last: '2026-11-18T09:00:00Z', ...only('C2') },
        failingOpen: { hooks: 0, percent: 0, ...nobody },
      },
    ],
  })
  expect(section.failingOpen).toEqual({ hooks: 4, ...only('C2') })
  expect(section.notes.map(({ code }) => code)).toEqual(['denied-only-in-hook-event', 'timeout-only-as-cancelled'])
})

it('groups what is registered by event, type and source, with the earliest example', () => {
  const section = hooksSection(
    viewOf(['C1', 'C2'], {
      tables: {
        senders: [senderOf({ identity: ['C1'] }), senderOf({ identity: ['C2'] }), senderOf({ installation: 'loose' })],
        hooks: [
          hookRowOf({ sender: 0, events: 3 }),
          hookRowOf({ sender: 1, events: 2, example: exampleOf({ session: 'first', at: at('2026-11-03T08:00:00Z') }) }),
          hookRowOf({ sender: 2, events: 1, hookType: 'http' }),
        ],
      },
    }),
  )
  expect(section.registered).toEqual({
    of: 2,
    rows: [
      {
        ...{ event: 'PreToolUse', type: 'command', source: 'policySettings', events: 5 },
        ...{ endpoints: 2, installations: 0, endpointIds: ['C1', 'C2'], installationIds: [] },
        last: '2026-11-18T09:00:00Z',
        example: { session: 'first', sequence: 7, prompt: 'prompt-1', at: '2026-11-03T08:00:00Z' },
      },
      {
        ...{ event: 'PreToolUse', type: 'http', source: 'policySettings', events: 1, ...installation('loose') },
        ...{ last: '2026-11-18T09:00:00Z', example },
      },
    ],
  })
})

describe('required hooks', () => {
  const answersOf = (changes: ViewChanges, event = 'PreToolUse') => {
    const { required } = hooksSection(viewOf(['C1'], changes))
    const row = required.events.find((each) => each.event === event)!
    return { with: row.with.endpoints, without: row.without.endpoints, unknown: row.unknown.endpoints }
  }
  const sender = senderOf({ identity: ['C1'] })

  it('are with an endpoint where the managed settings registered them', () => {
    expect(answersOf({ tables: { senders: [sender], hooks: [hookRowOf()] } })).toEqual({
      ...{ with: 1, without: 0, unknown: 0 },
    })
    expect(answersOf({ tables: { senders: [sender], hookRuns: [hookRunRowOf()] } })).toEqual({
      ...{ with: 1, without: 0, unknown: 0 },
    })
  })

  it.each([
    ['nothing was registered', {}],
    ['only the user registered one', { hooks: [hookRowOf({ hookSource: 'userSettings' })] }],
    ['another event was registered', { hooks: [hookRowOf({ hookEvent: 'SessionStart' })] }],
    ['hooks of several sources ran together', { hookRuns: [hookRunRowOf({ hookSource: 'merged' })] }],
  ])('are missing on an active endpoint where %s', (_, tables) => {
    expect(answersOf({ tables: { senders: [sender], ...tables } })).toEqual({ with: 0, without: 1, unknown: 0 })
  })

  it.each([
    ['nothing was done', { prompts: 0, toolEvents: 0 }, {}],
    ['the surface has no hook events', { service: 'cowork' }, {}],
    ['the platform is not known', { osType: 'plan9' }, { platform: 'unknown' as const }],
  ])('are unknown where %s', (_, changes, endpoint) => {
    expect(
      answersOf({
        endpoints: [knownEndpointOf({ id: 'C1', ...endpoint })],
        tables: { senders: [senderOf({ identity: ['C1'], ...changes })] },
      }),
    ).toEqual({ with: 0, without: 0, unknown: 1 })
  })

  const seenAt = at('2026-11-10T09:00:00Z')
  const later = (milliseconds: number) => new Date(seenAt + milliseconds).toISOString()
  const [minute, day] = [60_000, 86_400_000]
  it.each([
    ['a session may still have been running', later(day), later(0), { with: 1, without: 0, unknown: 0 }],
    ['only a long session would explain it', later(day + 1), later(0), { with: 0, without: 0, unknown: 1 }],
    ['even a long session would explain it', later(7 * day), later(0), { with: 0, without: 0, unknown: 1 }],
    ['no session lasts so long', later(7 * day + 1), later(0), { with: 0, without: 1, unknown: 0 }],
    ['others were registered with it', later(minute), later(minute), { with: 1, without: 0, unknown: 0 }],
    ['others were registered without it', later(minute + 1), later(minute + 1), { with: 0, without: 1, unknown: 0 }],
  ])('are judged by when they were last seen: %s', (_, last, registered, expected) => {
    const hooks = [
      hookRowOf({ last: seenAt }),
      hookRowOf({ hookEvent: 'Stop', hookSource: 'userSettings', last: at(registered) }),
    ]
    expect(answersOf({ tables: { senders: [{ ...sender, last: at(last) }], hooks } })).toEqual(expected)
  })

  it('are there as long as they run, though they were registered long ago', () => {
    const tables = {
      senders: [sender],
      hooks: [hookRowOf({ last: at('2026-10-01T09:00:00Z') })],
      hookRuns: [hookRunRowOf()],
    }
    expect(answersOf({ tables })).toMatchObject({ with: 1 })
    // What an idle sender sent later, such as settings that were read, is no work that a hook had to see.
    const idle = { ...senderOf({ identity: ['C1'], version: '2.1.330' }), prompts: 0, toolEvents: 0 }
    const senders = [{ ...sender, last: at('2026-10-01T10:00:00Z') }, idle]
    expect(answersOf({ tables: { senders, hooks: tables.hooks } })).toMatchObject({ with: 1 })
  })

  it('count an endpoint once that lacks several', () => {
    const events = ['PreToolUse', 'PostToolUse', 'SessionStart']
    const policy = { hooks: { required: events.map((event) => ({ ...guard, event })) } }
    const senders = [sender, senderOf({ identity: ['C2'] })]
    const hooks = events.map((hookEvent) => hookRowOf({ sender: 1, hookEvent }))
    const { required } = hooksSection(viewOf(['C1', 'C2'], { policy, tables: { senders, hooks } }))
    expect(required.events.map(({ without }) => without.endpoints)).toEqual([1, 1, 1])
    expect(required.missing).toEqual(only('C1'))
  })

  it('are missing on an endpoint whose Code tab lacks them, though its terminal has them', () => {
    expect(
      answersOf({
        tables: {
          senders: [sender, senderOf({ identity: ['C1'], service: 'claude-code-desktop' })],
          hooks: [hookRowOf({ sender: 0 })],
        },
      }),
    ).toEqual({ with: 0, without: 1, unknown: 0 })
  })

  it('are not asked for on a platform for which the policy has none', () => {
    const windows = senderOf({ identity: ['C1'], osType: 'windows' })
    expect(answersOf({ tables: { senders: [windows] } })).toEqual({ with: 0, without: 0, unknown: 0 })
    const policy = { hooks: { required: [{ event: 'PreToolUse', url: 'https://hooks.acme.example/pre' }] } }
    expect(answersOf({ policy, tables: { senders: [windows] } })).toEqual({ with: 0, without: 1, unknown: 0 })
    const each = { hooks: { required: [{ event: 'PreToolUse', command: { windows: 'C:\\Acme\\guard.exe' } }] } }
    expect(answersOf({ policy: each, tables: { senders: [windows] } })).toMatchObject({ without: 1 })
    expect(answersOf({ policy: each, tables: { senders: [sender] } })).toMatchObject({ without: 0, unknown: 0 })
  })

  it('count installations that no endpoint matches', () => {
    const { required } = hooksSection(
      viewOf([], {
        tables: { senders: [senderOf({ installation: 'a' }), senderOf({ installation: 'a', version: '2.1.290' })] },
      }),
    )
    expect(required.events).toEqual([
      { event: 'PreToolUse', hooks: 1, with: nobody, without: installation('a'), unknown: nobody },
    ])
    expect(required.missing).toEqual(installation('a'))
  })
})

describe('tools without a hook', () => {
  const unseenOf = (policy: Record<string, unknown>, tables: ViewChanges['tables'], platform?: 'unknown') =>
    hooksSection(
      viewOf(['C1'], {
        policy,
        endpoints: [knownEndpointOf({ id: 'C1', ...(platform && { platform }) })],
        tables: { senders: [senderOf({ identity: ['C1'] })], ...tables },
      }),
    ).unseenActivity
  const required = (matcher?: string) => ({
    hooks: { required: [{ ...guard, ...(matcher !== undefined && { matcher }) }] },
  })

  it('are a fault where a PreToolUse hook is required and none ran', () => {
    expect(unseenOf(required(), { tools: [toolRowOf()] })).toEqual({
      services: [{ service: 'claude-code', toolEvents: 20, ...only('C1'), example }],
      total: { toolEvents: 20, ...only('C1') },
      unknown: [],
    })
    expect(unseenOf(required(), { hookRuns: [hookRunRowOf({ hookEvent: 'SessionStart' })] }).services).toHaveLength(1)
    const withoutStream = {
      tools: [toolRowOf()],
      events: [{ service: 'claude-code', event: 'tool_result', events: 9 }],
    }
    expect(unseenOf(required(), withoutStream)).toMatchObject({ services: [], unknown: [{ why: 'no-policy-events' }] })
  })

  it('are none where one of the managed settings ran, unknown where hooks of several sources did', () => {
    const ofRuns = (...sources: string[]) =>
      unseenOf(required(), {
        tools: [toolRowOf()],
        hookRuns: sources.map((hookSource) => hookRunRowOf({ hookSource })),
      })
    expect(ofRuns('userSettings', 'policySettings', 'merged')).toEqual({ services: [], total: none, unknown: [] })
    expect(ofRuns('merged', 'userSettings')).toEqual({
      ...{ services: [], total: none },
      unknown: [{ service: 'claude-code', why: 'sources-merged', ...only('C1') }],
    })
    expect(ofRuns('userSettings').services).toMatchObject([{ toolEvents: 20 }])
    expect(unseenOf(required(), { hookRuns: [hookRunRowOf({ executions: 0 })] }).services).toHaveLength(1)
  })

  it('count an endpoint once that used them on two surfaces', () => {
    const senders = ['claude-code', 'claude-code-desktop'].map((service) => senderOf({ identity: ['C1'], service }))
    const { services, total } = unseenOf(required(), { senders })
    expect(services).toHaveLength(2)
    expect(total).toEqual({ toolEvents: 40, ...only('C1') })
  })

  it('are judged by matchers of plain names only', () => {
    const tables = {
      tools: [toolRowOf({ tool: 'Read', calls: 9 })],
      decisions: [decisionRowOf({ tool: 'Write', events: 4 })],
    }
    expect(unseenOf(required('Bash|Edit'), tables)).toEqual({ services: [], total: none, unknown: [] })
    expect(unseenOf(required('Write|Read'), tables).services).toMatchObject([{ toolEvents: 13 }])
    expect(unseenOf(required('mcp__.*'), tables)).toEqual({
      ...{ services: [], total: none },
      unknown: [{ service: 'claude-code', why: 'matcher-not-judged', ...only('C1') }],
    })
    expect(
      unseenOf(required('mcp__github__delete'), { tools: [toolRowOf({ tool: 'mcp_tool' })] }).unknown,
    ).toHaveLength(1)
  })

  it('are unknown, and no fault, where the surface has no hook events or the platform is not known', () => {
    expect(unseenOf(required(), { senders: [senderOf({ identity: ['C1'], service: 'cowork' })] })).toEqual({
      ...{ services: [], total: none },
      unknown: [{ service: 'cowork', why: 'surface-without-hook-events', ...only('C1') }],
    })
    expect(
      unseenOf(required(), { senders: [senderOf({ identity: ['C1'], osType: '' })] }, 'unknown').unknown,
    ).toMatchObject([{ why: 'platform-unknown' }])
  })

  it('are not judged where the policy requires no such hook', () => {
    expect(unseenOf({}, {}).problem).toBe('no-policy')
    expect(unseenOf({ hooks: {} }, {}).problem).toBe('not-required')
  })
})

describe('managed hooks only', () => {
  const othersOf = (policy: Record<string, unknown>, source: string, changes = {}) =>
    hooksSection(
      viewOf(['C1'], {
        policy,
        tables: {
          senders: [senderOf({ identity: ['C1'], ...changes })],
          hooks: [hookRowOf(), hookRowOf({ hookSource: source })],
        },
      }),
    ).managedOnly.others.rows.map(({ source: of, verdict }) => [of, verdict])
  const plugins = (forced: boolean) => ({
    plugins: {
      marketplaces: [{ name: 'acme', source: { github: 'acme/plugins' } }],
      approved: [{ plugin: 'guard@acme', forced }],
    },
  })

  it.each(['userSettings', 'projectSettings', 'localSettings', 'pluginHook'])('makes %s a violation', (source) => {
    expect(othersOf({ hooks: {} }, source)).toEqual([[source, 'violation']])
    expect(othersOf({ hooks: { managedOnly: false } }, source)).toEqual([])
    expect(othersOf({}, source)).toEqual([])
  })

  it('cannot tell of hooks of plugins that may be forced, nor of sources that may stay', () => {
    expect(othersOf({ hooks: {}, ...plugins(true) }, 'pluginHook')).toEqual([['pluginHook', 'cannot-tell']])
    expect(othersOf({ hooks: {}, ...plugins(false) }, 'pluginHook')).toEqual([['pluginHook', 'violation']])
    expect(othersOf({ hooks: {} }, 'flagSettings')).toEqual([['flagSettings', 'cannot-tell']])
    expect(othersOf({ hooks: {} }, '')).toEqual([['', 'cannot-tell']])
  })

  it('holds only on platforms for which the bundle sets it', () => {
    const hooks = { required: [guard] }
    expect(othersOf({ hooks }, 'userSettings', { osType: 'windows' })).toEqual([])
    expect(othersOf({ hooks }, 'userSettings', { osType: 'linux' })).toEqual([['userSettings', 'violation']])
  })

  it('is not in force where an execution says so, and only there', () => {
    const { managedOnly } = hooksSection(
      viewOf(['C1'], {
        tables: {
          senders: [senderOf({ identity: ['C1'] })],
          hookRuns: [
            hookRunRowOf({ executions: 4, managedOnly: 'false', hookSource: 'merged' }),
            hookRunRowOf({ executions: 7, managedOnly: '' }),
            hookRunRowOf({ executions: 6, managedOnly: 'true' }),
          ],
        },
      }),
    )
    expect(managedOnly).toEqual({
      wanted: true,
      executions: [
        { managedOnly: '', source: 'policySettings', executions: 7 },
        { managedOnly: 'true', source: 'policySettings', executions: 6 },
        { managedOnly: 'false', source: 'merged', executions: 4 },
      ],
      notEnforced: { executions: 4, ...only('C1'), last: '2026-11-18T09:00:00Z' },
      others: { of: 0, rows: [] },
      violating: { events: 0, ...nobody },
    })
  })

  it('counts an endpoint once that has several hooks of others, and leaves out what cannot be told', () => {
    const { managedOnly } = hooksSection(
      viewOf(['C1', 'C2'], {
        policy: { hooks: {} },
        tables: {
          senders: [senderOf({ identity: ['C1'] }), senderOf({ identity: ['C2'] })],
          hooks: ['PreToolUse', 'PostToolUse', 'Stop'].flatMap((hookEvent) => [
            hookRowOf({ hookEvent, hookSource: 'userSettings', events: 2 }),
            hookRowOf({ sender: 1, hookEvent, hookSource: 'flagSettings', events: 50 }),
          ]),
        },
      }),
    )
    expect(managedOnly.others.of).toBe(6)
    expect(managedOnly.violating).toEqual({ events: 6, ...only('C1') })
  })
})

it('adds up to the tables, whatever is in them', () => {
  const sender = fc.integer({ min: 0, max: 3 })
  const event = fc.constantFrom('PreToolUse', 'SessionStart', '', '=1+1')
  const source = fc.constantFrom('policySettings', 'userSettings', 'merged', 'new')
  const count = fc.integer({ min: 0, max: 1000 })
  const hooks = fc.array(
    fc.record({ sender, hookEvent: event, hookSource: source, events: fc.integer({ min: 1, max: 9 }) }).map(hookRowOf),
    { maxLength: 20 },
  )
  const hookRuns = fc.array(
    fc
      .record({
        ...{ sender, hookEvent: event, hookSource: source, managedOnly: fc.constantFrom('true', 'false', '') },
        ...{
          executions: count,
          hooks: count,
          success: count,
          blocking: count,
          nonBlockingError: count,
          cancelled: count,
        },
      })
      .map(hookRunRowOf),
    { maxLength: 20 },
  )
  const senders = fc.array(
    fc
      .record({
        service: fc.constantFrom('claude-code', 'claude-code-desktop', 'cowork'),
        osType: fc.constantFrom('darwin', 'windows', 'linux', 'plan9'),
        installation: fc.constantFrom('', 'a', 'b'),
        identity: fc.constantFrom([], ['C1'], ['C2']),
        toolEvents: fc.constantFrom(0, 5),
        events: fc.constantFrom(0, 10),
      })
      .map(senderOf),
    { minLength: 4, maxLength: 4 },
  )
  fc.assert(
    fc.property(senders, hooks, hookRuns, (some, registered, runs) => {
      const section = hooksSection(
        viewOf(['C1', 'C2'], { tables: { senders: some, hooks: registered, hookRuns: runs } }),
      )
      expect(HooksSection.parse(section)).toEqual(section)
      const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
      expect(sum(section.registered.rows.map(({ events }) => events))).toBe(sum(registered.map(({ events }) => events)))
      for (const key of ['executions', 'hooks', 'success', 'blocking', 'nonBlockingError', 'cancelled'] as const)
        expect(sum(section.executions.rows.map((row) => row[key]))).toBe(sum(runs.map((row) => row[key])))
      expect(sum(section.managedOnly.executions.map(({ executions }) => executions))).toBe(
        sum(runs.map(({ executions }) => executions)),
      )
      // Every reporter with log records is in one place at most.
      for (const { with: seen, without, unknown } of section.required.events) {
        const ids = [seen, without, unknown].flatMap(({ endpointIds }) => endpointIds)
        expect(new Set(ids).size).toBe(ids.length)
      }
    }),
  )
})
