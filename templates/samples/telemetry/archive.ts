import { createHash } from 'node:crypto'
import { type Attributes, dataPoints, logRecords } from './client-records.js'
import { type Dialect, type KeptPoint, type KeptRecord, logLine, metricLine } from './otlp-json.js'
import type { Run } from './script.js'

/** The files of the archive that `fleet settings build` sets the Collector up to write. */
export type ArchiveName = 'security.jsonl' | 'events.jsonl' | 'metrics.jsonl' | 'missing-attributes.jsonl'

export interface ArchiveOptions {
  readonly dialect: Dialect
  /** Attributes without which a record is copied to `missing-attributes.jsonl`; Cowork need not have them. */
  readonly required: readonly string[]
  /** Records on one line. */
  readonly batch: number
}

const security =
  /^(?:hook_.*|auth|managed_settings_resolved|mcp_server_connection|permission_mode_changed|plugin_installed|plugin_loaded|tool_decision)$/

/** The lines of each file, in the order in which a collector got the records. */
export function archiveLines(runs: readonly Run[], options: ArchiveOptions): Record<ArchiveName, string[]> {
  const records = inTime(runs.flatMap(logRecords)).map((record) => marked(record, options))
  const points = inTime(runs.flatMap(dataPoints)).map((point) => marked(point, options))
  const { dialect, batch } = options
  const logs = (own: readonly KeptRecord[]) => inBatches(own, batch).map((part) => logLine(part, dialect))
  const values = (own: readonly KeptPoint[]) => inBatches(own, batch).map((part) => metricLine(part, dialect))
  const isMissing = ({ added }: KeptRecord | KeptPoint) => added !== undefined
  return {
    'security.jsonl': logs(records.filter(({ event }) => security.test(event))),
    'events.jsonl': logs(records.filter(({ event }) => !security.test(event))),
    'metrics.jsonl': values(points),
    'missing-attributes.jsonl': [...logs(records.filter(isMissing)), ...values(points.filter(isMissing))],
  }
}

/** What the collector of `collector.hashIdentity` makes of an address. */
export function hashedAddress(key: string, address: string): string {
  return `sha256:${createHash('sha256').update(`${key}:${address.toLowerCase()}`).digest('hex')}`
}

function marked<T extends KeptRecord | KeptPoint>(record: T, { required }: ArchiveOptions): T & { added?: Attributes } {
  const { service, attributes } = record.client
  const missing = service === 'cowork' ? [] : required.filter((key) => !/^[^{$]/.test(attributes[key] ?? ''))
  return missing.length === 0 ? record : { ...record, added: [['fleet.missing_attributes', missing]] }
}

/** Sorting is stable, so that what one client did in one millisecond stays in its order. */
function inTime<T extends { readonly time: number }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => a.time - b.time)
}

function inBatches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
