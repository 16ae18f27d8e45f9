import type { Words } from '../batch.js'
import { EventTable } from './event-table.js'

/** Sums of `tools`, `hookRuns` and `decisions`, by place. */
export const toolSums = { failures: 0, duration: 1 } as const
export const hookRunSums = {
  hooks: 0,
  success: 1,
  blocking: 2,
  nonBlockingError: 3,
  cancelled: 4,
  duration: 5,
} as const
export const decisionSums = { matched: 0, waited: 1, longest: 2 } as const

/** The tables of log records by sender. The columns are those of the keys in tables.ts, in their order. */
export function eventTables(words: Words) {
  return {
    settings: new EventTable(words, [
      'trigger',
      'settingsError',
      'settingsSources',
      'settingsBehavior',
      'settingsHelper',
      'settingsDigest',
    ]),
    hooks: new EventTable(words, ['hookEvent', 'hookType', 'hookSource']),
    hookRuns: new EventTable(words, ['hookEvent', 'hookSource', 'managedOnly'], 6),
    tools: new EventTable(words, ['tool', 'mcpServer', 'mcpTool', 'mcpScope', 'skill'], 2),
    decisions: new EventTable(words, ['tool', 'decision', 'decisionSource'], 3),
    plugins: new EventTable(words, ['event', 'plugin', 'marketplace', 'pluginVersion', 'pluginScope', 'enabledVia']),
    skills: new EventTable(words, ['skill', 'skillSource', 'plugin', 'marketplace']),
    connections: new EventTable(words, ['mcpServer', 'mcpScope', 'plugin', 'status']),
    modes: new EventTable(words, ['fromMode', 'toMode', 'trigger']),
  } as const satisfies Readonly<Record<string, EventTable>>
}
export type EventTables = ReturnType<typeof eventTables>
