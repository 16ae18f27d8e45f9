import { exitCode, Failure } from '../platform/failure.js'
import type { McpServer } from '../policy/access.js'
import type { RequiredHook } from '../policy/hooks.js'
import type { MarketplaceSource } from '../policy/plugins.js'
import { findKey } from './catalogue/claude-code-keys.js'
import type { JsonValue } from './formats/json-text.js'
import { headersHelperCommand } from './headers-helper.js'
import { type AppleMdm, platformNames, platformOf, type SettingsPlatform } from './places.js'
import type { BundlePlan } from './plan.js'
import { needsHeadersHelper, telemetryEnvironment } from './telemetry-environment.js'

/** The way a set of managed settings travels; it decides what can be filled in for each endpoint. */
export type SettingsChannel =
  | { readonly kind: 'file'; readonly platform: SettingsPlatform }
  /** A script fills in serial number and host name on the endpoint, where `{{FleetSerial}}` and `{{FleetHostname}}` stand. */
  | { readonly kind: 'script'; readonly platform: SettingsPlatform }
  | { readonly kind: 'profile'; readonly mdm: AppleMdm }
  /** The `.reg` file: nothing can be filled in. */
  | { readonly kind: 'registry' }
  /** The admin console: one text for every platform. */
  | { readonly kind: 'server' }

type Settings = Record<string, JsonValue>

/**
 * The managed settings of Claude Code for one channel, from the policy. Throws a Failure when `claudeCode.settings`
 * says again what another section says.
 */
export function claudeCodeSettings(plan: BundlePlan, channel: SettingsChannel): Settings {
  const { policy } = plan.loaded
  const built: Settings = {
    ...versions(plan),
    ...telemetry(plan, channel),
    ...permissions(plan),
    ...hooks(plan, channel),
    ...plugins(plan),
    ...mcp(plan),
  }
  const settings = joined(plan, built, (policy.claudeCode?.settings ?? {}) as Settings)
  return channel.kind === 'server' ? withoutMachineKeys(plan, settings) : settings
}

function versions({ loaded }: BundlePlan): Settings {
  const { minimumVersion, maximumVersion } = loaded.policy.claudeCode ?? {}
  return {
    ...(minimumVersion !== undefined && { requiredMinimumVersion: minimumVersion }),
    ...(maximumVersion !== undefined && { requiredMaximumVersion: maximumVersion }),
  }
}

function telemetry(plan: BundlePlan, channel: SettingsChannel): Settings {
  if (plan.loaded.policy.telemetry === undefined) return {}
  const env = telemetryEnvironment(plan, channel)
  if (!needsHeadersHelper(plan)) return { env }
  const platform = platformOf(channel)
  if (platform !== undefined) return { env, otelHeadersHelper: headersHelperCommand(platform) }
  plan.warn({
    code: 'headers-not-in-console',
    message:
      'The settings for the admin console carry no headers: the helper stands at another place on each platform, so one text cannot name it. Deliver telemetry by profile, registry or file.',
  })
  return { env }
}

function permissions({ loaded }: BundlePlan): Settings {
  const { permissions: section } = loaded.policy
  if (section === undefined) return {}
  const { allow, ask, deny, managedOnly, forbidBypass, forbidAuto } = section
  const rules: Settings = {
    ...(allow.length > 0 && { allow }),
    ...(ask.length > 0 && { ask }),
    ...(deny.length > 0 && { deny }),
    // The word, not a boolean: `true` is dropped.
    ...(forbidBypass && { disableBypassPermissionsMode: 'disable' }),
    ...(forbidAuto && { disableAutoMode: 'disable' }),
  }
  return {
    ...(Object.keys(rules).length > 0 && { permissions: rules }),
    ...(managedOnly && { allowManagedPermissionRulesOnly: true }),
  }
}

function hooks(plan: BundlePlan, channel: SettingsChannel): Settings {
  const { hooks: section } = plan.loaded.policy
  if (section === undefined) return {}
  const events = new Map<string, Map<string | undefined, JsonValue[]>>()
  for (const hook of section.required) {
    const handler = handlerOf(plan, hook, channel)
    if (handler === undefined) continue
    const matchers = events.get(hook.event) ?? new Map<string | undefined, JsonValue[]>()
    matchers.set(hook.matcher, [...(matchers.get(hook.matcher) ?? []), handler])
    events.set(hook.event, matchers)
  }
  const byEvent = [...events].map(([event, matchers]): [string, JsonValue] => [
    event,
    [...matchers].map(([matcher, handlers]) => ({ ...(matcher !== undefined && { matcher }), hooks: handlers })),
  ])
  return {
    ...(byEvent.length > 0 && { hooks: Object.fromEntries(byEvent) }),
    ...(section.managedOnly && mayStandAlone(plan, channel, byEvent.length) && { allowManagedHooksOnly: true }),
  }
}

/**
 * Whether only managed hooks may run in this channel. Where the policy wants hooks and this channel carries none, the
 * key would switch off the hooks of users and put nothing in their place. Without wanted hooks that is what was asked.
 */
