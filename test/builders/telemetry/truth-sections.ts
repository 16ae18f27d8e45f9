import type { EvidenceDocument } from '../../../src/telemetry/evidence-document.js'
import type { TelemetryQuery } from '../../../src/telemetry/tables.js'
import type { Client, Deed } from '../../../templates/samples/telemetry/script.js'
import { fates, type Status } from './fates.js'
import { fleetStamp } from './fleet-policy.js'
import type { MadeUpFleet, MadeUpRun } from './made-up-fleet.js'
import { type Fact, factsOf, groups } from './truth-facts.js'

type Counts = Record<string, number>

/** What each section of the document must say, in a few numbers and names. */
export interface SectionsTruth {
  readonly statuses: Readonly<Record<string, Status>>
  /** Log records of each endpoint, also of those with none. */
  readonly events: Counts
  readonly shouldReport: number
  readonly coverage: Counts
  readonly notExpected: Counts
  readonly matches: Counts
  readonly ghosts: { readonly machines: Counts; readonly accounts: Counts; readonly notAttributable: Counts }
  readonly stamps: Readonly<Record<'current' | 'other', number>>
  readonly refused: number
  readonly hooks: {
    readonly executions: number
    readonly blocking: number
    readonly failingOpen: number
    readonly failingEndpoints: readonly string[]
    readonly unseenEndpoints: readonly string[]
    readonly notManagedOnly: readonly string[]
    readonly registered: Counts
  }
  readonly tools: {
    readonly calls: Counts
    readonly failures: Counts
    readonly violations: number
    readonly violating: readonly string[]
    readonly decided: number
    readonly matched: number
  }
  readonly bypassing: readonly string[]
  readonly content: Counts
  readonly runs: { readonly all: number; readonly failed: number }
}

interface Owned extends Fact {
  /** An endpoint of the inventory, or undefined. */
  readonly endpoint: string | undefined
  readonly belongsTo: string
}

