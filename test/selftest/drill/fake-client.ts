import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a stand-in for the client does; everything left out is as a good client does it. */
export interface FakeBehaviour {
  readonly version?: string
  /** Does not begin a session: says this on stderr and ends with 1. */
  readonly refuses?: string
  /** `start`: before anything is said; `end`: after the session. Leaves a grandchild too. */
  readonly hangs?: 'start' | 'end'
  /** Starts a program that leaves its group, as a daemon does. */
  readonly daemon?: true
  /** What the hook in the managed settings does: a verdict that it records, or how it fails. */
  readonly hook?: 'allow' | 'deny' | 'ask' | 'error' | 'timeout' | 'fails' | 'no-record' | 'not-run'
  readonly status?: number
  /** Does not say which hooks it ran. */
  readonly quiet?: boolean
  /** Stops the call although no hook does. */
  readonly stops?: boolean
  readonly offersBash?: boolean
  readonly registers?: boolean
  readonly sends?: 'everything' | 'metrics' | 'nothing' | 'protobuf'
  /** Attributes of events. */
  readonly content?: Readonly<Record<string, string>>
  readonly contentEvent?: string
  readonly resource?: Readonly<Record<string, string>>
  readonly session?: string
}

/** Writes the program into a folder and returns its path. It reads the managed settings of the folder `root`. */
export function writeFakeClient(folder: string, root: string, behaviour: FakeBehaviour): string {
  const path = join(folder, 'claude')
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, `#!${process.execPath}\n${program(root, behaviour)}`)
  chmodSync(path, 0o755)
  return path
}

function program(root: string, behaviour: FakeBehaviour): string {
  return `
const { appendFileSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs')
const { spawn } = require('node:child_process')
const behaviour = ${JSON.stringify(behaviour)}
const root = ${JSON.stringify(root)}
${body}`
}

const body = `
const words = process.argv.slice(2)
const version = behaviour.version ?? '2.1.329'
appendFileSync(root + '/runs', words[0] + '\\n')
if (words.includes('--version')) { console.log(version + ' (Claude Code)'); process.exit(0) }
writeFileSync(root + '/seen.json', JSON.stringify({ words, environment: process.env, folder: process.cwd(), pid: process.pid }))
let managed = {}
try { managed = JSON.parse(readFileSync(root + '/etc/claude-code/managed-settings.json', 'utf8')) } catch {}
const environment = { ...process.env, ...managed.env }
const session = behaviour.session ?? words[words.indexOf('--session-id') + 1]
const say = (line) => console.log(JSON.stringify({ session_id: session, ...line }))
const hang = () => { writeFileSync(root + '/child', String(spawn('sleep', ['300'], { stdio: 'inherit' }).pid)); setInterval(() => {}, 1000) }
const events = []
const event = (name, attributes = {}) => events.push({ 'event.name': name, 'session.id': session, ...attributes })
const post = (url, body, type = 'application/json') =>
  fetch(url, { method: 'POST', headers: { 'content-type': type }, body: type === 'application/json' ? JSON.stringify(body) : body })
const ask = async (messages) => {
  const tools = behaviour.offersBash === false ? [{ name: 'Read' }] : [{ name: 'Bash' }]
  const answer = await post(process.env.ANTHROPIC_BASE_URL + '/v1/messages?beta=true', { tools, messages })
  return (await answer.json()).content[0]
}
const main = async () => {
  if (behaviour.refuses !== undefined) { console.error(behaviour.refuses); process.exitCode = 1; return }
  if (behaviour.hangs === 'start') return hang()
  if (behaviour.daemon) {
    const daemon = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' })
    daemon.unref()
    writeFileSync(root + '/child', String(daemon.pid))
  }
  say({ type: 'system', subtype: 'init', permissionMode: 'default', claude_code_version: version })
  const hooked = (managed.hooks?.PreToolUse ?? []).length > 0
  event('managed_settings_resolved', { 'managed_settings.sources': '{"values":[{"stringValue":"file"}]}' })
  if (hooked && behaviour.registers !== false) event('hook_registered', { hook_event: 'PreToolUse', hook_source: 'policySettings' })
  event('user_prompt', { prompt: '<REDACTED>' })
  const call = await ask([{ role: 'user', content: 'hello' }])
  let denied = behaviour.stops === true
  if (call.type === 'tool_use') {
    const hook = behaviour.hook ?? 'allow'
    if (hooked && hook !== 'not-run') {
      const failed = hook === 'fails'
      denied ||= hook === 'deny'
      if (behaviour.quiet !== true) {
        say({ type: 'system', subtype: 'hook_started', hook_id: '1', hook_event: 'PreToolUse' })
        say({ type: 'system', subtype: 'hook_response', hook_id: '1', hook_event: 'PreToolUse', outcome: failed ? 'error' : 'success', exit_code: failed ? 127 : 0 })
      }
      if (!failed && hook !== 'no-record') {
        mkdirSync(process.env.HOME + '/.local/state/fleet', { recursive: true })
        const at = new Date().toISOString().slice(0, 19) + 'Z'
        writeFileSync(process.env.HOME + '/.local/state/fleet/hook-record', 'FR1|t=' + at + '|ev=PreToolUse|tool=Bash|ver=' + hook + '|ms=12|http=' + (behaviour.status ?? 'none') + '|end\\n')
      }
      event('hook_execution_complete', { hook_event: 'PreToolUse', num_hooks: '1', num_blocking: hook === 'deny' ? '1' : '0', num_non_blocking_error: failed ? '1' : '0', num_cancelled: '0' })
    }
    const result = denied ? { type: 'tool_result', is_error: true, content: 'no' } : { type: 'tool_result', content: 'fleet-drill' }
    await ask([{ role: 'user', content: [result] }])
  }
  event('api_request')
  event(behaviour.contentEvent ?? 'tool_result', behaviour.content)
  say({ type: 'result', permission_denials: denied ? [{}] : [] })
  const endpoint = environment.OTEL_EXPORTER_OTLP_ENDPOINT
  const isOn = environment.CLAUDE_CODE_ENABLE_TELEMETRY === '1' && endpoint !== undefined
  const sends = isOn ? (behaviour.sends ?? 'everything') : 'nothing'
  const value = (given) => ({ stringValue: given })
  const pairs = (given) => Object.entries(given).map(([key, text]) => ({ key, value: value(text) }))
  const attributes = (environment.OTEL_RESOURCE_ATTRIBUTES ?? '').split(',').filter(Boolean).map((entry) => entry.split('=').map(decodeURIComponent))
  const resource = { attributes: pairs({ 'service.name': 'claude-code', ...Object.fromEntries(attributes), ...behaviour.resource }) }
  const logRecords = events.map((given) => ({ body: value('claude_code.' + given['event.name']), attributes: pairs(given) }))
  if (sends === 'protobuf') await post(endpoint + '/v1/logs', 'protobuf', 'application/x-protobuf')
  if (sends === 'everything') await post(endpoint + '/v1/logs', { resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] })
  if (sends === 'everything' || sends === 'metrics')
    await post(endpoint + '/v1/metrics', { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [{ name: 'claude_code.session.count' }] }] }] })
  if (behaviour.hangs === 'end') hang()
}
main().catch((error) => { console.error(error); process.exitCode = 9 })
`
