import {
  type ReadDesktopSettings,
  readDesktopLinuxFile,
  readDesktopPropertyList,
  readDesktopRegistry,
} from '../desktop-encoding.js'
import type { KeyPath } from '../formats/read-format.js'
import type { SettingsFile } from '../settings-file.js'
import { desktopRegistryEntries } from '../settings-from-registry.js'
import type { LintContext } from './rule.js'

/** The settings of a Claude Desktop file with what its encoding gets wrong; nothing where it cannot be read. */
export function desktopOf(file: SettingsFile): ReadDesktopSettings {
  if (file.registry !== undefined) return readDesktopRegistry(desktopRegistryEntries(file.registry))
  if (file.format === 'plist') return readDesktopPropertyList(file.payload ?? {})
  return readDesktopLinuxFile(file.value ?? {})
}

/** The Linux file is the only one of which one unknown key makes the app ignore all. */
export function isLinuxFile(file: SettingsFile): boolean {
  return file.surface === 'claude-desktop' && file.format === 'json'
}

/** All Desktop settings that may meet on a machine, the ones of each file by themselves. */
export function allDesktop({ files }: LintContext): readonly Readonly<Record<string, unknown>>[] {
  return files.filter(({ surface }) => surface === 'claude-desktop').map((file) => desktopOf(file).settings)
}

/** `managedMcpServers[0].oauth.scope` as a path. */
export function pathOfPlace(place: string): KeyPath {
  return [...place.matchAll(/\[(?<index>\d+)\]|(?<key>[^.[\]]+)/g)].map(({ groups }) =>
    groups?.index === undefined ? (groups?.key ?? '') : Number(groups.index),
  )
}
