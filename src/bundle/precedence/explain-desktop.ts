import { gte } from 'semver'
import { byText } from '../../platform/by-text.js'
import { desktopKey, keysUnderstoodBy } from '../catalogue/desktop-keys.js'
import { desktopRegistryEntries, placeOfEntry } from '../settings-from-registry.js'
import type { Client } from './client-reads.js'
import { keysText } from './code-summary.js'
import { type DesktopLayer, desktopLayer } from './desktop-layer.js'
import { desktopNotes, isFirstPartyOnly, isThirdPartyOnly } from './desktop-notes.js'
import type { ExplainedKey, Loser } from './explained-key.js'
import type { ExplainedSource, Explanation } from './explanation.js'
import type { LossCode, UnknownCode } from './reasons.js'
import { type GivenSettings, sourceLabels } from './source.js'

/** The release from which a value in HKLM hides HKCU: https://claude.com/docs/third-party/claude-desktop/mdm (2026-08). */
const hivesApartSince = '1.19367.0'

/**
 * What is in force of Claude Desktop's policy on one machine: property lists, registry hives, or the Linux file.
 * `release`: a version of the app in normal form. Never throws for what stands in the files.
 */
export function explainDesktop(given: readonly GivenSettings[], release: Client): Explanation {
  const layers = inRank(given.map((one) => desktopLayer(one, release)))
  const apart = release === undefined || gte(release, hivesApartSince)
  const hidden = apart && given.some(({ source, settings }) => source === 'hklm' && isPresent(settings))
  const levelsKnown = layersAreOrdered(layers)
  const names = [...new Set(layers.flatMap(({ names: own }) => own))].sort(byText)
  const keys = names.map((name) => resolve(name, layers, { hidden, levelsKnown, release }))
  const explained = withBootstrap(keys)
  const sources = layers.map((layer) => explainedSource(layer, layers, explained, hidden))
  const winners = [...new Set(sources.filter(({ outcome }) => outcome === 'wins').map(({ source }) => source))]
  return {
    surface: 'claude-desktop',
    client: release,
    summary: summaryOf(sources),
    winner: { state: winners.length === 0 ? 'none' : winners.length === 1 ? 'one' : 'merged', sources: winners },
    start: 'starts',
    sources,
    keys: explained.map((key) => withScope(key, explained)),
    notes: desktopNotes(layers, explained, { release, hidden, apart }),
  }
}

/** The preferences of the user before those of the machine; the machine's hive before the user's. */
function inRank(layers: readonly DesktopLayer[]): DesktopLayer[] {
  const rank = ({ source, level }: DesktopLayer) =>
    source === 'plist' ? Number(level !== 'user') : Number(source === 'hkcu')
  return [...layers].sort((a, b) => rank(a) - rank(b) || byText(a.file, b.file))
}

function layersAreOrdered(layers: readonly DesktopLayer[]): boolean {
  const lists = layers.filter(({ source }) => source === 'plist')
  return lists.length < 2 || lists.filter(({ level }) => level === 'user').length === 1
}

/**
 * Whether the key has a value that hides the user's hive: a text or a number directly in it, even an empty one or the
 * default value; values in keys below do not count.
 */
function isPresent({ registry = [] }: GivenSettings['settings']): boolean {
  const visible = (type: string) => type === 'string' || type === 'expand-string' || type === 'dword'
  const ownDefault = registry.findLast((entry) => entry.name === '' && placeOfEntry(entry)?.below === false)
  return (
    desktopRegistryEntries(registry).some(({ type }) => visible(type)) ||
    (ownDefault !== undefined && ownDefault.deleteKey !== true && visible(ownDefault.type))
  )
}

interface Facts {
  readonly hidden: boolean
  readonly levelsKnown: boolean
  readonly release: Client
}

