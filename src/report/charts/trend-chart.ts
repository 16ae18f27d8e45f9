import type { TrendPoint } from '../../history/trend.js'
import { byText } from '../../platform/by-text.js'
import { states } from '../../readiness/verdict.js'
import type { PlanDocument } from '../../waves/plan-document.js'
import { numbered, shareText } from '../plan-words.js'
import { countText, percentText } from '../words.js'
import type { Chart } from './chart.js'
import { widthOf } from './chart-text.js'
import { dayStart, daysLater, dayTicks } from './day-ticks.js'
import { drawChart, smallFontSize } from './draw-chart.js'
import { type Drawing, drawingSpec, type Label, type Line, type Point, plotWidth, type Rule } from './drawing.js'

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
const labelGap = 17
/** In percent: how far above or below its point a label stands. */
const labelRoom = 6

/**
 * Coverage over time: what was, what the plan expects, the target and the day it is due; below, the days on which another
 * policy judged or other files were read, since those are no progress. Undefined where no day has a share to show.
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
        changesOf(point),
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

function changesOf({ policyChanged, sourcesChanged }: TrendPoint): string {
  return [...(policyChanged ? ['other policy'] : []), ...(sourcesChanged ? ['other sources'] : [])].join(', ')
}

async function draw(input: TrendInput): Promise<string> {
  const { trend, planned, target, targetBy } = input
  const domain = domainOf([...trend, ...planned].map(({ date }) => date).concat(targetBy ?? []))
  const strips = stripsOf(trend)
  const space = { left: 52, right: 140, top: 30, bottom: 30 + strips.length * stripHeight }
  const x = { domain, days: dayTicks(domain, mostTicks) }
  const y = { domain: [0, 100] as const, percents: [0, 25, 50, 75, 100] }
  const past = placesOf(trend)
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
      ...runsOf(past, { stroke: 'var(--ready)' }),
    ],
    points: pointsOf(past, ahead),
  }
  const scale = { unit: (domain[1] - domain[0]) / plotWidth({ space }), width: plotWidth({ space }), domain }
  const labels = [
    ...sideLabels(input, scale),
    ...dueLabel(targetBy, scale),
    ...lastLabel(input, scale),
    ...strips.map(({ name, days }, line) => ({
      x: domain[1] + 10 * scale.unit,
      y: percentAt(plotHeight + 30 + line * stripHeight + 6),
      text: `${name} (${countText(days.length)})`,
      size: smallFontSize,
      fill: 'var(--faint)',
    })),
  ]
  return drawChart(drawingSpec({ ...drawing, labels }))
}

interface Scale {
  /** How much of the x scale a unit of the drawing is. */
  readonly unit: number
  readonly width: number
  readonly domain: readonly [number, number]
}

