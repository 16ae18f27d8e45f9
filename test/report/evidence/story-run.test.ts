import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomHex } from '../../../src/platform/random-hex.js'
import { loadPolicy } from '../../../src/policy/load-policy.js'
import { runCanary } from '../../../src/report/evidence/canary-run.js'
import { openFromFlags } from '../../../src/report/evidence/clickhouse-flags.js'
import { runStory } from '../../../src/report/evidence/story-run.js'
import { readCanary } from '../../../src/telemetry/canary/read-canary.js'
import { lineOf, recordOf } from '../../telemetry/story/story-records.js'

const id = '0be74e02-ba0a-4311-b883-5c583c28ac66'
const wanted = { kind: 'session', id } as const
const notes: string[] = []
const told = { notes: (text: string) => void notes.push(text) }
let folder = ''
let logs = ''
const path = (name: string) => join(folder, name)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-story-'))
  logs = path('logs.jsonl')
  writeFileSync(
    logs,
    lineOf(recordOf({ sequence: 0, at: 0, session: id, attributes: { prompt: 'sesame', 'prompt.id': 'p-000001' } })),
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('fleet evidence session', () => {
  it('writes the ticket beside what it shows, for its owner alone', async () => {
    const { output, exit } = await runStory(wanted, [logs], { output: path('ticket.md') }, told)
    expect(exit).toBe(0)
    expect(output).toContain(`Session ${id}`)
    expect(readFileSync(path('ticket.md'), 'utf8')).toContain('## What happened')
    expect(statSync(path('ticket.md')).mode & 0o777).toBe(0o600)
    expect(notes).toEqual([`Wrote ${path('ticket.md')} (markdown).`])
  })

  it('shows content only on request', async () => {
    expect((await runStory(wanted, [logs], { json: true }, told)).output).not.toContain('sesame')
    expect((await runStory(wanted, [logs], { json: true, content: true }, told)).output).toContain('sesame')
  })

  it('never writes over what it reads', async () => {
    await expect(runStory(wanted, [logs], { output: logs }, told)).rejects.toMatchObject({ code: 'output-refused' })
  })

  it('says what to do when the id is not there', async () => {
    const missing = { kind: 'session', id: '0be7ffff-0000' } as const
    await expect(runStory(missing, [logs], {}, told)).rejects.toMatchObject({
      exit: 4,
      code: 'session-not-found',
      details: { tryThis: expect.arrayContaining(['1 record of 1 session were read.', `Ids that begin alike: ${id}`]) },
    })
  })

  it('ends with 4 when part of the input could not be read', async () => {
    writeFileSync(path('torn.jsonl'), readFileSync(logs, 'utf8').slice(0, -20))
    const { output, exit } = await runStory(wanted, [logs, path('torn.jsonl'), path('not-there')], {}, told)
    expect(exit).toBe(4)
    expect(output).toContain('the story may be incomplete')
    expect(output).toContain('not-there')
  })

  it.each([
    [[], {}, 'no-input'],
    [['x'], { clickhouse: 'https://clickhouse.acme.example:8443' }, 'files-and-clickhouse'],
  ] as const)('refuses %j with %j', async (paths, flags, code) => {
    await expect(runStory(wanted, paths, flags, told)).rejects.toMatchObject({ exit: 2, code })
  })
})

describe('the flags of ClickHouse', () => {
  const url = { clickhouse: 'https://clickhouse.acme.example:8443' }
  const policyOf = async (text: string) => {
    writeFileSync(path('fleet.yaml'), text)
    return await loadPolicy(path('fleet.yaml'))
  }

  it('take a password by reference only, and never repeat what was given instead', async () => {
    const failure = await openFromFlags({ ...url, 'clickhouse-password': 'hunter2' }, await policyOf('{}')).catch(
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ exit: 2, code: 'not-a-reference' })
    expect(JSON.stringify([failure, String(failure)])).not.toContain('hunter2')
  })

  it('take the database of the policy, unless they name one', async () => {
    const policy = await policyOf('collector: { clickhouse: { endpoint: "https://h:8443", database: fleet_otel } }')
    expect((await openFromFlags(url, policy))?.database).toBe('fleet_otel')
    expect((await openFromFlags({ ...url, 'clickhouse-database': 'x' }, policy))?.database).toBe('x')
    expect((await openFromFlags(url, await policyOf('{}')))?.database).toBe('otel')
    expect(await openFromFlags({}, policy)).toBeUndefined()
  })

  it('look references up', async () => {
    const flags = { ...url, 'clickhouse-user': 'env:WHO', 'clickhouse-password': 'env:WORD' }
    const policy = await policyOf('{}')
    await expect(openFromFlags(flags, policy, { WHO: 'reader' })).rejects.toMatchObject({ code: 'secret-missing' })
    expect(await openFromFlags(flags, policy, { WHO: 'reader', WORD: 'x' })).toBeDefined()
  })
})

describe('fleet evidence canary', () => {
  it('writes what can be read back, and says how to send it', async () => {
    const file = path("it's a canary.json")
    writeFileSync(
      path('canary.yaml'),
      `telemetry: { endpoint: "https://otel.acme.example:4318", traces: true, headers: { Authorization: env:TOKEN, x-team: "plain:it's", x-key: file:/etc/key } }`,
    )
    const written = await runCanary({ output: file, policy: path('canary.yaml') }, randomHex)
    const canary = await readCanary(file)
    expect([written.records, written.tokens]).toEqual([canary.records.length, canary.tokens.length])
    expect(written.commands.map((command) => command.split(' ').at(-1))).toEqual([
      'https://otel.acme.example:4318/v1/logs',
      'https://otel.acme.example:4318/v1/traces',
    ])
    // What a shell makes of it.
    const words = execFileSync(
      'sh',
      ['-c', `printf '%s\\n' ${written.commands[0]!.replace('$(cat /etc/key)', 'key')}`],
      {
        env: { TOKEN: 'Bearer x' },
        encoding: 'utf8',
      },
    )
    expect(words).toContain("-H\nAuthorization: Bearer x\n-H\nx-team: it's\n-H\nx-key: key\n")
    expect(words).toContain(`--data-binary\n@${file}\n`)
  })

  it('is another one each time', async () => {
    const [one, other] = await Promise.all(
      ['1.json', '2.json'].map((name) => runCanary({ output: path(name) }, randomHex)),
    )
    expect(one!.session).not.toBe(other!.session)
  })

  it('is told from everything else', async () => {
    await expect(readCanary(logs)).rejects.toMatchObject({ exit: 4, code: 'not-a-canary' })
    await expect(readCanary(path('not-there'))).rejects.toMatchObject({ exit: 4, code: 'canary-not-found' })
  })
})
