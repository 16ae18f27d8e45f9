import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Aggregator } from '../../../src/telemetry/aggregate/aggregator.js'
import { fieldAttributes } from '../../../src/telemetry/fields.js'
import { WordList } from '../../../src/telemetry/otlp/batch-columns.js'
import { readOtlp } from '../../../src/telemetry/otlp/read-otlp.js'
import { claudeCodeEvents } from '../../../src/telemetry/surfaces/claude-code.js'
import { attributes, input, logs, type Row, read, rowsOf, sumsAddUp } from './in-memory.js'

const time = { timeUnixNano: '1795195312244999999' }
const at = 1795195312244
const code = { 'service.name': 'claude-code' }
const cowork = { 'service.name': 'cowork' }

async function rowOf(resource: object, record: object, keys: readonly string[] = []): Promise<Row> {
  const { rows, reports } = await read([input(logs(resource as typeof code, record))], keys)
  expect(reports[0]).toMatchObject({ records: 1, counted: { log: 1 } })
  return rows[0]!
}
async function log(values: Parameters<typeof attributes>[0], resource: object = code, record: object = {}) {
  return rowOf(resource, { ...time, attributes: attributes(values), ...record })
}
const tool = (values: Parameters<typeof attributes>[0], resource: object = code) =>
  log({ 'event.name': 'tool_result', ...values }, resource)
const request = (value: object) => input(JSON.stringify(value))

describe('time', () => {
  const observed = '1795195312300000001'
  const iso = { attributes: attributes({ 'event.timestamp': '2026-11-20T18:21:52.2449+01:00' }) }
  test.each<[string, object, object]>([
    ['cut to milliseconds, not rounded', time, { time: at }],
    ['of the event, where the record has none', { timeUnixNano: '0', ...iso }, { time: at }],
    [
      'of the observer at last',
      { timeUnixNano: 0, observedTimeUnixNano: observed },
      { time: 1795195312300, observed: 1795195312300 },
    ],
    [
      'of the event before that of the observer',
      { ...iso, observedTimeUnixNano: observed },
      { time: at, observed: 1795195312300 },
    ],
    ['that is no number', { timeUnixNano: 'today', observedTimeUnixNano: observed }, { time: 1795195312300 }],
    ['the greatest of 64 bits', { timeUnixNano: '18446744073709551615' }, { time: 18446744073709 }],
  ])('%s', async (_, record, row) => expect(await rowOf(code, record)).toMatchObject(row))

  test('digits that a double cannot hold, for any time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.bigInt({ min: 1_000_000n, max: 2n ** 64n - 1n }), async (nanoseconds) => {
        const text = logs(code, { timeUnixNano: 'T' }).replace('"T"', String(nanoseconds))
        const { rows } = await read([input(text)])
        expect(rows[0]!.time).toBe(Number(nanoseconds / 1_000_000n))
      }),
    )
  })

  test('none', async () => {
    const none = [
      {},
      { timeUnixNano: '0' },
      { timeUnixNano: '-5' },
      { timeUnixNano: 1.5 },
      { timeUnixNano: '99999999999999999999' },
    ]
    const local = { attributes: attributes({ 'event.timestamp': '2026-11-20T18:21:52' }) }
    const { reports } = await read([input(logs(code, ...none, local))])
    expect(reports[0]).toMatchObject({ records: 6, rejected: { 'no-time': 6 }, counted: { log: 0 } })
  })
})

