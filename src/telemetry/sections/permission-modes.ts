import * as z from 'zod'
import { byText } from '../../platform/by-text.js'
import { isoTime } from '../../platform/clock.js'
import type { Permissions } from '../../policy/access.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import { surfaces } from '../surfaces/index.js'
import type { DecisionRow, Example, ModeRow } from '../tables.js'
import type { EvidenceView } from '../view.js'
import { cutList, cutOf } from './cut-list.js'
import { ExampleEntry, exampleEntry } from './example.js'
import { earlier, Reach, ReachTally, type Reporter, reportersOf } from './reporter.js'

const Count = z.int().min(0)
/** `not-judged`: the policy has no section `permissions`. */
const Verdict = z.enum(['violation', 'allowed', 'not-judged'])
type Verdict = z.infer<typeof Verdict>

const Seen = { events: Count, first: z.iso.datetime(), last: z.iso.datetime(), example: ExampleEntry }

const Who = {
  endpoint: z.string().optional(),
  /** The id of the installation where no endpoint is known; neither is there when the sender tells nothing. */
  installation: z.string().optional(),
  department: z.string().optional(),
}

const Change = z.object({
  from: z.string(),
  to: z.string(),
  trigger: z.string(),
  verdict: Verdict,
  ...Seen,
  ...Reach.shape,
})

const RiskyChange = z.object({
  ...Who,
  mode: z.enum(['bypassPermissions', 'auto']),
  /** `left`: only the end of the mode was seen in this row, which proves that it was on. */
  shows: z.enum(['entered', 'left']),
  trigger: z.string(),
  verdict: Verdict,
  ...Seen,
})

const PermanentApproval = z.object({
  ...Who,
  tool: z.string(),
  /** A violation where the policy wants managed rules only: no rule of a user may count then. */
  verdict: Verdict,
  events: Count,
  last: z.iso.datetime(),
  example: ExampleEntry,
})

/** How permission checks were loosened. A session that starts in a mode sends no change: what is not here may still have been on. */
export const PermissionModesSection = z.object({
  policy: z.object({ forbidBypass: z.boolean(), forbidAuto: z.boolean(), managedOnly: z.boolean() }).optional(),
  /** Every change, by modes and trigger. */
  changes: cutOf(Change),
  /** Entering and leaving of `bypassPermissions` and `auto`, by endpoint. */
  risky: cutOf(RiskyChange),
  /** Changes to or from a mode that the policy forbids, once each. */
  violations: z.object({ events: Count, ...Reach.shape }),
  permanentApprovals: cutOf(PermanentApproval),
  permanentlyApproved: z.object({ events: Count, ...Reach.shape }),
  /** Those of them that are violations: all or none. */
  approvalViolations: z.object({ events: Count, ...Reach.shape }),
  /** Active only on surfaces that document no event for it. */
  unknown: Reach,
})
export type PermissionModesSection = z.infer<typeof PermissionModesSection>

const riskyModes = ['bypassPermissions', 'auto'] as const
type RiskyMode = (typeof riskyModes)[number]

/** Changes of the permission mode and permanent approvals of users, against the section `permissions` of the policy. */
export function permissionModesSection(view: EvidenceView): PermissionModesSection {
  const { permissions } = view.policy.policy
  const reporters = reportersOf(view)
  const risky = riskyOf(view.tables.modes, reporters, permissions)
  const violations = violationsOf(view.tables.modes, reporters, permissions)
  const approvals = view.tables.decisions.filter(
    ({ source, decision }) => source === 'user_permanent' && decision === 'accept',
  )
  const approved = new ReachTally()
  for (const { sender } of approvals) approved.add(reporters[sender]!)
  const approvedCalls = { events: approvals.reduce((sum, { events }) => sum + events, 0), ...approved.reach() }
  return {
    ...(permissions !== undefined && {
      policy: {
        forbidBypass: permissions.forbidBypass,
        forbidAuto: permissions.forbidAuto,
        managedOnly: permissions.managedOnly,
      },
    }),
    changes: cutList(changesOf(view.tables.modes, reporters, permissions)),
    risky: cutList(
      risky.map(({ reporter, mode, shows, trigger, verdict, seen }) => ({
        ...whoOf(reporter),
        ...{ mode, shows, trigger, verdict, ...entryOf(seen) },
      })),
    ),
    violations,
    permanentApprovals: cutList(approvalRows(approvals, reporters, permissions)),
    permanentlyApproved: approvedCalls,
    approvalViolations:
      approvalVerdict(permissions) === 'violation' ? approvedCalls : { events: 0, ...new ReachTally().reach() },
    unknown: withoutModeEvents(view, reporters),
  }
}

interface Sighting {
  events: number
  first: number
  last: number
  example: Example
}

function sightingOf({ first, last, example }: ModeRow): Sighting {
  return { events: 0, first, last, example }
}

function addTo(seen: Sighting, row: ModeRow): void {
  seen.events += row.events
  seen.first = Math.min(seen.first, row.first)
  seen.last = Math.max(seen.last, row.last)
  seen.example = earlier(seen.example, row.example) ?? row.example
}

function entryOf({ events, first, last, example }: Sighting) {
  return { events, first: isoTime(first), last: isoTime(last), example: exampleEntry(example) }
}

function whoOf({ endpoint, installation }: Reporter) {
  return {
    ...(endpoint !== undefined && { endpoint: endpoint.id }),
    ...(installation !== undefined && { installation }),
    ...(endpoint?.department !== undefined && { department: endpoint.department }),
  }
}

