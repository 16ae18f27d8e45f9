/**
 * Which keys combine in a way of their own. Pages, with the day of the copy that was read:
 * https://code.claude.com/docs/en/managed-settings ("Keys read from every admin source", "Compose every managed
 * source"; 2026-10-08), https://code.claude.com/docs/en/settings-reference#managedsourcesbehavior (2026-10-08),
 * https://code.claude.com/docs/en/settings (2026-10-08), https://code.claude.com/docs/en/server-managed-settings
 * (2026-08-22).
 */
import { interfaceKeys } from '../catalogue/interface-keys.js'
import { type SettingsKey, simpleTypes } from '../catalogue/settings-key.js'
import { type Client, holdsFrom } from './client-reads.js'
import { type LowerSource, lowerSources } from './source.js'

/** Keys that make no source a policy. */
export const controlKeys = ['wslInheritsWindowsSettings', 'managedSourcesBehavior'] as const

/** From when `env` is merged variable by variable, and from when sources can be merged. */
export const envMergeSince = '2.1.223'
export const mergeSince = '2.1.242'
export const dropInsSince = '2.1.83'

/**
 * How a key that is read from every admin source combines. `highest`: of those that set it. `agreed`: no page says what
 * happens when sources differ.
 */
export type EverySourceRule = {
  readonly how: 'true-anywhere' | 'false-anywhere' | 'highest' | 'agreed' | 'lowest-cap' | 'union' | 'opt-out'
  readonly since?: string
}

const everySourceRules: Readonly<Record<string, EverySourceRule>> = {
  'sandbox.network.allowManagedDomainsOnly': { how: 'true-anywhere' },
  'sandbox.filesystem.allowManagedReadPathsOnly': { how: 'true-anywhere' },
  allowAllClaudeAiMcps: { how: 'true-anywhere' },
  allowManagedMcpServersOnly: { how: 'true-anywhere', since: '2.1.273' },
  deniedMcpServers: { how: 'union', since: '2.1.273' },
  disableClaudeAiConnectors: { how: 'true-anywhere', since: '2.1.273' },
  'sandbox.bwrapPath': { how: 'highest' },
  'sandbox.socatPath': { how: 'highest' },
  'sandbox.ripgrep': { how: 'highest' },
  'sandbox.filesystem.disabled': { how: 'agreed' },
  'sandbox.network.strictAllowlist': { how: 'agreed' },
  useAutoModeDuringPlan: { how: 'false-anywhere' },
  syncClaudeAiSkills: { how: 'false-anywhere' },
  syncClaudeAiPlugins: { how: 'false-anywhere' },
  enableArtifact: { how: 'false-anywhere', since: '2.1.242' },
  maxEffortLevel: { how: 'lowest-cap', since: '2.1.267' },
  attribution: { how: 'opt-out' },
  'attribution.commit': { how: 'opt-out' },
  includeCoAuthoredBy: { how: 'opt-out' },
  forceRemoteSettingsRefresh: { how: 'true-anywhere', since: '2.1.191' },
}

/** The rule of a key that counts from every admin source, whichever wins; undefined for all other keys. */
export function everySourceRule(path: string, client: Client): EverySourceRule | undefined {
  const rule = Object.hasOwn(everySourceRules, path) ? everySourceRules[path] : undefined
  return rule !== undefined && holdsFrom(rule.since, client) ? rule : undefined
}

/** Caps from the lowest up; `max` caps nothing. */
export const effortLevels = ['low', 'medium', 'high', 'xhigh', 'max'] as const

/** A list that counts from every admin source while its lock is on. */
export const listsUnderLock: readonly {
  readonly list: string
  readonly lock: string
  readonly how: 'union' | 'highest'
  readonly since?: string
}[] = [
  { list: 'sandbox.network.allowedDomains', lock: 'sandbox.network.allowManagedDomainsOnly', how: 'union' },
  { list: 'sandbox.filesystem.allowRead', lock: 'sandbox.filesystem.allowManagedReadPathsOnly', how: 'union' },
  { list: 'allowedMcpServers', lock: 'allowManagedMcpServersOnly', how: 'highest', since: '2.1.273' },
]

/** Managed locks, and the keys of users and projects that they shut out (with everything inside these). */
export const locksOnLowerFiles: readonly { readonly lock: string; readonly keys: readonly string[] }[] = [
  {
    lock: 'allowManagedPermissionRulesOnly',
    keys: ['permissions.allow', 'permissions.ask', 'permissions.deny'],
  },
  { lock: 'allowManagedHooksOnly', keys: ['hooks', 'statusLine', 'fileSuggestion', 'subagentStatusLine'] },
  { lock: 'allowManagedMcpServersOnly', keys: ['allowedMcpServers'] },
  { lock: 'sandbox.network.allowManagedDomainsOnly', keys: ['sandbox.network.allowedDomains'] },
  { lock: 'sandbox.filesystem.allowManagedReadPathsOnly', keys: ['sandbox.filesystem.allowRead'] },
]

/** Login keys of a gateway: never from the server, always from the highest admin source on the machine. */
export const gatewayKeys = ['forceLoginGatewayUrl', 'gatewayInternalNetworks'] as const

/** Under merge, read from the highest source with a policy key alone. */
const highestOnly = new Set([
  'apiKeyHelper',
  'awsAuthRefresh',
  'awsCredentialExport',
  'gcpAuthRefresh',
  'otelHeadersHelper',
  'proxyAuthHelper',
  'forceLoginOrgUUID',
  'forceLoginMethod',
  'parentSettingsBehavior',
  'modelPicker',
  'policyHelper',
  'permissions.defaultMode',
])

