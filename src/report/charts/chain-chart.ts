import type { ScanHead } from '../../readiness/scan-document.js'
import { numbered, shareText } from '../plan-words.js'
import { countText } from '../words.js'
import type { Chart } from './chart.js'
import { widthOf } from './chart-text.js'
import { drawChart, smallFontSize } from './draw-chart.js'
import { type Bar, drawingSpec, type Label, plotWidth, type Rule } from './drawing.js'
import { keyLabels } from './key-labels.js'

type Health = NonNullable<ScanHead['health']>
type Telemetry = ScanHead['telemetry']
type Part = 'proven' | 'silent' | 'contradicted' | 'unknown' | 'not-applicable' | 'missing'

/** One bar: a stage as the probes tell it, or all that telemetry tells. */
interface Row {
  readonly name: string
  readonly parts: readonly { readonly part: Part; readonly endpoints: number }[]
  readonly of: number
}

const rowHeight = 42
const barHeight = 24

const looks: Readonly<Record<Part, Pick<Bar, 'fill' | 'stroke'> & { readonly ink: string }>> = {
  proven: { fill: 'var(--proven)', ink: 'var(--surface)' },
  silent: { fill: 'var(--stale)', ink: 'var(--surface)' },
  contradicted: { fill: 'var(--contradicted)', ink: 'var(--surface)' },
  unknown: { fill: 'var(--unknown)', ink: 'var(--surface)' },
  'not-applicable': { fill: 'var(--surface)', stroke: 'var(--not-applicable)', ink: 'var(--ink)' },
  missing: { fill: 'var(--line)', stroke: 'var(--not-applicable)', ink: 'var(--ink)' },
}
const parts = Object.keys(looks) as Part[]
const partNames: Readonly<Record<Part, string>> = {
  proven: 'proven',
  silent: 'silent',
  contradicted: 'contradicted',
  unknown: 'unknown',
  'not-applicable': 'not applicable',
  missing: 'not in the evidence',
}

/**
 * How far the delivery chain reaches: of the endpoints with a probe, on how many each stage is proven, and what telemetry
 * says of all. Every bar is all of its endpoints. Undefined where no probe was judged and no telemetry was given.
 */
