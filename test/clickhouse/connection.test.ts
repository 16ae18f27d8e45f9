import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Failure } from '../../src/platform/failure.js'
import { Secret } from '../../src/policy/secret-reference.js'
import { askClickHouse } from '../../src/telemetry/clickhouse/ask-clickhouse.js'
import { type ClickHouseConnection, openClickHouse } from '../../src/telemetry/clickhouse/connection.js'
import { clickHouseFailure } from '../../src/telemetry/clickhouse/failures.js'
import { findEngine, type Session } from './engine.js'
import { exportRequests } from './exporter.js'
import { createTables } from './exporter-tables.js'
import { type FrontOptions, startFront } from './front.js'

const engine = findEngine()
if (typeof engine === 'string') console.log(`skipped: ${engine}`)
const query = { since: Date.UTC(2026, 9, 1), until: Date.UTC(2026, 10, 1), identityKeys: [] }

async function failureOf(ask: () => unknown): Promise<Failure> {
  try {
    await ask()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('nothing failed')
}

async function ask(connection: ClickHouseConnection, asked = query) {
  const clickhouse = openClickHouse(connection)
  try {
    return await askClickHouse(clickhouse, asked)
  } finally {
    await clickhouse.close()
  }
}

describe('an address that cannot be used', () => {
  it.each([
    ['https://reader:hunter2@clickhouse.example:8443', 'clickhouse-url-credentials'],
    ['http://clickhouse.example:8123', 'clickhouse-not-encrypted'],
    ['https://clickhouse.example/?password=hunter2', 'clickhouse-url'],
    ['tcp://clickhouse.example:9000', 'clickhouse-url'],
    ['hunter2', 'clickhouse-url'],
  ])('%s is refused as %s and not shown', async (url, code) => {
    const failure = await failureOf(() => openClickHouse({ url, database: 'otel' }))
    expect(failure.code).toBe(code)
    expect(JSON.stringify([failure.message, failure.details])).not.toContain('hunter2')
  })

  it('may be http on this machine, or where that was allowed on purpose', () => {
    for (const url of ['http://localhost:8123', 'http://127.0.0.1:8123', 'http://[::1]:8123'])
      expect(openClickHouse({ url, database: 'otel' }).address.origin).toBe(url)
    expect(openClickHouse({ url: 'http://a.example', database: 'otel', insecure: true }).database).toBe('otel')
  })

  it.each(['otel`; DROP TABLE x', 'a b', '', "x'", 'ü'])('database name %j is refused', async (database) => {
    const failure = await failureOf(() => openClickHouse({ url: 'https://a.example', database }))
    expect(failure.code).toBe('clickhouse-name')
  })
})

describe('what went wrong', () => {
  const address = { origin: 'https://clickhouse.example:8443', pathname: '' }

  it.each([new TypeError('x is not a function'), new RangeError('out of range'), new ReferenceError('y'), undefined])(
    'is given back as it is when it is a mistake of the program: %s',
    (mistake) => {
      expect(clickHouseFailure(mistake, address)).toBe(mistake)
    },
  )

  it.each([
    [new SyntaxError('Unexpected token < in JSON'), 'clickhouse-foreign'],
    [new Error('<html>hunter2</html>'), 'clickhouse-foreign'],
    [Object.assign(new TypeError('Invalid header'), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }), 'clickhouse-tls'],
    [new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }), 'clickhouse-unreachable'],
  ])('is told with a fixed text when it came from outside: %s', (error, code) => {
    expect(clickHouseFailure(error, address)).toMatchObject({ code })
  })
})

