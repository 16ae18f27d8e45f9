import { dayAfter, nextAvailable, obstacleOf } from './calendar.js'
import type { Membership } from './candidate.js'
import { provesOf, whoOf } from './make-plan.js'
import type { EndpointOutcome, EndpointReport } from './outcomes.js'
import type { Move, Wave } from './plan-document.js'
import type { Attempts } from './projection.js'
import { settledOn } from './schedule.js'
import type { CalendarRules, WaveSettings } from './settings.js'
import { startsAt } from './starts-at.js'

/** A running wave as a re-plan leaves it. */
export interface RunningWave {
  readonly wave: Wave
  readonly removed: readonly string[]
  /** Endpoints that may still become ready, by the day of their attempt. */
  readonly attempts: readonly Attempts[]
  /** Endpoints that have failed; they stay in the wave, for its gate. */
  readonly failed: readonly string[]
}

const gone = 'not in the scan'
const nobody: Membership = { platform: gone, department: gone, site: gone, version: gone }

/**
 * Goes on with a wave that has begun: it can only lose endpoints, those excluded since and those that became ready before
 * their turn. Days to come keep out of blackouts and holidays that were named since, and only shift forward.
 */
export function goOnWith(
  wave: Wave,
  facts: {
    readonly outcomes: ReadonlyMap<string, EndpointOutcome>
    readonly reports: ReadonlyMap<string, EndpointReport>
    readonly memberships: ReadonlyMap<string, Membership>
    readonly today: string
    readonly settings: WaveSettings
  },
): RunningWave {
  const { outcomes, reports, memberships, today, settings } = facts
  const { calendar } = settings
  const [endpoints, removed, failed]: [string[], string[], string[]] = [[], [], []]
  const days: Wave['days'] = []
  const attempts: Attempts[] = []
  const moved: Move[] = []
  let next = 0
  let earliest = dayAfter(today)
  for (const { date: announced, endpoints: size } of wave.days) {
    const stays: string[] = []
    for (const id of wave.endpoints.slice(next, next + size)) {
      const isReadyBefore = announced > today && reports.get(id)?.state === 'ready'
      if (outcomes.get(id) === 'withdrawn' || isReadyBefore) removed.push(id)
      else stays.push(id)
      if (outcomes.get(id) === 'failed') failed.push(id)
    }
    next += size
    if (stays.length === 0) continue
    const date = announced <= today ? announced : nextAvailable(later(announced, earliest), calendar)
    if (date > today) earliest = dayAfter(date)
    if (date !== announced) moved.push(moveOf(announced, date, calendar))
    for (const id of stays) endpoints.push(id)
    days.push({ date, endpoints: stays.length })
    const open = stays.filter((id) => mayBecomeReady.has(outcomes.get(id) ?? 'missing'))
    attempts.push({ date, endpoints: open.length })
  }
  const start = days[0]?.date ?? wave.start
  const end = days.at(-1)?.date ?? wave.end
  const soaking = wave.soakUntil >= today
  return {
    wave: {
      ...wave,
      status: 'running',
      size: endpoints.length,
      start,
      end,
      soakUntil: soaking ? later(wave.soakUntil, settledOn(end, calendar)) : wave.soakUntil,
      days,
      startsAt: start === wave.start ? wave.startsAt : startsAt(start, settings),
      who: whoOf(endpoints.map((id) => memberships.get(id) ?? nobody)),
      proves: provesOf(endpoints.length),
      moved: [...wave.moved, ...moved],
      endpoints,
    },
    removed,
    attempts,
    failed,
  }
}

const mayBecomeReady: ReadonlySet<EndpointOutcome> = new Set([
  'pending',
  'no-report-since',
  'not-yet-attempted',
] as const)

function moveOf(from: string, to: string, calendar: CalendarRules): Move {
  const obstacle = obstacleOf(from, calendar)
  const why = obstacle ?? { rule: 'days-before' as const, why: 'the days before it have moved' }
  return { what: 'rollout-day', from, to, ...why }
}

function later(a: string, b: string): string {
  return a > b ? a : b
}
