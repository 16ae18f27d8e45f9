import { describe, expect, it } from 'vitest'
import {
  desktopDeprecations,
  desktopKey,
  desktopKeys,
  keysUnderstoodBy,
  nearestDesktopKey,
} from '../../../src/bundle/catalogue/desktop-keys.js'
import { parseVersion } from '../../../src/gates/version.js'

/** The key changelog, release by release, as it was read on 2026-09-05. */
const changelog: Record<string, string> = {
  baseline:
    'isDesktopExtensionEnabled isDesktopExtensionSignatureRequired isDxtEnabled isDxtSignatureRequired isLocalDevMcpEnabled isClaudeCodeForDesktopEnabled coworkEgressAllowedHosts otlpEndpoint otlpProtocol otlpHeaders autoUpdaterEnforcementHours disableAutoUpdates inferenceProvider inferenceGatewayBaseUrl inferenceGatewayApiKey inferenceVertexProjectId inferenceVertexRegion inferenceVertexCredentialsFile inferenceVertexOAuthClientId inferenceVertexOAuthClientSecret inferenceVertexOAuthScopes inferenceVertexBaseUrl inferenceBedrockRegion inferenceBedrockBearerToken inferenceBedrockBaseUrl inferenceBedrockProfile inferenceBedrockAwsDir inferenceFoundryResource inferenceFoundryApiKey inferenceModels deploymentOrganizationUuid disableEssentialTelemetry disableNonessentialTelemetry disableNonessentialServices managedMcpServers disabledBuiltinTools allowedWorkspaceFolders inferenceCredentialHelper inferenceCredentialHelperTtlSec inferenceMaxTokensPerWindow inferenceTokenWindowHours requireCoworkFullVmSandbox inferenceGatewayHeaders',
  '1.3036.0': 'inferenceGatewayAuthScheme',
  '1.3834.0': 'disableDeploymentModeChooser',
  '1.5186.0': 'inferenceBedrockServiceTier',
  '1.5354.0': 'otlpResourceAttributes',
  '1.6259.0':
    'inferenceBedrockSsoStartUrl inferenceBedrockSsoRegion inferenceBedrockSsoAccountId inferenceBedrockSsoRoleName',
  '1.6889.0': 'disableDeepLinkRegistration inferenceGatewayOidc',
  '1.7196.0': 'banner',
  '1.8089.0':
    'inferenceAnthropicApiKey inferenceCustomHeaders modelDiscoveryEnabled orgPluginSettings builtinToolPolicy inferenceCredentialHelperTimeoutSec',
  '1.8555.0': 'inferenceCredentialKind',
  '1.9255.0': 'otlpDesktopLogLevel inferenceFoundryTenantId inferenceFoundryClientId',
  '1.9659.0': 'coworkTabEnabled',
  '1.10628.0':
    'inferenceVertexWorkforceAudience inferenceVertexWorkforceUserProject inferenceVertexWorkforceOidc organizationPluginsUrl autoModeEnabled inferenceCredentialHelperSilentRefreshEnabled bootstrapEnabled bootstrapUrl bootstrapOidc',
  '1.12603.0': 'inferenceVertexOAuthLoginHint',
  '1.13576.0': 'chatTabEnabled inferenceBedrockAwsCliPath',
  '1.14271.0': 'chatAdvancedFileAnalysisEnabled inferenceSessionLifetimeSec',
  '1.15962.0': 'otlpContentCapture disableBundledSkills',
  '1.17377.1': 'allowedPluginMarketplaces',
  '1.19367.0': 'inferenceFoundryAuthFlow microsoftAuthBroker',
  '1.21459.0': 'disableFeatureDiscovery toolSearchEnabled',
  '1.22209.0': 'otlpTracesEnabled',
  '1.24012.0': 'enduserAttribution userContentRendererUrl',
  '1.24012.9': 'mcpPersistentAlwaysAllowEnabled',
  '1.25927.0':
    'inferenceGatewayOidcAuthFlow inferenceVertexWorkforceAuthFlow trustBootstrapLocalExec skillCreationEnabled endUserAttribution deploymentDisplayName deploymentDisplaySubtitle',
  '1.26832.0': 'updateViaUpdatesHost trustBootstrapDelivery',
  '1.28929.0': 'modelPrefer1mContext claudeAiImport',
  '1.30096.1': 'otlpAuthMode otlpHeadersHelper',
  '1.32885.1': 'bootstrapHeaders bootstrapHeadersHelper',
  '1.37937.0':
    'inferenceModelPricingEnabled inferenceModelPricingMultiplier inferenceModelPricing userPluginMarketplacesEnabled userPluginUploadsEnabled mcpToolTimeoutSec skipWebFetchPreflight organizationInstructions',
  '1.40609.0': 'sshHostAllowlist disableConfigDeprecationWarnings',
  '1.44121.1': 'inferenceStreamIdleTimeoutSec egressProxyUrl egressProxyPacUrl',
  '1.46388.1':
    'sshClientPath configRecheckIntervalMinutes disableBypassPermissionsMode blockReadsOutsideWorkingDirectories relaunchEnforcementHours',
}

