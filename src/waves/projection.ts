import { byText } from '../platform/by-text.js'
import type { Coverage } from '../readiness/coverage.js'
import { dayAfter, nextAvailable } from './calendar.js'
import type { PlanDocument } from './plan-document.js'
import { settledOn } from './schedule.js'
import type { CalendarRules } from './settings.js'

/** Endpoints, not ready yet, that are attempted on one day. */
export interface Attempts {
  readonly date: string
  readonly endpoints: number
}

/**
 * How many endpoints are expected to be ready, by day. An attempted endpoint counts when its soak is over, since only
 * then a scan can show it ready; `expectedSuccess` (percent) of them do.
 */
export function projectCoverage(
  attempts: readonly Attempts[],
  options: {
    readonly asOf: string
    readonly coverage: Coverage
    readonly expectedSuccess: number
    readonly calendar: CalendarRules
  },
): PlanDocument['projection'] {
  const { asOf, coverage, expectedSuccess, calendar } = options
  const settled = new Map<string, number>()
  for (const { date, endpoints } of attempts) {
    if (endpoints === 0) continue
    // What should have settled already and has not is counted on the next day on which somebody could see to it.
    const settles = settledOn(date, calendar)
    const day = settles > asOf ? settles : nextAvailable(dayAfter(asOf), calendar)
    settled.set(day, (settled.get(day) ?? 0) + endpoints)
  }
  let soaked = 0
  const point = (date: string) => {
    const expectedReady = coverage.ready + expectedOf(soaked, expectedSuccess)
    return { date, soaked, expectedReady, percent: percentOf(expectedReady, coverage.inScope.of) }
  }
  const points = [point(asOf)]
  for (const [date, endpoints] of [...settled].sort(([a], [b]) => byText(a, b))) {
    soaked += endpoints
    points.push(point(date))
  }
  return points
}

/** Whole endpoints, rounded down; the tiny part keeps 92 % of 100 from being 91. */
function expectedOf(attempted: number, expectedSuccess: number): number {
  return Math.floor((attempted * expectedSuccess) / 100 + 1e-9)
}

/** How many endpoints have to be attempted until so many are expected to be ready; infinity where none ever is. */
export function attemptsNeeded(ready: number, expectedSuccess: number): number {
  if (ready <= 0) return 0
  if (expectedSuccess <= 0) return Number.POSITIVE_INFINITY
  let attempted = Math.floor((ready * 100) / expectedSuccess)
  while (expectedOf(attempted, expectedSuccess) < ready) attempted++
  return attempted
}

/** The first day on which so many endpoints are expected to be ready; undefined when that never is. */
export function firstDayWith(needed: number, projection: PlanDocument['projection']): string | undefined {
  return projection.find(({ expectedReady }) => expectedReady >= needed)?.date
}

function percentOf(ready: number, of: number): number | null {
  return of === 0 ? null : Math.min(100, Math.floor((ready * 1000) / of) / 10)
}
