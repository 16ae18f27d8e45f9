import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Probe } from '../../src/health/probe.js'
import { readProbeLine } from '../../src/health/probe-line.js'
import { failureOf, fleet, folderWith, type Run, type RunOptions, shell } from './run-fleet.js'

/** These tests look at the machine they run on, and only read: nothing may be taken for granted about it. */
const places = [
  '/etc/claude-code',
  '/Library/Application Support/ClaudeCode',
  '/Library/Managed Preferences/com.anthropic.claudecode.plist',
  '/root/.claude/remote-settings.json',
]
const bare = process.platform === 'linux' && !places.some((place) => existsSync(place))
const hasHeadersFile = existsSync('/etc/fleet/otel-headers.json')

const servers: Server[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))))
})

/** A collector on loopback, and the credentials it was given. */
async function collector(status: number): Promise<{ endpoint: string; credentials: (string | undefined)[] }> {
  const credentials: (string | undefined)[] = []
  const server = createServer((request, response) => {
    credentials.push(request.headers.authorization)
    request.resume().on('end', () => response.writeHead(status).end())
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, credentials }
}

const withPolicy = (telemetry = 'endpoint: https://collector.example.com:4318', more = '') =>
  folderWith({ 'fleet.yaml': `telemetry:\n  ${telemetry}\nhooks: { required: [] }\n${more}` })

function probeOf({ out, err, exit }: Run): Probe {
  expect(err).toBe('')
  const probe = Probe.parse(JSON.parse(out))
  const states = Object.values(probe.stages).map(({ state }) => state)
  if (states.includes('contradicted')) expect(exit).toBe(3)
  else expect([0, 8]).toContain(exit)
  return probe
}

const selftest = (args: readonly string[], options: RunOptions = {}) =>
  fleet(['selftest', ...args], { cwd: withPolicy(), ...options })

describe('fleet selftest', () => {
  it('prints the stages of this machine, what to do, and what stays unknown', async () => {
    const { out, err, exit } = await selftest([])
    expect(err).toBe('Look at this machine\nJudge what was seen\n')
    expect([0, 3, 8]).toContain(exit)
    for (const stage of ['installed \\*', 'loaded', 'invoked', 'evaluated', 'recorded'])
      expect(out).toMatch(new RegExp(`^ {2}${stage} +(?:proven|contradicted|unknown|not-applicable) `, 'm'))
    expect(out).toContain('fleet selftest --connect')
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  })

  it('gives one document, which holds the line', async () => {
    const probe = probeOf(await selftest(['--json']))
    expect(readProbeLine(probe.line)).toMatchObject({ kind: 'line', word: probe.word, line: probe.line })
    expect(probe).not.toHaveProperty('connection')
    expect(probe.facts.collector).toBeUndefined()
  })

  it.runIf(bare)('finds no settings where no Claude is installed', async () => {
    const probe = probeOf(await selftest(['--json']))
    expect(probe.diagnoses.map(({ code }) => code)).toContain('settings-missing')
    expect(probe.word).toBe('repair')
  })

  it('prints exactly the line for an MDM, and ends with 0 whatever it says', async () => {
    const { out, err, exit } = await selftest(['--line'])
    expect([exit, err]).toEqual([0, ''])
    expect(out).toMatch(/^FH1\|[\x21-\x7e]+\|end\n$/)
    expect(readProbeLine(out).kind).toBe('line')
  })

  it('goes into pipes', async () => {
    const cwd = withPolicy()
    const parsed = await shell(
      'fleet selftest --json | python3 -c "import json, sys; print(json.load(sys.stdin)[\'schema\'])"',
      {
        cwd,
      },
    )
    expect([parsed.out, parsed.err]).toEqual(['fleet.probe/v1\n', ''])
    const head = await shell('fleet selftest 2>/dev/null | head -1; fleet selftest --line | head -c 4', { cwd })
    expect([head.err, head.exit]).toEqual(['', 0])
    expect(head.out).toMatch(/^\S.*\nFH1\|$/)
  })

  it('names nobody: no user, no home, no host', async () => {
    const { out } = await shell('fleet selftest --json; fleet selftest --line; uname -n; id -un', { cwd: withPolicy() })
    const [user, host, line, ...document] = out.trimEnd().split('\n').reverse()
    const said = `${line}\n${document.reverse().join('\n')}`
    // A short name of a host can be part of any word.
    for (const name of [host!, `/${user}`, process.env.HOME ?? '/root'].filter(({ length }) => length > 4))
      expect(said.includes(name), name).toBe(false)
  })

  it('needs a policy that wants something', async () => {
    const none = await fleet(['selftest', '--json'], { cwd: folderWith({ 'other.txt': 'x' }) })
    expect(failureOf(none)).toMatchObject({ code: 'no-policy', exit: 2 })
    const nothing = await selftest(['--json'], { cwd: folderWith({ 'fleet.yaml': 'organization: Acme\n' }) })
    expect(failureOf(nothing)).toMatchObject({ code: 'nothing-wanted', exit: 4 })
    const named = await selftest(['--json', '--policy', 'missing.yaml'])
    expect(failureOf(named)).toMatchObject({ code: 'policy-not-found', exit: 2 })
    const unconnected = folderWith({ 'fleet.yaml': 'hooks: { required: [] }\n' })
    expect(failureOf(await selftest(['--json', '--connect'], { cwd: unconnected }))).toMatchObject({
      code: 'no-collector',
      exit: 2,
    })
    const both = await selftest(['--json', '--line'])
    expect(both.exit).toBe(2)
  })

  it('has help with its exit codes', async () => {
    const { out, exit } = await selftest(['--help'])
    expect(exit).toBe(0)
    for (const part of ['--connect', '--line', '--policy', 'Exit codes', '8 a required stage'])
      expect(out.replace(/\s+/g, ' ')).toContain(part)
  })
})

describe('fleet selftest --connect', () => {
  const header = '  headers: { Authorization: env:FLEET_TEST_AUTHORIZATION }'
  const env = { FLEET_TEST_AUTHORIZATION: 'Bearer not-a-real-token' }

  it.runIf(!hasHeadersFile).each([
    [200, 'ok', 'proven'],
    [401, 'unauthorised', 'contradicted'],
    [500, 'rejected', 'contradicted'],
  ])('tells what a collector answers: %i', async (status, answer, state) => {
    const { endpoint, credentials } = await collector(status)
    const cwd = withPolicy(`endpoint: ${endpoint}\n${header}`)
    const run = await selftest(['--connect', '--json'], { cwd, env })
    const probe = probeOf(run)
    expect(probe.facts.collector).toBe(answer)
    expect(probe.stages.recorded.state).toBe(state)
    expect(probe.connection?.map(({ step }) => step)).toEqual([
      'headers',
      'name',
      'port',
      'proxy',
      'certificate',
      'request',
    ])
    expect(credentials).toEqual([env.FLEET_TEST_AUTHORIZATION])
    const shown = await selftest(['--connect'], { cwd, env })
    expect(shown.err).toBe('Look at this machine\nConnect to the collector\nJudge what was seen\n')
    expect(shown.out).toContain('Connection to the collector')
    expect(shown.out).toMatch(/^ {2}recorded \* /m)
    const line = await selftest(['--connect', '--line'], { cwd, env })
    expect(readProbeLine(line.out)).toMatchObject({ kind: 'line', facts: { collector: answer } })
    expect([line.exit, line.err]).toEqual([0, ''])
    expect(`${run.out}${shown.out}${line.out}`).not.toContain('not-a-real')
  })

  it.runIf(!hasHeadersFile)('sends nothing without the headers', async () => {
    const { endpoint, credentials } = await collector(200)
    const probe = probeOf(
      await selftest(['--connect', '--json'], { cwd: withPolicy(`endpoint: ${endpoint}\n${header}`) }),
    )
    expect(probe.facts.collector).toBe('no-header')
    expect(probe.diagnoses.map(({ code }) => code)).toContain('collector-header-missing')
    expect(credentials).toEqual([])
  })

  it('connects to nothing unless it is asked to', async () => {
    const { endpoint, credentials } = await collector(200)
    await selftest(['--json'], { cwd: withPolicy(`endpoint: ${endpoint}`) })
    expect(credentials).toEqual([])
    await selftest(['--json', '--connect'], { cwd: withPolicy(`endpoint: ${endpoint}`) })
    expect(credentials).toHaveLength(1)
  })

  it('tells a closed port', async () => {
    const { endpoint } = await collector(200)
    await new Promise((done) => servers.pop()!.close(done))
    const probe = probeOf(await selftest(['--connect', '--json'], { cwd: withPolicy(`endpoint: ${endpoint}`) }))
    expect(probe.facts.collector).toBe('refused')
  })
})
