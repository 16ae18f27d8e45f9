/**
 * What clients did, before anything is written: the telemetry of a sample and what must be found in it both come from
 * this. Names of events and attributes: https://code.claude.com/docs/en/monitoring-usage (October 2026).
 */
export type Service = 'claude-code' | 'claude-code-desktop' | 'cowork'

/** One program on one machine, as its telemetry describes it. */
export interface Client {
  readonly service: Service
  readonly version: string
  readonly osType: string
  readonly osVersion: string
  /** Resource attributes of the settings, in their order; Claude Code repeats them on every record. */
  readonly attributes: Readonly<Record<string, string>>
  /** `user.id`: a random id of the installation. */
  readonly installation: string
  readonly terminal: string
  readonly organization?: string | undefined
  readonly account?: string | undefined
  readonly email?: string | undefined
  /** `process.owner`, Cowork only. */
  readonly owner?: string | undefined
}

/** What the client did; one record each. */
export type Deed =
  | {
      readonly event: 'managed_settings_resolved'
      readonly trigger: string
      readonly error?: string
      readonly sources: readonly string[]
      readonly digest?: string
    }
  | {
      readonly event: 'hook_registered'
      readonly hookEvent: string
      readonly hookType: string
      readonly hookSource: string
      readonly matcher?: string
    }
  | {
      readonly event: 'plugin_loaded'
      readonly plugin: string
      readonly marketplace: string
      readonly version: string
      readonly scope: string
      readonly enabledVia: string
    }
  | {
      readonly event: 'mcp_server_connection'
      readonly status: string
      readonly scope: string
      readonly server?: string
      readonly error?: string
    }
  | {
      readonly event: 'skill_activated'
      readonly skill: string
      readonly source: string
      readonly plugin?: string
      readonly marketplace?: string
    }
  | { readonly event: 'user_prompt'; readonly length: number; readonly text?: string }
  | { readonly event: 'assistant_response'; readonly length: number; readonly text?: string }
  | { readonly event: 'api_request'; readonly duration: number; readonly tokens: number }
  | { readonly event: 'api_error'; readonly duration: number; readonly status: number }
  | {
      readonly event: 'hook_execution_start'
      readonly hookEvent: string
      readonly tool: string
      readonly hooks: number
    }
  | HookRun
  | {
      readonly event: 'tool_decision'
      readonly tool: string
      readonly toolUse: string
      readonly decision: string
      readonly source: string
      /** With `OTEL_LOG_TOOL_DETAILS=1`. */
      readonly parameters?: Readonly<Record<string, string>>
    }
  | ToolResult
  | {
      readonly event: 'permission_mode_changed'
      readonly from: string
      readonly to: string
      readonly trigger: string
    }
  /** An event that no documentation names. */
  | { readonly event: 'workspace_indexed'; readonly files: number }

export interface HookRun {
  readonly event: 'hook_execution_complete'
  readonly hookEvent: string
  readonly hookSource: string
  readonly managedOnly: boolean
  readonly tool: string
  readonly hooks: number
  readonly success: number
  readonly blocking: number
  readonly failed: number
  readonly cancelled: number
  readonly duration: number
}

export interface ToolResult {
  readonly event: 'tool_result'
  readonly tool: string
  readonly toolUse: string
  readonly success: boolean
  readonly duration: number
  readonly source: string
  /** With `OTEL_LOG_TOOL_DETAILS=1`: the members of `tool_parameters`. */
  readonly parameters?: Readonly<Record<string, string>>
  readonly scope?: string
  readonly error?: string
}

export type Act = Deed & {
  readonly at: number
  /** `prompt.id` */
  readonly prompt?: string | undefined
  /** It happened and was numbered, and never arrived. */
  readonly lost?: boolean
}

/** A run of a client. One that is resumed is a second run with the same id, whose numbers start again. */
export interface Run {
  readonly session: string
  readonly client: Client
  readonly acts: readonly Act[]
  /** When its metrics were sent; none where it ended before. */
  readonly points: readonly number[]
}
