import type { Chart } from '../charts/chart.js'
import { dataTable } from './data-table.js'
import { Html, html } from './html.js'

/** A chart as a figure: its title and summary name it for whoever cannot see it, and its table is a click away. */
export function chartFigure(chart: Chart): Html {
  const { id, title, summary, svg, columns, rows } = chart
  const named = html`<svg class="chart" role="img" aria-labelledby="${id}-title ${id}-summary" `.markup
  // The chart is made of allowed elements and escaped texts only (clean-svg.ts).
  const drawn = new Html(svg.replace(/^<svg /, () => named))
  return html`<figure>
<figcaption><strong id="${id}-title">${title}</strong> <span id="${id}-summary">${summary}</span></figcaption>
<div class="scroll" role="region" tabindex="0" aria-label="Chart: ${title}">${drawn}</div>
<details><summary>The numbers of this chart</summary>
${dataTable(
  `Numbers: ${title}`,
  columns.map((head, at) => ({ head, kind: isNumeric(rows, at) ? 'number' : 'text' })),
  rows,
)}</details>
</figure>
`
}

const numeric = /^[\d,.–-]+(?: ?%)?$/

function isNumeric(rows: Chart['rows'], at: number): boolean {
  return at > 0 && rows.every((row) => numeric.test(row[at] ?? '') && !/\d-\d/.test(row[at] ?? ''))
}
