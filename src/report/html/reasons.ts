import type { DiagnosisRow, ReportView } from '../view/report-view.js'
import { countText } from '../words.js'
import { dataTable } from './data-table.js'
import { type Html, html } from './html.js'
import { publicLink } from './public-link.js'
import type { ReportSection } from './report-section.js'
import { stateBadge } from './state-badge.js'

const most = 25

/** What stands between the fleet and the target, the most frequent first, each with what to do. */
export function diagnosesSection({ diagnoses }: ReportView): ReportSection | undefined {
  if (diagnoses.length === 0) return undefined
  return {
    id: 'diagnoses',
    title: 'What is wrong, and what to do',
    body: html`<p>Each endpoint counts once, by the first reason for its state.</p>
${reasonTable('Reasons of the endpoints that are not ready', diagnoses)}`,
  }
}

/** What cannot be told and why: nothing of this counts as a pass. */
export function unknownSection({ unknowns }: ReportView): ReportSection | undefined {
  if (unknowns.length === 0) return undefined
  return {
    id: 'unknown',
    title: 'What is unknown, and why',
    body: html`<p>Nobody can say whether these endpoints are ready. They count as not ready until somebody can.</p>
${reasonTable('Unknown and stale endpoints', unknowns)}`,
  }
}

/** What was left out of the target, by reason. */
export function excludedSection({ excluded }: ReportView): ReportSection | undefined {
  if (excluded.length === 0) return undefined
  return {
    id: 'excluded',
    title: 'What is excluded',
    body: html`<p>These endpoints are managed and not in scope: the target is not about them.</p>
${reasonTable('Excluded endpoints', excluded, false)}`,
  }
}

function reasonTable(caption: string, rows: readonly DiagnosisRow[], hasRemedy = true): Html {
  const columns = [
    { head: 'Why' },
    { head: 'State', kind: 'word' },
    { head: 'Endpoints', kind: 'number' },
    ...(hasRemedy ? [{ head: 'What to do' }] : []),
  ] as const
  const shown = rows.slice(0, most)
  const more = rows.slice(most).reduce((sum, { endpoints }) => sum + endpoints, 0)
  const table = dataTable(
    caption,
    columns,
    shown.map((row) => [
      row.why,
      stateBadge(row.state),
      countText(row.endpoints),
      ...(hasRemedy ? [remedyCell(row)] : []),
    ]),
  )
  return html`${table}${
    more > 0 &&
    html`<p>And ${countText(rows.length - most)} rarer reasons with ${countText(more)} endpoints; the scan has them all.</p>\n`
  }`
}

function remedyCell(row: DiagnosisRow): Html {
  return html`${row.todo}${row.source !== undefined && html`<br>${publicLink(row.source)}`}`
}
