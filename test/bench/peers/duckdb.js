// DuckDB: read_csv and SQL, every column as text, because guessed types change versions and serial numbers.
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [folder, asOf, packages, threads] = process.argv.slice(2)
const { DuckDBInstance } = createRequire(join(packages, 'package.json'))('@duckdb/node-api')

const instance = await DuckDBInstance.create(':memory:', { threads })
const connection = await instance.connect()
const table = (file) =>
  `read_csv('${join(folder, file).replaceAll("'", "''")}', all_varchar = true, header = true, delim = ',', quote = '"', escape = '"')`

// A version as one number, six digits a part: 1.1.4173 is 1000001004173.
const part = (index) => `CAST(split_part(ApplicationVersion, '.', ${index}) AS BIGINT)`
const required = '1000001004173'

await connection.run('SET preserve_insertion_order = false')
await connection.run(`
  CREATE TEMP TABLE endpoints AS
  WITH devices AS (
    SELECT "Device ID" AS id, any_value(Category) AS department, any_value(Ownership) = 'Personal' AS personal,
      any_value(TRY_CAST("Last check-in" AS TIMESTAMP)) AS last_seen
    FROM ${table('devices.csv')} GROUP BY ALL
  ),
  rows AS (
    SELECT DeviceId AS id, ApplicationVersion,
      ApplicationName IN ('Claude', 'Claude (User)') AND coalesce(ApplicationPublisher, '') IN ('', 'Anthropic, PBC') AS is_claude
    FROM ${table('apps.csv')}
  ),
  lists AS (
    SELECT id,
      min(CASE WHEN is_claude AND coalesce(ApplicationVersion, '') <> ''
        THEN (${part(1)} * 1000000 + ${part(2)}) * 1000000 + ${part(3)} END) AS oldest,
      bool_or(is_claude AND coalesce(ApplicationVersion, '') = '') AS unreadable
    FROM rows GROUP BY id
  )
  SELECT id, coalesce(department, '') AS department, oldest,
    CASE
      WHEN last_seen IS NULL THEN 'unknown'
      WHEN TIMESTAMP '${asOf}' - last_seen > INTERVAL 30 DAYS THEN 'stale'
      WHEN oldest < ${required} THEN 'upgrade'
      WHEN lists.id IS NULL OR unreadable THEN 'unknown'
      WHEN oldest IS NOT NULL THEN 'ready'
      WHEN personal THEN 'unknown'
      ELSE 'absent'
    END AS state
  FROM devices FULL JOIN lists USING (id)`)

async function counts(column) {
  const reader = await connection.runAndReadAll(
    `SELECT ${column}, count(*)::INTEGER FROM endpoints WHERE ${column} IS NOT NULL GROUP BY 1`,
  )
  return reader.getRows()
}

function versionText([number, count]) {
  const million = 1_000_000n
  return [[number / million / million, (number / million) % million, number % million].join('.'), count]
}

const states = await counts('state')
const departments = await counts('department')
const versions = (await counts('oldest')).map(versionText)
const endpoints = states.reduce((sum, [, count]) => sum + count, 0)
process.stdout.write(
  JSON.stringify({
    endpoints,
    states: Object.fromEntries(states),
    departments: Object.fromEntries(departments),
    versions: Object.fromEntries(versions),
  }),
)
