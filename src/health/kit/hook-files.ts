import { fillScriptTemplate } from '../../bundle/scripts/script-template.js'
import type { Guard } from '../../policy/hooks.js'
import type { ProbePlatform } from '../facts.js'

/** Where the hook that fleet ships stands on an endpoint, and its configuration. */
export const hookPlaces = {
  macos: { hook: '/usr/local/libexec/fleet-hook', configuration: '/etc/fleet/hook.conf' },
  linux: { hook: '/usr/local/libexec/fleet-hook', configuration: '/etc/fleet/hook.conf' },
  windows: {
    hook: 'C:\\Program Files\\Fleet\\fleet-hook.ps1',
    configuration: 'C:\\ProgramData\\Fleet\\hook.conf',
  },
} as const satisfies Readonly<Record<ProbePlatform, { readonly hook: string; readonly configuration: string }>>

/** What tests put in place of the machine: another configuration, and who has to own it instead of root. */
export interface HookPlace {
  readonly configuration?: string
  readonly administratorId?: number
}

/**
 * The configuration of the hook on a platform, printable ASCII on lines; the grammar stands in
 * `templates/hook/README.md`. Throws an Error, a bug, for a guard that the policy would not have taken.
 */
export function hookConfiguration({ deny, evaluate, whenUnsure, keep }: Guard, platform: ProbePlatform): string {
  const authorization = evaluate?.authorizationFile?.[platform]
  const lines = [
    '# How the hook of fleet decides. Written by fleet from hooks.guard of the policy: change it there.',
    `unsure ${whenUnsure}`,
    `keep ${keep}`,
    ...(evaluate === undefined ? [] : [`evaluate ${new URL(evaluate.url).href}`, `timeout ${evaluate.timeoutSeconds}`]),
    ...(authorization === undefined ? [] : [`authorization-file ${authorization}`]),
    ...deny.map(({ tool, contains }) =>
      contains === undefined ? `deny ${tool}` : `deny ${tool} ${asInEvent(contains)}`,
    ),
  ]
  if (!lines.every((line) => /^[ -~]+$/.test(line))) throw new Error('A line of the hook configuration is not plain.')
  return `${lines.join('\n')}\n`
}

/** A text as JSON writes it: the hook looks for it in the event as it came, with `\"` and `\\`. */
export function asInEvent(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

/** The hook for macOS or Linux, for `/bin/sh`. `whenUnsure` holds while its configuration cannot be read. */
export function shellHook(
  platform: 'macos' | 'linux',
  whenUnsure: Guard['whenUnsure'],
  { configuration = hookPlaces[platform].configuration, administratorId = 0 }: HookPlace = {},
): string {
  return fillScriptTemplate('hook/fleet-hook.sh', {
    constants: { CONFIGURATION: configuration, UNSURE: whenUnsure, ADMINISTRATOR: String(administratorId) },
    data: {},
  })
}

/** The hook for Windows, for PowerShell 5.1. `whenUnsure` holds while its configuration cannot be read. */
export function powerShellHook(
  whenUnsure: Guard['whenUnsure'],
  { configuration = hookPlaces.windows.configuration }: Pick<HookPlace, 'configuration'> = {},
): string {
  return fillScriptTemplate('hook/fleet-hook.ps1', {
    constants: { CONFIGURATION: configuration, UNSURE: whenUnsure },
    data: {},
  })
}
