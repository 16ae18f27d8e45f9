import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { storyOf } from '../../../src/telemetry/story/story.js'
import { StoryDocument, type StoryEntry } from '../../../src/telemetry/story/story-document.js'
import type { StoryRecord, Wanted } from '../../../src/telemetry/story/story-record.js'
import { recordOf, start } from './story-records.js'

const input = { files: ['a.jsonl'], lines: 1, badLines: {}, badLinesWithId: 0, problems: [] }

function tell(
  records: readonly StoryRecord[],
  {
    wanted = { kind: 'session', id: 's' },
    shown = false,
    wholeSessions = true,
    identityKeys = [] as string[],
  }: {
    wanted?: Wanted
    shown?: boolean
    wholeSessions?: boolean
    identityKeys?: string[]
  } = {},
): StoryDocument {
  const content = { shown, limit: 1000 }
  return StoryDocument.parse(storyOf({ records, wholeSessions, input }, { wanted, identityKeys, content }))
}

/** Numbers of the records, and what stands between them. */
function shape({ entries }: StoryDocument): string[] {
  return entries.map((entry) => {
    if (entry.type === 'record') return String(entry.sequence ?? '-')
    if (entry.type === 'gap') return `gap ${entry.first}-${entry.last}`
    return entry.type
  })
}

const numbered = (numbers: readonly number[], step = 10) =>
  numbers.map((sequence, index) => recordOf({ sequence, at: index * step }))

describe('order', () => {
  it('calls out numbers that never arrived where they are, and those before the first ones', () => {
    const story = tell(numbered([2, 3, 12, 16]))
    expect(shape(story)).toEqual(['gap 0-1', '2', '3', 'gap 4-11', '12', 'gap 13-15', '16'])
    expect(story.missing).toBe(11)
  })

  it('shows a resumed session as a new start, each run with its own gaps', () => {
    const story = tell(numbered([0, 1, 3, 0, 1, 2]))
    expect(shape(story)).toEqual(['0', '1', 'gap 2-2', '3', 'restart', '0', '1', '2'])
    expect(story.missing).toBe(1)
  })

  it('keeps one run together when the clock was set back, and says so', () => {
    const records = [0, 1, 2].map((sequence) => recordOf({ sequence, at: 7_200_000 + sequence }))
    const later = [3, 4].map((sequence) => recordOf({ sequence, at: sequence }))
    const story = tell([...records, ...later])
    expect(shape(story)).toEqual(['0', '1', '2', 'clock-back', '3', '4'])
    expect(story.strange).toEqual([{ code: 'clock-back', count: 1, values: [] }])
  })

  it('takes no notice of events that happen at once in either order', () => {
    expect(shape(tell([recordOf({ sequence: 0, at: 5 }), recordOf({ sequence: 1, at: 4 })]))).toEqual(['0', '1'])
  })

  it('counts a record that came twice once, and keeps what cannot be told apart', () => {
    const twice = recordOf({ sequence: 0, at: 0 })
    const unnumbered = recordOf({ at: 3 })
    const story = tell([twice, twice, unnumbered, unnumbered, recordOf({ sequence: 1, at: 5 })])
    expect(story.duplicates).toBe(1)
    expect(shape(story)).toEqual(['0', '-', '-', '1'])
    expect(story.strange).toEqual([{ code: 'no-sequence', count: 2, values: [] }])
  })

  it('tells records without a time too', () => {
    const story = tell([recordOf({ event: 'auth' }), recordOf({ sequence: 0, at: 0 })])
    expect(shape(story)).toEqual(['0', '-'])
    expect(story.strange.map(({ code }) => code)).toEqual(['no-time', 'no-sequence'])
  })

  const anyRecord = fc
    .record({
      sequence: fc.option(fc.nat(12), { nil: undefined }),
      at: fc.option(fc.nat(5000), { nil: undefined }),
      session: fc.constantFrom('s', 't', ''),
      event: fc.constantFrom('user_prompt', 'tool_result', 'made_up', ''),
      attributes: fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
    })
    .map(({ sequence, at, ...given }) =>
      recordOf({ ...given, ...(sequence !== undefined && { sequence }), ...(at !== undefined && { at }) }),
    )

  it('has every record exactly once, whatever the order they were read in', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 25 }), fc.infiniteStream(fc.nat()), (records, random) => {
        // Each with a prompt of its own, so that each can be told from all others.
        const prompts = records.map((record, index) => ({
          ...record,
          attributes: new Map([...record.attributes, ['prompt.id', { text: `p${index}`, length: 2 }]] as const),
        }))
        const told = (list: readonly StoryRecord[]) =>
          storyOf(
            { records: list, wholeSessions: true, input },
            { wanted: { kind: 'session', id: 's' }, identityKeys: [], content: { shown: true, limit: 10 } },
          )
        const own = prompts.filter(({ attributes }) => attributes.get('session.id')?.text === 's')
        const keys = new Set<string>()
        const first = own.filter((record) => {
          const sequence = record.attributes.get('event.sequence')?.text
          const key = `${sequence} ${record.time}`
          if (sequence === undefined || !keys.has(key)) return Boolean(keys.add(key))
          return false
        })
        const story = told(own)
        const seen = recordsIn(story.entries).map(({ prompt }) => prompt)
        expect([...seen].sort()).toEqual(first.map(({ attributes }) => attributes.get('prompt.id')!.text).sort())
        expect(story.records + story.duplicates).toBe(own.length)
        // Without copies the order of reading makes no difference.
        const shuffled = first
          .map((record) => ({ record, key: random.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ record }) => record)
        expect(told(shuffled)).toEqual(told(first))
      }),
    )
  })
})

