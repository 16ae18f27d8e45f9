import { chainChart } from '../charts/chain-chart.js'
import type { ReportView } from '../view/report-view.js'
import { countText, meaningOf } from '../words.js'
import { chartFigure } from './chart-figure.js'
import { dataTable } from './data-table.js'
import { html } from './html.js'
import type { ReportSection } from './report-section.js'

/** How far settings get on their way into sessions, stage by stage; undefined without any probe. */
export async function chainSection({ head }: ReportView): Promise<ReportSection | undefined> {
  const { health, telemetry } = head
  if (health === undefined) return undefined
  const chart = await chainChart(health, telemetry)
  const silent = Object.entries(health.problems).flatMap(([code, endpoints]) =>
    endpoints > 0 ? [`${countText(endpoints)}: ${meaningOf(code).why}`] : [],
  )
  const rows = [...health.diagnoses]
    .sort((a, b) => b.endpoints - a.endpoints)
    .map(({ code, stage, endpoints }) => {
      const { why, todo } = meaningOf(code)
      return [why, stage, countText(endpoints), todo]
    })
  const columns = [
    { head: 'Diagnosis' },
    { head: 'Stage', kind: 'word' },
    { head: 'Endpoints', kind: 'number' },
    { head: 'What to do' },
  ] as const
  return {
    id: 'chain',
    title: 'Delivery chain',
    body: html`<p>Probes tell on each endpoint how far the policy gets: ${health.stages.map(({ stage }) => stage).join(', ')}. Excluded and stale endpoints are not asked.${
      silent.length > 0 && ` Probes that say nothing: ${silent.join('; ')}.`
    }</p>
${chart && chartFigure(chart)}${rows.length > 0 && dataTable('What the probes find wrong', columns, rows)}`,
  }
}
