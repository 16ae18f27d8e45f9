import * as z from 'zod'
import { byText } from '../../platform/by-text.js'
import { type Sender, type SenderColumn, senderColumns, type TelemetryQuery } from '../tables.js'
import { answerRows, Count, Text } from './answer-rows.js'
import { wordOf } from './columns.js'
import type { ClickHouse } from './connection.js'
import { groupedRows, isNumbered, rowColumns, rowParameters, rows, senderTexts } from './record-rows.js'
import type { ExporterTables, RecordTable } from './schema.js'

/** The senders in the order of the table, the place of each by its hash, and what only their sum tells. */
export interface Senders {
  readonly list: readonly Omit<Sender, 'missing'>[]
  readonly places: ReadonlyMap<string, number>
  readonly withoutSequence: number
}

const Times = z.object({ hash: Text, records: Count, first: Count, last: Count })
const Counts = z.object({
  ...Times.shape,
  sessions: Count,
  toolEvents: Count,
  prompts: Count,
  withoutSequence: Count,
})

/** Asks all tables who sent records in the window. Texts and counts are asked for apart, so that copies cost little. */
export async function askSenders(
  clickhouse: ClickHouse,
  { logs, points, spans }: ExporterTables,
  query: TelemetryQuery,
  copiesDiffer: boolean,
): Promise<Senders> {
  const parameters = rowParameters(query)
  const counts = new Map<string, z.output<typeof Counts>>()
  for (const row of await answerRows(clickhouse, countsQuestion(logs, query, copiesDiffer), parameters, Counts))
    counts.set(row.hash, row)
  const others = async (tables: readonly RecordTable[]) => {
    const times = new Map<string, z.output<typeof Times>>()
    for (const table of tables) {
      for (const row of await answerRows(clickhouse, timesQuestion(table, query), parameters, Times)) {
        const known = times.get(row.hash) ?? row
        const [first, last] = [Math.min(known.first, row.first), Math.max(known.last, row.last)]
        times.set(row.hash, { ...known, first, last })
      }
    }
    return times
  }
  const pointTimes = await others(points)
  const spanTimes = await others(spans ? [spans] : [])

  const texts = new Map<string, readonly string[]>()
  const Texts = z.object({ hash: Text, texts: z.array(Text) })
  for (const table of [logs, ...points, ...(spans ? [spans] : [])])
    for (const row of await answerRows(clickhouse, textsQuestion(table, query), parameters, Texts))
      texts.set(row.hash, row.texts)
  const late = new Map<string, number>()
  const Late = z.object({ hash: Text, texts: z.array(Text), last: Count })
  for (const row of await answerRows(clickhouse, lateQuestion(logs, query), parameters, Late)) {
    late.set(row.hash, row.last)
    texts.set(row.hash, row.texts)
  }

  const hashes = [...new Set([...counts.keys(), ...pointTimes.keys(), ...spanTimes.keys(), ...late.keys()])].filter(
    (hash) => texts.has(hash),
  )
  hashes.sort((a, b) => byTexts(texts.get(a)!, texts.get(b)!))
  return {
    list: hashes.map((hash) => {
      const said = texts.get(hash)!
      const [log, point, span] = [counts.get(hash), pointTimes.get(hash), spanTimes.get(hash)]
      return {
        ...(Object.fromEntries(senderColumns.map((name, column) => [name, said[column]])) as Record<
          SenderColumn,
          string
        >),
        identity: said.slice(senderColumns.length),
        events: log?.records ?? 0,
        sessions: log?.sessions ?? 0,
        first: log?.first ?? 0,
        last: log?.last ?? 0,
        lastAfter: late.get(hash) ?? 0,
        firstPoint: point?.first ?? 0,
        lastPoint: point?.last ?? 0,
        firstSpan: span?.first ?? 0,
        lastSpan: span?.last ?? 0,
        toolEvents: log?.toolEvents ?? 0,
        prompts: log?.prompts ?? 0,
      }
    }),
    places: new Map(hashes.map((hash, place) => [hash, place])),
    withoutSequence: [...counts.values()].reduce((sum, row) => sum + row.withoutSequence, 0),
  }
}

function countsQuestion(logs: RecordTable, query: TelemetryQuery, copiesDiffer: boolean): string {
  const event = wordOf(logs, 'event')
  const columns = {
    ...rowColumns(logs, query),
    event,
    sessionHash: `if(session = '', 0, reinterpretAsUInt128(sipHash128(session)))`,
    isTool: `event IN ('tool_result', 'tool_decision')`,
    isPrompt: `event = 'user_prompt'`,
    isLoose: `NOT ${isNumbered}`,
  }
  const kept = ['sender', 'at', 'sessionHash', 'isTool', 'isPrompt', 'isLoose']
  return `SELECT toString(sender) AS hash, count() AS records, min(at) AS first, max(at) AS last, uniqExactIf(sessionHash, sessionHash != 0) AS sessions, sum(isTool) AS toolEvents, sum(isPrompt) AS prompts, sum(isLoose) AS withoutSequence FROM (${groupedRows(logs, columns, kept, { query, copiesDiffer })}) GROUP BY sender`
}

function timesQuestion(table: RecordTable, query: TelemetryQuery): string {
  return `SELECT toString(sender) AS hash, count() AS records, min(at) AS first, max(at) AS last FROM (${rows(table, rowColumns(table, query), { query })}) GROUP BY sender`
}

function textsQuestion(table: RecordTable, query: TelemetryQuery): string {
  const texts = senderTexts(table, query.identityKeys.length)
  return `SELECT toString(sender) AS hash, any(texts) AS texts FROM (${rows(table, { ...rowColumns(table, query), texts: `[${texts.join(', ')}]` }, { query })}) GROUP BY sender`
}

/** Who sent records at or after the end of the window, and the last of each. */
function lateQuestion(logs: RecordTable, query: TelemetryQuery): string {
  const texts = `[${senderTexts(logs, query.identityKeys.length).join(', ')}]`
  return `SELECT toString(sender) AS hash, any(texts) AS texts, max(at) AS last FROM (${rows(logs, { ...rowColumns(logs, query), texts }, { query, late: true })}) GROUP BY sender`
}

function byTexts(a: readonly string[], b: readonly string[]): number {
  for (const [index, text] of a.entries()) {
    const order = byText(text, b[index]!)
    if (order !== 0) return order
  }
  return 0
}
