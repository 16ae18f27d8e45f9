import { requirement } from '../gates-table.js'
import { platformName, productName } from '../plain-names.js'
import type { ReportView } from '../view/report-view.js'
import { countText } from '../words.js'
import { dataTable } from './data-table.js'
import { type Html, html } from './html.js'
import { publicLink } from './public-link.js'
import type { ReportSection } from './report-section.js'

type Gates = ReportView['head']['gates']

/** Every gate with its rule, its source and how many endpoints pass: the required ones, and the advice a click away. */
export function gatesSection({ head }: ReportView): ReportSection | undefined {
  if (head.gates.length === 0) return undefined
  const required = head.gates.filter(({ level }) => level === 'required')
  const advised = head.gates.filter(({ level }) => level !== 'required')
  const failing = advised.filter(({ fail }) => fail > 0).length
  return {
    id: 'gates',
    title: 'Gates',
    body: html`<p>A gate is a rule about a version, with a public source and the day that was read. The policy says which ones are required; the others are advice and change no state.</p>
${
  required.length > 0
    ? gateTable('Required gates, and how many endpoints pass each', required)
    : html`<p><strong>No gate is required.</strong></p>
`
}${
  advised.length > 0 &&
  html`<details><summary>${countText(advised.length)} advised ${advised.length === 1 ? 'gate' : 'gates'}, of which ${countText(failing)} ${failing === 1 ? 'fails' : 'fail'} somewhere</summary>
${gateTable('Advised gates, and how many endpoints pass each', advised)}</details>
`
}`,
  }
}

function gateTable(caption: string, gates: Gates): Html {
  const rows = gates.map((gate) => [
    html`<code>${gate.id}</code>`,
    ...[gate.pass, gate.fail, gate.unknown, gate.notApplicable].map(countText),
    html`${gate.title}: <span class="faint">${productName(gate.product)} ${requirement(gate)}${
      gate.platforms.length < 3 && ` on ${gate.platforms.map(platformName).join(', ')}`
    }</span><span class="receipt">${publicLink(gate.source)}, read ${gate.checked}</span>`,
  ])
  const columns = [
    { head: 'Gate', kind: 'word' },
    { head: 'Pass', kind: 'number' },
    { head: 'Fail', kind: 'number' },
    { head: 'Unknown', kind: 'number' },
    { head: 'Not applicable', kind: 'number' },
    { head: 'What it is and requires, its source and the day that was read' },
  ] as const
  return dataTable(caption, columns, rows)
}
