import type { Signal } from './batch.js'
import type { ContentField } from './content-fields.js'

/**
 * What both engines give: the file reader sums records up on its way through the input, a database does it where the
 * data lies. Everything that judges works on these tables only, so that one brain stands behind both.
 *
 * Rules for both engines:
 * - Only records of the known surfaces, whose time t is in the window: since <= t < until. Others are counted in `input`.
 * - Times are whole milliseconds. Weeks are named by their Monday (UTC), such as 2026-11-16.
 * - A log record counts once: two with the same session, sequence and time are one (collectors send again after a
 *   timeout). Without session or sequence there is nothing to tell by; those are counted as they come, and counted
 *   in `input.withoutSequence`. The sequence starts again when a session is resumed, so it needs the time as well.
 * - Log records of a session that begins with `canarySessionPrefix` are left out before anything else and counted in
 *   `counts.canary`; their data points and spans are left out as well.
 *   Which of two copies that differ is the record is not defined, but it is the same one in every table.
 * - '' stands for a text that is not there.
 * - An example is the earliest record of its group: least time, then session by code unit, then sequence.
 * - Every table is sorted by its key columns, texts by code unit, numbers by value; senders by `senderColumns`, then
 *   identity.
 */
export interface TelemetryTables {
  readonly senders: readonly Sender[]
  readonly days: readonly DayCount[]
  readonly events: readonly EventCount[]
  readonly settings: readonly SettingsRow[]
  readonly hooks: readonly HookRow[]
  readonly hookRuns: readonly HookRunRow[]
  readonly tools: readonly ToolRow[]
  readonly toolWeeks: readonly ToolWeek[]
  readonly decisions: readonly DecisionRow[]
  readonly runWeeks: readonly RunWeek[]
  readonly plugins: readonly PluginRow[]
  readonly skills: readonly SkillRow[]
  readonly connections: readonly ConnectionRow[]
  readonly modes: readonly ModeRow[]
  readonly content: readonly ContentRow[]
}

/** One record to look at. The three name it in either store. */
export interface Example {
  readonly session: string
  /** -1 where there is none. */
  readonly sequence: number
  readonly prompt: string
  readonly at: number
}

/** Columns of words that tell one sender from another, besides the identity keys that were asked for. */
export const senderColumns = [
  'service',
  'version',
  'appVersion',
  'osType',
  'osVersion',
  'stamp',
  'organization',
  'account',
  'installation',
  'email',
  'owner',
  'groups',
] as const
export type SenderColumn = (typeof senderColumns)[number]

/** Everything that said the same of itself. Index in the list = the `sender` of the other tables. */
export interface Sender extends Readonly<Record<SenderColumn, string>> {
  /** Values of the identity keys, in the order they were asked for. */
  readonly identity: readonly string[]
  /** Log records, once each. */
  readonly events: number
  /** Different sessions among them. */
  readonly sessions: number
  /** Time of the first and last log record; 0 where there is none. */
  readonly first: number
  readonly last: number
  /** The same over data points and spans. They carry no sequence, so that they are not counted: a copy would count twice. */
  /** Time of the last log record at or after `until`, before deduplication; 0 where there is none: a fast clock, or a window that ends early. */
  readonly lastAfter: number
  readonly firstPoint: number
  readonly lastPoint: number
  readonly firstSpan: number
  readonly lastSpan: number
  /** Log records `tool_result` and `tool_decision`: real activity, which hooks must see. */
  readonly toolEvents: number
  /** Log records `user_prompt`. */
  readonly prompts: number
  /** Numbers between the least and greatest sequence of its sessions that never arrived, at most 1,000,000 a session; a session counts for the sender of its first record. */
  readonly missing: number
}

/** Log records in the window by day (UTC). Key: service, day. */
export interface DayCount {
  readonly service: string
  /** Such as 2026-11-19. */
  readonly day: string
  readonly events: number
}

/** Key: service, event. */
export interface EventCount {
  readonly service: string
  readonly event: string
  readonly events: number
}

/** `managed_settings_resolved`. Key: sender, trigger, error, sources, behavior, helper, digest. */
export interface SettingsRow {
  readonly sender: number
  readonly trigger: string
  readonly error: string
  readonly sources: string
  readonly behavior: string
  readonly helper: string
  readonly digest: string
  readonly events: number
  readonly last: number
  readonly example: Example
}

/** `hook_registered`. Key: sender, hookEvent, hookType, hookSource. */
export interface HookRow {
  readonly sender: number
  readonly hookEvent: string
  readonly hookType: string
  readonly hookSource: string
  readonly events: number
  readonly last: number
  readonly example: Example
}

