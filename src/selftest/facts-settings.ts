import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { readPropertyList } from '../bundle/formats/property-list.js'
import { isRecord } from '../bundle/is-record.js'
import { endpointPlaces } from '../bundle/places.js'
import { type Facts, type SettingsAt, type SettingsPlace, settingsPlaces } from '../health/facts.js'
import { isUndated, tierOf, winnerOf } from '../health/settings-in-force.js'
import type { FileRead, Machine, MachineUser } from '../platform/machine.js'
import { latest, timeText } from './fact-times.js'
import { below, follow, largestManifest, plainNames } from './machine-paths.js'
import type { MachineView } from './machine-view.js'
import { memberOf, membersOf, parseStrictJson } from './strict-json.js'

type SettingsObject = Readonly<Record<string, unknown>>

/** One source of settings that is there. */
interface SettingsSource {
  readonly place: SettingsPlace
  readonly state: SettingsAt['state']
  readonly value?: SettingsObject | undefined
  readonly bytes?: Uint8Array | undefined
  readonly modified?: number | undefined
}

/** What the settings of a machine come to. */
export interface SettingsReading {
  /** A place each, highest rank first. */
  readonly places: readonly SettingsAt[]
  readonly winner: SettingsPlace | undefined
  /** What counts, joined; undefined without a winner, or where something that counts cannot be read. */
  readonly says: SettingsObject | undefined
  readonly digest: string | undefined
  readonly changed: number | undefined
  /** Settings stand where no time tells when they changed: in the registry, or in the cache of the admin console. */
  readonly isUndated: boolean
  /** Whether a source that `merge` brings in has hooks; undefined where one cannot be read. */
  readonly anyHooks: boolean | undefined
}

const windowsKey = 'SOFTWARE\\Policies\\ClaudeCode'
const preferences = '/Library/Managed Preferences'
const preferencesFile = 'com.anthropic.claudecode.plist'

/** Reads every place that managed settings can stand in. */
export async function readSettings(
  machine: Machine,
  users: () => Promise<readonly MachineUser[]>,
): Promise<SettingsReading> {
  const people = await users().catch(() => [])
  const folder = endpointPlaces[machine.platform].settingsFolder
  const isWindows = machine.platform === 'windows'
  const found = [
    await serverSettings(machine, people),
    machine.platform === 'macos' ? await propertyList(machine, people) : undefined,
    isWindows ? await registrySettings(machine, 'hklm', ['HKLM']) : undefined,
    await systemFile(machine, 'file', below(machine, folder, 'managed-settings.json')),
    ...(await dropIns(machine, below(machine, folder, 'managed-settings.d'))),
    isWindows ? await registrySettings(machine, 'hkcu', people) : undefined,
    isWindows ? await systemFile(machine, 'dead', 'C:\\ProgramData\\ClaudeCode\\managed-settings.json') : undefined,
  ]
  const sources = found.filter((source) => source !== undefined)
  const places = settingsPlaces.flatMap((place) => {
    const state = worstOf(sources.filter((source) => source.place === place))
    return state === undefined ? [] : [{ place, state }]
  })
  const winner = winnerOf(places)?.place
  // The registry tells no time.
  const isTimeless = places.some(({ place }) => place === 'hklm')
  return {
    places,
    winner,
    says: winner && saidBy(sources.filter(({ place }) => tierOf(place) === tierOf(winner))),
    digest: winner && digestOf(sources.filter(({ place }) => place === winner)),
    changed: isTimeless ? undefined : latest(sources.map(({ modified }) => modified)),
    isUndated: isUndated(places),
    anyHooks: anyHooks(sources.filter(({ place }) => place !== 'hkcu' && place !== 'dead')),
  }
}

/** True as soon as one has hooks; undefined where none has and one cannot be read. */
function anyHooks(sources: readonly SettingsSource[]): boolean | undefined {
  if (sources.some(({ value }) => hasHooks(value))) return true
  return sources.some(({ value }) => value === undefined) ? undefined : false
}

function hasHooks(settings: unknown): boolean {
  return membersOf(memberOf(settings, 'hooks')).length > 0
}

async function serverSettings(machine: Machine, users: readonly MachineUser[]): Promise<SettingsSource | undefined> {
  for (const user of users) {
    const path = below(machine, user.home, '.claude/remote-settings.json')
    const read = await machine.read(path, { most: largestManifest, owner: user.id })
    if (read.kind !== 'bytes') continue
    const source = sourceOf('server', read.bytes, parseStrictJson(read.bytes))
    if (source.state !== 'empty') return source
  }
  return undefined
}

async function propertyList(machine: Machine, users: readonly MachineUser[]): Promise<SettingsSource | undefined> {
  const owners = users.map(({ home }) => `${basename(home)}/`)
  for (const owner of ['', ...owners]) {
    const path = `${preferences}/${owner}${preferencesFile}`
    const read = await machine.read(path, { most: largestManifest })
    if (read.kind === 'absent') continue
    const modified = (await machine.look(path))?.modified
    if (read.kind !== 'bytes') return { place: 'plist', state: 'unread', modified }
    const { value } = readPropertyList(read.bytes)
    if (hasOtherThanSettings(value)) return { place: 'plist', state: 'unread', bytes: read.bytes, modified }
    return { ...sourceOf('plist', read.bytes, { value }), modified }
  }
  return undefined
}

/** Dates and data, which no setting is. */
function hasOtherThanSettings(value: unknown): boolean {
  if (value instanceof Date || value instanceof Uint8Array) return true
  if (Array.isArray(value)) return value.some(hasOtherThanSettings)
  return membersOf(value).some(([, item]) => hasOtherThanSettings(item))
}