describe('which value a field has', () => {
  test('the record before the resource, an empty one is none, names in their order', async () => {
    const decided = { 'event.name': 'tool_decision' }
    const resource = { ...code, 'user.email': 'resource@example.com', 'host.name': 'r', source: 'resource' }
    expect(await log({ ...decided, 'user.email': 'a@example.com', decision_source: 'own' }, resource)).toMatchObject({
      email: 'a@example.com',
      decisionSource: 'own',
    })
    expect(await log({ ...decided, 'user.email': '' }, resource)).toMatchObject({
      email: 'resource@example.com',
      decisionSource: 'resource',
    })
    expect(await log({ ...decided, decision_source: 'second', source: 'first' })).toMatchObject({
      decisionSource: 'first',
    })
  })

  test('the first of equal names, even if it is empty', async () => {
    const twice = (first: string) => [
      ...attributes({ 'event.name': 'tool_result', tool_name: first }),
      ...attributes({ tool_name: 'second' }),
    ]
    expect(await rowOf(code, { ...time, attributes: twice('first') })).toMatchObject({ tool: 'first' })
    expect(await rowOf(code, { ...time, attributes: twice('') })).not.toHaveProperty('tool')
  })

  test('names of the surface', async () => {
    expect(await log({ 'enduser.id': 'a@example.com' }, cowork)).toMatchObject({
      service: 'cowork',
      email: 'a@example.com',
    })
    expect(await log({ 'enduser.id': 'a@example.com' })).not.toHaveProperty('email')
  })

  test('identity keys are columns, also one that is a field', async () => {
    const row = await rowOf(
      { ...code, 'endpoint.serial': 'R1', 'user.email': 'a@example.com' },
      { ...time, attributes: attributes({ 'endpoint.serial': 'L1' }) },
      ['endpoint.serial', 'host.name', 'user.email'],
    )
    expect(row).toMatchObject({ 'endpoint.serial': 'L1', 'user.email': 'a@example.com', email: 'a@example.com' })
  })

  test.each<[string, object, string | undefined]>([
    ['text', { stringValue: 'x' }, 'x'],
    ['boolean', { boolValue: false }, 'false'],
    ['integer', { intValue: 7 }, '7'],
    ['integer as text', { intValue: '-9223372036854775808' }, '-9223372036854775808'],
    ['integer of too many digits for a double', { intValue: '9007199254740993' }, '9007199254740993'],
    ['number', { doubleValue: 1e21 }, '1e+21'],
    ['number as text', { doubleValue: '1.50' }, '1.5'],
    ['list', { arrayValue: { values: [{ stringValue: '<a>' }, { intValue: '1' }, {}] } }, '["\\u003ca\\u003e",1,null]'],
    [
      'map',
      {
        kvlistValue: {
          values: [
            { key: 'b', value: { boolValue: true } },
            { key: 'a', value: { stringValue: '"' } },
          ],
        },
      },
      '{"a":"\\"","b":true}',
    ],
    ['bytes', { bytesValue: 'AQI=' }, 'AQI='],
    ['half a character', { stringValue: 'a\ud800' }, 'a\ufffd'],
    ['nothing', {}, undefined],
    ['nonsense', { stringValue: 5, intValue: 'x', boolValue: 'true' }, undefined],
  ])('text of a value: %s', async (_, value, text) => {
    expect((await tool({ tool_name: value })).tool).toBe(text)
  })

  test('lists of groups and settings sources are joined, also those that came as JSON', async () => {
    const settings = { 'event.name': 'managed_settings_resolved' }
    const row = await log({
      ...settings,
      'user.groups': ['eng', 'ops'],
      'managed_settings.sources': '["remote","file"]',
    })
    expect(row).toMatchObject({ groups: 'eng,ops', settingsSources: 'remote,file' })
    expect(await log({ ...settings, 'user.groups': [], 'managed_settings.sources': 'remote' })).toMatchObject({
      settingsSources: 'remote',
    })
    expect(await log({ 'user.groups': [] })).not.toHaveProperty('groups')
  })

  test.each<[string, object, number | undefined]>([
    ['integer', { intValue: '42' }, 42],
    ['text', { stringValue: '42.5' }, 42.5],
    ['double', { doubleValue: 0.1 }, 0.1],
    ['a word', { stringValue: 'many' }, undefined],
    ['blank', { stringValue: ' 1' }, undefined],
    ['hexadecimal', { stringValue: '0x10' }, undefined],
    ['endless', { stringValue: '1e999' }, undefined],
  ])('number: %s', async (_, value, number) => {
    expect((await log({ duration_ms: value })).duration).toBe(number)
  })

  test('texts of which there are many are kept of log records', async () => {
    expect(await log({ 'prompt.id': 'p', tool_use_id: 'ü' })).toMatchObject({ prompt: 'p', toolUse: 'ü' })
  })
})

