import * as z from 'zod'
import { exitCode, Failure } from '../../platform/failure.js'
import type { TelemetryAnswer, TelemetryQuery, TelemetryTables } from '../tables.js'
import { answerRows, Count } from './answer-rows.js'
import type { ClickHouse } from './connection.js'
import { askContent } from './content-question.js'
import { askCounts, askRecords } from './count-questions.js'
import { type Asked, askDecisions, askEvents, askEventTables, askToolWeeks } from './event-questions.js'
import { differingCopies, rowParameters } from './record-rows.js'
import { type ExporterTables, exporterTables, type RecordTable } from './schema.js'
import { askSenders } from './senders-question.js'
import { askSessions } from './session-question.js'

export interface ClickHouseAnswer extends TelemetryAnswer {
  readonly input: {
    /** Tables that were asked, with their records of known surfaces in the window, copies included. */
    readonly tables: readonly { readonly name: string; readonly records: number }[]
  }
}

export interface AskOptions {
  /** Told before each question, for who shows progress. */
  readonly onQuestion?: ((about: keyof TelemetryTables | 'schema' | 'counts') => void) | undefined
}

/** Records came while the questions were asked, from somebody who was not there before. */
class NewSender extends Error {}

/** So often the questions are asked again before that is called a failure. */
const mostAttempts = 3

/**
 * Has the database sum the records of the window up into the tables that the file reader's aggregator makes: the same
 * for the same records, but for what the tables do not keep (columns.ts), and but for which of several differing copies of
 * one record counts. Only sums travel.
 *
 * @throws Failure when the database cannot be asked (failures.ts), has no such tables, or records keep arriving.
 */
export async function askClickHouse(
  clickhouse: ClickHouse,
  query: TelemetryQuery,
  { onQuestion = () => undefined }: AskOptions = {},
): Promise<ClickHouseAnswer> {
  onQuestion('schema')
  const tables = await exporterTables(clickhouse)
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    try {
      return await askAll(clickhouse, tables, query, onQuestion)
    } catch (error) {
      if (!(error instanceof NewSender)) throw error
    }
  }
  throw new Failure(exitCode.inputRefused, 'clickhouse-changing', 'Records of the window are still arriving.', {
    where: { file: clickhouse.address.origin },
    tryThis: ['End the window some minutes ago.'],
  })
}

async function askAll(
  clickhouse: ClickHouse,
  exporter: ExporterTables,
  query: TelemetryQuery,
  onQuestion: NonNullable<AskOptions['onQuestion']>,
): Promise<ClickHouseAnswer> {
  const { logs, points, spans } = exporter
  onQuestion('counts')
  const counts = await askCounts(clickhouse, logs, query)
  const others = [...points, ...(spans ? [spans] : [])]
  const input = [{ name: logs.name, records: counts.inWindow + counts.canary }]
  for (const table of others) input.push({ name: table.name, records: await askRecords(clickhouse, table, query) })

  onQuestion('senders')
  const copiesDiffer = await askWhetherCopiesDiffer(clickhouse, logs, query)
  const senders = await askSenders(clickhouse, exporter, query, copiesDiffer)
  const placeOf = (hash: string) => {
    const place = senders.places.get(hash)
    if (place === undefined) throw new NewSender()
    return place
  }
  const asked: Asked = { clickhouse, logs, query, placeOf, copiesDiffer }
  onQuestion('runWeeks')
  const { missing, runWeeks } = await askSessions(asked)
  onQuestion('events')
  const { days, events } = await askEvents(asked)
  onQuestion('tools')
  const eventTables = await askEventTables(asked)
  onQuestion('toolWeeks')
  const toolWeeks = await askToolWeeks(asked)
  onQuestion('decisions')
  const decisions = await askDecisions(asked)
  onQuestion('content')
  const content = await askContent(asked, exporter)

  const distinct = senders.list.reduce((sum, sender) => sum + sender.events, 0)
  return {
    tables: {
      senders: senders.list.map((sender, place) => ({ ...sender, missing: missing.get(place) ?? 0 })),
      days,
      events,
      ...eventTables,
      toolWeeks,
      decisions,
      runWeeks,
      content,
    },
    counts: {
      read: counts.read,
      canary: counts.canary + counts.canaryOutside,
      // Records that arrive between two questions must not make it negative.
      duplicates: Math.max(0, counts.inWindow - distinct),
      beforeWindow: counts.beforeWindow,
      afterWindow: counts.afterWindow,
      withoutSequence: senders.withoutSequence,
      foreign: counts.foreign,
    },
    input: { tables: input },
  }
}

/** Usually there are none, and then nothing has to be picked. */
async function askWhetherCopiesDiffer(
  clickhouse: ClickHouse,
  logs: RecordTable,
  query: TelemetryQuery,
): Promise<boolean> {
  const Row = z.object({ records: Count })
  const [row] = await answerRows(clickhouse, differingCopies(logs, query), rowParameters(query), Row)
  return row!.records > 0
}
