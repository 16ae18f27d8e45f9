import * as z from 'zod'
import { answerRows, Count, Text } from '../clickhouse/answer-rows.js'
import type { ClickHouse, ClickHouseParameters } from '../clickhouse/connection.js'
import { exporterTables, type RecordTable } from '../clickhouse/schema.js'
import type { FoundStory } from './file-story.js'
import { type KnownIds, leastCommon, NearestIds } from './known-ids.js'
import { resolveId } from './resolve-id.js'
import { idAttributes, type StoryRecord, shortestPrefix, textOf, type Wanted } from './story-record.js'
import { type StoryValue, storyValue } from './story-value.js'

const Attributes = z.record(z.string(), z.string())
const Row = z.object({
  at: Count,
  service: Text,
  resource: Attributes,
  attributes: Attributes,
  body: Text,
  eventName: Text,
})

/**
 * The story from the tables of the Collector's exporter. Throws a Failure when the id is the beginning of several, or
 * when the database cannot answer.
 */
export async function storyFromDatabase(clickhouse: ClickHouse, wanted: Wanted): Promise<FoundStory> {
  const { logs } = await exporterTables(clickhouse)
  const input = { files: [clickhouse.address.origin], badLines: {}, badLinesWithId: 0, problems: [] }
  const found = await recordsOf(clickhouse, logs, wanted)
  const id = resolveId(found, wanted)
  if (id === undefined)
    return { id, records: [], wholeSessions: false, input, known: await knownInDatabase(clickhouse, logs, wanted) }
  const records = found.filter((record) => textOf(record, idAttributes[wanted.kind]) === id)
  if (wanted.kind === 'session') return { id, records, wholeSessions: true, input }
  const sessions = [...new Set(records.map((record) => textOf(record, 'session.id')))]
  if (sessions.includes('')) return { id, records, wholeSessions: false, input }
  const whole: StoryRecord[] = []
  for (const session of sessions) {
    const all = await recordsOf(clickhouse, logs, { kind: 'session', id: session }, false)
    for (const record of all) whole.push(record)
  }
  return { id, records: whole, wholeSessions: true, input }
}

/** The records with an id, or else those whose id begins so. */
async function recordsOf(
  clickhouse: ClickHouse,
  logs: RecordTable,
  { kind, id }: Wanted,
  mayBePrefix = true,
): Promise<StoryRecord[]> {
  const parameters = { key: idAttributes[kind], id }
  // The exporter's tables have an index of the values of attributes, which finds a whole id without reading all.
  const held = [logs.own, logs.resource].map((map) => `has(mapValues(${map}), {id:String})`).join(' OR ')
  const exact = await select(clickhouse, logs, `(${held}) AND ${idOf(logs)} = {id:String}`, parameters)
  if (exact.length > 0 || !mayBePrefix || id.length < shortestPrefix) return exact
  return await select(clickhouse, logs, `startsWith(${idOf(logs)}, {id:String})`, parameters)
}

/** Of the record, or else of its resource. */
function idOf({ own, resource }: RecordTable): string {
  return `if(${own}[{key:String}] != '', toString(${own}[{key:String}]), toString(${resource}[{key:String}]))`
}

async function select(
  clickhouse: ClickHouse,
  logs: RecordTable,
  where: string,
  parameters: ClickHouseParameters,
): Promise<StoryRecord[]> {
  const eventName = logs.eventName === undefined ? `''` : `toString(${logs.eventName})`
  const sql = `SELECT toUnixTimestamp64Milli(${logs.time}) AS at, toString(ServiceName) AS service, ${logs.resource} AS resource, ${logs.own} AS attributes, Body AS body, ${eventName} AS eventName FROM ${logs.sql} WHERE ${where}`
  return (await answerRows(clickhouse, sql, parameters, Row)).map(storyRecord)
}

function storyRecord({ at, service, resource, attributes, body, eventName }: z.infer<typeof Row>): StoryRecord {
  const described = valuesOf(resource)
  if (service !== '' && !described.has('service.name')) described.set('service.name', storyValue(service))
  return {
    // The tables keep no time of observation.
    time: at > 0 ? at : Number.NaN,
    observed: Number.NaN,
    resource: described,
    attributes: valuesOf(attributes),
    eventName,
    body: body === '' ? undefined : storyValue(body),
  }
}

function valuesOf(attributes: Readonly<Record<string, string>>): Map<string, StoryValue> {
  return new Map(Object.entries(attributes).map(([name, value]) => [name, storyValue(value)]))
}

const mostCandidates = 1000

async function knownInDatabase(clickhouse: ClickHouse, logs: RecordTable, { kind, id }: Wanted): Promise<KnownIds> {
  const counted = `SELECT count() AS records, uniq(${idOf(logs)}) AS sessions FROM ${logs.sql} WHERE ${idOf(logs)} != ''`
  const counts = await answerRows(
    clickhouse,
    counted,
    { key: idAttributes.session },
    z.object({ records: Count, sessions: Count }),
  )
  const nearest = new NearestIds(id)
  const like = `SELECT DISTINCT ${idOf(logs)} AS found FROM ${logs.sql} WHERE startsWith(${idOf(logs)}, {start:String}) ORDER BY found LIMIT ${mostCandidates}`
  const start = id.slice(0, leastCommon)
  if (start.length === leastCommon) {
    const rows = await answerRows(clickhouse, like, { key: idAttributes[kind], start }, z.object({ found: Text }))
    for (const { found } of rows) nearest.add(found)
  }
  return { records: counts[0]?.records ?? 0, sessions: counts[0]?.sessions ?? 0, problems: [], nearest: nearest.ids }
}
