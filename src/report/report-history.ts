import type { HistoryPlace } from '../history/history-folder.js'
import { type History, readHistory } from '../history/read-history.js'
import { exitCode, Failure } from '../platform/failure.js'
import type { ReportProblem } from './view/report-view.js'

/** The history that a report takes its trend from, as far as it can be read. */
export interface ReportHistory {
  readonly history?: History | undefined
  readonly problems: readonly ReportProblem[]
}

/**
 * Reads the history for a trend. A report goes without one, and says so; only where --history was typed for this report
 * (`typed`) is it a Failure (exit 4) when there is none, or none that can be read.
 */
export async function readReportHistory(
  { folder, named }: HistoryPlace,
  { typed }: { readonly typed: boolean },
): Promise<ReportHistory> {
  try {
    const history = await readHistory(folder)
    if (history !== undefined) return { history, problems: [] }
    if (typed) throw noHistory(folder)
    return { problems: named ? [absent(folder)] : [] }
  } catch (error) {
    if (typed || !(error instanceof Failure)) throw error
    const [tryThis] = error.details.tryThis ?? []
    const message = `There is no trend. ${error.message}`
    return { problems: [{ code: error.code, message, ...(tryThis !== undefined && { tryThis }) }] }
  }
}

/** At the usual place a history may well be missing; at one that FLEET_HISTORY or the policy names it should be there. */
function absent(folder: string): ReportProblem {
  return {
    code: 'no-history',
    message: `There is no trend, because there is no history in ${folder}.`,
    tryThis: 'fleet scan keeps one there with the same FLEET_HISTORY or policy; or leave it out with --no-history.',
  }
}

function noHistory(file: string): Failure {
  return new Failure(exitCode.inputRefused, 'no-history', 'There is no history in that folder.', {
    where: { file },
    tryThis: ['fleet scan keeps one there with the same --history; or leave it out with --no-history.'],
  })
}
