import type { ScanHead } from '../../readiness/scan-document.js'
import { sameWarnings } from '../same-warnings.js'
import type { ReportView } from '../view/report-view.js'
import { countText } from '../words.js'
import { dataTable } from './data-table.js'
import { html } from './html.js'
import type { ReportSection } from './report-section.js'

const mostFiles = 5

type Warning = ScanHead['warnings'][number]

/** What the scan and the plan warn of; undefined where they do not. */
export function warningsSection(
  { head, plan }: ReportView,
  fileNumber: (file: string) => number,
): ReportSection | undefined {
  const rows = [
    ...sameWarnings(head.warnings).map(({ warning: { code, message }, files }) => [
      html`<code>${code}</code>`,
      message,
      placesText(files, fileNumber),
    ]),
    ...(plan?.warnings ?? []).map(({ code, message }) => [html`<code>${code}</code>`, message, 'the plan']),
  ]
  const lookAlikes = head.lookAlikes.map(({ name, why, rows }) => `${name} (${why}, ${countText(rows)})`)
  if (rows.length === 0 && lookAlikes.length === 0) return undefined
  const columns = [
    { head: 'Warning', kind: 'word' },
    { head: 'What it means' },
    { head: 'Where (files by their number among the sources)' },
  ] as const
  return {
    id: 'warnings',
    title: 'Warnings',
    body: html`${rows.length > 0 && dataTable('Warnings of the scan and the plan', columns, rows)}${
      lookAlikes.length > 0 &&
      html`<p>Names that look like Claude and do not count: ${lookAlikes.slice(0, 10).join(', ')}${
        lookAlikes.length > 10 && ` and ${countText(lookAlikes.length - 10)} more`
      }.</p>\n`
    }`,
  }
}

/** Files by their number among the sources. */
function placesText(group: readonly Warning[], fileNumber: (file: string) => number): string {
  const places = group.flatMap(({ file, records, firstRecord }) => {
    if (file === undefined) return []
    const many = records === undefined ? '' : `: ${countText(records)} record${records === 1 ? '' : 's'}`
    return [`[${fileNumber(file)}]${many}${firstRecord === undefined ? '' : `, first ${countText(firstRecord)}`}`]
  })
  const more = places.length - mostFiles
  return places.slice(0, mostFiles).join('; ') + (more > 0 ? `; and ${countText(more)} more files` : '')
}
