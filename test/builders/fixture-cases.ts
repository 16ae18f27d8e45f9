import type { DiagnosisCode } from '../../src/health/diagnoses.js'
import type { MachinePlatform } from '../../src/platform/machine.js'
import type { Policy } from '../../src/policy/policy.js'
import { below, type Changes, machine, places, policy, policyWith } from './fixture-base.js'
import type { MachineSpec } from './machine.js'

/** A machine of which it is known what is wrong with it. */
export interface FixtureMachine {
  readonly name: string
  readonly platform: MachinePlatform
  readonly policy: Policy
  readonly spec: MachineSpec
  readonly diagnoses: readonly DiagnosisCode[]
  /** Owners matter: only where the tests run as root. */
  readonly needsRoot?: true
}

type Case = readonly [
  name: string,
  diagnoses: readonly DiagnosisCode[],
  changes: Changes,
  more?: { readonly needsRoot?: true; readonly policy?: Policy },
]

/** Machines of one platform, by what differs. */
export function cases(platform: MachinePlatform, list: readonly Case[]): FixtureMachine[] {
  return list.map(([name, diagnoses, changes, more]) => ({
    name: `${platform}-${name}`,
    platform,
    policy,
    spec: machine(platform, changes),
    diagnoses,
    ...more,
  }))
}

/** A path below the home of the person. */
export const inHome = (path: string, platform: MachinePlatform = 'linux') =>
  below(platform, places[platform].home, path)

/** Where a configuration profile puts settings. */
export const settingsPlist = '/Library/Managed Preferences/com.anthropic.claudecode.plist'

/** Restarts are overdue at once. */
export const impatient = policyWith({ probe: { restartWithinHours: 0 } })

/** A property list that is no settings, or is damaged. */
export function profileText(text: string, files: Changes['files'] = {}): Changes {
  return { files: { ...files, [settingsPlist]: text } }
}

/** Settings as a configuration profile leaves them on a Mac. */
export function profile(value: Readonly<Record<string, unknown>>, files: Changes['files'] = {}): Changes {
  const defined: unknown = JSON.parse(JSON.stringify(value))
  return profileText(
    `<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0">\n${propertyListOf(defined)}\n</plist>\n`,
    files,
  )
}

function propertyListOf(value: unknown): string {
  if (typeof value === 'boolean') return `<${value}/>`
  if (typeof value === 'string') return `<string>${value}</string>`
  if (Array.isArray(value)) return `<array>${value.map(propertyListOf).join('')}</array>`
  const members = Object.entries(value as object).map(([key, item]) => `<key>${key}</key>${propertyListOf(item)}`)
  return `<dict>${members.join('')}</dict>`
}

/** The value of the registry that holds settings. */
export function registryValue(hive: string, value: Readonly<Record<string, unknown>>) {
  return { hive, key: 'SOFTWARE\\Policies\\ClaudeCode', name: 'Settings', text: JSON.stringify(value) }
}
