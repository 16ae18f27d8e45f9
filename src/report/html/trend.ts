import { snapshotHead } from '../../history/snapshot-of-scan.js'
import { trendOf } from '../../history/trend.js'
import { trendChart } from '../charts/trend-chart.js'
import { answerText, reckoning } from '../plan-words.js'
import type { ReportView } from '../view/report-view.js'
import { chartFigure } from './chart-figure.js'
import { html } from './html.js'
import type { ReportSection } from './report-section.js'

/** Coverage as it was and as the plan expects it; undefined with neither an earlier scan nor a plan. */
export async function trendSection(view: ReportView): Promise<ReportSection | undefined> {
  const { trend, plan, head, targetBy } = view
  const hasPast = trend.length > 1
  if (!hasPast && plan === undefined) return undefined
  const chart = await trendChart({
    // The scan in hand is known without any history.
    trend: trend.length > 0 ? trend : trendOf([], snapshotHead(head, { fleet: view.fleet, recordedAt: head.asOf })),
    planned: plan?.projection ?? [],
    target: head.coverage.target,
    targetBy,
  })
  const answer =
    plan &&
    html`<p>The target by the plan of ${plan.asOf.slice(0, 10)}: <strong>${answerText(plan).text}</strong>. ${reckoning(plan).join(' ')}</p>
`
  const lonely = html`<p>No earlier scan is recorded; <code>fleet scan</code> keeps a history.</p>
`
  return {
    id: 'trend',
    title: plan ? 'Trend and plan' : 'Trend',
    body: html`${answer}${!hasPast && lonely}${chart && chartFigure(chart)}`,
  }
}
