import type { Artifact } from '../artifact.js'
import { bundlePaths } from '../places.js'
import { settingsMode } from '../plan.js'
import { claudeCodePowerShell } from '../scripts/claude-code-power-shell.js'

/**
 * The limit that is stated for Intune's platform scripts; for remediations none is.
 * https://learn.microsoft.com/en-us/intune/intune-service/apps/intune-management-extension (2026-11)
 */
const largestIntuneScript = 200 * 1024

/** A detection and a remediation script around the same bytes of settings. */
export const claudeCodeIntune: Artifact = {
  id: 'claude-code-intune',
  title: 'Claude Code remediation for Intune',
  files: (plan) => {
    if (!plan.mdms.includes('intune')) return []
    const files = [
      {
        path: bundlePaths.intuneDetect,
        ...claudeCodePowerShell(plan, 'Detect-ClaudeCodeSettings.ps1'),
        ...settingsMode(plan),
        about: 'Intune remediation, detection script: are the Claude Code settings in place?',
      },
      {
        path: bundlePaths.intuneRemediate,
        ...claudeCodePowerShell(plan, 'Remediate-ClaudeCodeSettings.ps1'),
        ...settingsMode(plan),
        about: 'Intune remediation, remediation script: puts the Claude Code settings in place',
      },
    ]
    if (files.some(({ content }) => content.length > largestIntuneScript))
      plan.warn({
        code: 'intune-script-too-large',
        message:
          'The Intune remediation scripts are over 200 KB, the limit of other Intune scripts, and may be refused: deliver the registry file or Set-ClaudeCodeSettings.ps1 in a Win32 app.',
      })
    return files
  },
}
