import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  claudeCodeKeys,
  findKey,
  inventedKeys,
  nearestKey,
  payloadKeys,
} from '../../../src/bundle/catalogue/claude-code-keys.js'
import { fitsType, simpleTypes } from '../../../src/bundle/catalogue/settings-key.js'

/** The top-level names of https://json.schemastore.org/claude-code-settings.json (Apache-2.0, 2026-08-03). */
const publishedNames = `
  $schema advisorModel agent agentPushNotifEnabled allowAllClaudeAiMcps allowManagedHooksOnly
  allowManagedMcpServersOnly allowManagedPermissionRulesOnly allowedChannelPlugins allowedHttpHookUrls
  allowedMcpServers alwaysThinkingEnabled apiKeyHelper askUserQuestionTimeout attribution autoCompactEnabled
  autoConnectIde autoInstallIdeExtension autoMemoryDirectory autoMemoryEnabled autoMode autoScrollEnabled
  autoUpdatesChannel availableModels awaySummaryEnabled awsAuthRefresh awsCredentialExport axScreenReader
  blockedMarketplaces browserExternalPageTools channelsEnabled claudeMd claudeMdExcludes cleanupPeriodDays
  companyAnnouncements defaultShell deniedMcpServers diffTool disableAgentView disableAllHooks disableArtifact
  disableAutoMode disableBrowserExternalNavigation disableBundledSkills disableClaudeAiConnectors
  disableDeepLinkRegistration disableMobileSimulatorTools disableRemoteControl disableSideloadFlags
  disableSkillShellExecution disableWorkflows disabledMcpjsonServers editorMode effortLevel emojiCompletionEnabled
  enableAllProjectMcpServers enableArtifact enabledMcpjsonServers enabledPlugins enforceAvailableModels env
  externalEditorContext extraKnownMarketplaces fallbackModel fastMode fastModePerSessionOptIn feedbackSurveyRate
  fileCheckpointingEnabled fileSuggestion footerLinksRegexes forceLoginGatewayUrl forceLoginMethod
  forceLoginOrgUUID forceRemoteSettingsRefresh gcpAuthRefresh hooks httpHookAllowedEnvVars includeCoAuthoredBy
  includeGitInstructions inputNeededNotifEnabled language managedMcpServers minimumVersion model modelOverrides
  otelHeadersHelper outputStyle parentSettingsBehavior permissionExplainerEnabled permissions plansDirectory
  pluginConfigs pluginSuggestionMarketplaces pluginTrustMessage policyHelper prUrlTemplate preferredNotifChannel
  prefersReducedMotion processWrapper remoteControlAtStartup requireCoworkFullVmSandbox requiredMaximumVersion
  requiredMinimumVersion respectGitignore respondToBashCommands sandbox showClearContextOnPlanAccept
  showThinkingSummaries showTurnDuration skillListingBudgetFraction skillListingMaxDescChars skillOverrides
  skipDangerousModePermissionPrompt skipWebFetchPreflight skippedMarketplaces skippedPlugins spinnerTipsEnabled
  spinnerTipsOverride spinnerVerbs sshConfigs sshHostAllowlist statusLine strictKnownMarketplaces
  strictPluginOnlyCustomization subagentStatusLine syntaxHighlightingDisabled teammateDefaultModel teammateMode
  terminalProgressBarEnabled theme tui useAutoModeDuringPlan verbose viewMode vimInsertModeRemaps voice
  voiceEnabled wheelScrollAccelerationEnabled workflowKeywordTriggerEnabled workflowSizeGuideline worktree
  wslInheritsWindowsSettings
`
  .trim()
  .split(/\s+/)

const childrenOf = (path: string) => claudeCodeKeys.filter((key) => key.path.startsWith(`${path}.`))

