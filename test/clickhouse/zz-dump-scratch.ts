import { createRequire } from 'node:module'
import { writeFileSync } from 'node:fs'
import { askClickHouse } from '/work/main/src/telemetry/clickhouse/ask-clickhouse.js'
import { openClickHouse } from '/work/main/src/telemetry/clickhouse/connection.js'
const { Session } = createRequire('/tmp/chdbtest/node_modules/x.js')('chdb')
const session = new Session('/tmp/fleet-c/db')
const clickhouse = openClickHouse({ url: 'http://127.0.0.1:1', database: 'default' })
const asked: { sql: string; p: Record<string, unknown>; about: string }[] = []
let about = ''
const fake = { ...clickhouse, async *rows(sql: string, p: Record<string, unknown>) {
  if (sql.includes('system.columns')) { yield* session.query("SELECT table, name, type FROM system.columns WHERE database='default' AND table='otel_logs' ORDER BY position", 'JSONEachRow').toString().trim().split('\n').map((l: string) => JSON.parse(l)); return }
  asked.push({ sql, p, about })
  if (sql.includes('canaries')) yield { canaries: 0, records: 0 }
  else if (sql.startsWith('SELECT count() AS records')) yield { records: 0 }
} }
await askClickHouse(fake as never, { since: Date.UTC(2026, 9, 1), until: Date.UTC(2026, 11, 1), identityKeys: ['endpoint.serial', 'host.name'] }, { onQuestion: (n) => { about = n } })
writeFileSync('/tmp/fleet-c/questions.json', JSON.stringify(asked))
session.close()
