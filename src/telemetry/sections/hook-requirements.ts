import * as z from 'zod'
import { byText } from '../../platform/by-text.js'
import type { Hooks, RequiredHook } from '../../policy/hooks.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import type { Example } from '../tables.js'
import type { EvidenceView } from '../view.js'
import { ExampleEntry, exampleEntry } from './example.js'
import { managedSource, mergedSource, requiredOn, type Seat } from './hook-seats.js'
import { earlier, Reach, ReachTally, type Reporter } from './reporter.js'

/** A reporter is `with` when its managed hook was seen somewhere and is missing nowhere that it should be. */
const RequiredEvent = z.object({
  event: z.string(),
  /** Hooks that the policy requires for the event, over all platforms. */
  hooks: z.int().min(1),
  with: Reach,
  without: Reach,
  /**
   * No prompt and no tool was used, the platform is not known, the surface has no hook events, or the hook was last seen
   * so long before the last activity that only a long session would explain it.
   */
  unknown: Reach,
})

/** The events of the policy's hooks, and everybody who lacks one of them. */
export const RequiredEvents = z.object({
  /** `no-policy`: the policy has no section `hooks`; `none-required`: it has one that requires none. */
  problem: z.enum(['no-policy', 'none-required']).optional(),
  events: z.array(RequiredEvent),
  /** Without at least one of the events, once each. */
  missing: Reach,
})

export const UnseenActivity = z.object({
  /** `not-required`: the policy requires no PreToolUse hook, so that nothing can be missing. */
  problem: z.enum(['no-policy', 'not-required']).optional(),
  /** Used tools that a required PreToolUse hook should have seen, and none of the managed settings was executed. */
  services: z.array(
    z.object({ service: z.string(), toolEvents: z.int().min(1), ...Reach.shape, example: ExampleEntry.optional() }),
  ),
  /** Over all services: whoever used several counts once. */
  total: z.object({ toolEvents: z.int().min(0), ...Reach.shape }),
  /** Used tools, and whether a hook should have seen them is not known. */
  unknown: z.array(
    z.object({
      service: z.string(),
      why: z.enum([
        'surface-without-hook-events',
        'no-policy-events',
        'platform-unknown',
        'matcher-not-judged',
        'sources-merged',
      ]),
      ...Reach.shape,
    }),
  ),
})

/** Where the events of the policy's hooks were seen. */
export function requiredEvents(hooks: Hooks | undefined, seats: readonly Seat[]): z.infer<typeof RequiredEvents> {
  const missing = new ReachTally()
  if (hooks === undefined) return { problem: 'no-policy', events: [], missing: missing.reach() }
  if (hooks.required.length === 0) return { problem: 'none-required', events: [], missing: missing.reach() }
  const names = [...new Set(hooks.required.map(({ event }) => event))].sort(byText)
  const events = names.map((event) => requiredEvent(hooks, event, seats, missing))
  return { events, missing: missing.reach() }
}

/** The later in this list wins where the seats of one reporter differ. */
const answers = ['unknown', 'with', 'without'] as const
type Answer = (typeof answers)[number]

function requiredEvent(
  hooks: Hooks,
  event: string,
  seats: readonly Seat[],
  missing: ReachTally,
): z.infer<typeof RequiredEvent> {
  const found = new Map<string, { readonly reporter: Reporter; answer: Answer }>()
  for (const seat of seats) {
    const answer = answerOf(hooks, event, seat)
    if (answer === undefined) continue
    const known = found.get(seat.reporter.key)
    if (known === undefined) found.set(seat.reporter.key, { reporter: seat.reporter, answer })
    else if (answers.indexOf(answer) > answers.indexOf(known.answer)) known.answer = answer
  }
  const tallies = { with: new ReachTally(), without: new ReachTally(), unknown: new ReachTally() }
  for (const { reporter, answer } of found.values()) {
    tallies[answer].add(reporter)
    if (answer === 'without') missing.add(reporter)
  }
  return {
    event,
    hooks: hooks.required.filter((hook) => hook.event === event).length,
    with: tallies.with.reach(),
    without: tallies.without.reach(),
    unknown: tallies.unknown.reach(),
  }
}

const day = 86_400_000
/** The hooks of one session are registered within moments; a registration this much later is of another session. */
const sameSession = 60_000
/**
 * A session registers its hooks when it starts, so that a hook of a session that still runs was last seen then. Within a
 * day that explains a silence; sessions that stay open for a week are rare, and none is believed to last longer.
 */
const usualSession = day
const longestSession = 7 * day

/**
 * Undefined where the policy puts no hook of this event on the platform. A hook that was there once is not there any
 * more when a later session registered others without it, or when work went on longer than sessions last.
 */
function answerOf(hooks: Hooks, event: string, seat: Seat): Answer | undefined {
  const required = requiredOn(hooks, seat.platform)
  if (required !== undefined && !required.some((hook) => hook.event === event)) return undefined
  const lastSeen = seat.managedEvents.get(event)
  if (lastSeen === undefined)
    return required === undefined || !seat.reportsPolicy || seat.streamMissing || seat.activity === 0
      ? 'unknown'
      : 'without'
  const idle = seat.lastActive - lastSeen
  const isReplaced = seat.lastRegistered > lastSeen + sameSession
  if (!isReplaced && idle <= usualSession) return 'with'
  return required !== undefined && (isReplaced || idle > longestSession) ? 'without' : 'unknown'
}

