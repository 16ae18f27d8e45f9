import { numbered } from '../plan-words.js'
import type { ReportView } from '../view/report-view.js'
import { countText } from '../words.js'
import { dataTable } from './data-table.js'
import { html } from './html.js'
import type { ReportSection } from './report-section.js'

/** What the evidence says: whose telemetry arrives, and what was found in it; undefined without evidence. */
export function telemetrySection({ head, evidence }: ReportView): ReportSection | undefined {
  const { telemetry } = head
  if (telemetry === undefined && evidence === undefined) return undefined
  return {
    id: 'telemetry',
    title: 'Telemetry that arrived',
    body: html`${telemetry && statuses(telemetry)}${evidence && evidencePart(evidence)}`,
  }
}

function statuses(telemetry: NonNullable<ReportView['head']['telemetry']>) {
  const { proven, silent, contradicted, unknown, missing, asOf } = telemetry
  const rows = [
    ['proven', countText(proven), 'reports, and nothing speaks against it'],
    ['silent', countText(silent), 'should report, and nothing arrives'],
    ['contradicted', countText(contradicted), 'reports, and speaks against the inventory or the policy'],
    ['unknown', countText(unknown), 'cannot be told: never a pass'],
    ['not in the evidence', countText(missing), 'the evidence does not name it'],
  ]
  const columns = [
    { head: 'Status', kind: 'word' },
    { head: 'Endpoints', kind: 'number' },
    { head: 'What it means' },
  ] as const
  return dataTable(`Endpoints neither excluded nor stale by their telemetry, as of ${asOf}`, columns, rows)
}

function evidencePart({ asOf, findings, ghosts, records }: NonNullable<ReportView['evidence']>) {
  const columns = [
    { head: 'Finding', kind: 'word' },
    { head: 'Severity', kind: 'word' },
    { head: 'What was found' },
  ] as const
  const rows = findings.map(({ code, severity, message }) => [html`<code>${code}</code>`, severity, message])
  return html`<p>The evidence of ${asOf} read ${numbered(records.read, 'record')}: ${countText(records.counted)} counted, ${numbered(records.duplicates, 'duplicate')}. Senders that no inventory knows: ${numbered(ghosts.machines, 'machine')}, ${numbered(ghosts.accounts, 'account')}.</p>
${rows.length > 0 ? dataTable('Findings of the evidence', columns, rows) : html`<p>It found nothing wrong.</p>`}`
}
