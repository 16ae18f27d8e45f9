// Makes up the telemetry of a fleet as OTLP JSON lines, as the Collector's file exporter writes them: a line is one
// batch of one resource. About a kilobyte a record, like that of real clients with details on.
import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** After all records: evidence is judged as of this day. */
export const telemetryAsOf = '2026-11-24'
const start = Date.UTC(2026, 10, 16)
const week = 7 * 86_400_000

const tools = ['Bash', 'Read', 'Edit', 'Write', 'Grep', 'Glob', 'WebFetch', 'Task', 'mcp__github__create_issue']
const hookEvents = ['PreToolUse', 'PostToolUse', 'UserPromptSubmit', 'Stop']
const versions = ['2.1.197', '2.1.198', '2.1.201']
const departments = ['finance', 'engineering', 'sales', 'legal', 'support']
/** In order of their share: a tool call is a decision, its hooks, and a result. */
const story = [
  'user_prompt',
  'api_request',
  'hook_execution_start',
  'hook_execution_complete',
  'tool_decision',
  'tool_result',
  'api_request',
  'tool_decision',
  'tool_result',
  'api_request',
  'assistant_response',
]

/** Writes the file unless it is there; gives its path and size. */
export function generateTelemetry({ megabytes, folder }) {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `telemetry-${megabytes}.jsonl`)
  if (!existsSync(path)) write(path, megabytes * 1e6)
  return { path, bytes: statSync(path).size }
}

function write(path, size) {
  const random = numbers(7)
  const users = Math.max(50, Math.round(size / 250_000))
  const file = openSync(`${path}.part`, 'w')
  let written = 0
  let chunk = []
  let length = 0
  for (let batch = 0; written + length < size; batch++) {
    const line = `${JSON.stringify(request(batch, users, random))}\n`
    chunk.push(line)
    length += line.length
    if (length < 4_000_000) continue
    written += writeSync(file, chunk.join(''))
    chunk = []
    length = 0
  }
  writeSync(file, chunk.join(''))
  closeSync(file)
  renameSync(`${path}.part`, path)
}

/** One batch: a few records of one session, each with the next number of its sequence. */
function request(batch, users, random) {
  const user = batch % users
  const visit = Math.floor(batch / users)
  const session = id('5e55', user, Math.floor(visit / 20))
  const sequence = (visit % 20) * 6
  const records = Array.from({ length: 6 }, (_, index) => {
    const at = start + (Math.floor((batch * 6 + index) * 137 + random(100)) % week)
    return record({ user, session, sequence: sequence + index, batch, at, random })
  })
  return {
    resourceLogs: [
      {
        resource: {
          attributes: texts({
            department: departments[user % departments.length],
            'fleet.policy': 'f3a9c1',
            'endpoint.serial': `C02${String(user).padStart(7, '0')}`,
            'host.arch': 'arm64',
            'os.type': user % 3 === 0 ? 'windows' : 'darwin',
            'os.version': user % 3 === 0 ? '10.0.26100' : '25.1.0',
            'service.name': 'claude-code',
            'service.version': versions[user % versions.length],
          }),
          droppedAttributesCount: 0,
        },
        scopeLogs: [{ scope: { name: 'com.anthropic.claude_code.events', version: '2.1.197' }, logRecords: records }],
      },
    ],
  }
}

function record({ user, session, sequence, batch, at, random }) {
  const event = story[sequence % story.length]
  const nanoseconds = `${at}000000`
  const prompt = id('9409', user, Math.floor(sequence / story.length) + batch)
  const common = {
    department: departments[user % departments.length],
    'user.id': `${hex(user)}${hex(user * 3 + 1)}`.padEnd(64, '4a'),
    'session.id': session,
    'organization.id': '3f2b8c1e-5d4a-4b6c-9e8f-7a6b5c4d3e2f',
    'user.email': `user${user}@acme.example`,
    'user.account_uuid': id('acc0', user, 0),
    'terminal.type': 'vscode',
    'event.name': event,
    'event.timestamp': new Date(at).toISOString(),
  }
  const attributes = texts(common)
  attributes.push({ key: 'event.sequence', value: { intValue: sequence } })
  attributes.push(...texts({ 'prompt.id': prompt, ...detailsOf(event, user, sequence, batch, random) }))
  return {
    timeUnixNano: nanoseconds,
    observedTimeUnixNano: nanoseconds,
    body: { stringValue: `claude_code.${event}` },
    attributes,
    droppedAttributesCount: 0,
  }
}

function detailsOf(event, user, sequence, batch, random) {
  const step = Math.floor(sequence / 2)
  const tool = tools[(user + step) % tools.length]
  const use = `toolu_01${hex(batch)}${hex(user)}${hex(step)}`
  switch (event) {
    case 'user_prompt':
      return { prompt_length: String(20 + random(400)), prompt: '<REDACTED>' }
    case 'api_request':
      return {
        model: 'claude-opus-4-8',
        cost_usd: (random(1000) / 10_000).toString(),
        duration_ms: String(500 + random(9000)),
        input_tokens: String(random(2000)),
        output_tokens: String(random(900)),
        cache_read_tokens: String(random(90_000)),
        request_id: `req_011${hex(batch)}${hex(random(1e9))}`,
        query_source: 'main',
      }
    case 'hook_execution_start':
      return {
        hook_event: hookEvents[step % 4],
        hook_name: `${hookEvents[step % 4]}:${tool}`,
        num_hooks: '2',
        managed_only: 'true',
      }
    case 'hook_execution_complete':
      return {
        hook_event: hookEvents[step % 4],
        hook_name: `${hookEvents[step % 4]}:${tool}`,
        hook_source: 'policySettings',
        managed_only: 'true',
        num_hooks: '2',
        num_success: '2',
        num_blocking: '0',
        num_non_blocking_error: '0',
        num_cancelled: '0',
        total_duration_ms: String(random(300)),
      }
    case 'tool_decision':
      return { tool_name: tool, tool_use_id: use, decision: random(50) === 0 ? 'reject' : 'accept', source: 'config' }
    case 'tool_result':
      return {
        tool_name: tool,
        tool_use_id: use,
        success: random(20) === 0 ? 'false' : 'true',
        duration_ms: String(random(5000)),
        decision_source: 'config',
        decision_type: 'accept',
        tool_result_size_bytes: String(random(50_000)),
        tool_parameters: parametersOf(tool, random),
      }
    default:
      return { response_length: String(random(4000)), response: '<REDACTED>' }
  }
}

function parametersOf(tool, random) {
  if (tool.startsWith('mcp__')) return JSON.stringify({ mcp_server_name: 'github', mcp_tool_name: 'create_issue' })
  if (tool !== 'Bash') return JSON.stringify({ file_path: `/Users/somebody/src/module-${random(500)}/index.ts` })
  const command = `npm run build -- --filter "package-${random(500)}" && git status`
  return JSON.stringify({ bash_command: 'npm', full_command: command, timeout: 120_000, description: 'Build it' })
}

function texts(members) {
  return Object.entries(members).map(([key, stringValue]) => ({ key, value: { stringValue } }))
}

function id(kind, a, b) {
  return `${hex(a)}-${kind}-4${hex(b).slice(5)}-8${hex(b).slice(0, 3)}-${hex(a * 7 + b)}${kind}`
}

function hex(number) {
  return (number >>> 0).toString(16).padStart(8, '0')
}

function numbers(seed) {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 0x1_0000_0000) * below)
  }
}
