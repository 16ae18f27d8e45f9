import { contentFields } from '../../src/telemetry/content-fields.js'
import { fieldAttributes, looseAttributes, numberAttributes } from '../../src/telemetry/fields.js'
import { claudeCodeEvents } from '../../src/telemetry/surfaces/claude-code.js'
import type { Attribute, AttributeValue, DataPoint, LogRecord, OtlpRequest, PointKind, Span } from './exporter.js'

export interface MessyOptions {
  readonly seed: number
  readonly since: number
  readonly until: number
  readonly identityKeys: readonly string[]
  readonly requests?: number
  /** Whether the tables keep `event_name`, and milliseconds of data points. */
  readonly eventNames?: boolean
  readonly pointMilliseconds?: boolean
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Texts that order differently by code unit and by byte, end quotes, look like numbers, JSON or SQL. */
const texts = [
  'a',
  'b',
  'true',
  'false',
  '1',
  '',
  'Ünïcødé',
  '日本',
  '\u{1f600}',
  '\u{fb01}',
  '\u{e000}x',
  "it's",
  'back\\slash',
  'tab\there',
  'line\nbreak',
  '"quoted"',
  '{x:String}',
  '; DROP TABLE otel_logs',
  'null',
  '[1,2',
  '%',
  'NaN',
  `${'long'.repeat(255)}é\u{1f600}日本`,
  `${'long'.repeat(255)}日本日本`,
]
const listTexts = ['["remote","file"]', '["a<b & c","ü"]', '[]', '["x",null,true,7]', '[not json', 'plain', '["only"]']
const sessions = [
  's-1',
  's-2',
  's-3',
  's-4',
  '',
  '日本',
  '\u{1f600}',
  '\u{fb01}',
  "o'brien",
  'back\\slash',
  'z\0ero',
  'z',
  'fleet-canary-1',
  'fleet-canary',
  `s${'\u{1f600}'.repeat(256)}`,
]
const sequences: readonly (AttributeValue | undefined)[] = [
  undefined,
  { intValue: '-1' },
  { stringValue: 'x' },
  { doubleValue: 1.5 },
  { stringValue: '3000000000' },
  { stringValue: '1e1' },
  { stringValue: '+4' },
  { stringValue: ' 5' },
  { stringValue: '2147483647' },
]
const amounts: readonly AttributeValue[] = [
  { intValue: '5' },
  { intValue: 17 },
  { stringValue: '250' },
  { doubleValue: 12.75 },
  { stringValue: '-3' },
  { stringValue: 'soon' },
  { stringValue: '1e13' },
  { boolValue: true },
  { stringValue: '.5' },
  { stringValue: '1000000000000' },
  { stringValue: 'nan' },
]
const parameters = [
  '{"mcp_server_name":"github","mcp_tool_name":"search"}',
  '{"skill_name":"pdf","mcp_server_name":5}',
  '{"mcp_server_name":"cut',
  '[1]',
  'text',
  '{"bash_command":"ls"}',
  '{"mcp_server_name":"ü\\u00e9"}',
]
const services = ['claude-code', 'claude-code', 'claude-code-desktop', 'cowork', 'other', '']
const failures = ['api_error', 'api_retries_exhausted', 'internal_error']

/**
 * Requests as unkind as telemetry gets, within what both stores can keep: no attribute twice in a list. No two records
 * that differ have one session, sequence and time: which of them counts is for each store to say (`differingCopies`).
 */
export function messyRequests(options: MessyOptions): OtlpRequest[] {
  const { seed, since, until, identityKeys, requests = 60, eventNames = true, pointMilliseconds = true } = options
  const random = randomOf(seed)
  const chance = (likelihood: number) => random() < likelihood
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)]!
  const text = (value: string): AttributeValue => ({ stringValue: value })
  const week = 7 * 86_400_000
  const edges = [since - 1, since, since + 1, until - 1, until, until + 1, since - 90 * 86_400_000, until + week]
  const moments = Array.from({ length: 12 }, () => since + Math.floor(random() * (until - since)))
  const time = () =>
    chance(0.25) ? pick(edges) : chance(0.5) ? pick(moments) : since + Math.floor(random() * (until - since))
  const nano = (ms: number) => `${ms}${pick(['000000', '000001', '999999'])}`
  const value = (): AttributeValue => {
    if (chance(0.8)) return text(pick(texts))
    return pick<AttributeValue>([
      { intValue: '12' },
      { boolValue: false },
      { doubleValue: 0.1 },
      { arrayValue: { values: [text('x'), text('y<z')] } },
    ])
  }
  const attributesOf = (likelihood: number): Attribute[] => {
    const found = new Map<string, AttributeValue>()
    for (const [field, names] of Object.entries(fieldAttributes)) {
      if (/^(?:service|session|event)$/.test(field)) continue
      for (const name of names)
        if (chance(likelihood))
          found.set(name, /^(?:groups|settingsSources)$/.test(field) && chance(0.7) ? text(pick(listTexts)) : value())
    }
    for (const name of Object.values(numberAttributes).flat())
      if (name !== 'event.sequence' && chance(likelihood)) found.set(name, pick(amounts))
    for (const { name, attributes } of contentFields)
      for (const attribute of [name, ...attributes])
        if (chance(likelihood / 3))
          found.set(attribute, text(pick(['<REDACTED>', 'rm -rf', '', 'x', 'sha256:1f', 'sha256'])))
    if (chance(likelihood)) found.set('enduser.id', value())
    if (chance(likelihood)) found.set('success', text(pick(['true', 'false'])))
    if (chance(likelihood)) found.set('decision', text(pick(['accept', 'reject'])))
    if (chance(likelihood)) found.set('tool_parameters', text(pick(parameters)))
    if (chance(likelihood)) found.set(looseAttributes.prompt[0], text(pick(['p-1', 'p-2', '\u{fb01}', '\u{1f600}'])))
    if (chance(likelihood * 2)) found.set(looseAttributes.toolUse[0], text(`call-${Math.floor(random() * 30)}`))
    for (const key of identityKeys) if (chance(likelihood)) found.set(key, value())
    return [...found].map(([key, value]) => ({ key, value }))
  }
  // Few senders, so that groups have more than one record.
  const resources = Array.from({ length: 6 }, () => ({
    attributes: [...(chance(0.9) ? [{ key: 'service.name', value: text(pick(services)) }] : []), ...attributesOf(0.15)],
  }))
  const persons = Array.from({ length: 5 }, () => attributesOf(0.1))
  const seen = new Map<string, LogRecord>()

  const logRecord = (): LogRecord => {
    const own = new Map(pick(persons).map(({ key, value }) => [key, value]))
    for (const { key, value } of attributesOf(0.06)) own.set(key, value)
    if (chance(0.1)) own.set('service.name', text(pick(services)))
    const session = pick(sessions)
    if (session !== '' || chance(0.5)) own.set('session.id', text(session))
    const sequence = chance(0.2) ? pick(sequences) : { intValue: String(Math.floor(random() * 40)) }
    if (sequence !== undefined) own.set('event.sequence', sequence)
    const event = chance(0.15)
      ? pick(failures)
      : chance(0.5)
        ? pick(['tool_result', 'tool_decision', 'hook_execution_complete', 'user_prompt', 'mcp_server_connection'])
        : pick([...claudeCodeEvents, 'unheard_of', 'Odd Event'])
    const [named, bodied, inField] = [chance(0.8), chance(0.7), eventNames && chance(0.2)]
    if (named) own.set('event.name', text(chance(0.1) ? `claude_code.${event}` : event))
    const at = time()
    const record: LogRecord = {
      ...(chance(0.95) ? { timeUnixNano: nano(at) } : chance(0.8) && { observedTimeUnixNano: nano(at) }),
      ...(inField && { eventName: chance(0.5) ? event : `cowork.${event}` }),
      ...(bodied && {
        body: text(
          chance(0.1)
            ? pick(['<REDACTED>', 'Write me a poem.', '日本'])
            : pick([`claude_code.${event}`, `cowork.${event}`, event]),
        ),
      }),
      attributes: [...own].map(([key, value]) => ({ key, value })),
    }
    const known = seen.get(JSON.stringify([session, Number(sequence && Object.values(sequence)[0]), at]))
    if (known !== undefined) return known
    seen.set(JSON.stringify([session, Number(sequence && Object.values(sequence)[0]), at]), record)
    return record
  }
  const dataPoint = (): DataPoint => ({
    timeUnixNano: nano(pointMilliseconds ? time() : Math.ceil(time() / 1000) * 1000),
    attributes: [...pick(persons), ...(chance(0.3) ? [{ key: 'session.id', value: text(pick(sessions)) }] : [])],
  })
  const span = (): Span => ({
    startTimeUnixNano: nano(time()),
    attributes: [
      ...pick(persons).filter(({ key }) => key !== 'prompt.id'),
      { key: 'session.id', value: text(pick(sessions)) },
    ],
    events: chance(0.3) ? [{ attributes: attributesOf(0.1) }, { attributes: attributesOf(0.1) }] : [],
  })
  const some = <Made>(most: number, make: () => Made): Made[] =>
    Array.from({ length: Math.floor(random() * (most + 1)) }, make)

  const made: OtlpRequest[] = []
  for (let index = 0; index < requests; index++) {
    const resource = pick(resources)
    // Records of one session by two resources would be copies that differ: a resource keeps to its own sessions.
    made.push({
      resourceLogs: [
        {
          resource,
          scopeLogs: [
            { logRecords: some(25, logRecord).map((record) => sessionsOf(record, resources.indexOf(resource))) },
          ],
        },
      ],
      ...(chance(0.3) && {
        resourceMetrics: [
          {
            resource,
            scopeMetrics: [
              {
                metrics: some(3, () => ({
                  [pick<PointKind>(['sum', 'gauge', 'histogram', 'exponentialHistogram', 'summary'])]: {
                    dataPoints: some(4, dataPoint),
                  },
                })),
              },
            ],
          },
        ],
      }),
      ...(chance(0.3) && { resourceSpans: [{ resource, scopeSpans: [{ spans: some(5, span) }] }] }),
    })
    // The Collector sends a batch again when it was not confirmed in time.
    if (chance(0.2)) made.push(pick(made))
  }
  return made
}