/** Under merge, the list comes whole from the highest source that sets it. */
const wholeLists = new Set([
  'availableModels',
  'allowedMcpServers',
  'allowedProviders',
  'strictKnownMarketplaces',
  'allowedChannelPlugins',
  'fallbackModel',
])

const wholeValuesSince = '2.1.257'
const wholeValues = new Set(['sandbox.credentials.awsPairs', 'sandbox.ripgrep'])

/** Values that count as strict, of the locks that the page names. The last is the strictest. */
const namedLocks: Readonly<Record<string, readonly unknown[]>> = {
  crossSessionInbound: ['accept', 'hold', 'refuse'],
  'permissions.disableBypassPermissionsMode': ['disable'],
  allowManagedPermissionRulesOnly: [false, true],
  allowManagedHooksOnly: [false, true],
  allowManagedMcpServersOnly: [false, true],
  'sandbox.network.allowManagedDomainsOnly': [false, true],
  'sandbox.filesystem.allowManagedReadPathsOnly': [false, true],
}

const preferences = new Set(interfaceKeys.map(({ path }) => path))

export type MergeKind =
  | { readonly kind: 'highest-only' | 'whole-list' | 'whole-value' | 'union' | 'highest' | 'model-overrides' | 'entry' }
  /** `ladder`: values from the loosest to the strictest. */
  | { readonly kind: 'lock'; readonly ladder: readonly unknown[] }
  | { readonly kind: 'maybe-lock' }

/** How sources combine a key under `managedSourcesBehavior: merge`. `path` is the key, `entry` an entry in an object. */
export function mergeKindOf(path: string, key: SettingsKey | undefined, value: unknown, client: Client): MergeKind {
  if (highestOnly.has(path)) return { kind: 'highest-only' }
  if (wholeLists.has(path)) return { kind: 'whole-list' }
  if (wholeValues.has(path) && holdsFrom(wholeValuesSince, client)) return { kind: 'whole-value' }
  if (path === 'modelOverrides') return { kind: 'model-overrides' }
  if (Array.isArray(value)) return { kind: 'union' }
  const ladder = Object.hasOwn(namedLocks, path) ? namedLocks[path] : undefined
  if (ladder !== undefined) return { kind: 'lock', ladder }
  if (key?.open === true) return { kind: 'entry' }
  if (key !== undefined && !preferences.has(path) && takesFewWords(key)) return { kind: 'maybe-lock' }
  return { kind: 'highest' }
}

/** Booleans and keys of a few words: the page calls some of them locks and does not name them all. */
function takesFewWords(key: SettingsKey): boolean {
  return simpleTypes(key.type).some((type) => type === 'boolean' || (typeof type === 'object' && 'enum' in type))
}

/** Keys whose stricter value in a file of the user or a project counts although managed settings say otherwise. */
export interface StricterBelow {
  readonly path: string
  /** From the loosest to the strictest. */
  readonly ladder: readonly unknown[]
  readonly from: readonly LowerSource[]
  /** From these, other values are not heard at all. */
  readonly onlyStricterFrom: readonly LowerSource[]
  readonly since?: string
}

const files: readonly LowerSource[] = ['local', 'project']
const own: readonly LowerSource[] = ['local', 'user']
const none: readonly LowerSource[] = []

/** https://code.claude.com/docs/en/settings#exceptions-to-managed-settings-precedence (2026-10-08). */
const stricterBelow: readonly StricterBelow[] = [
  { path: 'disableClaudeAiConnectors', ladder: [false, true], from: lowerSources, onlyStricterFrom: none },
  { path: 'enableArtifact', ladder: [true, false], from: lowerSources, onlyStricterFrom: files, since: '2.1.242' },
  { path: 'isolatePeerMachines', ladder: [false, true], from: lowerSources, onlyStricterFrom: none },
  {
    path: 'permissions.blockReadsOutsideWorkingDirectories',
    ladder: [false, true],
    from: lowerSources,
    onlyStricterFrom: none,
    since: '2.1.257',
  },
  { path: 'autoMode.classifyAllShell', ladder: [false, true], from: ['user'], onlyStricterFrom: none },
  { path: 'remoteControlAtStartup', ladder: [true, false], from: files, onlyStricterFrom: files },
  { path: 'crossSessionInbound', ladder: ['accept', 'hold', 'refuse'], from: files, onlyStricterFrom: files },
  { path: 'useAutoModeDuringPlan', ladder: [true, false], from: own, onlyStricterFrom: none },
  { path: 'syncClaudeAiSkills', ladder: [true, false], from: own, onlyStricterFrom: none },
  { path: 'syncClaudeAiPlugins', ladder: [true, false], from: own, onlyStricterFrom: none },
  {
    path: 'maxEffortLevel',
    ladder: [...effortLevels].reverse(),
    from: lowerSources,
    onlyStricterFrom: none,
    since: '2.1.267',
  },
]

export function stricterBelowOf(path: string, client: Client): StricterBelow | undefined {
  return stricterBelow.find((rule) => rule.path === path && holdsFrom(rule.since, client))
}

/** Objects whose entries join across levels: each entry is a rule of its own by what the pages say of it. */
export const entriesJoinUpward = new Set(['env', 'enabledPlugins', 'hooks', 'extraKnownMarketplaces'])