describe('desktopKeys', () => {
  it('gives each key of the changelog its first release, and dates no other key', () => {
    const dated = Object.entries(changelog).flatMap(([release, names]) =>
      names.split(' ').map((name) => [name, release] as const),
    )
    const since = (name: string) => {
      const key = desktopKey(name)
      return key === undefined || key.firstRelease === 'not-stated' ? 'none' : (key.since ?? 'baseline')
    }

    expect(dated.map(([name]) => [name, since(name)])).toEqual(dated)
    expect(
      desktopKeys.filter(({ since: first, name }) => first !== undefined && !dated.some(([key]) => key === name)),
    ).toEqual([])
  })

  it('names each key once, sorted, with a source and a day', () => {
    const names = desktopKeys.map(({ name }) => name)

    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual([...names].sort())
    for (const key of desktopKeys) {
      expect(URL.canParse(key.source), key.name).toBe(true)
      expect(key.checked).toMatch(/^2026-\d\d-\d\d$/)
    }
  })

  it('writes every release as a version that compares', () => {
    const releases = desktopKeys.flatMap(({ since, seenIn, removedIn, deprecated }) =>
      [since, seenIn, removedIn, deprecated?.since].filter((text) => text !== undefined),
    )

    expect(releases.length).toBeGreaterThan(80)
    for (const release of releases) expect(parseVersion(release)).toMatchObject({ kind: 'version', normal: release })
  })

  it('marks as secret whatever may hold a credential', () => {
    expect(desktopKeys.filter(({ secret }) => secret).map(({ name }) => name)).toEqual([
      'bootstrapHeaders',
      'bootstrapOidc',
      'inferenceAnthropicApiKey',
      'inferenceBedrockBearerToken',
      'inferenceCustomHeaders',
      'inferenceFoundryApiKey',
      'inferenceGatewayApiKey',
      'inferenceGatewayHeaders',
      'inferenceGatewayOidc',
      'inferenceVertexOAuthClientSecret',
      'inferenceVertexWorkforceOidc',
      'managedMcpServers',
      'otlpHeaders',
    ])
  })

  it('knows the group that leaves a local configuration in force', () => {
    expect(desktopKeys.filter(({ appBehaviour }) => appBehaviour).map(({ name }) => name)).toEqual([
      'autoUpdaterEnforcementHours',
      'configRecheckIntervalMinutes',
      'disableAutoUpdates',
      'egressProxyPacUrl',
      'egressProxyUrl',
      'relaunchEnforcementHours',
      'updateViaUpdatesHost',
    ])
  })

  it('names a real key for each that is retired', () => {
    const retired = desktopKeys.filter(({ deprecated }) => deprecated?.until !== undefined)

    expect(retired.map(({ name, deprecated }) => [name, deprecated?.use])).toEqual([
      ['chatCodeExecutionEnabled', 'chatAdvancedFileAnalysisEnabled'],
      ['enduserAttribution', 'endUserAttribution'],
      ['inferenceGatewayHeaders', 'inferenceCustomHeaders'],
      ['isDxtEnabled', 'isDesktopExtensionEnabled'],
      ['isDxtSignatureRequired', 'isDesktopExtensionSignatureRequired'],
      ['trustBootstrapLocalExec', 'trustBootstrapDelivery'],
    ])
    for (const { deprecated } of retired) expect(desktopKey(deprecated?.use ?? '')).toBeDefined()
  })
})

describe('nearestDesktopKey', () => {
  it.each([
    ['otlpendpoint', 'otlpEndpoint'],
    ['otlpEndpont', 'otlpEndpoint'],
    ['disableAutoUpdate', 'disableAutoUpdates'],
  ])('takes %s for %s', (name, meant) => {
    expect(nearestDesktopKey(name)?.name).toBe(meant)
  })

  it('has no idea about anything else', () => {
    expect(nearestDesktopKey('permissions')).toBeUndefined()
  })
})

