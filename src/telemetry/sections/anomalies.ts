import type { Series } from './baseline-series.js'
import {
  type Counted,
  comparisonsToCount,
  fewerRuns,
  leastForFailures,
  leastForRuns,
  moreFailures,
  pValue,
  sum,
  type TwoTests,
} from './week-statistics.js'

export const lacks = [
  /** The judged week is not all in the window, or nothing at all is in it. */
  'complete-week',
  /** Nothing of this kind in the judged week. */
  'records-this-week',
  /** At least two earlier weeks are needed, to tell how much weeks differ anyway. */
  'earlier-weeks',
  /** Too few records, in this week or before. */
  'more-records',
  /** Earlier weeks differ so much that nothing would stand out. */
  'steadier-weeks',
  /** Every call has failed before as well. */
  'earlier-successes',
] as const
export type Lack = (typeof lacks)[number]

export type Judged =
  | { readonly status: 'anomaly'; readonly tests: TwoTests }
  | {
      readonly status: 'no-anomaly'
      readonly tests: TwoTests
      /** The fewest failures, or the most runs, of this week that would have been an anomaly. */
      readonly limit: number
    }
  | { readonly status: 'not-enough-data'; readonly lack: Lack }

export interface Judgements {
  /** One for each series, in their order. */
  readonly judged: readonly Judged[]
  /** Series that could have given an anomaly: what the report corrects for. */
  readonly comparisons: number
  /** An anomaly has a p-value below it. */
  readonly threshold: number
}

/**
 * Judges every series at once. A series has too little data when not even the worst week, with every call failed or no
 * run at all, would be an anomaly: then its silence says nothing.
 */
export function judgeSeries(series: readonly Series[], falseAlarms: number): Judgements {
  const comparisons = comparisonsToCount(series.map(leastOf), falseAlarms)
  const threshold = falseAlarms / comparisons
  return { judged: series.map((one) => judge(one, threshold)), comparisons, threshold }
}

function leastOf(series: Series): number {
  return series.kind === 'run-activity'
    ? leastForRuns(series.now.of, runsOf(series))
    : leastForFailures(series.now, series.before)
}

function judge(series: Series, threshold: number): Judged {
  const { now } = series
  const isActivity = series.kind === 'run-activity'
  const test = (value: number): TwoTests =>
    isActivity ? fewerRuns(value, runsOf(series)) : moreFailures({ of: now.of, failures: value }, series.before)
  const isAnomaly = (value: number) => pValue(test(value)) < threshold
  const actual = isActivity ? now.of : now.failures
  if (isAnomaly(actual)) return { status: 'anomaly', tests: test(actual) }
  const worst = isActivity ? 0 : now.of
  if (!isAnomaly(worst)) return { status: 'not-enough-data', lack: lackOf(series, test(worst), threshold) }
  return { status: 'no-anomaly', tests: test(actual), limit: lastAnomaly(worst, actual, isAnomaly) }
}

function lackOf({ kind, now, before }: Series, worst: TwoTests, threshold: number): Lack {
  if (kind !== 'run-activity' && now.of === 0) return 'records-this-week'
  if (before.filter(({ of }) => of > 0).length < 2) return 'earlier-weeks'
  const earlier = sum(before)
  if (kind !== 'run-activity' && earlier.failures === earlier.of) return 'earlier-successes'
  return worst.byRecord < threshold ? 'steadier-weeks' : 'more-records'
}

/** From a value that is an anomaly towards one that is none: the last that still is. Both tests only grow on the way. */
function lastAnomaly(from: number, to: number, isAnomaly: (value: number) => boolean): number {
  let anomaly = from
  let none = to
  while (Math.abs(none - anomaly) > 1) {
    const middle = Math.trunc((anomaly + none) / 2)
    if (isAnomaly(middle)) anomaly = middle
    else none = middle
  }
  return anomaly
}

function runsOf({ before }: { readonly before: readonly Counted[] }): readonly number[] {
  return before.map(({ of }) => of)
}
