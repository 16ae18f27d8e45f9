import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Aggregator } from '../../src/telemetry/aggregate/aggregator.js'
import { askClickHouse } from '../../src/telemetry/clickhouse/ask-clickhouse.js'
import { type ClickHouse, openClickHouse } from '../../src/telemetry/clickhouse/connection.js'
import { BatchColumns, WordList } from '../../src/telemetry/otlp/batch-columns.js'
import { exactBlockParser } from '../../src/telemetry/otlp/exact-block-parser.js'
import { emptyReport, finishedReport } from '../../src/telemetry/otlp/input-report.js'
import type { TelemetryAnswer, TelemetryQuery } from '../../src/telemetry/tables.js'
import { findEngine, type Session } from './engine.js'
import { exportRequests, type OtlpRequest } from './exporter.js'
import { createTables, type Era, eras } from './exporter-tables.js'
import { type Front, startFront } from './front.js'
import { differingCopies, messyRequests, serialOf } from './messy-requests.js'

const engine = findEngine()
if (typeof engine === 'string') console.log(`skipped: ${engine}`)

const since = Date.UTC(2026, 9, 1, 6)
const until = Date.UTC(2026, 10, 3, 18, 30)
const identityKeys = ['endpoint.serial', 'host.name', "odd'key\\{x:String}"]
const query: TelemetryQuery = { since, until, identityKeys }

/** What the files of these requests give. */
function fromFiles(requests: readonly OtlpRequest[], query: TelemetryQuery): TelemetryAnswer {
  const words = new WordList()
  const columns = new BatchColumns(query.identityKeys)
  const report = emptyReport('file')
  columns.clear('file')
  const lines = requests.map((request) => `${JSON.stringify(request)}\n`).join('')
  exactBlockParser(query.identityKeys).parse(Buffer.from(lines), columns, words, report)
  const aggregator = new Aggregator(query, words)
  aggregator.add(columns)
  return aggregator.end([finishedReport(report)])
}

/** The tables do not keep the time of observation. */
function withoutSkew({ tables, counts: { skewed: _, ...counts } }: TelemetryAnswer) {
  return { tables, counts }
}

describe.skipIf(typeof engine === 'string')('files and ClickHouse give the same tables', () => {
  let folder: string
  let session: Session
  let front: Front
  let databases = 0
  const open: ClickHouse[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fleet-clickhouse-'))
    if (typeof engine === 'string') return
    session = engine.open(folder)
    front = await startFront(session)
  })
  afterAll(async () => {
    for (const clickhouse of open) await clickhouse.close()
    await front?.close()
    session?.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function storeOf(era: Era, requests: readonly OtlpRequest[]): Promise<ClickHouse> {
    const database = `parity-${databases++}`
    for (const statement of createTables(database, era)) session.query(statement)
    await exportRequests(session, database, era, requests)
    const clickhouse = openClickHouse({ url: front.url, database })
    open.push(clickhouse)
    return clickhouse
  }

  const cases = eras.flatMap((era) => [1, 2, 3].map((seed) => ({ era, seed })))
  it.each(cases)('with the tables of $era, seed $seed', async ({ era, seed }) => {
    const eventNames = era === '2025' || era === '2026'
    const requests = messyRequests({ seed: seed * 7919, ...query, eventNames, pointMilliseconds: era !== '2026' })
    const expected = fromFiles(requests, query)
    const { input, ...answer } = await askClickHouse(await storeOf(era, requests), query)
    expect(withoutSkew(answer)).toEqual(withoutSkew(expected))
    // A comparison of nothing would pass as well.
    for (const [name, table] of Object.entries(expected.tables)) expect(table.length, name).toBeGreaterThan(0)
    expect(expected.counts.duplicates).toBeGreaterThan(0)
    expect(input.tables.map(({ name }) => name)).toContain('otel_logs')
  })

  it.each(eras)('of copies that differ one counts in every table, with the tables of %s', async (era) => {
    const requests = differingCopies(since)
    const { input: _, ...answer } = await askClickHouse(await storeOf(era, requests), query)
    // Which one is for the store to say; the files begin with those.
    const counting = new Set(
      answer.tables.senders.filter(({ events }) => events > 0).map(({ identity: [serial] }) => serial!),
    )
    expect([...counting].map((serial) => Number.parseInt(serial, 10)).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 24 }, (_, record) => record),
    )
    const [first, others] = [true, false].map((wanted) =>
      requests.filter((request) => counting.has(serialOf(request)) === wanted),
    )
    const expected = fromFiles([...first!, ...others!], query)
    expect(withoutSkew(answer)).toEqual(withoutSkew(expected))
    expect(expected.tables.content.some(({ presentInCopies }) => presentInCopies > 0)).toBe(true)
  })
})
