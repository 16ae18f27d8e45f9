import type { Artifact } from '../artifact.js'
import { claudeCodeSettings } from '../claude-code-settings.js'
import { configurationProfile, readProfileSettings } from '../configuration-profile.js'
import type { PropertyListValue } from '../formats/property-list.js'
import { readRegistryFile, writeRegistryFile } from '../formats/registry-file.js'
import { appleMdms, bundlePaths, mdmNames } from '../places.js'
import { settingsMode } from '../plan.js'

const domain = 'com.anthropic.claudecode'
const registryKey = 'SOFTWARE\\Policies\\ClaudeCode'

/** One profile for each MDM that delivers them, since each has payload variables of its own. */
export const claudeCodeProfiles: Artifact = {
  id: 'claude-code-profiles',
  title: 'Claude Code configuration profiles',
  files: (plan) =>
    appleMdms
      .filter((mdm) => plan.mdms.includes(mdm))
      .map((mdm) => {
        const settings = claudeCodeSettings(plan, { kind: 'profile', mdm })
        return {
          path: bundlePaths.codeProfile(mdm),
          // Anthropic's own sample goes this way too: https://github.com/anthropics/claude-code/tree/main/examples/mdm
          content: configurationProfile({
            identifier: 'fleet.claude-code',
            displayName: 'Claude Code managed settings',
            organization: plan.loaded.policy.organization,
            domain,
            policyFile: plan.loaded.file,
            style: 'preferences',
            variablesAt: ['env.OTEL_RESOURCE_ATTRIBUTES'],
            settings: settings as Record<string, PropertyListValue>,
          }),
          ...settingsMode(plan),
          about: `Claude Code settings for Macs, as a configuration profile for ${mdmNames[mdm]}`,
          readBack: (bytes: Uint8Array) => readProfileSettings(bytes, domain),
          data: settings,
        }
      }),
}

/** HKLM, value `Settings`: the whole JSON on one line, since a registry text in a `.reg` file has no line breaks. */
export const claudeCodeRegistry: Artifact = {
  id: 'claude-code-registry',
  title: 'Claude Code registry file',
  files: (plan) => {
    const data = claudeCodeSettings(plan, { kind: 'registry' })
    return [
      {
        path: bundlePaths.codeRegistry,
        content: writeRegistryFile([
          {
            key: `HKEY_LOCAL_MACHINE\\${registryKey}`,
            values: [{ name: 'Settings', type: 'string', value: JSON.stringify(data) }],
          },
        ]),
        ...settingsMode(plan),
        about: 'Claude Code settings for Windows, as a registry file',
        readBack: readSettingsValue,
        data,
      },
    ]
  },
}

function readSettingsValue(bytes: Uint8Array): unknown {
  const { entries, problems } = readRegistryFile(bytes)
  const [entry, ...others] = entries
  const isOurs = entry?.hive === 'HKLM' && entry.key === registryKey && entry.name === 'Settings'
  if (!isOurs || others.length > 0 || problems.length > 0 || typeof entry.value !== 'string') return undefined
  return JSON.parse(entry.value)
}
