import { randomInt } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { policyStamp } from '../../../src/bundle/stamp.js'
import { thisMachine } from '../../../src/platform/this-machine.js'
import { Policy } from '../../../src/policy/policy.js'
import type { DrillCheck, DrillDocument } from '../../../src/selftest/drill/drill-document.js'
import { type DrillOptions, runDrill } from '../../../src/selftest/drill/run-drill.js'
import { type FakeBehaviour, writeFakeClient } from './fake-client.js'

export const hookFile = '/usr/local/libexec/fleet-hook'

/** A policy whose reference hook lets the drill's call run, unless a test says otherwise. */
export function drillPolicy(more: Record<string, unknown> = {}, endpoint = 'http://127.0.0.1:4318') {
  return Policy.parse({
    organization: 'Acme',
    telemetry: { endpoint, protocol: 'http/json', resourceAttributes: { department: 'field ops' } },
    hooks: { required: [{ event: 'PreToolUse', matcher: '*', command: hookFile }], guard: { deny: [] } },
    ...more,
  })
}

/** Managed settings as the policy wants them, for the fake client to read. */
export function settingsOf(policy: Policy, more: Record<string, unknown> = {}): Record<string, unknown> {
  const attributes = `department=field%20ops,fleet.policy=${policyStamp(policy)}`
  return {
    env: {
      CLAUDE_CODE_ENABLE_TELEMETRY: '1',
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_METRICS_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_ENDPOINT: policy.telemetry?.endpoint,
      OTEL_RESOURCE_ATTRIBUTES: attributes,
    },
    hooks: { PreToolUse: [{ matcher: '*', hooks: [{ type: 'command', command: hookFile }] }] },
    ...more,
  }
}

/** A folder that stands for `/` with one user, and managed settings where there are some. */
export function makeRoot(settings?: unknown): string {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'fleet-drilled-'))
  mkdirSync(join(root, 'etc/claude-code'), { recursive: true })
  mkdirSync(join(root, 'home/ada/.claude'), { recursive: true })
  const text = typeof settings === 'string' ? settings : JSON.stringify(settings)
  if (settings !== undefined) writeFileSync(join(root, 'etc/claude-code/managed-settings.json'), text)
  return root
}

export interface DrilledMachine {
  readonly document: DrillDocument
  readonly announced: string
  /** What the fake client saw of its surroundings; undefined when no session was started. */
  readonly seen: { words: string[]; environment: Record<string, string>; folder: string; pid: number } | undefined
}

/** Runs a drill with a fake client on a folder that stands for a machine. */
export async function drilled(
  root: string,
  behaviour: FakeBehaviour = {},
  more: Partial<DrillOptions> = {},
): Promise<DrilledMachine> {
  const client = writeFakeClient(join(root, 'client'), root, behaviour)
  const announced: string[] = []
  const document = await runDrill({
    machine: machineAt(root),
    client,
    yes: true,
    announce: (lines) => announced.push(...lines),
    timeoutSeconds: 20,
    ...more,
  })
  return { document, announced: announced.join('\n'), seen: seenBy(root) }
}

/** The machine that a folder stands for, as its user sees it. */
export function machineAt(root: string, administrator = false) {
  const self = { id: process.getuid?.() ?? 0, home: '/home/ada' }
  return thisMachine({ root, platform: 'linux', administrator, self })
}

export function seenBy(root: string): DrilledMachine['seen'] {
  try {
    return JSON.parse(readFileSync(join(root, 'seen.json'), 'utf8'))
  } catch {
    return undefined
  }
}

/** A check of a drill by its id. */
export function check({ document }: Pick<DrilledMachine, 'document'>, id: string): DrillCheck {
  const found = document.checks.find((one) => one.id === id)
  if (found === undefined) throw new TypeError(`the drill has no check ${id}`)
  return found
}

/** Ids of the checks in a state. */
export function inState({ document }: Pick<DrilledMachine, 'document'>, state: DrillCheck['state']): string[] {
  return document.checks.filter((one) => one.state === state).map(({ id }) => id)
}

/**
 * A port of loopback that nobody listens on. Below the range from which systems (Linux: 32768, others: 49152) take ports
 * for outgoing connections: any client of the machine could be given one of those before the drill listens on it.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(20_000, 32_000)
    const server = createServer()
    const listens = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!listens) continue
    await new Promise((resolve) => server.close(resolve))
    return port
  }
  throw new Error('no port of loopback is free')
}
