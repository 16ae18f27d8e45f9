import { expect, test } from 'vitest'
import { probeProblems } from '../../../src/health/endpoint-health.js'
import { stageNames } from '../../../src/health/facts.js'
import type { ScanHead } from '../../../src/readiness/scan-document.js'
import { chainChart } from '../../../src/report/charts/chain-chart.js'
import { chartShapes, failOnVegaWarnings } from '../../builders/chart-shapes.js'
import { reportView } from '../../builders/report-view.js'

failOnVegaWarnings()

type Health = NonNullable<ScanHead['health']>

const telemetry = {
  file: 'evidence.json',
  asOf: '2026-11-20T00:00:00Z',
  policyDigest: 'sha256:1',
  proven: 200,
  silent: 40,
  contradicted: 10,
  unknown: 50,
  missing: 100,
}

/** Of each stage: proven, contradicted, unknown, not applicable. */
function healthOf(counts: readonly (readonly [number, number, number, number])[], over: Partial<Health> = {}): Health {
  const stages = stageNames.map((stage, at) => {
    const [proven, contradicted, unknown, notApplicable] = counts[at]!
    return { stage, proven, contradicted, unknown, 'not-applicable': notApplicable }
  })
  const judged = counts[0]!.reduce((sum, count) => sum + count, 0)
  const problems = Object.fromEntries(probeProblems.map((problem) => [problem, 0])) as Health['problems']
  return { judged, withoutProbe: 0, problems, stages, diagnoses: [], ...over }
}

test('the sample company', async () => {
  const { health } = reportView().head
  const chart = (await chainChart(health!, telemetry))!
  await expect(chart.svg).toMatchFileSnapshot('golden/chain.svg')
  expect(chart.summary).toBe(
    '283 endpoints have a probe that was judged; 53 have none, 25 have one that says nothing. Proven are installed on 246, loaded on 78, invoked on 86, evaluated on 86, recorded on 0. Telemetry proves 200 of 400 endpoints; 100 are not in the evidence.',
  )
  expect(await chainChart(health!, telemetry)).toEqual(chart)
})

test('bars are as long as the rows say, and each says how many remain', async () => {
  const health = healthOf([
    [80, 10, 10, 0],
    [60, 20, 20, 0],
    [60, 0, 20, 20],
    [70, 0, 0, 30],
    [0, 0, 100, 0],
  ])
  const chart = (await chainChart(health, telemetry))!
  const { bars, texts } = chartShapes(chart.svg)
  const width = 760 - 96 - 216
  const drawn = bars.filter(({ height }) => height === 24)
  const shares = [...new Set(drawn.map(({ y }) => y))].map((row) =>
    drawn.filter(({ y }) => y === row).map((bar) => Math.round((bar.width / width) * 1e6) / 1e4),
  )
  expect(shares).toEqual([[80, 10, 10], [60, 20, 20], [60, 20, 20], [70, 30], [100], [50, 10, 2.5, 12.5, 25]])
  expect(chart.rows[2]).toEqual(['invoked', '100', '60', '–', '0', '20', '20', '–'])
  expect(chart.rows[5]).toEqual(['telemetry', '400', '200', '40', '10', '50', '–', '100'])
  expect(texts).toEqual(
    expect.arrayContaining([
      '80 of 100 proven',
      '60.0 %, 20 fewer than before',
      '60.0 %, as many as before',
      '70.0 %, 10 more than before',
      '0.0 %, proof stops here: 70',
      '200 of 400 proven',
    ]),
  )
})

test('where nothing is proven any more, it says at which stage and for how many the proof stops', async () => {
  const words = async (...proven: readonly number[]) => {
    const health = healthOf(proven.map((count) => [count, 0, 100 - count, 0] as const))
    const { texts } = chartShapes((await chainChart(health, undefined))!.svg)
    return texts.filter((text) => text.startsWith('0.0 %'))
  }
  expect(await words(80, 0, 0, 0, 0)).toEqual([
    '0.0 %, proof stops here: 80',
    ...Array.from({ length: 3 }, () => '0.0 %, proof stops at loaded'),
  ])
  expect(await words(0, 0, 0, 0, 0)).toEqual([
    '0.0 %, proof stops here: 100',
    ...Array.from({ length: 4 }, () => '0.0 %, proof stops at installed'),
  ])
  // A later stage is proven without an earlier one: nothing stops there.
  expect(await words(80, 0, 0, 30, 10)).toEqual(['0.0 %, 80 fewer than before', '0.0 %, none here either'])
})

test('telemetry alone is drawn where no probe could be judged; nothing at all is no chart', async () => {
  const none = healthOf(
    stageNames.map(() => [0, 0, 0, 0] as const),
    { withoutProbe: 7 },
  )
  const chart = (await chainChart(none, telemetry))!
  expect(chart.rows.map(([name]) => name)).toEqual(['telemetry'])
  expect(chart.summary).toContain('0 endpoints have a probe that was judged; 7 have none.')
  expect(await chainChart(none, undefined)).toBeUndefined()
  expect(
    await chainChart(none, { ...telemetry, proven: 0, silent: 0, contradicted: 0, unknown: 0, missing: 0 }),
  ).toBeUndefined()
})

test('one endpoint of many is not proven by a rounded share, and is still drawn', async () => {
  const health = healthOf(stageNames.map(() => [99_999, 1, 0, 0] as const))
  const { texts, bars } = chartShapes((await chainChart(health, undefined))!.svg)
  expect(texts).toContain('99.9 %')
  expect(texts).not.toContain('100.0 %')
  const least = bars.filter(({ height, fill }) => height === 24 && fill === 'var(--contradicted)')
  // A gap around it would leave nothing of it.
  expect(least.map(({ stroke }) => stroke)).toEqual(stageNames.map(() => 'var(--contradicted)'))
})
