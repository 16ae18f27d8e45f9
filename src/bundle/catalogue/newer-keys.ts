import { keysFrom, type Origin, type SettingsKey } from './settings-key.js'

const managedSettings: Origin = {
  grade: 'newer-official',
  source: 'https://code.claude.com/docs/en/managed-settings',
  checked: '2026-09-01',
}
const referenceLater: Origin = {
  grade: 'newer-official',
  source: 'https://code.claude.com/docs/en/settings-reference',
  checked: '2026-09-01',
}
const desktopPage: Origin = {
  grade: 'newer-official',
  source: 'https://code.claude.com/docs/en/desktop',
  checked: '2026-09-01',
}
/** A list of the keys of 2.1.303 by somebody who read the client itself. */
const thirdPartyList: Origin = {
  grade: 'third-party',
  source: 'https://github.com/xsyetopz/claudetto/wiki/Claude-Code-Settings',
  checked: '2026-10-19',
}
const schema: Origin = {
  grade: 'schema',
  source: 'https://json.schemastore.org/claude-code-settings.json',
  checked: '2026-08-03',
}

const closed = { result: 'fails-closed' } as const
const later = { newerThan: '2.1.240' } as const

/**
 * Keys that the reference of 2026-08-22 does not have. Their forms were mostly not read, so they are `any`: a name we
 * know nothing about is still better than calling a real key a slip.
 */
export const newerKeys: readonly SettingsKey[] = [
  ...keysFrom(managedSettings, [
    {
      path: 'gatewayInternalNetworks',
      type: 'string[]',
      scope: 'managed',
      since: '2.1.268',
      machineOnly: true,
      whenInvalid: closed,
    },
    {
      path: 'managedMcpServers',
      type: ['object', 'object[]'],
      scope: 'managed',
      since: '2.1.259',
      open: true,
      note: 'Two meanings: Claude Code reads an object by server name, Claude Desktop and the published schema a list.',
    },
    {
      path: 'managedSourcesBehavior',
      type: { enum: ['first-wins', 'merge'] },
      scope: 'managed',
      since: '2.1.242',
      note: 'Does nothing in the file tier: no source is below it.',
    },
    { path: 'syncClaudeAiPlugins', type: 'boolean', scope: 'user-local-or-managed', whenInvalid: closed, ...later },
  ]),
  ...keysFrom(referenceLater, [
    { path: 'desktopSessionCleanupPeriodDays', type: 'any', scope: 'user-or-managed', ...later },
    { path: 'maxEffortLevel', type: 'any', scope: 'any', since: '2.1.267' },
    { path: 'modelPicker', type: 'any', scope: 'user-or-managed', ...later },
    { path: 'modelPricing', type: 'any', scope: 'managed', ...later },
    { path: 'modelSettings', type: 'any', scope: 'any', ...later },
    {
      path: 'permissions.blockReadsOutsideWorkingDirectories',
      type: 'any',
      scope: 'any',
      note: 'Probably a boolean; the form was not read.',
      ...later,
    },
  ]),
  ...keysFrom(desktopPage, [
    {
      path: 'disableDesktopLocalSessions',
      type: 'boolean',
      scope: 'managed',
      readBy: 'desktop',
      note: 'Claude Desktop 1.37937.0. Only a real boolean true counts.',
    },
  ]),
  ...keysFrom(thirdPartyList, [
    {
      path: 'allowClaudeInChromeWithManagedMcp',
      type: 'boolean',
      scope: 'managed',
      since: '2.1.282',
      machineOnly: true,
    },
    { path: 'allowedProviders', type: 'any', scope: 'managed', ...later },
    { path: 'appendPlugins', type: 'any', scope: 'unknown', ...later },
    { path: 'autoContinueAtUsageLimit', type: 'any', scope: 'unknown', ...later },
    { path: 'autoDreamEnabled', type: 'boolean', scope: 'unknown', ...later },
    { path: 'availableModelsMatch', type: { enum: ['exact', 'prefix'] }, scope: 'managed', since: '2.1.283' },
    { path: 'bashEditDiffEnabled', type: 'any', scope: 'unknown', ...later },
    { path: 'bashOutputMaxChars', type: 'any', scope: 'unknown', ...later },
    { path: 'claudeInChromeDefaultEnabled', type: 'any', scope: 'global-config', ...later },
    { path: 'copyFullResponse', type: 'any', scope: 'global-config', ...later },
    { path: 'copyOnSelect', type: 'any', scope: 'global-config', ...later },
    { path: 'defaultToAgentsView', type: 'any', scope: 'global-config', ...later },
    { path: 'deniedModels', type: 'string[]', scope: 'managed', since: '2.1.283' },
    { path: 'feedbackDrafts', type: 'any', scope: 'unknown', ...later },
    { path: 'leftArrowOpensAgents', type: 'any', scope: 'global-config', ...later },
    { path: 'maxProseWidth', type: 'any', scope: 'unknown', since: '2.1.282' },
    { path: 'policyHelpers', type: 'any', scope: 'unknown', machineOnly: true, ...later },
    { path: 'prStatusFooterEnabled', type: 'any', scope: 'global-config', ...later },
    { path: 'prependPlugins', type: 'any', scope: 'unknown', ...later },
    { path: 'promptCacheTtl', type: 'any', scope: 'unknown', ...later },
    { path: 'proxyAuthHelper', type: 'string', scope: 'any', ...later },
    { path: 'subagentPromptCacheTtl', type: 'any', scope: 'unknown', ...later },
    { path: 'taskOutputMaxChars', type: 'any', scope: 'unknown', ...later },
    { path: 'timeFormat', type: 'any', scope: 'unknown', ...later },
    { path: 'timeZone', type: 'any', scope: 'unknown', ...later },
  ]),
  ...keysFrom(schema, [
    { path: '$schema', type: 'string', scope: 'any', note: 'For editors; no client acts on it.' },
    { path: 'requireCoworkFullVmSandbox', type: 'boolean', scope: 'managed', readBy: 'desktop' },
    { path: 'sandbox.enabledPlatforms', type: 'string[]', scope: 'unknown' },
    { path: 'skippedMarketplaces', type: 'string[]', scope: 'unknown' },
    { path: 'skippedPlugins', type: 'string[]', scope: 'unknown' },
  ]),
]
