import { Waves } from '../../policy/waves.js'
import type { PlanDocument, Wave } from '../../waves/plan-document.js'
import type { VerdictDocument } from '../../waves/verdict-document.js'
import { kindText, movedDatesOf, numbered } from '../plan-words.js'
import { judgedWaves } from '../view/judged-waves.js'
import { countText } from '../words.js'
import type { Chart } from './chart.js'
import { cellText, labelText, widthOf } from './chart-text.js'
import { dayStart, daysLater, dayTicks } from './day-ticks.js'
import { drawChart, smallFontSize } from './draw-chart.js'
import { type Bar, drawingSpec, type Label, plotWidth, type Rule } from './drawing.js'
import { keyLabels } from './key-labels.js'

type Verdict = VerdictDocument['verdict']
interface Blackout {
  readonly from: string
  readonly to: string
  readonly reason: string
}

const rowHeight = 42
const barHeight = 18
const mostRows = 30
const mostTicks = 5
const longestName = 20
const longestReason = 40

const verdictTexts: Readonly<Record<Verdict, { readonly text: string; readonly fill: string }>> = {
  advance: { text: 'advance ✓', fill: 'var(--ready)' },
  hold: { text: 'hold', fill: 'var(--upgrade)' },
  halt: { text: 'halt', fill: 'var(--contradicted)' },
}

/**
 * The waves of a plan on its days: rollout, soak, what a blackout has moved, the verdict of each gate, and the day the target
 * is due. Undefined for a plan without waves.
 */
export async function wavesChart(plan: PlanDocument, verdicts: readonly VerdictDocument[]): Promise<Chart | undefined> {
  if (plan.waves.length === 0) return undefined
  const byWave = new Map(judgedWaves({ plan, verdicts }).map(({ wave, verdict }) => [wave, verdict]))
  const verdictOf: VerdictOf = (wave) => byWave.get(wave)
  return {
    id: 'waves',
    title: 'Waves',
    summary: summaryOf(plan, verdictOf),
    svg: await draw(plan, verdictOf),
    columns: ['Name', 'Kind', 'Status', 'Endpoints', 'From', 'Until', 'Soak until', 'Verdict', 'Moved'],
    rows: [...plan.waves.map((wave) => waveRow(wave, verdictOf(wave))), ...otherRows(plan)],
  }
}
function waveRow(wave: Wave, verdict: VerdictDocument | undefined): string[] {
  const moved = movedDatesOf(wave).map(({ what, from, to, why }) => `${what} ${from} → ${to} (${cellText(why)})`)
  return [
    cellText(wave.name),
    cellText(kindText(wave)),
    statusText(wave),
    countText(wave.size),
    wave.start,
    wave.end,
    wave.soakUntil,
    verdict === undefined ? '–' : `${verdict.verdict} on ${verdict.asOf.slice(0, 10)}`,
    moved.join('; ') || '–',
  ]
}

/** What the chart shows besides waves. */
function otherRows(plan: PlanDocument): string[][] {
  const { target } = plan
  return [
    ...blackoutsOf(plan).map(({ from, to, reason }) => [cellText(reason), 'blackout', '', '', from, to, '', '', '']),
    ...(target.by === undefined ? [] : [[`target ${target.percent} %`, 'due', '', '', '', target.by, '', '', '']]),
  ]
}

type VerdictOf = (wave: Wave) => VerdictDocument | undefined

async function draw(plan: PlanDocument, verdictOf: VerdictOf): Promise<string> {
  const { waves, target } = plan
  const shown = waves.slice(0, mostRows)
  const blackouts = blackoutsOf(plan)
  const domain = domainOf(shown, target.by)
  const space = { left: 168, right: 150, top: 58, bottom: 30 }
  const x = { domain, days: dayTicks(domain, mostTicks) }
  const width = plotWidth({ space })
  const unit = (domain[1] - domain[0]) / width
  const height = shown.length * rowHeight + (shown.length < waves.length ? 26 : 0)
  const hasMoved = shown.some((wave) => blackoutMoves(wave).length > 0)
  const key = keyLabels(
    [
      { text: 'rollout', fill: 'var(--accent)' },
      { text: 'soak', fill: 'var(--surface)', stroke: 'var(--accent)' },
      ...(blackouts.length > 0 ? [{ text: blackoutText(blackouts), fill: 'var(--line)' }] : []),
      ...(hasMoved ? [{ text: 'moved by a blackout', fill: 'var(--upgrade)' }] : []),
    ],
    { space, x },
    10 - space.top,
  )
  const bars: Bar[] = []
  const rules: Rule[] = []
  const labels: Label[] = []
  shown.forEach((wave, index) => {
    const top = index * rowHeight
    const place = { y: top + 8, y2: top + 8 + barHeight }
    const { start, end, soakUntil } = wave
    const rolledOut = daysLater(dayStart(end), 1)
    const soaked = daysLater(dayStart(soakUntil), 1)
    if (soaked > rolledOut)
      bars.push({ x: rolledOut, x2: soaked, ...place, fill: 'var(--surface)', stroke: 'var(--accent)' })
    bars.push({ x: dayStart(start), x2: rolledOut, ...place, fill: 'var(--accent)' })
    for (const { from, to } of blackoutMoves(wave)) {
      const y = top + 8 + barHeight + 6
      rules.push({ x: dayStart(from), x2: dayStart(to), y, y2: y, stroke: 'var(--upgrade)', width: 3 })
    }
    const name = domain[0] - space.left * unit
    labels.push({ x: name, y: top + 11, text: labelText(wave.name, longestName), bold: true })
    labels.push({
      x: name,
      y: top + 27,
      text: numbered(wave.size, 'endpoint'),
      size: smallFontSize,
      fill: 'var(--faint)',
    })
    labels.push(...wordsOf(wave, verdictOf(wave), domain[1] + 12 * unit, top))
  })
  if (shown.length < waves.length)
    labels.push({
      x: domain[0] - space.left * unit,
      y: shown.length * rowHeight + 12,
      text: `and ${countText(waves.length - shown.length)} more, in the table`,
      fill: 'var(--faint)',
    })
  const due = target.by === undefined ? [] : [daysLater(dayStart(target.by), 1)]
  return drawChart(
    drawingSpec({
      height,
      space,
      x,
      bands: [...key.bars, ...bandsOf(blackouts, domain, height)],
      rules: [
        ...due.map((day) => ({
          x: day,
          x2: day,
          y: -8,
          y2: height,
          stroke: 'var(--target)',
          dash: [6, 3],
          width: 1.5,
        })),
        ...rules,
      ],
      bars,
      labels: [...key.labels, ...labels, ...due.map((day) => dueLabel(plan, (day - domain[0]) / unit, width, day))],
    }),
  )
}

