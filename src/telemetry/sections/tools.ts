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
import { isMcpTool, useKinds } from './tool-names.js'
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
  /** Different things of the violations, how often they were used, and who is behind them, once each. */
  violating: z.object({ things: Count, uses: Count, ...Reach.shape }),
  /** Entries of `mcp` with a URL or a command: telemetry tells neither, so that they cannot be judged. */
  mcpByAddress: z.object({ allowed: Count, denied: Count }),
  decisions: Decisions,
})
export type ToolsSection = z.infer<typeof ToolsSection>

/** The manifest of tools, MCP servers, skills and plugins, who used them, and what of it the policy does not approve. */
export function toolsSection(view: EvidenceView): ToolsSection {
  const { mcp } = view.policy.policy
  const byAddress = (servers: readonly object[] = []) => servers.filter((server) => !('name' in server)).length
  const [all, byDepartment, byGroup] = [new UseGroups(), new UseGroups(), new UseGroups()]
  const verdicts = useKinds.map((kind) => ({ kind, approved: 0, violation: 0, cannotTell: 0, notJudged: 0 }))
  const violations: Use[] = []
  const who = new ReachTally()
  // One at a time: there are as many uses as tools times people.
  for (const use of usesOf(view)) {
    const { verdict } = use.judgement
    all.add('', use)
    byDepartment.add(departmentOf(use), use)
    for (const group of groupsOf(use)) byGroup.add(group, use)
    verdicts[useKinds.indexOf(use.kind)]![verdictKeys[verdict]] += use.calls + use.events
    if (verdict !== 'violation') continue
    violations.push(use)
    who.add(use.reporter)
  }
  return {
    uses: cutList(all.rows().map(({ row }) => row)),
    byDepartment: cutList(byDepartment.rows().map(({ key, row }) => ({ department: key, ...row }))),
    byGroup: cutList(byGroup.rows().map(({ key, row }) => ({ group: key, ...row }))),
    verdicts,
    violations: cutList(violationRows(violations)),
    violating: {
      things: new Set(violations.map((use) => JSON.stringify([use.kind, use.name.hidden, nameOf(use)]))).size,
      uses: violations.reduce((sum, { calls, events }) => sum + calls + events, 0),
      ...who.reach(),
    },
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

/** Uses that are summed up by a group of users and by name. */
class UseGroups {
  /** By group, then name; a list for each kind, once for names that are told and once for those that are hidden. */
  readonly #groups = useKinds.map(() => [
    new Map<string, Map<string, UseTally>>(),
    new Map<string, Map<string, UseTally>>(),
  ])
  readonly #tallies: UseTally[] = []

  add(key: string, use: Use): void {
    const groups = this.#groups[useKinds.indexOf(use.kind)]![use.name.hidden ? 1 : 0]!
    const tally = getOrAdd(
      getOrAdd(groups, key, () => new Map<string, UseTally>()),
      nameOf(use),
      () => {
        const made = newTally(key, use)
        this.#tallies.push(made)
        return made
      },
    )
    addUse(tally, use)
  }

  /** Sorted by how much was used, then by name. */
  rows(): { readonly key: string; readonly row: z.infer<typeof UsedRow> }[] {
    return this.#tallies
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

const verdictKeys = {
  approved: 'approved',
  violation: 'violation',
  'cannot-tell': 'cannotTell',
  'not-judged': 'notJudged',
} as const satisfies Record<UseVerdict, string>

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