describe('the catalogue of settings keys', () => {
  it('knows every name of the published schema', () => {
    expect(publishedNames).toHaveLength(142)
    expect(publishedNames.filter((name) => findKey([name])?.inside.length !== 0)).toEqual([])
  })

  it.each(
    // Documented, and absent from the published schema.
    ['autoCompactWindow', 'crossSessionInbound', 'dialogExpiry', 'disableCommandPluginSources', 'enableWorkflows']
      .concat(['isolatePeerMachines', 'keybindingFlavor', 'promptSuggestionEnabled', 'remote', 'spellcheck'])
      .concat(['skipAutoPermissionPrompt', 'switchModelsOnFlag', 'syncClaudeAiSkills', 'terminalTitleFromRename'])
      .concat(['ultracode', 'managedSourcesBehavior', 'gatewayInternalNetworks', 'syncClaudeAiPlugins']),
  )('knows %s, which the published schema lacks', (name) => {
    expect(findKey([name])?.key.path).toBe(name)
  })

  it('is sorted, and names each path once', () => {
    const paths = claudeCodeKeys.map(({ path }) => path)
    expect(paths).toEqual([...new Set(paths)].sort())
  })

  it('dates every fact and says where it was read', () => {
    for (const { path, source, checked } of [
      ...claudeCodeKeys,
      ...inventedKeys.map((key) => ({ ...key, path: key.name })),
    ]) {
      expect(source, path).toMatch(/^https:\/\//)
      expect(checked, path).toMatch(/^2026-\d\d-\d\d$/)
    }
  })

  it('either knows the names inside an object or leaves them open', () => {
    const shut = claudeCodeKeys.filter(
      ({ path, type, open }) => simpleTypes(type).includes('object') && open !== true && childrenOf(path).length === 0,
    )
    expect(shut).toEqual([])
  })

  it('has only versions that can be compared', () => {
    const versions = claudeCodeKeys.flatMap((key) => [
      key.since,
      key.newerThan,
      key.aliasSince,
      key.deprecatedSince,
      key.removed,
      key.whenInvalid?.since,
    ])
    for (const version of versions) if (version !== undefined) expect(version).toMatch(/^\d+\.\d+\.\d+$/)
  })

  it('names a replacement that exists', () => {
    for (const { replacedBy } of claudeCodeKeys) {
      if (replacedBy !== undefined) expect(findKey([replacedBy])?.key.path).toBe(replacedBy)
    }
  })

  it.each([
    ['allowManagedHooksOnly', { scope: 'managed', whenInvalid: { result: 'fails-closed' } }],
    ['requiredMinimumVersion', { scope: 'managed', since: '2.1.163', whenInvalid: { result: 'fails-open' } }],
    ['deniedMcpServers', { scope: 'any', whenInvalid: { result: 'dropped' } }],
    ['blockedMarketplaces', { whenInvalid: { result: 'dropped', since: '2.1.277' } }],
    ['permissions.disableBypassPermissionsMode', { scope: 'any', type: { enum: ['disable'] } }],
    ['sandbox.filesystem.disabled', { scope: 'user-or-managed', since: '2.1.216' }],
    ['skipDangerousModePermissionPrompt', { scope: 'user-local-or-managed' }],
    ['policyHelper.timeoutMs', { scope: 'managed', machineOnly: true, minimum: 1000 }],
    ['wslInheritsWindowsSettings', { machineOnly: true, since: '2.1.118' }],
    ['forceLoginMethod', { machineOnlyValues: ['gateway'] }],
    ['disableMobileSimulatorTools', { readBy: 'desktop' }],
    ['autoConnectIde', { scope: 'global-config' }],
    ['managedSourcesBehavior', { since: '2.1.242', grade: 'newer-official' }],
    ['allowedProviders', { grade: 'third-party', type: 'any', newerThan: '2.1.240' }],
    ['skippedPlugins', { grade: 'schema', scope: 'unknown' }],
    ['includeCoAuthoredBy', { deprecatedSince: '2.0.62', replacedBy: 'attribution' }],
  ])('says of %s what was read', (path, facts) => {
    expect(findKey(path.split('.'))?.key).toMatchObject(facts)
  })
})

describe('findKey', () => {
  it('finds every key at its own path', () => {
    for (const key of claudeCodeKeys) expect(findKey(key.path.split('.'))).toEqual({ key, inside: [] })
  })

  it('says what lies inside a value', () => {
    expect(findKey(['permissions', 'deny', 3])).toMatchObject({ key: { path: 'permissions.deny' }, inside: [3] })
    expect(findKey(['env', 'OTEL_LOGS_EXPORTER'])).toMatchObject({
      key: { path: 'env' },
      inside: ['OTEL_LOGS_EXPORTER'],
    })
    expect(findKey(['allowedMcpServers', 0, 'serverName'])?.inside).toEqual([0, 'serverName'])
    expect(findKey(['hooks', 'PreToolUse', 0, 'hooks', 0, 'command'])?.key.path).toBe('hooks')
  })

  it('follows a second name', () => {
    const found = findKey(['additionalMarketplaces', 'tools', 'source'])
    expect(found).toMatchObject({ key: { path: 'extraKnownMarketplaces', aliasSince: '2.1.232' } })
    expect(found).toMatchObject({ inside: ['tools', 'source'], usedAlias: 'additionalMarketplaces' })
    expect(findKey(['extraKnownMarketplaces'])).not.toHaveProperty('usedAlias')
  })

  it.each([
    [['managedSourcesBehaviour']],
    [['telemetry']],
    [['permissions', 'disableBypassPermissionMode']],
    [['sandbox', 'network', 'allowDomains']],
    [['permissions.deny']],
    [['']],
    [[]],
    [[0]],
    [['__proto__']],
    [['constructor', 'name']],
  ])('knows nothing at %j', (path) => {
    expect(findKey(path)).toBeUndefined()
  })

  it('leaves a value of the wrong form to the check of its form', () => {
    expect(findKey(['model', 'name'])?.key.path).toBe('model')
    expect(fitsType({ name: 'x' }, findKey(['model'])?.key.type ?? 'any')).toBe(false)
  })

  it('takes any name in a free-form map', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(findKey(['enabledPlugins', name])?.inside).toEqual([name])
      }),
    )
  })
})

