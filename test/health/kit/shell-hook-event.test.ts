import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { hookMachine } from './hook-machine.js'

const templates = resolve(import.meta.dirname, '../../../templates/hook')
const program = ['read-json.awk', 'decide.awk'].map((name) => readFileSync(join(templates, name), 'utf8')).join('')

/** Linux has one of these, Macs have the one true awk; whichever are here must agree. */
const awks = [['awk'], ['mawk'], ['gawk'], ['original-awk'], ['busybox', 'awk']].filter(
  ([name = '', ...flags]) => spawnSync(name, [...flags, 'BEGIN { exit 0 }']).status === 0,
)

const folder = mkdtempSync(join(tmpdir(), 'fleet-hook-awk-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})
const configuration = join(folder, 'hook.conf')
writeFileSync(configuration, 'unsure deny\n')

interface Seen {
  readonly decision: string
  readonly event: string
  readonly tool: string
  readonly session: string
  readonly toolUse: string
}

function see(text: string, [name = '', ...flags]: readonly string[] = ['awk']): Seen {
  const { stdout, status } = spawnSync(name, [...flags, program], {
    input: `${text}\n`,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LC_ALL: 'C', FLEET_CONFIGURATION: configuration },
    timeout: 20_000,
  })
  const lines = stdout.split('\n')
  if (status !== 0 || lines.length !== 15) throw new Error('awk gave no decision.')
  const [decision = '', , event = '', tool = ''] = lines
  return { decision, event, tool, session: lines[11] ?? '', toolUse: lines[12] ?? '' }
}

const nothing = { event: '-', tool: '-', session: '-', toolUse: '-' }
const start = '"hook_event_name":"PreToolUse"'

describe.each(awks)('read by %s', (...awk) => {
  const seen = (text: string) => see(text, awk)
  const toolOf = (text: string) => seen(text).tool

  it('the name of a tool is that of the outermost object, whatever the input of the tool holds', () => {
    for (const trick of [
      `{${start},"tool_name":"Bash","tool_input":{"tool_name":"Read"}}`,
      `{${start},"tool_input":{"tool_name":"Read"},"tool_name":"Bash"}`,
      `{${start},"tool_input":{"command":"echo \\"tool_name\\":\\"Read\\""},"tool_name":"Bash"}`,
      `{${start},"tool_name":"Bash","tool_input":{"command":"\\\\\\",\\"tool_name\\":\\"Read\\",\\""}}`,
      `{${start},"tool_name":"Bash","tool_input":{"command":"}}","x":"{\\"tool_name\\":\\"Read\\"}"}}`,
      `{${start},"tool_name":"Bash","tool_input":["\\\\",{"tool_name":"Read"},[[]],"tool_name",{"a":{}}]}`,
      `{${start},"tool_name":"Read","tool_name":"Bash"}`,
      `{${start},"tool_name":{"tool_name":"Read"},"tool_name":"Bash"}`,
      `{${start},"x":"tool_name","tool_name":"Bash","y":"tool_name"}`,
      `{${start},"tool_name ":"Read","Tool_name":"Read","tool_name":"Bash"}`,
      `{${start},"tool_\\u006eame":"B\\u0061sh","a":"tool_name"}`,
      ` {\t${start} ,\r\n "tool_name"\n:\n"Bash"\n}\n`,
    ])
      expect([trick, toolOf(trick)]).toEqual([trick, 'Bash'])
  })

  it('is not there where the last one is no text', () => {
    for (const value of ['null', '1', 'true', '{}', '["Bash"]', '""'])
      expect(seen(`{${start},"tool_name":"Bash","tool_name":${value}}`)).toMatchObject({
        decision: 'unsure',
        event: 'PreToolUse',
        tool: '-',
      })
  })

  it.each([
    '',
    'x',
    '[]',
    '"tool_name"',
    'null',
    `[{${start}}]`,
    `{${start}}}`,
    `{${start}} {}`,
    `{${start},}`,
    `{${start} "a":1}`,
    `{${start},"a"}`,
    `{${start},"a":}`,
    `{${start},"a":1,,"b":2}`,
    `{${start},"a":[1,]}`,
    `{${start},"a":[1}`,
    `{${start},"a":01}`,
    `{${start},"a":+1}`,
    `{${start},"a":1.}`,
    `{${start},"a":nul}`,
    `{${start},"a":NaN}`,
    `{${start},a:1}`,
    `{${start},"a":'b'}`,
    `{${start},"a":"\t"}`,
    `{${start},"a":"\u0001"}`,
    `{${start},"a":"\n"}`,
    `{${start},"a":"\\x"}`,
    `{${start},"a":"\\u12g4"}`,
    `{${start},"a":"\\u12\\n34"}`,
    `{${start},"a":1 2}`,
    `{${start}"}`,
    `{${start},"a""}`,
    `{"hook_event_name":"PreToolUs""}`,
    `{${start},"a":"b" "c"}`,
    `{${start}:1}`,
    `{"hook_event_name":1}`,
    `{"hook_event_name":"Pre ToolUse"}`,
    `{"hook_event_name":"${'A'.repeat(61)}"}`,
    `// x\n{${start}}`,
  ])('%j is nothing to decide by', (text) => {
    expect(seen(text)).toEqual({ decision: 'unsure', ...nothing, ...(text.includes(start) && { session: '-' }) })
  })

  it('a torn event is known as far as it came, and not decided', () => {
    const whole = `{${start},"tool_name":"Bash","tool_input":{"a":[1,"b\\u0041"]},"session_id":"s"}`
    for (let length = 1; length < whole.length; length++) {
      const { decision, event } = seen(whole.slice(0, length))
      expect([length, decision]).toEqual([length, 'unsure'])
      expect(event).toBe(length > 30 ? 'PreToolUse' : '-')
    }
    expect(seen(whole)).toEqual({ decision: 'allow', event: 'PreToolUse', tool: 'Bash', session: 's', toolUse: '-' })
  })

  it('names are made plain and short', () => {
    const tool = `\u0007"|\\\u001b[31m\u00e9${'x'.repeat(5000)}`
    const { tool: shown } = seen(JSON.stringify({ hook_event_name: 'PreToolUse', tool_name: tool }))
    expect(shown).toMatch(/^_{6}31m__?x{49,50}$/)
    expect(shown).toHaveLength(60)
  })
})

/** A text of JSON as somebody may write it: with blanks, escapes and several members of one name. */
const anyName = fc.constantFrom('hook_event_name', 'tool_name', 'session_id', 'tool_use_id', 'tool_input', 'x', '')
const anyText = fc.oneof(
  fc.constantFrom(
    'PreToolUse',
    'PostToolUse',
    'Bash',
    'tool_name',
    '"tool_name":"Read"',
    '\\',
    '"',
    '{',
    '\u2028',
    '\t',
  ),
  fc.string({ maxLength: 12 }),
)
const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    anyText.map((text) => JSON.stringify(text)),
    fc
      .oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null))
      .map((v) => JSON.stringify(v)),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(' ,')}]`),
    tie('object'),
  ),
  object: members(tie('value') as fc.Arbitrary<string>),
}))

function members(value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const member = fc.tuple(anyName, value).map(([name, text]) => `${JSON.stringify(name)} :${text}`)
  return fc.array(member, { maxLength: 6 }).map((all) => `{${all.join(',\n')}}`)
}

function expected(text: string): Omit<Seen, 'decision'> | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const own = value as Record<string, unknown>
  const shown = (name: string, most: number) =>
    typeof own[name] === 'string' && own[name] !== ''
      ? own[name]
          .slice(0, most)
          .replace(/[^A-Za-z0-9_.-]/g, '_')
          .replace(/_+/g, '_')
      : '-'
  const event = own.hook_event_name
  if (typeof event !== 'string' || !/^[A-Za-z]{1,60}$/.test(event)) return undefined
  return { event, tool: shown('tool_name', 60), session: shown('session_id', 128), toolUse: shown('tool_use_id', 128) }
}

it('agrees with JSON.parse on what is JSON, and what it says', () => {
  const collapsed = (text: string) => text.replace(/_+/g, '_')
  const object = members(anyValue as fc.Arbitrary<string>).map((text) =>
    text.replace('{', `{${start}${text === '{}' ? '' : ','}`),
  )
  const damaged = fc
    .tuple(object, fc.nat(), fc.constantFrom('', '"', '{', '}', ',', '\\', '1', ' ', ':'), fc.boolean())
    .map(([text, at, mark, replace]) => {
      const place = at % (text.length + 1)
      return text.slice(0, place) + mark + text.slice(place + (replace ? 1 : 0))
    })
  fc.assert(
    fc.property(fc.oneof(object, damaged), (text) => {
      const { decision, event, tool, session, toolUse } = see(text)
      const wanted = expected(text)
      // A torn event that is none before a tool has nothing to decide.
      if (wanted === undefined) return decision === 'unsure' || !['-', 'PreToolUse'].includes(event)
      expect({ event, tool: collapsed(tool), session: collapsed(session), toolUse: collapsed(toolUse) }).toEqual(wanted)
      return decision === (event === 'PreToolUse' && tool === '-' ? 'unsure' : 'allow')
    }),
    { numRuns: 400 },
  )
})

describe('a large event', () => {
  const event = (tool_input: unknown, more = {}) => ({
    hook_event_name: 'PreToolUse',
    tool_name: 'Write',
    tool_input,
    ...more,
  })
  const million = 1_000_000

  it.each([
    ['plain', { content: 'x'.repeat(million) }],
    ['quotes', { content: '"'.repeat(million / 2) }],
    ['backslashes', { content: '\\'.repeat(million / 2) }],
    ['numbers', { content: Array.from({ length: million / 2 }, () => 1) }],
    ['objects', { content: Array.from({ length: million / 8 }, () => ({ a: 1 })) }],
  ])('is read in good time: %s', async (_, input) => {
    const machine = hookMachine('unsure deny\ndeny Bash\n')
    expect((await machine.run(event(input))).stdout).toBe('')
    expect(machine.recorded()).toMatchObject([{ tool: 'Write', verdict: 'allow' }])
    expect(machine.recorded()[0]?.milliseconds).toBeLessThan(10_000)
  })

  it('that is too large is refused by the list, or not decided', async () => {
    const machine = hookMachine('unsure deny\ndeny Bash\ndeny * a-text\n')
    const long = { content: 'x'.repeat(5 * million) }
    const reasonOf = async (value: unknown) => (await machine.run(value)).reason
    expect(await reasonOf(event(long))).toContain('could not decide (event)')
    expect(await reasonOf(event(long, { tool_name: 'Bash' }))).toContain('rule 1')
    expect(await reasonOf({ hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: long })).toContain('rule 1')
    expect(await reasonOf(event({ first: 'a-text', ...long }))).toContain('rule 2')
    expect(await reasonOf({ hook_event_name: 'PostToolUse', tool_name: 'Write', tool_response: long })).toBeUndefined()
    expect(machine.recorded().map(({ verdict }) => verdict)).toEqual(['error', 'deny', 'deny', 'deny', 'allow'])
  })

  it('may hold bytes that are no text', async () => {
    const machine = hookMachine('unsure deny\ndeny Bash\n')
    const bytes = (middle: readonly number[]) =>
      Buffer.concat([Buffer.from(`{${start},"tool_name":"Write","a":"`), Buffer.from(middle), Buffer.from('"}')])
    expect((await machine.run(bytes([0xff, 0xfe, 0xc3]))).stdout).toBe('')
    expect((await machine.run(bytes([0]))).decision).toBe('deny')
    expect((await machine.run(Buffer.alloc(2 * million))).decision).toBe('deny')
  })
})
