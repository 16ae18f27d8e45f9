import { eventsWithErrorText } from '../../policy/content-attributes.js'
import { type WordField, wordFields } from '../fields.js'
import { senderColumns } from '../tables.js'

export const serviceColumn = wordFields.indexOf('service')
export const eventColumn = wordFields.indexOf('event')
/** Columns whose value may be a list. */
export const listColumns: ReadonlySet<number> = new Set([
  wordFields.indexOf('groups'),
  wordFields.indexOf('settingsSources'),
])
/** The names of products before those of events. */
export const eventPrefix = /^(?:claude_code|cowork)\./

const ofEveryRecord: ReadonlySet<WordField> = new Set([...senderColumns, 'event', 'session'])
const ofPlugins = ['plugin', 'marketplace', 'pluginVersion', 'pluginScope', 'enabledVia'] as const
/** The fields that the table of an event needs, besides those of every record: see the tables of ../tables.ts. */
const fieldsOf: Readonly<Record<string, readonly WordField[]>> = {
  managed_settings_resolved: [
    'trigger',
    'settingsError',
    'settingsSources',
    'settingsBehavior',
    'settingsHelper',
    'settingsDigest',
  ],
  hook_registered: ['hookEvent', 'hookType', 'hookSource'],
  hook_execution_complete: ['hookEvent', 'hookSource', 'managedOnly'],
  tool_result: ['tool', 'mcpServer', 'mcpTool', 'mcpScope', 'skill', 'success'],
  tool_decision: ['tool', 'decision', 'decisionSource'],
  plugin_loaded: ofPlugins,
  plugin_installed: ofPlugins,
  skill_activated: ['skill', 'skillSource', 'plugin', 'marketplace'],
  mcp_server_connection: ['mcpServer', 'mcpScope', 'plugin', 'status'],
  permission_mode_changed: ['fromMode', 'toMode', 'trigger'],
}

/** What is read of the log records of one event. */
export interface EventUse {
  /** By column of words: 1 where it is read, of those that are not read of every record. */
  readonly columns: Uint8Array
  /** Whether `error` is content. */
  readonly errorIsContent: boolean
}

function useOf(event: string): EventUse {
  const fields = Object.hasOwn(fieldsOf, event) ? fieldsOf[event]! : []
  return {
    columns: Uint8Array.from(wordFields, (field) => (fields.includes(field) ? 1 : 0)),
    errorIsContent: eventsWithErrorText.some((name) => name === event),
  }
}

const named = [...new Set<string>([...Object.keys(fieldsOf), ...eventsWithErrorText])]
const places: ReadonlyMap<string, number> = new Map(named.map((event, index) => [event, index + 1]))
/** What is read of events; the first is that of all others, and of data points and spans. */
export const eventUses: readonly EventUse[] = [useOf(''), ...named.map(useOf)]

/** The place of an event in `eventUses`. */
export function eventUse(event: string): number {
  return places.get(event) ?? 0
}

/** Whether a column of words is read of every record; those of identity keys come after the fields. */
export function isOfEveryRecord(column: number): boolean {
  return column >= wordFields.length || ofEveryRecord.has(wordFields[column]!)
}
