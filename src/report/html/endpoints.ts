import { numbered } from '../plan-words.js'
import { countText } from '../words.js'
import type { EndpointList } from './endpoint-list.js'
import type { EndpointRow } from './endpoint-row.js'
import type { FileNumbers } from './file-numbers.js'
import { type Html, html } from './html.js'
import { stateBadge } from './state-badge.js'

/** Rows that stand in the page itself, and on each page of the script: the same number in `report.js`. */
const rowsPerPage = 100

/** The endpoints: controls that the script brings to life, the most urgent rows, and all of them as text. */
export function* endpointsMarkup(list: EndpointList, files: FileNumbers): Iterable<string> {
  const { count } = list
  if (count === 0) {
    yield '<p>The scan counted no endpoint, so there is none to list.</p>\n'
    return
  }
  const first = list.first(rowsPerPage)
  yield html`<p>${numbered(count, 'endpoint')}, the most urgent first. Users and their e-mail addresses are left out, since reports get forwarded.</p>
<p class="skip-over"><a href="#endpoint-text">Skip the table of endpoints</a></p>
${controls(list)}<p id="endpoint-count" role="status" aria-live="polite">${
    first.length < count
      ? html`The first ${first.length} of ${numbered(count, 'endpoint')}; all of them stand as text below the table.`
      : html`All ${numbered(count, 'endpoint')}.`
  }</p>
<p id="endpoint-printed" class="print-only">${first.length < count && 'Printed are the most urgent. '}All endpoints are in the file.</p>
<div class="scroll endpoints" role="region" tabindex="0" aria-label="Table of endpoints"><table id="endpoint-table">
<caption>Endpoints</caption>
<thead><tr>${columns.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody id="endpoint-rows">
${first.map(tableRow)}</tbody>
</table></div>
<nav id="endpoint-pages" aria-label="Pages of endpoints" hidden><button type="button" id="endpoint-first">First</button> <button type="button" id="endpoint-previous">Previous</button> <span id="endpoint-page"></span> <button type="button" id="endpoint-next">Next</button> <button type="button" id="endpoint-last">Last</button></nav>
<details id="endpoint-text">
<summary>All ${numbered(count, 'endpoint')} as text</summary>
<p>A line for each endpoint with a TAB between: host name, serial number and id, platform, department, state, Claude Desktop, Claude Code, last check-in. Below it why it is so, and where in the exports each fact stands.</p>
`.markup
  // Every block ends with a line end, and begins after one that the parser of HTML drops.
  for (const block of list.blocks(files.of)) yield `<pre class="endpoint-lines">\n${block}</pre>\n`
  yield fileList(files).markup
  yield '</details>\n'
}

const columns = [
  'Endpoint',
  'Platform',
  'Department',
  'State',
  'Claude Desktop',
  'Claude Code',
  'Last check-in',
  'Why, and what next',
]

function tableRow(row: EndpointRow): Html {
  const { name, identity, platform, department, state, desktop, code, lastSeen, notes } = row
  const why = notes.filter(({ label }) => label === 'why')
  const next = why[0]?.next
  return html`<tr><th scope="row">${name}${identity !== '' && html`<span class="identity">${identity}</span>`}</th><td>${platform}</td><td>${department}</td><td>${stateBadge(state)}</td><td>${desktop}</td><td>${code}</td><td class="word">${lastSeen}</td><td>${why.map(({ text }) => text).join('; ')}${
    next !== undefined && html`<span class="todo">${next}</span>`
  }</td></tr>
`
}

/** More would be no choice, and the search finds the others. */
const mostDepartments = 200

function controls(list: EndpointList): Html {
  const { names, others } = list.departments(mostDepartments)
  // Browsers put a choice of before back into its place, and the table would not know: autocomplete is off.
  const filter = (id: string, label: string, options: readonly string[], rest: Html | false = false) =>
    html`<label>${label} <select id="endpoint-${id}" autocomplete="off"><option value="">all</option>${options.map(
      (option, at) => html`<option value="${at}">${option}</option>`,
    )}${rest}</select></label>
`
  const rest = others > 0 && html`<option disabled>search for ${countText(others)} others</option>`
  return html`<div id="endpoint-controls" role="search" aria-label="Search and filters" hidden>
<label>Search <input type="search" id="endpoint-search" autocomplete="off" spellcheck="false" placeholder="name, serial number, version, reason …"></label>
${filter('state', 'State', list.states)}${filter('platform', 'Platform', list.platforms)}${filter('department', 'Department', names, rest)}<button type="button" id="endpoint-reset">Reset</button>
</div>
`
}

/** What the numbers in receipts stand for; the script names the files by it. */
function fileList(files: FileNumbers): Html {
  const items = files.all().map(([number, file]) => html`<li value="${number}">${file}</li>\n`)
  return html`<p>Files by the numbers that receipts name them with:</p>
<ol id="endpoint-files">
${items}</ol>
`
}
