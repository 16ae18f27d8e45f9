import { shortRun } from '../history/choose-run.js'
import type { HistoryDocument, HistoryRun } from '../history/history-document.js'
import { cellCode, markdownTable } from '../platform/markdown-table.js'
import { markdownText } from '../platform/markdown-text.js'
import { safeJson } from '../platform/safe-text.js'
import { spreadsheetCell } from '../platform/spreadsheet-cell.js'
import { states } from '../readiness/verdict.js'
import { momentText, problemTexts, runNotes, signedText } from './history-words.js'
import { numbered, shareText } from './plan-words.js'
import { countText } from './words.js'

/** `fleet.history/v1`, with one line a run. */
export function* historyJson({ runs, problems, ...rest }: HistoryDocument): Iterable<string> {
  yield `${safeJson(rest, 2).slice(0, -2)},\n  "runs": [`
  let separator = '\n    '
  for (const run of runs) {
    yield separator + safeJson(run)
    separator = ',\n    '
  }
  yield `${runs.length === 0 ? ']' : '\n  ]'},\n  "problems": ${safeJson(problems)}\n}\n`
}

type Cell = string | number | boolean | null | undefined

const columns: readonly (readonly [string, (run: HistoryRun) => Cell])[] = [
  ['run', ({ run }) => run],
  ['as_of', ({ asOf }) => asOf],
  ['recorded_at', ({ recordedAt }) => recordedAt],
  ['fleet', ({ fleet }) => fleet],
  ['policy', ({ policy }) => policy.digest],
  ['policy_file', ({ policy }) => policy.file],
  ['target', ({ coverage }) => coverage.target],
  ['target_met', ({ coverage }) => coverage.met],
  ['in_scope', ({ coverage }) => coverage.inScope.of],
  ['managed', ({ coverage }) => coverage.managed.of],
  ['active', ({ coverage }) => coverage.active.of],
  ['coverage_in_scope', ({ coverage }) => coverage.inScope.percent],
  ['coverage_managed', ({ coverage }) => coverage.managed.percent],
  ['coverage_active', ({ coverage }) => coverage.active.percent],
  ...states.map((state) => [state, (run: HistoryRun) => run.states[state]] as const),
  ['change_ready', ({ change }) => change?.ready],
  ['change_in_scope', ({ change }) => change?.inScope],
  ['other_policy', ({ change }) => change?.otherPolicy],
  ['other_target', ({ change }) => change?.otherTarget],
  ['other_sources', ({ change }) => change?.otherSources],
  ['files', ({ sources }) => sources.length],
  ['files_not_read', ({ notRead }) => notRead],
  ['strict_warnings', ({ strictWarnings }) => [...new Set(strictWarnings.map(({ code }) => code))].join('; ')],
  ['telemetry_proven', ({ telemetry }) => telemetry?.proven],
]

/** One row a run: UTF-8 with a byte order mark, every cell quoted, safe in a spreadsheet. */
export function* historyCsv({ runs }: HistoryDocument): Iterable<string> {
  yield `\ufeff${columns.map(([name]) => spreadsheetCell(name)).join(',')}\r\n`
  for (const run of runs) yield `${columns.map(([, read]) => spreadsheetCell(cellValue(read(run)))).join(',')}\r\n`
}

/** Numbers stay numbers; what is not known stays empty. */
function cellValue(cell: Cell): string | number {
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  return cell ?? ''
}

/** The history for a ticket. */
export function historyMarkdown({ folder, runs, leftOut, problems }: HistoryDocument): string {
  const last = runs.at(-1)
  if (last === undefined) return `# Fleet history\n\nNo runs in ${cellCode(folder)}.\n`
  const { ready, inScope, target, met } = last.coverage
  const rows = runs.map((run) => [
    cellCode(shortRun(run.run)),
    momentText(run.asOf),
    momentText(run.recordedAt),
    shareText(run.coverage.inScope.percent),
    countText(run.coverage.ready),
    countText(run.coverage.inScope.of),
    run.change === undefined ? '' : signedText(run.change.ready),
    cellCode(run.policy.digest.slice(0, 19)),
    markdownText(runNotes(run).join(', ')),
  ])
  const head = ['Run', 'As of', 'Recorded', 'Coverage', 'Ready', 'In scope', 'Change', 'Policy', 'Notes']
  const paragraphs = [
    '# Fleet history',
    `Coverage on ${momentText(last.asOf)}: **${shareText(inScope.percent)}** (${countText(ready)} of ${countText(inScope.of)} in scope); target ${target} % is ${met ? '' : 'not '}met.`,
    markdownTable(head, rows),
    ...(leftOut > 0 ? [`${numbered(leftOut, 'run')} left out by \`--since\` or \`--last\`.`] : []),
    ...problemTexts(problems).map((text) => `${text} \`--json\` says more.`),
  ]
  return `${paragraphs.join('\n\n')}\n`
}