function isForbidden(mode: string, permissions: Permissions): boolean {
  return (mode === 'bypassPermissions' && permissions.forbidBypass) || (mode === 'auto' && permissions.forbidAuto)
}

function verdictOf(modes: readonly string[], permissions: Permissions | undefined): Verdict {
  if (permissions === undefined) return 'not-judged'
  return modes.some((mode) => isForbidden(mode, permissions)) ? 'violation' : 'allowed'
}

const rank: Readonly<Record<Verdict, number>> = { violation: 0, 'not-judged': 1, allowed: 2 }

function changesOf(
  modes: readonly ModeRow[],
  reporters: readonly Reporter[],
  permissions: Permissions | undefined,
): z.infer<typeof Change>[] {
  const groups = new Map<string, { from: string; to: string; trigger: string; seen: Sighting; who: ReachTally }>()
  for (const row of modes) {
    const { from, to, trigger } = row
    const group = getOrAdd(groups, JSON.stringify([from, to, trigger]), () => ({
      ...{ from, to, trigger, seen: sightingOf(row), who: new ReachTally() },
    }))
    addTo(group.seen, row)
    group.who.add(reporters[row.sender]!)
  }
  return [...groups.values()]
    .map(({ from, to, trigger, seen, who }) => ({
      ...{ from, to, trigger, verdict: verdictOf([from, to], permissions), ...entryOf(seen), ...who.reach() },
    }))
    .sort(
      (a, b) =>
        rank[a.verdict] - rank[b.verdict] ||
        b.events - a.events ||
        byText(a.to, b.to) ||
        byText(a.from, b.from) ||
        byText(a.trigger, b.trigger),
    )
}

/** Over the changes themselves: from one forbidden mode to the other is one change. */
function violationsOf(
  modes: readonly ModeRow[],
  reporters: readonly Reporter[],
  permissions: Permissions | undefined,
): PermissionModesSection['violations'] {
  const who = new ReachTally()
  let changes = 0
  for (const { sender, from, to, events } of modes) {
    if (from === to || verdictOf([from, to], permissions) !== 'violation') continue
    changes += events
    who.add(reporters[sender]!)
  }
  return { events: changes, ...who.reach() }
}

function approvalVerdict(permissions: Permissions | undefined): Verdict {
  if (permissions === undefined) return 'not-judged'
  return permissions.managedOnly ? 'violation' : 'allowed'
}

interface Risky {
  readonly reporter: Reporter
  readonly mode: RiskyMode
  readonly shows: 'entered' | 'left'
  readonly trigger: string
  readonly verdict: Verdict
  readonly seen: Sighting
}

/** A change from one risky mode to the other shows both, so that it stands here twice. */
function riskyOf(
  modes: readonly ModeRow[],
  reporters: readonly Reporter[],
  permissions: Permissions | undefined,
): Risky[] {
  const groups = new Map<string, Risky>()
  for (const row of modes) {
    const reporter = reporters[row.sender]!
    for (const mode of riskyModes) {
      if (row.from === row.to || (row.to !== mode && row.from !== mode)) continue
      const shows = row.to === mode ? 'entered' : 'left'
      const key = JSON.stringify([reporter.key, mode, shows, row.trigger])
      const group = getOrAdd(groups, key, () => ({
        ...{ reporter, mode, shows, trigger: row.trigger, seen: sightingOf(row) },
        verdict: verdictOf([mode], permissions),
      }))
      addTo(group.seen, row)
    }
  }
  return [...groups.values()].sort(
    (a, b) =>
      rank[a.verdict] - rank[b.verdict] ||
      riskyModes.indexOf(a.mode) - riskyModes.indexOf(b.mode) ||
      b.seen.events - a.seen.events ||
      byText(a.reporter.key, b.reporter.key) ||
      byText(a.shows, b.shows) ||
      byText(a.trigger, b.trigger),
  )
}

function approvalRows(
  approvals: readonly DecisionRow[],
  reporters: readonly Reporter[],
  permissions: Permissions | undefined,
): z.infer<typeof PermanentApproval>[] {
  const verdict = approvalVerdict(permissions)
  const groups = new Map<string, { reporter: Reporter; tool: string; events: number; last: number; example: Example }>()
  for (const { sender, tool, events, last, example } of approvals) {
    const reporter = reporters[sender]!
    const group = getOrAdd(groups, JSON.stringify([reporter.key, tool]), () => ({
      ...{ reporter, tool, events: 0, last, example },
    }))
    group.events += events
    group.last = Math.max(group.last, last)
    group.example = earlier(group.example, example) ?? example
  }
  return [...groups.values()]
    .sort((a, b) => b.events - a.events || byText(a.reporter.key, b.reporter.key) || byText(a.tool, b.tool))
    .map(({ reporter, tool, events, last, example }) => ({
      ...whoOf(reporter),
      ...{ tool, verdict, events, last: isoTime(last), example: exampleEntry(example) },
    }))
}

/** Reporters that sent log records, but none from a surface that reports its permission modes. */
function withoutModeEvents({ tables }: EvidenceView, reporters: readonly Reporter[]): Reach {
  const reporting = new Set<string>()
  const active = new Map<string, Reporter>()
  for (const [index, { service, events }] of tables.senders.entries()) {
    if (events === 0) continue
    const reporter = reporters[index]!
    active.set(reporter.key, reporter)
    if (surfaces.find((surface) => surface.service === service)?.reportsPolicy) reporting.add(reporter.key)
  }
  const who = new ReachTally()
  for (const reporter of active.values()) if (!reporting.has(reporter.key)) who.add(reporter)
  return who.reach()
}
