import { byText } from '../platform/by-text.js'
import type { SnapshotHead } from './snapshot.js'

type Source = SnapshotHead['sources'][number]

const jobIdentifier = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi
const digits = /\d+/g

/**
 * The names of the sources that were read, ordered, one for each file; a file that could not be read is none. What makes two
 * files the same source on different days is their format, and their path below the folder common to all files of the
 * scan, with every number and job id as `#`: exports carry the day, the page and the id of the job in their names. Files
 * may share a name, such as the pages of a list, so how often it stands there counts.
 */
export function sourceNames({ sources }: Pick<SnapshotHead, 'sources'>): string[] {
  const common = commonFolder(sources.map(pathOf))
  const read = sources.filter(({ format, problem }) => format !== undefined && problem === undefined)
  return read.map((source) => `${source.format} ${namePattern(pathOf(source).slice(common))}`).sort(byText)
}

function pathOf({ file }: Source): string[] {
  return file.split(/[/\\]/)
}

/** How many folders all paths begin with. */
function commonFolder(paths: readonly (readonly string[])[]): number {
  const [first = []] = paths
  let common = 0
  while (paths.every((path) => path.length > common + 1 && path[common] === first[common]) && paths.length > 0) common++
  return common
}

function namePattern(path: readonly string[]): string {
  return path.join('/').toLowerCase().replace(jobIdentifier, '#').replace(digits, '#')
}

type Sources = Pick<SnapshotHead, 'sources' | 'telemetry'>

/** Whether two scans were read from the same sources, apart from the day of the exports; evidence is a source, too. */
export function sameSources(a: Sources, b: Sources): boolean {
  if ((a.telemetry === undefined) !== (b.telemetry === undefined)) return false
  const [left, right] = [sourceNames(a), sourceNames(b)]
  return left.length === right.length && left.every((name, index) => name === right[index])
}
