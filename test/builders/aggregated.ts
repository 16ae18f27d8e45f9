import { Aggregator } from '../../src/telemetry/aggregate/aggregator.js'
import { WordList } from '../../src/telemetry/otlp/batch-columns.js'
import type { TelemetryAnswer } from '../../src/telemetry/tables.js'
import { batchOf, type RowSaid } from './telemetry-rows.js'

/** A Monday, its midnight UTC: where the usual window begins, which is two weeks long. */
export const monday = Date.UTC(2026, 10, 16)
export const week = 7 * 86_400_000

/** What the aggregator answers when these rows come as one batch; one identity key, `endpoint.serial`. */
export function aggregated(
  rows: readonly RowSaid[],
  { since = monday, until = monday + 2 * week }: { readonly since?: number; readonly until?: number } = {},
): TelemetryAnswer {
  const identityKeys = ['endpoint.serial']
  const words = new WordList()
  const aggregator = new Aggregator({ since, until, identityKeys }, words)
  aggregator.add(batchOf(rows, words, { identityKeys }))
  return aggregator.end([])
}
