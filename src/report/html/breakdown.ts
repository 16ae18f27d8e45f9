import { statesChart } from '../charts/states-chart.js'
import { platformName } from '../plain-names.js'
import type { ReportView } from '../view/report-view.js'
import { chartFigure } from './chart-figure.js'
import { html } from './html.js'
import type { ReportSection } from './report-section.js'

const dimensions = ['platform', 'department', 'site'] as const

/** The states of each platform, department and site; undefined where the exports name none. */
export async function breakdownSection({ head }: ReportView): Promise<ReportSection | undefined> {
  const rows = {
    ...head.breakdown,
    platform: head.breakdown.platform.map((row) => ({ ...row, name: platformName(row.name) })),
  }
  const charts = await Promise.all(dimensions.map((dimension) => statesChart(dimension, rows[dimension])))
  const drawn = charts.filter((chart) => chart !== undefined)
  if (drawn.length === 0) return undefined
  return {
    id: 'breakdown',
    title: 'Platforms and departments',
    body: html`<div class="figures">
${drawn.map(chartFigure)}</div>
`,
  }
}