describe('an address where no ClickHouse answers', () => {
  it('is unreachable when nothing listens', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const failure = await failureOf(() => ask({ url: `http://127.0.0.1:${port}`, database: 'otel' }))
    expect(failure.code).toBe('clickhouse-unreachable')
  })

  it.each([200, 404, 502])('is not ClickHouse when a web page comes with status %i', async (status) => {
    const server = createServer((_, response) => response.writeHead(status).end('<html>hunter2</html>'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const failure = await failureOf(() => ask({ url: `http://127.0.0.1:${port}`, database: 'otel' }))
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    expect(failure.code).toBe('clickhouse-foreign')
    expect(JSON.stringify([failure.message, failure.details])).not.toContain('hunter2')
  })

  it('is a failed encryption when it speaks http', async () => {
    const server = createServer((_, response) => response.end())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const failure = await failureOf(() => ask({ url: `https://127.0.0.1:${port}`, database: 'otel' }))
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    expect(failure.code).toBe('clickhouse-tls')
  })
})

describe.skipIf(typeof engine === 'string')('a ClickHouse', () => {
  let folder: string
  let session: Session
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fleet-clickhouse-'))
    if (typeof engine === 'string') return
    session = engine.open(folder)
    for (const statement of createTables('otel', '2025')) session.query(statement)
    session.query('CREATE DATABASE empty')
    session.query('CREATE DATABASE json')
    session.query(
      'CREATE TABLE json.otel_logs (Timestamp DateTime64(9), ServiceName String, LogAttributes JSON, ResourceAttributes JSON) ENGINE = MergeTree ORDER BY Timestamp',
    )
  })
  afterAll(async () => {
    session?.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function withFront<Result>(
    options: FrontOptions,
    use: (front: Awaited<ReturnType<typeof startFront>>) => Promise<Result>,
  ) {
    const front = await startFront(session, options)
    try {
      return await use(front)
    } finally {
      await front.close()
    }
  }

  it.each([
    ['otel', 'hunter3', 'clickhouse-credentials'],
    ['nowhere', 'hunter2', 'clickhouse-database'],
    ['empty', 'hunter2', 'clickhouse-tables'],
    ['json', 'hunter2', 'clickhouse-schema'],
  ])('with database %s and password %s says %s', async (database, password, code) => {
    await withFront({ user: 'reader', password: 'hunter2' }, async ({ url }) => {
      const failure = await failureOf(() => ask({ url, database, user: 'reader', password: new Secret(password) }))
      expect(failure.code).toBe(code)
      expect(JSON.stringify([failure.message, failure.details])).not.toMatch(/hunter|reader/)
    })
  })

  it('answers nothing where there is nothing', async () => {
    const { tables, counts } = await withFront({}, ({ url }) => ask({ url, database: 'otel' }))
    expect(Object.values(tables).every((table) => table.length === 0)).toBe(true)
    expect(counts).toEqual({
      read: 0,
      canary: 0,
      duplicates: 0,
      beforeWindow: 0,
      afterWindow: 0,
      withoutSequence: 0,
      foreign: {},
    })
  })

  it('is asked without settings where the user may change none', async () => {
    await withFront({ settingsForbidden: true }, async ({ url, questions }) => {
      await ask({ url, database: 'otel' })
      expect(questions.length).toBeGreaterThan(2)
      expect(questions.slice(1).every(({ settings }) => Object.keys(settings).length === 0)).toBe(true)
    })
  })

  it('is asked to read only, with limits', async () => {
    await withFront({}, async ({ url, questions }) => {
      await ask({ url, database: 'otel' })
      for (const { settings } of questions)
        expect(settings).toMatchObject({ readonly: '2', max_execution_time: '300', max_memory_usage: String(2 ** 33) })
    })
  })

  it('never has a name from outside in a question', async () => {
    const hostile = [
      "x'] OR 1 --",
      '{since:Int64}',
      '`; DROP DATABASE otel',
      'a\\',
      "\\'",
      'a\nb',
      'tab\t',
      '\u{1f600}',
    ]
    await exportRequests(session, 'otel', '2025', [
      {
        resourceLogs: [
          {
            resource: { attributes: [{ key: 'service.name', value: { stringValue: 'claude-code' } }] },
            scopeLogs: [
              {
                logRecords: [
                  {
                    timeUnixNano: `${query.since + 5}000000`,
                    body: { stringValue: 'claude_code.user_prompt' },
                    attributes: [
                      { key: 'session.id', value: { stringValue: hostile[0]! } },
                      ...hostile.map((key) => ({ key, value: { stringValue: `value of ${key}` } })),
                    ],
                  },
                ],
              },
            ],
          },
        ],
      },
    ])
    await withFront({}, async ({ url, questions }) => {
      const { tables } = await ask({ url, database: 'otel' }, { ...query, identityKeys: hostile } as never)
      expect(tables.senders.map(({ identity }) => identity)).toEqual([hostile.map((key) => `value of ${key}`)])
      for (const { sql } of questions)
        for (const key of hostile.slice(0, 3)) expect(sql).not.toContain(key === '{since:Int64}' ? "'{since" : key)
    })
  })
})
