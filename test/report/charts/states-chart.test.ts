import { expect, test } from 'vitest'
import { coverageOf, type StateCounts } from '../../../src/readiness/coverage.js'
import { states } from '../../../src/readiness/verdict.js'
import { cellText, labelText } from '../../../src/report/charts/chart-text.js'
import { statesChart } from '../../../src/report/charts/states-chart.js'
import { platformName } from '../../../src/report/plain-names.js'
import { countText } from '../../../src/report/words.js'
import { chartShapes, failOnVegaWarnings, oddNames } from '../../builders/chart-shapes.js'
import { reportView } from '../../builders/report-view.js'

failOnVegaWarnings()

function rowOf(name: string, over: Partial<StateCounts>) {
  const counts = { excluded: 0, stale: 0, unknown: 0, install: 0, upgrade: 0, repair: 0, ready: 0, ...over }
  return { name, states: counts, coverage: coverageOf(counts, 95) }
}

test('the sample company by department', async () => {
  const { breakdown } = reportView().head
  const chart = (await statesChart('department', breakdown.department))!
  await expect(chart.svg).toMatchFileSnapshot('golden/states-department.svg')
  expect(chart.summary).toBe(
    '230 of 379 endpoints in scope are ready (60.6 %), in 9 departments. Furthest from the target is Logistics: 39 more must become ready, 4.6 % of 43 ready so far. 52 endpoints have no department.',
  )
  expect(await statesChart('department', breakdown.department)).toEqual(chart)
})

test('bars are as long as the rows say, and each row is as long as its endpoints', async () => {
  const { platform } = reportView().head.breakdown
  const chart = (await statesChart('platform', platform))!
  // The squares of the key are no bars.
  const bars = chartShapes(chart.svg).bars.filter(({ height }) => height === 22)
  const largest = Math.max(...platform.map(({ coverage }) => coverage.managed.of))
  const unit = (760 - 178 - 168) / largest
  const drawn = bars.map(({ width, fill }) => `${fill} ${(width / unit).toFixed(3)}`).sort()
  const said = platform
    .flatMap(({ states: counts }) =>
      states
        .filter((state) => counts[state] > 0)
        .map((state) => {
          const fill = state === 'excluded' ? 'var(--surface)' : `var(--${state})`
          return `${fill} ${counts[state].toFixed(3)}`
        }),
    )
    .sort()
  expect(drawn).toEqual(said)
  for (const row of chart.rows) {
    const found = platform.find(({ name }) => platformName(name) === row[0])!
    expect(row.slice(1, 8)).toEqual(
      (['ready', 'upgrade', 'install', 'repair', 'unknown', 'stale', 'excluded'] as const).map((state) =>
        String(found.states[state]),
      ),
    )
  }
})

test('names are texts: all in the table, those of the largest in the chart', async () => {
  const rows = oddNames.map((name, at) => rowOf(name, { ready: 100 - at }))
  const chart = (await statesChart('department', rows))!
  const { texts, elements } = chartShapes(chart.svg)
  expect(chart.rows.map(([name]) => name)).toEqual(oddNames.map(cellText))
  for (const name of oddNames.slice(0, 12)) expect(texts).toContain(labelText(name, 21))
  const plain = (await statesChart(
    'department',
    rows.map((row, at) => ({ ...row, name: `d${at}` })),
  ))!
  expect([...elements]).toEqual([...chartShapes(plain.svg).elements])
})

test('of 200 departments the twelve largest are drawn, the others are counted in words, and all are in the table', async () => {
  const rows = Array.from({ length: 200 }, (_, at) => rowOf(`dep ${at}`, { ready: at, upgrade: 1 }))
  const chart = (await statesChart('department', rows))!
  const { texts, bars } = chartShapes(chart.svg)
  expect(chart.rows).toHaveLength(200)
  expect(bars.filter(({ height }) => height === 22)).toHaveLength(24)
  const others = rows.slice(0, 188)
  const ready = others.reduce((sum, row) => sum + row.states.ready, 0)
  expect(texts).toContain('188 other departments')
  expect(texts).toContain(`ready ${countText(ready)}, upgrade 188`)
  expect(chart.summary).toContain(`The 12 largest are drawn; the other 188 have ${countText(ready + 188)} endpoints.`)
})

test('thirteen are all drawn, and one alone is where it has several states', async () => {
  const rows = Array.from({ length: 13 }, (_, at) => rowOf(`dep ${at}`, { ready: 5 }))
  expect(chartShapes((await statesChart('site', rows))!.svg).bars.filter(({ height }) => height === 22)).toHaveLength(
    13,
  )
  expect((await statesChart('site', [rowOf('one', { ready: 5, stale: 5 })]))!.summary).toBe(
    '5 of 10 endpoints in scope are ready (50.0 %), in 1 site. Furthest from the target is one: 5 more must become ready, 50.0 % of 10 ready so far.',
  )
})

test('a single bar of one state, and nothing in scope at all, are left to words', async () => {
  expect(await statesChart('site', [rowOf('one', { ready: 5 })])).toBeUndefined()
  expect(await statesChart('site', [rowOf('one', { excluded: 5 }), rowOf('two', { excluded: 5 })])).toBeUndefined()
  expect(await statesChart('site', [rowOf('one', { ready: 5 }), rowOf('two', { ready: 5 })])).toBeDefined()
})

test('endpoints without a name are counted, but are no place to go and work', async () => {
  const rows = [rowOf('(none)', { upgrade: 90 }), rowOf('Sales', { upgrade: 3 }), rowOf('Legal', { upgrade: 2 })]
  expect((await statesChart('department', rows))!.summary).toBe(
    '0 of 95 endpoints in scope are ready (0.0 %), in 2 departments. Furthest from the target is Sales: 3 more must become ready, 0.0 % of 3 ready so far. 90 endpoints have no department.',
  )
  expect((await statesChart('site', [rowOf('(none)', { ready: 1, stale: 1 })]))!.summary).toBe(
    '1 of 2 endpoints in scope are ready (50.0 %). 2 endpoints have no site.',
  )
})

test('platforms have the names that people call them', async () => {
  const rows = ['macos', 'windows', 'linux', 'other', 'unknown'].map((name) => rowOf(name, { ready: 1 }))
  expect((await statesChart('platform', rows))!.rows.map(([name]) => name).sort()).toEqual([
    'Linux',
    'Windows',
    'macOS',
    'other',
    'unknown',
  ])
})

test('where nothing is in scope no share is given; without endpoints there is no chart', async () => {
  const chart = (await statesChart('platform', [rowOf('windows', { excluded: 4 }), rowOf('linux', { ready: 1 })]))!
  expect(chartShapes(chart.svg).texts).toContain('none in scope')
  expect(chart.rows[0]!.at(-1)).toBe('–')
  expect(await statesChart('platform', [])).toBeUndefined()
  expect(await statesChart('platform', [rowOf('windows', {})])).toBeUndefined()
})
