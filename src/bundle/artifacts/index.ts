import type { Artifact } from '../artifact.js'
import { approvedPlugins, claudeCodeConsole, claudeCodeFiles } from './claude-code-files.js'
import { claudeCodeIntune } from './claude-code-intune.js'
import { claudeCodeProfiles, claudeCodeRegistry } from './claude-code-managed.js'
import { claudeCodeInstallScripts, claudeCodePowerShellScript } from './claude-code-scripts.js'
import { claudeDesktopLinux, claudeDesktopProfile, claudeDesktopRegistry } from './claude-desktop-managed.js'
import { claudeDesktopScript } from './claude-desktop-script.js'
import { collector } from './collector.js'
import { cowork } from './cowork.js'
import { groupEndpoints } from './group-endpoints.js'
import { network } from './network.js'
import { otelHeaders } from './otel-headers.js'

/** An empty set of settings would only stand in the way of a source below it, so no file is made of one. */
function whereSettingsAre(artifact: Artifact): Artifact {
  return { ...artifact, files: (plan) => artifact.files(plan).filter(({ data }) => !isEmpty(data)) }
}

function isEmpty(data: unknown): boolean {
  return typeof data === 'object' && data !== null && Object.keys(data).length === 0
}

/** What is delivered to endpoints; made once for the whole company, and once for each group. */
export const settingsArtifacts: readonly Artifact[] = [
  ...[
    claudeCodeFiles,
    claudeCodeProfiles,
    claudeCodeRegistry,
    claudeCodeInstallScripts,
    claudeCodePowerShellScript,
    claudeCodeIntune,
  ].map(whereSettingsAre),
  claudeDesktopProfile,
  claudeDesktopRegistry,
  claudeDesktopScript,
  claudeDesktopLinux,
  groupEndpoints,
]

/** What exists once, whatever the groups. */
export const companionArtifacts: readonly Artifact[] = [
  whereSettingsAre(claudeCodeConsole),
  otelHeaders,
  approvedPlugins,
  cowork,
  collector,
  network,
]
