import type { Sender, TelemetryQuery, TelemetryTables } from '../../../src/telemetry/tables.js'
import type { Deed, Run } from '../../../templates/samples/telemetry/script.js'
import { contentTruth } from './truth-content.js'
import { exampleOf, type Fact, factsOf, groups, lastOf, weekOf } from './truth-facts.js'
import { senderKey, sendersTruth } from './truth-senders.js'

type Of<Event extends Deed['event']> = Fact & { readonly act: Extract<Deed, { event: Event }> & Fact['act'] }

/**
 * The tables that must come out, worked out from what happened and never from what was written of it. `without` names
 * the attributes that the collector took out.
 */
export function tablesTruth(
  runs: readonly Run[],
  query: TelemetryQuery,
  without: ReadonlySet<string> = new Set(),
): TelemetryTables {
  const facts = factsOf(runs, query)
  const senders = sendersTruth(runs, facts, query)
  const numbers = new Map(senders.map((sender, index) => [senderName(sender), index]))
  const sender = ({ client }: Fact) => numbers.get(JSON.stringify(senderKey(client, query)))!
  const of = <Event extends Deed['event']>(...events: Event[]) =>
    facts.filter((fact): fact is Of<Event> => events.includes(fact.act.event as Event))
  const common = (own: readonly Fact[]) => ({ events: own.length, last: lastOf(own), example: exampleOf(own) })
  const results = of('tool_result')
  const parameter = (fact: Of<'tool_result'>, name: string) =>
    without.has('tool_parameters') ? '' : (fact.act.parameters?.[name] ?? '')

  return {
    senders,
    days: groups(facts, ({ client, act }) => [client.service, new Date(act.at).toISOString().slice(0, 10)]).map(
      ([[service, day], own]) => ({ service: text(service), day: text(day), events: own.length }),
    ),
    events: groups(facts, ({ client, act }) => [client.service, act.event]).map(([[service, event], own]) => ({
      service: text(service),
      event: text(event),
      events: own.length,
    })),
    settings: groups(of('managed_settings_resolved'), (fact) => [
      sender(fact),
      fact.act.trigger,
      fact.act.error ?? '',
      fact.act.sources.join(','),
      'first-wins',
      'none',
      fact.act.digest ?? '',
    ]).map(([[number, trigger, error, sources, behavior, helper, digest], own]) => ({
      sender: Number(number),
      trigger: text(trigger),
      error: text(error),
      sources: text(sources),
      behavior: text(behavior),
      helper: text(helper),
      digest: text(digest),
      ...common(own),
    })),
    hooks: groups(of('hook_registered'), (fact) => [
      sender(fact),
      fact.act.hookEvent,
      fact.act.hookType,
      fact.act.hookSource,
    ]).map(([[number, hookEvent, hookType, hookSource], own]) => ({
      sender: Number(number),
      hookEvent: text(hookEvent),
      hookType: text(hookType),
      hookSource: text(hookSource),
      ...common(own),
    })),
    hookRuns: groups(of('hook_execution_complete'), (fact) => [
      sender(fact),
      fact.act.hookEvent,
      fact.act.hookSource,
      String(fact.act.managedOnly),
    ]).map(([[number, hookEvent, hookSource, managedOnly], own]) => {
      const broken = own.filter(({ act }) => act.failed > 0 || act.cancelled > 0)
      return {
        sender: Number(number),
        hookEvent: text(hookEvent),
        hookSource: text(hookSource),
        managedOnly: text(managedOnly),
        executions: own.length,
        hooks: sum(own, ({ act }) => act.hooks),
        success: sum(own, ({ act }) => act.success),
        blocking: sum(own, ({ act }) => act.blocking),
        nonBlockingError: sum(own, ({ act }) => act.failed),
        cancelled: sum(own, ({ act }) => act.cancelled),
        durationMs: sum(own, ({ act }) => act.duration),
        last: lastOf(own),
        ...(broken.length > 0 && { failure: exampleOf(broken) }),
      }
    }),
    tools: groups(results, (fact) => [
      sender(fact),
      fact.act.tool,
      parameter(fact, 'mcp_server_name'),
      parameter(fact, 'mcp_tool_name'),
      fact.act.scope ?? '',
      parameter(fact, 'skill_name'),
    ]).map(([[number, tool, mcpServer, mcpTool, mcpScope, skill], own]) => ({
      sender: Number(number),
      tool: text(tool),
      mcpServer: text(mcpServer),
      mcpTool: text(mcpTool),
      mcpScope: text(mcpScope),
      skill: text(skill),
      calls: own.length,
      failures: own.filter(({ act }) => !act.success).length,
      durationMs: sum(own, ({ act }) => act.duration),
      last: lastOf(own),
      example: exampleOf(own),
    })),
    toolWeeks: groups(results, ({ client, act }) => [client.service, act.tool, weekOf(act.at)]).map(
      ([[service, tool, week], own]) => ({
        service: text(service),
        tool: text(tool),
        week: text(week),
        calls: own.length,
        failures: own.filter(({ act }) => !act.success).length,
      }),
    ),
    decisions: groups(of('tool_decision'), (fact) => [
      sender(fact),
      fact.act.tool,
      fact.act.decision,
      fact.act.source,
    ]).map(([[number, tool, decision, source], own]) => {
      const waits = own.flatMap(({ session, act }) => {
        const result = results.find((other) => other.session === session && other.act.toolUse === act.toolUse)
        return result === undefined ? [] : [Math.max(0, result.act.at - act.at)]
      })
      return {
        sender: Number(number),
        tool: text(tool),
        decision: text(decision),
        source: text(source),
        matched: waits.length,
        waitMs: waits.reduce((total, wait) => total + wait, 0),
        longestMs: Math.max(0, ...waits),
        ...common(own),
      }
    }),
    runWeeks: runWeeks(facts),
    plugins: groups(of('plugin_loaded'), (fact) => [
      sender(fact),
      fact.act.event,
      fact.act.plugin,
      fact.act.marketplace,
      fact.act.version,
      fact.act.scope,
      fact.act.enabledVia,
    ]).map(([[number, event, plugin, marketplace, version, scope, enabledVia], own]) => ({
      sender: Number(number),
      event: text(event),
      plugin: text(plugin),
      marketplace: text(marketplace),
      version: text(version),
      scope: text(scope),
      enabledVia: text(enabledVia),
      ...common(own),
    })),
    skills: groups(of('skill_activated'), (fact) => [
      sender(fact),
      fact.act.skill,
      fact.act.source,
      fact.act.plugin ?? '',
      fact.act.marketplace ?? '',
    ]).map(([[number, skill, source, plugin, marketplace], own]) => ({
      sender: Number(number),
      skill: text(skill),
      source: text(source),
      plugin: text(plugin),
      marketplace: text(marketplace),
      ...common(own),
    })),
    connections: groups(of('mcp_server_connection'), (fact) => [
      sender(fact),
      without.has('server_name') ? '' : (fact.act.server ?? ''),
      fact.act.scope,
      '',
      fact.act.status,
    ]).map(([[number, server, scope, plugin, status], own]) => ({
      sender: Number(number),
      server: text(server),
      scope: text(scope),
      plugin: text(plugin),
      status: text(status),
      ...common(own),
    })),
    modes: groups(of('permission_mode_changed'), (fact) => [
      sender(fact),
      fact.act.from,
      fact.act.to,
      fact.act.trigger,
    ]).map(([[number, from, to, trigger], own]) => ({
      sender: Number(number),
      from: text(from),
      to: text(to),
      trigger: text(trigger),
      first: exampleOf(own).at,
      ...common(own),
    })),
    content: contentTruth(facts, without),
  }
}

const text = String
const sum = <T>(items: readonly T[], numberOf: (item: T) => number) =>
  items.reduce((total, item) => total + numberOf(item), 0)

function senderName(sender: Sender): string {
  const { service, version, appVersion, osType, osVersion, stamp, organization, account, installation } = sender
  const { email, owner, groups: userGroups, identity } = sender
  const named = [service, version, appVersion, osType, osVersion, stamp, organization, account, installation]
  return JSON.stringify([...named, email, owner, userGroups, ...identity])
}

/** `internal_error` and `api_retries_exhausted` are not in any script, so that only one event makes a run fail. */
function runWeeks(facts: readonly Fact[]) {
  const sessions = groups(facts, ({ session }) => [session]).map(([, own]) => {
    const { at, session, sequence } = exampleOf(own)
    const first = own.find((fact) => fact.act.at === at && fact.session === session && fact.sequence === sequence)!
    return { service: first.client.service, week: weekOf(at), failed: own.some(({ act }) => act.event === 'api_error') }
  })
  return groups(sessions, ({ service, week }) => [service, week]).map(([[service, week], own]) => ({
    service: text(service),
    week: text(week),
    runs: own.length,
    failed: own.filter(({ failed }) => failed).length,
  }))
}
