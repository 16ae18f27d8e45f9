import { cellCode, markdownList } from '../../platform/markdown-table.js'
import { sameWarnings } from '../same-warnings.js'
import type { ReportView } from '../view/report-view.js'
import { countText } from '../words.js'
import { type Blocks, boundedTable, moreOf, shortText } from './bounded.js'

/** The documents that the report was made from, so that anybody can check them. */
export function documents({ documents: rows }: ReportView, most: number): Blocks {
  return boundedTable(
    ['Document', 'File', 'As of', 'SHA-256'],
    rows,
    most,
    ({ kind, file, asOf, digest }) => [kind, shortText(file), asOf, digestText(digest?.replace(/^sha256:/, ''))],
    (left) => moreOf(left, 'document'),
  )
}

/** The exports that the scan has read, those with problems first where not all are shown. */
export function exports({ head: { sources } }: ReportView, most: number): Blocks {
  const doubtful = (file: (typeof sources)[number]) => file.problem !== undefined || file.rejected > 0
  const rows =
    sources.length > most
      ? [...sources.filter((file) => doubtful(file)), ...sources.filter((file) => !doubtful(file))]
      : sources
  return boundedTable(
    ['File', 'Format', 'Records', 'Counted', 'Rejected', 'SHA-256'],
    rows,
    most,
    (file) => [
      shortText(file.file),
      file.problem ? shortText(`not read: ${file.problem.message}`) : shortText(file.format ?? ''),
      ...[file.records, file.counted, file.rejected].map(countText),
      digestText(file.sha256),
    ],
    (left) => moreOf(left, 'file'),
  )
}

/** Whole, since it is there to be compared. */
function digestText(digest: string | undefined): string {
  return digest === undefined ? '' : /^[0-9a-f]{64}$/.test(digest) ? cellCode(digest) : shortText(digest, 80)
}

const mostPlaces = 3

/** What the scan warns of, the same once for all files: what puts its completeness in doubt comes first. */
export function warnings({ head: { warnings: all } }: ReportView, most: number): Blocks {
  const same = sameWarnings(all)
  if (same.length === 0) return []
  const items = same.slice(0, most).map(({ warning: { code, message }, files }) => {
    const places = files.slice(0, mostPlaces).map(({ file = '' }) => shortText(file))
    const more = files.slice(mostPlaces)
    const where = [...places, ...(more.length > 0 ? [moreOf(more, 'file')] : [])].join(', ')
    return `${shortText(code, 60)}: ${shortText(message, 300)}${where === '' ? '' : ` (${where})`}`
  })
  const left = same.slice(most)
  return [markdownList(items), ...(left.length > 0 ? [`And ${moreOf(left, 'warning')}.`] : [])]
}