describe('nearestKey', () => {
  it.each([
    ['managedSourcesBehaviour', undefined, 'managedSourcesBehavior'],
    ['allowmanagedhooksonly', undefined, 'allowManagedHooksOnly'],
    ['AllowedMarketplaces', undefined, 'allowedMarketplaces'],
    ['disableBypassPermissionMode', 'permissions', 'disableBypassPermissionsMode'],
    ['allowDomains', 'sandbox.network', 'allowedDomains'],
  ])('thinks of the right name for %s in %s', (name, parent, right) => {
    expect(nearestKey(name, parent)[0]).toBe(right)
  })

  it('thinks of nothing for a name that is like no other', () => {
    expect(nearestKey('zzzzzzzzzzzzzzzz')).toEqual([])
    expect(nearestKey('allow', 'no.such.key')).toEqual([])
  })

  it('finds every top-level name again when a letter was lost', () => {
    const names = claudeCodeKeys.map(({ path }) => path).filter((path) => !path.includes('.') && path.length > 4)
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(), (name, seed) => {
        const at = seed % name.length
        const slip = name.slice(0, at) + name.slice(at + 1)
        fc.pre(findKey([slip]) === undefined)
        expect(nearestKey(slip)).toContain(name)
      }),
    )
  })
})

it('invented and payload names are no settings keys', () => {
  for (const name of [...inventedKeys.map((key) => key.name), ...payloadKeys]) expect(findKey([name])).toBeUndefined()
  expect(inventedKeys.map(({ name }) => name)).toEqual(['exporters', 'telemetry'])
  expect(payloadKeys).toContain('PayloadUUID')
})
