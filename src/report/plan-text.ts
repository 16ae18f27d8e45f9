import type { PlanDocument, Wave } from '../waves/plan-document.js'
import { coverageCurve } from './coverage-curve.js'
import { fileArgument } from './file-argument.js'
import {
  differenceSection,
  finishedSection,
  movedSection,
  notPlannedSection,
  obstacleSection,
  repairSection,
  settingSection,
  strataSection,
  warningSection,
} from './plan-text-sections.js'
import {
  answerText,
  boundText,
  cutText,
  daysText,
  gateDay,
  kindText,
  numbered,
  openWaves,
  provesText,
  readyPercent,
  reckoning,
  shareText,
  whoText,
  workText,
} from './plan-words.js'
import type { TerminalLook } from './terminal-look.js'
import { type TextCell, textLines, textTable } from './text-table.js'
import { countText } from './words.js'

export interface PlanTextOptions {
  /** Where the plan and its files were written. */
  readonly folder?: string | undefined
}

const longestName = 40
const longestShort = 24
const roomForStatus = 80
/** From here on there is room for who is in a wave beside its dates. */
const wideEnough = 120

/** A plan as an administrator reads it on a terminal: the answer first, then the waves, then what it rests on. */
export function planText(plan: PlanDocument, look: TerminalLook, options: PlanTextOptions = {}): string {
  const sections = [
    headline(plan, look),
    waveSection(plan, look),
    finishedSection(plan, look),
    curveSection(plan, look),
    obstacleSection(plan, look),
    workSection(plan, look),
    strataSection(plan, look),
    movedSection(plan, look),
    notPlannedSection(plan, look),
    repairSection(plan, look),
    differenceSection(plan, look),
    settingSection(plan, look),
    warningSection(plan, look),
    nextSection(plan, look, options),
  ]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}

function headline(plan: PlanDocument, { width, paint }: TerminalLook): string {
  const { organization, asOf, campaign, policy, scan, target } = plan
  const now = shareText(readyPercent(target))
  const { text, tone } = answerText(plan)
  const by = target.by === undefined ? '' : ` by ${target.by}`
  const colour = { good: paint.good, bad: paint.bad, open: paint.strong }[tone]
  return [
    textLines(`${organization ? `${organization}, ` : ''}${asOf.slice(0, 10)}`, width, 0, paint.strong),
    textLines(`campaign ${campaign}`, width, 0),
    textLines(
      `policy ${policy.file ?? 'defaults'}, ${policy.digest.slice(0, 19)}; scan of ${scan.asOf.slice(0, 10)}, ${scan.digest.slice(0, 19)}`,
      width,
      0,
      paint.faint,
    ),
    '',
    `${paint.strong('Ready now')}  ${paint.strong(now)}  ${countText(target.ready)} of ${countText(target.denominator)} in scope`,
    textLines(`Target ${target.percent} %${by}: ${text}`, width, 0, colour),
    ...reckoning(plan).map((line) => textLines(line, width, 2)),
  ].join('\n')
}

function waveSection(plan: PlanDocument, look: TerminalLook): string {
  const { width, paint } = look
  const { waves } = plan
  if (waves.length === 0) return `${paint.strong('Waves')}\n  none: nobody can be upgraded, installed or repaired`
  const wide = width >= wideEnough
  const withStatus = width >= roomForStatus && waves.some(({ status }) => status !== 'planned')
  const columns = [
    { head: 'wave', flexible: !wide },
    ...(withStatus ? [{ head: 'status', whole: true }] : []),
    { head: 'size', align: 'right' as const },
    // Two dates may stand below each other where the line is short.
    { head: 'rollout', whole: wide },
    { head: 'soak until', whole: true },
    { head: 'proves', align: 'right' as const },
    ...(wide
      ? [
          { head: 'kind', whole: true },
          { head: 'who', flexible: true },
        ]
      : []),
  ]
  const rows = waves.map((wave): (string | TextCell)[] => [
    { text: cutText(wave.name, wide ? longestShort : longestName), paint: paint.strong },
    ...(withStatus ? [statusCell(wave, paint)] : []),
    countText(wave.size),
    daysText(wave.start, wave.end),
    wave.soakUntil,
    boundText(wave),
    ...(wide ? [cutText(kindText(wave), longestShort), whoText(wave)] : []),
  ])
  const example = waves.flatMap((wave) => provesText(wave.proves) ?? [])[0]
  const legend = `proves: how many fail at most, if none of the wave does; ${example} (95 % confidence).`
  return [
    `${paint.strong('Waves')}\n${textTable(columns, rows, width, paint)}`,
    ...(example === undefined ? [] : [textLines(legend, width, 2, paint.faint)]),
    ...(wide ? [] : [`\n${paint.strong('Who')}\n${whoTable(waves, withStatus, look)}`]),
  ].join('\n')
}