/** The verdict of the gate of a wave and its day, or else how far the wave is. */
function wordsOf(wave: Wave, verdict: VerdictDocument | undefined, x: number, top: number): Label[] {
  const small = { size: smallFontSize, fill: 'var(--faint)' }
  if (verdict === undefined) return [{ x, y: top + 17, text: statusText(wave), ...small }]
  return [
    { x, y: top + 11, ...verdictTexts[verdict.verdict], bold: true },
    { x, y: top + 27, text: `on ${verdict.asOf.slice(0, 10)}`, ...small },
  ]
}

function statusText({ status, outcome }: Wave): string {
  return outcome?.accepted === true ? `${status}, accepted` : status
}

function domainOf(waves: readonly Wave[], due: string | undefined): readonly [number, number] {
  const ends = waves.flatMap((wave) => [wave.end, wave.soakUntil]).concat(due ?? [])
  return [
    Math.min(...waves.map(({ start }) => dayStart(start)), ...(due === undefined ? [] : [dayStart(due)])),
    Math.max(...ends.map((day) => daysLater(dayStart(day), 1))),
  ]
}

function blackoutText(blackouts: readonly Blackout[]): string {
  const reasons = [...new Set(blackouts.map(({ reason }) => cellText(reason)))]
  return labelText(`blackout: ${reasons.join(', ')}`, longestReason)
}

/** The blackouts that the plan was made with. */
function blackoutsOf({ settings }: PlanDocument): readonly Blackout[] {
  const value = settings.find(({ key }) => key === 'waves.blackouts')?.value
  return Waves.shape.blackouts.safeParse(value).data ?? []
}

function bandsOf(blackouts: readonly Blackout[], [from, to]: readonly [number, number], height: number): Bar[] {
  return blackouts
    .map((blackout) => ({
      x: Math.max(from, dayStart(blackout.from)),
      x2: Math.min(to, daysLater(dayStart(blackout.to), 1)),
    }))
    .filter(({ x, x2 }) => x < x2)
    .map((place) => ({ ...place, y: 0, y2: height, fill: 'var(--line)', stroke: 'var(--line)' }))
}

/** Dates that a blackout has shifted, from the day they would have been on. */
function blackoutMoves({ moved }: Wave): { readonly from: string; readonly to: string }[] {
  return moved.filter(({ rule }) => rule === 'blackout' || rule === 'day-before-blackout')
}

function dueLabel({ target }: PlanDocument, left: number, width: number, x: number): Label {
  const text = `target ${target.percent} % due ${target.by}`
  const align = left > width - widthOf(text) / 2 ? 'right' : left < widthOf(text) / 2 ? 'left' : 'center'
  return { x, y: -18, text, align, fill: 'var(--target)' }
}

function summaryOf(plan: PlanDocument, verdictOf: VerdictOf): string {
  const { waves, target } = plan
  const endpoints = waves.reduce((sum, { size }) => sum + size, 0)
  const first = waves.reduce((day, { start }) => (start < day ? start : day), waves[0]!.start)
  const last = waves.reduce((day, { soakUntil }) => (soakUntil > day ? soakUntil : day), waves[0]!.soakUntil)
  const judged = waves.flatMap((wave) => verdictOf(wave) ?? [])
  const counts = (['advance', 'hold', 'halt'] as const).flatMap((verdict) => {
    const named = judged.filter((one) => one.verdict === verdict).map(({ wave }) => labelText(wave.name, 40))
    return named.length === 0 ? [] : [`${verdict} for ${named.slice(0, 5).join(', ')}${more(named.length - 5)}`]
  })
  const moved = waves.filter((wave) => blackoutMoves(wave).length > 0).length
  return [
    `${numbered(waves.length, 'wave')} of ${numbered(endpoints, 'endpoint')} together, from ${first} to the end of the last soak on ${last}.`,
    ...(target.by === undefined ? [] : [`The target of ${target.percent} % is due ${target.by}.`]),
    counts.length === 0 ? 'No wave has a verdict yet.' : `Verdicts: ${counts.join('; ')}.`,
    ...(moved === 0 ? [] : [`A blackout has moved days of ${numbered(moved, 'wave')}.`]),
  ].join(' ')
}

function more(count: number): string {
  return count > 0 ? ` and ${countText(count)} more` : ''
}