export async function chainChart(health: Health, telemetry: Telemetry): Promise<Chart | undefined> {
  const stages = health.judged === 0 ? [] : health.stages.map(stageRow).filter(({ of }) => of > 0)
  const rows = [...stages, ...telemetryRows(telemetry)]
  if (rows.length === 0) return undefined
  const silent = Object.values(health.problems).reduce((sum, endpoints) => sum + endpoints, 0)
  const columns = parts.map((part) => partNames[part])
  return {
    id: 'chain',
    title: 'The delivery chain',
    summary: summaryOf(health, silent, stages, telemetry),
    svg: await draw(stages, telemetryRows(telemetry)),
    columns: ['Stage', 'Endpoints', ...columns.map((name) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`)],
    rows: rows.map((row) => [
      row.name,
      countText(row.of),
      ...parts.map((part) => {
        const found = row.parts.find((one) => one.part === part)
        return found === undefined ? '–' : countText(found.endpoints)
      }),
    ]),
  }
}

function stageRow(stage: Health['stages'][number]): Row {
  return rowOf(
    stage.stage,
    (['proven', 'contradicted', 'unknown', 'not-applicable'] as const).map((part) => ({
      part,
      endpoints: stage[part],
    })),
  )
}

function telemetryRows(telemetry: Telemetry): Row[] {
  if (telemetry === undefined) return []
  const row = rowOf(
    'telemetry',
    (['proven', 'silent', 'contradicted', 'unknown', 'missing'] as const).map((part) => ({
      part,
      endpoints: telemetry[part],
    })),
  )
  return row.of === 0 ? [] : [row]
}

function rowOf(name: string, found: Row['parts']): Row {
  return { name, parts: found, of: found.reduce((sum, { endpoints }) => sum + endpoints, 0) }
}

function provenOf({ parts: found }: Row): number {
  return found.find(({ part }) => part === 'proven')!.endpoints
}

async function draw(stages: readonly Row[], telemetry: readonly Row[]): Promise<string> {
  const rows = [...stages, ...telemetry]
  const space = { left: 96, right: 216, top: 4, bottom: 4 }
  const x = { domain: [0, 1] as const }
  const unit = 1 / plotWidth({ space })
  const shown = new Set(
    rows.flatMap((row) => row.parts.filter(({ endpoints }) => endpoints > 0).map(({ part }) => part)),
  )
  const key = keyLabels(
    parts.filter((part) => shown.has(part)).map((part) => ({ text: partNames[part], ...looks[part] })),
    { space, x },
    10,
  )
  const bars: Bar[] = []
  const labels: Label[] = []
  const rules: Rule[] = []
  rows.forEach((row, index) => {
    const isTelemetry = index >= stages.length
    const middle = key.height + 8 + index * rowHeight + barHeight / 2 + (isTelemetry && stages.length > 0 ? 14 : 0)
    const place = { y: middle - barHeight / 2, y2: middle + barHeight / 2 }
    let from = 0
    for (const { part, endpoints } of row.parts) {
      if (endpoints === 0) continue
      const { ink, ...look } = looks[part]
      const to = from + endpoints / row.of
      bars.push({ x: from, x2: to, ...place, ...look })
      const text = countText(endpoints)
      if (widthOf(text, smallFontSize) + 4 < (to - from) / unit)
        labels.push({ x: (from + to) / 2, y: middle, text, align: 'center', size: smallFontSize, fill: ink })
      from = to
    }
    const proven = provenOf(row)
    const before = index > 0 && !isTelemetry ? stages[index - 1] : undefined
    labels.push({ x: -10 * unit, y: middle, text: row.name, align: 'right' })
    labels.push({
      x: 1 + 10 * unit,
      y: middle - 8,
      text: `${countText(proven)} of ${countText(row.of)} proven`,
      bold: true,
    })
    labels.push({
      x: 1 + 10 * unit,
      y: middle + 9,
      text: [shareText((proven * 100) / row.of), ...(isTelemetry ? [] : changeText(stages, index))].join(', '),
      size: smallFontSize,
      fill: 'var(--faint)',
    })
    if (before !== undefined)
      rules.push({
        x: provenOf(before) / before.of,
        x2: proven / row.of,
        y: middle - rowHeight + barHeight / 2,
        y2: middle - barHeight / 2,
        stroke: 'var(--proven)',
        dash: [3, 2],
        width: 1.5,
      })
  })
  const height = key.height + 8 + rows.length * rowHeight + (telemetry.length > 0 && stages.length > 0 ? 14 : 0)
  return drawChart(
    drawingSpec({ height, space, x, rules, bars: [...key.bars, ...bars], labels: [...key.labels, ...labels] }),
  )
}

/** Against the stage before; from where nothing is proven any more, the stage at which it stops, and of how many. */
function changeText(stages: readonly Row[], index: number): string[] {
  const row = stages[index]!
  const before = stages[index - 1]
  const end = stages.findLastIndex((stage) => provenOf(stage) > 0) + 1
  if (index > end) return [`proof stops at ${stages[end]!.name}`]
  if (index === end) return [`proof stops here: ${countText(before === undefined ? row.of : provenOf(before))}`]
  if (before === undefined) return []
  const change = provenOf(row) - provenOf(before)
  if (change === 0) return [provenOf(row) === 0 ? 'none here either' : 'as many as before']
  return [change < 0 ? `${countText(-change)} fewer than before` : `${countText(change)} more than before`]
}

function summaryOf(health: Health, silent: number, stages: readonly Row[], telemetry: Telemetry): string {
  const { judged, withoutProbe } = health
  const without = [
    ...(withoutProbe > 0 ? [`${countText(withoutProbe)} have none`] : []),
    ...(silent > 0 ? [`${countText(silent)} have one that says nothing`] : []),
  ]
  const probed = `${numbered(judged, 'endpoint')} ${judged === 1 ? 'has' : 'have'} a probe that was judged${without.length > 0 ? `; ${without.join(', ')}` : ''}.`
  const reach = stages.map((row) => `${row.name} on ${countText(provenOf(row))}`)
  const of =
    telemetry && telemetry.proven + telemetry.silent + telemetry.contradicted + telemetry.unknown + telemetry.missing
  return [
    probed,
    ...(reach.length > 0 ? [`Proven are ${reach.join(', ')}.`] : []),
    ...(telemetry && of
      ? [
          `Telemetry proves ${countText(telemetry.proven)} of ${numbered(of, 'endpoint')}; ${countText(telemetry.missing)} are not in the evidence.`,
        ]
      : []),
  ].join(' ')
}
