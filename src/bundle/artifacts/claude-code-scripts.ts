import { sha256 } from '../../platform/sha256.js'
import type { Artifact, BundleFile } from '../artifact.js'
import { claudeCodeSettings } from '../claude-code-settings.js'
import { writeJsonText } from '../formats/json-text.js'
import { bundlePaths, endpointPlaces } from '../places.js'
import { type BundlePlan, settingsMode } from '../plan.js'
import { attributesPlace } from '../scripts/attributes-place.js'
import { claudeCodePowerShell } from '../scripts/claude-code-power-shell.js'
import { readJsonBlock, readShellData } from '../scripts/data-block.js'
import { scriptMode } from '../scripts/script-mode.js'
import { fillScriptTemplate } from '../scripts/script-template.js'

/** Shell scripts that put the settings file in place, with the serial number of each endpoint filled in there. */
export const claudeCodeInstallScripts: Artifact = {
  id: 'claude-code-install-scripts',
  title: 'Claude Code install scripts',
  files: (plan) => [installScript(plan, 'macos'), installScript(plan, 'linux')],
}

/** The same for Windows, into the registry. */
export const claudeCodePowerShellScript: Artifact = {
  id: 'claude-code-powershell',
  title: 'Claude Code script for Windows',
  files: (plan) => [
    {
      path: bundlePaths.codePowerShell,
      ...claudeCodePowerShell(plan, 'Set-ClaudeCodeSettings.ps1'),
      ...settingsMode(plan),
      about:
        'Claude Code settings for Windows, as a script: HKLM\\SOFTWARE\\Policies\\ClaudeCode, with the serial number',
    },
  ],
}

function installScript(plan: BundlePlan, platform: 'macos' | 'linux'): BundleFile {
  const data = claudeCodeSettings(plan, { kind: 'script', platform })
  const json = writeJsonText(data)
  const bytes = Buffer.from(json)
  return {
    path: bundlePaths.installScript(platform),
    content: fillScriptTemplate('install-claude-code-settings.sh', {
      constants: {
        PLATFORM: platform,
        SETTINGS_FOLDER: endpointPlaces[platform].settingsFolder,
        SETTINGS_DIGEST: sha256(bytes),
        ATTRIBUTES_LINE: String(attributesPlace(json)?.line ?? 0),
      },
      data: { SETTINGS: bytes },
    }),
    ...scriptMode(plan),
    about: `Claude Code settings for ${platform}, as a script: ${endpointPlaces[platform].settingsFolder}, with the serial number`,
    readBack: (script) => readJsonBlock(readShellData(script)),
    data,
  }
}
