import { appendSnapshot } from '../history/append-snapshot.js'
import { historyFile } from '../history/history-file.js'
import type { HistoryPlace } from '../history/history-folder.js'
import { snapshotHead } from '../history/snapshot-of-scan.js'
import { isoTime, now } from '../platform/clock.js'
import { type ExitCode, exitCode, Failure } from '../platform/failure.js'
import type { Scan } from '../readiness/scan.js'
import { scanHead } from '../readiness/scan-document.js'

/** What `rememberScan` needs besides the scan. */
export interface Remembering {
  /** The version of fleet that judges. */
  readonly fleet: string
  /** Takes one line for the administrator. */
  readonly notes: (text: string) => void
}

/**
 * Appends a scan to the history, with its endpoints as `EndpointsText` makes them. The result of a scan matters more than
 * its being remembered: where that fails it is said, and only at a place that somebody has named it is an exit code (5),
 * else undefined.
 */
export async function rememberScan(
  scan: Scan,
  endpoints: Uint8Array,
  { folder, named }: HistoryPlace,
  { fleet, notes }: Remembering,
): Promise<ExitCode | undefined> {
  try {
    const head = snapshotHead(scanHead(scan), { fleet, recordedAt: isoTime(now()) })
    await appendSnapshot(folder, { head, endpoints })
    return undefined
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const todo = named ? error.details.tryThis : ['Name a folder with --history, or switch it off with --no-history.']
    const { file } = error.details.where ?? { file: historyFile(folder) }
    notes([`This scan is not in the history, ${file}: ${error.message}`, ...(todo ?? [])].join(' '))
    return named ? exitCode.outputFailed : undefined
  }
}
