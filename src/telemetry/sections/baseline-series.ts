import { byText } from '../../platform/by-text.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import type { EvidenceView } from '../view.js'
import type { Counted } from './week-statistics.js'
import {
  type CoveredWeeks,
  coveredWeeks,
  lastCompleteWeek,
  mondayOf,
  mondaysBetween,
  weekName,
  weekStart,
} from './weeks.js'

/** What is compared: errors of a tool, failed runs, or how many runs there were. */
export const seriesKinds = ['tool-errors', 'run-failures', 'run-activity'] as const
export type SeriesKind = (typeof seriesKinds)[number]

export interface Week extends Counted {
  readonly week: string
}

/** One line of weekly numbers of one surface. */
export interface Series {
  readonly kind: SeriesKind
  readonly service: string
  readonly tool?: string | undefined
  /** The judged week. */
  readonly now: Counted
  /** The weeks before it that count for the comparison, oldest first. */
  readonly before: readonly Week[]
  /** The week that has not ended yet. */
  readonly running: Counted | undefined
}

/** Which week is judged, as its Monday. */
export interface JudgedWeek {
  readonly monday: number
  readonly covered: CoveredWeeks
  /** `incomplete-week`: it is not all in the window; `records-missing`: records do not cover it from end to end. */
  readonly problem?: 'incomplete-week' | 'records-missing' | undefined
}

/** The last week that had ended by the end of the window and by `asOf`. */
export function judgedWeek({ asOf, since, until, tables }: EvidenceView): JudgedWeek {
  const monday = lastCompleteWeek(Math.min(asOf, until))
  const covered = coveredWeeks(tables.days)
  const problem = monday < since ? 'incomplete-week' : covered.covers(monday) ? undefined : 'records-missing'
  return { monday, covered, problem }
}

/** Every series of the report, by kind, surface and tool. Weeks before the data that hangs together are left out. */
export function seriesOf(view: EvidenceView, { monday, covered }: JudgedWeek): readonly Series[] {
  const earliest = mondayOf(covered.span?.first ?? monday)
  const isCounted = ({ week }: { readonly week: string }) => weekStart(week) >= earliest
  const [toolWeeks, runWeeks] = [view.tables.toolWeeks.filter(isCounted), view.tables.runWeeks.filter(isCounted)]
  const tools = new Map<string, { service: string; tool: string; weeks: Week[] }>()
  for (const { service, tool, week, calls, failures } of toolWeeks)
    getOrAdd(tools, JSON.stringify([service, tool]), () => ({ service, tool, weeks: [] })).weeks.push({
      ...{ week, of: calls, failures },
    })
  const services = new Map<string, Week[]>()
  for (const { service, week, runs, failed } of runWeeks)
    getOrAdd(services, service, () => []).push({ week, of: runs, failures: failed })
  const running = mondayOf(Math.min(view.asOf, view.until))
  return [
    ...[...tools.values()]
      .sort((a, b) => byText(a.service, b.service) || byText(a.tool, b.tool))
      .map(({ service, tool, weeks }) => ({
        kind: 'tool-errors' as const,
        service,
        tool,
        ...split(weeks, monday, running),
      })),
    ...[...services]
      .sort(([a], [b]) => byText(a, b))
      .flatMap(([service, weeks]): Series[] => {
        const parts = split(weeks, monday, running)
        return [
          { kind: 'run-failures', service, ...parts },
          {
            kind: 'run-activity',
            service,
            ...parts,
            before: wholeWeeks(parts.before, service, { monday, covered }, view.since),
          },
        ]
      }),
  ]
}

function split(weeks: readonly Week[], monday: number, running: number): Pick<Series, 'now' | 'before' | 'running'> {
  const of = (start: number) => weeks.find(({ week }) => week === weekName(start))
  const unfinished = running > monday ? of(running) : undefined
  return {
    now: counted(of(monday)),
    before: weeks.filter(({ week }) => weekStart(week) < monday).sort((a, b) => byText(a.week, b.week)),
    running: unfinished && counted(unfinished),
  }
}

function counted(week: Counted | undefined): Counted {
  return { of: week?.of ?? 0, failures: week?.failures ?? 0 }
}

/**
 * For numbers of runs a week must be whole: in the window from its Monday on, covered by somebody's records, and no
 * earlier than the first of the surface. A week without any run is then a week with none.
 */
function wholeWeeks(
  weeks: readonly Week[],
  service: string,
  { monday, covered }: Pick<JudgedWeek, 'monday' | 'covered'>,
  since: number,
): Week[] {
  const first = covered.firstDayOf(service)
  if (first === undefined) return []
  const byName = new Map(weeks.map((week) => [week.week, week]))
  return mondaysBetween(mondayOf(first), monday)
    .filter((start) => start >= since && covered.startsBy(first, start) && covered.covers(start))
    .map((start) => {
      const week = weekName(start)
      return { week, ...counted(byName.get(week)) }
    })
}
