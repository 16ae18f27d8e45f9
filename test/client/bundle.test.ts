import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endpointPlaces } from '../../src/bundle/places.js'
import { type Collector, startCollector } from '../../src/selftest/drill/collector.js'
import { buildBundle } from '../builders/building.js'
import { type Client, clientsToTry } from './client.js'
import { whySessionsCannotRun } from './private-mount.js'
import { runSession, type SessionObservation } from './session.js'

const why = await whySessionsCannotRun()
if (why !== undefined) console.log(`skipped: ${why}`)
const clients = why === undefined ? await clientsToTry() : []

const attributes = {
  'cost.center': '4711, Field Ops = 50 %',
  region: 'Zürich "Süd"',
  owner: "o'brien@acme.example",
}
const token = 'drill-token'
const hook = '/usr/local/libexec/fleet-hook'

function policyText(endpoint: string): string {
  return JSON.stringify({
    organization: 'Acme',
    telemetry: {
      endpoint,
      protocol: 'http/json',
      headers: { Authorization: 'env:FLEET_OTLP_AUTHORIZATION', 'X-Team': 'plain:it' },
      metricIntervalSeconds: 5,
      logIntervalSeconds: 1,
      resourceAttributes: attributes,
      endpointAttributes: { 'endpoint.serial': 'serial' },
    },
    hooks: { required: [{ event: 'PreToolUse', matcher: '*', command: hook, timeoutSeconds: 10 }] },
    permissions: {},
  })
}

/** Puts the built files where an administrator puts them, and lets a user try to get around them. */
async function session(
  client: Client,
  folder: string,
  collector: Collector,
  settings: string,
): Promise<SessionObservation> {
  const { headersHelper, headersFile } = endpointPlaces.linux
  return await runSession({
    client,
    collector,
    managedFiles: { 'managed-settings.json': settings },
    extraFiles: {
      [hook]: { content: '#!/bin/sh\necho "denied by the policy" >&2\nexit 2\n', mode: 0o755 },
      [headersHelper]: {
        content: await readFile(join(folder, 'bundle/claude-code/headers/otel-headers.sh')),
        mode: 0o755,
      },
      [headersFile]: { content: JSON.stringify({ Authorization: `Bearer ${token}`, 'X-Team': 'it' }), mode: 0o600 },
    },
    userSettings: {
      env: {
        OTEL_LOG_USER_PROMPTS: '1',
        OTEL_LOG_RAW_API_BODIES: '1',
        OTEL_RESOURCE_ATTRIBUTES: 'endpoint.serial=FORGED',
      },
      hooks: { PreToolUse: [{ matcher: '*', hooks: [{ type: 'command', command: 'exit 0' }] }] },
    },
    shellEnvironment: { OTEL_LOG_TOOL_DETAILS: '1', OTEL_LOGS_EXPORTER: 'none' },
  })
}

it.runIf(clients.length === 0)('a bundle could not be tried: no client runs here', ({ skip }) => skip())

describe.each(clients)('a built bundle under Claude Code $version', (client) => {
  let folder: string
  let collector: Collector
  let seen: SessionObservation

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fleet-client-'))
    collector = await startCollector()
    await writeFile(join(folder, 'fleet.yaml'), policyText(collector.url))
    await buildBundle(join(folder, 'fleet.yaml'), join(folder, 'bundle'))
    // The script of the bundle writes the file, as it does on an endpoint: it knows the serial number.
    const script = join(folder, 'bundle/claude-code/linux/install-claude-code-settings.sh')
    const root = join(folder, 'endpoint')
    execFileSync('mkdir', ['-p', root])
    execFileSync('sh', [script, '--root', root], { env: { PATH: process.env.PATH, FLEET_SERIAL: 'ACM5XY0001' } })
    const settings = await readFile(join(root, 'etc/claude-code/managed-settings.json'), 'utf8')
    seen = await session(client, folder, collector, settings)
  }, 300_000)
  afterAll(async () => {
    await collector?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('sends events and metrics', () => {
    expect(seen.events.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['user_prompt', 'hook_registered', 'hook_execution_complete']),
    )
    expect([...seen.metrics]).toContain('claude_code.session.count')
  })

  it('sends every resource attribute decoded, with the stamp and the serial number that the script filled in', () => {
    expect(seen.resources.length).toBeGreaterThan(0)
    for (const resource of seen.resources)
      expect(resource).toMatchObject({
        ...attributes,
        'endpoint.serial': 'ACM5XY0001',
        'fleet.policy': expect.stringMatching(/^[0-9a-f]{16}$/),
        'service.name': 'claude-code',
      })
  })

  it('sends the headers that the helper reads from its file', () => {
    expect(seen.requests.length).toBeGreaterThan(0)
    for (const { headers } of seen.requests)
      expect(headers).toMatchObject({ authorization: `Bearer ${token}`, 'x-team': 'it' })
  })

  it('registers the managed hook alone, and the hook denies', () => {
    expect(seen.hooks.registered).toEqual(['policySettings'])
    expect(seen.hooks).toMatchObject({ blocking: 1, nonBlockingErrors: 0, cancelled: 0 })
    expect(seen.toolRan).toBe(false)
  })

  it('keeps content out, although the user switched it on', () => {
    const sent = JSON.stringify(seen.events)
    expect(sent).not.toContain('drill-prompt-text')
    expect(sent).not.toContain('echo fleet-drill')
    expect(seen.events.some(({ name }) => name === 'api_request_body')).toBe(false)
    expect(seen.stderr).not.toMatch(/invalid|NOT in effect/i)
  })
})
