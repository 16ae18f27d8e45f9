import * as z from 'zod'
import { contentOfLogs, contentOfSpans, eventsWithErrorText } from '../../policy/content-attributes.js'
import { contentFields, errorText } from '../content-fields.js'
import type { ContentRow, TelemetryTables } from '../tables.js'
import { answerRows, byKeys, Count, MaybeExample, Text } from './answer-rows.js'
import { bodyContent, contentOf, list, literal, looseOf, wordOf } from './columns.js'
import type { Asked } from './event-questions.js'
import { exampleKey } from './example-key.js'
import { distinctRows, rowColumns, rowParameters, rows } from './record-rows.js'
import type { ExporterTables, RecordTable } from './schema.js'

const logNames = new Set([...Object.values(contentOfLogs).flat(), errorText])
const spanNames = new Set(Object.values(contentOfSpans).flat())
const names = contentFields.map(({ name }) => name)
const Field = z.string().refine((name) => names.includes(name))

/** Records with content in them, of logs and of spans. */
export async function askContent(
  { clickhouse, query }: Asked,
  { logs, spans }: ExporterTables,
): Promise<TelemetryTables['content']> {
  const Row = z.object({
    service: Text,
    version: Text,
    event: Text,
    field: Field,
    present: Count,
    redacted: Count,
    example: MaybeExample,
  })
  const ask = async (signal: ContentRow['signal'], inner: string): Promise<ContentRow[]> => {
    const sql = `SELECT r.service AS service, r.version AS version, r.event AS event, pair.1 AS field, countIf(pair.2 = 0) AS present, countIf(pair.2 = 1) AS redacted, hex(minIf(${exampleKey}, pair.2 = 0)) AS example FROM (${inner}) AS r ARRAY JOIN r.fields AS pair GROUP BY r.service, r.version, r.event, pair.1`
    return (await answerRows(clickhouse, sql, rowParameters(query), Row)).map(({ example, ...row }) => ({
      ...row,
      signal,
      ...(example && { example }),
    }))
  }
  const columns = (table: RecordTable, fields: string) => ({
    ...rowColumns(table, query),
    version: wordOf(table, 'version'),
    event: wordOf(table, 'event'),
    prompt: looseOf(table, 'prompt'),
    fields,
  })
  const where = ['notEmpty(fields)']
  const found = await ask('log', distinctRows(logs, columns(logs, logFields(logs)), { query, where }))
  if (spans !== undefined)
    found.push(...(await ask('span', rows(spans, columns(spans, spanFields(spans)), { query, where }))))
  return found.sort(byKeys('service', 'version', 'signal', 'event', 'field'))
}

/** Pairs of the name of a field, and 1 where it is redacted; each once, wherever in the record it is. */
function pairs(present: readonly string[], redacted: readonly string[]): string {
  const each = (lists: readonly string[], mark: number) =>
    `arrayMap(n -> (n, ${mark}), arrayDistinct(arrayConcat(${lists.join(', ')})))`
  return `arrayConcat(${each(present, 0)}, ${each(redacted, 1)})`
}

function logFields(logs: RecordTable): string {
  const [own, resource] = [contentOf(logs.own, logNames), contentOf(logs.resource, logNames)]
  const all = pairs(
    [own.present, resource.present, bodyContent.present],
    [own.redacted, resource.redacted, bodyContent.redacted],
  )
  // An error is content of tools only.
  return `arrayFilter(f -> f.1 != ${literal(errorText)} OR event IN ${list(eventsWithErrorText)}, ${all})`
}

function spanFields(spans: RecordTable): string {
  const [own, resource] = [contentOf(spans.own, spanNames), contentOf(spans.resource, spanNames)]
  const inEvents = contentOf('e', spanNames)
  const ofEvents = (expression: string) => `arrayFlatten(arrayMap(e -> ${expression}, Events.Attributes))`
  return pairs(
    [own.present, resource.present, ofEvents(inEvents.present)],
    [own.redacted, resource.redacted, ofEvents(inEvents.redacted)],
  )
}
