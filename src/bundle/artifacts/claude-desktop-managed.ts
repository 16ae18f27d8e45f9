import type { Artifact } from '../artifact.js'
import { claudeDesktopSettings } from '../claude-desktop-settings.js'
import { configurationProfile, readProfileSettings } from '../configuration-profile.js'
import {
  desktopLinuxFile,
  desktopPropertyList,
  desktopRegistryValues,
  readDesktopLinuxFile,
  readDesktopPropertyList,
  readDesktopRegistry,
} from '../desktop-encoding.js'
import { type JsonValue, readJsonText, writeJsonText } from '../formats/json-text.js'
import { readRegistryFile, writeRegistryFile } from '../formats/registry-file.js'
import { bundlePaths } from '../places.js'
import { settingsMode } from '../plan.js'

const domain = 'com.anthropic.claudefordesktop'
const registryKey = 'SOFTWARE\\Policies\\Claude'

/** Arrays and objects stand as JSON texts: older releases take no native ones. */
export const claudeDesktopProfile: Artifact = {
  id: 'claude-desktop-profile',
  title: 'Claude Desktop configuration profile',
  files: (plan) => {
    const data = claudeDesktopSettings(plan, 'macos')
    if (Object.keys(data).length === 0) return []
    return [
      {
        path: bundlePaths.desktopProfile,
        content: configurationProfile({
          identifier: 'fleet.claude-desktop',
          displayName: 'Claude Desktop policy',
          organization: plan.loaded.policy.organization,
          domain,
          policyFile: plan.loaded.file,
          style: 'domain',
          settings: desktopPropertyList(data),
        }),
        ...settingsMode(plan),
        about: 'Claude Desktop policy for Macs, as a configuration profile',
        readBack: (bytes) => {
          const payload = readProfileSettings(bytes, domain)
          return payload && readDesktopPropertyList(payload as Record<string, unknown>).settings
        },
        data,
      },
    ]
  },
}

export const claudeDesktopRegistry: Artifact = {
  id: 'claude-desktop-registry',
  title: 'Claude Desktop registry file',
  files: (plan) => {
    const data = claudeDesktopSettings(plan, 'windows')
    if (Object.keys(data).length === 0) return []
    return [
      {
        path: bundlePaths.desktopRegistry,
        content: writeRegistryFile([
          { key: `HKEY_LOCAL_MACHINE\\${registryKey}`, values: desktopRegistryValues(data) },
        ]),
        ...settingsMode(plan),
        about: 'Claude Desktop policy for Windows, as a registry file',
        readBack: (bytes) => {
          const { entries, problems } = readRegistryFile(bytes)
          const isOurs = entries.every(({ hive, key }) => hive === 'HKLM' && key === registryKey)
          return isOurs && problems.length === 0 ? readDesktopRegistry(entries).settings : undefined
        },
        data,
      },
    ]
  },
}

export const claudeDesktopLinux: Artifact = {
  id: 'claude-desktop-linux',
  title: 'Claude Desktop file for Linux',
  files: (plan) => {
    const data = claudeDesktopSettings(plan, 'linux')
    if (Object.keys(data).length === 0) return []
    return [
      {
        path: bundlePaths.desktopLinux,
        content: writeJsonText(desktopLinuxFile(data) as JsonValue),
        ...settingsMode(plan),
        about:
          'Claude Desktop policy for Linux: /etc/claude-desktop/managed-settings.json, owned by root, from 1.17377.1 on',
        readBack: (bytes) => readDesktopLinuxFile(readJsonText(bytes).value as Record<string, unknown>).settings,
        data,
      },
    ]
  },
}