const guardEvent = 'PreToolUse'

/** Tools that were used where a required PreToolUse hook should have seen them, and no such hook was executed at all. */
export function unseenActivity(view: EvidenceView, seats: readonly Seat[]): z.infer<typeof UnseenActivity> {
  const { hooks } = view.policy.policy
  const everybody = new ReachTally()
  const nothing = { services: [], total: { toolEvents: 0, ...everybody.reach() }, unknown: [] }
  if (hooks === undefined) return { problem: 'no-policy', ...nothing }
  if (!hooks.required.some(({ event }) => event === guardEvent)) return { problem: 'not-required', ...nothing }
  const uses = toolUsesOf(view)
  const faults = new Map<string, { events: number; who: ReachTally; example: Example | undefined }>()
  const open = new Map<string, { service: string; why: Unjudged; who: ReachTally }>()
  for (const seat of seats) {
    const seen = lookAt(hooks, seat, uses)
    if (seen.kind === 'unknown') {
      const { service } = seat
      const { why } = seen
      getOrAdd(open, JSON.stringify([service, why]), () => ({ service, why, who: new ReachTally() })).who.add(
        seat.reporter,
      )
    }
    if (seen.kind !== 'unseen') continue
    const fault = getOrAdd(faults, seat.service, () => ({ events: 0, who: new ReachTally(), example: undefined }))
    fault.events += seen.events
    fault.example = earlier(fault.example, seen.example)
    fault.who.add(seat.reporter)
    everybody.add(seat.reporter)
  }
  const toolEvents = [...faults.values()].reduce((sum, { events }) => sum + events, 0)
  return {
    services: [...faults]
      .sort(([a], [b]) => byText(a, b))
      .map(([service, { events, who, example }]) => ({
        ...{ service, toolEvents: events, ...who.reach() },
        ...(example !== undefined && { example: exampleEntry(example) }),
      })),
    total: { toolEvents, ...everybody.reach() },
    unknown: [...open.values()]
      .sort((a, b) => byText(a.service, b.service) || byText(a.why, b.why))
      .map(({ service, why, who }) => ({ service, why, ...who.reach() })),
  }
}

type Unjudged = z.infer<typeof UnseenActivity>['unknown'][number]['why']
type Seen =
  | { readonly kind: 'nothing-missing' }
  | { readonly kind: 'unknown'; readonly why: Unjudged }
  | { readonly kind: 'unseen'; readonly events: number; readonly example: Example | undefined }

function lookAt(hooks: Hooks, seat: Seat, uses: ReadonlyMap<number, readonly ToolUse[]>): Seen {
  const executions = seat.executions.get(guardEvent)
  const ran = (source: string) => (executions?.get(source) ?? 0) > 0
  if (seat.toolEvents === 0 || ran(managedSource)) return { kind: 'nothing-missing' }
  if (!seat.reportsPolicy) return { kind: 'unknown', why: 'surface-without-hook-events' }
  if (seat.streamMissing) return { kind: 'unknown', why: 'no-policy-events' }
  const required = requiredOn(hooks, seat.platform)?.filter(({ event }) => event === guardEvent)
  if (required === undefined) return { kind: 'unknown', why: 'platform-unknown' }
  if (required.length === 0) return { kind: 'nothing-missing' }
  const matchers = required.map(toolsMatched)
  const all = [...seat.senders].flatMap((sender) => uses.get(sender) ?? [])
  const any = matchers.includes('any')
  const named = new Set(matchers.flatMap((matcher) => (typeof matcher === 'string' ? [] : matcher)))
  const matched = any ? all : all.filter(({ tool }) => named.has(tool))
  const events = any ? seat.toolEvents : matched.reduce((sum, use) => sum + use.events, 0)
  if (events > 0 && ran(mergedSource)) return { kind: 'unknown', why: 'sources-merged' }
  if (events > 0)
    return { kind: 'unseen', events, example: matched.map(({ example }) => example).reduce(earlier, undefined) }
  // A tool of an MCP server may go by the name mcp_tool, so that a matcher with its real name cannot be compared.
  const hidden = all.some(({ tool }) => tool === 'mcp_tool') && [...named].some((name) => name.startsWith('mcp__'))
  return matchers.includes('pattern') || hidden
    ? { kind: 'unknown', why: 'matcher-not-judged' }
    : { kind: 'nothing-missing' }
}

/**
 * A matcher that is a list of plain names is compared; what any other means differs between versions of the client, and
 * is left to it (https://code.claude.com/docs/en/hooks, October 2026).
 */
function toolsMatched({ matcher }: RequiredHook): 'any' | 'pattern' | readonly string[] {
  if (matcher === undefined || matcher === '' || matcher === '*') return 'any'
  const names = matcher.split('|')
  return names.every((name) => /^[A-Za-z0-9_]+$/.test(name)) ? names : 'pattern'
}

interface ToolUse {
  readonly tool: string
  readonly events: number
  readonly example: Example
}

function toolUsesOf({ tables }: EvidenceView): ReadonlyMap<number, readonly ToolUse[]> {
  const uses = new Map<number, ToolUse[]>()
  for (const { sender, tool, calls: events, example } of tables.tools)
    getOrAdd(uses, sender, () => []).push({ tool, events, example })
  for (const { sender, tool, events, example } of tables.decisions)
    getOrAdd(uses, sender, () => []).push({ tool, events, example })
  return uses
}
