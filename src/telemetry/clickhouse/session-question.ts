import * as z from 'zod'
import { weekName } from '../aggregate/week.js'
import { surfaces } from '../surfaces/index.js'
import type { TelemetryTables } from '../tables.js'
import { answerRows, byKeys, Count, Text } from './answer-rows.js'
import { list, literal, weekOf, wordOf } from './columns.js'
import type { Asked } from './event-questions.js'
import { endedText } from './example-key.js'
import { groupedRows, isNumbered, rowColumns, rowParameters, senderTexts } from './record-rows.js'

/** What is told of sessions: sums by sender and by week. */
export interface SessionSums {
  /** By place of the sender. */
  readonly missing: ReadonlyMap<number, number>
  readonly runWeeks: TelemetryTables['runWeeks']
}

const failure = surfaces
  .map(({ service, failures }) => `(service = ${literal(service)} AND event IN ${list(failures)})`)
  .join(' OR ')

/**
 * Asks what became of each session, and has it summed up: a session counts for the sender of its first record, by time,
 * then sequence, then (of records that have none) the texts of the sender.
 */
export async function askSessions({ clickhouse, logs, query, placeOf, copiesDiffer }: Asked): Promise<SessionSums> {
  const texts = senderTexts(logs, query.identityKeys.length).map(endedText)
  const columns = {
    ...rowColumns(logs, query),
    event: wordOf(logs, 'event'),
    sessionHash: 'reinterpretAsUInt128(sipHash128(session))',
    isFailure: `(${failure})`,
    tieOrder: `if(${isNumbered}, '', concat(${texts.join(', ')}))`,
  }
  const kept = ['sender', 'service', 'sessionHash', 'sequence', 'at', 'isFailure', 'tieOrder']
  const all = groupedRows(logs, columns, kept, { query, where: [`session != ''`], copiesDiffer })
  const sessions = `SELECT argMin((s.sender, s.service), (s.at, s.sequence, s.tieOrder)) AS home, ${weekOf.replace('at', 'min(s.at)')} AS week, if(max(s.sequence) < 0, 0, least(1000000, max(s.sequence) - minIf(s.sequence, s.sequence >= 0) + 1 - uniqExactIf(s.sequence, s.sequence >= 0))) AS missing, max(s.isFailure) AS failed FROM (${all}) AS s GROUP BY s.sessionHash`
  const sql = `SELECT toString(home.1) AS hash, home.2 AS service, week, sum(missing) AS lost, count() AS runs, sum(failed) AS failures FROM (${sessions}) GROUP BY home.1, home.2, week`
  const Row = z.object({ hash: Text, service: Text, week: Count, lost: Count, runs: Count, failures: Count })
  const missing = new Map<number, number>()
  const weeks = new Map<string, { service: string; week: string; runs: number; failed: number }>()
  for (const { hash, service, week, lost, runs, failures } of await answerRows(
    clickhouse,
    sql,
    rowParameters(query),
    Row,
  )) {
    const place = placeOf(hash)
    missing.set(place, (missing.get(place) ?? 0) + lost)
    const name = JSON.stringify([service, week])
    const sum = weeks.get(name) ?? { service, week: weekName(week), runs: 0, failed: 0 }
    weeks.set(name, { ...sum, runs: sum.runs + runs, failed: sum.failed + failures })
  }
  return { missing, runWeeks: [...weeks.values()].sort(byKeys('service', 'week')) }
}