function recordsIn(entries: readonly StoryEntry[]) {
  return entries.filter((entry) => entry.type === 'record')
}

describe('a prompt', () => {
  const of = (prompt: string, sequence: number) =>
    recordOf({ sequence, at: sequence, attributes: { 'prompt.id': prompt } })
  const wanted = { kind: 'prompt', id: 'p' } as const

  it('has no gap where the session has records of other prompts, and one where it has none', () => {
    const records = [of('o', 0), of('p', 1), of('o', 2), of('p', 3), of('p', 6), of('o', 9)]
    const story = tell(records, { wanted })
    expect(shape(story)).toEqual(['1', '3', 'gap 4-5', '6'])
    expect(story.records).toBe(3)
    expect(story.totals.prompts).toBe(3)
  })

  it('does not judge gaps without the session around it', () => {
    const story = tell([of('p', 1), of('p', 5)], { wanted, wholeSessions: false })
    expect(shape(story)).toEqual(['1', '5'])
    expect(story.missing).toBeNull()
  })
})

describe('content', () => {
  const secret = 'the secret prompt'
  const records = [
    recordOf({ sequence: 0, at: 0, attributes: { prompt: secret, made_up_by_a_new_release: secret }, body: secret }),
    recordOf({ sequence: 1, at: 1, event: 'tool_result', attributes: { error: secret, tool_input: '<REDACTED>' } }),
  ]

  it('is never in the document unless it was asked for, not even in attributes nobody has documented', () => {
    const story = tell(records)
    expect(JSON.stringify(story)).not.toContain('secret')
    expect(recordsIn(story.entries).map(({ content }) => content)).toEqual([
      [
        { name: '(log body)', characters: 17 },
        { name: 'made_up_by_a_new_release', characters: 17 },
        { name: 'prompt', characters: 17 },
      ],
      [
        { name: 'error', characters: 17 },
        { name: 'tool_input', characters: 10, redacted: true },
      ],
    ])
  })

  it('is shown on request, cut to the length that is stated', () => {
    const long = recordOf({ sequence: 0, at: 0, attributes: { prompt: `${'x'.repeat(999)}🚀tail` } })
    const [entry] = recordsIn(tell([long], { shown: true }).entries)
    // A pair of code units is never cut in half.
    expect(entry?.content).toEqual([{ name: 'prompt', characters: 1005, text: 'x'.repeat(999) }])
  })

  it('counts the characters of values that are too long to keep', () => {
    const [entry] = recordsIn(
      tell([recordOf({ sequence: 0, at: 0, attributes: { prompt: 'x'.repeat(1_000_000) } })]).entries,
    )
    expect(entry?.content).toEqual([{ name: 'prompt', characters: 1_000_000 }])
  })

  it('stands once where it is the same on every record', () => {
    const attributes = { 'workspace.host_paths': '/home/x' }
    const same = [0, 1].map((sequence) => recordOf({ sequence, at: sequence, attributes }))
    const story = tell(same)
    expect(story.commonContent).toEqual([{ name: 'workspace.host_paths', characters: 7 }])
    expect(recordsIn(story.entries).map(({ content }) => content)).toEqual([[], []])
  })

  it('on a resource is hidden as well, also where nobody has documented it', () => {
    const resource = { prompt: secret, 'cost.center': 'secret', 'os.type': 'darwin', 'endpoint.site': 'Berlin HQ' }
    const values = (story: StoryDocument) =>
      Object.fromEntries(story.from.map(({ name, values: [value] }) => [name, value]))
    const story = tell([recordOf({ sequence: 0, at: 0, resource })], { identityKeys: ['endpoint.site'] })
    expect(values(story)).toEqual({
      prompt: '(17 characters, not shown)',
      'cost.center': '(6 characters, not shown)',
      'endpoint.site': 'Berlin HQ',
      'os.type': 'darwin',
      'service.name': 'claude-code',
      'service.version': '2.1.300',
    })
    expect(values(tell([recordOf({ sequence: 0, at: 0, resource })], { shown: true }))).toMatchObject(resource)
  })

  it.each([
    ['internal_error', 'error_name', 'ENOENT', "ENOENT: no such file, open '/home/ada/plan.txt'"],
    ['api_error', 'error', 'rate_limit_error', '429 {"error":"too many of secret"}'],
    ['user_prompt', 'command_name', 'mcp__jira__create', 'tell me a secret'],
    ['tool_result', 'tool_name', 'mcp__jira__create', 'https://acme.example/secret'],
    ['api_request', 'model', 'arn:aws:bedrock:eu-1:1:inference-profile/eu.claude-1[1m]', '/home/ada/secret'],
  ])('of %s: %s is told where it is a code only', (event, name, code, text) => {
    const entryOf = (value: string, shown = false) =>
      recordsIn(tell([recordOf({ sequence: 0, at: 0, event, attributes: { [name]: value } })], { shown }).entries)[0]!
    expect(entryOf(code)).toMatchObject({ facts: { [name]: code }, text: expect.stringContaining(code), content: [] })
    const hidden = entryOf(text)
    expect(hidden.facts).toEqual({})
    expect(hidden.content).toEqual([{ name, characters: text.length }])
    expect(hidden.text).not.toContain(text)
    expect(entryOf(text, true)).toMatchObject({ facts: { [name]: text }, text: expect.stringContaining(text) })
  })

  it('takes a list for codes only where every member is one', () => {
    const sourcesOf = (value: string) => {
      const attributes = { 'managed_settings.sources': value }
      return recordsIn(
        tell([recordOf({ sequence: 0, at: 0, event: 'managed_settings_resolved', attributes })]).entries,
      )[0]!.facts['managed_settings.sources']
    }
    expect(sourcesOf('["remote","plist"]')).toBe('["remote","plist"]')
    for (const text of ['["remote","what I said"]', 'First, delete, all', '["a", {"b c": 1}]'])
      expect(sourcesOf(text)).toBeUndefined()
  })
})

