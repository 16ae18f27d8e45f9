import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Policy } from '../../../src/policy/policy.js'
import { DrillDocument, drillExit } from '../../../src/selftest/drill/drill-document.js'
import { check, drilled, drillPolicy, freePort, inState, machineAt, makeRoot, settingsOf } from './drill-machine.js'
import type { FakeBehaviour } from './fake-client.js'

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

function rootWith(settings?: unknown): string {
  const root = makeRoot(settings)
  roots.push(root)
  return root
}

/** A drill on a machine that has the settings of the policy, with telemetry to a loopback port that the drill can take. */
async function drilledUnder(behaviour: FakeBehaviour = {}, more: Record<string, unknown> = {}, settings = {}) {
  const policy = drillPolicy(more, `http://127.0.0.1:${await freePort()}`)
  return { ...(await drilled(rootWith(settingsOf(policy, settings)), behaviour, { policy })), policy }
}

describe('a machine where everything is well', () => {
  it('proves every stage', async () => {
    const result = await drilledUnder()
    expect(inState(result, 'contradicted')).toEqual([])
    expect(inState(result, 'unknown')).toEqual([])
    expect(inState(result, 'proven')).toEqual([
      'settings-present',
      'session-started',
      'settings-resolved',
      'policy-stamp',
      'hooks-registered',
      'hook-invoked',
      'hook-verdict',
      'call-outcome',
      'telemetry-sent',
      'telemetry-attributes',
      'telemetry-content',
    ])
    expect(drillExit(result.document)).toBe(0)
    expect(DrillDocument.parse(result.document)).toEqual(result.document)
    expect(result.document).toMatchObject({
      client: { version: '2.1.329' },
      permissionMode: 'default',
      ended: 'done',
      telemetry: { where: 'pinned-loopback', requests: 2, events: { hook_registered: 1, user_prompt: 1 } },
      cleanedUp: true,
    })
  })

  it('keeps the client away from the real home, and takes the folder away again', async () => {
    const root = rootWith()
    const { seen, document } = await drilled(
      root,
      {},
      {
        environment: {
          PATH: process.env.PATH,
          HOME: '/home/ada',
          CLAUDE_CONFIG_DIR: '/home/ada/.claude',
          SECRET: 'x',
          HTTPS_PROXY: 'http://proxy.acme.example',
        },
      },
    )
    const { HOME, TMPDIR, NO_PROXY, ...environment } = seen!.environment
    expect(HOME).toMatch(/fleet-drill-[^/]+\/home$/)
    expect(TMPDIR).toMatch(/fleet-drill-[^/]+\/temporary$/)
    expect(NO_PROXY).toBe('127.0.0.1,localhost')
    expect(environment).toMatchObject({
      DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      ANTHROPIC_BASE_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      HTTPS_PROXY: 'http://proxy.acme.example',
    })
    expect(environment).not.toHaveProperty('CLAUDE_CONFIG_DIR')
    expect(environment).not.toHaveProperty('SECRET')
    expect(seen!.words).toContain(document.sessionId)
    expect(existsSync(seen!.folder)).toBe(false)
    expect(existsSync(HOME!)).toBe(false)
  })
})

