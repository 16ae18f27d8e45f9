import type { PlanDocument } from '../../waves/plan-document.js'
import { percentText } from '../words.js'
import { widthOf } from './chart-text.js'
import { dayStart } from './day-ticks.js'
import { smallFontSize } from './draw-chart.js'
import type { Label } from './drawing.js'
import { changesOf, type KnownPoint, type Stretch } from './trend-stretches.js'

/** What the labels of a trend are measured in. */
export interface TrendScale {
  /** How much of the x scale a unit of the drawing is. */
  readonly unit: number
  readonly width: number
  /** Of the plot, in units; it stands for 100 percent. */
  readonly height: number
  readonly domain: readonly [number, number]
}

interface Labelled {
  readonly stretches: readonly Stretch[]
  readonly planned: PlanDocument['projection']
  readonly target: number
  readonly targetBy?: string | undefined
}

/** In units from the left and the top of the plot. */
interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

const labelGap = 17
/** In percent: how far above or below its point a label stands. */
const labelRoom = 6

/** The share that lies so far below the top of the plot; those below the axis are negative. */
export function percentAt(units: number, { height }: Pick<TrendScale, 'height'>): number {
  return 100 - (units / height) * 100
}

/** `95 %`, `97.5 %`: as it was set. */
export function percentLabel(percent: number): string {
  return `${percent} %`
}

/** All texts in and around the plot but those of the axes. */
export function trendLabels(input: Labelled, scale: TrendScale): Label[] {
  const last = lastLabel(input, scale)
  return [
    ...sideLabels(input, scale),
    ...dueLabel(input, scale),
    ...last,
    ...changeLabels(
      input,
      last.map((label) => boxOf(label, scale)),
      scale,
    ),
  ]
}

/** At the right of the plot: the target and where the plan ends, pushed apart where they would meet. */
function sideLabels({ planned, target }: Labelled, { domain, unit, height }: TrendScale): Label[] {
  const end = planned.findLast(({ percent }) => percent !== null)
  const wanted = [
    { y: target, text: `target ${percentLabel(target)}`, fill: 'var(--target)' },
    ...(end === undefined
      ? []
      : [{ y: end.percent!, text: `planned ${percentText(end.percent)}`, fill: 'var(--accent)' }]),
  ].sort((a, b) => b.y - a.y)
  const gap = (labelGap * 100) / height
  const [upper, lower] = wanted
  if (upper !== undefined && lower !== undefined && upper.y - lower.y < gap) {
    const lack = gap - (upper.y - lower.y)
    upper.y += lack / 2
    lower.y -= lack / 2
  }
  return wanted.map((label) => ({ ...label, x: domain[1] + 10 * unit }))
}

function dueLabel({ targetBy }: Labelled, scale: TrendScale): Label[] {
  if (targetBy === undefined) return []
  const { domain, unit, width } = scale
  const text = `due ${targetBy}`
  const left = (dayStart(targetBy) - domain[0]) / unit
  const align = left > width - widthOf(text) / 2 ? 'right' : left < widthOf(text) / 2 ? 'left' : 'center'
  return [{ x: dayStart(targetBy), y: percentAt(-14, scale), text, align, fill: 'var(--target)' }]
}

/** The share that was recorded last, where neither its own line nor the planned one passes. */
function lastLabel(input: Labelled, scale: TrendScale): Label[] {
  const stretch = input.stretches.at(-1)
  if (stretch === undefined) return []
  const { percent, date } = stretch.last
  const left = (dayStart(date) - scale.domain[0]) / scale.unit
  const share = `${percentText(percent)} ready on ${date}`
  const words = wordsOf(stretch, stretch.last)
  const text =
    [[share, ...words].join(', '), share].find((one) => widthOf(one) + 8 < Math.max(left, scale.width - left)) ?? share
  const fitsRight = left + widthOf(text) + 8 < scale.width
  const place = {
    x: dayStart(date) + (fitsRight ? 8 : -8) * scale.unit,
    text,
    align: fitsRight ? ('left' as const) : ('right' as const),
    bold: true,
    fill: 'var(--ready)',
  }
  const lines = obstacles(input, scale)
  // To the right of the point a plan only rises, so the room is below.
  const labels = [-1, 1, -2, 2].map((rooms) => ({ ...place, y: percent + rooms * labelRoom }))
  const inside = labels.filter((label) => isInside(boxOf(label, scale), scale))
  const free = inside.find((label) => lines.every((line) => !crosses(line, boxOf(label, scale))))
  return [free ?? inside[0] ?? labels[0]!]
}

