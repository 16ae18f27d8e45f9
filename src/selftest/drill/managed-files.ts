import { explainAdvice } from '../../bundle/kind-advice.js'
import { endpointPlaces } from '../../bundle/places.js'
import type { GivenSettings, SourceName } from '../../bundle/precedence/source.js'
import type { Channel, SettingsFile } from '../../bundle/settings-file.js'
import { settingsFromJson } from '../../bundle/settings-from-json.js'
import { settingsFromPropertyList } from '../../bundle/settings-from-property-list.js'
import type { Machine } from '../../platform/machine.js'

const domain = 'com.anthropic.claudecode.plist'
const registryKey = 'SOFTWARE\\Policies\\ClaudeCode'
const mostDropIns = 1000

/**
 * The managed settings of Claude Code that stand on a machine, each with the place that it stands for. Those of the
 * server are left out: the client keeps them in the home of whoever is signed in, and `fromServer` says that somebody has some.
 * Places: https://code.claude.com/docs/en/managed-settings (2026-08-22).
 */
export async function managedFiles(
  machine: Machine,
  most: number,
): Promise<{ readonly given: readonly GivenSettings[]; readonly fromServer: boolean }> {
  const folder = endpointPlaces[machine.platform].settingsFolder
  const separator = machine.platform === 'windows' ? '\\' : '/'
  const file = `${folder}${separator}managed-settings.json`
  const dropIns = `${folder}${separator}managed-settings.d`
  const names = ((await machine.names(dropIns, mostDropIns)) ?? []).filter(
    (name) => name.endsWith('.json') && !name.startsWith('.'),
  )
  const given = [
    ...(machine.platform === 'macos' ? await propertyList(machine, most) : []),
    ...(machine.platform === 'windows' ? await registry(machine) : []),
    ...(await jsonFile(machine, file, 'file', most)),
    ...(
      await Promise.all(names.map((name) => jsonFile(machine, `${dropIns}${separator}${name}`, 'drop-in', most)))
    ).flat(),
  ]
  return { given, fromServer: await hasServerSettings(machine, separator, most) }
}

async function jsonFile(machine: Machine, path: string, channel: Channel, most: number): Promise<GivenSettings[]> {
  const read = await machine.read(path, { most })
  return read.kind === 'bytes' ? fromJson(path, read.bytes, 'file', channel) : []
}

/** The folder of a user counts where the machine has none. */
async function propertyList(machine: Machine, most: number): Promise<GivenSettings[]> {
  const users = (await machine.users()).map(({ home }) => home.slice(home.lastIndexOf('/') + 1))
  for (const folder of ['', ...users.map((name) => `${name}/`)]) {
    const path = `/Library/Managed Preferences/${folder}${domain}`
    const read = await machine.read(path, { most })
    if (read.kind !== 'bytes') continue
    const settings = settingsFromPropertyList(path, read.bytes, 'managed', explainAdvice)
    return 'code' in settings ? [] : settings.map((one) => given(one, 'plist', 'plist'))
  }
  return []
}

async function registry(machine: Machine): Promise<GivenSettings[]> {
  const found: GivenSettings[] = []
  const read = async (hive: Parameters<Machine['registryText']>[0], source: 'hklm' | 'hkcu') => {
    const text = await machine.registryText(hive, registryKey, 'Settings')
    const path = `${source.toUpperCase()}\\${registryKey}`
    if (text !== undefined) found.push(...fromJson(path, Buffer.from(text), source, source))
    return text !== undefined
  }
  await read('HKLM', 'hklm')
  for (const user of await machine.users()) if (await read(user, 'hkcu')) break
  return found
}

function fromJson(path: string, bytes: Uint8Array, source: SourceName, channel: Channel): GivenSettings[] {
  const read = settingsFromJson({ name: path, path }, bytes, { as: 'managed', named: true, advice: explainAdvice })
  return 'code' in read ? [] : read.map((settings) => given(settings, source, channel))
}

function given(settings: SettingsFile, source: SourceName, channel: Channel): GivenSettings {
  return { source, settings: { ...settings, channel } }
}

async function hasServerSettings(machine: Machine, separator: string, most: number): Promise<boolean> {
  for (const { id, home } of await machine.users()) {
    const path = [home, '.claude', 'remote-settings.json'].join(separator)
    const read = await machine.read(path, { most, owner: id })
    if (read.kind === 'bytes' && !/^\s*(?:\{\s*\}\s*)?$/.test(Buffer.from(read.bytes).toString('utf8'))) return true
  }
  return false
}
