import * as z from 'zod'
import { byText } from '../../platform/by-text.js'
import { isoTime } from '../../platform/clock.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import type { Example } from '../tables.js'
import type { EvidenceView } from '../view.js'
import { cutList, cutOf } from './cut-list.js'
import { ExampleEntry, exampleEntry } from './example.js'
import { isKeptOut, wantsManagedOnly } from './foreign-hooks.js'
import { managedSource, type Seat } from './hook-seats.js'
import { earlier, Reach, ReachTally } from './reporter.js'

const Verdict = z.enum(['violation', 'cannot-tell'])

const OtherHook = z.object({
  event: z.string(),
  type: z.string(),
  source: z.string(),
  verdict: Verdict,
  events: z.int().min(1),
  ...Reach.shape,
  last: z.iso.datetime(),
  example: ExampleEntry,
})

export const ManagedOnly = z.object({
  /** What the policy says; undefined where it has no section `hooks`. */
  wanted: z.boolean().optional(),
  /** What the executions say of themselves: `managed_only` and `hook_source`. */
  executions: z.array(z.object({ managedOnly: z.string(), source: z.string(), executions: z.int().min(0) })),
  /** Ran hooks while only managed hooks were not enforced, although the policy wants that there. */
  notEnforced: z.object({ executions: z.int().min(0), ...Reach.shape, last: z.iso.datetime().optional() }),
  /** Hooks of others, registered where only managed ones are wanted. */
  others: cutOf(OtherHook),
  /** All violations among them: registrations, and whoever has one, once each. */
  violating: z.object({ events: z.int().min(0), ...Reach.shape }),
})

/** Whether only managed hooks are registered and run, where the policy wants it so. */
export function managedOnly(view: EvidenceView, seats: readonly Seat[]): z.infer<typeof ManagedOnly> {
  const { policy } = view.policy
  const { hooks } = policy
  const seatOf = new Map(seats.flatMap((seat) => [...seat.senders].map((sender) => [sender, seat] as const)))
  const others = new Map<string, Other>()
  const violating = new ReachTally()
  if (hooks?.managedOnly) {
    for (const row of view.tables.hooks) {
      const seat = seatOf.get(row.sender)
      if (row.hookSource === managedSource || seat === undefined) continue
      const wanted = wantsManagedOnly(policy, seat.platform)
      if (wanted === false) continue
      const verdict = wanted === true && isKeptOut(policy, row.hookSource) ? 'violation' : 'cannot-tell'
      const { hookEvent: event, hookType: type, hookSource: source, last, example } = row
      const other = getOrAdd(others, JSON.stringify([event, type, source, verdict]), () => ({
        ...{ event, type, source, verdict, events: 0, last, example, who: new ReachTally() },
      }))
      other.events += row.events
      other.last = Math.max(other.last, last)
      other.example = earlier(other.example, example) ?? example
      other.who.add(seat.reporter)
      if (verdict === 'violation') violating.add(seat.reporter)
    }
  }
  return {
    ...(hooks !== undefined && { wanted: hooks.managedOnly }),
    executions: executionsOf(view),
    notEnforced: notEnforced(view, seatOf),
    others: cutList([...others.values()].sort(byVerdict).map(otherRow)),
    violating: {
      events: [...others.values()].reduce(
        (sum, { verdict, events }) => (verdict === 'violation' ? sum + events : sum),
        0,
      ),
      ...violating.reach(),
    },
  }
}

interface Other {
  readonly event: string
  readonly type: string
  readonly source: string
  readonly verdict: z.infer<typeof Verdict>
  events: number
  last: number
  example: Example
  readonly who: ReachTally
}

function byVerdict(a: Other, b: Other): number {
  return (
    byText(b.verdict, a.verdict) ||
    b.events - a.events ||
    byText(a.event, b.event) ||
    byText(a.source, b.source) ||
    byText(a.type, b.type)
  )
}

function otherRow({ event, type, source, verdict, events, last, example, who }: Other): z.infer<typeof OtherHook> {
  return {
    ...{ event, type, source, verdict, events, ...who.reach() },
    last: isoTime(last),
    example: exampleEntry(example),
  }
}

function executionsOf({ tables }: EvidenceView): z.infer<typeof ManagedOnly>['executions'] {
  const rows = new Map<string, { managedOnly: string; source: string; executions: number }>()
  for (const { managedOnly, hookSource: source, executions } of tables.hookRuns)
    getOrAdd(rows, JSON.stringify([managedOnly, source]), () => ({ managedOnly, source, executions: 0 })).executions +=
      executions
  return [...rows.values()].sort(
    (a, b) => b.executions - a.executions || byText(a.managedOnly, b.managedOnly) || byText(a.source, b.source),
  )
}

/** Only what says "false" counts: a client that does not tell is no proof of either. */
function notEnforced(
  view: EvidenceView,
  seatOf: ReadonlyMap<number, Seat>,
): z.infer<typeof ManagedOnly>['notEnforced'] {
  const { policy } = view.policy
  const who = new ReachTally()
  let executions = 0
  let last: number | undefined
  for (const row of view.tables.hookRuns) {
    const seat = seatOf.get(row.sender)
    if (row.managedOnly !== 'false' || seat === undefined || wantsManagedOnly(policy, seat.platform) !== true) continue
    executions += row.executions
    last = Math.max(last ?? 0, row.last)
    who.add(seat.reporter)
  }
  return { executions, ...who.reach(), ...(last !== undefined && { last: isoTime(last) }) }
}
