import { expect, test } from 'vitest'
import type { TrendPoint } from '../../../src/history/trend.js'
import { type TrendInput, trendChart } from '../../../src/report/charts/trend-chart.js'
import { chartShapes, failOnVegaWarnings } from '../../builders/chart-shapes.js'
import { reportView } from '../../builders/report-view.js'

failOnVegaWarnings()

const states = { excluded: 1, stale: 2, unknown: 3, install: 4, upgrade: 5, repair: 6, ready: 7 }

function pointOf(date: string, percent: number | null, over: Partial<TrendPoint> = {}): TrendPoint {
  const inScope = percent === null ? 0 : 1000
  const ready = Math.round((percent ?? 0) * 10)
  return {
    date,
    ready,
    inScope,
    percent,
    states,
    policyChanged: false,
    sourcesChanged: false,
    incomplete: false,
    ...over,
  }
}

function input(over: Partial<TrendInput> = {}): TrendInput {
  return { trend: [pointOf('2026-11-20', 60)], planned: [], target: 95, ...over }
}

/** `2026-11-20`, so many days later. */
function later(days: number): string {
  return new Date(Date.UTC(2026, 10, 20) + days * 86_400_000).toISOString().slice(0, 10)
}

const colours = { past: 'var(--ready)', planned: 'var(--accent)', target: 'var(--target)' }

async function drawn(given: TrendInput) {
  const chart = (await trendChart(given))!
  const { texts, paths, lines } = chartShapes(chart.svg)
  const curves = (stroke: string) => paths.filter((path) => path.stroke === stroke && path.fill === undefined)
  const points = (stroke: string) => paths.filter((path) => path.stroke === stroke && path.fill !== undefined)
  return { chart, texts, curves, points, rules: lines.filter(({ stroke }) => stroke === colours.target), lines }
}

test('the sample company, with a plan', async () => {
  const { trend, plan, head, targetBy } = reportView()
  const given = { trend, planned: plan!.projection, target: head.coverage.target, targetBy }
  const { chart, texts } = await drawn(given)
  await expect(chart.svg).toMatchFileSnapshot('golden/trend.svg')
  expect(chart.summary).toBe(
    'From 2026-11-14 to 2026-11-20, coverage went from 54.0 % to 60.6 %: 230 of 379 endpoints in scope are ready. Days before 2026-11-14 do not compare: other sources. The target is 95 %, due 2026-12-18. By the plan, 84.9 % are expected on 2027-01-12. Hard to compare with the days before: other policy on 1 day, other sources on 1 day, incomplete scan on 1 day.',
  )
  for (const label of ['target 95 %', 'due 2026-12-18', 'planned 84.9 %', '60.6 % ready on 2026-11-20'])
    expect(texts).toContain(label)
  expect(await trendChart(given)).toEqual(chart)
})

test('a line is where the numbers say, planned steps keep their value, and points stand on the days', async () => {
  const { curves, points } = await drawn(
    input({
      trend: [pointOf('2026-11-20', 50), pointOf('2026-11-25', 100), pointOf('2026-11-30', 0)],
      planned: [
        { date: '2026-11-20', soaked: 0, expectedReady: 500, percent: 50 },
        { date: '2026-11-30', soaked: 9, expectedReady: 800, percent: 80 },
      ],
    }),
  )
  const width = 760 - 52 - 140
  expect(curves(colours.past).map(({ d }) => d)).toEqual([`M0,125L${width / 2},0L${width},250`])
  expect(curves(colours.planned).map(({ d }) => d)).toEqual([`M0,125L${width},125L${width},50`])
  expect(points(colours.past).map(({ transform }) => transform)).toEqual([
    'translate(0,125)',
    `translate(${width / 2},0)`,
    `translate(${width},250)`,
  ])
})

test('a single day is a point', async () => {
  const { chart, curves, points, texts } = await drawn(input())
  expect(curves(colours.past)).toHaveLength(0)
  expect(points(colours.past)).toHaveLength(1)
  expect(texts).toContain('60.0 % ready on 2026-11-20')
  expect(chart.summary).toBe('On 2026-11-20, 600 of 1,000 endpoints in scope were ready (60.0 %). The target is 95 %.')
})

test('a day on which nothing was in scope is a gap, not a zero', async () => {
  const trend = [60, 61, null, 62, null, 63, 64].map((percent, at) => pointOf(later(at), percent))
  const { chart, curves, points } = await drawn(input({ trend }))
  expect(curves(colours.past)).toHaveLength(2)
  expect(points(colours.past)).toHaveLength(5)
  expect(chart.rows[2]!.slice(0, 5)).toEqual([later(2), 'recorded', '0', '0', '–'])
})

test('without any share there is no chart', async () => {
  expect(await trendChart(input({ trend: [] }))).toBeUndefined()
  expect(await trendChart(input({ trend: [pointOf('2026-11-20', null)] }))).toBeUndefined()
  const planned = [{ date: '2026-11-20', soaked: 0, expectedReady: 500, percent: 50 }]
  expect((await trendChart(input({ trend: [], planned })))!.summary).toContain('No coverage is recorded yet.')
})