/** The share that lies so far below the top of the plot; those below the axis are negative. */
function percentAt(units: number): number {
  return 100 - (units / plotHeight) * 100
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

function pointsOf(past: readonly (Place | undefined)[], ahead: readonly (Place | undefined)[]): Point[] {
  const real = past.filter((place) => place !== undefined)
  // A day between two without a share has no line, so only its point shows it.
  const isAlone = (at: number) => past[at - 1] === undefined && past[at + 1] === undefined
  const shown =
    real.length <= mostPoints
      ? real
      : past.filter((place, at) => place !== undefined && (isAlone(at) || place === real.at(-1)))
  const end = ahead.findLast((place) => place !== undefined)
  return [
    ...(end === undefined ? [] : [{ ...end, fill: 'var(--surface)', stroke: 'var(--accent)' }]),
    ...shown.map((place) => ({ ...place!, fill: 'var(--ready)', stroke: 'var(--ready)' })),
  ]
}

function stripsOf(trend: readonly TrendPoint[]): { readonly name: string; readonly days: readonly string[] }[] {
  const days = (changed: 'policyChanged' | 'sourcesChanged') =>
    trend.filter((point) => point[changed]).map(({ date }) => date)
  return [
    { name: 'other policy', days: days('policyChanged') },
    { name: 'other sources', days: days('sourcesChanged') },
  ].filter((strip) => strip.days.length > 0)
}

function tick(date: string, line: number): Rule {
  const top = plotHeight + 30 + line * stripHeight
  const x = dayStart(date)
  return { x, x2: x, y: percentAt(top), y2: percentAt(top + 12), stroke: 'var(--ink)', width: 3 }
}

/** At the right of the plot: the target and where the plan ends, pushed apart where they would meet. */
function sideLabels({ planned, target }: TrendInput, { domain, unit }: Scale): Label[] {
  const end = planned.findLast(({ percent }) => percent !== null)
  const wanted = [
    { y: target, text: `target ${percentLabel(target)}`, fill: 'var(--target)' },
    ...(end === undefined
      ? []
      : [{ y: end.percent!, text: `planned ${percentText(end.percent)}`, fill: 'var(--accent)' }]),
  ].sort((a, b) => b.y - a.y)
  const gap = (labelGap * 100) / plotHeight
  const [upper, lower] = wanted
  if (upper !== undefined && lower !== undefined && upper.y - lower.y < gap) {
    const lack = gap - (upper.y - lower.y)
    upper.y += lack / 2
    lower.y -= lack / 2
  }
  return wanted.map((label) => ({ ...label, x: domain[1] + 10 * unit }))
}

function dueLabel(targetBy: string | undefined, { domain, unit, width }: Scale): Label[] {
  if (targetBy === undefined) return []
  const text = `due ${targetBy}`
  const left = (dayStart(targetBy) - domain[0]) / unit
  const align = left > width - widthOf(text) / 2 ? 'right' : left < widthOf(text) / 2 ? 'left' : 'center'
  return [{ x: dayStart(targetBy), y: percentAt(-14), text, align, fill: 'var(--target)' }]
}

/** The share that was recorded last, where neither its own line nor the planned one passes. */
function lastLabel({ trend, target }: TrendInput, { domain, unit, width }: Scale): Label[] {
  const known = trend.filter(({ percent }) => percent !== null)
  const last = known.at(-1)
  if (last === undefined) return []
  const percent = last.percent!
  const text = `${percentText(percent)} ready on ${last.date}`
  const left = (dayStart(last.date) - domain[0]) / unit
  const rises = (known.at(-2)?.percent ?? percent) <= percent
  const fitsRight = left + widthOf(text) + 8 < width
  // To the right of the point a plan only rises, so the room is below; to the left it depends on the line itself.
  const wanted = fitsRight || !rises ? -labelRoom : labelRoom
  const isFree = (room: number) =>
    percent + room > 4 && percent + room < 100 && Math.abs(percent + room - target) > labelRoom / 2
  const y = percent + (isFree(wanted) || !isFree(-wanted) ? wanted : -wanted)
  const x = dayStart(last.date) + (fitsRight ? 8 : -8) * unit
  return [{ x, y, text, align: fitsRight ? 'left' : 'right', bold: true, fill: 'var(--ready)' }]
}

/** `95 %`, `97.5 %`: as it was set. */
function percentLabel(percent: number): string {
  return `${percent} %`
}

function summaryOf({ trend, planned, target, targetBy }: TrendInput): string {
  const known = trend.filter(({ percent }) => percent !== null)
  const [first, last] = [known[0], known.at(-1)]
  const due = targetBy === undefined ? '' : `, due ${targetBy}`
  const end = planned.findLast(({ percent }) => percent !== null)
  const changed = stripsOf(trend).map(({ name, days }) => `${name} on ${numbered(days.length, 'day')}`)
  return [
    last === undefined || first === undefined
      ? 'No coverage is recorded yet.'
      : first === last
        ? `On ${last.date}, ${countText(last.ready)} of ${countText(last.inScope)} endpoints in scope were ready (${shareText(last.percent)}).`
        : `From ${first.date} to ${last.date}, coverage went from ${shareText(first.percent)} to ${shareText(last.percent)}: ${countText(last.ready)} of ${countText(last.inScope)} endpoints in scope are ready.`,
    `The target is ${percentLabel(target)}${due}.`,
    ...(end === undefined ? [] : [`By the plan, ${shareText(end.percent)} are expected on ${end.date}.`]),
    ...(changed.length === 0 ? [] : [`Not all days compare: ${changed.join(', ')}.`]),
  ].join(' ')
}
