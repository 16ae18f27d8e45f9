import { asOf } from '../company.js'
import { acmeRuns } from './acme-runs.js'
import { archiveLines } from './archive.js'
import type { Run } from './script.js'

/** When the files of the archive were last rotated, as their names say; the older ones were packed. */
const rotated = asOf - 8.5 * 3_600_000
const rotation = '-2026-11-19T15-30-00.000.jsonl.gz'

/** What the collector of this policy takes out at the tier tool-details. */
const redacted: ReadonlySet<string> = new Set(['prompt', 'response'])
const required = ['department', 'endpoint.serial', 'fleet.policy']

/**
 * The archive of the collector of Acme, and the file of another one that does not redact: the text of each file, also of
 * those that are packed.
 */
export function acmeArchive(): Record<string, string> {
  const { runs, unredacted } = acmeRuns()
  const lines = (own: readonly Run[], without: ReadonlySet<string>) =>
    archiveLines(own, { dialect: { writer: 'collector', without }, required, batch: 50 })
  const isOld = ({ acts }: Run) => acts[0]!.at < rotated
  const before = lines(runs.filter(isOld), redacted)
  const now = lines(
    runs.filter((run) => !isOld(run)),
    redacted,
  )
  const text = (own: readonly string[]) => own.map((line) => `${line}\n`).join('')
  const names = Object.keys(now) as (keyof typeof now)[]
  const old = lines(unredacted, new Set())
  return {
    ...Object.fromEntries(names.map((name) => [name.replace('.jsonl', rotation), text(before[name])])),
    ...Object.fromEntries(names.filter((name) => now[name].length > 0).map((name) => [name, text(now[name])])),
    'old-collector.jsonl': text([...old['security.jsonl'], ...old['events.jsonl']]),
  }
}