function whoTable(waves: readonly Wave[], withStatus: boolean, { width, paint }: TerminalLook): string {
  const columns = [{ head: 'wave' }, { head: 'kind' }, { head: 'largest platforms; departments', flexible: true }]
  const rows = waves.map((wave): (string | TextCell)[] => {
    const kind = cutText(kindText(wave), longestShort)
    return [
      { text: cutText(wave.name, longestShort), paint: paint.strong },
      withStatus || wave.status === 'planned' ? kind : `${kind}, ${wave.status}`,
      whoText(wave),
    ]
  })
  return textTable(columns, rows, width, paint)
}

function statusCell({ status }: Wave, paint: TerminalLook['paint']): TextCell {
  if (status === 'finished') return { text: status, paint: paint.good }
  return status === 'running' ? { text: status, paint: paint.doubtful } : { text: status }
}

function curveSection(plan: PlanDocument, look: TerminalLook): string {
  const { target, projection, asOf } = plan
  const marks = [
    { date: asOf.slice(0, 10), text: 'now' },
    ...openWaves(plan).map(({ soakUntil, name }) => ({ date: soakUntil, text: `${cutText(name, 20)} soaked` })),
  ]
  const aim = { percent: target.percent, endpoints: target.ready + target.needed }
  const lines = coverageCurve(projection, aim, marks, look)
  return lines.length === 0 ? '' : [look.paint.strong('Expected coverage'), ...lines].join('\n')
}

function workSection({ population }: PlanDocument, { width, paint }: TerminalLook): string {
  if (population.planned === 0) return ''
  const rows = population.work.map((work) => [countText(work.endpoints), workText(work)])
  const table = textTable(
    [
      { head: 'endpoints', align: 'right' },
      { head: 'what to do', flexible: true },
    ],
    rows,
    width,
    paint,
  )
  const places = [
    ...(population.pinned > 0 ? [`${countText(population.pinned)} go first by name`] : []),
    ...(population.last > 0 ? [`${countText(population.last)} last by name`] : []),
    ...(population.withoutIdentity > 0
      ? [`${countText(population.withoutIdentity)} last because they have no serial number of their own`]
      : []),
  ]
  const lines = [
    `${countText(population.planned)} planned${places.length > 0 ? `: ${places.join(', ')}` : ''}.`,
    ...(population.waiting > 0
      ? [`Not planned again: ${numbered(population.waiting, 'endpoint')} of finished waves, silent since.`]
      : []),
  ]
  return [paint.strong('What is done'), table, ...lines.map((line) => textLines(line, width, 2, paint.faint))].join(
    '\n',
  )
}

function nextSection(plan: PlanDocument, { width, paint }: TerminalLook, { folder }: PlanTextOptions): string {
  const [wave] = openWaves(plan)
  const place = folder === undefined ? undefined : folder.replace(/[/\\]+$/, '') || folder
  const steps = [
    [
      place === undefined
        ? 'Nothing was written: leave out --dry-run for the plan and the group files of its waves.'
        : `In ${place}/: plan.json, plan.csv (who, and on which day), plan.md (change ticket), waves.ics (calendar)${wave === undefined ? '.' : ' and groups/ (files for the MDM).'}`,
    ],
    ...(wave === undefined ? [['No wave is left.']] : stepsOf(plan, wave, place ?? 'plan')),
  ]
  const lines = steps.map((paragraphs, index) =>
    paragraphs
      .map((text) => textLines(text, width, 5))
      .join('\n')
      .replace(/^ {5}/, `${index + 1}. `.padStart(5)),
  )
  return [paint.strong('What next'), ...lines].join('\n')
}

/** What is to be done for a wave; a command that people copy stands on a line of its own. */
function stepsOf(plan: PlanDocument, wave: Wave, place: string): string[][] {
  const name = cutText(wave.name, longestName)
  const check = `fleet plan check ${fileArgument(place) ?? 'PLAN'} newer-scan.json`
  if (wave.status === 'running' && wave.soakUntil < plan.asOf.slice(0, 10))
    return [
      [`${name} has soaked, and its gate is not open: the warnings say why. Settle that; load no further group.`],
      ['Then make new exports and a new scan, and:', check],
    ]
  return [
    [
      wave.status === 'running'
        ? `${name} is running: its group stays assigned.`
        : `On ${wave.start} load the group of ${name} into the MDM, and assign the update to it.`,
    ],
    [`On ${gateDay(plan, wave)}, after its soak, make new exports and a new scan, then:`, check],
    ['Load the next group only when that says advance.'],
  ]
}
