import type { HistoryDocument, HistoryRun } from './history-document.js'
import type { History, RecordedRun } from './read-history.js'
import { sameSources } from './source-names.js'
import { dayOf, trendOf } from './trend.js'

/** Which runs of a history are wanted; all where nothing is said. */
export interface RunChoice {
  /** Judged for this day or later, `2026-11-01`. */
  readonly since?: string | undefined
  /** So many of the last recorded. */
  readonly last?: number | undefined
}

/** The runs of a history as a document; without a history, an empty one. */
export function historyDocument(folder: string, history: History | undefined, choice: RunChoice = {}): HistoryDocument {
  const all = history?.runs ?? []
  const { since, last = all.length } = choice
  const recent = all.map(runWithChange).filter((run) => since === undefined || dayOf(run) >= since)
  const runs = last === 0 ? [] : recent.slice(-last)
  return {
    schema: 'fleet.history/v1',
    folder,
    trend: trendOf(runs).map((point) => ({ ...point, states: { ...point.states } })),
    runs,
    leftOut: all.length - runs.length,
    problems: (history?.problems ?? []).map((problem) => ({ ...problem })),
  }
}

function runWithChange({ run, line, head }: RecordedRun, index: number, all: readonly RecordedRun[]): HistoryRun {
  const before = all[index - 1]
  return {
    run,
    line,
    ...head,
    notRead: head.sources.filter(({ problem }) => problem !== undefined).length,
    ...(before !== undefined && {
      change: {
        since: before.run,
        ready: head.coverage.ready - before.head.coverage.ready,
        inScope: head.coverage.inScope.of - before.head.coverage.inScope.of,
        otherPolicy: head.policy.digest !== before.head.policy.digest,
        otherSources: !sameSources(head, before.head),
        otherTarget: head.coverage.target !== before.head.coverage.target,
      },
    }),
  }
}