describe('hooks', () => {
  const stateOf = async (id: string, behaviour: FakeBehaviour, more = {}, settings = {}) =>
    check(await drilledUnder(behaviour, more, settings), id)

  it('is contradicted when the hook is not registered', async () => {
    expect(await stateOf('hooks-registered', {}, {}, { hooks: {} })).toMatchObject({ state: 'contradicted' })
  })

  it('is contradicted when the hook fails', async () => {
    const result = await drilledUnder({ hook: 'fails' })
    expect(inState(result, 'contradicted')).toEqual(['hook-invoked', 'hook-verdict'])
    expect(check(result, 'hook-invoked').seen).toContain('exit code 127')
    expect(check(result, 'call-outcome').state).toBe('proven')
    expect(drillExit(result.document)).toBe(3)
  })

  it('is contradicted when no hook is started, or it writes no record', async () => {
    expect(await stateOf('hook-invoked', { hook: 'not-run' })).toMatchObject({ state: 'contradicted' })
    expect(await stateOf('hook-invoked', { hook: 'no-record' })).toMatchObject({
      state: 'contradicted',
      seen: expect.stringContaining('no record'),
    })
  })

  it('takes the word of the client for a hook that keeps no record', async () => {
    const own = { hooks: { required: [{ event: 'PreToolUse', command: '/opt/acme/hook' }] } }
    const result = await drilledUnder({ hook: 'no-record' }, own)
    expect(check(result, 'hook-invoked').state).toBe('proven')
    expect(check(result, 'hook-verdict')).toMatchObject({ state: 'proven', seen: expect.stringContaining('0 of 1') })
    expect(check(result, 'call-outcome').state).toBe('not-applicable')
  })

  it('wants the record of a hook of the organisation that is said to keep one', async () => {
    const required = [{ event: 'PreToolUse', command: '/opt/acme/hook' }]
    const own = { hooks: { required, records: true } }
    expect(await stateOf('hook-invoked', { hook: 'no-record' }, own)).toMatchObject({
      state: 'contradicted',
      seen: expect.stringContaining('no record'),
    })
    expect(await stateOf('hook-verdict', { hook: 'allow' }, own)).toMatchObject({ state: 'proven' })
  })

  it.each(['error', 'timeout'] as const)('is contradicted when the hook records %s', async (hook) => {
    expect(await stateOf('hook-verdict', { hook })).toMatchObject({ state: 'contradicted' })
  })

  it('compares the verdict with the deny list', async () => {
    const guard = (deny: object[]) => ({
      hooks: { required: [{ event: 'PreToolUse', command: '/usr/local/libexec/fleet-hook' }], guard: { deny } },
    })
    const denied = await drilledUnder({ hook: 'deny' }, guard([{ tool: 'Bash', contains: 'fleet-drill' }]))
    expect(inState(denied, 'contradicted')).toEqual([])
    expect(check(denied, 'call-outcome')).toMatchObject({ state: 'proven', seen: expect.stringContaining('stopped') })
    const ran = await drilledUnder({ hook: 'allow' }, guard([{ tool: 'Ba*' }]))
    expect(inState(ran, 'contradicted')).toEqual(['hook-verdict', 'call-outcome'])
    const stopped = await drilledUnder({ hook: 'deny' }, guard([{ tool: 'Bash', contains: 'rm -rf' }]))
    expect(inState(stopped, 'contradicted')).toEqual(['hook-verdict', 'call-outcome'])
    const other = await drilledUnder({ hook: 'deny' }, guard([{ tool: 'Bash', contains: '/home' }]))
    expect(check(other, 'hook-verdict').state).toBe('proven')
    expect(check(other, 'call-outcome').state).toBe('not-applicable')
  })

  it('wants an answer of the policy endpoint where the hook asks one', async () => {
    const asking = {
      hooks: {
        required: [{ event: 'PreToolUse', command: '/usr/local/libexec/fleet-hook' }],
        guard: { evaluate: { url: 'https://policy.acme.example/decide' } },
      },
    }
    const result = await drilledUnder({ hook: 'allow', status: 200 }, asking)
    expect(check(result, 'hook-verdict').state).toBe('proven')
    expect(result.announced).toContain('https://policy.acme.example/decide')
    expect(await stateOf('hook-verdict', { hook: 'allow', status: 503 }, asking)).toMatchObject({
      state: 'contradicted',
    })
  })
})

describe('deny rules', () => {
  it('takes the tool away, so that no hook is asked', async () => {
    const result = await drilledUnder({ offersBash: false }, { permissions: { deny: ['Bash'] } })
    expect(check(result, 'call-outcome').state).toBe('proven')
    expect(check(result, 'hook-invoked').state).toBe('not-applicable')
    expect(inState(result, 'contradicted')).toEqual([])
  })

  it('is contradicted when the tool runs all the same', async () => {
    const result = await drilledUnder({}, { permissions: { deny: ['Bash(echo:*)'] } })
    expect(check(result, 'call-outcome').state).toBe('contradicted')
  })

  it('does not know who stopped a call that should run', async () => {
    expect(check(await drilledUnder({ stops: true }), 'call-outcome').state).toBe('unknown')
    expect(check(await drilledUnder({ offersBash: false }), 'call-outcome').state).toBe('unknown')
  })
})

