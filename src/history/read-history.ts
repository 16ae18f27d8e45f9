import { type FileHandle, lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { byText } from '../platform/by-text.js'
import { exitCode, Failure } from '../platform/failure.js'
import { copiedOf, foundLines, historyFile, openHistory } from './history-file.js'
import type { ProblemCode } from './record.js'
import type { SnapshotEndpoint, SnapshotEndpoints, SnapshotHead } from './snapshot.js'

/** A scan that the history holds. */
export interface RecordedRun {
  readonly run: string
  /** The line of the file, counted from 1. */
  readonly line: number
  readonly head: SnapshotHead
}

/** A line that is no run, which is passed over and never changed; or runs that no line holds, since a prune was killed. */
export interface HistoryProblem {
  /** Undefined for `unfinished-prune`, which is none of a line. */
  readonly line?: number | undefined
  readonly code: ProblemCode | 'unfinished-prune'
  /** A whole sentence, the same for every line of this code. */
  readonly message: string
  readonly tryThis: string
}

/** A history without its endpoints. */
export interface History {
  readonly file: string
  /** In the order of the file, which is the order in which they were appended. */
  readonly runs: readonly RecordedRun[]
  readonly problems: readonly HistoryProblem[]
  /** Lines that are not empty: as many as runs, copies and lines with a problem. */
  readonly lines: number
  /** Further lines of a run that counts once; an append that met a prune leaves one. */
  readonly copies: number
  readonly bytes: number
}

const problems: Readonly<Record<HistoryProblem['code'], readonly [message: string, tryThis: string]>> = {
  torn: [
    'The line was not written to its end: fleet was stopped, the disk was full, or it is being written now.',
    'Nothing needs to be done; the other lines count. Scan again to have that day in the history.',
  ],
  damaged: [
    'The line is not what fleet wrote: its length or hash differs.',
    'Check the disk, or put the file back from a copy. The other lines count; fleet never changes this one.',
  ],
  'unfinished-prune': [
    'A prune was stopped, or is at work now: scans that came meanwhile may be missing here.',
    'Bring them back with fleet history prune.',
  ],
  newer: ['The line was written by a newer fleet.', 'Update fleet. This version does not change the file.'],
}

/**
 * Reads the heads of a history; undefined when there is none. Whatever bytes the file holds, what is no run is reported by
 * its line, and what a killed prune has left undone. Throws a Failure (exit 4) when the file cannot be read at all.
 */
export async function readHistory(folder: string): Promise<History | undefined> {
  const handle = await openHistory(folder)
  if (handle === undefined) return undefined
  try {
    const runs = new Map<string, RecordedRun>()
    const found: HistoryProblem[] = []
    let lines = 0
    let copies = 0
    for await (const { line, checked } of foundLines(folder, handle)) {
      lines++
      if (checked.kind === 'problem') found.push(problemOf(line, checked.code))
      else if (runs.has(checked.run)) copies++
      else runs.set(checked.run, { run: checked.run, line, head: checked.head })
    }
    const bytes = (await handle.stat()).size
    if (await isUnfinished(folder, handle)) found.push(problemOf(undefined, 'unfinished-prune'))
    return { file: historyFile(folder), runs: [...runs.values()], problems: found, lines, copies, bytes }
  } finally {
    await handle.close()
  }
}

function problemOf(line: number | undefined, code: HistoryProblem['code']): HistoryProblem {
  const [message, tryThis] = problems[code]
  return { ...(line !== undefined && { line }), code, message, tryThis }
}

/** Whether a prune has left a file behind that has grown since it was copied, and is not the history itself. */
async function isUnfinished(folder: string, handle: FileHandle): Promise<boolean> {
  const current = await handle.stat({ bigint: true })
  // A folder that may be passed through and not listed still has a history to read.
  for (const name of await readdir(folder).catch(() => [])) {
    const copied = copiedOf(name)
    const old =
      copied === undefined ? undefined : await lstat(join(folder, name), { bigint: true }).catch(() => undefined)
    if (old === undefined || (old.ino === current.ino && old.dev === current.dev)) continue
    if (old.size > BigInt(copied!)) return true
  }
  return false
}

/**
 * The endpoints of one run, in the order of their ids, as a scan document has them. Throws a Failure (exit 4) when the run is not in the history any
 * more, or its line has been damaged since.
 */
export async function readEndpoints(folder: string, { run }: Pick<RecordedRun, 'run'>): Promise<SnapshotEndpoint[]> {
  const handle = await openHistory(folder)
  try {
    if (handle === undefined) throw gone(folder)
    // By its id, not its line: a prune may have moved it.
    for await (const { checked } of foundLines(folder, handle, (other) => other === run))
      if (checked.kind === 'run' && checked.endpoints !== undefined) return endpointsOf(folder, checked.endpoints)
    throw gone(folder)
  } finally {
    await handle?.close()
  }
}

function endpointsOf(folder: string, { texts, rows }: SnapshotEndpoints): SnapshotEndpoint[] {
  const textAt = (place: number) => {
    const text = texts[place]
    if (text === undefined) throw gone(folder)
    return text
  }
  const endpoints = rows.map(([id, hostname, platform, state, desktop, code, reasons]) => ({
    id,
    hostname: hostname ?? undefined,
    platform: textAt(platform),
    state,
    desktop: textAt(desktop),
    code: textAt(code),
    reasons: reasons.map(textAt),
  }))
  // A scan writes them down in the order in which it comes to judge them.
  return endpoints.sort((a, b) => byText(a.id, b.id))
}

function gone(folder: string): Failure {
  return new Failure(
    exitCode.inputRefused,
    'history-run-gone',
    'The run is not in the history any more, or its line is damaged.',
    { where: { file: historyFile(folder) }, tryThis: ['fleet history lists the runs that can be read.'] },
  )
}
