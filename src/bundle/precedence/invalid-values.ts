import { parseVersion } from '../../gates/version.js'
import { checkMcpEntry } from '../catalogue/mcp-entry.js'
import { readPermissionRule } from '../catalogue/permission-rule.js'
import { fitsType, type SettingsKey, simpleTypes, valueProblem } from '../catalogue/settings-key.js'
import { clientBehaviour } from '../client-behaviour.js'
import { isRecord } from '../is-record.js'
import { behavioursOf, type Client, holdsFrom } from './client-reads.js'
import type { SettingsLeaf } from './settings-leaves.js'

/** What a client makes of the value of a leaf. */
export type ValueReading =
  | {
      readonly kind: 'used'
      readonly value: unknown
      /** Entries of a list that it leaves out. */
      readonly strippedItems: readonly unknown[]
    }
  /** It falls back to a stricter value; `value` is missing where its form was not read. */
  | { readonly kind: 'stricter'; readonly value?: unknown }
  | { readonly kind: 'dropped' }

/**
 * What stricter value an invalid one falls to:
 * https://code.claude.com/docs/en/managed-settings#keys-that-fail-closed (2026-10-08).
 */
const stricterValues: Readonly<Record<string, unknown>> = {
  allowManagedHooksOnly: true,
  allowManagedMcpServersOnly: true,
  allowedChannelPlugins: [],
  allowedHttpHookUrls: [],
  allowedMcpServers: [],
  availableModels: [],
  crossSessionInbound: 'refuse',
  disableCommandPluginSources: true,
  disableSideloadFlags: true,
  enforceAvailableModels: true,
  forceLoginOrgUUID: [],
  httpHookAllowedEnvVars: [],
  strictKnownMarketplaces: [],
  syncClaudeAiPlugins: false,
}

/** What managed settings make of a leaf's value; the leaf's key must be known. */
export function readManagedValue(leaf: SettingsLeaf, client: Client): ValueReading {
  const reading = readValue(leaf)
  // Seen: a value other than "disable" forbids the bypass all the same from 2.1.282 on.
  if (reading.kind === 'dropped' && leaf.found?.key.path === 'permissions.disableBypassPermissionsMode')
    return behavioursOf(clientBehaviour.wrongType, client).includes('entry-ignored')
      ? { kind: 'stricter', value: 'disable' }
      : reading
  const rule = leaf.found?.inside.length === 0 ? leaf.found.key.whenInvalid : undefined
  // An invalid policyHelper is left out; what fails closed is a helper that was started.
  if (reading.kind !== 'dropped' || rule?.result !== 'fails-closed' || leaf.found?.key.path === 'policyHelper')
    return reading
  if (!holdsFrom(rule.since, client)) return reading
  const path = leaf.found?.key.path ?? ''
  // Seen with "true" in quotes: clients before 2.1.229 dropped such a lock.
  if (stricterValues[path] === true && !behavioursOf(clientBehaviour.booleanAsText, client).includes('on'))
    return reading
  return Object.hasOwn(stricterValues, path) ? { kind: 'stricter', value: stricterValues[path] } : { kind: 'stricter' }
}

/** What becomes of a value by its type and entries alone. */
export function readValue({ value, found }: SettingsLeaf): ValueReading {
  if (found === undefined) return { kind: 'dropped' }
  const { key, inside } = found
  if (inside.length > 0) return entryFits(key, value) ? used(value) : { kind: 'dropped' }
  if (/^required(?:Minimum|Maximum)Version$/.test(key.path))
    return typeof value === 'string' && isPlainVersion(value) ? used(value) : { kind: 'dropped' }
  if (!Array.isArray(value)) return valueProblem(key, value) === undefined ? used(value) : { kind: 'dropped' }
  const items: readonly unknown[] = value
  const kept = items.filter((item) => itemFits(key, item))
  if (valueProblem(key, kept) !== undefined) return { kind: 'dropped' }
  return { kind: 'used', value: kept, strippedItems: items.filter((item) => !itemFits(key, item)) }
}

function used(value: unknown): ValueReading {
  return { kind: 'used', value, strippedItems: [] }
}

/** A range or a word is a version to nobody; a client was seen to start with `9,0,0` as its floor (2026-11-20). */
function isPlainVersion(text: string): boolean {
  return /^\d+\.\d+\.\d+/.test(text) && parseVersion(text).kind === 'version'
}

/** Entries of objects with free names. Numbers in env were seen to be accepted (2.1.197, 2026-11-20). */
function entryFits(key: SettingsKey, value: unknown): boolean {
  switch (key.path) {
    case 'env':
      return typeof value === 'string' || typeof value === 'number'
    case 'enabledPlugins':
      return typeof value === 'boolean' || fitsType(value, 'string[]')
    case 'extraKnownMarketplaces':
    case 'managedMcpServers':
      return isRecord(value)
    case 'hooks':
      return Array.isArray(value)
    default:
      return true
  }
}

function itemFits(key: SettingsKey, item: unknown): boolean {
  switch (key.path) {
    case 'permissions.allow':
    case 'permissions.ask':
    case 'permissions.deny': {
      const list = key.path.slice('permissions.'.length) as 'allow' | 'ask' | 'deny'
      return typeof item === 'string' && readPermissionRule(item, list).ok
    }
    case 'allowedMcpServers':
    case 'deniedMcpServers':
      return checkMcpEntry(item, key.path).ok
  }
  return simpleTypes(key.type).some((type) => {
    if (type === 'string[]') return typeof item === 'string'
    if (type === 'object[]') return isRecord(item)
    if (typeof type === 'object' && 'enumArray' in type)
      return typeof item === 'string' && type.enumArray.includes(item)
    return type === 'any'
  })
}

/**
 * Whether hooks have the shape clients read: a group with a list of hooks and a matcher that is a text. Others make a
 * managed file lose all its hooks: https://code.claude.com/docs/en/debug-your-config (2026-08-22), and observed.
 */
export function hooksAreWellShaped(hooks: unknown): boolean {
  if (!isRecord(hooks)) return false
  return Object.values(hooks).every(
    (groups) =>
      Array.isArray(groups) &&
      groups.every((group: unknown) => {
        if (!isRecord(group) || !Array.isArray(group.hooks)) return false
        return group.matcher === undefined || typeof group.matcher === 'string'
      }),
  )
}