describe('event', () => {
  test.each<[string, object, object, string | undefined]>([
    [
      'attribute',
      { 'event.name': 'tool_result' },
      { body: { stringValue: 'claude_code.other' }, eventName: 'x' },
      'tool_result',
    ],
    ['attribute with prefix', { 'event.name': 'claude_code.tool_result' }, {}, 'tool_result'],
    ['name of the record', {}, { eventName: 'cowork.tool_result', body: { stringValue: 'other' } }, 'tool_result'],
    ['body', {}, { body: { stringValue: 'claude_code.user_prompt' } }, 'user_prompt'],
    ['body that is none', {}, { body: { stringValue: 'Please fix it' } }, undefined],
    ['nothing', {}, {}, undefined],
  ])('%s', async (_, values, record, event) => {
    expect((await log(values as Record<string, string>, code, record)).event).toBe(event)
  })
})

describe('tool_parameters', () => {
  const parameters = JSON.stringify({ mcp_server_name: 'github', mcp_tool_name: 'get', skill_name: 'pdf' })
  test('members count as attributes', async () => {
    expect(await tool({ tool_parameters: parameters })).toMatchObject({
      mcpServer: 'github',
      mcpTool: 'get',
      skill: 'pdf',
    })
  })
  test('but less than real ones', async () => {
    const row = await tool({ tool_parameters: parameters, server_name: 'own', 'skill.name': '' })
    expect(row).toMatchObject({ mcpServer: 'own', mcpTool: 'get', skill: 'pdf' })
  })
  test.each(['{"mcp_server_name":', '["mcp_server_name"]', '{"mcp_server_name":{"a":1}}', '<REDACTED>'])(
    '%s',
    async (text) => {
      expect(await tool({ tool_parameters: text })).not.toHaveProperty('mcpServer')
    },
  )
})

describe('content', () => {
  test('what is there, what is redacted, and what is empty', async () => {
    const row = await log({
      prompt: 'hello',
      response: '<REDACTED>',
      tool_input: '',
      tool_name: 'Bash',
      result: 'only of spans',
    })
    expect(row).toMatchObject({ content: ['prompt'], redacted: ['response'] })
  })
  test('in the resource, and behind an equal name', async () => {
    const twice = [...attributes({ prompt: '<REDACTED>' }), ...attributes({ prompt: 'hello' })]
    const row = await rowOf({ ...code, system_prompt: 'x' }, { ...time, attributes: twice })
    expect(row).toMatchObject({ content: ['prompt', 'system_prompt'], redacted: ['prompt'] })
  })
  test('error is content of tools only', async () => {
    expect(await log({ 'event.name': 'tool_result', error: 'no such file' })).toMatchObject({ content: ['error'] })
    expect(await log({ 'event.name': 'api_error', error: 'overloaded' })).not.toHaveProperty('content')
  })
  test.each<[unknown, object]>([
    [{ stringValue: 'claude_code.user_prompt' }, {}],
    [{ stringValue: 'Please fix it' }, { content: ['(log body)'] }],
    [{ stringValue: '<REDACTED>' }, { redacted: ['(log body)'] }],
    [{ stringValue: '' }, {}],
    [{ intValue: 5 }, { content: ['(log body)'] }],
    ['text', {}],
  ])('body %j', async (body, bits) => {
    const { content, redacted } = await log({}, code, { body })
    expect({ ...(content !== undefined && { content }), ...(redacted !== undefined && { redacted }) }).toEqual(bits)
  })
  test('of spans and their events; of data points none', async () => {
    const resource = { attributes: attributes({ ...code, 'user.email': 'a@example.com' }) }
    const span = {
      startTimeUnixNano: '1795195312244000000',
      attributes: attributes({ user_prompt: '<REDACTED>', 'event.name': 'x', 'prompt.id': 'p', error: 'e' }),
      events: [{ attributes: attributes({ output: 'text', response: '', 'user.id': 'u' }) }, null],
    }
    const point = { timeUnixNano: '1795195312245000000', attributes: attributes({ prompt: 'x' }) }
    const metrics = ['sum', 'gauge', 'histogram', 'exponentialHistogram', 'summary'].map((kind) => ({
      [kind]: { dataPoints: [point] },
    }))
    const { rows, reports } = await read([
      request({
        resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }],
        resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }],
      }),
    ])
    const common = { service: 'claude-code', email: 'a@example.com' }
    expect(rows).toEqual([
      ...metrics.map(() => ({ signal: 'point', time: at + 1, ...common })),
      { signal: 'span', time: at, ...common, content: ['output', 'user.email'], redacted: ['user_prompt'] },
    ])
    expect(reports[0]!.counted).toEqual({ log: 0, point: 5, span: 1 })
  })
})