/** Worked out from what happened on each endpoint, never from records. */
export function sectionsTruth({ endpoints, runs }: MadeUpFleet, query: TelemetryQuery): SectionsTruth {
  const ids = endpoints.map(({ entry }) => entry.id)
  const known = new Set(ids)
  const facts = runs.flatMap((each: MadeUpRun) =>
    factsOf([each.run], query).map(
      (fact): Owned => ({
        ...fact,
        belongsTo: each.belongsTo,
        endpoint: known.has(each.belongsTo) ? each.belongsTo : undefined,
      }),
    ),
  )
  const expected = endpoints.filter(({ entry }) => entry.state === 'ready')
  const others = endpoints.filter(({ entry }) => entry.state !== 'ready')
  const statusCounts = (of: typeof endpoints) => {
    const counts: Counts = { proven: 0, silent: 0, contradicted: 0, unknown: 0 }
    for (const { fate } of of) counts[fates[fate]]!++
    return counts
  }
  const of = <Event extends Deed['event']>(event: Event) =>
    facts.filter(
      (fact): fact is Owned & { act: Extract<Deed, { event: Event }> & Fact['act'] } => fact.act.event === event,
    )
  const withStamp = (isCurrent: boolean) =>
    facts.filter(
      ({ client }) => client.service !== 'cowork' && (client.attributes['fleet.policy'] === fleetStamp) === isCurrent,
    )
  const hookRuns = of('hook_execution_complete')
  const failing = hookRuns.filter(({ act }) => act.failed + act.cancelled > 0)
  const results = of('tool_result')
  const unapproved = results.filter(({ act }) => act.parameters?.mcp_server_name === 'notes')
  const decisions = of('tool_decision')
  const sessions = groups(facts, ({ session }) => [session])
  const unattributed = (problem: string) => facts.filter(({ belongsTo }) => belongsTo === problem)

  return {
    statuses: Object.fromEntries(endpoints.map(({ entry, fate }) => [entry.id, fates[fate]])),
    events: Object.fromEntries(ids.map((id) => [id, facts.filter(({ endpoint }) => endpoint === id).length])),
    shouldReport: expected.length,
    coverage: statusCounts(expected),
    notExpected: statusCounts(others),
    matches: countBy(facts, ({ endpoint, belongsTo, client }) =>
      endpoint === undefined ? belongsTo : joinedBy(client),
    ),
    ghosts: {
      machines: countBy(unattributed('unknown-machine'), ({ client }) => client.attributes['endpoint.serial']!),
      accounts: countBy(unattributed('unknown-account'), ({ client }) => client.email!),
      notAttributable: countBy(
        facts.filter(({ endpoint, belongsTo }) => endpoint === undefined && !belongsTo.startsWith('unknown-')),
        ({ belongsTo }) => belongsTo,
      ),
    },
    stamps: { current: withStamp(true).length, other: withStamp(false).length },
    refused: 0,
    hooks: {
      executions: hookRuns.length,
      blocking: total(hookRuns, ({ act }) => act.blocking),
      failingOpen: total(failing, ({ act }) => act.failed + act.cancelled),
      failingEndpoints: idsOf(failing),
      unseenEndpoints: unseen(facts),
      notManagedOnly: idsOf(hookRuns.filter(({ act }) => !act.managedOnly)),
      registered: countBy(of('hook_registered'), ({ act }) => `${act.hookEvent} ${act.hookSource}`),
    },
    tools: {
      calls: countBy(
        results.filter(({ act }) => act.tool !== 'mcp_tool'),
        ({ act }) => act.tool,
      ),
      failures: countBy(
        results.filter(({ act }) => act.tool !== 'mcp_tool' && !act.success),
        ({ act }) => act.tool,
      ),
      violations: unapproved.length,
      violating: idsOf(unapproved),
      decided: decisions.length,
      matched: decisions.filter(({ session, act }) =>
        results.some((result) => result.session === session && result.act.toolUse === act.toolUse),
      ).length,
    },
    bypassing: idsOf(of('permission_mode_changed')),
    content: {
      prompt: of('user_prompt').filter(({ act }) => act.text !== undefined).length,
      response: 0,
      hook_matcher: of('hook_registered').filter(({ act }) => act.matcher !== undefined).length,
      server_name: of('mcp_server_connection').filter(({ act }) => act.server !== undefined).length,
      tool_parameters: results.filter(({ act }) => act.parameters !== undefined).length,
    },
    runs: {
      all: sessions.length,
      failed: sessions.filter(([, own]) => own.some(({ act }) => act.event === 'api_error')).length,
    },
  }
}

