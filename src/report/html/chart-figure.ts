import type { Chart } from '../charts/chart.js'
import { countText } from '../words.js'
import { type DataColumn, dataTable } from './data-table.js'
import { Html, html } from './html.js'

/** A table of more would be the largest part of the page. */
const mostRows = 200

/** A chart as a figure: its title and summary name it for whoever cannot see it, and its table is a click away. */
export function chartFigure(chart: Chart): Html {
  const { id, title, summary, svg, columns, rows } = chart
  const named = html`<svg class="chart" role="img" aria-labelledby="${id}-title ${id}-summary" `.markup
  // The chart is made of allowed elements and escaped texts only (clean-svg.ts).
  const drawn = new Html(svg.replace(/^<svg /, () => named))
  return html`<figure>
<figcaption><strong id="${id}-title">${title}</strong> <span id="${id}-summary">${summary}</span></figcaption>
<div class="scroll" role="region" tabindex="0" aria-label="Chart: ${title}">${drawn}</div>
<details class="numbers"><summary>The numbers of this chart</summary>
${dataTable(
  `Numbers: ${title}`,
  columns.map((head, at) => ({ head, kind: kindOf(rows, at) })),
  // Of a trend the newest days matter, and they come last.
  id === 'trend' ? rows.slice(-mostRows) : rows.slice(0, mostRows),
)}${rows.length > mostRows && html`<p>${countText(rows.length - mostRows)} ${id === 'trend' ? 'earlier: see the history' : 'more: see the scan'}.</p>\n`}</details>
</figure>
`
}

const numeric = /^[\d,.–-]+(?: ?%)?$/

/** Days and single words stay whole: broken, a narrow column of them is hard to read. */
const longestWord = 12

function kindOf(rows: Chart['rows'], at: number): DataColumn['kind'] {
  const cells = rows.flatMap((row) => row[at] || [])
  if (at > 0 && cells.length > 0 && cells.every((cell) => numeric.test(cell) && !/\d-\d/.test(cell))) return 'number'
  return cells.every((cell) => cell.length <= longestWord) ? 'word' : 'text'
}
