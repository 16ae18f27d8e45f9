import type { TrendPoint } from '../../history/trend.js'
import { byText } from '../../platform/by-text.js'
import { states } from '../../readiness/verdict.js'
import type { PlanDocument } from '../../waves/plan-document.js'
import { numbered, shareText } from '../plan-words.js'
import { countText, percentText } from '../words.js'
import type { Chart } from './chart.js'
import { dayStart, daysLater, dayTicks } from './day-ticks.js'
import { drawChart, smallFontSize } from './draw-chart.js'
import { type Drawing, drawingSpec, type Line, type Point, plotWidth, type Rule } from './drawing.js'
import { percentAt, percentLabel, trendLabels } from './trend-labels.js'
import { changesOf, isKnown, type KnownPoint, type Stretch, stretchesOf } from './trend-stretches.js'

export interface TrendInput {
  readonly trend: readonly TrendPoint[]
  /** Empty without a plan. */
  readonly planned: PlanDocument['projection']
  /** Percent of the endpoints in scope. */
  readonly target: number
  readonly targetBy?: string | undefined
}

/** A place of both scales, with the day and the share that it stands for. */
interface Place {
  readonly x: number
  readonly y: number
}

const plotHeight = 250
const stripHeight = 18
/** More than these would hide the line. */
const mostPoints = 45
const mostTicks = 6

/**
 * Coverage over time: what was, what the plan expects, the target and the day it is due. The line breaks where another policy
 * judged or other files were read, since what changes there is no progress; a scan that was incomplete is a hollow point. Below
 * stand all those days. Undefined where no day has a share to show.
 */
export async function trendChart(input: TrendInput): Promise<Chart | undefined> {
  const { trend, planned } = input
  if (![...trend, ...planned].some(({ percent }) => percent !== null)) return undefined
  return {
    id: 'trend',
    title: 'Coverage over time',
    summary: summaryOf(input),
    svg: await draw(input),
    columns: ['Day', 'What', 'Ready', 'In scope', 'Coverage', ...states.map((state) => `State ${state}`), 'Changed'],
    rows: rowsOf(input),
  }
}

function rowsOf({ trend, planned, target, targetBy }: TrendInput): string[][] {
  const none = states.map(() => '')
  const dated = [
    ...trend.map((point) => ({
      date: point.date,
      cells: [
        'recorded',
        countText(point.ready),
        countText(point.inScope),
        percentText(point.percent),
        ...states.map((state) => countText(point.states[state])),
        changesOf(point).join(', '),
      ],
    })),
    ...planned.map(({ date, expectedReady, percent }) => ({
      date,
      cells: ['planned', countText(expectedReady), '', percentText(percent), ...none, ''],
    })),
    ...(targetBy === undefined
      ? []
      : [{ date: targetBy, cells: ['target due', '', '', percentText(target), ...none, ''] }]),
  ]
  return dated.sort((a, b) => byText(a.date, b.date)).map(({ date, cells }) => [date, ...cells])
}

async function draw(input: TrendInput): Promise<string> {
  const { trend, planned, target, targetBy } = input
  const domain = domainOf([...trend, ...planned].map(({ date }) => date).concat(targetBy ?? []))
  const strips = stripsOf(trend)
  const space = { left: 52, right: 140, top: 30, bottom: 30 + strips.length * stripHeight }
  const x = { domain, days: dayTicks(domain, mostTicks) }
  const y = { domain: [0, 100] as const, percents: [0, 25, 50, 75, 100] }
  const stretches = stretchesOf(trend)
  const ahead = placesOf(planned)
  const drawing: Drawing = {
    height: plotHeight,
    space,
    x,
    y,
    rules: [
      { x: domain[0], x2: domain[1], y: target, y2: target, stroke: 'var(--target)', dash: [6, 3], width: 1.5 },
      ...(targetBy === undefined
        ? []
        : [{ x: dayStart(targetBy), x2: dayStart(targetBy), y: 0, y2: 100, stroke: 'var(--target)', width: 1.5 }]),
      ...strips.flatMap(({ days }, line) => days.map((day) => tick(day, line))),
    ],
    lines: [
      ...runsOf(ahead, { stroke: 'var(--accent)', dash: [5, 4], steps: true }),
      ...stretches.flatMap(({ before, first }) => (before === undefined ? [] : [joint(before, first)])),
      ...stretches.flatMap(({ days }) => runsOf(placesOf(days), { stroke: 'var(--ready)' })),
    ],
    points: pointsOf(stretches, ahead),
  }
  const width = plotWidth({ space })
  const scale = { unit: (domain[1] - domain[0]) / width, width, height: plotHeight, domain }
  const labels = [
    ...trendLabels({ stretches, planned, target, targetBy }, scale),
    ...strips.map(({ name, days }, line) => ({
      x: domain[1] + 10 * scale.unit,
      y: percentAt(plotHeight + 30 + line * stripHeight + 6, scale),
      text: `${name} (${countText(days.length)})`,
      size: smallFontSize,
      fill: 'var(--faint)',
    })),
  ]
  return drawChart(drawingSpec({ ...drawing, labels }))
}

