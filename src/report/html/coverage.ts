import { goodFirst, type State } from '../../readiness/verdict.js'
import type { ReportView } from '../view/report-view.js'
import { countText, percentText } from '../words.js'
import { dataTable } from './data-table.js'
import { dayText } from './day-text.js'
import { type Html, html } from './html.js'
import type { ReportSection } from './report-section.js'
import { stateBadge } from './state-badge.js'

/** The verdict on the whole fleet in one sentence, as it would be said in a meeting. */
export function verdictSentence({ head, targetBy }: ReportView): string {
  const { inScope, target, met, missing } = head.coverage
  if (inScope.of === 0) return 'No endpoint is in scope: that is not a pass.'
  const by = targetBy === undefined ? '' : ` by ${dayText(targetBy)}`
  const ready = `${percentText(inScope.percent)} of ${countText(inScope.of)} endpoints in scope are ready`
  return met
    ? `${ready}; the target of ${target} %${by} is met.`
    : `${ready}; the target of ${target} %${by} is not met: ${countText(missing)} more needed.`
}

/** The three denominators side by side, and the states that add up to them. */
export function coverageSection(view: ReportView): ReportSection {
  const { coverage, states: counts, policy } = view.head
  const { inScope, managed, active, ready, target } = coverage
  const shares: [string, typeof inScope, string][] = [
    ['In scope', inScope, 'All managed endpoints without the excluded. The target is about this share.'],
    ['Managed', managed, 'Every endpoint in the exports, whether anything is asked of it or not.'],
    ['Active', active, `Those in scope without the stale: seen in the ${policy.staleAfterDays} days before the scan.`],
  ]
  const cards = shares.map(
    ([name, { of, percent }, what], at) => html`<li class="card${at === 0 && ' leading'}">
<span class="card-name">${name}</span>
<span class="card-number">${percentText(percent)}</span>
<span class="card-count">${countText(ready)} ready of ${countText(of)}</span>
${percent === null ? html`<span>${noneOf[name]}</span>` : shareBar(percent, at === 0 ? target : undefined)}
<span class="card-what">${what}</span>
</li>
`,
  )
  return {
    id: 'coverage',
    title: 'Coverage',
    body: html`<ul class="cards">
${cards}</ul>
${statesBar(counts)}`,
  }
}

/** In place of a bar, where there is nothing to take a share of. */
const noneOf: Readonly<Record<string, string>> = {
  'In scope': 'No endpoint is in scope: that is not a pass.',
  Managed: 'The exports name no endpoint.',
  Active: 'No endpoint in scope was seen in time.',
}

/** Ready in the colour of ready on a grey ground, with a line where the target is. */
function shareBar(percent: number, target: number | undefined): Html {
  return html`<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect x="0" y="0" width="100" height="6" fill="var(--line)"/><rect x="0" y="0" width="${percent}" height="6" fill="var(--ready)"/>${
    target !== undefined && html`<rect x="${Math.min(99.4, target)}" y="0" width="0.6" height="6" fill="var(--ink)"/>`
  }</svg>`
}

const meanings: Readonly<Record<State, string>> = {
  ready: 'everything required passes',
  upgrade: 'a required version gate fails',
  install: 'Claude Desktop is absent, and the policy wants it there',
  repair: 'versions pass; settings, hooks, plugins or telemetry do not work',
  unknown: 'something needed for a verdict cannot be known: never a pass',
  stale: 'the last check-in is older than the policy allows',
  excluded: 'left out by the policy, without Claude, or no computer',
}

/** The states as the share of all endpoints that each has, and as a table. */
function statesBar(counts: ReportView['head']['states']): Html {
  const total = goodFirst.reduce((sum, state) => sum + counts[state], 0)
  const shown = goodFirst.filter((state) => counts[state] > 0)
  let from = 0
  const parts = shown.map((state) => {
    const width = (counts[state] * 1000) / total
    const part = html`<rect x="${rounded(from)}" y="0" width="${rounded(width)}" height="20" fill="var(--${state === 'excluded' ? 'surface' : state})"/>`
    from += width
    return part
  })
  const told = shown.map((state) => `${countText(counts[state])} ${state}`).join(', ')
  const bar =
    total === 0
      ? ''
      : html`<svg class="states-bar" role="img" aria-labelledby="states-bar-title" viewBox="0 0 1000 20" preserveAspectRatio="none"><title id="states-bar-title">Of ${countText(total)} endpoints: ${told}</title>${parts}</svg>
`
  const rows = goodFirst.map((state) => [
    stateBadge(state),
    countText(counts[state]),
    shareOf(counts[state], total),
    meanings[state],
  ])
  // A state that nobody is in stands back.
  const shownRows = rows.map((row, at) =>
    counts[goodFirst[at]!] > 0 ? row : row.map((cell) => html`<span class="faint">${cell}</span>`),
  )
  const columns = [
    { head: 'State', kind: 'word' },
    { head: 'Endpoints', kind: 'number' },
    { head: 'Of all', kind: 'number' },
    { head: 'What it means' },
  ] as const
  return html`${bar}${dataTable('Endpoints by state', columns, shownRows)}`
}

/** One decimal, cut and not rounded: a few must not look like all, and not like none either. */
function shareOf(count: number, total: number): string {
  if (total === 0) return '–'
  const percent = Math.floor((count * 1000) / total) / 10
  return count > 0 && percent === 0 ? '< 0.1 %' : percentText(percent)
}

function rounded(number: number): number {
  return Math.round(number * 100) / 100
}
