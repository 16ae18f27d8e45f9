import { versionsChart } from '../charts/versions-chart.js'
import type { ReportView } from '../view/report-view.js'
import { chartFigure } from './chart-figure.js'
import type { ReportSection } from './report-section.js'

/** Which versions are installed, and which of them fail a required gate; undefined where none is. */
export async function versionsSection({ head }: ReportView): Promise<ReportSection | undefined> {
  const chart = await versionsChart(head.versions, head.gates)
  return chart && { id: 'versions', title: 'Versions against the gates', body: chartFigure(chart) }
}
