import { gt, lt } from 'semver'
import { parseVersion } from '../../gates/version.js'
import { findKey } from '../catalogue/claude-code-keys.js'
import { clientBehaviour } from '../client-behaviour.js'
import { keyPathText } from '../formats/read-format.js'
import { observed } from '../lint/references.js'
import { behavioursOf, type Client } from './client-reads.js'
import { keysText } from './code-summary.js'
import type { ExplainedKey, ExplanationNote } from './explained-key.js'
import type { Explanation } from './explanation.js'
import type { ManagedTier } from './managed-tier.js'
import { isManagedSource } from './source.js'
import type { SourceSettings } from './source-settings.js'

interface CodeFacts {
  readonly sources: readonly SourceSettings[]
  readonly tiers: readonly ManagedTier[]
  readonly keys: readonly ExplainedKey[]
  readonly client: Client
}

interface Start {
  readonly state: Explanation['start']
  readonly notes: readonly ExplanationNote[]
}

const managedSettings = { source: 'https://code.claude.com/docs/en/managed-settings', checked: '2026-10-08' }

/** Whether a session starts: a managed file that does not parse, or a version floor, keeps it from that. */
export function startOf({ sources, keys, client }: CodeFacts): Start {
  const results = [...sources.flatMap((source) => brokenStart(source, client)), ...floorStart(keys, client)]
  const states = results.map(({ state }) => state)
  const state = states.includes('refused') ? 'refused' : states.includes('unknown') ? 'unknown' : 'starts'
  return { state, notes: results.flatMap(({ notes }) => notes) }
}

function brokenStart({ source, broken }: SourceSettings, client: Client): Start[] {
  return broken.map((file): Start => {
    const note = (message: string, origin = observed): ExplanationNote => ({
      code: 'file-not-parsed',
      message: `${file} ${message}`,
      ...origin,
    })
    if (!isManagedSource(source) || source === 'hkcu' || source === 'server') {
      const rest = source === 'server' ? ' The client keeps the settings it fetched last.' : ''
      return { state: 'starts', notes: [note(`cannot be read and contributes nothing.${rest}`, managedSettings)] }
    }
    const behaviours = behavioursOf(clientBehaviour.unparsableJson, client)
    const refuses = behaviours.filter((behaviour) => behaviour === 'refuses-to-start').length
    // Refusing to start was seen for managed-settings.json alone; the page says that a drop-in contributes nothing.
    const wasObserved = source === 'file' && !/(?:^|[\\/])managed-settings\.d[\\/]/.test(file)
    if (refuses > 0 && !wasObserved)
      return {
        state: 'unknown',
        notes: [note('cannot be read: that clients refuse to start then was seen for managed-settings.json only.')],
      }
    if (refuses === behaviours.length) {
      const older = client === undefined ? ' Clients before 2.1.259 run without it.' : ''
      return { state: 'refused', notes: [note(`cannot be read: the client refuses to start.${older}`)] }
    }
    if (refuses > 0 || source !== 'file')
      return { state: 'unknown', notes: [note('cannot be read: some clients run without it, others refuse to start.')] }
    return { state: 'starts', notes: [note('cannot be read: this client runs without it.')] }
  })
}

function floorStart(keys: readonly ExplainedKey[], client: Client): Start[] {
  if (client === undefined) return []
  return (['requiredMinimumVersion', 'requiredMaximumVersion'] as const).flatMap((name): Start[] => {
    const key = keys.find(({ path }) => path.length === 1 && path[0] === name)
    if (key?.state !== 'set' || typeof key.value !== 'string') return []
    const bound = parseVersion(key.value)
    if (bound.kind !== 'version') return []
    const outside = name === 'requiredMinimumVersion' ? lt(client, bound.normal) : gt(client, bound.normal)
    if (!outside) return []
    const message = `${client} is outside ${name} (${bound.normal}): it refuses to start.`
    return [{ state: 'refused', notes: [{ code: 'version-floor', message, ...managedSettings }] }]
  })
}