describe('what names a person', () => {
  const hashed = 'sha256:0f'
  test.each<[string, object, object, object]>([
    ['hashed on both', { 'user.email': hashed }, { 'user.email': hashed }, { redacted: ['user.email'] }],
    [
      'in clear in the resource, behind a hash',
      { 'user.email': hashed },
      { 'user.email': 'a@example.com' },
      { content: ['user.email'], redacted: ['user.email'] },
    ],
    [
      'one attribute of two',
      { 'process.owner': hashed, 'enduser.id': 'ada' },
      {},
      { content: ['login'], redacted: ['login'] },
    ],
    ['the tagged account', { 'user.account_id': 'user_01' }, {}, { content: ['user.account'] }],
    ['no text', { 'user.id': 7 }, {}, { content: ['user.id'] }],
    ['empty', { 'user.id': '' }, { 'user.email': '' }, {}],
    [
      'the mark alone is a hash, and what only begins like it is not',
      { 'user.id': 'sha256:', 'user.email': 'sha256' },
      {},
      { content: ['user.email'], redacted: ['user.id'] },
    ],
    ['the mark for redacted content is no hash', { 'user.id': '<REDACTED>' }, {}, { content: ['user.id'] }],
  ])('%s', async (_, own, resource, bits) => {
    for (const service of [code, cowork]) {
      const { content, redacted } = await log(own as Record<string, string>, { ...service, ...resource })
      expect({ ...(content !== undefined && { content }), ...(redacted !== undefined && { redacted }) }).toEqual(bits)
    }
  })
  test('behind an equal name', async () => {
    const twice = [...attributes({ 'user.id': hashed }), ...attributes({ 'user.id': 'u' })]
    expect(await rowOf(code, { ...time, attributes: twice })).toMatchObject({
      content: ['user.id'],
      redacted: ['user.id'],
    })
  })
})

