import { sha256 } from '../../platform/sha256.js'
import type { Artifact } from '../artifact.js'
import { claudeDesktopSettings } from '../claude-desktop-settings.js'
import { type DesktopRegistryValue, desktopRegistryValues } from '../desktop-encoding.js'
import { checkWritable, loneSurrogate, type WritableRules } from '../formats/writable-value.js'
import { bundlePaths } from '../places.js'
import { settingsMode } from '../plan.js'
import { readPowerShellData } from '../scripts/data-block.js'
import { fillScriptTemplate } from '../scripts/script-template.js'

/** The policy of Claude Desktop for Windows, as a script. A text may hold line breaks here, which a `.reg` file cannot. */
export const claudeDesktopScript: Artifact = {
  id: 'claude-desktop-script',
  title: 'Claude Desktop script for Windows',
  files: (plan) => {
    const data = desktopRegistryValues(claudeDesktopSettings(plan, 'windows'))
    if (data.length === 0) return []
    const bytes = Buffer.from(textOf(data))
    return [
      {
        path: bundlePaths.desktopPowerShell,
        content: fillScriptTemplate('Set-ClaudeDesktopSettings.ps1', {
          constants: { VALUES_DIGEST: sha256(bytes) },
          data: { VALUES: bytes },
        }),
        ...settingsMode(plan),
        about: 'Claude Desktop policy for Windows, as a script: HKLM\\SOFTWARE\\Policies\\Claude',
        readBack: (script) => readValues(readPowerShellData(script, 'Values')),
        data,
      },
    ]
  },
}

const registryTextRules: WritableRules = {
  code: 'not-in-registry',
  format: 'the registry',
  text: (text) =>
    text.includes('\0')
      ? 'a NUL character'
      : loneSurrogate.test(text)
        ? 'half a character (a lone surrogate)'
        : undefined,
  number: (value) => (Number.isInteger(value) && value >= 0 && value < 2 ** 32 ? undefined : 'such a number'),
  null: false,
  undefinedKeys: false,
}

/** Name, type and value of each with NUL between them: PowerShell's own JSON reader turns some texts into dates. */
function textOf(values: readonly DesktopRegistryValue[]): string {
  checkWritable(Object.fromEntries(values.map(({ name, value }) => [name, value])), registryTextRules)
  return values.flatMap(({ name, type, value }) => [name, type, String(value)]).join('\0')
}

function readValues(block: Buffer | undefined): DesktopRegistryValue[] | undefined {
  const parts = block && new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(block).split('\0')
  if (parts === undefined || parts.length % 3 !== 0) return undefined
  return Array.from({ length: parts.length / 3 }, (_, index) => {
    const [name = '', type, value = ''] = parts.slice(3 * index, 3 * index + 3)
    return type === 'dword' ? { name, type, value: Number(value) } : { name, type: 'string', value }
  })
}
