import { byText } from '../../platform/by-text.js'
import { nearestTexts } from '../../platform/nearest-text.js'
import type { KeyPath } from '../formats/read-format.js'
import { deliveryAndLoginKeys } from './delivery-and-login-keys.js'
import { hookPluginAndMcpKeys } from './hook-plugin-and-mcp-keys.js'
import { interfaceKeys } from './interface-keys.js'
import { newerKeys } from './newer-keys.js'
import { permissionAndModelKeys } from './permission-and-model-keys.js'
import { sandboxKeys } from './sandbox-keys.js'
import { type SettingsKey, simpleTypes } from './settings-key.js'

export interface FoundKey {
  readonly key: SettingsKey
  /** The part of the path that lies inside the key's value; empty when the path is the key itself. */
  readonly inside: KeyPath
  /** Set when the path uses the key's second name. */
  readonly usedAlias?: string
}

/** Every settings key of Claude Code we know of, sorted by path. */
export const claudeCodeKeys: readonly SettingsKey[] = [
  ...permissionAndModelKeys,
  ...sandboxKeys,
  ...hookPluginAndMcpKeys,
  ...deliveryAndLoginKeys,
  ...interfaceKeys,
  ...newerKeys,
].sort((a, b) => byText(a.path, b.path))

interface Branch {
  readonly key?: SettingsKey
  readonly children: Map<string, Branch>
}

// Paths are looked up name by name: a key that is itself called `permissions.allow` is not `permissions` → `allow`.
const root: Branch = { children: new Map() }
const aliases = new Map<string, string>()
// Sorted by path, so a parent always comes before what is inside it.
for (const key of claudeCodeKeys) {
  const names = key.path.split('.')
  const name = names.pop() ?? ''
  let branch = root
  for (const parent of names) branch = branch.children.get(parent) ?? noParent(key.path)
  branch.children.set(name, { key, children: new Map() })
  if (key.alias !== undefined) aliases.set(key.alias, key.path)
}

/**
 * The key a path belongs to. Undefined means that no client is known to read what stands there: an unknown top-level
 * name, or an unknown name inside a key whose names are all known.
 */
export function findKey(path: KeyPath): FoundKey | undefined {
  const [first] = path
  if (typeof first !== 'string') return undefined
  const canonical = aliases.get(first)
  let branch = root.children.get(canonical ?? first)
  if (branch === undefined) return undefined
  let depth = 1
  for (; depth < path.length; depth++) {
    const name = path[depth]
    const child: Branch | undefined = typeof name === 'string' ? branch.children.get(name) : undefined
    if (child === undefined) break
    branch = child
  }
  const { key } = branch
  const inside = path.slice(depth)
  if (key === undefined || (typeof inside[0] === 'string' && isClosed(branch))) return undefined
  return { key, inside, ...(canonical === undefined ? {} : { usedAlias: first }) }
}

/**
 * Known names near one that is not known: top-level names, or the names inside a parent such as `sandbox.network`.
 * At most three, nearest first.
 */
export function nearestKey(name: string, parent?: string): readonly string[] {
  const branch = parent === undefined ? root : branchAt(parent)
  const names = [...(branch?.children.keys() ?? []), ...(parent === undefined ? aliases.keys() : [])].sort(byText)
  const sameLetters = names.filter((candidate) => candidate.toLowerCase() === name.toLowerCase())
  return sameLetters.length > 0 ? sameLetters : nearestTexts(name, names)
}

/** A key that stands in a public guide although no reference, schema or client knows it. */
export interface InventedKey {
  readonly name: string
  readonly instead: string
  readonly source: string
  readonly checked: string
}

const monitoringGuide = {
  source: 'https://github.com/anthropics/claude-code-monitoring-guide/blob/main/claude_code_roi_full.md',
  checked: '2026-11-20',
}

/** Clients were seen to ignore such a block without a word: a policy copied from the guide does nothing. */
export const inventedKeys: readonly InventedKey[] = [
  { name: 'exporters', instead: 'Set OTEL_METRICS_EXPORTER and OTEL_LOGS_EXPORTER in env.', ...monitoringGuide },
  { name: 'telemetry', instead: 'Set CLAUDE_CODE_ENABLE_TELEMETRY and the OTEL variables in env.', ...monitoringGuide },
]

/**
 * Fields of an Apple configuration profile's payload. A client was seen to read them as settings when they stand inside:
 * https://github.com/anthropics/claude-code/issues/36714 (2026-08-22).
 */
export const payloadKeys: readonly string[] = [
  'PayloadContent',
  'PayloadDescription',
  'PayloadDisplayName',
  'PayloadEnabled',
  'PayloadIdentifier',
  'PayloadOrganization',
  'PayloadRemovalDisallowed',
  'PayloadScope',
  'PayloadType',
  'PayloadUUID',
  'PayloadVersion',
]

/** Whether a name inside that we do not know is a slip: the value is an object and all its names are known. */
function isClosed({ key, children }: Branch): boolean {
  if (key === undefined || key.open === true || children.size === 0) return false
  return simpleTypes(key.type).includes('object')
}

function branchAt(path: string): Branch | undefined {
  let branch: Branch | undefined = root
  for (const name of path.split('.')) branch = branch?.children.get(name)
  return branch
}

function noParent(path: string): never {
  throw new TypeError(`the key ${path} has no parent in the catalogue`)
}