it('takes for a sequence what the evidence takes for one', () => {
  const of = (sequence: string) => recordOf({ at: 0, attributes: { 'event.sequence': sequence } })
  expect(shape(tell([of('2147483647'), of('2147483648'), of('1.5'), of('-1')], { wholeSessions: false }))).toEqual([
    '2147483647',
    '-',
    '-',
    '-',
  ])
})

it('adds up what happened, with numbers as texts and as numbers', () => {
  const request = { model: 'm', input_tokens: '10', output_tokens: '5', cache_read_tokens: 'x' }
  const events: [string, Record<string, string>][] = [
    ['user_prompt', {}],
    ['api_request', { ...request, cost_usd_micros: '30' }],
    ['api_request', { ...request, cost_usd: '0.1' }],
    ['api_request', request],
    ['tool_decision', { tool_name: 'Bash', decision: 'reject', source: 'hook' }],
    ['hook_execution_complete', { num_blocking: '1' }],
    ['hook_execution_complete', { num_blocking: '0' }],
    ['tool_result', { tool_name: 'Read', success: 'true' }],
    ['tool_result', { tool_name: '__proto__', success: 'false' }],
    ['permission_mode_changed', { to_mode: 'bypassPermissions' }],
    ['api_error', {}],
    ['internal_error', {}],
  ]
  const records = events.map(([event, attributes], sequence) => recordOf({ event, sequence, at: sequence, attributes }))
  const { totals } = tell(records)
  expect(totals).toEqual({
    prompts: 1,
    requests: 3,
    tokens: { input: 30, output: 15, cacheRead: 0, cacheCreation: 0 },
    costUsd: 0.10003,
    requestsWithoutCost: 1,
    toolCalls: 2,
    toolFailures: 1,
    tools: [
      { tool: 'Read', calls: 1, failures: 0, refused: 0 },
      { tool: '__proto__', calls: 1, failures: 1, refused: 0 },
      { tool: 'Bash', calls: 0, failures: 0, refused: 1 },
    ],
    moreTools: 0,
    refused: 1,
    refusedBy: { hook: 1 },
    blockedByHooks: 2 - 1,
    modeChanges: 1,
    errors: 2,
  })
})

it('calls out more than one person, version, machine and service', () => {
  const story = tell(
    [
      recordOf({ sequence: 0, at: 0, attributes: { 'user.email': 'a@acme.example', 'endpoint.serial': 'A1' } }),
      recordOf({
        sequence: 1,
        at: 1,
        attributes: { 'user.email': 'b@acme.example', 'endpoint.serial': 'B2' },
        resource: { 'service.name': 'evil', 'service.version': '2.1.301' },
      }),
    ],
    { identityKeys: ['endpoint.serial'] },
  )
  expect(story.strange).toEqual([
    { code: 'several-services', count: 2, values: ['claude-code', 'evil'] },
    { code: 'several-versions', count: 2, values: ['2.1.300', '2.1.301'] },
    { code: 'several-emails', count: 2, values: ['a@acme.example', 'b@acme.example'] },
    { code: 'several-endpoints', count: 2, values: ['endpoint.serial=A1', 'endpoint.serial=B2'] },
    { code: 'unknown-service', count: 1, values: ['evil'] },
  ])
  expect(story.first).toBe(new Date(start).toISOString().replace('.000Z', 'Z'))
})
