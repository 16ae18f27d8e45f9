import type { PlanDocument, Wave } from '../../waves/plan-document.js'
import type { VerdictDocument } from '../../waves/verdict-document.js'
import { wavesChart } from '../charts/waves-chart.js'
import { platformName } from '../plain-names.js'
import { boundText, kindText, numbered, someOf, whoText } from '../plan-words.js'
import { type JudgedWave, judgedWaves } from '../view/judged-waves.js'
import type { ReportView } from '../view/report-view.js'
import { countText, percentText } from '../words.js'
import { chartFigure } from './chart-figure.js'
import { dataTable } from './data-table.js'
import { daysRange, shortDay } from './day-text.js'
import { type Html, html } from './html.js'
import type { ReportSection } from './report-section.js'

/** The waves of the plan with the verdict on each gate; undefined without a plan and without verdicts. */
export async function wavesSection({ plan, verdicts }: ReportView): Promise<ReportSection | undefined> {
  if (plan === undefined && verdicts.length === 0) return undefined
  const chart = plan && (await wavesChart(plan, verdicts))
  return {
    id: 'waves',
    title: 'Waves',
    body: html`${chart && chartFigure(chart)}${plan && wavesTable(plan, judgedWaves({ plan, verdicts }))}${
      verdicts.length > 0 &&
      html`<h3>Verdicts on the gates between waves</h3>
${verdicts.map(verdictPart)}`
    }`,
  }
}

function wavesTable(plan: PlanDocument, waves: readonly JudgedWave[]): Html {
  const gateText = ({ wave, verdict }: JudgedWave): string | Html => {
    if (verdict !== undefined) return badge(verdict.verdict)
    return wave.outcome?.accepted === true ? 'accepted by a person' : 'none yet'
  }
  const rows = waves.map(({ wave, verdict }) => [
    wave.name,
    html`${kindText(wave)}<span class="who">${whoText(plainly(wave))}</span>`,
    countText(wave.size),
    wave.status,
    daysRange(wave.start, wave.end, plan.asOf),
    shortDay(wave.soakUntil, plan.asOf),
    boundText(wave),
    gateText({ wave, verdict }),
  ])
  const columns = [
    { head: 'Wave' },
    { head: 'Kind, and who is in it' },
    { head: 'Endpoints', kind: 'number' },
    { head: 'Status', kind: 'word' },
    { head: 'Rollout', kind: 'word' },
    { head: 'Soak until', kind: 'word' },
    { head: 'Rules out failures', kind: 'number' },
    { head: 'Gate', kind: 'word' },
  ] as const
  const { planned, inRepair, waiting, notPlanned } = plan.population
  const others = notPlanned.map(({ state, endpoints, why }) => `${countText(endpoints)} ${state} (${why})`)
  return html`${dataTable(`Waves of the plan of ${plan.asOf.slice(0, 10)}`, columns, rows)}<p>In waves that are not finished: ${numbered(planned, 'endpoint')}.${
    inRepair > 0 && ` On the repair list: ${countText(inRepair)}.`
  }${waiting > 0 && ` Silent since their wave: ${countText(waiting)}.`}${
    others.length > 0 && ` In no wave: ${others.join('; ')}.`
  }</p>
`
}

function plainly(wave: Wave): Wave {
  const platform = wave.who.platform.map((row) => ({ ...row, name: platformName(row.name) }))
  return { ...wave, who: { ...wave.who, platform } }
}

function verdictPart(document: VerdictDocument): Html {
  const { wave, verdict, reasons, attempted, reported, succeeded, failed, asOf, next, thresholds } = document
  const percent = reported === 0 ? '–' : percentText(Math.floor((succeeded * 1000) / reported) / 10)
  return html`<article class="verdict verdict-${verdict}">
<h4>${wave.name}: ${badge(verdict)}</h4>
<p>By the scan of ${asOf}: ${countText(attempted)} attempted, ${countText(reported)} reported, ${countText(succeeded)} ready (${percent}, at least ${thresholds.success} % wanted), ${countText(failed)} failed.${
    next && ` Next: ${next.name}, ${numbered(next.size, 'endpoint')}, from ${next.start}.`
  }</p>
<ul>
${reasons.map(({ code, effect, message }) => html`<li><strong>${effect}</strong>: ${message} <code>${code}</code></li>\n`)}</ul>
${
  document.failures.length > 0 &&
  html`<p class="faint">Failed: ${someOf(
    document.failures.map(({ id }) => id),
    10,
  )}.</p>\n`
}</article>
`
}

const marks = { advance: '✓', hold: '…', halt: '✕' } as const

function badge(verdict: VerdictDocument['verdict']): Html {
  return html`<span class="gate gate-${verdict}"><span aria-hidden="true">${marks[verdict]}</span> ${verdict}</span>`
}
