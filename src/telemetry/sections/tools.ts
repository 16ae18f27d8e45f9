import * as z from 'zod'
import { byText } from '../../platform/by-text.js'
import { isoTime } from '../../platform/clock.js'
import { noName } from '../../readiness/coverage.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import type { Example } from '../tables.js'
import type { EvidenceView } from '../view.js'
import { type UseReason, type UseVerdict, useReasons, useVerdicts } from './approved-use.js'
import { cutList, cutOf, percentOf } from './cut-list.js'
import { ExampleEntry, exampleEntry } from './example.js'
import { earlier, Reach, ReachTally } from './reporter.js'
import { Decisions, decisionsOf } from './tool-decisions.js'
import { isMcpTool, type UseKind, useKinds } from './tool-names.js'
import { type Use, usesOf } from './tool-uses.js'

const Count = z.int().min(0)
const Kind = z.enum(useKinds)

/** Stands for the department and groups of senders that no endpoint matches. */
export const notInInventory = '(not in the inventory)'

const Used = {
  kind: Kind,
  /** What telemetry tells; where it hides the name, the word in its place. */
  name: z.string(),
  hidden: z.boolean(),
  /** Of tools: from an MCP server, or of the client itself and the program around it. */
  origin: z.enum(['mcp', 'built-in']).optional(),
  /** The worst for anybody who used it. */
  verdict: z.enum(useVerdicts),
  why: z.enum(useReasons),
  /** Tool calls, and those of them that failed. */
  calls: Count,
  failures: Count,
  failurePercent: z.number().nullable(),
  /** Connections, activations, loads and installations. */
  events: Count,
  ...Reach.shape,
  last: z.iso.datetime(),
}
const UsedRow = z.object(Used)

const Violation = z.object({
  kind: Kind,
  name: z.string(),
  /** Of a plugin of another version than the policy has. */
  version: z.string().optional(),
  department: z.string(),
  why: z.enum(useReasons),
  calls: Count,
  events: Count,
  ...Reach.shape,
  last: z.iso.datetime(),
  example: ExampleEntry,
})

/** What people let Claude use, against what the policy approves. */
export const ToolsSection = z.object({
  uses: cutOf(UsedRow),
  byDepartment: cutOf(z.object({ department: z.string(), ...Used })),
  /** An endpoint in several groups counts in each of them. */
  byGroup: cutOf(z.object({ group: z.string(), ...Used })),
  /** Calls and events by verdict: all of them, once each. */
  verdicts: z.array(z.object({ kind: Kind, approved: Count, violation: Count, cannotTell: Count, notJudged: Count })),
  /** Newest first. */
  violations: cutOf(Violation),
  /** Who is behind the violations. */
  violating: Reach,
  /** Entries of `mcp` with a URL or a command: telemetry tells neither, so that they cannot be judged. */
  mcpByAddress: z.object({ allowed: Count, denied: Count }),
  decisions: Decisions,
})
export type ToolsSection = z.infer<typeof ToolsSection>

/** The manifest of tools, MCP servers, skills and plugins, who used them, and what of it the policy does not approve. */
export function toolsSection(view: EvidenceView): ToolsSection {
  const uses = usesOf(view)
  const { mcp } = view.policy.policy
  const byAddress = (servers: readonly object[] = []) => servers.filter((server) => !('name' in server)).length
  const violations = uses.filter(({ judgement }) => judgement.verdict === 'violation')
  const who = new ReachTally()
  for (const { reporter } of violations) who.add(reporter)
  return {
    uses: cutList(grouped(uses, () => ['']).map(({ row }) => row)),
    byDepartment: cutList(
      grouped(uses, (use) => [departmentOf(use)]).map(({ key, row }) => ({ department: key, ...row })),
    ),
    byGroup: cutList(grouped(uses, groupsOf).map(({ key, row }) => ({ group: key, ...row }))),
    verdicts: useKinds.map((kind) => verdictsOf(kind, uses)),
    violations: cutList(violationRows(violations)),
    violating: who.reach(),
    mcpByAddress: { allowed: byAddress(mcp?.allowed), denied: byAddress(mcp?.denied) },
    decisions: decisionsOf(view),
  }
}

function departmentOf({ reporter: { endpoint } }: Use): string {
  return endpoint === undefined ? notInInventory : (endpoint.department ?? noName)
}

function groupsOf({ user: { groups }, reporter: { endpoint } }: Use): readonly string[] {
  return groups ?? [endpoint === undefined ? notInInventory : noName]
}

