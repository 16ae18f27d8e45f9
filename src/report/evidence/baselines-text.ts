import type { BaselinesSection } from '../../telemetry/sections/baselines.js'
import type { TerminalLook } from '../terminal-look.js'
import { textLines } from '../text-table.js'
import { countText, percentText } from '../words.js'
import { cutTable, nameText } from './cut-table.js'

type Row = BaselinesSection['rows']['rows'][number]

const longestName = 32

const lackText: Readonly<Record<NonNullable<Row['lack']>, string>> = {
  'complete-week': 'no full week to judge',
  'records-this-week': 'not used this week',
  'earlier-weeks': 'fewer than two earlier weeks',
  'more-records': 'too few records',
  'steadier-weeks': 'earlier weeks differ too much',
  'earlier-successes': 'it has always failed',
}

const problemText: Readonly<Record<NonNullable<BaselinesSection['problem']>, string>> = {
  'incomplete-week': 'the window does not hold all of it',
  'nothing-in-week': 'no surface sent anything in it; the files may end before',
  'records-missing': 'records do not cover all of its working days; the files may begin, end or have a hole in it',
}

/** This week against the earlier ones, on a terminal: the anomalies with their numbers, then the rates. */
export function baselinesText(section: BaselinesSection, look: TerminalLook): string {
  if (section.series === 0) return ''
  const { width, paint } = look
  const { counts, week, comparisons, series, falseAlarms } = section
  const head = `Week of ${week} against earlier weeks`
  if (section.problem !== undefined) {
    const why = `Not judged: ${problemText[section.problem]}.`
    return [paint.strong(head), textLines(why, width, 2, paint.doubtful)].join('\n')
  }
  const answer =
    counts.anomaly > 0
      ? `${countText(counts.anomaly)} of ${countText(series)} comparisons stand out`
      : `nothing stands out in ${countText(series - counts['not-enough-data'])} comparisons`
  const open = counts['not-enough-data'] > 0 ? `; too little data for ${countText(counts['not-enough-data'])}` : ''
  const by = `By chance alone a report like this has fewer than ${falseAlarms} anomalies on average (corrected for ${countText(comparisons)} comparisons).`
  const anomalies = section.rows.rows.filter(({ status }) => status === 'anomaly')
  return [
    paint.strong(head),
    textLines(`${answer}${open}. ${by}`, width, 2, counts.anomaly > 0 ? paint.bad : (text) => text),
    ...anomalies.slice(0, 10).map((row) => textLines(anomalyText(row, comparisons), width, 2, paint.bad)),
    ...(counts.anomaly > 10
      ? [textLines(`and ${countText(counts.anomaly - 10)} more (--json has them)`, width, 2, paint.faint)]
      : []),
    ratesText(section, look),
  ].join('\n')
}

function titleOf({ kind, service, tool }: Row): string {
  if (kind === 'tool-errors') return `${nameText(tool ?? '', longestName)} (${service})`
  return kind === 'run-failures' ? `failed runs (${service})` : `runs (${service})`
}

function anomalyText(row: Row, comparisons: number): string {
  const { thisWeek, before, p, expectedByChance, spread } = row
  const numbers =
    row.kind === 'run-activity'
      ? `${countText(thisWeek.of)} this week, ${countText(before.of)} in ${countText(before.weeks)} weeks before`
      : `${countText(thisWeek.failures)} of ${countText(thisWeek.of)} failed (${percentText(thisWeek.percent)}), before ${countText(before.failures)} of ${countText(before.of)} (${percentText(before.percent)})`
  const most = spread?.most
  const whose =
    spread === undefined || most === undefined
      ? ''
      : `; ${countText(spread.failing)} of ${countText(spread.users)} users have failures, most of them ${nameText(most.endpoint ?? most.installation ?? '', longestName)} with ${percentText(most.percent)}`
  return `${titleOf(row)}: ${numbers}; p = ${p} in ${countText(comparisons)} comparisons, ${expectedByChance} expected by chance${whose}`
}

function ratesText({ rows }: BaselinesSection, look: TerminalLook): string {
  const cells = rows.rows.map((row) => [
    titleOf(row),
    valueText(row, row.thisWeek),
    valueText(row, row.before),
    row.status === 'anomaly'
      ? { text: 'stands out', paint: look.paint.bad }
      : row.status === 'no-anomaly'
        ? { text: `ordinary (would stand out ${limitText(row)})`, paint: look.paint.good }
        : { text: row.lack === undefined ? '' : lackText[row.lack], paint: look.paint.doubtful },
  ])
  const columns = [{ head: 'what' }, { head: 'this week' }, { head: 'before' }, { head: 'judged', flexible: true }]
  return cutTable('Failures, with the 95 % interval of their rate', columns, cells, rows.of, look)
}

function limitText({ kind, limit, thisWeek }: Row): string {
  const number = countText(limit ?? 0)
  return kind === 'run-activity' ? `at ${number} or fewer` : `from ${number} of ${countText(thisWeek.of)}`
}

function valueText({ kind }: Row, rate: Row['thisWeek'] & { weeks?: number }): string {
  const weeks = rate.weeks === undefined ? '' : ` in ${countText(rate.weeks)} weeks`
  if (kind === 'run-activity') return `${countText(rate.of)}${weeks}`
  const { interval } = rate
  const range = interval === undefined ? '' : ` (${interval.low}–${interval.high})`
  return `${countText(rate.failures)} of ${countText(rate.of)}, ${percentText(rate.percent)}${range}`
}