describe('telemetry', () => {
  it('is contradicted without events', async () => {
    expect(check(await drilledUnder({ sends: 'nothing' }), 'telemetry-sent').state).toBe('contradicted')
    expect(check(await drilledUnder({ sends: 'metrics' }), 'telemetry-sent').state).toBe('contradicted')
  })

  it('does not know what is in a body that it cannot read', async () => {
    const result = await drilledUnder({ sends: 'protobuf' })
    expect(inState(result, 'unknown')).toEqual([
      'policy-stamp',
      'telemetry-sent',
      'telemetry-attributes',
      'telemetry-content',
    ])
    expect(drillExit(result.document)).toBe(8)
  })

  it('tells another stamp, other attributes and placeholders that nobody filled in', async () => {
    const stamped = await drilledUnder({ resource: { 'fleet.policy': 'ffffffffffffffff' } })
    expect(inState(stamped, 'contradicted')).toEqual(['policy-stamp'])
    const other = await drilledUnder({ resource: { department: 'sales' } })
    expect(inState(other, 'contradicted')).toEqual(['telemetry-attributes'])
    const wanting = {
      endpoint: 'http://127.0.0.1:1',
      protocol: 'http/json',
      endpointAttributes: { 'endpoint.serial': 'serial' },
    }
    for (const resource of [{}, { 'endpoint.serial': '$SERIALNUMBER' }]) {
      const policy = drillPolicy({ telemetry: { ...wanting, endpoint: `http://127.0.0.1:${await freePort()}` } })
      const result = await drilled(rootWith(settingsOf(policy)), { resource }, { policy })
      expect(check(result, 'telemetry-attributes')).toMatchObject({
        state: 'contradicted',
        seen: expect.stringContaining('endpoint.serial'),
      })
    }
  })

  it.each([
    ['prompt', { content: { prompt: 'drill-prompt-text' } }],
    ['answer', { content: { response: 'drill-response-text' } }],
    ['input', { content: { tool_parameters: '{"command":"echo fleet-drill"}' } }],
    ['requests', { contentEvent: 'api_request_body', content: { body: '{}' } }],
  ])('is contradicted when content above the tier is sent: %s', async (word, behaviour) => {
    expect(check(await drilledUnder(behaviour), 'telemetry-content')).toMatchObject({
      state: 'contradicted',
      seen: expect.stringContaining(word),
    })
  })

  it('lets content through that the tier allows', async () => {
    const policy = drillPolicy({
      telemetry: { endpoint: `http://127.0.0.1:${await freePort()}`, protocol: 'http/json', privacy: 'content' },
    })
    const result = await drilled(rootWith(settingsOf(policy)), { content: { prompt: 'drill-prompt-text' } }, { policy })
    expect(check(result, 'telemetry-content')).toMatchObject({
      state: 'proven',
      seen: expect.stringContaining('the prompt'),
    })
  })

  it('counts no events of other sessions', async () => {
    const result = await drilledUnder({ session: 'somebody-else' })
    expect(result.document.telemetry.events).toEqual({})
  })

  it('listens itself where managed settings name no address, and says what that proves', async () => {
    const result = await drilled(rootWith({ hooks: settingsOf(drillPolicy()).hooks }))
    expect(result.document.telemetry.where).toBe('own-receiver')
    expect(check(result, 'telemetry-sent')).toMatchObject({
      state: 'proven',
      seen: expect.stringContaining('not the delivery'),
    })
    const policy = drillPolicy()
    const wanted = await drilled(rootWith({ hooks: settingsOf(policy).hooks }), {}, { policy })
    expect(inState(wanted, 'contradicted')).toEqual(['policy-stamp', 'telemetry-sent', 'telemetry-attributes'])
  })

  it('cannot know what reached a collector on another machine, and says where it goes before it starts', async () => {
    const policy = drillPolicy({}, 'https://otel.acme.example:4318')
    const result = await drilled(rootWith(settingsOf(policy)), { sends: 'nothing' }, { policy })
    expect(result.announced).toContain('https://otel.acme.example:4318')
    expect(result.announced).toContain(result.document.sessionId)
    expect(result.document.telemetry).toMatchObject({ where: 'collector', requests: 0 })
    expect(inState(result, 'unknown')).toEqual([
      'policy-stamp',
      'telemetry-sent',
      'telemetry-attributes',
      'telemetry-content',
    ])
    expect(check(result, 'hooks-registered').state).toBe('proven')
    expect(check(result, 'hook-invoked').state).toBe('proven')
  })

  it('leaves a port alone on which somebody listens', async () => {
    const port = await freePort()
    let requests = 0
    const server = createServer((_request, response) => {
      requests += 1
      response.end('{}')
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    const policy = drillPolicy({}, `http://127.0.0.1:${port}`)
    const { document } = await drilled(rootWith(settingsOf(policy)), {}, { policy })
    server.close()
    expect(document.telemetry.where).toBe('collector')
    expect(requests).toBe(2)
  })

  it('hides user names and queries of addresses', async () => {
    const settings = settingsOf(drillPolicy())
    const environment = {
      ...(settings.env as object),
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://user:secret@otel.acme.example/x?key=secret',
    }
    const { announced, document } = await drilled(rootWith({ ...settings, env: environment }), { sends: 'nothing' })
    expect(announced + JSON.stringify(document)).not.toContain('secret')
    expect(document.telemetry.endpoints).toEqual(['https://otel.acme.example/x'])
  })
})

describe('settings', () => {
  it('is contradicted when none stand there although the policy wants some', async () => {
    const result = await drilled(rootWith(), {}, { policy: drillPolicy() })
    expect(check(result, 'settings-present').state).toBe('contradicted')
    expect(check(result, 'hooks-registered').state).toBe('contradicted')
  })

  it('is contradicted when the client refuses to start with them', async () => {
    const result = await drilled(
      rootWith('{ "env": {}, }'),
      { refuses: 'Managed settings: policies are NOT in effect' },
      { policy: drillPolicy() },
    )
    expect(result.document.ended).toBe('refused')
    expect(inState(result, 'contradicted')).toEqual(expect.arrayContaining(['settings-present', 'session-started']))
    expect(check(result, 'hook-invoked').state).toBe('unknown')
  })

  it('calls settings broken that no client can read', async () => {
    const broken = await drilled(rootWith('{ "env": {}, }'), {}, { policy: drillPolicy() })
    expect(check(broken, 'settings-present')).toMatchObject({
      state: 'contradicted',
      seen: expect.stringMatching(/^broken, and no settings: \/etc\/claude-code\/managed-settings\.json/),
    })
  })

  it('does not know what settings say that it cannot read, and says what to do', async () => {
    const root = rootWith()
    const place = '/etc/claude-code/managed-settings.json'
    const machine = machineAt(root)
    const denied = { ...machine, read: machine.read }
    denied.read = async (path, limits) => (path === place ? { kind: 'denied' } : machine.read(path, limits))
    const result = await drilled(root, {}, { policy: drillPolicy(), machine: denied })
    expect(check(result, 'settings-present')).toMatchObject({
      state: 'unknown',
      seen: expect.stringMatching(/managed-settings\.json .*run the drill as administrator/),
    })
    expect(result.announced).toContain(`cannot be read here: ${place}`)
    expect(result.document.telemetry.where).toBe('collector')
    for (const id of ['policy-stamp', 'telemetry-sent', 'telemetry-attributes', 'telemetry-content'])
      expect(check(result, id).state).toBe('unknown')
  })

  it('does not know of settings of the server that it cannot read', async () => {
    const root = rootWith(settingsOf(drillPolicy()))
    const machine = machineAt(root)
    const denied = { ...machine }
    denied.read = async (path, limits) =>
      path.endsWith('remote-settings.json') ? { kind: 'denied' } : machine.read(path, limits)
    const result = await drilled(root, { sends: 'nothing' }, { machine: denied })
    expect(check(result, 'server-settings')).toMatchObject({
      state: 'unknown',
      seen: expect.stringContaining('run the drill as administrator'),
    })
  })

  it('does not know why a client ends that says nothing of settings', async () => {
    const result = await drilled(rootWith(settingsOf(drillPolicy())), { refuses: 'illegal instruction' })
    expect(check(result, 'session-started').state).toBe('unknown')
  })

  it('does not know what settings of the server do', async () => {
    const root = rootWith(settingsOf(drillPolicy()))
    writeFileSync(join(root, 'home/ada/.claude/remote-settings.json'), '{"permissions":{}}')
    const result = await drilled(root, { sends: 'nothing' })
    expect(check(result, 'server-settings').state).toBe('unknown')
    writeFileSync(join(root, 'home/ada/.claude/remote-settings.json'), '{}')
    expect(check(await drilled(root, { sends: 'nothing' }), 'server-settings').state).toBe('not-applicable')
  })

  it.each([
    { ANTHROPIC_BASE_URL: 'https://gateway.acme.example' },
    { CLAUDE_CODE_USE_BEDROCK: '1' },
    { NO_PROXY: 'acme.example' },
  ])('starts nothing where the model would be another one: %o', async (env) => {
    const root = rootWith({ env })
    await expect(drilled(root)).rejects.toMatchObject({ code: 'drill-not-possible', exit: 8 })
    expect(existsSync(join(root, 'seen.json'))).toBe(false)
  })

  it('judges by the settings where there is no policy', async () => {
    const port = await freePort()
    const settings = settingsOf(drillPolicy({}, `http://127.0.0.1:${port}`) as Policy)
    const result = await drilled(rootWith({ ...settings, permissions: { deny: ['Bash(echo *)'] } }), { hook: 'deny' })
    expect(inState(result, 'contradicted')).toEqual([])
    expect(check(result, 'call-outcome').state).toBe('proven')
    expect(check(result, 'telemetry-attributes')).toMatchObject({
      state: 'proven',
      seen: expect.stringContaining('department'),
    })
    expect(check(result, 'telemetry-content').state).toBe('not-applicable')
  })
})
