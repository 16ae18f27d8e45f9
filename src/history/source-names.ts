import { byText } from '../platform/by-text.js'
import type { SnapshotHead } from './snapshot.js'

type Source = SnapshotHead['sources'][number]

const jobIdentifier = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi
const digits = /\d+/g

/**
 * What makes two files the same source on different days: their format, and their name without its folder and with every
 * number and job id as `#`, since exports carry the day, the page and the id of the job in their names.
 */
export function sourceName({ file, format = '' }: Pick<Source, 'file' | 'format'>): string {
  const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)
  return `${format} ${name.toLowerCase().replace(jobIdentifier, '#').replace(digits, '#')}`
}

/** The names of the sources that were read, ordered, each once; a file that could not be read is none. */
export function sourceNames({ sources }: Pick<SnapshotHead, 'sources'>): string[] {
  const read = sources.filter(({ format, problem }) => format !== undefined && problem === undefined)
  return [...new Set(read.map(sourceName))].sort(byText)
}

type Sources = Pick<SnapshotHead, 'sources' | 'telemetry'>

/** Whether two scans were read from the same sources, apart from the day of the exports; evidence is a source, too. */
export function sameSources(a: Sources, b: Sources): boolean {
  if ((a.telemetry === undefined) !== (b.telemetry === undefined)) return false
  const [left, right] = [sourceNames(a), sourceNames(b)]
  return left.length === right.length && left.every((name, index) => name === right[index])
}