describe('what is kept of a text', () => {
  test.each<[string, string, string]>([
    ['1,024 bytes', 'é'.repeat(512), 'é'.repeat(512)],
    ['no half character', `a${'é'.repeat(600)}`, `a${'é'.repeat(511)}`],
    ['nor one of two units', `ab${'😀'.repeat(300)}`, `ab${'😀'.repeat(255)}`],
    ['a megabyte', 'x'.repeat(1 << 20), 'x'.repeat(1024)],
  ])('%s', async (_, text, kept) => {
    const row = await rowOf(
      { ...code, 'user.groups': [text] },
      {
        ...time,
        attributes: attributes({ 'session.id': text, 'event.name': `claude_code.${text}`, 'host.name': text }),
      },
      ['host.name'],
    )
    expect([row.session, row.event, row['host.name'], row.groups]).toEqual([kept, kept, kept, kept])
    const own = await tool({ tool_parameters: JSON.stringify({ mcp_server_name: text, skill_name: 'pdf' }) })
    expect([own.mcpServer, own.skill]).toEqual([kept, 'pdf'])
    const { reports } = await read([input(logs({ 'service.name': text }, time))])
    expect(Object.keys(reports[0]!.foreign)).toEqual([kept])
  })

  test('fields of other events are not', async () => {
    const values = { status: 's', trigger: 't', source: 'o', success: 'true', tool_name: 'Bash', hook_event: 'Stop' }
    expect(await log({ 'event.name': 'new_event', ...values })).toEqual({
      signal: 'log',
      time: at,
      service: 'claude-code',
      event: 'new_event',
    })
    expect(await log({ 'event.name': 'mcp_server_connection', ...values })).toEqual({
      signal: 'log',
      time: at,
      service: 'claude-code',
      event: 'mcp_server_connection',
      status: 's',
    })
    const { rows } = await read([
      request({
        resourceMetrics: [
          {
            resource: { attributes: attributes({ ...code, ...values }) },
            scopeMetrics: [{ metrics: [{ sum: { dataPoints: [time] } }] }],
          },
        ],
      }),
    ])
    expect(rows).toEqual([{ signal: 'point', time: at, service: 'claude-code' }])
  })

  test('those of an event are all that its table has', async () => {
    const all = Object.fromEntries(
      Object.values(fieldAttributes)
        .flat()
        .map((name) => [name, `${name}-value`]),
    )
    const text = claudeCodeEvents
      .map((event) => logs(code, { ...time, attributes: attributes({ ...all, ...code, 'event.name': event }) }))
      .join('')
    const words = new WordList()
    const aggregator = new Aggregator({ since: 0, until: at + 1, identityKeys: [] }, words)
    const reports = await readOtlp([input(text)], words, { identityKeys: [] }, (batch) => aggregator.add(batch))
    const { tables } = aggregator.end(reports)
    const tabled = [
      tables.settings,
      tables.hooks,
      tables.hookRuns,
      tables.tools,
      tables.decisions,
      tables.plugins,
      tables.skills,
      tables.connections,
      tables.modes,
    ]
    for (const rows of tabled) {
      expect(rows.length).toBeGreaterThan(0)
      for (const row of rows) expect(Object.values(row)).not.toContain('')
    }
  })

  test('only so many different ones, which is said', async () => {
    const sessions = Array.from({ length: 9 }, (_, index) =>
      logs(code, { ...time, attributes: attributes({ 'session.id': `s${index}` }) }),
    )
    const words = new WordList(6)
    const seen: string[] = []
    const readAll = (text: string) =>
      readOtlp([input(text)], words, { identityKeys: [] }, (batch) => {
        for (const row of rowsOf(batch, words, [])) seen.push(String(row.session))
      })
    expect((await readAll(sessions.slice(0, 4).join('')))[0]).not.toHaveProperty('problem')
    const [report] = await readAll(sessions.join(''))
    expect(seen).toEqual([
      's0',
      's1',
      's2',
      's3',
      's0',
      's1',
      's2',
      's3',
      ...Array.from({ length: 5 }, () => '(others)'),
    ])
    expect(report!.problem).toMatchObject({ code: 'telemetry-too-many-texts' })
    expect(words.size).toBe(7)
  })
})