/** Why a day does not compare, at its point; where there is no room for all, the newest are told. */
function changeLabels(input: Labelled, taken: readonly Box[], scale: TrendScale): Label[] {
  const { stretches } = input
  const last = stretches.at(-1)?.last
  const marked = stretches.flatMap((stretch) =>
    stretch.days.flatMap((day) => {
      const words = wordsOf(stretch, day)
      if (words.length === 0 || day.percent === null || day === last) return []
      const isBreak = day === stretch.first && stretch.why.length > 0
      return [{ x: dayStart(day.date), y: day.percent, text: words.join(', '), isBreak }]
    }),
  )
  const newest = marked.reverse()
  // What breaks the line counts more than a point that is hollow anyway.
  const wanted = [...newest.filter(({ isBreak }) => isBreak), ...newest.filter(({ isBreak }) => !isBreak)]
  const lines = obstacles(input, scale)
  const boxes = [...taken]
  const labels: Label[] = []
  for (const { x, y, text } of wanted) {
    const places = [-1, 1, -2, 2, -3, 3].flatMap((rooms) =>
      (['left', 'right', 'center'] as const).map((align): Label => {
        const beside = align === 'left' ? 4 : align === 'right' ? -4 : 0
        return {
          x: x + beside * scale.unit,
          y: y + rooms * labelRoom,
          text,
          align,
          size: smallFontSize,
          fill: 'var(--faint)',
        }
      }),
    )
    const free = places
      .map((label) => ({ label, box: boxOf(label, scale) }))
      .filter(({ box }) => isInside(box, scale) && boxes.every((other) => !meet(box, other)))
    const place = free.find(({ box }) => lines.every((line) => !crosses(line, box))) ?? free[0]
    if (place === undefined) continue
    labels.push(place.label)
    boxes.push(place.box)
  }
  return labels
}

function wordsOf(stretch: Stretch, day: KnownPoint | Stretch['days'][number]): string[] {
  const why = day === stretch.first ? stretch.why : []
  return [...why, ...changesOf({ ...day, policyChanged: false, sourcesChanged: false })]
}

interface Segment {
  readonly from: readonly [number, number]
  readonly to: readonly [number, number]
}

/** What runs through the plot: the line itself, the plan, the target and its day. */
function obstacles({ stretches, planned, target, targetBy }: Labelled, scale: TrendScale): Segment[] {
  const at = (date: string, percent: number) =>
    [(dayStart(date) - scale.domain[0]) / scale.unit, ((100 - percent) * scale.height) / 100] as const
  const known = stretches.flatMap(({ days }) =>
    days.flatMap(({ date, percent }) => (percent === null ? [] : [at(date, percent)])),
  )
  const steps = planned.flatMap(({ date, percent }, index) => {
    if (percent === null) return []
    const before = planned[index - 1]?.percent ?? null
    return before === null ? [at(date, percent)] : [at(date, before), at(date, percent)]
  })
  const segments = (points: readonly (readonly [number, number])[]) =>
    points.slice(1).map((to, index) => ({ from: points[index]!, to }))
  const level = ((100 - target) * scale.height) / 100
  const due = targetBy === undefined ? undefined : at(targetBy, 0)[0]
  return [
    ...segments(known),
    ...segments(steps),
    { from: [0, level], to: [scale.width, level] },
    ...(due === undefined ? [] : [{ from: [due, 0] as const, to: [due, scale.height] as const }]),
  ]
}

function boxOf({ x, y, text, align = 'left', size }: Label, { domain, unit, height }: TrendScale): Box {
  const width = widthOf(text, size)
  const at = (x - domain[0]) / unit
  const left = align === 'left' ? at : align === 'right' ? at - width : at - width / 2
  const middle = ((100 - y) * height) / 100
  return { left, right: left + width, top: middle - 8, bottom: middle + 8 }
}

function isInside({ left, right, top, bottom }: Box, { width, height }: TrendScale): boolean {
  return left >= 0 && right <= width && top >= 0 && bottom <= height
}

function meet(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
}

/** A segment goes from left to right, or straight up. */
function crosses({ from, to }: Segment, { left, right, top, bottom }: Box): boolean {
  if (to[0] < left || from[0] > right) return false
  const slope = to[0] === from[0] ? 0 : (to[1] - from[1]) / (to[0] - from[0])
  const heightAt = (x: number) => from[1] + (x - from[0]) * slope
  const ends =
    to[0] === from[0] ? [from[1], to[1]] : [heightAt(Math.max(left, from[0])), heightAt(Math.min(right, to[0]))]
  return Math.min(...ends) < bottom && Math.max(...ends) > top
}
