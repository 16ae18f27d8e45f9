import type { History, HistoryProblem } from '../../history/read-history.js'
import type { SnapshotHead } from '../../history/snapshot.js'
import { dayOf } from '../../history/trend.js'
import { byText } from '../../platform/by-text.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import type { ScanHead } from '../../readiness/scan-document.js'
import { someOf } from '../plan-words.js'
import { countText } from '../words.js'
import type { ReportProblem } from './report-view.js'

const mostLines = 3

/** What makes the trend doubtful: lines that cannot be read, another fleet, a newer scan. */
export function historyProblems(head: ScanHead, { problems, runs }: History): ReportProblem[] {
  const newest = runs.reduce((latest, run) => (dayOf(run.head) > latest ? dayOf(run.head) : latest), '')
  return [
    ...byCode(problems).map(lineProblem),
    ...(runs.length === 0 || runs.some((run) => isRunOf(run.head, head))
      ? []
      : [
          {
            code: 'history-without-this-scan',
            message: 'The history does not have this scan: the earlier days of the trend may be of another fleet.',
            tryThis: 'Name the history that the scan was kept in with --history, or leave it out with --no-history.',
          },
        ]),
    ...(newest > dayOf(head)
      ? [
          {
            code: 'scan-not-newest',
            message: `The history has a newer scan, of ${newest}; the trend ends with this one.`,
          },
        ]
      : []),
  ]
}

function byCode(problems: readonly HistoryProblem[]): HistoryProblem[][] {
  const groups = new Map<string, HistoryProblem[]>()
  for (const problem of problems) getOrAdd(groups, problem.code, (): HistoryProblem[] => []).push(problem)
  return [...groups.values()]
}

/** Each code has an advice of its own. */
function lineProblem(alike: readonly HistoryProblem[]): ReportProblem {
  const { code, message, tryThis } = alike[0]!
  const lines = alike.flatMap(({ line }) => (line === undefined ? [] : [countText(line)]))
  const where = lines.length === 0 ? '' : `, line${lines.length === 1 ? '' : 's'} ${someOf(lines, mostLines)}`
  return {
    code: `history-${code}`,
    message: `History${where}: ${message} Days may be missing in the trend.`,
    tryThis,
  }
}

/** Whether a run is that of the scan: the same bytes judged by the same policy for the same time, with the same answer. */
function isRunOf(run: SnapshotHead, scan: ScanHead): boolean {
  return (
    Date.parse(run.asOf) === Date.parse(scan.asOf) &&
    run.policy.digest === scan.policy.digest &&
    Object.entries(scan.states).every(([state, count]) => run.states[state as keyof typeof scan.states] === count) &&
    hashesOf(run) === hashesOf(scan)
  )
}

function hashesOf({ sources }: { readonly sources: readonly { readonly sha256?: string | undefined }[] }): string {
  return sources
    .map(({ sha256 = '' }) => sha256)
    .sort(byText)
    .join(' ')
}
