import type { PlanDocument } from '../waves/plan-document.js'
import { paintState } from './paint.js'
import {
  cheapestFirst,
  costTexts,
  cutText,
  leftText,
  movedDatesOf,
  numbered,
  settingText,
  shiftText,
  someOf,
  strataText,
} from './plan-words.js'
import type { TerminalLook } from './terminal-look.js'
import { type TextCell, type TextColumn, textLines, textTable } from './text-table.js'
import { countText, meaningOf } from './words.js'

const mostRows = 12
const mostRepair = 5
const mostExamples = 5
const mostWarnings = 20
const longestName = 40
const longestKey = 36
const longestValue = 80

type Section = (plan: PlanDocument, look: TerminalLook) => string
type Row = readonly (string | TextCell)[]

/** A titled table of the first `most` of `total` rows, saying how many more there are; empty without rows. */
function table(
  title: string,
  columns: readonly TextColumn[],
  rows: readonly Row[],
  { width, paint }: TerminalLook,
  most = rows.length,
  total = rows.length,
): string {
  if (rows.length === 0) return ''
  const shown = textTable(columns, rows.slice(0, most), width, paint)
  const more = total > most ? `\n${textLines(`… and ${countText(total - most)} more, all in --json`, width, 2)}` : ''
  return `${paint.strong(title)}\n${shown}${more}`
}

/** How the waves ended that are done. */
export const finishedSection: Section = ({ waves }, look) => {
  const isUndated = waves.some(({ outcome }) => (outcome?.pending.length ?? 0) > 0)
  const rows = waves.flatMap(({ name, outcome }): Row[] =>
    outcome === undefined
      ? []
      : [
          [
            cutText(name, longestName),
            countText(outcome.succeeded),
            countText(outcome.failed.length),
            ...(isUndated ? [countText(outcome.pending.length)] : []),
            countText(outcome.silent.length),
            countText(outcome.withdrawn.length),
            outcome.asOf.slice(0, 10),
          ],
        ],
  )
  const columns: TextColumn[] = [
    { head: 'wave', flexible: true },
    { head: 'ready', align: 'right' },
    { head: 'failed', align: 'right' },
    ...(isUndated ? [{ head: 'undated', align: 'right' as const }] : []),
    { head: 'silent', align: 'right' },
    { head: 'withdrawn', align: 'right' },
    { head: 'seen on', whole: true },
  ]
  const accepted = waves.flatMap(({ name, outcome }) => (outcome?.accepted ? [cutText(name, longestName)] : []))
  const text = table('Finished waves', columns, rows, look)
  if (accepted.length === 0) return text
  const note = `Taken as finished by a person, without an advance of the gate: ${someOf(accepted, mostRows)}.`
  return `${text}\n${textLines(note, look.width, 2, look.paint.doubtful)}`
}

/** What stands in the way of a target that is missed, the cheapest to settle first. */
export const obstacleSection: Section = ({ target }, look) => {
  if (target.answer !== 'unreachable' && target.answer !== 'late') return ''
  const rows = cheapestFirst(target.obstacles).map(({ state, code, endpoints, cost, examples }): Row => {
    const { why, todo } = meaningOf(code)
    const some = examples.map((id) => cutText(id, longestName))
    return [
      { text: state, paint: (text) => paintState(look.paint, state, text) },
      countText(endpoints),
      `${cutText(why, longestValue)}: ${todo}${some.length > 0 ? `. Such as ${some.slice(0, mostExamples).join(', ')}` : ''}`,
      costTexts[cost] ?? '',
    ]
  })
  const columns: TextColumn[] = [
    { head: 'state' },
    { head: 'endpoints', align: 'right' },
    { head: 'why, and what settles it', flexible: true },
    { head: 'what it takes' },
  ]
  return table('In the way, the cheapest first', columns, rows, look, mostRows)
}

/** Whether the first automatic wave is a fair sample. */
export const strataSection: Section = (plan, { width, paint }) => {
  const text = strataText(plan, 3)
  if (text === undefined) return ''
  const colour = plan.strata.missingCount === 0 ? undefined : paint.doubtful
  return `${paint.strong('A fair sample')}\n${textLines(text, width, 2, colour)}`
}

/** Which rule moved which date; what the week does to every plan is told in one line. */
export const movedSection: Section = ({ waves }, look) => {
  const moved = waves.filter(({ status }) => status !== 'finished').flatMap(movedDatesOf)
  const few = moved.length <= mostRows
  const told = few ? moved : moved.filter(({ ordinary }) => !ordinary)
  const rows = told.map((row): Row => [cutText(row.wave, longestName), row.what, shiftText(row), row.why])
  const columns: TextColumn[] = [
    { head: 'wave' },
    { head: 'what' },
    { head: 'date' },
    { head: 'because', flexible: true },
  ]
  const ordinary = moved.length - told.length
  const weekends =
    ordinary === 0
      ? ''
      : textLines(
          `${numbered(ordinary, 'more date')} moved over days of the week without work or without a start.`,
          look.width,
          2,
        )
  const text = table('Dates that rules have moved', columns, rows, look, 2 * mostRows)
  if (text === '') return weekends === '' ? '' : `${look.paint.strong('Dates that rules have moved')}\n${weekends}`
  return weekends === '' ? text : `${text}\n${weekends}`
}

