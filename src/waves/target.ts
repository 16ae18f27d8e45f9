import { Failure } from '../platform/failure.js'
import type { Coverage } from '../readiness/coverage.js'
import { dayAfter } from './calendar.js'
import type { Obstacle, PlanDocument } from './plan-document.js'
import type { WaveSettings } from './settings.js'

/** The last start, up to `by`, with which the target is still met in time; later starts never end earlier. */
export function latestStart(start: string, by: string, reached: (from: string) => string | undefined): string {
  const inTime = (from: string) => {
    try {
      return (reached(from) ?? '9999') <= by
    } catch (error) {
      // Behind a blackout without end there is no day to start on.
      if (error instanceof Failure) return false
      throw error
    }
  }
  const days = [start]
  while (days.at(-1)! < by) days.push(dayAfter(days.at(-1)!))
  let [good, bad] = [0, days.length]
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    if (inTime(days[middle]!)) good = middle
    else bad = middle
  }
  return days[good]!
}

/** When the target is met, or what stands in the way. */
export function targetOf(facts: {
  readonly settings: WaveSettings
  readonly coverage: Coverage
  readonly expectedSuccess: PlanDocument['target']['expectedSuccess']
  readonly obstacles: Obstacle[]
  readonly expected: number
  readonly earliest: string | undefined
  readonly lowerBound: string | undefined
  /** Undefined where no wave that is still to come decides. */
  readonly latestStart: ((by: string) => string) | undefined
}): PlanDocument['target'] {
  const { settings, coverage, expectedSuccess, expected, earliest, lowerBound } = facts
  const { coverage: percent, by } = settings.target
  const reachable = earliest !== undefined && coverage.inScope.of > 0
  const answer = coverage.met
    ? 'met'
    : !reachable
      ? 'unreachable'
      : by === undefined
        ? 'no-date'
        : earliest <= by
          ? 'in-time'
          : 'late'
  return {
    percent,
    ...(by !== undefined && { by }),
    denominator: coverage.inScope.of,
    ready: coverage.ready,
    needed: coverage.missing,
    expected,
    expectedSuccess,
    reachable,
    answer,
    ...(reachable && { earliest }),
    ...(reachable && lowerBound !== undefined && { lowerBound }),
    ...(answer === 'in-time' && facts.latestStart && { latestStart: facts.latestStart(by!) }),
    obstacles: answer === 'met' ? [] : facts.obstacles,
  }
}
