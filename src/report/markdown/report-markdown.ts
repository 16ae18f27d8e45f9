import { markdownList } from '../../platform/markdown-table.js'
import type { ReportView } from '../view/report-view.js'
import { countText, percentText } from '../words.js'
import { type Blocks, boundedTable, moreOf, shortText } from './bounded.js'
import { deliveryChain, telemetry } from './delivery-sections.js'
import { documents, exports, warnings } from './document-sections.js'
import { diagnoses, excluded, unknowns } from './reason-sections.js'
import { breakdown, gates, states, versions } from './state-sections.js'
import { trend } from './trend-section.js'
import { verdicts, waves } from './wave-sections.js'

/**
 * GitHub takes 65,536 characters: "Body is too long (maximum is 65536 characters)", answer of its API in
 * https://github.com/telia-oss/github-pr-resource/issues/259 (2021-05-25). It has been seen to take more in comments, and
 * no more in pull requests (https://github.com/dead-claudia/github-limits/pull/13, 2025-11-05). Some room is left for what
 * a pipeline puts around it.
 */
const mostCharacters = 60_000

/** The most rows of a table: the first number with which the report is short enough. */
const mostRows = [20, 10, 5, 2]

/** A report for a ticket, in GitHub-flavoured Markdown: it never lists all endpoints, and is short for any fleet. */
export function reportMarkdown(view: ReportView): string {
  let text = ''
  for (const most of mostRows) {
    text = withRows(view, most)
    if (text.length <= mostCharacters) break
  }
  return text
}

function withRows(view: ReportView, most: number): string {
  const sections: readonly (readonly [string, Blocks])[] = [
    [title(view), headline(view, most)],
    ['## Trend', trend(view, most)],
    ['## States', states(view)],
    ['## What is wrong, and what to do', diagnoses(view, most)],
    ['## What cannot be told, and why', unknowns(view, most)],
    ['## Left out', excluded(view, most)],
    ['## Platforms', breakdown(view.head.breakdown.platform, 'Platform', most)],
    ['## Departments', breakdown(view.head.breakdown.department, 'Department', most)],
    ['## Gates', gates(view, most)],
    ['## Versions', versions(view, most)],
    ['## Delivery chain', deliveryChain(view, most)],
    ['## Telemetry', telemetry(view, most)],
    ['## Waves', waves(view, most)],
    ['## Gate checks', verdicts(view, most)],
    ['## Warnings of the scan', warnings(view, most)],
    ['## Documents', documents(view, most)],
    ['## Exports', exports(view, most)],
  ]
  const shown = sections.filter(([, blocks]) => blocks.length > 0)
  return `${[...shown.map(([head, blocks]) => [head, ...blocks].join('\n\n')), origin(view)].join('\n\n')}\n`
}

function title({ organization, asOf }: ReportView): string {
  return `# Fleet readiness${organization === undefined ? '' : ` of ${shortText(organization, 80)}`}, ${asOf.slice(0, 10)}`
}

function headline({ head: { coverage }, targetBy, problems }: ReportView, most: number): Blocks {
  const { inScope, managed, active, ready, target, met, missing } = coverage
  const answer = met
    ? '**met**'
    : inScope.of === 0
      ? '**no endpoint is in scope: that is not a pass**'
      : `**not met, ${countText(missing)} more needed**`
  const by = targetBy === undefined ? '' : ` by ${targetBy}`
  const shares = [
    ['in scope', inScope, 'managed without the excluded'],
    ['managed', managed, 'every endpoint in the exports'],
    ['active', active, 'in scope without the stale'],
  ] as const
  return [
    `Coverage: **${percentText(inScope.percent)}** of endpoints in scope. Target ${target} %${by}: ${answer}.`,
    ...boundedTable(
      ['Denominator', 'Ready', 'Of', 'Coverage', 'What it is'],
      shares,
      shares.length,
      ([name, share, what]) => [name, countText(ready), countText(share.of), percentText(share.percent), what],
      (left) => moreOf(left, 'denominator'),
    ),
    ...doubts(problems, most),
  ]
}

/** What makes numbers doubtful stands beside the numbers, not at the end. */
function doubts(problems: ReportView['problems'], most: number): Blocks {
  if (problems.length === 0) return []
  const items = problems
    .slice(0, most)
    .map(({ message, tryThis }) => [message, tryThis].flatMap((text) => text ?? []).map((text) => shortText(text, 400)))
  const left = problems.slice(most)
  return [
    'To keep in mind:',
    markdownList(items.map((texts) => texts.join(' '))),
    ...(left.length > 0 ? [`And ${moreOf(left, 'doubt')}.`] : []),
  ]
}

function origin({ head: { policy }, asOf, fleet }: ReportView): string {
  const file = policy.file === undefined ? 'the defaults' : shortText(policy.file)
  return `Judged as of ${asOf} by ${file} (${shortText(policy.digest, 80)}). Made by fleet ${shortText(fleet, 40)}; \`fleet explain ENDPOINT scan.json\` shows what the verdict on one endpoint rests on.`
}