function nameOf({ name }: Use): string {
  return name.hidden ? name.literal : name.name
}

/** The group of users before the rows of one name, so that each list is sorted by how much was used, then by name. */
function grouped(
  uses: readonly Use[],
  keysOf: (use: Use) => readonly string[],
): { readonly key: string; readonly row: z.infer<typeof UsedRow> }[] {
  const groups = new Map<string, UseTally>()
  for (const use of uses) {
    for (const key of keysOf(use)) {
      const text = JSON.stringify([key, use.kind, use.name.hidden, nameOf(use)])
      addUse(
        getOrAdd(groups, text, () => newTally(key, use)),
        use,
      )
    }
  }
  return [...groups.values()]
    .map((tally) => ({ key: tally.key, row: usedRow(tally) }))
    .sort(
      (a, b) =>
        b.row.calls + b.row.events - (a.row.calls + a.row.events) ||
        byText(a.key, b.key) ||
        useKinds.indexOf(a.row.kind) - useKinds.indexOf(b.row.kind) ||
        byText(a.row.name, b.row.name) ||
        Number(a.row.hidden) - Number(b.row.hidden),
    )
}

interface UseTally {
  readonly key: string
  readonly first: Use
  verdict: UseVerdict
  why: UseReason
  calls: number
  failures: number
  events: number
  last: number
  readonly who: ReachTally
}

function newTally(key: string, use: Use): UseTally {
  const { verdict, why } = use.judgement
  return { key, first: use, verdict, why, calls: 0, failures: 0, events: 0, last: use.last, who: new ReachTally() }
}

function addUse(tally: UseTally, { calls, failures, events, last, reporter, judgement: { verdict, why } }: Use): void {
  const worse = useVerdicts.indexOf(verdict) - useVerdicts.indexOf(tally.verdict)
  if (worse < 0 || (worse === 0 && useReasons.indexOf(why) < useReasons.indexOf(tally.why))) {
    tally.verdict = verdict
    tally.why = why
  }
  tally.calls += calls
  tally.failures += failures
  tally.events += events
  tally.last = Math.max(tally.last, last)
  tally.who.add(reporter)
}

function usedRow({ first, verdict, why, calls, failures, events, last, who }: UseTally): z.infer<typeof UsedRow> {
  const { kind, name } = first
  return {
    ...{ kind, name: nameOf(first), hidden: name.hidden },
    ...(kind === 'tool' && { origin: isMcpTool(name) ? ('mcp' as const) : ('built-in' as const) }),
    ...{ verdict, why, calls, failures, failurePercent: percentOf(failures, calls), events },
    ...who.reach(),
    last: isoTime(last),
  }
}

function verdictsOf(kind: UseKind, uses: readonly Use[]) {
  const count = (verdict: UseVerdict) => {
    const { calls, events } = callsAndEvents(
      uses.filter((use) => use.kind === kind && use.judgement.verdict === verdict),
    )
    return calls + events
  }
  return {
    kind,
    approved: count('approved'),
    violation: count('violation'),
    cannotTell: count('cannot-tell'),
    notJudged: count('not-judged'),
  }
}

function callsAndEvents(uses: readonly Use[]): { calls: number; events: number } {
  return {
    calls: uses.reduce((sum, { calls }) => sum + calls, 0),
    events: uses.reduce((sum, { events }) => sum + events, 0),
  }
}

function violationRows(uses: readonly Use[]): z.infer<typeof Violation>[] {
  const groups = new Map<string, { tally: UseTally; example: Example; version: string | undefined }>()
  for (const use of uses) {
    const { why } = use.judgement
    const version = why === 'plugin-other-version' ? use.version : undefined
    const department = departmentOf(use)
    const key = JSON.stringify([use.kind, nameOf(use), why, department, version])
    const group = getOrAdd(groups, key, () => ({ tally: newTally(department, use), example: use.example, version }))
    addUse(group.tally, use)
    group.example = earlier(group.example, use.example) ?? use.example
  }
  return [...groups]
    .sort(([keyOfA, a], [keyOfB, b]) => b.tally.last - a.tally.last || byText(keyOfA, keyOfB))
    .map(([, { tally, example, version }]) => ({
      ...{ kind: tally.first.kind, name: nameOf(tally.first), ...(version !== undefined && { version }) },
      ...{ department: tally.key, why: tally.why, calls: tally.calls, events: tally.events, ...tally.who.reach() },
      last: isoTime(tally.last),
      example: exampleEntry(example),
    }))
}
