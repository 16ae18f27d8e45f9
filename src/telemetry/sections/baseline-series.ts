import { byText } from '../../platform/by-text.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import type { EvidenceView } from '../view.js'
import type { Counted } from './week-statistics.js'
import { lastCompleteWeek, mondayOf, mondaysBetween, weekName, weekStart } from './weeks.js'

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
  /** Undefined where the week that would be judged is not all in the window. */
  readonly judged: boolean
}

/** The last week that had ended by the end of the window and by `asOf`. */
export function judgedWeek({ asOf, since, until }: EvidenceView): JudgedWeek {
  const monday = lastCompleteWeek(Math.min(asOf, until))
  return { monday, judged: monday >= since }
}

/** Every series of the report, by kind, surface and tool. */
export function seriesOf(view: EvidenceView, monday: number): readonly Series[] {
  const { toolWeeks, runWeeks } = view.tables
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
          { kind: 'run-activity', service, ...parts, before: wholeWeeks(parts.before, monday, view.since) },
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
 * For numbers of runs a week must be whole: those from the first week of the surface that the window holds from its
 * Monday on. A week without any run is a week with none.
 */
function wholeWeeks(weeks: readonly Week[], monday: number, since: number): Week[] {
  const first = weeks.find(({ week, of }) => of > 0 && weekStart(week) >= since)
  if (first === undefined) return []
  const byName = new Map(weeks.map((week) => [week.week, week]))
  return mondaysBetween(weekStart(first.week), monday).map((start) => {
    const week = weekName(start)
    return { week, ...counted(byName.get(week)) }
  })
}