test('400 days: a line without points but the last and the lone ones, few ticks, every day in the table', async () => {
  const trend = Array.from({ length: 400 }, (_, at) =>
    pointOf(later(at), at === 199 || at === 201 ? null : at / 5, {
      policyChanged: at % 100 === 50,
      sourcesChanged: at === 7,
      incomplete: at === 9,
    }),
  )
  const { chart, points, texts, lines } = await drawn(input({ trend }))
  // The lone one, the last, five at which the line breaks and one that is incomplete.
  expect(points(colours.past)).toHaveLength(8)
  expect(texts.filter((text) => /^\d{4}-\d{2}-\d{2}$/.test(text)).length).toBeLessThanOrEqual(6)
  expect(chart.rows).toHaveLength(400)
  expect(texts).toEqual(expect.arrayContaining(['other policy (4)', 'other sources (1)', 'incomplete scan (1)']))
  expect(lines.filter(({ stroke }) => stroke === 'var(--ink)')).toHaveLength(6)
  expect(chart.rows.filter((row) => row.at(-1) !== '').map((row) => row.at(-1))).toEqual([
    'other sources',
    'incomplete scan',
    ...Array.from({ length: 4 }, () => 'other policy'),
  ])
})

const broken = [
  pointOf(later(0), 40),
  pointOf(later(5), 50),
  pointOf(later(10), 30, { policyChanged: true }),
  pointOf(later(15), 35),
]

test('the line breaks where another policy judged, with its words at the point, and no fall is told of', async () => {
  const { chart, curves, texts } = await drawn(input({ trend: broken }))
  expect(curves(colours.past).map(({ d }) => d)).toEqual([
    expect.stringMatching(/^M0,150L189\.3\d*,125$/),
    expect.stringMatching(/^M378\.6\d*,175L568,162\.5$/),
  ])
  expect(curves('var(--faint)')).toEqual([expect.objectContaining({ 'stroke-dasharray': '2,4' })])
  expect(texts).toContain('other policy')
  expect(chart.summary).toBe(
    `From ${later(10)} to ${later(15)}, coverage went from 30.0 % to 35.0 %: 350 of 1,000 endpoints in scope are ready. Days before ${later(10)} do not compare: other policy. The target is 95 %. Hard to compare with the days before: other policy on 1 day.`,
  )
})

test('a break on the last day, and one on a day without a share, which counts for the next', async () => {
  const { chart, texts } = await drawn(input({ trend: broken.slice(0, 3) }))
  expect(texts).toContain(`30.0 % ready on ${later(10)}, other policy`)
  expect(chart.summary).toContain(
    `On ${later(10)}, 300 of 1,000 endpoints in scope were ready (30.0 %). Days before ${later(10)} do not compare: other policy.`,
  )
  const late = [
    pointOf(later(0), 40),
    pointOf(later(1), null, { policyChanged: true }),
    pointOf(later(2), 30, { sourcesChanged: true }),
    pointOf(later(3), 31),
  ]
  const gap = await drawn(input({ trend: late }))
  expect(gap.chart.summary).toContain(`Days before ${later(2)} do not compare: other policy, other sources.`)
  // Nobody knows what was between them.
  expect(gap.curves('var(--faint)')).toEqual([])
})

test('an incomplete scan is a hollow point with its words', async () => {
  const trend = [pointOf(later(0), 40), pointOf(later(5), 20, { incomplete: true }), pointOf(later(10), 41)]
  const { chart, points, texts, curves } = await drawn(input({ trend }))
  expect(points(colours.past).map(({ fill }) => fill)).toEqual(['var(--ready)', 'var(--surface)', 'var(--ready)'])
  expect(texts).toContain('incomplete scan')
  expect(curves(colours.past)).toHaveLength(1)
  const last = await drawn(input({ trend: trend.slice(0, 2) }))
  expect(last.chart.summary).toContain(`The scan of ${later(5)} was incomplete.`)
  expect(chart.summary).toContain('incomplete scan on 1 day')
})

test('words at points never lie over each other, however many breaks there are', async () => {
  const trend = Array.from({ length: 120 }, (_, at) =>
    pointOf(later(at), 40 + (at % 7), { policyChanged: at % 2 === 1 }),
  )
  const { chart, texts } = await drawn(input({ trend }))
  const told = texts.filter((text) => text === 'other policy').length
  expect(told).toBeGreaterThan(2)
  expect(told).toBeLessThan(30)
  expect(chart.summary).toContain('other policy on 60 days')
})

test('the target and its day are rules with their names, also when the day is over', async () => {
  for (const targetBy of ['2026-01-01', '2027-12-31', '2026-11-20']) {
    const { texts, rules } = await drawn(input({ target: 97.5, targetBy }))
    expect(texts).toEqual(expect.arrayContaining(['target 97.5 %', `due ${targetBy}`]))
    expect(rules).toHaveLength(2)
  }
})