/**
 * Records that two pipelines tell differently, each of one sender by its `endpoint.serial`: the number of the record and
 * a or b. Some come more than once.
 */
export function differingCopies(since: number, records = 24): readonly OtlpRequest[] {
  const text = (key: string, value: string): Attribute => ({ key, value: { stringValue: value } })
  const events = [
    'tool_result',
    'tool_decision',
    'user_prompt',
    'hook_registered',
    'permission_mode_changed',
    'api_error',
  ]
  return Array.from({ length: records * 2 }, (_, index): OtlpRequest[] => {
    const [record, isFirst] = [index % records, index < records]
    const event = events[(isFirst ? record : record * 3 + 1) % events.length]!
    const logRecord: LogRecord = {
      timeUnixNano: `${since + record * 3_600_000}000000`,
      attributes: [
        text('event.name', event),
        text('session.id', `s-${record % 5}`),
        text('event.sequence', String(record)),
        text('tool_use_id', `call-${record % 4}`),
        text('tool_name', isFirst ? 'Bash' : 'Read'),
        text('user.email', isFirst ? 'sha256:1f' : 'ada@acme.example'),
        ...(isFirst ? [] : [text('bash_command', 'ls')]),
      ],
    }
    const attributes = [text('service.name', 'claude-code'), text('endpoint.serial', `${record}${isFirst ? 'a' : 'b'}`)]
    const request = { resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords: [logRecord] }] }] }
    return index % 3 === 0 ? [request, request] : [request]
  }).flat()
}

/** The sender of a request of `differingCopies`. */
export function serialOf({ resourceLogs = [] }: OtlpRequest): string {
  const value = resourceLogs[0]!.resource.attributes.find(({ key }) => key === 'endpoint.serial')!.value
  return 'stringValue' in value ? value.stringValue : ''
}

function sessionsOf(record: LogRecord, resource: number): LogRecord {
  return {
    ...record,
    attributes: record.attributes.map(({ key, value }) =>
      key === 'session.id' && 'stringValue' in value && value.stringValue !== ''
        ? { key, value: { stringValue: ofResource(value.stringValue, resource) } }
        : { key, value },
    ),
  }
}

/** A long session is told apart by its beginning, since its end is cut off. */
function ofResource(session: string, resource: number): string {
  if (resource === 0) return session
  return session.length > 100 ? `\u{fb01}${resource}${session}` : `${session}\u{fb01}${resource}`
}
