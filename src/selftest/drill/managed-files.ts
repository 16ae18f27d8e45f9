import { explainAdvice } from '../../bundle/kind-advice.js'
import { endpointPlaces } from '../../bundle/places.js'
import type { GivenSettings, SourceName } from '../../bundle/precedence/source.js'
import type { Channel, SettingsFile } from '../../bundle/settings-file.js'
import { settingsFromJson } from '../../bundle/settings-from-json.js'
import { settingsFromPropertyList } from '../../bundle/settings-from-property-list.js'
import type { FileRead, Machine, MachineUser } from '../../platform/machine.js'

const domain = 'com.anthropic.claudecode.plist'
const registryKey = 'SOFTWARE\\Policies\\ClaudeCode'
const mostDropIns = 1000

/** A place where settings may stand that cannot be looked at, so that what it says is not known. */
export interface UnreadPlace {
  readonly place: string
  /** `denied`: not to be read by us; `not-a-file`: a link or the like; `too-large`: larger than any settings. */
  readonly why: 'denied' | 'not-a-file' | 'too-large'
}

/** The managed settings of Claude Code that stand on a machine, each with the place that it stands for. */
export interface ManagedFiles {
  readonly given: readonly GivenSettings[]
  readonly unread: readonly UnreadPlace[]
  /** Places that hold something that is no settings; some of them are among `given` too. */
  readonly broken: readonly string[]
  /**
   * Whether somebody has settings from the server. The client keeps them in the home of whoever is signed in; they are not
   * among `given`.
   */
  readonly fromServer: 'some' | 'none' | 'unread'
}

type Found = Omit<ManagedFiles, 'fromServer'>
const nothing: Found = { given: [], unread: [], broken: [] }

/**
 * Reads every place that managed settings can stand in; what cannot be read is told and not passed over. Never throws for
 * what stands there. Places: https://code.claude.com/docs/en/managed-settings (2026-08-22).
 */
export async function managedFiles(machine: Machine, most: number): Promise<ManagedFiles> {
  const folder = endpointPlaces[machine.platform].settingsFolder
  const separator = separatorOf(machine)
  const users = await machine.users().catch(() => undefined)
  const found = joined([
    machine.platform === 'macos' ? await propertyList(machine, users ?? [], most) : nothing,
    machine.platform === 'windows' ? await registry(machine, users ?? []) : nothing,
    await jsonFile(machine, `${folder}${separator}managed-settings.json`, 'file', most),
    await dropIns(machine, `${folder}${separator}managed-settings.d`, most),
  ])
  return { ...withoutIdleBroken(found), fromServer: await serverSettings(machine, users, most) }
}

function separatorOf({ platform }: Machine): string {
  return platform === 'windows' ? '\\' : '/'
}

function joined(parts: readonly Found[]): Found {
  return {
    given: parts.flatMap(({ given }) => given),
    unread: parts.flatMap(({ unread }) => unread),
    broken: parts.flatMap(({ broken }) => broken),
  }
}

/** The hive of the user counts only where nothing else is: users can write it, and break it, without any effect. */
function withoutIdleBroken(found: Found): Found {
  const isAlone = found.given.every(({ source }) => source === 'hkcu') && found.unread.length === 0
  return isAlone ? found : { ...found, broken: found.broken.filter((place) => !place.startsWith('HKCU')) }
}

async function jsonFile(machine: Machine, path: string, channel: Channel, most: number): Promise<Found> {
  const read = await machine.read(path, { most })
  return read.kind === 'bytes' ? fromJson(path, read.bytes, 'file', channel) : notRead(path, read.kind)
}

function notRead(place: string, kind: Exclude<FileRead['kind'], 'bytes'>): Found {
  if (kind === 'absent') return nothing
  return { ...nothing, unread: [{ place, why: kind === 'foreign' ? 'denied' : kind }] }
}

async function dropIns(machine: Machine, folder: string, most: number): Promise<Found> {
  const names = await machine.names(folder, mostDropIns)
  if (names === undefined) return unlisted(machine, folder)
  const counted = names.filter((name) => name.endsWith('.json') && !name.startsWith('.'))
  const paths = counted.map((name) => `${folder}${separatorOf(machine)}${name}`)
  return joined(await Promise.all(paths.map((path) => jsonFile(machine, path, 'drop-in', most))))
}

/** A folder that cannot be listed may hold anything. */
async function unlisted(machine: Machine, folder: string): Promise<Found> {
  const look = await machine.look(folder)
  if (look?.kind === 'folder') return notRead(folder, 'denied')
  return look?.kind === 'link' ? notRead(folder, 'not-a-file') : nothing
}

/** The folder of a user counts where the machine has none. */
async function propertyList(machine: Machine, users: readonly MachineUser[], most: number): Promise<Found> {
  const names = users.map(({ home }) => home.slice(home.lastIndexOf('/') + 1))
  for (const folder of ['', ...names.map((name) => `${name}/`)]) {
    const path = `/Library/Managed Preferences/${folder}${domain}`
    const read = await machine.read(path, { most })
    if (read.kind === 'absent') continue
    if (read.kind !== 'bytes') return notRead(path, read.kind)
    const settings = settingsFromPropertyList(path, read.bytes, 'managed', explainAdvice)
    if ('code' in settings) return { ...nothing, broken: [path] }
    return { ...nothing, given: settings.map((one) => given(one, 'plist', 'plist')) }
  }
  return nothing
}

async function registry(machine: Machine, users: readonly MachineUser[]): Promise<Found> {
  const read = async (hive: 'HKLM' | MachineUser, source: 'hklm' | 'hkcu'): Promise<Found> => {
    const path = `${source.toUpperCase()}\\${registryKey}`
    try {
      const text = await machine.registryText(hive, registryKey, 'Settings')
      return text === undefined ? nothing : fromJson(path, Buffer.from(text), source, source)
    } catch {
      return notRead(path, 'denied')
    }
  }
  const found = [await read('HKLM', 'hklm')]
  for (const user of users) {
    const ofUser = await read(user, 'hkcu')
    found.push(ofUser)
    if (ofUser !== nothing) break
  }
  return joined(found)
}

function fromJson(path: string, bytes: Uint8Array, source: SourceName, channel: Channel): Found {
  const read = settingsFromJson({ name: path, path }, bytes, { as: 'managed', named: true, advice: explainAdvice })
  if ('code' in read) return { ...nothing, broken: [path] }
  return {
    ...nothing,
    given: read.map((settings) => given(settings, source, channel)),
    broken: read.some(({ value }) => value === undefined) ? [path] : [],
  }
}

function given(settings: SettingsFile, source: SourceName, channel: Channel): GivenSettings {
  return { source, settings: { ...settings, channel } }
}

async function serverSettings(
  machine: Machine,
  users: readonly MachineUser[] | undefined,
  most: number,
): Promise<ManagedFiles['fromServer']> {
  let state: ManagedFiles['fromServer'] = users === undefined ? 'unread' : 'none'
  for (const { id, home } of users ?? []) {
    const path = [home, '.claude', 'remote-settings.json'].join(separatorOf(machine))
    const read = await machine.read(path, { most, owner: id })
    if (read.kind === 'denied' || read.kind === 'too-large') state = 'unread'
    if (read.kind === 'bytes' && !/^\s*(?:\{\s*\}\s*)?$/.test(Buffer.from(read.bytes).toString('utf8'))) return 'some'
  }
  return state
}
