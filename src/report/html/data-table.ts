import { type Html, type HtmlPart, html } from './html.js'

export interface DataColumn {
  readonly head: string
  /** `number`: aligned to the right; `text`: may break anywhere; `word`: short, and never breaks. */
  readonly kind?: 'number' | 'text' | 'word' | undefined
}

/**
 * A table with a caption, whose first column names the rows. It scrolls in a region of its own, which the keyboard reaches,
 * so that the page never gets wider than the screen.
 */
export function dataTable(
  caption: string,
  columns: readonly DataColumn[],
  rows: readonly (readonly HtmlPart[])[],
): Html {
  const classes = columns.map(({ kind = 'text' }) => kind)
  const body = rows.map(
    (row) =>
      html`<tr>${row.map((cell, at) =>
        at === 0
          ? html`<th scope="row" class="${classes[at]}">${cell}</th>`
          : html`<td class="${classes[at]}">${cell}</td>`,
      )}</tr>\n`,
  )
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map(({ head }, at) => html`<th scope="col" class="${classes[at]}">${head}</th>`)}</tr></thead>
<tbody>
${body}</tbody>
</table></div>
`
}