/** All days, and a little room around a single one. */
function domainOf(dates: readonly string[]): readonly [number, number] {
  const times = dates.map(dayStart)
  const [from, to] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))]
  return from === to ? [daysLater(from, -3), daysLater(to, 3)] : [from, to]
}

function placesOf(days: readonly { readonly date: string; readonly percent: number | null }[]): (Place | undefined)[] {
  return days.map(({ date, percent }) => (percent === null ? undefined : { x: dayStart(date), y: percent }))
}

/** A line for each run of days with a share: a day without one is a gap, not a zero. */
function runsOf(places: readonly (Place | undefined)[], look: Omit<Line, 'points'>): Line[] {
  const runs: Place[][] = [[]]
  for (const place of places) {
    if (place === undefined) runs.push([])
    else runs.at(-1)!.push(place)
  }
  return runs.filter((run) => run.length > 1).map((points) => ({ ...look, points }))
}

/** Across a break: the days are there, but what is between them is no change of coverage. */
function joint(before: KnownPoint, first: KnownPoint): Line {
  return { points: [placeOf(before), placeOf(first)], stroke: 'var(--faint)', dash: [2, 4], width: 1 }
}

function placeOf({ date, percent }: KnownPoint): Place {
  return { x: dayStart(date), y: percent }
}

function pointsOf(stretches: readonly Stretch[], ahead: readonly (Place | undefined)[]): Point[] {
  const all = stretches.flatMap(({ days, first, last }, index) =>
    days.flatMap((day, at) => {
      if (!isKnown(day)) return []
      // A day between two without a share has no line, so only its point shows it.
      const isAlone = (days[at - 1]?.percent ?? null) === null && (days[at + 1]?.percent ?? null) === null
      const isEnd = (index > 0 && day === first) || (index === stretches.length - 1 && day === last)
      return [{ day, isTelling: isAlone || isEnd || day.incomplete }]
    }),
  )
  const shown = all.length <= mostPoints ? all : all.filter(({ isTelling }) => isTelling)
  const end = ahead.findLast((place) => place !== undefined)
  return [
    ...(end === undefined ? [] : [{ ...end, fill: 'var(--surface)', stroke: 'var(--accent)' }]),
    ...shown.map(({ day }) => ({
      ...placeOf(day),
      fill: day.incomplete ? 'var(--surface)' : 'var(--ready)',
      stroke: 'var(--ready)',
    })),
  ]
}

function stripsOf(trend: readonly TrendPoint[]): { readonly name: string; readonly days: readonly string[] }[] {
  const days = (changed: 'policyChanged' | 'sourcesChanged' | 'incomplete') =>
    trend.filter((point) => point[changed]).map(({ date }) => date)
  return [
    { name: 'other policy', days: days('policyChanged') },
    { name: 'other sources', days: days('sourcesChanged') },
    { name: 'incomplete scan', days: days('incomplete') },
  ].filter((strip) => strip.days.length > 0)
}

function span(top: number, bottom: number): Pick<Rule, 'y' | 'y2'> {
  return { y: percentAt(top, { height: plotHeight }), y2: percentAt(bottom, { height: plotHeight }) }
}

function tick(date: string, line: number): Rule {
  const top = plotHeight + 30 + line * stripHeight
  const x = dayStart(date)
  return { x, x2: x, ...span(top, top + 12), stroke: 'var(--ink)', width: 3 }
}

function summaryOf({ trend, planned, target, targetBy }: TrendInput): string {
  const due = targetBy === undefined ? '' : `, due ${targetBy}`
  const end = planned.findLast(({ percent }) => percent !== null)
  const marked = stripsOf(trend).map(({ name, days }) => `${name} on ${numbered(days.length, 'day')}`)
  return [
    ...wentText(stretchesOf(trend)),
    `The target is ${percentLabel(target)}${due}.`,
    ...(end === undefined ? [] : [`By the plan, ${shareText(end.percent)} are expected on ${end.date}.`]),
    ...(marked.length === 0 ? [] : [`Hard to compare with the days before: ${marked.join(', ')}.`]),
  ].join(' ')
}

/** How coverage went since the last break: what lies before does not compare. */
function wentText(stretches: readonly Stretch[]): string[] {
  const stretch = stretches.at(-1)
  if (stretch === undefined) return ['No coverage is recorded yet.']
  const { first, last, why } = stretch
  const ready = `${countText(last.ready)} of ${countText(last.inScope)} endpoints in scope`
  const incomplete = first === last ? [first] : [first, last]
  return [
    first === last
      ? `On ${last.date}, ${ready} were ready (${shareText(last.percent)}).`
      : `From ${first.date} to ${last.date}, coverage went from ${shareText(first.percent)} to ${shareText(last.percent)}: ${ready} are ready.`,
    ...(why.length === 0 ? [] : [`Days before ${first.date} do not compare: ${why.join(', ')}.`]),
    ...incomplete.flatMap((day) => (day.incomplete ? [`The scan of ${day.date} was incomplete.`] : [])),
  ]
}
