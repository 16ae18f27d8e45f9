import { expect, test } from 'vitest'
import { cellText, labelText } from '../../../src/report/charts/chart-text.js'
import { wavesChart } from '../../../src/report/charts/waves-chart.js'
import type { VerdictDocument } from '../../../src/waves/verdict-document.js'
import { chartShapes, failOnVegaWarnings, oddNames } from '../../builders/chart-shapes.js'
import { replannedPlan, smallPlan, waveOf } from '../../builders/plan-document.js'
import { reportView } from '../../builders/report-view.js'

failOnVegaWarnings()

function verdictOf(name: string, verdict: VerdictDocument['verdict']): VerdictDocument {
  const [given] = reportView().verdicts
  return { ...given!, wave: { ...given!.wave, name }, verdict }
}

test('a plan with three verdicts and a blackout', async () => {
  const verdicts = [verdictOf('pilot', 'advance'), verdictOf('wave-1', 'hold'), verdictOf('wave-2', 'halt')]
  const chart = (await wavesChart(replannedPlan(), verdicts))!
  await expect(chart.svg).toMatchFileSnapshot('golden/waves.svg')
  expect(chart.summary).toBe(
    '5 waves of 91 endpoints together, from 2026-11-23 to the end of the last soak on 2027-01-15. The target of 95 % is due 2027-01-29. Verdicts: advance for pilot; hold for wave-1; halt for wave-2. A blackout has moved days of 1 wave.',
  )
  const { texts } = chartShapes(chart.svg)
  for (const label of ['advance ✓', 'hold', 'halt', 'planned', 'blackout: year end', 'target 95 % due 2027-01-29'])
    expect(texts).toContain(label)
  expect(chart.rows[3]!.at(-1)).toContain('end of the soak 2026-12-19 → 2027-01-06')
  expect(chart.rows.slice(5)).toEqual([
    ['year end', 'blackout', '', '', '2026-12-20', '2027-01-04', '', '', ''],
    ['target 95 %', 'due', '', '', '', '2027-01-29', '', '', ''],
  ])
  expect(await wavesChart(replannedPlan(), verdicts)).toEqual(chart)
})

test('bars cover the days that the rows say, the last ones whole', async () => {
  const waves = [
    waveOf({ name: 'a', start: '2026-12-01', end: '2026-12-02', soakUntil: '2026-12-05' }),
    waveOf({ name: 'b', start: '2026-12-06', end: '2026-12-10', soakUntil: '2026-12-10' }),
  ]
  const plan = smallPlan({ waves, settings: [] })
  const { by: _, ...target } = plan.target
  const { bars } = chartShapes((await wavesChart({ ...plan, target }, []))!.svg)
  const day = (760 - 168 - 150) / 10
  const drawn = bars
    .filter(({ height }) => height === 18)
    .map(({ x, width, fill }) => [Math.round(x / day), Math.round((width / day) * 1e6) / 1e6, fill])
  expect(drawn).toEqual([
    [2, 3, 'var(--surface)'],
    [0, 2, 'var(--accent)'],
    [5, 5, 'var(--accent)'],
  ])
})

test('names of waves and reasons of blackouts are texts', async () => {
  const waves = oddNames.map((name) => waveOf({ name }))
  const settings = smallPlan().settings.map((setting) =>
    setting.key === 'waves.blackouts'
      ? { ...setting, value: [{ from: '2026-12-01', to: '2026-12-02', reason: '<i>1e3</i>' }] }
      : setting,
  )
  const chart = (await wavesChart(smallPlan({ waves, settings }), []))!
  const { texts, elements } = chartShapes(chart.svg)
  for (const name of oddNames) expect(texts).toContain(labelText(name, 20))
  expect(texts).toContain('blackout: <i>1e3</i>')
  expect(chart.rows.slice(0, oddNames.length).map(([name]) => name)).toEqual(oddNames.map(cellText))
  expect([...elements].sort()).toEqual(['g', 'line', 'path', 'svg', 'text'])
})

test('the newest verdict of a wave is the one that is drawn', async () => {
  const verdicts = [verdictOf('pilot', 'halt'), verdictOf('pilot', 'advance')]
  const { texts } = chartShapes((await wavesChart(smallPlan(), verdicts))!.svg)
  expect(texts).toContain('advance ✓')
  expect(texts).not.toContain('halt')
})

test('of many waves thirty are drawn, the others are counted; without waves there is no chart', async () => {
  const waves = Array.from({ length: 45 }, (_, at) => waveOf({ name: `wave-${at}` }))
  const chart = (await wavesChart(smallPlan({ waves }), []))!
  expect(chartShapes(chart.svg).texts).toContain('and 15 more, in the table')
  expect(chart.rows).toHaveLength(47)
  expect(await wavesChart(smallPlan({ waves: [] }), [])).toBeUndefined()
  expect((await wavesChart(smallPlan({ waves: waves.slice(0, 1) }), []))!.summary).toContain('1 wave of 12 endpoints')
})
