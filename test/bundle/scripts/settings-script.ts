import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { claudeCodeInstallScripts } from '../../../src/bundle/artifacts/claude-code-scripts.js'
import type { BundlePlan } from '../../../src/bundle/plan.js'
import { planOf } from '../../builders/plan.js'

export const folders = { macos: 'Library/Application Support/ClaudeCode', linux: 'etc/claude-code' } as const
export type Platform = keyof typeof folders

export const telemetry = {
  endpoint: 'https://otel.example.com:4318',
  resourceAttributes: { department: 'Field, Ops=1 é' },
  endpointAttributes: { 'fleet.serial': 'serial', 'fleet.hostname': 'hostname' },
}

export function scriptOf(plan: BundlePlan, platform: Platform = 'linux'): string {
  const file = claudeCodeInstallScripts.files(plan).find(({ path }) => path.startsWith(`claude-code/${platform}/`))
  return String(file?.content)
}

export function settingsFile(root: string, platform: Platform = 'linux', name = 'managed-settings.json'): string {
  return join(root, folders[platform], name)
}

export function attributesIn(root: string): string {
  return JSON.parse(readFileSync(settingsFile(root), 'utf8')).env.OTEL_RESOURCE_ATTRIBUTES
}

export const simple = planOf({ claudeCode: { settings: { cleanupPeriodDays: 30 } } })
export const identified = { FLEET_SERIAL: 'C02XK1ABCD', FLEET_HOSTNAME: 'mac-01.example' }
