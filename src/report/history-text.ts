import { shortRun } from '../history/choose-run.js'
import type { HistoryDocument, HistoryRun } from '../history/history-document.js'
import { coverageOf } from '../readiness/coverage.js'
import { pastCurve } from './coverage-curve.js'
import { momentText, problemTexts, runNotes, signedText } from './history-words.js'
import { numbered, shareText } from './plan-words.js'
import type { TerminalLook } from './terminal-look.js'
import { type TextCell, type TextColumn, textLines, textTable } from './text-table.js'
import { countText } from './words.js'

const mostRuns = 20
/** From these widths on, the policy and the time of recording have room, and the time of day and the counts. */
const wide = 100
const roomy = 80

/** The history as an administrator reads it on a terminal: where coverage stands, how it came there, and the runs. */
export function historyText(document: HistoryDocument, look: TerminalLook): string {
  if (document.runs.length === 0) return emptyText(document, look)
  const texts = [headText(document, look), curveText(document, look), runsText(document, look), nextText(look)]
  return `${texts.filter((text) => text !== '').join('\n\n')}\n`
}

function emptyText({ folder, leftOut, problems }: HistoryDocument, { width, paint }: TerminalLook): string {
  const lines =
    leftOut > 0
      ? [`None of the ${numbered(leftOut, 'run')} in ${folder} is as late as that.`, 'Leave out --since to see them.']
      : problems.length > 0
        ? [`No run in ${folder} can be read.`, 'What is wrong with its lines stands above, or in --json.']
        : [`There is no history in ${folder} yet.`, 'Every fleet scan adds a run to it: fleet scan exports']
  return `${[textLines(lines[0]!, width, 0, paint.strong), textLines(lines[1]!, width, 2)].join('\n')}\n`
}

function headText({ folder, runs, leftOut, problems }: HistoryDocument, { width, paint }: TerminalLook): string {
  const days = runs.map(({ asOf }) => asOf.slice(0, 10)).sort()
  const span = days[0] === days.at(-1) ? `of ${days[0]}` : `from ${days[0]} to ${days.at(-1)}`
  const { coverage } = runs.at(-1)!
  const { ready, inScope, target, met, missing } = coverage
  const percent = shareText(inScope.percent)
  const aim = met
    ? `target ${target} % is met`
    : `target ${target} % is not met${missing > 0 ? `: ${countText(missing)} more needed` : ''}`
  return [
    textLines(`History in ${folder}: ${numbered(runs.length, 'run')} ${span}`, width, 0, paint.strong),
    textLines(
      `Coverage of the last  ${percent}  ${countText(ready)} of ${countText(inScope.of)} in scope; ${aim}`,
      width,
      0,
      met ? paint.good : (text) => text,
    ),
    ...(leftOut > 0
      ? [textLines(`${numbered(leftOut, 'run')} left out by --since or --last.`, width, 2, paint.faint)]
      : []),
    ...problemTexts(problems).map((text) => textLines(text, width, 2, paint.doubtful)),
  ].join('\n')
}

function curveText({ trend, runs }: HistoryDocument, look: TerminalLook): string {
  const { target } = runs.at(-1)!.coverage
  const points = trend.map(({ date, percent, ready, states }) => {
    return { date, percent, ready, met: coverageOf(states, target).met }
  })
  const marks = trend.flatMap(({ date, policyChanged, sourcesChanged, incomplete }) => [
    ...(policyChanged ? [{ date, text: 'other policy' }] : []),
    ...(sourcesChanged ? [{ date, text: 'other sources' }] : []),
    ...(incomplete ? [{ date, text: 'incomplete' }] : []),
  ])
  const lines = pastCurve(points, target, marks, look)
  return [look.paint.strong('Coverage, the last run of each day'), ...lines].join('\n')
}

function runsText({ runs }: HistoryDocument, look: TerminalLook): string {
  const { width, paint } = look
  const shown = runs.slice(-mostRuns)
  const columns = columnsFor(width)
  const table = textTable(
    columns,
    shown.map((run) => columns.map(({ cell }) => cell(run, look))),
    width,
    paint,
  )
  const more = runs.length - shown.length
  return [
    paint.strong('Runs'),
    ...(more > 0 ? [textLines(`${numbered(more, 'earlier run')}: --format csv`, width, 2, paint.faint)] : []),
    table,
  ].join('\n')
}

interface Column extends TextColumn {
  readonly cell: (run: HistoryRun, look: TerminalLook) => string | TextCell
}

function columnsFor(width: number): Column[] {
  return [
    { head: 'run', whole: true, cell: ({ run }, { paint }) => ({ text: shortRun(run), paint: paint.strong }) },
    { head: 'as of', whole: true, cell: ({ asOf }) => (width < roomy ? asOf.slice(0, 10) : momentText(asOf)) },
    ...(width < wide ? [] : [recordedColumn]),
    { head: 'coverage', align: 'right', cell: coverageCell },
    ...(width < roomy ? [] : [readyColumn]),
    { head: 'change', align: 'right', cell: changeCell },
    ...(width < wide ? [] : [policyColumn]),
    {
      head: 'notes',
      flexible: true,
      cell: (run, { paint }) => ({ text: runNotes(run).join(', '), paint: paint.doubtful }),
    },
  ]
}

const recordedColumn: Column = {
  head: 'recorded',
  whole: true,
  cell: ({ recordedAt }, { paint }) => ({ text: momentText(recordedAt), paint: paint.faint }),
}

const readyColumn: Column = {
  head: 'ready',
  align: 'right',
  cell: ({ coverage: { ready, inScope } }) => `${countText(ready)}/${countText(inScope.of)}`,
}

const policyColumn: Column = {
  head: 'policy',
  whole: true,
  cell: ({ policy }, { paint }) => ({ text: shortDigest(policy.digest), paint: paint.faint }),
}

/** As many digits of `sha256:…` as tell policies apart. */
function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 8)
}

function coverageCell({ coverage }: HistoryRun, { paint }: TerminalLook): TextCell {
  const text = shareText(coverage.inScope.percent)
  return coverage.met ? { text, paint: paint.good } : { text }
}

function changeCell({ change }: HistoryRun, { paint }: TerminalLook): TextCell {
  if (change === undefined) return { text: '' }
  const colour = change.ready > 0 ? paint.good : change.ready < 0 ? paint.bad : paint.faint
  return { text: signedText(change.ready), paint: colour }
}

function nextText({ width, paint }: TerminalLook): string {
  return textLines('What moved between two runs: fleet history diff [run] [run]', width, 0, paint.faint)
}
