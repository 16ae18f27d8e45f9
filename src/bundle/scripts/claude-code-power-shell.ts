import { sha256 } from '../../platform/sha256.js'
import type { BundleFile } from '../artifact.js'
import { claudeCodeSettings } from '../claude-code-settings.js'
import { writeJsonText } from '../formats/json-text.js'
import type { BundlePlan } from '../plan.js'
import { attributesPlace } from './attributes-place.js'
import { readJsonBlock, readPowerShellData } from './data-block.js'
import { fillScriptTemplate } from './script-template.js'

/** One of the PowerShell scripts around the registry value of Claude Code: all of them hold the very same settings. */
export function claudeCodePowerShell(
  plan: BundlePlan,
  template: string,
): Required<Pick<BundleFile, 'content' | 'readBack'>> & Pick<BundleFile, 'data'> {
  const data = claudeCodeSettings(plan, { kind: 'script', platform: 'windows' })
  // Checked by the writer of JSON files, then on one line, as the registry has it.
  const json = JSON.stringify(JSON.parse(writeJsonText(data)))
  const bytes = Buffer.from(json)
  const place = attributesPlace(json)
  return {
    content: fillScriptTemplate(template, {
      constants: {
        SETTINGS_DIGEST: sha256(bytes),
        ATTRIBUTES_START: String(place?.start ?? 0),
        ATTRIBUTES_LENGTH: String(place?.length ?? 0),
      },
      data: { SETTINGS: bytes },
    }),
    readBack: (script) => readJsonBlock(readPowerShellData(script, 'Settings')),
    data,
  }
}
