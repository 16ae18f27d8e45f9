import { trendChart } from '../charts/trend-chart.js'
import { answerText, reckoning } from '../plan-words.js'
import type { ReportView } from '../view/report-view.js'
import { chartFigure } from './chart-figure.js'
import { html } from './html.js'
import type { ReportSection } from './report-section.js'

/** Coverage as it was and as the plan expects it; undefined with neither a history nor a plan. */
export async function trendSection(view: ReportView): Promise<ReportSection | undefined> {
  const { trend, plan, head, targetBy } = view
  const chart = await trendChart({
    trend,
    planned: plan?.projection ?? [],
    target: head.coverage.target,
    targetBy,
  })
  if (chart === undefined && plan === undefined) return undefined
  const answer =
    plan &&
    html`<p>The target by the plan of ${plan.asOf.slice(0, 10)}: <strong>${answerText(plan).text}</strong>. ${reckoning(plan).join(' ')}</p>
`
  return { id: 'trend', title: plan ? 'Trend and plan' : 'Trend', body: html`${answer}${chart && chartFigure(chart)}` }
}
