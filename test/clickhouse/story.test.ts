import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Policy } from '../../src/policy/policy.js'
import { findCanary } from '../../src/telemetry/canary/find-canary.js'
import { canaryOf } from '../../src/telemetry/canary/read-canary.js'
import { writeCanary } from '../../src/telemetry/canary/write-canary.js'
import { type ClickHouse, openClickHouse } from '../../src/telemetry/clickhouse/connection.js'
import { storyFromDatabase } from '../../src/telemetry/story/database-story.js'
import { type FoundStory, storyFromFiles } from '../../src/telemetry/story/file-story.js'
import { storyOf } from '../../src/telemetry/story/story.js'
import type { Wanted } from '../../src/telemetry/story/story-record.js'
import { inputOf } from '../builders/input.js'
import { lineOf, recordOf } from '../telemetry/story/story-records.js'
import { findEngine, type Session } from './engine.js'
import { exportRequests, type OtlpRequest } from './exporter.js'
import { createTables, eras } from './exporter-tables.js'
import { type Front, startFront } from './front.js'

const engine = findEngine()
const session = '0be74e02-ba0a-4311-b883-5c583c28ac66'

const records = [
  recordOf({
    sequence: 0,
    at: 0,
    session,
    body: 'claude_code.user_prompt',
    attributes: { 'prompt.id': 'p-000001', prompt: "it's \\ secret\n" },
  }),
  recordOf({
    sequence: 4,
    at: 9,
    session,
    event: 'tool_result',
    attributes: { 'prompt.id': 'p-000001', success: 'false' },
  }),
  recordOf({ sequence: 2, at: 5, session, event: 'auth', attributes: { 'prompt.id': 'p-000002' } }),
  recordOf({ sequence: 0, at: 0, session: '0be74e02-ffff' }),
  recordOf({ sequence: 0, at: 0, session: "o'dd\\{id:String}" }),
]
const lines = lineOf(...records)
const requests = [JSON.parse(lines) as OtlpRequest]

describe.skipIf(typeof engine === 'string')('the story and the canary from ClickHouse', () => {
  let folder: string
  let engineSession: Session
  let front: Front
  const open: ClickHouse[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fleet-clickhouse-'))
    if (typeof engine === 'string') return
    engineSession = engine.open(folder)
    front = await startFront(engineSession)
  })
  afterAll(async () => {
    for (const clickhouse of open) await clickhouse.close()
    await front?.close()
    engineSession?.close()
    await rm(folder, { recursive: true, force: true })
  })

  let databases = 0
  async function storeOf(era: (typeof eras)[number], given: readonly OtlpRequest[]): Promise<ClickHouse> {
    const database = `story_${databases++}`
    for (const statement of createTables(database, era)) engineSession.query(statement)
    await exportRequests(engineSession, database, era, given)
    const clickhouse = openClickHouse({ url: front.url, database })
    open.push(clickhouse)
    return clickhouse
  }

  /** What does not tell where the records come from. */
  function told(found: FoundStory, wanted: Wanted) {
    const {
      input: _,
      otherSignals: __,
      ...story
    } = storyOf(found, {
      wanted: { ...wanted, id: found.id! },
      identityKeys: [],
      content: { shown: true, limit: 100 },
    })
    return story
  }

  it.each(eras)('tell the same as files, with the tables of %s', async (era) => {
    const clickhouse = await storeOf(era, requests)
    const inputs = [inputOf('a', lines)]
    for (const wanted of [
      { kind: 'session', id: session },
      { kind: 'session', id: '0be74e02-ba' },
      { kind: 'session', id: "o'dd\\{id:String}" },
      { kind: 'prompt', id: 'p-000001' },
    ] as const) {
      const found = await storyFromDatabase(clickhouse, wanted)
      const story = told(found, wanted)
      expect(story, JSON.stringify(wanted)).toEqual(told(await storyFromFiles(inputs, wanted), wanted))
      expect(story.records).toBeGreaterThan(0)
    }
    await expect(storyFromDatabase(clickhouse, { kind: 'session', id: '0be74e02' })).rejects.toMatchObject({
      code: 'ambiguous-id',
    })
    expect((await storyFromDatabase(clickhouse, { kind: 'session', id: '0be74e03-xxxx' })).known).toMatchObject({
      records: 5,
      sessions: 3,
      nearest: ['0be74e02-ba0a-4311-b883-5c583c28ac66', '0be74e02-ffff'],
    })
  })

  it.each(eras)('find what survived of a canary, with the tables of %s', async (era) => {
    const policy = Policy.parse({
      telemetry: { endpoint: 'https://otel.acme.example:4318', traces: true },
      collector: {},
    })
    let count = 0
    const random = (bytes: number) => String(++count).padStart(bytes * 2, '0')
    const text = JSON.stringify(writeCanary(policy, random, Date.parse('2026-11-20T08:00:00Z')))
    const canary = canaryOf(text)!
    const all = await findCanary(await storeOf(era, [JSON.parse(text)]), canary, policy)
    expect(all.records).toEqual({ sent: canary.records.length, arrived: canary.records.length })
    expect(all).toMatchObject({
      verdict: 'leak',
      tokens: { sent: canary.tokens.length, survived: canary.tokens.length },
    })
    const none = await findCanary(await storeOf(era, requests), canary, policy)
    expect(none).toMatchObject({ verdict: 'unknown', problem: 'not-arrived' })
  })
})
