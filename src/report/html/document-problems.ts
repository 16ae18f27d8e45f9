import type { ReportView } from '../view/report-view.js'
import { html } from './html.js'
import type { ReportSection } from './report-section.js'

/** What makes a number of this report doubtful; undefined where nothing does. */
export function problemsSection({ problems }: ReportView): ReportSection | undefined {
  if (problems.length === 0) return undefined
  const items = problems.map(
    ({ code, message, tryThis }) => html`<li><strong>${message}</strong> <code>${code}</code>${
      tryThis !== undefined && html`<br><span class="todo">${tryThis}</span>`
    }</li>
`,
  )
  return {
    id: 'problems',
    title: 'Doubts about the documents',
    body: html`<p>The documents of this report do not fit together in every way. Until this is settled, read its numbers with care.</p>
<ul class="notices">
${items}</ul>
`,
  }
}
