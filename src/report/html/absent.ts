import type { ReportView } from '../view/report-view.js'
import { html } from './html.js'
import type { ReportSection } from './report-section.js'

/** What this report could show and does not, with what would fill it; undefined where nothing is missing. */
export function absentSection({ trend, plan, verdicts, head, evidence }: ReportView): ReportSection | undefined {
  const missing = [
    trend.length < 2 && 'the trend needs earlier scans in the history that fleet scan keeps',
    plan === undefined && 'waves and the planned curve need a plan (fleet plan)',
    verdicts.length === 0 && 'verdicts on waves need fleet plan check --json',
    head.health === undefined && 'the delivery chain needs the probe (fleet probe build)',
    head.telemetry === undefined && evidence === undefined && 'telemetry needs evidence (fleet evidence)',
  ].filter((part) => part !== false)
  if (missing.length === 0) return undefined
  return { id: 'absent', title: 'Not in this report', body: html`<p>${missing.join('; ')}.</p>\n` }
}
