import * as z from 'zod'
import { byText } from '../../platform/by-text.js'
import { isoTime } from '../../platform/clock.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import type { Example } from '../tables.js'
import type { EvidenceView } from '../view.js'
import { cutList, cutOf, percentOf } from './cut-list.js'
import { ExampleEntry, exampleEntry } from './example.js'
import { RequiredEvents, requiredEvents, UnseenActivity, unseenActivity } from './hook-requirements.js'
import { seatsOf } from './hook-seats.js'
import { ManagedOnly, managedOnly } from './managed-only.js'
import { byReach, earlier, Reach, ReachTally, reportersOf } from './reporter.js'

const Count = z.int().min(0)
const Percent = z.number().nullable()

const Registered = z.object({
  event: z.string(),
  type: z.string(),
  source: z.string(),
  events: Count,
  ...Reach.shape,
  last: z.iso.datetime(),
  example: ExampleEntry,
})

/** Hooks that ended without a verdict: the client went on as if there were none. */
const FailingOpen = z.object({ hooks: Count, percent: Percent, ...Reach.shape, example: ExampleEntry.optional() })

const Executions = z.object({
  event: z.string(),
  executions: Count,
  /** Hooks started in them; the four outcomes below may be fewer where a client does not tell one. */
  hooks: Count,
  success: Count,
  blocking: Count,
  nonBlockingError: Count,
  cancelled: Count,
  /** Of the outcomes. */
  blockingPercent: Percent,
  meanMs: z.number().nullable(),
  ...Reach.shape,
  last: z.iso.datetime(),
  failingOpen: FailingOpen,
})

const Note = z.object({ code: z.string(), text: z.string(), versions: z.string(), seen: z.iso.date() })

/** What telemetry says of hooks. A hook has no name there: it is known by its event, type and source only. */
export const HooksSection = z.object({
  registered: cutOf(Registered),
  required: RequiredEvents,
  managedOnly: ManagedOnly,
  executions: cutOf(Executions),
  /** Over all events: hooks that ended without a verdict, and whoever had one, once each. */
  failingOpen: z.object({ hooks: Count, ...Reach.shape }),
  unseenActivity: UnseenActivity,
  notes: z.array(Note),
})
export type HooksSection = z.infer<typeof HooksSection>

/** Seen while driving real clients; no page says so. */
const notes = {
  denied: {
    code: 'denied-only-in-hook-event',
    text: 'A call that a hook denied appeared neither as tool_decision nor in the result of the session: only hook_execution_complete tells.',
    versions: '2.1.290',
    seen: '2026-11-20',
  },
  cancelled: {
    code: 'timeout-only-as-cancelled',
    text: 'A hook that ran out of time counts as cancelled, neither as blocking nor as error; the tool runs.',
    versions: '2.1.150 to 2.1.329',
    seen: '2026-11-20',
  },
} as const

/**
 * Hooks: registered, required by the policy, executed, failing open. Surfaces that document no hook events (Cowork) are
 * unknown here, never at fault. A session that began before the window has registered its hooks before it, so that the
 * window should be longer than sessions are.
 */
export function hooksSection(view: EvidenceView): HooksSection {
  const seats = seatsOf(view)
  const { rows: executions, failing } = executionsOf(view)
  const blocking = executions.reduce((sum, row) => sum + row.blocking, 0)
  const cancelled = executions.reduce((sum, row) => sum + row.cancelled, 0)
  return {
    registered: cutList(registeredOf(view)),
    required: requiredEvents(view.policy.policy.hooks, seats),
    managedOnly: managedOnly(view, seats),
    executions: cutList(executions),
    failingOpen: {
      hooks: executions.reduce((sum, { failingOpen: { hooks } }) => sum + hooks, 0),
      ...failing.reach(),
    },
    unseenActivity: unseenActivity(view, seats),
    notes: [...(blocking > 0 ? [notes.denied] : []), ...(cancelled > 0 ? [notes.cancelled] : [])],
  }
}

function registeredOf(view: EvidenceView): z.infer<typeof Registered>[] {
  const reporters = reportersOf(view)
  const groups = new Map<
    string,
    { event: string; type: string; source: string; events: number; last: number; example: Example; who: ReachTally }
  >()
  for (const row of view.tables.hooks) {
    const { hookEvent: event, hookType: type, hookSource: source, example } = row
    const group = getOrAdd(groups, JSON.stringify([event, type, source]), () => ({
      ...{ event, type, source, events: 0, last: row.last, example, who: new ReachTally() },
    }))
    group.events += row.events
    group.last = Math.max(group.last, row.last)
    group.example = earlier(group.example, example) ?? example
    group.who.add(reporters[row.sender]!)
  }
  return [...groups.values()]
    .map(({ event, type, source, events, last, example, who }) => ({
      ...{ event, type, source, events, ...who.reach() },
      last: isoTime(last),
      example: exampleEntry(example),
    }))
    .sort(
      (a, b) => b.events - a.events || byText(a.event, b.event) || byText(a.source, b.source) || byText(a.type, b.type),
    )
}

const outcomes = ['success', 'blocking', 'nonBlockingError', 'cancelled'] as const

/** `failing`: whoever had a hook that ended without a verdict, of any event. */
function executionsOf(view: EvidenceView): { rows: z.infer<typeof Executions>[]; failing: ReachTally } {
  const failing = new ReachTally()
  const reporters = reportersOf(view)
  const groups = new Map<string, EventTally>()
  for (const row of view.tables.hookRuns) {
    const tally = getOrAdd(groups, row.hookEvent, newTally)
    for (const key of ['executions', 'hooks', ...outcomes, 'durationMs'] as const) tally[key] += row[key]
    tally.last = Math.max(tally.last, row.last)
    tally.example = earlier(tally.example, row.failure)
    tally.who.add(reporters[row.sender]!)
    if (row.nonBlockingError + row.cancelled === 0) continue
    tally.failing.add(reporters[row.sender]!)
    failing.add(reporters[row.sender]!)
  }
  const rows = [...groups]
    .map(([event, tally]) => executionsRow(event, tally))
    .sort((a, b) => b.failingOpen.hooks - a.failingOpen.hooks || byReach(a, b) || byText(a.event, b.event))
  return { rows, failing }
}

type EventTally = ReturnType<typeof newTally>

function newTally() {
  return {
    ...{ executions: 0, hooks: 0, success: 0, blocking: 0, nonBlockingError: 0, cancelled: 0, durationMs: 0, last: 0 },
    example: undefined as Example | undefined,
    who: new ReachTally(),
    failing: new ReachTally(),
  }
}

function executionsRow(event: string, tally: EventTally): z.infer<typeof Executions> {
  const { executions, hooks, success, blocking, nonBlockingError, cancelled } = tally
  const ended = outcomes.reduce((sum, outcome) => sum + tally[outcome], 0)
  const open = nonBlockingError + cancelled
  return {
    ...{ event, executions, hooks, success, blocking, nonBlockingError, cancelled },
    blockingPercent: percentOf(blocking, ended),
    meanMs: executions === 0 ? null : Math.round(tally.durationMs / executions),
    ...tally.who.reach(),
    last: isoTime(tally.last),
    failingOpen: {
      hooks: open,
      percent: percentOf(open, ended),
      ...tally.failing.reach(),
      ...(tally.example !== undefined && { example: exampleEntry(tally.example) }),
    },
  }
}
