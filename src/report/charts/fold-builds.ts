import { compareVersions, type Version } from '../../gates/version.js'
import { byText } from '../../platform/by-text.js'
import type { ScanHead } from '../../readiness/scan-document.js'

/** A version that can be read, and its endpoints. */
export interface Build {
  readonly row: ScanHead['versions'][number]
  readonly parsed: Version
}

/** The lowest version that a gate lets pass. */
export interface Boundary {
  readonly text: string
  readonly minimum: Version
}

/** A version, or several neighbours that are drawn as one. */
export interface FoldedBuilds {
  readonly name: string
  readonly newest: Version
  readonly endpoints: number
  /** Endpoints on which a required gate fails. */
  readonly failing: number
  /** Endpoints on which no required gate fails, but one cannot tell. */
  readonly unknown: number
}

const mostAlone = 14

/**
 * The versions to draw, in the order they come in, newest first. Of many, those with the most endpoints stand alone; the
 * versions between two of them become one row, which never reaches across a boundary.
 */
export function foldBuilds(builds: readonly Build[], boundaries: readonly Boundary[]): FoldedBuilds[] {
  const largest = [...builds].sort((a, b) => b.row.endpoints - a.row.endpoints || byText(a.row.version, b.row.version))
  const alone = new Set(largest.slice(0, mostAlone))
  const runs: { readonly key: string; readonly builds: Build[] }[] = []
  for (const build of builds) {
    // How many boundaries a version has passed tells on which side of each of them it is.
    const passed = boundaries.filter(({ minimum }) => compareVersions(build.parsed, minimum) >= 0).length
    const key = alone.has(build) ? `alone ${build.row.version}` : `folded ${passed}`
    if (runs.at(-1)?.key === key) runs.at(-1)!.builds.push(build)
    else runs.push({ key, builds: [build] })
  }
  return runs.map(({ builds: run }) => ({
    name: nameOf(run),
    newest: run[0]!.parsed,
    endpoints: run.reduce((sum, { row }) => sum + row.endpoints, 0),
    failing: run.reduce((sum, { row }) => sum + row.belowRequired, 0),
    unknown: run.reduce((sum, { row }) => sum + (row.unknownRequired ?? 0), 0),
  }))
}

/** How many and the oldest, since two whole versions and a number find no room. */
function nameOf(run: readonly Build[]): string {
  const oldest = run.at(-1)!
  return run.length === 1 ? oldest.row.version : `${run.length} versions from ${oldest.row.version}`
}
