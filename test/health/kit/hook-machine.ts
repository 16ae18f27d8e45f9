import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type HookInvocation, readHookRecord } from '../../../src/health/hook-record.js'
import { shellHook } from '../../../src/health/kit/hook-files.js'

/** The shells of this machine that the hook must run under. */
export const hookShells: readonly (readonly string[])[] = [
  ['dash'],
  ['bash'],
  ['bash', '--posix'],
  ['busybox', 'sh'],
].filter(([name = '', ...flags]) => spawnSync(name, [...flags, '-c', 'exit 0']).status === 0)

export interface HookResult {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
  /** What the client is told, where it is told anything. */
  readonly decision?: string | undefined
  readonly reason?: string | undefined
}

export interface HookMachine {
  readonly folder: string
  readonly home: string
  readonly record: string
  readonly configuration: string
  readonly configure: (text: string) => void
  readonly run: (event: unknown, options?: RunOptions) => Promise<HookResult>
  readonly recorded: () => readonly HookInvocation[]
}

interface RunOptions {
  readonly shell?: readonly string[]
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly change?: (script: string) => string
}

/** A folder with the hook, its configuration and a home. */
export function hookMachine(
  configuration = 'unsure deny\n',
  { whenUnsure = 'deny' as 'allow' | 'deny', administratorId = process.getuid?.() ?? 0 } = {},
): HookMachine {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-hook-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  const home = join(folder, 'home')
  const place = join(folder, 'etc', 'hook.conf')
  const record = join(home, '.local/state/fleet/hook-record')
  for (const path of [home, join(folder, 'etc')]) mkdirSync(path)
  chmodSync(join(folder, 'etc'), 0o755)
  const script = shellHook('linux', whenUnsure, { configuration: place, administratorId })
  const configure = (text: string) => writeFileSync(place, text, { mode: 0o644 })
  configure(configuration)
  let scripts = 0
  return {
    folder,
    home,
    record,
    configuration: place,
    configure,
    recorded: () => (existsSync(record) ? readHookRecord(readFileSync(record, 'utf8')) : []),
    run: async (event, { shell = ['dash'], environment = {}, change = (text: string) => text } = {}) => {
      const file = join(folder, `hook-${scripts++}`)
      writeFileSync(file, change(script))
      const [name = 'sh', ...flags] = shell
      const input = typeof event === 'string' || event instanceof Uint8Array ? event : JSON.stringify(event)
      const { status, stdout, stderr } = await start(name, [...flags, file], input, { HOME: home, ...environment })
      return { status, stdout, stderr, ...toldBy(stdout) }
    },
  }
}

function toldBy(stdout: string): Pick<HookResult, 'decision' | 'reason'> {
  if (stdout === '') return {}
  const { hookSpecificOutput: told } = JSON.parse(stdout) as { hookSpecificOutput: Record<string, string> }
  if (told.hookEventName !== 'PreToolUse') throw new Error('The answer names no event.')
  return { decision: told.permissionDecision, reason: told.permissionDecisionReason }
}

function start(
  program: string,
  parameters: readonly string[],
  input: string | Uint8Array,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Pick<HookResult, 'status' | 'stdout' | 'stderr'>> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      env: Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined)),
      timeout: 30_000,
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', reject).on('close', (status) => resolve({ status, stdout, stderr }))
    // A hook that does not read all of its input would make the client's write fail.
    child.stdin.on('error', reject).end(input)
  })
}

export interface PolicyEndpoint {
  readonly url: string
  readonly asked: readonly { readonly headers: IncomingMessage['headers']; readonly body: string }[]
}

/** A policy endpoint on loopback that answers each question as told. */
export async function policyEndpoint(answer: (response: ServerResponse) => void): Promise<PolicyEndpoint> {
  const asked: { headers: IncomingMessage['headers']; body: string }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      asked.push({ headers: request.headers, body })
      response.on('error', () => undefined)
      answer(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/decide`, asked }
}

/** Answers with a status and a text. */
export function says(status: number, body: unknown): (response: ServerResponse) => void {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
}
