import { answerText, numbered } from '../plan-words.js'
import type { ReportView } from '../view/report-view.js'
import { countText } from '../words.js'
import { type Html, html } from './html.js'

/** Below the verdict, what is asked next: what blocks most, whether the plan reaches the target, how many cannot be told. */
export function headlines({ head, diagnoses, plan }: ReportView): Html | undefined {
  const { unknown, stale } = head.states
  const [first] = diagnoses
  const lines = [
    first && html`What blocks most: <strong>${first.why}</strong>, ${numbered(first.endpoints, 'endpoint')}.`,
    plan && html`The target by the plan of ${plan.asOf.slice(0, 10)}: <strong>${answerText(plan).text}</strong>.`,
    unknown + stale > 0 &&
      html`<strong>${numbered(unknown + stale, 'endpoint')}</strong> cannot be told, and count as not ready: ${countText(unknown)} unknown, ${countText(stale)} stale.`,
  ].filter((line) => line instanceof Object)
  if (lines.length === 0) return undefined
  return html`<ul class="headlines">
${lines.map((line) => html`<li>${line}</li>\n`)}</ul>
`
}
