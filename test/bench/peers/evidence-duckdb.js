// DuckDB: read_json with every column declared, because guessed types turn texts into dates; then SQL.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { evidenceAnswer } from './evidence-answer.js'

const [file, packages, threads] = process.argv.slice(2)
const { DuckDBInstance } = createRequire(join(packages, 'package.json'))('@duckdb/node-api')
const instance = await DuckDBInstance.create(':memory:', { threads })
const connection = await instance.connect()

const attributes = `STRUCT("key" VARCHAR, "value" STRUCT("stringValue" VARCHAR))[]`
const record = `STRUCT("timeUnixNano" VARCHAR, "attributes" ${attributes})`
const requests = `STRUCT("resource" STRUCT("attributes" ${attributes}), "scopeLogs" STRUCT("logRecords" ${record}[])[])[]`
const text = (list, key) => `list_filter(${list}, lambda a: a."key" = '${key}')[1]."value"."stringValue"`

const reader = await connection.runAndReadAll(`
  WITH resources AS (
    SELECT unnest("resourceLogs") AS r
    FROM read_json('${file.replaceAll("'", "''")}', format = 'newline_delimited', maximum_object_size = 67108864,
      columns = { 'resourceLogs': '${requests}' })
  ),
  scopes AS (SELECT ${text('r."resource"."attributes"', 'service.name')} AS service, unnest(r."scopeLogs") AS s FROM resources),
  records AS (SELECT unnest(s."logRecords") AS l FROM scopes WHERE service = 'claude-code'),
  events AS (
    SELECT CAST(l."timeUnixNano" AS BIGINT) // 1000000 AS happened,
      ${text('l."attributes"', 'session.id')} AS session,
      ${text('l."attributes"', 'user.email')} AS email,
      ${text('l."attributes"', 'event.name')} AS event,
      ${text('l."attributes"', 'tool_name')} AS tool,
      ${text('l."attributes"', 'success')} AS success
    FROM records
  )
  SELECT session, email, CASE WHEN event = 'tool_result' THEN tool END AS used, count(*)::DOUBLE, min(happened)::DOUBLE,
    max(happened)::DOUBLE, count(*) FILTER (event = 'tool_result' AND success = 'false')::DOUBLE
  FROM events GROUP BY ALL`)
process.stdout.write(JSON.stringify(evidenceAnswer(reader.getRows())))
