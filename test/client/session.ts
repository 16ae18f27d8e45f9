import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { type Collector, type CollectorRecord, startCollector } from '../../src/selftest/drill/collector.js'
import { drillOutput, drillPrompt, type ModelRecord, startModel } from '../../src/selftest/drill/model.js'
import type { Client } from './client.js'
import { inPrivateMount, type SessionFile } from './private-mount.js'

export interface SessionInput {
  readonly client: Client
  /** Path under `/etc/claude-code` to content: `managed-settings.json`, `managed-settings.d/50-x.json` … */
  readonly managedFiles: Readonly<Record<string, string | Uint8Array>>
  /** Absolute path inside the session to a file, such as a hook or an `otelHeadersHelper` script. */
  readonly extraFiles?: Readonly<Record<string, SessionFile>> | undefined
  /** The user's own `~/.claude/settings.json`. */
  readonly userSettings?: unknown
  readonly shellEnvironment?: Readonly<Record<string, string>> | undefined
  /** More command line arguments of the client. */
  readonly arguments?: readonly string[] | undefined
  /** A receiver already started, when the settings had to name its address beforehand; the caller stops it. */
  readonly collector?: Collector | undefined
}

export interface SessionObservation extends CollectorRecord {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
  readonly model: ModelRecord
  /** The permission mode the client says it started in. */
  readonly permissionMode: string | undefined
  /** The tool call went through, whatever any hook said. */
  readonly toolRan: boolean
  readonly hooks: {
    /** `hook_source` of each registered hook, in order. */
    readonly registered: readonly string[]
    readonly blocking: number
    readonly nonBlockingErrors: number
    readonly cancelled: number
  }
}

/**
 * Runs one session of a real client, with no network: the client asks a stand-in for the model, which has it call the
 * Bash tool with `echo fleet-drill` once, and sends its telemetry to a loopback receiver. Managed files exist only inside the
 * session, `HOME` and the working folder are private and removed afterwards.
 *
 * A hook's verdict is judged by `hooks` (from `hook_execution_complete`) and by `toolRan`: at 2.1.290 a denied call
 * appeared in no `tool_decision` event and not in the client's own result (observed 2026-11-20).
 * @throws Error when a session file has an impossible path, or the session does not end within two minutes.
 */
export async function runSession(input: SessionInput): Promise<SessionObservation> {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-session-'))
  const model = await startModel()
  const collector = input.collector ?? (await startCollector())
  try {
    const home = join(folder, 'home')
    const work = join(folder, 'work')
    await mkdir(work)
    await mkdir(join(home, '.claude'), { recursive: true })
    if (input.userSettings !== undefined) {
      await writeFile(join(home, '.claude', 'settings.json'), JSON.stringify(input.userSettings))
    }
    const client = [input.client.path, '-p', drillPrompt, '--output-format', 'stream-json', '--verbose']
    const command = [...client, ...(input.arguments ?? [])]
    const [file, ...rest] = await inPrivateMount(join(folder, 'stage'), sessionFiles(input), command)
    const result = await execa(file!, rest, {
      cwd: work,
      extendEnv: false,
      env: { ...environment(home, model.url), ...input.shellEnvironment },
      stdin: 'ignore',
      reject: false,
      timeout: 120_000,
      forceKillAfterDelay: 2_000,
    })
    if (result.timedOut) throw new Error(`client ${input.client.version} did not end its session`)
    if (result.exitCode === 97) throw new Error('the session folder could not be overlaid')
    return observe(result, model.record, collector.record)
  } finally {
    await model.stop()
    if (input.collector === undefined) await collector.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function sessionFiles(input: SessionInput): Record<string, SessionFile> {
  const managed = Object.entries(input.managedFiles).map(([path, content]): [string, SessionFile] => [
    `/etc/claude-code/${path}`,
    { content },
  ])
  return { ...Object.fromEntries(managed), ...input.extraFiles }
}

function environment(home: string, modelUrl: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: home,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    ANTHROPIC_API_KEY: 'sk-ant-drill',
    ANTHROPIC_BASE_URL: modelUrl,
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  }
}

interface Ended {
  readonly exitCode?: number | undefined
  readonly stdout: string
  readonly stderr: string
}

function observe(ended: Ended, model: ModelRecord, received: CollectorRecord): SessionObservation {
  const completed = received.events.filter((event) => event.name === 'hook_execution_complete')
  const sum = (name: string) => completed.reduce((total, event) => total + Number(event.attributes[name] ?? 0), 0)
  return {
    ...received,
    exitCode: ended.exitCode,
    stdout: ended.stdout,
    stderr: ended.stderr,
    model,
    permissionMode: permissionModeOf(ended.stdout),
    toolRan: model.toolResult?.includes(drillOutput) === true && model.toolFailed !== true,
    hooks: {
      registered: received.events
        .filter((event) => event.name === 'hook_registered')
        .map((event) => String(event.attributes.hook_source)),
      blocking: sum('num_blocking'),
      nonBlockingErrors: sum('num_non_blocking_error'),
      cancelled: sum('num_cancelled'),
    },
  }
}

/** The first line of `stream-json` output that is of type `system` describes the session. */
function permissionModeOf(stdout: string): string | undefined {
  const first = stdout.split('\n').find((line) => line.includes('"permissionMode"'))
  if (first === undefined) return undefined
  return (JSON.parse(first) as { permissionMode?: string }).permissionMode
}
