import { markdownList } from '../../platform/markdown-table.js'
import type { VerdictDocument } from '../../waves/verdict-document.js'
import { answerText, daysText, gateDay, kindText, reckoning } from '../plan-words.js'
import { judgedWaves } from '../view/judged-waves.js'
import type { ReportView } from '../view/report-view.js'
import { countText } from '../words.js'
import { type Blocks, boundedTable, moreOf, shortText } from './bounded.js'

/** When the plan meets the target, and its waves with what their gates said. */
export function waves(view: ReportView, most: number): Blocks {
  const { plan } = view
  if (plan === undefined) return []
  const { target } = plan
  const by = target.by === undefined ? '' : ` by ${target.by}`
  return [
    `Target ${target.percent} %${by}: **${answerText(plan).text}**. Planned as of ${plan.asOf.slice(0, 10)}.`,
    ...reckoning(plan).map((sentence) => shortText(sentence, 400)),
    ...boundedTable(
      ['Wave', 'Kind', 'Status', 'Endpoints', 'Rollout', 'Soak until', 'Gate check', 'Verdict'],
      judgedWaves(view),
      most,
      ({ wave, verdict }) => [
        shortText(wave.name, 60),
        shortText(kindText(wave), 60),
        wave.status,
        countText(wave.size),
        daysText(wave.start, wave.end),
        wave.soakUntil,
        gateDay(plan, wave),
        verdictText(verdict),
      ],
      (left) => {
        const endpoints = left.reduce((sum, { wave }) => sum + wave.size, 0)
        return `${moreOf(left, 'wave')}, with ${countText(endpoints)} endpoints, until ${left.at(-1)!.wave.soakUntil}`
      },
    ),
  ]
}

function verdictText(verdict: VerdictDocument | undefined): string {
  return verdict === undefined ? '' : `${verdict.verdict}, ${verdict.asOf.slice(0, 10)}`
}

/** What the gates between waves said, and why. */
export function verdicts({ verdicts: found }: ReportView, most: number): Blocks {
  const items = found.slice(0, most).map(
    ({ wave, verdict, asOf, attempted, reported, succeeded, failed, reasons }) =>
      `${shortText(wave.name, 60)}: **${verdict}** by the scan of ${asOf.slice(0, 10)}; ${countText(attempted)} attempted, ${countText(reported)} reported, ${countText(succeeded)} ready, ${countText(failed)} failed. ${reasons
        .slice(0, 5)
        .map(({ message }) => shortText(message, 240))
        .join(' ')}`,
  )
  const left = found.slice(most)
  return items.length === 0
    ? []
    : [markdownList(items), ...(left.length > 0 ? [`And ${moreOf(left, 'verdict')}.`] : [])]
}
