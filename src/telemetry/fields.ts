/**
 * What is read of a record as a word: one of few different texts, however long the input is. The names of attributes are
 * those of Claude Code; each surface names its own where they differ.
 * https://code.claude.com/docs/en/monitoring-usage (2026-10), https://claude.com/docs/cowork/monitoring (July 2026).
 */
export const fieldAttributes = {
  service: ['service.name'],
  version: ['service.version'],
  /** The version of Claude Code where `service.version` is that of the app; opt-in. */
  appVersion: ['app.version'],
  osType: ['os.type'],
  osVersion: ['os.version'],
  stamp: ['fleet.policy'],
  organization: ['organization.id'],
  account: ['user.account_uuid'],
  /** A random id of the installation. */
  installation: ['user.id'],
  email: ['user.email'],
  owner: ['process.owner'],
  groups: ['user.groups'],
  event: ['event.name'],
  session: ['session.id'],
  tool: ['tool_name'],
  success: ['success'],
  decision: ['decision'],
  decisionSource: ['source', 'decision_source'],
  hookEvent: ['hook_event'],
  hookType: ['hook_type'],
  hookSource: ['hook_source'],
  managedOnly: ['managed_only'],
  /** Of `tool_parameters` where details are on, else the attribution of a request or connection. */
  mcpServer: ['mcp_server_name', 'server_name', 'mcp_server.name'],
  mcpTool: ['mcp_tool_name', 'mcp_tool.name'],
  mcpScope: ['mcp_server_scope', 'server_scope'],
  skill: ['skill.name', 'skill_name'],
  skillSource: ['skill.source'],
  plugin: ['plugin.name'],
  marketplace: ['marketplace.name'],
  pluginVersion: ['plugin.version'],
  pluginScope: ['plugin.scope'],
  enabledVia: ['enabled_via'],
  fromMode: ['from_mode'],
  toMode: ['to_mode'],
  trigger: ['trigger', 'managed_settings.trigger', 'invocation_trigger'],
  status: ['status'],
  settingsError: ['error.type'],
  /** A list; its members joined by commas. */
  settingsSources: ['managed_settings.sources'],
  settingsBehavior: ['managed_settings.source_behavior'],
  settingsHelper: ['managed_settings.helper.state'],
  settingsDigest: ['managed_settings.resolved_sha256'],
} as const satisfies Record<string, readonly string[]>
export type WordField = keyof typeof fieldAttributes
export const wordFields = Object.keys(fieldAttributes) as WordField[]

/** What is read as a number; a text that is one counts as well. */
export const numberAttributes = {
  sequence: ['event.sequence'],
  duration: ['duration_ms', 'total_duration_ms'],
  numHooks: ['num_hooks'],
  numSuccess: ['num_success'],
  numBlocking: ['num_blocking'],
  numNonBlockingError: ['num_non_blocking_error'],
  numCancelled: ['num_cancelled'],
} as const satisfies Record<string, readonly string[]>
export type NumberField = keyof typeof numberAttributes
export const numberFields = Object.keys(numberAttributes) as NumberField[]

/** Texts of which there are as many as records, so that they are never kept but for a few examples. */
export const looseAttributes = {
  prompt: ['prompt.id'],
  toolUse: ['tool_use_id'],
} as const satisfies Record<string, readonly string[]>
export type LooseField = keyof typeof looseAttributes
export const looseFields = Object.keys(looseAttributes) as LooseField[]

/** Members of the JSON text in `tool_parameters` that are read as if they were attributes of the record. */
export const parameterMembers = ['mcp_server_name', 'mcp_tool_name', 'skill_name'] as const
