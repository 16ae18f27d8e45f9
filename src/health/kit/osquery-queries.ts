import type { ProbePlatform } from '../facts.js'
import { jobPlaces, probeColumn } from './kit-places.js'
import type { KitPlan } from './kit-plan.js'

/**
 * Where osquery finds the line that the job keeps, as a table and its conditions. osquery runs no scripts, and no table
 * of its core reads a text file: macOS has `plist`, Windows `registry`, Linux needs `file_lines` of the macadmins
 * extension, which Fleet's agent has. https://github.com/osquery/osquery/blob/master/specs/darwin/plist.table,
 * https://github.com/fleetdm/fleet/blob/main/schema/tables/file_lines.yml (both looked at 2026-11-21).
 */
const lineIn = {
  macos: { from: `plist WHERE path = '${jobPlaces.macos.propertyList}' AND key = 'line'`, column: 'value' },
  windows: {
    from: `registry WHERE key = 'HKEY_LOCAL_MACHINE\\${jobPlaces.windows.key}' AND name = '${jobPlaces.windows.value}'`,
    column: 'data',
  },
  linux: { from: `file_lines WHERE path = '${jobPlaces.linux.line}' AND line LIKE 'FH1|%'`, column: 'line' },
} as const satisfies Readonly<Record<ProbePlatform, { from: string; column: string }>>

/** Platforms as osquery and Fleet write them. */
export const osqueryPlatforms = { macos: 'darwin', windows: 'windows', linux: 'linux' } as const

/** One row for each machine: who it is, and its line, or nothing where it has none. Reports of Fleet tell no serial. */
export function lineQuery(platform: ProbePlatform): string {
  const { from, column } = lineIn[platform]
  return `SELECT hardware_serial, uuid, hostname, (SELECT ${column} FROM ${from} LIMIT 1) AS ${probeColumn} FROM system_info;`
}

/**
 * A row only where the line is whole, does not say repair, is of a probe for this very policy, and no older than the
 * policy allows. `unknown` passes: a machine on which Claude does not run at that moment has no fault. `GLOB` tells upper from lower case, and of a text that is no date `julianday` makes NULL, which passes nothing.
 */
export function passQuery(platform: ProbePlatform, { stamp, staleAfterDays }: KitPlan): string {
  const { from, column } = lineIn[platform]
  const at = `julianday(substr(${column}, -24, 20))`
  const says = (word: string) => `${column} GLOB 'FH1|${word}|*|pol=${stamp}|*|t=????-??-??T??:??:??Z|end'`
  return [
    `SELECT 1 FROM ${from}`,
    `AND (${says('ok')} OR ${says('unknown')})`,
    `AND ${at} BETWEEN julianday('now') - ${staleAfterDays} AND julianday('now') + 1;`,
  ].join(' ')
}