/** `hook_execution_complete`; a number that is missing counts as 0. Key: sender, hookEvent, hookSource, managedOnly. */
export interface HookRunRow {
  readonly sender: number
  readonly hookEvent: string
  readonly hookSource: string
  readonly managedOnly: string
  readonly executions: number
  readonly hooks: number
  readonly success: number
  readonly blocking: number
  readonly nonBlockingError: number
  readonly cancelled: number
  readonly durationMs: number
  readonly last: number
  /** Of the executions with an error that did not block, or that was cancelled; undefined where there is none. */
  readonly failure?: Example | undefined
}

/** `tool_result`. Key: sender, tool, mcpServer, mcpTool, mcpScope, skill. */
export interface ToolRow {
  readonly sender: number
  readonly tool: string
  readonly mcpServer: string
  readonly mcpTool: string
  readonly mcpScope: string
  readonly skill: string
  readonly calls: number
  /** `success` is "false". */
  readonly failures: number
  readonly durationMs: number
  readonly last: number
  readonly example: Example
}

/** `tool_result`. Key: service, tool, week. */
export interface ToolWeek {
  readonly service: string
  readonly tool: string
  readonly week: string
  readonly calls: number
  readonly failures: number
}

/** `tool_decision`. Key: sender, tool, decision, source. */
export interface DecisionRow {
  readonly sender: number
  readonly tool: string
  readonly decision: string
  readonly source: string
  readonly events: number
  /** Of these, how many have a `tool_result` with the same session and tool_use_id. */
  readonly matched: number
  /** Milliseconds from decision to result, of the matched ones: the sum, and the most; a result before its decision counts as 0. */
  readonly waitMs: number
  readonly longestMs: number
  readonly last: number
  readonly example: Example
}

/** Sessions by the week of their first log record. Key: service (of that record), week. */
export interface RunWeek {
  readonly service: string
  readonly week: string
  readonly runs: number
  /** With at least one of the surface's `failures`. */
  readonly failed: number
}

/** `plugin_loaded` and `plugin_installed`. Key: sender, event, plugin, marketplace, version, scope, enabledVia. */
export interface PluginRow {
  readonly sender: number
  readonly event: string
  readonly plugin: string
  readonly marketplace: string
  readonly version: string
  readonly scope: string
  readonly enabledVia: string
  readonly events: number
  readonly last: number
  readonly example: Example
}

/** `skill_activated`. Key: sender, skill, source, plugin, marketplace. */
export interface SkillRow {
  readonly sender: number
  readonly skill: string
  readonly source: string
  readonly plugin: string
  readonly marketplace: string
  readonly events: number
  readonly last: number
  readonly example: Example
}

/** `mcp_server_connection`. Key: sender, server, scope, plugin, status. */
export interface ConnectionRow {
  readonly sender: number
  readonly server: string
  readonly scope: string
  readonly plugin: string
  readonly status: string
  readonly events: number
  readonly last: number
  readonly example: Example
}

/** `permission_mode_changed`. Key: sender, from, to, trigger. */
export interface ModeRow {
  readonly sender: number
  readonly from: string
  readonly to: string
  readonly trigger: string
  readonly events: number
  readonly first: number
  readonly last: number
  readonly example: Example
}

/**
 * Log records and spans with content or with an attribute that names a person, of the record or of its resource. Copies
 * that deduplication leaves out are looked at too, and counted apart; spans are not told apart from their copies.
 * Key: service, version, signal, event, field.
 */
export interface ContentRow {
  readonly service: string
  readonly version: string
  readonly signal: Exclude<Signal, 'point'>
  readonly event: string
  readonly field: ContentField['name']
  /** Records where it is there, not empty, and not redacted; of what names a person: not hashed. */
  readonly present: number
  /** Records where the client put its mark for redacted content; of what names a person: where it is hashed. */
  readonly redacted: number
  /** Copies of log records where it is there: what leaks in a copy has leaked. */
  readonly presentInCopies: number
  /** Of the present ones, else of those in copies; undefined where there is none. */
  readonly example?: Example | undefined
}

/** Sessions that `fleet evidence canary` makes up. */
export const canarySessionPrefix = 'fleet-canary-'

/** What an engine is asked for. */
export interface TelemetryQuery {
  /** Milliseconds, UTC; since <= t < until. */
  readonly since: number
  readonly until: number
  /** Names of attributes that may name an endpoint, of the record or else of its resource. */
  readonly identityKeys: readonly string[]
}

/** What the deduplication and the window left out, over all inputs. */
export interface TelemetryCounts {
  /** Log records of known surfaces with a time, before anything was left out. */
  readonly read: number
  readonly canary: number
  readonly duplicates: number
  readonly beforeWindow: number
  readonly afterWindow: number
  /** Counted without session or sequence. */
  readonly withoutSequence: number
  /** Where time and observed time differ by more than five minutes; undefined where the store keeps no observed time. */
  readonly skewed?: number | undefined
  /** Log records by `service.name` that no surface knows. */
  readonly foreign: Readonly<Record<string, number>>
}

export interface TelemetryAnswer {
  readonly tables: TelemetryTables
  readonly counts: TelemetryCounts
}
