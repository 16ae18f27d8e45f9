// chdb, the engine of ClickHouse in process: the file as JSONEachRow with its structure declared; then SQL.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { evidenceAnswer } from './evidence-answer.js'

const [file, packages, threads] = process.argv.slice(2)
const { query } = createRequire(join(packages, 'package.json'))('chdb')

const attributes = 'Array(Tuple(key String, value Tuple(stringValue String)))'
const record = `Tuple(timeUnixNano Int64, attributes ${attributes})`
const structure = `resourceLogs Array(Tuple(resource Tuple(attributes ${attributes}), scopeLogs Array(Tuple(logRecords Array(${record})))))`
const text = (list, key) => `arrayFirst(a -> a.key = '${key}', ${list}).value.stringValue`
const quoted = (value) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

const rows = query(
  `
  WITH records AS (
    SELECT arrayJoin(arrayJoin(r.scopeLogs).logRecords) AS l
    FROM (SELECT arrayJoin(resourceLogs) AS r FROM file(${quoted(file)}, JSONEachRow, ${quoted(structure)}))
    WHERE ${text('r.resource.attributes', 'service.name')} = 'claude-code'
  ),
  events AS (
    SELECT intDiv(l.timeUnixNano, 1000000) AS happened, ${text('l.attributes', 'session.id')} AS session,
      ${text('l.attributes', 'user.email')} AS email, ${text('l.attributes', 'event.name')} AS event,
      ${text('l.attributes', 'tool_name')} AS tool, ${text('l.attributes', 'success')} AS success
    FROM records
  )
  SELECT session, email, if(event = 'tool_result', tool, NULL) AS used, toFloat64(count()), toFloat64(min(happened)),
    toFloat64(max(happened)), toFloat64(countIf(event = 'tool_result' AND success = 'false'))
  FROM events GROUP BY session, email, used
  SETTINGS max_threads = ${Number(threads)}, input_format_skip_unknown_fields = 1,
    input_format_json_ignore_unnecessary_fields = 1`,
  'JSONCompactEachRow',
)
const lines = rows
  .toString()
  .split('\n')
  .filter((line) => line !== '')
process.stdout.write(JSON.stringify(evidenceAnswer(lines.map((line) => JSON.parse(line)))))