describe('keysUnderstoodBy', () => {
  it.each([
    ['1.17377.1', 'allowedPluginMarketplaces', 'understood'],
    ['1.17377.0', 'allowedPluginMarketplaces', { since: '1.17377.1' }],
    // A text or decimal comparison would call 1.9255.0 newer.
    ['1.17377.0', 'otlpDesktopLogLevel', 'understood'],
    ['1.9255.0', 'allowedPluginMarketplaces', { since: '1.17377.1' }],
    ['2.110.0', 'allowedPluginMarketplaces', 'understood'],
    // Third numbers ran into the thousands before the scheme changed; that is no newer.
    ['1.1.9669', 'banner', { since: '1.7196.0' }],
    ['1.17377.1-beta.1', 'allowedPluginMarketplaces', { since: '1.17377.1' }],
    ['1.3036.0', 'otlpEndpoint', 'understood'],
    ['1.1.4173', 'otlpEndpoint', 'not-stated'],
    ['1.32885.1', 'forceLoginOrgUUID', 'understood'],
    ['1.30096.1', 'forceLoginOrgUUID', 'not-stated'],
    ['2.110.0', 'effortLevel', 'not-stated'],
    ['1.18286.0', 'disableDefaultPlugins', { removedIn: '1.18286.0' }],
    ['1.17377.1', 'disableDefaultPlugins', 'not-stated'],
    ['2.110.0', 'permissions', 'unknown-key'],
    ['2.110.0', 'toString', 'unknown-key'],
  ])('in %s, %s is %j', (version, name, answer) => {
    expect(keysUnderstoodBy(version)(name)).toEqual(answer)
  })

  it('refuses a version that was not read first', () => {
    expect(() => keysUnderstoodBy('1,17377')('banner')).toThrow(TypeError)
  })
})

describe('desktopDeprecations', () => {
  const places = (settings: Record<string, unknown>) =>
    Object.fromEntries(
      desktopDeprecations
        .map((deprecation) => [deprecation.id, deprecation.placesIn(settings)] as const)
        .filter(([, found]) => found.length > 0),
    )

  it.each([
    [{ otlpHeaders: 'Authorization=Bearer x' }, { 'header-map-text': ['otlpHeaders'] }],
    [{ otlpResourceAttributes: ['team: a'] }, { 'header-map-text': ['otlpResourceAttributes'] }],
    [{ inferenceGatewayAuthScheme: 'sso' }, { 'gateway-auth-sso': ['inferenceGatewayAuthScheme'] }],
    [{ inferenceGatewayAuthScheme: 'auto' }, { 'gateway-auth-auto': ['inferenceGatewayAuthScheme'] }],
    [{ inferenceCredentialKind: 'oauth' }, { 'credential-oauth': ['inferenceCredentialKind'] }],
    [
      { inferenceCredentialKind: 'interactive', inferenceVertexWorkforceAudience: 'a' },
      { 'credential-interactive-workforce': ['inferenceCredentialKind'] },
    ],
    [{ orgPluginSettings: { plugin: {} } }, { 'org-plugin-settings-record': ['orgPluginSettings'] }],
    [{ builtinToolPolicy: { Bash: 'ask-session' } }, { 'ask-session': ['builtinToolPolicy.Bash'] }],
    [
      { orgPluginSettings: [{ tools: [{ permission: 'ask-session' }] }] },
      { 'ask-session': ['orgPluginSettings[0].tools[0].permission'] },
    ],
    [
      {
        managedMcpServers: [
          { server: 'github' },
          { transport: 'http', url: 'https://a.example', oauth: { scope: ['a'] } },
          { transport: 'builtin', source: 'a', scopes: 'b' },
          { url: 'https://a.example', oauth: 'x' },
        ],
      },
      {
        'mcp-entry-form': [
          'managedMcpServers[1].oauth.scope',
          'managedMcpServers[2].scopes',
          'managedMcpServers[2].source',
          'managedMcpServers[2].transport',
          'managedMcpServers[3]',
          'managedMcpServers[3].oauth',
        ],
      },
    ],
  ])('finds the old form in %j', (settings, found) => {
    expect(places(settings)).toEqual(found)
  })

  it('finds nothing in the forms to use instead', () => {
    expect(
      places({
        otlpHeaders: { Authorization: 'Bearer x' },
        inferenceGatewayAuthScheme: 'bearer',
        inferenceCredentialKind: 'interactive',
        orgPluginSettings: [{ serverName: 'a', tools: [{ toolName: 'b', permission: 'ask' }] }],
        managedMcpServers: [
          { transport: 'http', url: 'https://a.example', oauth: { scope: 'a b' } },
          { server: 'github' },
        ],
      }),
    ).toEqual({})
  })
})
