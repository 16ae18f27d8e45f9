import { byText } from '../../platform/by-text.js'
import { coverageOf, noName, type StateCounts } from '../../readiness/coverage.js'
import type { ScanHead } from '../../readiness/scan-document.js'
import { goodFirst, type State, states } from '../../readiness/verdict.js'
import { platformName } from '../plain-names.js'
import { numbered, shareText } from '../plan-words.js'
import { countText, percentText } from '../words.js'
import type { Chart } from './chart.js'
import { cellText, labelText, widthOf } from './chart-text.js'
import { drawChart, smallFontSize } from './draw-chart.js'
import { type Bar, drawingSpec, type Label, plotWidth } from './drawing.js'
import { keyLabels } from './key-labels.js'

type Row = ScanHead['breakdown']['department'][number]
type Dimension = 'platform' | 'department' | 'site'

const mostRows = 12
const rowHeight = 30
const barHeight = 22
const longestName = 21
const longestLine = 70

/**
 * The states of the endpoints of each platform, department or site: the largest first, one bar each, and in words what the
 * others come to. What is good stands first, so that all bars of ready endpoints begin at one line. Undefined where words say
 * it all: with no endpoint in scope, and for a single bar of one state.
 */
export async function statesChart(dimension: Dimension, given: readonly Row[]): Promise<Chart | undefined> {
  const rows = given
    .filter((row) => sizeOf(row) > 0)
    .map((row) => (dimension === 'platform' ? { ...row, name: platformName(row.name) } : row))
    .sort((a, b) => sizeOf(b) - sizeOf(a) || byText(a.name, b.name))
  if (!isWorthDrawing(rows)) return undefined
  // A row for one other would take the room of that one.
  const shown = rows.length === mostRows + 1 ? rows : rows.slice(0, mostRows)
  const others = rows.slice(shown.length)
  return {
    id: `states-${dimension}`,
    title: `States by ${dimension}`,
    summary: summaryOf(dimension, rows, others),
    svg: await draw(dimension, rows, shown, others),
    columns: [capital(dimension), ...goodFirst.map(capital), 'All', 'In scope', 'Ready of in scope'],
    rows: rows.map(({ name, states: counts, coverage }) => [
      cellText(name),
      ...goodFirst.map((state) => countText(counts[state])),
      countText(coverage.managed.of),
      countText(coverage.inScope.of),
      percentText(coverage.inScope.percent),
    ]),
  }
}

function isWorthDrawing(rows: readonly Row[]): boolean {
  const total = sumOf(rows)
  const found = states.filter((state) => total[state] > 0)
  return found.some((state) => state !== 'excluded') && (rows.length > 1 || found.length > 1)
}

function sizeOf({ states: counts }: Row): number {
  return states.reduce((sum, state) => sum + counts[state], 0)
}

async function draw(dimension: Dimension, all: readonly Row[], rows: readonly Row[], others: readonly Row[]) {
  const largest = sizeOf(rows[0]!)
  const space = { left: 178, right: 168, top: 4, bottom: 4 }
  const x = { domain: [0, largest] as const }
  const total = sumOf(all)
  const key = keyLabels(
    goodFirst
      .filter((state) => total[state] > 0)
      .map((state) => ({ text: `${state} ${countText(total[state])}`, ...look(state) })),
    { space, x },
    10,
  )
  const bars: Bar[] = []
  const labels: Label[] = []
  const unit = largest / plotWidth({ space })
  rows.forEach((row, index) => {
    const middle = key.height + 8 + index * rowHeight + rowHeight / 2
    let from = 0
    for (const state of goodFirst) {
      const count = row.states[state]
      if (count === 0) continue
      bars.push({ x: from, x2: from + count, y: middle - barHeight / 2, y2: middle + barHeight / 2, ...look(state) })
      const text = countText(count)
      if (widthOf(text, smallFontSize) + 4 < count / unit)
        labels.push({
          x: from + count / 2,
          y: middle,
          text,
          align: 'center',
          size: smallFontSize,
          fill: state === 'excluded' ? 'var(--ink)' : 'var(--surface)',
        })
      from += count
    }
    labels.push({ x: -10 * unit, y: middle, text: labelText(row.name, longestName), align: 'right' })
    labels.push({ x: from + 8 * unit, y: middle, text: readyText(row.coverage), fill: 'var(--faint)' })
  })
  const height = key.height + 8 + rows.length * rowHeight
  const rest = othersLabels(dimension, others, height, unit)
  const drawing = {
    height: height + (rest.length > 0 ? 14 + rest.length * 20 - 20 : 0),
    space,
    x,
    bars: [...key.bars, ...bars],
    labels: [...key.labels, ...labels, ...rest],
  }
  return drawChart(drawingSpec(drawing))
}

