import type { Gate } from './gate.js'

/**
 * Pages and the day of the copy that was read. The English pages are one snapshot (Claude Code 2.1.240); rows marked
 * "later" were read in copies from September or October 2026, so they count from the first day those can be from.
 */
const changelog = {
  source: 'https://github.com/anthropics/claude-code/blob/main/CHANGELOG.md',
  checked: '2026-08-22',
}
const monitoring = { source: 'https://code.claude.com/docs/en/monitoring-usage', checked: '2026-08-22' }
const monitoringLater = { ...monitoring, checked: '2026-09-01' }
const managedSettingsLater = { source: 'https://code.claude.com/docs/en/managed-settings', checked: '2026-09-01' }
const reference = { source: 'https://code.claude.com/docs/en/settings-reference', checked: '2026-08-22' }
const serverManaged = { source: 'https://code.claude.com/docs/en/server-managed-settings', checked: '2026-08-22' }

/** What every entry has unless it says otherwise. */
const advised: Pick<Gate, 'product' | 'platforms' | 'except' | 'level'> = {
  product: 'claude-code',
  platforms: ['macos', 'windows', 'linux'],
  except: [],
  level: 'advised',
}

/** Gates on Claude Code, by id. None is required by default: an endpoint without Claude Code can be audited. */
export const codeGates: readonly Gate[] = [
  {
    ...advised,
    id: 'code-assistant-response',
    title: 'Claude Code reports assistant responses',
    requires: ['>=2.1.193'],
    why: 'Older versions send no assistant_response event.',
    ...monitoring,
  },
  {
    ...advised,
    id: 'code-command-plugin-sources',
    title: 'Command-sourced plugins can be forbidden',
    requires: ['>=2.1.229'],
    why: 'Older versions ignore disableCommandPluginSources.',
    ...reference,
  },
  {
    ...advised,
    id: 'code-drop-in-directory',
    title: 'Managed settings may be split into drop-in files',
    requires: ['>=2.1.83'],
    why: 'Older versions read managed-settings.json only and never look into managed-settings.d.',
    ...changelog,
  },
  {
    ...advised,
    id: 'code-env-merge',
    title: 'Managed env variables merge one by one',
    requires: ['>=2.1.223'],
    why: 'Before, the env block of a lower policy source was dropped whole when a higher source won.',
    ...changelog,
  },
  {
    ...advised,
    id: 'code-key-aliases',
    title: 'allowedMarketplaces and its sister names are read',
    requires: ['>=2.1.232'],
    why: 'Older versions ignore the names allowedMarketplaces and additionalMarketplaces; strictKnownMarketplaces and extraKnownMarketplaces work everywhere.',
    ...reference,
  },
  {
    ...advised,
    id: 'code-legacy-path-removed',
    title: 'The old ProgramData policy file is no longer read',
    platforms: ['windows'],
    requires: ['>=2.1.75'],
    why: 'Older versions may still obey a file in C:\\ProgramData\\ClaudeCode; from here such a file is dead.',
    ...changelog,
  },
  {
    ...advised,
    id: 'code-managed-preferences',
    title: 'Policy by configuration profile or registry',
    platforms: ['macos', 'windows'],
    requires: ['>=2.1.51'],
    why: 'Older versions read neither managed preferences (macOS) nor HKLM and HKCU policies (Windows).',
    ...changelog,
  },
  {
    ...advised,
    id: 'code-managed-sources-merge',
    title: 'Policy sources can be merged',
    requires: ['>=2.1.242'],
    why: 'Older versions ignore managedSourcesBehavior: the highest source wins whole and the others are skipped.',
    ...managedSettingsLater,
  },
  {
    ...advised,
    id: 'code-remote-refresh',
    title: 'Start can be made to wait for server policy',
    requires: ['>=2.1.92'],
    why: 'Older versions ignore forceRemoteSettingsRefresh and start without policy when the fetch fails.',
    ...changelog,
  },
  {
    ...advised,
    id: 'code-remote-refresh-from-device',
    title: 'Waiting for server policy can be set on the device',
    requires: ['>=2.1.191'],
    why: 'Before, forceRemoteSettingsRefresh only counted when it came from the server itself.',
    ...serverManaged,
  },
  {
    ...advised,
    id: 'code-required-version',
    title: 'Allowed versions can be enforced at start',
    requires: ['>=2.1.163'],
    why: 'Older versions ignore requiredMinimumVersion and requiredMaximumVersion, so the key cannot push them out.',
    ...reference,
  },
  {
    ...advised,
    id: 'code-settings-resolved-event',
    title: 'Policy in force is reported as an event',
    requires: ['>=2.1.274'],
    why: 'Older versions send no managed_settings_resolved event, so telemetry cannot prove which policy applied.',
    ...monitoringLater,
  },
  {
    ...advised,
    id: 'code-sideload-lock',
    title: 'Plugins and servers from the command line can be barred',
    requires: ['>=2.1.193'],
    why: 'Older versions ignore disableSideloadFlags.',
    ...reference,
  },
  {
    ...advised,
    id: 'code-tolerant-parsing',
    title: 'A bad entry no longer drops the managed settings',
    requires: ['>=2.1.166'],
    why: 'From here only the bad entry of a device policy is stripped and the rest stays in force.',
    ...changelog,
  },
  {
    ...advised,
    id: 'code-tolerant-parsing-server',
    title: 'A bad entry no longer drops the server policy',
    requires: ['>=2.1.169'],
    why: 'From here only the bad entry of a server-managed policy is stripped and the rest stays in force.',
    ...changelog,
  },
]
