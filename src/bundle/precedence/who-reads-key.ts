import { lte } from 'semver'
import { claudeCodeKeys } from '../catalogue/claude-code-keys.js'
import type { SettingsKey } from '../catalogue/settings-key.js'
import { type Client, holdsFrom, readsKey } from './client-reads.js'
import { gatewayKeys, stricterBelowOf } from './combination-rules.js'
import type { LossCode, UnknownCode } from './reasons.js'
import type { SettingsLeaf } from './settings-leaves.js'
import { isManagedSource, type SourceName } from './source.js'

/** Why it is not known whether the client reads the key from this source. */
export function doubtOfKey(key: SettingsKey, source: SourceName, client: Client): UnknownCode | undefined {
  if (readsAll(key, client) === 'unknown') return 'since-not-stated'
  return key.scope === 'unknown' && !isManagedSource(source) ? 'scope-not-read' : undefined
}

const ancestors = new Map(claudeCodeKeys.map((key) => [key.path, key]))

/** A key is read only where the keys it stands in are. */
function readsAll(key: SettingsKey, client: Client): 'yes' | 'no' | 'unknown' {
  const names = key.path.split('.')
  const answers = names.map((_, depth) => ancestors.get(names.slice(0, depth + 1).join('.')))
  const reads = answers.map((ancestor) => (ancestor === undefined ? 'yes' : readsKey(ancestor, client)))
  return reads.includes('no') ? 'no' : reads.includes('unknown') ? 'unknown' : 'yes'
}

export interface Lost {
  readonly why: LossCode
  readonly detail?: string
}

/** Why a client does not read the key from this source, by name alone. */
export function notReadFrom(
  leaf: SettingsLeaf,
  key: SettingsKey,
  source: SourceName,
  client: Client,
): Lost | undefined {
  if (key.path === '$schema') return { why: 'not-a-setting' }
  if (key.scope === 'global-config') return { why: 'global-config' }
  if (key.readBy === 'desktop') return { why: 'read-by-desktop' }
  // The list form belongs to Claude Desktop: https://code.claude.com/docs/en/settings-reference (2026-10-08).
  if (key.path === 'managedMcpServers' && Array.isArray(leaf.value)) return { why: 'read-by-desktop' }
  if (key.removed !== undefined && (client === undefined || lte(key.removed, client)))
    return { why: 'removed', detail: `from ${key.removed} on` }
  if (readsAll(key, client) === 'no')
    return { why: 'too-new', detail: key.since === undefined ? 'a later release brings it' : `from ${key.since} on` }
  if (leaf.shadowed) return { why: 'alias-shadowed' }
  const usedAlias = leaf.written[0] !== leaf.path[0]
  if (usedAlias && !holdsFrom(key.aliasSince, client))
    return { why: 'too-new', detail: `second name from ${key.aliasSince} on` }
  return notFromScope(leaf, key, source, client) ?? notFromChannel(leaf, key, source)
}

function notFromScope(leaf: SettingsLeaf, key: SettingsKey, source: SourceName, client: Client): Lost | undefined {
  if (isManagedSource(source)) return undefined
  if (key.scope === 'managed') return { why: 'wrong-scope' }
  const notHere =
    (key.scope === 'user-or-managed' && source !== 'user') ||
    (key.scope === 'user-local-or-managed' && source === 'project')
  if (!notHere) return undefined
  const stricter = stricterBelowOf(key.path, client)
  const heard = stricter?.from.some((name) => name === source) && stricter.ladder.indexOf(leaf.value) > 0
  return heard ? undefined : { why: 'not-in-repository' }
}

function notFromChannel(leaf: SettingsLeaf, key: SettingsKey, source: SourceName): Lost | undefined {
  const words: readonly unknown[] = key.machineOnlyValues ?? []
  const machineOnly = key.machineOnly === true || words.includes(leaf.value)
  if (source === 'server' && machineOnly) return { why: 'not-through-server' }
  const notFromUser = [...gatewayKeys, 'policyHelper'].some((name) => name === key.path) || words.includes(leaf.value)
  return source === 'hkcu' && notFromUser ? { why: 'not-from-hkcu' } : undefined
}