/** Many small ones together would be the longest bar of all, so they are told in words. */
function othersLabels(dimension: Dimension, others: readonly Row[], top: number, unit: number): Label[] {
  if (others.length === 0) return []
  const counts = sumOf(others)
  const parts = goodFirst.filter((state) => counts[state] > 0).map((state) => `${state} ${countText(counts[state])}`)
  const coverage = coverageOf(counts, others[0]!.coverage.target)
  const name = `${countText(others.length)} other ${dimension}s`
  return [
    { x: -10 * unit, y: top + 14, text: name, align: 'right' },
    { x: 0, y: top + 14, text: `together ${readyText(coverage)}:`, fill: 'var(--faint)' },
    ...linesOf(parts).map((text, line) => ({
      x: 0,
      y: top + 34 + line * 20,
      text,
      fill: 'var(--faint)',
      size: smallFontSize,
    })),
  ]
}

/** As many parts a line as there is room for. */
function linesOf(parts: readonly string[]): string[] {
  const lines: string[] = []
  for (const part of parts) {
    const longer = `${lines.at(-1)}, ${part}`
    if (lines.length > 0 && longer.length <= longestLine) lines[lines.length - 1] = longer
    else lines.push(part)
  }
  return lines
}

function readyText({ inScope }: Row['coverage']): string {
  return inScope.percent === null
    ? 'none in scope'
    : `${percentText(inScope.percent)} of ${countText(inScope.of)} ready`
}

function look(state: State): Pick<Bar, 'fill' | 'stroke'> {
  return state === 'excluded'
    ? { fill: 'var(--surface)', stroke: 'var(--excluded)' }
    : { fill: `var(--${state})`, stroke: undefined }
}

function sumOf(rows: readonly Row[]): StateCounts {
  const sum: Record<State, number> = { excluded: 0, stale: 0, unknown: 0, install: 0, upgrade: 0, repair: 0, ready: 0 }
  for (const { states: counts } of rows) for (const state of states) sum[state] += counts[state]
  return sum
}

function summaryOf(dimension: Dimension, rows: readonly Row[], others: readonly Row[]): string {
  const total = sumOf(rows)
  const { inScope, ready } = coverageOf(total, rows[0]!.coverage.target)
  const named = rows.filter(({ name }) => name !== noName)
  const nameless = rows.find(({ name }) => name === noName)
  const where = named.length === 0 ? '' : `, in ${numbered(named.length, dimension)}`
  const all = `${countText(ready)} of ${countText(inScope.of)} endpoints in scope are ready (${shareText(inScope.percent)})${where}.`
  // A group without a name is nowhere to go and work.
  const furthest = named.toSorted((a, b) => b.coverage.missing - a.coverage.missing || byText(a.name, b.name))[0]
  const lack = furthest?.coverage.missing ?? 0
  return [
    all,
    ...(furthest !== undefined && lack > 0
      ? [
          `Furthest from the target is ${labelText(furthest.name, 60)}: ${countText(lack)} more must become ready, ${readyText(furthest.coverage)} so far.`,
        ]
      : []),
    ...(nameless === undefined ? [] : [namelessText(dimension, sizeOf(nameless))]),
    ...(others.length > 0
      ? [
          `The ${countText(rows.length - others.length)} largest are drawn; the other ${countText(others.length)} have ${countText(others.reduce((sum, row) => sum + sizeOf(row), 0))} endpoints.`,
        ]
      : []),
  ].join(' ')
}

function namelessText(dimension: Dimension, endpoints: number): string {
  return `${numbered(endpoints, 'endpoint')} ${endpoints === 1 ? 'has' : 'have'} no ${dimension}.`
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
