import { readdirSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { beforeAll, describe, expect, it } from 'vitest'
import { hookConfiguration, hookPlaces, shellHook } from '../../src/health/kit/hook-files.js'
import { loadPolicy } from '../../src/policy/load-policy.js'
import { type DrillDocument, drillExit } from '../../src/selftest/drill/drill-document.js'
import { buildBundle } from '../builders/building.js'
import { freePort } from '../selftest/drill/drill-machine.js'
import { type Client, clientsToTry } from './client.js'
import { inPrivateMount, type SessionFile, whySessionsCannotRun } from './private-mount.js'

const why = await whySessionsCannotRun()
if (why !== undefined) console.log(`skipped: ${why}`)
const clients = why === undefined ? await clientsToTry() : []

const { hook, configuration } = hookPlaces.linux
const program = fileURLToPath(new URL('drill-alone.ts', import.meta.url))
const repository = fileURLToPath(new URL('../../', import.meta.url))

interface Drilled {
  readonly document: DrillDocument
  readonly announced: readonly string[]
  readonly text: string
  /** What stands in the temporary folder afterwards and did not before. */
  readonly left: readonly string[]
}

interface Case {
  readonly policy?: Record<string, unknown>
  readonly endpoint?: string
  readonly without?: 'hook' | 'settings'
  /** Settings instead of the built ones. */
  readonly settings?: string
}

/** Builds a bundle of a policy, puts it where an administrator puts it, and drills there. */
async function drillUnder(client: Client, { policy, endpoint, without, settings }: Case): Promise<Drilled> {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-client-drill-'))
  try {
    const policyFile = join(folder, 'fleet.yaml')
    const written = {
      organization: 'Acme',
      telemetry: {
        endpoint: endpoint ?? `http://127.0.0.1:${await freePort()}`,
        protocol: 'http/json',
        resourceAttributes: { department: 'field ops, Zürich' },
        metricIntervalSeconds: 5,
        logIntervalSeconds: 1,
      },
      hooks: {
        required: [{ event: 'PreToolUse', matcher: '*', command: hook, timeoutSeconds: 10 }],
        guard: { deny: [{ tool: 'Bash', contains: 'rm -rf' }] },
      },
      ...policy,
    }
    await writeFile(policyFile, JSON.stringify(written))
    const loaded = await loadPolicy(policyFile)
    await buildBundle(policyFile, join(folder, 'bundle'))
    const built = await readFile(join(folder, 'bundle/claude-code/linux/managed-settings.json'))
    const guard = loaded.policy.hooks!.guard!
    const files: Record<string, SessionFile> = {
      ...(without !== 'settings' && { '/etc/claude-code/managed-settings.json': { content: settings ?? built } }),
      ...(without !== 'hook' && { [hook]: { content: shellHook('linux', guard.whenUnsure), mode: 0o755 } }),
      [configuration]: { content: hookConfiguration(guard, 'linux') },
    }
    const before = new Set(readdirSync(tmpdir()))
    const command = [process.execPath, '--import', 'tsx', program, policyFile, client.path]
    const [file, ...rest] = await inPrivateMount(join(folder, 'stage'), files, command)
    const { stdout } = await execa(file!, rest, { cwd: repository, stdin: 'ignore', timeout: 120_000 })
    const left = readdirSync(tmpdir()).filter((name) => !before.has(name) && /fleet-drill|claude/.test(name))
    return { ...(JSON.parse(stdout) as Omit<Drilled, 'left'>), left }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function states({ document }: Drilled): Record<string, string> {
  return Object.fromEntries(document.checks.map(({ id, state }) => [id, state]))
}

it.runIf(clients.length === 0)('no drill could be tried: no client runs here', ({ skip }) => skip())

describe.each(clients)('a drill with Claude Code $version', (client) => {
  let good: Drilled
  beforeAll(async () => {
    good = await drillUnder(client, {})
  }, 150_000)

  it('proves every stage of a bundle with the reference hook', () => {
    expect(good.document.telemetry.where, 'somebody else listens on the port').toBe('pinned-loopback')
    const { 'settings-resolved': resolved, ...others } = states(good)
    expect(others).toEqual({
      'settings-present': 'proven',
      'session-started': 'proven',
      'server-settings': 'not-applicable',
      'policy-stamp': 'proven',
      'hooks-registered': 'proven',
      'hook-invoked': 'proven',
      'hook-verdict': 'proven',
      'call-outcome': 'proven',
      'telemetry-sent': 'proven',
      'telemetry-attributes': 'proven',
      'telemetry-content': 'proven',
    })
    // Older clients do not send it.
    expect(['proven', 'not-applicable']).toContain(resolved)
    expect(drillExit(good.document)).toBe(0)
    expect(good.document).toMatchObject({ client: { version: client.version }, ended: 'done', cleanedUp: true })
    expect(good.text).toMatch(/^PROVEN/)
  })

  it('leaves nothing in the temporary folder', () => {
    expect(good.left).toEqual([])
  })

  it('is contradicted when the file of the hook is missing', async () => {
    const drilled = await drillUnder(client, { without: 'hook' })
    expect(states(drilled)).toMatchObject({
      'hooks-registered': 'proven',
      'hook-invoked': 'contradicted',
      'hook-verdict': 'contradicted',
      'telemetry-sent': 'proven',
    })
    expect(drillExit(drilled.document)).toBe(3)
  }, 150_000)

  it('proves that the reference hook denies what its list names', async () => {
    const hooks = {
      required: [{ event: 'PreToolUse', matcher: 'Bash', command: hook }],
      guard: { deny: [{ tool: 'Bash', contains: 'fleet-drill' }] },
    }
    const drilled = await drillUnder(client, { policy: { hooks } })
    expect(states(drilled)).toMatchObject({ 'hook-verdict': 'proven', 'call-outcome': 'proven' })
    expect(drilled.document.checks.find(({ id }) => id === 'hook-verdict')?.seen).toContain('deny')
    expect(drillExit(drilled.document)).toBe(0)
  }, 150_000)

  it.each([['Bash'], ['Bash(echo:*)']])(
    'proves the deny rule %s',
    async (rule) => {
      const drilled = await drillUnder(client, { policy: { permissions: { deny: [rule] } } })
      expect(states(drilled)['call-outcome']).toBe('proven')
      expect(drillExit(drilled.document)).toBe(0)
    },
    150_000,
  )

  it('hears of hooks from the client itself when the telemetry goes elsewhere', async () => {
    // A closed port with another one beside it: the drill can take neither for the collector.
    const drilled = await drillUnder(client, { endpoint: 'https://127.0.0.1:9' })
    expect(states(drilled)).toMatchObject({
      'hooks-registered': 'proven',
      'hook-invoked': 'proven',
      'hook-verdict': 'proven',
      'call-outcome': 'proven',
      'telemetry-sent': 'unknown',
      'policy-stamp': 'unknown',
    })
    expect(drillExit(drilled.document)).toBe(8)
  }, 150_000)

  it('is contradicted when no settings stand there, or broken ones', async () => {
    const none = await drillUnder(client, { without: 'settings' })
    expect(states(none)).toMatchObject({
      'settings-present': 'contradicted',
      'policy-stamp': 'contradicted',
      'hooks-registered': 'contradicted',
      'hook-invoked': 'contradicted',
      'telemetry-sent': 'contradicted',
    })
    const broken = await drillUnder(client, { settings: '{ "hooks": {}, }' })
    expect(drillExit(broken.document)).toBe(3)
    expect(broken.document.cleanedUp).toBe(true)
  }, 150_000)
})
