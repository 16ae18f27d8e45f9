import type { NumberField } from '../../src/telemetry/fields.js'
import type { TelemetryTables } from '../../src/telemetry/tables.js'
import { amountOf, exampleOf, failuresOf, groups, sum } from './reference-records.js'
import type { RowSaid } from './telemetry-rows.js'

/** The tables whose rows are one kind of log record by sender. `logs` are those that count, `senderOf` gives their place. */
export function referenceEventTables(
  logs: readonly RowSaid[],
  senderOf: (row: RowSaid) => number,
): Pick<
  TelemetryTables,
  'settings' | 'hooks' | 'hookRuns' | 'tools' | 'decisions' | 'plugins' | 'skills' | 'connections' | 'modes'
> {
  const table = (events: readonly string[], key: (row: RowSaid) => readonly (string | undefined)[]) =>
    groups(
      logs.filter(({ event }) => events.includes(event ?? '')),
      (row) => [senderOf(row), ...key(row).map((text) => text ?? '')],
    ).map(({ key: [sender, ...texts], rows }) => ({
      sender: sender as number,
      texts: texts as string[],
      rows,
      events: rows.length,
      first: Math.min(...rows.map(({ at }) => at)),
      last: Math.max(...rows.map(({ at }) => at)),
      example: exampleOf(rows),
      total: (field: NumberField) => sum(rows.map((row) => amountOf(row, field))),
    }))
  const resultTimes = (decision: RowSaid): number[] =>
    !decision.session || !decision.toolUse || decision.decision === 'reject'
      ? []
      : logs
          .filter(
            ({ event, session, toolUse }) =>
              event === 'tool_result' && session === decision.session && toolUse === decision.toolUse,
          )
          .map(({ at }) => at)

  return {
    settings: table(['managed_settings_resolved'], (row) => [
      row.trigger,
      row.settingsError,
      row.settingsSources,
      row.settingsBehavior,
      row.settingsHelper,
      row.settingsDigest,
    ]).map(({ sender, texts: [trigger, error, sources, behavior, helper, digest], events, last, example }) => ({
      sender,
      trigger: trigger!,
      error: error!,
      sources: sources!,
      behavior: behavior!,
      helper: helper!,
      digest: digest!,
      events,
      last,
      example,
    })),
    hooks: table(['hook_registered'], (row) => [row.hookEvent, row.hookType, row.hookSource]).map(
      ({ sender, texts: [hookEvent, hookType, hookSource], events, last, example }) => ({
        sender,
        hookEvent: hookEvent!,
        hookType: hookType!,
        hookSource: hookSource!,
        events,
        last,
        example,
      }),
    ),
    hookRuns: table(['hook_execution_complete'], (row) => [row.hookEvent, row.hookSource, row.managedOnly]).map(
      ({ sender, texts: [hookEvent, hookSource, managedOnly], rows, events, last, total }) => {
        const bad = rows.filter((row) => amountOf(row, 'numNonBlockingError') > 0 || amountOf(row, 'numCancelled') > 0)
        return {
          sender,
          hookEvent: hookEvent!,
          hookSource: hookSource!,
          managedOnly: managedOnly!,
          executions: events,
          hooks: total('numHooks'),
          success: total('numSuccess'),
          blocking: total('numBlocking'),
          nonBlockingError: total('numNonBlockingError'),
          cancelled: total('numCancelled'),
          durationMs: total('duration'),
          last,
          ...(bad.length > 0 && { failure: exampleOf(bad) }),
        }
      },
    ),
    tools: table(['tool_result'], (row) => [row.tool, row.mcpServer, row.mcpTool, row.mcpScope, row.skill]).map(
      ({ sender, texts: [tool, mcpServer, mcpTool, mcpScope, skill], rows, events, last, example, total }) => ({
        sender,
        tool: tool!,
        mcpServer: mcpServer!,
        mcpTool: mcpTool!,
        mcpScope: mcpScope!,
        skill: skill!,
        calls: events,
        failures: failuresOf(rows),
        durationMs: total('duration'),
        last,
        example,
      }),
    ),
    decisions: table(['tool_decision'], (row) => [row.tool, row.decision, row.decisionSource]).map(
      ({ sender, texts: [tool, decision, source], rows, events, last, example }) => {
        const waits = rows.flatMap((row) => {
          const times = resultTimes(row)
          return times.length === 0 ? [] : [Math.max(0, Math.min(...times) - row.at)]
        })
        return {
          sender,
          tool: tool!,
          decision: decision!,
          source: source!,
          events,
          matched: waits.length,
          waitMs: sum(waits),
          longestMs: Math.max(0, ...waits),
          last,
          example,
        }
      },
    ),
    plugins: table(['plugin_loaded', 'plugin_installed'], (row) => [
      row.event,
      row.plugin,
      row.marketplace,
      row.pluginVersion,
      row.pluginScope,
      row.enabledVia,
    ]).map(({ sender, texts: [event, plugin, marketplace, version, scope, enabledVia], events, last, example }) => ({
      sender,
      event: event!,
      plugin: plugin!,
      marketplace: marketplace!,
      version: version!,
      scope: scope!,
      enabledVia: enabledVia!,
      events,
      last,
      example,
    })),
    skills: table(['skill_activated'], (row) => [row.skill, row.skillSource, row.plugin, row.marketplace]).map(
      ({ sender, texts: [skill, source, plugin, marketplace], events, last, example }) => ({
        sender,
        skill: skill!,
        source: source!,
        plugin: plugin!,
        marketplace: marketplace!,
        events,
        last,
        example,
      }),
    ),
    connections: table(['mcp_server_connection'], (row) => [row.mcpServer, row.mcpScope, row.plugin, row.status]).map(
      ({ sender, texts: [server, scope, plugin, status], events, last, example }) => ({
        sender,
        server: server!,
        scope: scope!,
        plugin: plugin!,
        status: status!,
        events,
        last,
        example,
      }),
    ),
    modes: table(['permission_mode_changed'], (row) => [row.fromMode, row.toMode, row.trigger]).map(
      ({ sender, texts: [from, to, trigger], events, first, last, example }) => ({
        sender,
        from: from!,
        to: to!,
        trigger: trigger!,
        events,
        first,
        last,
        example,
      }),
    ),
  }
}