function mayStandAlone(plan: BundlePlan, channel: SettingsChannel, delivered: number): boolean {
  const { hooks: section, claudeCode } = plan.loaded.policy
  if (delivered > 0 || section?.required.length === 0 || claudeCode?.settings.hooks !== undefined) return true
  const platform = platformOf(channel)
  plan.warn({
    code: 'managed-only-without-hook',
    message:
      'allowManagedHooksOnly is left out of {places}: no hook of the policy runs there, so it would only switch off the hooks of users.',
    place: `the settings for ${platform === undefined ? 'the admin console' : platformNames[platform]}`,
  })
  return false
}

function handlerOf(plan: BundlePlan, hook: RequiredHook, channel: SettingsChannel): Settings | undefined {
  const timeout = hook.timeoutSeconds === undefined ? {} : { timeout: hook.timeoutSeconds }
  if (hook.url !== undefined) return { type: 'http', url: hook.url, ...timeout }
  const platform = platformOf(channel)
  const command = platform && hookCommand(hook, platform)
  if (command !== undefined) return { type: 'command', command, ...timeout }
  plan.warn({
    code: 'hook-not-on-platform',
    message:
      platform === undefined
        ? 'The hooks for {places} are left out of the settings for the admin console: one text cannot name a command for each platform. Deliver them by profile, registry or file.'
        : `The hooks for {places} have no command for ${platformNames[platform]}, and do not run there.`,
    place: hook.event,
  })
  return undefined
}

/**
 * The command of a hook on one platform. A plain path is one for macOS and Linux: on Windows the file would be missing,
 * and a missing file lets every tool run.
 */
export function hookCommand({ command }: RequiredHook, platform: SettingsPlatform): string | undefined {
  if (command === undefined) return undefined
  if (typeof command === 'string') return platform === 'windows' ? undefined : command
  return command[platform]
}

function plugins({ loaded }: BundlePlan): Settings {
  const { plugins: section } = loaded.policy
  if (section === undefined) return {}
  const known = section.marketplaces.map(({ name, source, autoUpdate }): [string, JsonValue] => [
    name,
    { source: sourceOf(source), ...(autoUpdate !== undefined && { autoUpdate }) },
  ])
  const forced = section.approved.filter((plugin) => plugin.forced)
  return {
    ...(known.length > 0 && { extraKnownMarketplaces: Object.fromEntries(known) }),
    // Allows, and registers nothing; the key above does.
    ...(section.onlyThese && { strictKnownMarketplaces: section.marketplaces.map(({ source }) => sourceOf(source)) }),
    ...(forced.length > 0 && { enabledPlugins: Object.fromEntries(forced.map(({ plugin }) => [plugin, true])) }),
  }
}

function sourceOf(source: MarketplaceSource): Settings {
  if ('url' in source) return { source: 'url', url: source.url }
  const { ref, path } = source
  const pinned = { ...(ref !== undefined && { ref }), ...(path !== undefined && { path }) }
  if ('github' in source) return { source: 'github', repo: source.github, ...pinned }
  return { source: 'git', url: source.git, ...pinned }
}

function mcp({ loaded }: BundlePlan): Settings {
  const { mcp: section } = loaded.policy
  if (section === undefined) return {}
  const { allowed, denied, managedOnly } = section
  return {
    ...(allowed !== undefined && { allowedMcpServers: allowed.map(serverEntry) }),
    ...(denied.length > 0 && { deniedMcpServers: denied.map(serverEntry) }),
    // Without a list the lock loads everything that is not denied.
    ...(allowed !== undefined && managedOnly && { allowManagedMcpServersOnly: true }),
  }
}

function serverEntry(server: McpServer): Settings {
  if ('name' in server) return { serverName: server.name }
  return 'url' in server ? { serverUrl: server.url } : { serverCommand: server.command }
}

/** The built settings with the policy's further ones; objects join, and nothing may be said twice. */
function joined(plan: BundlePlan, built: Settings, more: Settings, path = 'claudeCode.settings'): Settings {
  const result: Settings = { ...built }
  for (const [key, value] of Object.entries(more)) {
    const place = `${path}.${key}`
    const present = Object.hasOwn(result, key) ? result[key] : undefined
    if (present === undefined)
      Object.defineProperty(result, key, { value, enumerable: true, writable: true, configurable: true })
    else if (isObject(present) && isObject(value)) result[key] = joined(plan, present, value, place)
    else
      throw new Failure(exitCode.inputRefused, 'policy-setting-twice', 'The policy sets one thing in two places.', {
        where: { file: plan.loaded.file ?? 'fleet.yaml', path: place },
        tryThis: ['Another section of the policy writes this key already: remove it here, or there.'],
      })
  }
  return result
}

function isObject(value: JsonValue): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Keys that only a machine can carry: https://code.claude.com/docs/en/server-managed-settings (2026-08-22). */
function withoutMachineKeys(plan: BundlePlan, settings: Settings): Settings {
  const kept = Object.entries(settings).filter(([key, value]) => {
    const known = findKey([key])?.key
    const machineOnly =
      known?.machineOnly === true || (typeof value === 'string' && known?.machineOnlyValues?.includes(value) === true)
    if (machineOnly)
      plan.warn({
        code: 'key-not-in-console',
        message: `${key} is left out of the settings for the admin console, which cannot carry it.`,
      })
    return !machineOnly
  })
  return Object.fromEntries(kept)
}