async function registrySettings(
  machine: Machine,
  place: 'hklm' | 'hkcu',
  hives: readonly ('HKLM' | MachineUser)[],
): Promise<SettingsSource | undefined> {
  try {
    for (const hive of hives) {
      const text = await machine.registryText(hive, windowsKey, 'Settings')
      if (text === undefined) continue
      const bytes = Buffer.from(text)
      return sourceOf(place, bytes, parseStrictJson(bytes))
    }
    return undefined
  } catch {
    return { place, state: 'unread' }
  }
}

async function systemFile(machine: Machine, place: SettingsPlace, path: string): Promise<SettingsSource | undefined> {
  const read: FileRead = await machine.read(path, { most: largestManifest })
  if (read.kind === 'absent') return undefined
  // The dead place says nothing of when settings changed.
  const modified = place === 'dead' ? undefined : (await machine.look(path))?.modified
  if (read.kind !== 'bytes') return { place, state: 'unread', modified }
  return { ...sourceOf(place, read.bytes, parseStrictJson(read.bytes)), modified }
}

async function dropIns(machine: Machine, folder: string): Promise<readonly SettingsSource[]> {
  const sources: SettingsSource[] = []
  for (const name of await plainNames(machine, folder)) {
    if (name.startsWith('.') || !name.endsWith('.json')) continue
    const source = await systemFile(machine, 'dropin', below(machine, folder, name))
    if (source !== undefined) sources.push(source)
  }
  if (sources.length > 0 || (await machine.names(folder, 1)) !== undefined) return sources
  // A folder that cannot be listed may hold anything.
  const found = await follow(machine, folder)
  return found === 'absent' || (typeof found === 'object' && found.look.kind !== 'folder')
    ? []
    : [{ place: 'dropin', state: 'unread' }]
}

function sourceOf(
  place: SettingsPlace,
  bytes: Uint8Array,
  read: { readonly value: unknown } | 'no-json',
): SettingsSource {
  const value = read === 'no-json' ? undefined : read.value
  if (!isRecord(value)) return { place, state: 'broken', bytes }
  const attributes = memberOf(memberOf(value, 'env'), 'OTEL_RESOURCE_ATTRIBUTES')
  const [, stamp] = (typeof attributes === 'string' && /fleet\.policy=([0-9a-f]{16})/.exec(attributes)) || []
  return { place, state: stamp ?? (Object.keys(value).length === 0 ? 'empty' : 'plain'), value, bytes }
}

const byWeight = ['unread', 'broken', 'plain', 'empty'] as const

/** Of several the first with a stamp, else the worst; undefined of none. */
function worstOf(sources: readonly SettingsSource[]): SettingsAt['state'] | undefined {
  const states = sources.map(({ state }) => state)
  const isPlain = (state: SettingsAt['state']) => byWeight.some((known) => known === state)
  return states.find((state) => !isPlain(state)) ?? byWeight.find((state) => states.includes(state))
}

/** What the sources of one tier say; undefined where one of them cannot be read. */
function saidBy(sources: readonly SettingsSource[]): SettingsObject | undefined {
  const said = new Map<string, unknown>()
  for (const { value } of sources) {
    if (value === undefined) return undefined
    for (const [key, item] of Object.entries(value)) {
      const before = said.get(key)
      const joins = (key === 'env' || key === 'enabledPlugins' || key === 'hooks') && isRecord(before)
      if (!joins) said.set(key, item)
      else if (isRecord(item)) said.set(key, Object.fromEntries([...Object.entries(before), ...Object.entries(item)]))
    }
  }
  return Object.fromEntries(said)
}

function digestOf(sources: readonly SettingsSource[]): string | undefined {
  const hash = createHash('sha256')
  for (const { bytes } of sources) {
    if (bytes === undefined) return undefined
    hash.update(bytes)
  }
  return hash.digest('hex').slice(0, 16)
}

/** The facts `mix` and `blk`. */
export async function combination({ settings }: MachineView): Promise<Pick<Facts, 'combination'>> {
  const { says } = await settings()
  if (says === undefined) return {}
  return { combination: memberOf(says, 'managedSourcesBehavior') === 'merge' ? 'merge' : 'first' }
}

/** What keeps hooks from running, by what the winner says. */
export async function blocked({ settings, target }: MachineView): Promise<Pick<Facts, 'blocked'>> {
  const { says, winner, anyHooks } = await settings()
  if (winner === undefined) return { blocked: [] }
  if (says === undefined) return {}
  const isMerged = memberOf(says, 'managedSourcesBehavior') === 'merge'
  const lacksHooks = target.wantsHooks && !hasHooks(says) && !(isMerged && anyHooks !== false)
  const isAlone = memberOf(says, 'allowManagedHooksOnly') === true
  return {
    blocked: [
      ...(memberOf(says, 'disableAllHooks') === true ? (['all-off'] as const) : []),
      ...(memberOf(says, 'disableSideloadFlags') === true ? (['sideload'] as const) : []),
      ...(lacksHooks ? ([isAlone ? 'only-managed' : 'no-hooks'] as const) : []),
    ],
  }
}

/** The facts `set`, `sum` and `sett`. */
export async function settingsThere({
  settings,
}: MachineView): Promise<Pick<Facts, 'settings' | 'settingsDigest' | 'settingsChanged'>> {
  const { places, digest, changed } = await settings()
  return { settings: [...places], settingsDigest: digest, settingsChanged: timeText(changed) }
}
