import type { ReportView } from '../view/report-view.js'
import { countText } from '../words.js'
import { dataTable } from './data-table.js'
import { type Html, html } from './html.js'
import type { ReportSection } from './report-section.js'

/** The exports the scan read, by the numbers that receipts name them with, and the documents of this report. */
export function sourcesSection({ head, documents }: ReportView, fileNumber: (file: string) => number): ReportSection {
  const sources = head.sources.map(({ file, format, encoding, records, counted, rejected, sha256, problem }) => [
    html`[${fileNumber(file)}] ${file}`,
    problem ? html`<strong>not read</strong>: ${problem.message}` : (format ?? ''),
    encoding ?? '',
    ...[records, counted, rejected].map(countText),
    digestPart(sha256),
  ])
  const sourceColumns = [
    { head: 'File' },
    { head: 'Format', kind: 'word' },
    { head: 'Encoding', kind: 'word' },
    { head: 'Records', kind: 'number' },
    { head: 'Counted', kind: 'number' },
    { head: 'Rejected', kind: 'number' },
    { head: 'SHA-256' },
  ] as const
  const given = documents.map(({ kind, file, asOf, digest }) => [
    file,
    kind,
    asOf,
    digestPart(digest?.replace(/^sha256:/, '')),
  ])
  const documentColumns = [
    { head: 'Document' },
    { head: 'Kind', kind: 'word' },
    { head: 'As of', kind: 'word' },
    { head: 'SHA-256' },
  ] as const
  return {
    id: 'sources',
    title: 'Sources',
    body: html`${given.length > 0 && dataTable('Documents of this report', documentColumns, given)}${dataTable('Exports that the scan read', sourceColumns, sources)}${rejectedPart(head)}${
      head.skipped.length > 0 &&
      html`<p class="faint">Passed over: ${head.skipped
        .slice(0, 10)
        .map(({ file, reason }) => `${file} (${reason})`)
        .join(', ')}${head.skipped.length > 10 && ` and ${countText(head.skipped.length - 10)} more`}.</p>\n`
    }`,
  }
}

/** Enough of a digest to tell two apart, and all of it for whoever checks. */
function digestPart(digest: string | undefined): Html | string {
  if (digest === undefined) return '–'
  return html`<details class="digests"><summary><code class="digest">${digest.slice(0, 12)}…</code></summary><code class="digest">${digest}</code></details>`
}

/** Why records were rejected, file by file. */
function rejectedPart({ sources }: ReportView['head']) {
  const rows = sources.flatMap(({ file, rejectedBy = {} }) =>
    Object.entries(rejectedBy).map(([reason, records]) => [file, reason, countText(records)]),
  )
  const columns = [{ head: 'File' }, { head: 'Why' }, { head: 'Records', kind: 'number' }] as const
  return rows.length > 0 && dataTable('Rejected records', columns, rows)
}
