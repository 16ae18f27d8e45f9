import type { TopLevelSpec } from 'vega-lite'
import { chartWidth } from './draw-chart.js'

/** A bar from x to x2, in the units of the chart's scales. */
export interface Bar {
  readonly x: number
  readonly x2: number
  readonly y: number
  readonly y2: number
  readonly fill: string
  /** The colour of the outline; by default that of the page, which leaves a gap between bars. */
  readonly stroke?: string | undefined
}

export interface Label {
  readonly x: number
  readonly y: number
  readonly text: string
  readonly align?: 'left' | 'center' | 'right' | undefined
  readonly fill?: string | undefined
  readonly size?: number | undefined
  readonly bold?: boolean | undefined
}

export interface Rule {
  readonly x: number
  readonly x2: number
  readonly y: number
  readonly y2: number
  readonly stroke: string
  readonly dash?: readonly number[] | undefined
  readonly width?: number | undefined
}

export interface Line {
  readonly points: readonly { readonly x: number; readonly y: number }[]
  readonly stroke: string
  readonly dash?: readonly number[] | undefined
  readonly width?: number | undefined
  /** Keeps its value until the next point. */
  readonly steps?: boolean | undefined
}

export interface Point {
  readonly x: number
  readonly y: number
  readonly fill: string
  readonly stroke: string
}

/** The shapes of a chart, drawn in this order, and the scales they are measured in. */
export interface Drawing {
  /** Of the plot alone, without the space around it. */
  readonly height: number
  readonly space: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }
  readonly x: { readonly domain: readonly [number, number]; readonly days?: readonly number[] | undefined }
  /** Without it, y is measured from the top in units of the drawing. */
  readonly y?: { readonly domain: readonly [number, number]; readonly percents: readonly number[] } | undefined
  readonly bands?: readonly Bar[] | undefined
  readonly rules?: readonly Rule[] | undefined
  readonly bars?: readonly Bar[] | undefined
  readonly lines?: readonly Line[] | undefined
  readonly points?: readonly Point[] | undefined
  readonly labels?: readonly Label[] | undefined
}

/** How wide the plot is, between the spaces. */
export function plotWidth({ space }: Pick<Drawing, 'space'>): number {
  return chartWidth - space.left - space.right
}

/** The place on the x scale that lies so far from the left of the plot; negative ones are in the space beside it. */
export function xAt(units: number, { space, x }: Pick<Drawing, 'space' | 'x'>): number {
  const [from, to] = x.domain
  return from + (units / plotWidth({ space })) * (to - from)
}

/**
 * The drawing as a specification of Vega-Lite. All data are numbers, colours and texts of fixed fields, and Vega is told to
 * take them as they are: it would read `2026-11-20` as a date, and `null` as nothing.
 */
export function drawingSpec(drawing: Drawing): TopLevelSpec {
  const { height, space, x, y } = drawing
  const layer = [
    ...rectangles(drawing.bands ?? [], drawing),
    ...((drawing.rules ?? []).length > 0 ? [rules(drawing.rules ?? [])] : []),
    ...rectangles(drawing.bars ?? [], drawing),
    ...(drawing.lines ?? []).map(line),
    ...((drawing.points ?? []).length > 0 ? [points(drawing.points ?? [])] : []),
    ...labels(drawing.labels ?? []),
  ]
  return {
    width: plotWidth(drawing),
    height,
    padding: space,
    encoding: {
      // Days are numbers too: a scale of times makes Vega-Lite disagree with itself over the two ends of a bar.
      x: {
        field: 'x',
        type: 'quantitative',
        scale: { domain: [...x.domain], nice: false, zero: false },
        axis: x.days
          ? { values: [...x.days], labelExpr: "utcFormat(datum.value, '%Y-%m-%d')", grid: true, ...everyLabel }
          : null,
      },
      y: {
        field: 'y',
        type: 'quantitative',
        scale: y
          ? { domain: [...y.domain], nice: false, zero: false }
          : { domain: [0, height], range: [0, height], nice: false, zero: false },
        axis: y
          ? {
              values: [...y.percents],
              labelExpr: "format(datum.value, 'd') + ' %'",
              grid: true,
              domain: false,
              ticks: false,
            }
          : null,
      },
    },
    layer,
  } as TopLevelSpec
}

/** The ticks are chosen to leave room; Vega, without a canvas, would drop some. */
const everyLabel = { labelOverlap: false, labelFlush: false } as const

function valuesOf(rows: readonly object[]) {
  return { values: rows.map((row) => ({ ...row })), format: { parse: null } }
}

/** The gap around a narrower bar would leave nothing of it. */
const narrowest = 3

function rectangles(bars: readonly Bar[], drawing: Drawing) {
  if (bars.length === 0) return []
  const least = xAt(narrowest, drawing) - xAt(0, drawing)
  const rows = bars.map(({ stroke, ...bar }) => ({
    ...bar,
    stroke: stroke ?? (bar.x2 - bar.x < least ? bar.fill : 'var(--surface)'),
  }))
  return [
    {
      data: valuesOf(rows),
      mark: { type: 'rect', strokeWidth: 1 },
      encoding: { x2: { field: 'x2' }, y2: { field: 'y2' }, fill: colour('fill'), stroke: colour('stroke') },
    },
  ]
}

function rules(all: readonly Rule[]) {
  const rows = all.map(({ dash = [1, 0], width = 1, ...rule }) => ({ ...rule, dash, width }))
  return {
    data: valuesOf(rows),
    mark: { type: 'rule' },
    encoding: {
      x2: { field: 'x2' },
      y2: { field: 'y2' },
      stroke: colour('stroke'),
      strokeDash: colour('dash'),
      strokeWidth: { field: 'width', type: 'quantitative', scale: null },
    },
  }
}

function line({ points: all, stroke, dash = [1, 0], width = 2.5, steps = false }: Line) {
  return {
    data: valuesOf(all.map((point, order) => ({ ...point, order }))),
    mark: { type: 'line', stroke, strokeWidth: width, strokeDash: dash, interpolate: steps ? 'step-after' : 'linear' },
    encoding: { order: { field: 'order', type: 'quantitative' } },
  }
}

function points(all: readonly Point[]) {
  return {
    data: valuesOf(all),
    mark: { type: 'circle', size: 46, strokeWidth: 2, opacity: 1 },
    encoding: { fill: colour('fill'), stroke: colour('stroke') },
  }
}

/** A layer for each look: size and weight are properties of a mark. */
function labels(all: readonly Label[]) {
  const looks = new Map<string, { label: Label; rows: object[] }>()
  for (const label of all) {
    const { x, y, text, fill = 'var(--ink)', align = 'left', size, bold = false } = label
    const look = `${align} ${size} ${bold}`
    const known = looks.get(look) ?? { label, rows: [] }
    looks.set(look, known)
    known.rows.push({ x, y, text, fill })
  }
  return [...looks.values()].map(({ label: { align, size, bold }, rows }) => ({
    data: valuesOf(rows),
    mark: {
      type: 'text',
      baseline: 'middle',
      align: align ?? 'left',
      ...(size === undefined ? {} : { fontSize: size }),
      ...(bold ? { fontWeight: 'bold' } : {}),
    },
    encoding: { text: { field: 'text', type: 'nominal' }, fill: colour('fill') },
  }))
}

/** A field that holds the very value to draw with. */
function colour(field: string) {
  return { field, type: 'nominal', scale: null }
}
