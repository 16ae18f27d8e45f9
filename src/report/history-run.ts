import { type ChosenRun, chooseRun, namesFile } from '../history/choose-run.js'
import { type ComparedScan, differenceOf } from '../history/difference.js'
import type { DifferenceDocument } from '../history/difference-document.js'
import type { HistoryDocument } from '../history/history-document.js'
import { historyPlace } from '../history/history-folder.js'
import { historyDocument } from '../history/list-runs.js'
import { type History, type HistoryProblem, readEndpoints, readHistory } from '../history/read-history.js'
import { snapshotOfScanFile } from '../history/snapshot-of-scan.js'
import { isoTime, parseAsOf } from '../platform/clock.js'
import { exitCode, Failure } from '../platform/failure.js'
import { findPolicy, type LoadedPolicy, loadPolicy } from '../policy/load-policy.js'
import { someOf } from './plan-words.js'
import { countText } from './words.js'

/** The forms in which a history or a difference can be written. */
export const historyFormats = ['table', 'json', 'csv', 'markdown'] as const

/** The flags that say where the history is. */
export interface HistoryPlaceFlags {
  readonly history?: string | undefined
  readonly policy?: string | undefined
}

/** The flags of `fleet history`. */
export interface HistoryFlags extends HistoryPlaceFlags {
  readonly since?: string | undefined
  readonly last?: number | undefined
}

const mostLines = 10

type Notes = (text: string) => void

/** The runs of the history, with its problems told as notes. */
export async function runHistory(flags: HistoryFlags, notes: Notes): Promise<HistoryDocument> {
  const since = flags.since === undefined ? undefined : dayOfFlag(flags.since)
  const { folder } = await openPlace(flags)
  const history = await readHistory(folder)
  tellProblems(history, notes)
  return historyDocument(folder, history, { since, last: flags.last })
}

/** The difference of two runs, or files of scans. Throws a Failure that says which runs there are. */
export async function runDifference(
  words: { readonly before: string; readonly after: string },
  flags: HistoryPlaceFlags,
  notes: Notes,
): Promise<DifferenceDocument> {
  // Two files need no history.
  const needsHistory = !namesFile(words.before) || !namesFile(words.after)
  const folder = needsHistory ? (await openPlace(flags)).folder : ''
  const history = needsHistory ? await readHistory(folder) : undefined
  tellProblems(history, notes)
  const before = await chooseRun(words.before, history, folder)
  const after = await chooseRun(words.after, history, folder)
  return differenceOf(await comparedScan(folder, before), await comparedScan(folder, after))
}

async function comparedScan(folder: string, chosen: ChosenRun): Promise<ComparedScan> {
  if (chosen.kind === 'run') {
    const { run, head } = chosen.run
    return { run, head, endpoints: await readEndpoints(folder, chosen.run) }
  }
  const { file } = chosen
  // A document does not say which fleet made it, nor when.
  const { head, endpoints } = await snapshotOfScanFile(file)
  return { file, head: { ...head, fleet: undefined, recordedAt: undefined }, endpoints }
}

/** The folder of the history, and the policy that may name it. Throws a Failure when the policy keeps none. */
export async function openPlace(
  flags: HistoryPlaceFlags,
): Promise<{ readonly folder: string; readonly policy: LoadedPolicy }> {
  const policy = await loadPolicy(flags.policy ?? (await findPolicy(['.'])))
  const place = historyPlace(flags, policy)
  if (place !== undefined) return { folder: place.folder, policy }
  throw new Failure(exitCode.usage, 'history-off', 'The policy keeps no history.', {
    where: { file: policy.file ?? 'fleet.yaml', path: 'history' },
    tryThis: ['Name the folder of a history: --history FOLDER'],
  })
}

/** What is wrong with the file, a note for each kind of problem; the other lines count. */
export function tellProblems(
  history: History | undefined,
  notes: Notes,
  tells: (problem: HistoryProblem) => boolean = () => true,
): void {
  const byMessage = new Map<string, HistoryProblem[]>()
  for (const problem of history?.problems.filter(tells) ?? [])
    byMessage.set(problem.message, [...(byMessage.get(problem.message) ?? []), problem])
  for (const [message, problems] of byMessage) {
    const lines = problems.flatMap(({ line }) => (line === undefined ? [] : [countText(line)]))
    const where = lines.length === 0 ? '' : `, line${lines.length === 1 ? '' : 's'} ${someOf(lines, mostLines)}`
    notes(`${history!.file}${where}: ${message} ${problems[0]!.tryThis}`)
  }
}

function dayOfFlag(text: string): string {
  try {
    return isoTime(parseAsOf(text)).slice(0, 10)
  } catch {
    throw new Failure(exitCode.usage, 'bad-since', '--since needs a date such as 2026-11-01.')
  }
}
