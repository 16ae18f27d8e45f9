import { byText } from '../../platform/by-text.js'
import { keyPathText } from '../formats/read-format.js'
import type { Client } from './client-reads.js'
import { explanationNotes, startOf } from './code-notes.js'
import { codeSummary } from './code-summary.js'
import { type ExplainedKey, idOf } from './explained-key.js'
import type { ExplainedSource, Explanation } from './explanation.js'
import { type LowerContext, withLowerFiles } from './lower-files.js'
import { type ManagedTier, managedTiers } from './managed-tier.js'
import { losersOf, type Outcome } from './outcome.js'
import type { Unread } from './screen-file.js'
import { type GivenSettings, isManagedSource, type SourceName, sourceNames } from './source.js'
import { type Setting, type SourceSettings, sourceSettings } from './source-settings.js'
import { unifyTiers } from './unify-tiers.js'

/**
 * What is in force of Claude Code's settings on one machine. `given`: at most one file for each source but drop-ins, and
 * never both `plist` and `hklm`. Never throws for what stands in the files.
 */
export function explainCode(given: readonly GivenSettings[], client: Client): Explanation {
  const sources = sourceNames.flatMap((name) => {
    const files = given.filter(({ source }) => source === name)
    return files.length === 0 ? [] : [sourceSettings(name, files, client)]
  })
  const managed = sources.filter(({ source }) => isManagedSource(source))
  const tiers = managedTiers(managed, client)
  const outcomes = combine(sources, tiers, client)
  const keys = explainedKeys(sources, outcomes)
  const facts = { sources, tiers, keys, client }
  const explained = sources.map((source) => explainedSource(source, keys, tiers))
  const start = startOf(facts)
  return {
    surface: 'claude-code',
    client,
    summary: codeSummary(explained, tiers, start.state),
    winner: winnerOf(tiers, explained),
    start: start.state,
    sources: explained,
    keys,
    notes: explanationNotes(facts, start),
  }
}

function combine(
  sources: readonly SourceSettings[],
  tiers: readonly ManagedTier[],
  client: Client,
): ReadonlyMap<string, Outcome> {
  const managed = unifyTiers(tiers)
  const lower = sources.filter(({ source }) => !isManagedSource(source))
  const at = (id: string) => lower.flatMap(({ settings }) => settings.get(id) ?? [])
  const context: LowerContext = { client, managed, at, levelsWithEntries: levelsWithEntries(sources) }
  const ids = new Set([...managed.keys(), ...lower.flatMap(({ settings }) => [...settings.keys()])])
  return new Map([...ids].map((id) => [id, withLowerFiles(id, context)]))
}

function levelsWithEntries(sources: readonly SourceSettings[]): Map<string, Set<SourceName>> {
  const levels = new Map<string, Set<SourceName>>()
  for (const { source, settings } of sources) {
    for (const { path, key } of settings.values()) {
      if (key.open !== true) continue
      const id = idOf(path.slice(0, key.path.split('.').length))
      levels.set(id, (levels.get(id) ?? new Set()).add(source))
    }
  }
  return levels
}

function explainedKeys(sources: readonly SourceSettings[], outcomes: ReadonlyMap<string, Outcome>): ExplainedKey[] {
  const paths = new Map<string, ExplainedKey['path']>()
  const unread = new Map<string, Unread[]>()
  for (const source of sources) {
    for (const [id, { path }] of source.settings) paths.set(id, path)
    for (const one of source.unread) {
      const id = idOf(one.path)
      paths.set(id, one.path)
      const others = unread.get(id)
      if (others === undefined) unread.set(id, [one])
      else others.push(one)
    }
  }
  return [...paths]
    .map(([id, path]) => ({
      id,
      text: keyPathText(path),
      key: explainedKey(path, outcomes.get(id), unread.get(id) ?? []),
    }))
    .sort((a, b) => byText(a.text, b.text) || byText(a.id, b.id))
    .map(({ key }) => key)
}

function explainedKey(
  path: ExplainedKey['path'],
  outcome: Outcome | undefined,
  unread: readonly Unread[],
): ExplainedKey {
  const lost = unread.map(({ place, value, why, detail }) => ({ place, value, why, detail }))
  if (outcome === undefined) return { path, state: 'none', combination: 'none', from: [], losers: lost, notes: [] }
  const { state, combination, since, used, unknown, notes = [] } = outcome
  return {
    path,
    state,
    ...(state === 'set' ? { value: outcome.value } : {}),
    combination,
    since,
    from: state === 'set' ? used.flatMap(({ places }) => places) : [],
    losers: [...(state === 'set' ? [] : candidatesOf(used)), ...losersOf(outcome.lost), ...lost],
    unknown,
    notes,
  }
}

/** Values that may be in force stand among the losers with the reason that fits best: it is not known. */
function candidatesOf(used: readonly Setting[]): ExplainedKey['losers'] {
  return used.flatMap(({ places, value }) => places.map((place) => ({ place, value, why: 'not-known' as const })))
}

function explainedSource(
  { source, files, settings, broken, policy }: SourceSettings,
  keys: readonly ExplainedKey[],
  tiers: readonly ManagedTier[],
): ExplainedSource {
  const inForce = keys.filter(({ from }) => from.some((place) => place.source === source)).length
  const counted = { source, files, keys: settings.size, inForce }
  if (!isManagedSource(source))
    return { ...counted, outcome: settings.size === 0 && broken.length > 0 ? 'not-readable' : 'below' }
  const winners = tiers.map(({ winner }) => winner)
  if (winners.includes(source)) return { ...counted, outcome: winners.length === 1 ? 'wins' : 'may-win' }
  if (settings.size === 0 && broken.length > 0) return { ...counted, outcome: 'not-readable' }
  if (policy === 'no') return { ...counted, outcome: 'no-policy-key' }
  const merges = tiers.every(({ behaviour }) => behaviour === 'merge') && source !== 'hkcu'
  return { ...counted, outcome: merges ? 'merged' : 'skipped' }
}

function winnerOf(tiers: readonly ManagedTier[], sources: readonly ExplainedSource[]): Explanation['winner'] {
  const winners = tiers.flatMap(({ winner }) => winner ?? [])
  if (tiers.length > 1) return { state: 'unknown', sources: winners }
  const merged = sources.filter(({ outcome }) => outcome === 'wins' || outcome === 'merged').map(({ source }) => source)
  if (tiers[0]?.behaviour === 'merge' && merged.length > 1) return { state: 'merged', sources: merged }
  return { state: winners.length === 0 ? 'none' : 'one', sources: winners }
}
