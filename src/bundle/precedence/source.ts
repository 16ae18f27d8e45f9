import type { SettingsFile } from '../settings-file.js'

/**
 * Sources that only an administrator can write, highest rank first. A machine has either `plist` or `hklm`.
 * Source: https://code.claude.com/docs/en/managed-settings (2026-08-22).
 */
export const adminSources = ['server', 'plist', 'hklm', 'file'] as const
/** The user's registry hive comes last and counts only when no admin source has a policy key. */
export const managedSources = [...adminSources, 'hkcu'] as const
/** What users and repositories bring, highest first: https://code.claude.com/docs/en/settings (2026-10-08). */
export const lowerSources = ['local', 'project', 'user'] as const
export const sourceNames = [...managedSources, ...lowerSources] as const

export type AdminSource = (typeof adminSources)[number]
export type ManagedSource = (typeof managedSources)[number]
export type LowerSource = (typeof lowerSources)[number]
export type SourceName = (typeof sourceNames)[number]

export function isAdminSource(source: SourceName): source is AdminSource {
  return adminSources.some((name) => name === source)
}

export function isManagedSource(source: SourceName): source is ManagedSource {
  return managedSources.some((name) => name === source)
}

/** Settings and the place of a machine that they stand for. A drop-in belongs to `file`. */
export interface GivenSettings {
  readonly source: SourceName
  readonly settings: SettingsFile
}

/** Where a value stands. */
export interface Place {
  readonly source: SourceName
  readonly file: string
  readonly line?: number | undefined
}

/** As the client's own /status names them, where it does. */
export const sourceLabels: Readonly<Record<SourceName, string>> = {
  server: 'server',
  plist: 'plist',
  hklm: 'HKLM',
  file: 'file',
  hkcu: 'HKCU',
  local: 'local',
  project: 'project',
  user: 'user',
}