describe('what is left out is counted', () => {
  test('other services', async () => {
    const other = logs({ 'service.name': 'shop' }, time, {}, { ...time, attributes: attributes(code) })
    const none = logs(
      {},
      time,
      { ...time, attributes: attributes(code) },
      { attributes: attributes({ 'service.name': '__proto__' }) },
    )
    const spans = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{}, {}] }] }] })
    const { rows, reports } = await read([input(`${other}${none}${spans}\n`)])
    expect(rows).toEqual([{ signal: 'log', time: at, service: 'claude-code' }])
    expect(Object.entries(reports[0]!.foreign)).toEqual([
      ['', 1],
      ['__proto__', 1],
      ['shop', 3],
    ])
    expect(reports[0]).toMatchObject({ records: 8, foreignOther: 2 })
  })

  test('more services than are kept', async () => {
    const many = Array.from({ length: 1500 }, (_, index) => logs({ 'service.name': `s${index}` }, time)).join('')
    const { reports } = await read([input(many)])
    expect(Object.keys(reports[0]!.foreign).length).toBe(1001)
    expect(reports[0]!.foreign['(other services)']).toBe(500)
    expect(sumsAddUp(reports[0]!)).toBe(true)
  })

  test.each<[string, object, number]>([
    ['a record', { resourceLogs: [{ scopeLogs: [{ logRecords: [5, null, 'x', []] }] }] }, 4],
    ['a list of records', { resourceLogs: [{ scopeLogs: [{ logRecords: {} }, { logRecords: 'x' }] }] }, 2],
    ['a scope', { resourceSpans: [{ scopeSpans: [7] }, { scopeSpans: true }] }, 2],
    ['a resource', { resourceMetrics: [null], resourceLogs: 5 }, 2],
    [
      'data points',
      { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ sum: 5 }, { gauge: { dataPoints: [5] } }, {}] }] }] },
      2,
    ],
  ])('%s of the wrong type', async (_, value, count) => {
    const { rows, reports } = await read([request(value)])
    expect(rows).toEqual([])
    expect(reports[0]).toMatchObject({ records: count, rejected: { 'bad-record': count }, emptyLines: 0, badLines: {} })
  })
})

test('any JSON in any place: nothing is thrown, and the sums add up', async () => {
  const any = fc.jsonValue({ maxDepth: 2 })
  const attribute = fc.record({
    key: fc.constantFrom('service.name', 'prompt', 'event.name', 'x'),
    value: fc.oneof(
      any,
      fc.record({ stringValue: any, intValue: any, arrayValue: any, kvlistValue: any }, { requiredKeys: [] }),
    ),
  })
  const list = (part: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 4, arbitrary: fc.array(fc.oneof({ weight: 4, arbitrary: part }, any), { maxLength: 3 }) }, any)
  const described = fc.record({ attributes: list(fc.oneof(attribute, fc.constant(attributes(code)[0]))) })
  const record = fc.record(
    {
      timeUnixNano: fc.oneof(fc.constant('1795195312244000000'), any),
      startTimeUnixNano: any,
      attributes: list(attribute),
      body: any,
      eventName: any,
      events: list(described),
    },
    { requiredKeys: [] },
  )
  const value = fc.record({
    resourceLogs: list(fc.record({ resource: described, scopeLogs: list(fc.record({ logRecords: list(record) })) })),
    resourceMetrics: list(
      fc.record({
        resource: described,
        scopeMetrics: list(
          fc.record({
            metrics: list(
              fc.record({ sum: fc.record({ dataPoints: list(record) }), gauge: any }, { requiredKeys: [] }),
            ),
          }),
        ),
      }),
    ),
    resourceSpans: list(fc.record({ resource: described, scopeSpans: list(fc.record({ spans: list(record) })) })),
  })
  await fc.assert(
    fc.asyncProperty(value, async (request) => {
      const { rows, reports } = await read([input(JSON.stringify(request))], ['x'])
      const { counted } = reports[0]!
      expect(sumsAddUp(reports[0]!)).toBe(true)
      expect(rows.length).toBe(counted.log + counted.point + counted.span)
      expect(reports[0]!.badLines).toEqual({})
    }),
    { numRuns: 500 },
  )
})

test('depth is no danger', async () => {
  const deep = '{"arrayValue":{"values":['.repeat(200_000) + ']}}'.repeat(200_000)
  const line = logs(code, { ...time, attributes: [{ key: 'prompt', value: 'DEEP' }] }).replace('"DEEP"', deep)
  const { rows } = await read([input(`${line}${'['.repeat(1_000_000)}\n`)])
  expect(rows).toMatchObject([{ content: ['prompt'] }])
})
