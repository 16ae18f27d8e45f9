import { checksumsFile, publishedFolders } from '../platform/publish-folder.js'
import type { Mdm } from '../policy/delivery.js'
import type { SettingsChannel } from './claude-code-settings.js'

/** Platforms that Claude Code's managed settings can be a file on. */
export const settingsPlatforms = ['macos', 'linux', 'windows'] as const
export type SettingsPlatform = (typeof settingsPlatforms)[number]

/** Platforms as people call them. */
export const platformNames = { macos: 'macOS', linux: 'Linux', windows: 'Windows' } as const satisfies Readonly<
  Record<SettingsPlatform, string>
>

/** Products as people call them. */
export const mdmNames = {
  'jamf-pro': 'Jamf Pro',
  intune: 'Microsoft Intune',
  iru: 'Iru',
  fleetdm: 'Fleet (fleetdm)',
  'workspace-one': 'Workspace ONE',
  'group-policy': 'Group Policy',
  linux: 'Linux',
} as const satisfies Readonly<Record<Mdm, string>>

/** Where the parts of a bundle go on an endpoint. Folders of Claude: https://code.claude.com/docs/en/managed-settings (2026-08-22). */
export const endpointPlaces = {
  macos: {
    settingsFolder: '/Library/Application Support/ClaudeCode',
    headersHelper: '/usr/local/libexec/fleet/otel-headers',
    headersFile: '/etc/fleet/otel-headers.json',
  },
  linux: {
    settingsFolder: '/etc/claude-code',
    headersHelper: '/usr/local/libexec/fleet/otel-headers',
    headersFile: '/etc/fleet/otel-headers.json',
  },
  windows: {
    settingsFolder: 'C:\\Program Files\\ClaudeCode',
    headersHelper: 'C:\\Program Files\\ClaudeCode\\otel-headers.ps1',
    headersFile: 'C:\\ProgramData\\Fleet\\otel-headers.json',
  },
} as const

/** The platform that settings of one channel end up on; undefined where one text serves all. */
export function platformOf(channel: SettingsChannel): SettingsPlatform | undefined {
  switch (channel.kind) {
    case 'file':
    case 'script':
      return channel.platform
    case 'profile':
      return 'macos'
    case 'registry':
      return 'windows'
    case 'server':
      return undefined
  }
}

/** MDMs that deliver configuration profiles to Macs. */
export const appleMdms = ['jamf-pro', 'intune', 'iru', 'fleetdm', 'workspace-one'] as const satisfies readonly Mdm[]
export type AppleMdm = (typeof appleMdms)[number]

/** Where everything stands inside a bundle. */
export const bundlePaths = {
  settings: (platform: SettingsPlatform) => `claude-code/${platform}/managed-settings.json`,
  dropIn: (platform: SettingsPlatform) => `claude-code/${platform}/managed-settings.d/50-fleet.json`,
  installScript: (platform: 'macos' | 'linux') => `claude-code/${platform}/install-claude-code-settings.sh`,
  console: 'claude-code/console/server-managed-settings.json',
  codeProfile: (mdm: AppleMdm) => `claude-code/profiles/claude-code.${mdm}.mobileconfig`,
  codeRegistry: 'claude-code/windows/ClaudeCode.reg',
  codePowerShell: 'claude-code/windows/Set-ClaudeCodeSettings.ps1',
  intuneDetect: 'claude-code/intune/Detect-ClaudeCodeSettings.ps1',
  intuneRemediate: 'claude-code/intune/Remediate-ClaudeCodeSettings.ps1',
  headersHelper: (platform: SettingsPlatform) =>
    platform === 'windows' ? 'claude-code/headers/otel-headers.ps1' : 'claude-code/headers/otel-headers.sh',
  headersInstall: (platform: SettingsPlatform) =>
    platform === 'windows'
      ? 'claude-code/headers/Install-OtelHeaders.ps1'
      : 'claude-code/headers/install-otel-headers.sh',
  approvedPlugins: 'claude-code/approved-plugins.json',
  desktopProfile: 'claude-desktop/claude-desktop.mobileconfig',
  desktopRegistry: 'claude-desktop/windows/ClaudeDesktop.reg',
  desktopPowerShell: 'claude-desktop/windows/Set-ClaudeDesktopSettings.ps1',
  desktopLinux: 'claude-desktop/linux/managed-settings.json',
  coworkJson: 'cowork/admin-console.json',
  coworkPage: 'cowork/admin-console.md',
  collector: 'collector/config.yaml',
  collectorPage: 'collector/README.md',
  networkJson: 'network/allow-list.json',
  networkPage: 'network/allow-list.md',
  runBook: (mdm: Mdm) => `run-books/${mdm}.md`,
  readme: 'README.md',
  manifest: publishedFolders.bundle.marker,
  checksums: checksumsFile,
} as const
