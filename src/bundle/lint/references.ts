/** Where a rule was read or seen, and the day. */
export interface Reference {
  readonly source: string
  readonly checked: string
}

const page = (name: string, checked = '2026-08-22'): Reference => ({
  source: `https://code.claude.com/docs/en/${name}`,
  checked,
})

/** The pages that rules rest on, by what they are about. The later day is that of a newer copy. */
export const docs = {
  debug: page('debug-your-config'),
  hooks: page('hooks'),
  managedMcp: page('managed-mcp'),
  managedSettings: page('managed-settings'),
  managedSettingsLater: page('managed-settings', '2026-09-01'),
  marketplaces: page('plugin-marketplaces'),
  monitoring: page('monitoring-usage'),
  permissions: page('permissions'),
  serverManaged: page('server-managed-settings'),
  settingsReference: page('settings-reference'),
} as const

/** What was seen when real clients were driven with such settings. */
export const observed: Reference = {
  source: 'observed on Claude Code clients, see templates/client-matrix.json',
  checked: '2026-11-21',
}

/** A report, which is no promise. */
export function issue(number: number): Reference {
  return { source: `https://github.com/anthropics/claude-code/issues/${number}`, checked: '2026-11-20' }
}