/** What an administrator should know beside the table. */
export function explanationNotes(facts: CodeFacts, start: Start): readonly ExplanationNote[] {
  const { sources, tiers, keys, client } = facts
  const notes: ExplanationNote[] = [...start.notes]
  const add = (code: string, message: string, origin: Partial<ExplanationNote> = managedSettings) =>
    notes.push({ code, message, ...origin })
  const managed = sources.filter(({ source }) => isManagedSource(source))

  if (managed.length > 1 && managed.some(({ source }) => source === 'server'))
    add(
      'server-not-everywhere',
      'Sessions on Bedrock, Google Cloud, Foundry or behind another ANTHROPIC_BASE_URL never fetch the server settings: there the next source wins.',
      { source: 'https://code.claude.com/docs/en/server-managed-settings', checked: '2026-08-22' },
    )
  if (tiers.some(({ winner }) => winner === 'hkcu'))
    add('user-writable', 'The user can write HKCU: it is a default, and enforces nothing.')
  if (tiers.some(({ behaviour }) => behaviour === 'merge'))
    add(
      'merge-widens',
      'Merged sources add their list entries, permissions.allow and hooks too: whoever writes the lowest one widens the policy.',
    )
  if (
    keys.some(({ path, state, value }) => path[0] === 'wslInheritsWindowsSettings' && state === 'set' && value === true)
  )
    add(
      'wsl',
      'WSL reads HKLM, then the Windows file, then HKCU if that has the key too; /etc/claude-code only if the Windows files have no policy key.',
    )
  if (
    keys.some(
      ({ path, state, from }) =>
        path[0] === 'model' && state === 'set' && from.some(({ source }) => isManagedSource(source)),
    )
  )
    add('model-is-default', 'A managed model is a default: --model and ANTHROPIC_MODEL win. availableModels restricts.')
  for (const note of versionNotes(keys, client)) notes.push(note)
  return notes
}

/** Where versions differ: rules that hold from a version on, and keys that come with one. */
function versionNotes(keys: readonly ExplainedKey[], client: Client): ExplanationNote[] {
  if (client !== undefined) {
    const ignored = keys.filter(({ losers, state }) => state !== 'set' && losers.some(({ why }) => why === 'too-new'))
    if (ignored.length === 0) return []
    const message = `Not read by ${client}: ${keyList(ignored.map(({ path }) => keyPathText(path)))}.`
    return [{ code: 'not-read-by-client', message }]
  }
  const notes: ExplanationNote[] = []
  const rules = new Map<string, string[]>()
  for (const { path, since } of keys) {
    if (since === undefined) continue
    const paths = rules.get(since) ?? []
    paths.push(keyPathText(path))
    rules.set(since, paths)
  }
  for (const [since, paths] of [...rules].sort(([a], [b]) => (lt(a, b) ? -1 : 1)))
    notes.push({
      code: 'combines-since',
      message: `Clients before ${since} combine otherwise: ${keyList(paths)}.`,
      ...managedSettings,
    })
  const read = keys
    .filter(({ state }) => state === 'set')
    .flatMap(({ path }) => {
      const since = findKey(path)?.key.since
      return since === undefined ? [] : [`${keyPathText(path)} (${since})`]
    })
  if (read.length > 0)
    notes.push({
      code: 'read-since',
      message: `Read only from the version in brackets on: ${keyList(read)}. Give --client for one version.`,
    })
  const later = keys.filter(({ path, state }) => state === 'set' && findKey(path)?.key.newerThan !== undefined)
  if (later.length > 0)
    notes.push({
      code: 'release-not-stated',
      message: `Newer than 2.1.240, the release is not stated: ${keyList(later.map(({ path }) => keyPathText(path)))}.`,
    })
  return notes
}

const most = 8

function keyList(names: readonly string[]): string {
  const more = names.length - most
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${keysText(more)} more` : names.join(', ')
}

/** The note about a `managed-mcp.json` that was given: it is no source of settings. */
export function managedMcpNote(file: string): ExplanationNote {
  return {
    code: 'managed-mcp',
    message: `${file} has a list of servers of its own: where it is deployed no other MCP server loads, whichever source wins. allowedMcpServers and deniedMcpServers still filter it.`,
    source: 'https://code.claude.com/docs/en/managed-mcp',
    checked: '2026-08-22',
  }
}
