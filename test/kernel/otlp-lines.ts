import fc from 'fast-check'
import { contentFields, hashMark } from '../../src/telemetry/content-fields.js'
import { fieldAttributes, looseAttributes, numberAttributes } from '../../src/telemetry/fields.js'
import { claudeCodeEvents } from '../../src/telemetry/surfaces/claude-code.js'

// Lines of telemetry as nobody should write them: every member may be missing, twice, or of another type, and every
// spelling of JSON that there is may be used for any of them.

const names = [
  ...Object.values(fieldAttributes).flat(),
  ...Object.values(numberAttributes).flat(),
  ...Object.values(looseAttributes).flat(),
  ...contentFields.flatMap(({ name, attributes }) => [name, ...attributes]),
  'enduser.id',
  'host.name',
  'event.timestamp',
  'other',
]
/** Those that most often stand in real records. */
const common = [
  'session.id',
  'event.name',
  'event.sequence',
  'tool_name',
  'status',
  'trigger',
  'source',
  'tool_parameters',
  'prompt.id',
  'duration_ms',
]

const parameters = [
  '{"mcp_server_name":"github","mcp_tool_name":"create"}',
  '{"skill_name":"a\\"b","full_command":"ls"}',
  '{"mcp_server_name":5}',
  '["mcp_server_name"]',
  '{"mcp_\\u0073erver_name":"x"}',
  '{"mcp_server_name":"x"',
  `{"mcp_server_name":"${'é'.repeat(700)}"}`,
]
const text = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('a', 'claude-code', 'Bash', 'true', 'false', '2.1.197', 'user_prompt', 'tool_result'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom('claude_code.tool_result', 'cowork.', 'claude_code.', '[]', '["a","b"]', '["a",1]'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom('', '<REDACTED>', '<REDACTED', '12', '012', '1.5', '1e3', '-3', '9'.repeat(16), '+1'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('Zoë', '日本語', '😀', 'a\nb', 'a"b', 'a\\b', '\u2028', 'x'.repeat(70), 'é'.repeat(40)),
  },
  { weight: 2, arbitrary: fc.constantFrom(...parameters) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(hashMark, `${hashMark}0a`, 'sha256', `x${hashMark}`, '<sha256:>', `<${hashMark}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom('', 'a', 'cowork.', '['),
        fc.constantFrom('x', 'é', '日', '😀', '"'),
        fc.integer({ min: 250, max: 1030 }),
      )
      .map(([first, rest, count]) => first + rest.repeat(count)),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 120 }) },
)
const plainNumber = fc.oneof(fc.nat(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
const values = (members: fc.Arbitrary<unknown>) => fc.record({ values: fc.array(members, { maxLength: 3 }) })
const tame = fc.oneof(
  { weight: 12, arbitrary: fc.record({ stringValue: text }) },
  { weight: 4, arbitrary: fc.record({ intValue: fc.oneof(fc.nat(), fc.nat().map(String), plainNumber, text) }) },
  { weight: 1, arbitrary: fc.record({ doubleValue: fc.oneof(plainNumber, text) }) },
  { weight: 1, arbitrary: fc.record({ boolValue: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ arrayValue: values(fc.record({ stringValue: text })) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kvlistValue: values(fc.record({ key: text, value: fc.record({ stringValue: text }) })) }),
  },
)
const oddValues = [{}, null, [], 'text', 5, { stringValue: 5 }, { stringValue: 'x', intValue: 4 }]
const oddAttributes = [{}, null, { key: 'tool_name' }, { key: 5, value: { stringValue: 'a' } }, 'x']
const oddTimes = ['0', '', '1', '007', '99999999999999999999', '9999999999999999999', 5, null, '1795195312244000000x']
const service = fc.constantFrom('claude-code', 'claude-code', 'claude-code-desktop', 'cowork', 'other', 'Zoë')
const some = fc.constantFrom<unknown>(0, 'INFO', '', null, [1, { a: [] }], true, -1.5e-7, { name: 'x', attributes: [] })

/** Requests; wild ones have members that are missing, twice, or of another type. */
function requests(wild: boolean): fc.Arbitrary<unknown> {
  const or = (odd: readonly unknown[], arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    wild ? fc.oneof({ weight: 30, arbitrary }, { weight: 1, arbitrary: fc.constantFrom(...odd) }) : arbitrary
  const members = (all: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Record<string, unknown>> =>
    fc.record(all).chain((whole) =>
      wild
        ? fc.constantFrom(...Object.keys(whole), ...Array.from({ length: 30 }, () => '')).map((left) => {
            const { [left]: _, ...rest } = whole
            return rest
          })
        : fc.constant(whole),
    )
  const key = fc.oneof(fc.constantFrom(...common), fc.constantFrom(...names))
  const event = fc.record({
    key: fc.constant('event.name'),
    value: fc.record({ stringValue: fc.constantFrom(...claudeCodeEvents, 'new_event') }),
  })
  const attribute = fc.oneof(
    { weight: 7, arbitrary: or(oddAttributes, fc.record({ key, value: or(oddValues, tame) })) },
    { weight: 1, arbitrary: event },
  )
  const keyOf = (one: unknown) => (one as { key?: unknown } | null)?.key
  const unique = fc.uniqueArray(attribute, { maxLength: 8, selector: keyOf })
  const attributes = or([null, {}, 'x'], wild ? fc.oneof(unique, fc.array(attribute, { maxLength: 6 })) : unique)
  const ofResource = fc.record({
    key: fc.constantFrom(
      ...['user.email', 'user.account_id', 'enduser.id', 'user.groups', 'host.name', 'fleet.policy'],
      ...['event.name', 'status', 'managed_settings.sources', 'prompt', 'other'],
    ),
    value: or(oddValues, tame),
  })
  const resource = members({
    attributes: fc
      .tuple(service, fc.uniqueArray(ofResource, { maxLength: 4, selector: keyOf }), attribute, fc.nat(wild ? 9 : 0))
      .map(([name, others, more, odd]) => {
        const own = { key: 'service.name', value: { stringValue: odd === 9 ? '' : name } }
        return odd === 1 ? [...others, more, own] : odd === 2 ? [...others, more] : [own, ...others]
      }),
    droppedAttributesCount: some,
  })
  const time = or(oddTimes, fc.bigInt(1_700_000_000_000_000_000n, 1_900_000_000_000_000_000n).map(String))
  const log = members({
    timeUnixNano: time,
    observedTimeUnixNano: time,
    severityText: some,
    body: or([...oddValues, { boolValue: true }], fc.record({ stringValue: text })),
    attributes,
    eventName: or([null, 5], text),
    traceId: some,
  })
  const point = members({ attributes, startTimeUnixNano: time, timeUnixNano: time, asDouble: some, sum: some })
  const eventOfSpan = members({ name: text, timeUnixNano: time, attributes })
  const span = members({
    traceId: some,
    name: text,
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    attributes,
    events: fc.array(eventOfSpan, { maxLength: 2 }),
  })
  const metric = members({
    name: text,
    sum: members({ aggregationTemporality: some, dataPoints: fc.array(point, { maxLength: 3 }) }),
  }).chain(({ sum, ...rest }) =>
    fc.constantFrom({ ...rest, sum }, { ...rest, gauge: sum }, ...(wild ? [{ ...rest, sum, histogram: sum }] : [])),
  )
  const request = (list: string, scopes: string, records: string, record: fc.Arbitrary<unknown>) => {
    const scope = members({ scope: some, [records]: fc.array(record, { maxLength: 4 }), schemaUrl: some })
    const one = members({ resource, [scopes]: fc.array(scope, { minLength: 1, maxLength: 2 }) })
    return fc.array(one, { minLength: 1, maxLength: 3 }).map((all) => ({ [list]: all }))
  }
  return fc.oneof(
    { weight: 6, arbitrary: request('resourceLogs', 'scopeLogs', 'logRecords', log) },
    { weight: 2, arbitrary: request('resourceMetrics', 'scopeMetrics', 'metrics', metric) },
    { weight: 2, arbitrary: request('resourceSpans', 'scopeSpans', 'spans', span) },
  )
}

/** How a value is spelled: each number is drawn for one decision. */
export function spell(value: unknown, next: () => number): string {
  const odd = next() === 0
  if (typeof value === 'string') {
    const plain = JSON.stringify(value)
    if (!odd || value === '') return plain
    // Any one character as an escape, also as Go does it.
    const at = next() % value.length
    const code = `\\u${value.charCodeAt(at).toString(16).padStart(4, '0')}`
    if (value.includes('<')) return plain.replaceAll('<', '\\u003c').replaceAll('>', '\\u003e')
    return `${JSON.stringify(value.slice(0, at)).slice(0, -1)}${code}${JSON.stringify(value.slice(at + 1)).slice(1)}`
  }
  const space = odd ? [' ', '\t', '', '\r'][next() % 4]! : ''
  if (Array.isArray(value)) return `[${space}${value.map((one) => spell(one, next)).join(`${space},`)}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const pairs = Object.entries(value).filter(([, one]) => one !== undefined)
  if (odd && next() % 3 === 0) pairs.reverse()
  if (odd && next() % 5 === 0 && pairs.length > 0) pairs.push(pairs[next() % pairs.length]!)
  return `{${pairs.map(([name, one]) => `${spell(name, next)}:${space}${spell(one, next)}`).join(',')}}`
}

/** A line, spelled in one way and, now and then, damaged. */
export const line: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: requests(false) }, { weight: 1, arbitrary: requests(true) }),
    fc.constantFrom(1_000_000, 1_000_000, 500, 50),
    fc.nat(),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('cut', 'flip', 'insert', 'drop'), fc.nat(255)), { maxLength: 2 }),
    fc.nat(7),
    fc.constantFrom('', '', '', '\r', ' '),
  )
  .map(([value, rarity, seed, damages, damaged, end]) => {
    let state = seed
    const next = () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff
      return (state >> 8) % rarity
    }
    let bytes: Buffer = Buffer.from(spell(value, next))
    for (const [place, what, byte] of damaged === 0 ? damages : []) {
      const at = place % (bytes.length + 1)
      const rest = { cut: bytes.length, flip: at + 1, insert: at, drop: at + 1 }[what]!
      const middle = what === 'flip' || what === 'insert' ? [byte] : []
      bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(middle), bytes.subarray(rest)])
    }
    return Buffer.concat([bytes, Buffer.from(end)])
  })

const otherLines = ['', '{}', 'time,level', '[1]', '[]', '\ufeff{"resourceLogs":[]}'].map((one) => Buffer.from(one))

/** Several lines, the last of them with or without its line feed. */
export const block: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.array(fc.oneof({ weight: 20, arbitrary: line }, { weight: 1, arbitrary: fc.constantFrom(...otherLines) }), {
      minLength: 1,
      maxLength: 4,
    }),
    fc.boolean(),
  )
  .map(([lines, ended]) => {
    const parts = lines.flatMap((one) => [one, Buffer.from('\n')])
    return Buffer.concat(ended ? parts : parts.slice(0, -1))
  })
