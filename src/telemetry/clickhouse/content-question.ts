import * as z from 'zod'
import { type ContentGroup, contentRows } from '../aggregate/content-rows.js'
import type { ContentRow, TelemetryTables } from '../tables.js'
import { answerRows, Count, MaybeExample, Text } from './answer-rows.js'
import { looseOf, wordOf } from './columns.js'
import { logMask, presentIn, redactedIn, spanMask } from './content-mask.js'
import type { Asked } from './event-questions.js'
import { exampleKey } from './example-key.js'
import { contentCopies, rowColumns, rowParameters, rows } from './record-rows.js'
import type { ExporterTables, RecordTable } from './schema.js'

const Row = z.object({
  service: Text,
  version: Text,
  event: Text,
  present: Count,
  redacted: Count,
  records: Count,
  copies: Count,
  example: MaybeExample,
  copyExample: MaybeExample,
})

/** Records with content in them or with what names a person, of logs and of spans; copies of logs too. */
export async function askContent(
  { clickhouse, query, copiesDiffer }: Asked,
  { logs, spans }: ExporterTables,
): Promise<TelemetryTables['content']> {
  const ask = async (signal: ContentRow['signal'], inner: string): Promise<ContentGroup[]> => {
    const sql = `SELECT r.service AS service, r.version AS version, r.event AS event, ${presentIn('r.mask')} AS present, ${redactedIn('r.mask')} AS redacted, sum(r.isRecord) AS records, sum(r.same - r.isRecord) AS copies, hex(minIf(r.key, r.isRecord = 1)) AS example, hex(minIf(r.key, r.same > r.isRecord)) AS copyExample FROM (${inner}) AS r GROUP BY r.service, r.version, r.event, r.mask`
    return (await answerRows(clickhouse, sql, rowParameters(query), Row)).map((row) => ({ ...row, signal }))
  }
  const columns = (table: RecordTable, mask: string) => ({
    ...rowColumns(table, query),
    version: wordOf(table, 'version'),
    event: wordOf(table, 'event'),
    prompt: looseOf(table, 'prompt'),
    mask,
    // Only what is present is shown.
    key: `if(${presentIn('mask')} = 0, '', ${exampleKey})`,
  })
  const where = ['mask != 0']
  const kept = ['service', 'version', 'event', 'mask', 'key']
  const found = await ask(
    'log',
    contentCopies(logs, columns(logs, logMask(logs)), kept, { query, where, copiesDiffer }),
  )
  if (spans !== undefined) {
    const each = { ...columns(spans, spanMask(spans)), isRecord: '1', same: '1' }
    found.push(...(await ask('span', rows(spans, each, { query, where }))))
  }
  return contentRows(found)
}