/** The same numbers and names out of a document. */
export function sectionsOf({
  endpoints,
  coverage,
  identity,
  ghosts,
  policyInForce,
  hooks,
  tools,
  permissionModes,
  redaction,
  ...rest
}: EvidenceDocument & { readonly runWeeks: readonly { runs: number; failed: number }[] }): SectionsTruth {
  const named = <Row>(rows: readonly Row[], name: (row: Row) => string, count: (row: Row) => number) => {
    const counts: Counts = {}
    for (const row of rows) counts[name(row)] = (counts[name(row)] ?? 0) + count(row)
    return sorted(counts)
  }
  const toolRows = tools.uses.rows.filter(({ kind, origin }) => kind === 'tool' && origin === 'built-in')
  const violations = tools.violations.rows.filter(({ kind }) => kind === 'mcp-server')
  return {
    statuses: Object.fromEntries(endpoints.map(({ id, status }) => [id, status])),
    events: Object.fromEntries(endpoints.map(({ id, events }) => [id, events])),
    shouldReport: coverage!.shouldReport.of,
    coverage: coverage!.statuses,
    notExpected: coverage!.notExpected,
    matches: sorted(Object.fromEntries(Object.entries(identity.matches).filter(([, events]) => events > 0))),
    ghosts: {
      machines: named(
        ghosts.machines.rows,
        ({ value }) => value,
        ({ events }) => events,
      ),
      accounts: named(
        ghosts.accounts.rows,
        ({ value }) => value,
        ({ events }) => events,
      ),
      notAttributable: named(
        ghosts.notAttributable,
        ({ problem }) => problem,
        ({ events }) => events,
      ),
    },
    stamps: {
      current: total(
        policyInForce.stamps.rows.filter(({ standing }) => standing === 'current'),
        ({ events }) => events,
      ),
      other: total(
        policyInForce.stamps.rows.filter(({ standing }) => standing !== 'current'),
        ({ events }) => events,
      ),
    },
    refused: policyInForce.settings.refused.of,
    hooks: {
      executions: total(hooks.executions.rows, ({ executions }) => executions),
      blocking: total(hooks.executions.rows, ({ blocking }) => blocking),
      failingOpen: total(hooks.executions.rows, ({ failingOpen }) => failingOpen.hooks),
      failingEndpoints: unique(hooks.executions.rows.flatMap(({ failingOpen }) => failingOpen.endpointIds)),
      unseenEndpoints: unique(hooks.unseenActivity.services.flatMap(({ endpointIds }) => endpointIds)),
      notManagedOnly: unique(hooks.managedOnly.notEnforced.endpointIds),
      registered: named(
        hooks.registered.rows,
        ({ event, source }) => `${event} ${source}`,
        ({ events }) => events,
      ),
    },
    tools: {
      calls: named(
        toolRows,
        ({ name }) => name,
        ({ calls }) => calls,
      ),
      failures: sorted(
        Object.fromEntries(
          toolRows.filter(({ failures }) => failures > 0).map(({ name, failures }) => [name, failures]),
        ),
      ),
      violations: total(violations, ({ calls }) => calls),
      violating: unique(violations.flatMap(({ endpointIds }) => endpointIds)),
      decided: total(tools.decisions.sources.rows, ({ decisions }) => decisions),
      matched: total(tools.decisions.sources.rows, ({ matched }) => matched),
    },
    bypassing: unique(permissionModes.risky.rows.flatMap(({ endpoint }) => endpoint ?? [])),
    content: Object.fromEntries(redaction.fields.map(({ field, present }) => [field, present])),
    runs: { all: total(rest.runWeeks, ({ runs }) => runs), failed: total(rest.runWeeks, ({ failed }) => failed) },
  }
}

/** What joins a client that is an endpoint of the inventory. */
function joinedBy({ attributes }: Client): string {
  if (attributes['endpoint.serial'] !== undefined) return 'serial'
  return attributes['endpoint.name'] === undefined ? 'email' : 'attribute'
}

/** Endpoints where tools were used in Claude Code, and no hook ran in the whole window. */
function unseen(facts: readonly Owned[]): string[] {
  const own = facts.filter(({ client }) => client.service !== 'cowork')
  const ran = new Set(idsOf(own.filter(({ act }) => act.event === 'hook_execution_complete')))
  const used = own.filter(({ act }) => act.event === 'tool_result' || act.event === 'tool_decision')
  return idsOf(used).filter((id) => !ran.has(id))
}

const unique = (ids: readonly string[]) => [...new Set(ids)].sort()
const idsOf = (facts: readonly Owned[]) => unique(facts.flatMap(({ endpoint }) => endpoint ?? []))
const total = <Row>(rows: readonly Row[], numberOf: (row: Row) => number) =>
  rows.reduce((sum, row) => sum + numberOf(row), 0)

function countBy<Row>(rows: readonly Row[], nameOf: (row: Row) => string): Counts {
  return Object.fromEntries(groups(rows, (row) => [nameOf(row)]).map(([[name], own]) => [String(name), own.length]))
}

function sorted(counts: Counts): Counts {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)))
}
