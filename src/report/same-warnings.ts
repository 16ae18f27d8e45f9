import type { ScanHead } from '../readiness/scan-document.js'

type Warning = ScanHead['warnings'][number]

/** A warning, and the files that it is about. */
export interface SameWarning {
  readonly warning: Warning
  readonly files: readonly Warning[]
}

/** The same warning about several files is told once. */
export function sameWarnings(warnings: readonly Warning[]): SameWarning[] {
  const groups = new Map<string, { warning: Warning; files: Warning[] }>()
  for (const warning of warnings) {
    const key = `${warning.code} ${warning.message}`
    const group = groups.get(key) ?? { warning, files: [] }
    groups.set(key, group)
    if (warning.file !== undefined) group.files.push(warning)
  }
  return [...groups.values()]
}