/** Who gets no wave, by state. */
export const notPlannedSection: Section = ({ population }, look) => {
  const rows = population.notPlanned.map(
    ({ state, endpoints, why }): Row => [
      { text: state, paint: (text) => paintState(look.paint, state, text) },
      countText(endpoints),
      why,
    ],
  )
  const columns: TextColumn[] = [
    { head: 'state' },
    { head: 'endpoints', align: 'right' },
    { head: 'why', flexible: true },
  ]
  return table('Not planned', columns, rows, look)
}

/** Endpoints that a finished wave has left behind. */
export const repairSection: Section = ({ repair }, look) => {
  const rows = repair
    .slice(0, mostRepair)
    .map(
      ({ id, wave, state, code }): Row => [
        id,
        cutText(wave, longestName),
        { text: state, paint: (text) => paintState(look.paint, state, text) },
        code === undefined ? '' : `${cutText(meaningOf(code).why, longestValue)}: ${meaningOf(code).todo}`,
      ],
    )
  const columns: TextColumn[] = [
    { head: 'endpoint' },
    { head: 'wave' },
    { head: 'state' },
    { head: 'why', flexible: true },
  ]
  const title = `To repair: ${numbered(repair.length, 'endpoint')} ${repair.length === 1 ? 'has' : 'have'} failed`
  return table(title, columns, rows, look, mostRepair, repair.length)
}

/** What is not as it was in the previous plan. */
export const differenceSection: Section = ({ previous }, { width, paint }) => {
  if (previous === undefined) return ''
  const { finished, running, dropped, joined, left, moved, dates, settings } = previous.difference
  const names = (waves: readonly string[]) =>
    someOf(
      waves.map((name) => cutText(name, longestName)),
      mostRows,
    )
  const lines = [
    ...(finished.length > 0 ? [`finished, and kept as they were: ${names(finished)}`] : []),
    ...(running.length > 0 ? [`running, and only smaller: ${names(running)}`] : []),
    ...(dropped.length > 0 ? [`no longer planned: ${names(dropped)} (delete the calendar events)`] : []),
    ...(joined > 0 ? [`${numbered(joined, 'endpoint')} joined`] : []),
    ...left.map(
      ({ why, endpoints }) => `${numbered(endpoints, 'endpoint')} left: ${cutText(leftText(why), longestValue)}`,
    ),
    ...(moved > 0 ? [`${numbered(moved, 'endpoint')} ${moved === 1 ? 'is' : 'are'} in another wave than before`] : []),
    ...dates
      .slice(0, mostRows)
      .map(({ wave, from, to }) => `${cutText(wave, longestName)} starts on ${to}, not on ${from}`),
    ...(dates.length > mostRows ? [`${numbered(dates.length - mostRows, 'more wave')} on other days`] : []),
    ...settings
      .slice(0, mostRows)
      .map(
        ({ key, from, to }) =>
          `${key}: ${cutText(settingText(to), longestValue)}, was ${cutText(settingText(from), longestValue)}`,
      ),
    ...(settings.length > mostRows ? [`${numbered(settings.length - mostRows, 'more setting')} differ`] : []),
  ]
  return [
    paint.strong('Since the previous plan'),
    textLines(`of ${previous.asOf.slice(0, 10)}, ${previous.digest.slice(0, 19)}`, width, 2, paint.faint),
    ...(lines.length > 0 ? lines : ['nothing has changed']).map((line) => textLines(line, width, 2)),
  ].join('\n')
}

/** What somebody has set; the defaults are in the document. */
export const settingSection: Section = ({ settings }, look) => {
  const rows = settings
    .filter(({ from }) => from !== 'default')
    .map(({ key, value, why }): Row => [cutText(key, longestKey), cutText(settingText(value), longestValue), why])
  const columns: TextColumn[] = [
    { head: 'setting', whole: look.width >= 80 },
    { head: 'value', flexible: true },
    { head: 'why' },
  ]
  return table('Settings that are not the default', columns, rows, look, 2 * mostRows)
}

/** What to know before the plan is carried out. */
export const warningSection: Section = ({ warnings }, look) => {
  const rows = warnings.map(({ code, message }): Row => [{ text: code, paint: look.paint.doubtful }, message])
  const columns: TextColumn[] = [{ head: 'warning' }, { head: 'what it means', flexible: true }]
  return table('Warnings', columns, rows, look, mostWarnings)
}