function resolve(name: string, layers: readonly DesktopLayer[], { hidden, levelsKnown, release }: Facts): ExplainedKey {
  const losers: Loser[] = []
  const lose = (layer: DesktopLayer, why: LossCode, detail?: string) =>
    losers.push({ place: layer.placeOf(name), value: layer.values[name], why, detail })
  const given = layers.filter((layer) => Object.hasOwn(layer.values, name))
  const readable: DesktopLayer[] = []
  let doubt: UnknownCode | undefined
  for (const layer of given) {
    const lost = layer.lost.get(name) ?? layer.lostWhole ?? unreadBy(name, release)
    if (layer.source === 'hkcu' && hidden) lose(layer, 'machine-hive-present')
    else if (lost !== undefined)
      lose(layer, typeof lost === 'string' ? lost : lost.why, typeof lost === 'string' ? undefined : lost.detail)
    else readable.push(layer)
  }
  const [winner, ...others] = readable
  const path = [name]
  if (winner === undefined) return { path, state: 'none', combination: 'none', from: [], losers, notes: [] }
  doubt = winner.doubts.get(name) ?? winner.doubtOfAll
  if (doubt === undefined && release !== undefined && keysUnderstoodBy(release)(name) === 'not-stated')
    doubt = 'release-not-stated'
  const same = others.every((layer) => JSON.stringify(layer.values[name]) === JSON.stringify(winner.values[name]))
  if (!same && winner.source === 'plist' && !levelsKnown) doubt ??= 'levels-not-known'
  for (const layer of others) lose(layer, winner.source === 'plist' ? 'user-level-wins' : 'higher-wins')
  if (doubt !== undefined) {
    losers.unshift({ place: winner.placeOf(name), value: winner.values[name], why: 'not-known' })
    return { path, state: 'unknown', combination: 'none', from: [], losers, unknown: doubt, notes: [] }
  }
  const combination = others.length === 0 ? 'only-source' : 'desktop'
  return {
    path,
    state: 'set',
    value: winner.values[name],
    combination,
    from: [winner.placeOf(name)],
    losers,
    notes: [],
  }
}

function unreadBy(name: string, release: Client): { readonly why: LossCode; readonly detail?: string } | undefined {
  if (desktopKey(name) === undefined) return { why: 'unknown-key' }
  if (release === undefined) return undefined
  const answer = keysUnderstoodBy(release)(name)
  if (typeof answer !== 'object') return undefined
  return 'since' in answer
    ? { why: 'too-new', detail: `from ${answer.since} on` }
    : { why: 'removed', detail: `from ${answer.removedIn} on` }
}

/** What a bootstrap server can deliver may be other than what stands in the policy; keys it cannot deliver stay. */
function withBootstrap(keys: readonly ExplainedKey[]): readonly ExplainedKey[] {
  const named = (name: string) => keys.find(({ path }) => path[0] === name && path.length === 1)
  const url = named('bootstrapUrl')
  if (url === undefined || url.state === 'none' || named('bootstrapEnabled')?.value === false) return keys
  return keys.map((key) => {
    if (key.state !== 'set' || desktopKey(String(key.path[0]))?.bootstrap === false) return key
    const candidates = key.from.map((place): Loser => ({ place, value: key.value, why: 'not-known' }))
    const { value: _, ...rest } = key
    return {
      ...rest,
      state: 'unknown',
      from: [],
      losers: [...candidates, ...key.losers],
      unknown: 'bootstrap-may-replace',
    }
  })
}

/** Which deployment a key belongs to decides whether it does anything. */
function withScope(key: ExplainedKey, keys: readonly ExplainedKey[]): ExplainedKey {
  if (key.state === 'none') return key
  const provider = keys.some(({ path, state }) => path[0] === 'inferenceProvider' && state !== 'none')
  const name = String(key.path[0])
  if (isThirdPartyOnly(name) && !provider)
    return {
      ...key,
      notes: [...key.notes, 'For third-party inference, and no inferenceProvider is set: it does nothing.'],
    }
  if (isFirstPartyOnly(name) && provider)
    return { ...key, notes: [...key.notes, 'For the sign-in with Claude.ai: third-party inference ignores it.'] }
  return key
}

function explainedSource(
  layer: DesktopLayer,
  layers: readonly DesktopLayer[],
  keys: readonly ExplainedKey[],
  hidden: boolean,
): ExplainedSource {
  const inForce = keys.filter(({ from }) =>
    from.some(({ file, source }) => file === layer.file && source === layer.source),
  ).length
  const counted = { source: layer.source, files: [layer.file], keys: layer.names.length, inForce }
  if (layer.unreadable) return { ...counted, outcome: 'not-readable' }
  if (layer.source === 'hkcu' && hidden) return { ...counted, outcome: 'skipped' }
  if (layer.names.length === 0) return { ...counted, outcome: 'no-policy-key' }
  return { ...counted, outcome: layers.length > 0 && layer.lostWhole === undefined ? 'wins' : 'skipped' }
}

function summaryOf(sources: readonly ExplainedSource[]): string {
  const counted = sources.filter(({ outcome }) => outcome === 'wins')
  const skipped = sources.filter(({ outcome }) => outcome === 'skipped')
  if (counted.length === 0) return 'No managed configuration that can be read.'
  const names = [...new Set(counted.map(({ source }) => sourceLabels[source]))].join(' and ')
  const total = keysText(counted.reduce((sum, { keys }) => sum + keys, 0))
  const joined = counted.length > 1 ? `${names} are merged key by key: ${total}` : `${names} wins: ${total}`
  const rest = skipped.map(
    ({ source, keys }) => `${sourceLabels[source]}'s ${keysText(keys)} ${keys === 1 ? 'is' : 'are'} not read`,
  )
  return `${[joined, ...rest].join('; ')}.`
}
