import { expect, test } from 'vitest'
import { Gate } from '../../../src/gates/gate.js'
import type { ScanHead } from '../../../src/readiness/scan-document.js'
import { labelText } from '../../../src/report/charts/chart-text.js'
import { versionsChart } from '../../../src/report/charts/versions-chart.js'
import { chartShapes, failOnVegaWarnings, oddNames } from '../../builders/chart-shapes.js'
import { reportView } from '../../builders/report-view.js'

failOnVegaWarnings()

type Version = ScanHead['versions'][number]
type GateRow = ScanHead['gates'][number]

function versionOf(version: string, endpoints: number, over: Partial<Version> = {}): Version {
  return {
    product: 'claude-desktop',
    version,
    readable: true,
    endpoints,
    belowRequired: 0,
    unknownRequired: 0,
    ...over,
  }
}

function gateOf(id: string, requires: string, over: Partial<GateRow> = {}): GateRow {
  const gate = Gate.parse({
    id,
    title: id,
    product: 'claude-desktop',
    platforms: ['macos', 'windows', 'linux'],
    requires: [requires],
    why: 'a test',
    source: 'https://example.com/',
    checked: '2026-11-20',
    level: 'required',
  })
  return { ...gate, pass: 0, fail: 0, unknown: 0, notApplicable: 0, ...over }
}

/** The names of the rows and the gates between them, from the top. */
function namesOf(texts: readonly string[], known: readonly string[]): string[] {
  return texts.filter((text) => known.includes(text) || text.startsWith('▲') || text.includes(' versions from '))
}

test('the sample company', async () => {
  const { versions, gates } = reportView().head
  const chart = (await versionsChart(versions, gates))!
  await expect(chart.svg).toMatchFileSnapshot('golden/versions.svg')
  expect(chart.summary).toBe(
    '349 endpoints have Claude Desktop, in 17 versions from 0.14.1 to 2.31226.1. On 59 a required gate fails. On 5 the version cannot be read. On 71 it is absent, or nobody knows.',
  )
  expect(await versionsChart(versions, gates)).toEqual(chart)
})

test('the newest first by their order as versions, and the minimum of a gate below those that reach it', async () => {
  const versions = [
    versionOf('1.10.0', 5),
    versionOf('1.9.0', 6),
    versionOf('1.9.0-beta.1', 4, { belowRequired: 4 }),
    versionOf('1.2.0', 7, { belowRequired: 7 }),
  ]
  const chart = (await versionsChart(versions, [
    gateOf('new', '>=1.9.0'),
    gateOf('newest', '>=3.0.0'),
    gateOf('old', '>=1.2.0'),
  ]))!
  expect(chart.rows.map(([name]) => name)).toEqual(['1.10.0', '1.9.0', '1.9.0-beta.1', '1.2.0'])
  const svg = chart.svg
  const place = (text: string) => Number(new RegExp(`translate\\([-\\d.]+,([-\\d.]+)\\)"[^>]*>${text}`).exec(svg)![1])
  const order = [
    '▲ newest: from 3.0.0',
    '1.10.0<',
    '1.9.0<',
    '▲ new: from 1.9.0',
    '1.9.0-beta.1<',
    '1.2.0<',
    '▲ old: from 1.2.0',
  ]
  expect([...order].sort((a, b) => place(a) - place(b))).toEqual(order)
})

test('bars are as long as the rows say, what fails a required gate in its own colour', async () => {
  const versions = [versionOf('2.0.0', 40), versionOf('1.0.0', 20, { belowRequired: 15 })]
  const { bars } = chartShapes((await versionsChart(versions, [gateOf('two', '>=2.0.0')]))!.svg)
  const width = 760 - 210 - 80
  expect(bars.filter(({ height }) => height === 18).map(({ x, width: long, fill }) => [x, long, fill])).toEqual([
    [0, width, 'var(--ready)'],
    [0, (width * 15) / 40, 'var(--upgrade)'],
    [(width * 15) / 40, (width * 5) / 40, 'var(--ready)'],
  ])
})

test('what a required gate cannot tell is no pass: neither in the bars, nor in the key, nor in the table', async () => {
  const versions = [
    versionOf('2.0.0', 40, { belowRequired: 10, unknownRequired: 20 }),
    versionOf('odd', 5, { readable: false, unknownRequired: 5 }),
  ]
  const chart = (await versionsChart(versions, [gateOf('two', '>=2.0.0')]))!
  const { bars, texts } = chartShapes(chart.svg)
  const unit = (760 - 210 - 80) / 40
  expect(bars.filter(({ height, y }) => height === 18 && y > 0).map(({ x, width, fill }) => [x, width, fill])).toEqual([
    [0, 10 * unit, 'var(--upgrade)'],
    [10 * unit, 20 * unit, 'var(--unknown)'],
    [30 * unit, 10 * unit, 'var(--ready)'],
    [0, 5 * unit, 'var(--unknown)'],
  ])
  expect(texts).toEqual(expect.arrayContaining(['fails a required gate 10', 'cannot be told 25', 'fails none 10']))
  expect(chart.rows).toEqual([
    ['2.0.0', '40', '10', '20', '10'],
    ['cannot be read: odd', '5', '0', '5', '0'],
  ])
  expect(chart.summary).toContain('On 10 a required gate fails. On 20 none fails, but one cannot tell.')
})

test('a scan that did not count what cannot be told shows no pass', async () => {
  const { unknownRequired: _, ...row } = versionOf('2.0.0', 4, { belowRequired: 1 })
  const chart = (await versionsChart([row], [gateOf('two', '>=2.0.0')]))!
  const { bars, texts } = chartShapes(chart.svg)
  expect(bars.map(({ fill }) => fill)).not.toContain('var(--ready)')
  expect(texts).toContain('not known to fail 3')
  expect(chart.rows).toEqual([['2.0.0', '4', '1', '–', '–']])
})

test('a gate that differs by platform has a minimum for each, an advised one none', async () => {
  const gate = gateOf('split', '>=2.0.0')
  const bad = {
    range: '2.0.0',
    platforms: ['macos' as const],
    why: 'a test',
    source: gate.source,
    checked: gate.checked,
  }
  const split = { ...gate, except: [bad] } as unknown as GateRow
  const { texts } = chartShapes(
    (await versionsChart([versionOf('1.0.0', 2)], [split, gateOf('advice', '>=9.0.0', { level: 'advised' })]))!.svg,
  )
  expect(namesOf(texts, [])).toEqual(['▲ split on macOS: from 2.0.1', '▲ split on Windows and Linux: from 2.0.0'])
})

test('what cannot be read and what is absent stand apart; no version required is no pass', async () => {
  const versions = [
    versionOf('2.0.0', 4),
    ...oddNames.map((name) => versionOf(name, 1, { readable: false })),
    versionOf('not one', 3),
    versionOf('9.9.9', 50, { product: 'claude-code' }),
  ]
  const unread = oddNames.length + 3
  const gate = gateOf('advice', '>=1.0.0', { level: 'advised', pass: 10, fail: 20, unknown: 30, notApplicable: 40 })
  const chart = (await versionsChart(versions, [gate]))!
  const { bars, texts } = chartShapes(chart.svg)
  expect(texts).toEqual(
    expect.arrayContaining(['cannot be read', String(unread), 'absent or not known', String(96 - unread)]),
  )
  expect(texts).toContain('no version is required 4')
  expect(bars.map(({ fill }) => fill)).not.toContain('var(--ready)')
  expect(chart.rows).toHaveLength(1 + oddNames.length + 1 + 1)
  expect(chart.rows.slice(1, -1).every(([name]) => name!.startsWith('cannot be read: '))).toBe(true)
})

test('of 300 versions the largest stand alone, their neighbours are one row, and no row crosses a gate', async () => {
  const versions = Array.from({ length: 300 }, (_, at) =>
    versionOf(`1.${at}.0`, 1 + ((at * 7) % 50), { belowRequired: at < 150 ? 1 + ((at * 7) % 50) : 0 }),
  )
  const chart = (await versionsChart(versions, [gateOf('half', '>=1.150.0')]))!
  const { bars } = chartShapes(chart.svg)
  const drawn = bars.filter(({ height }) => height === 18)
  expect(drawn.length).toBeLessThanOrEqual(30)
  expect(chart.rows).toHaveLength(300)
  const all = versions.reduce((sum, { endpoints }) => sum + endpoints, 0)
  const below = versions.reduce((sum, { belowRequired }) => sum + belowRequired, 0)
  const length = (fill: string) => drawn.filter((bar) => bar.fill === fill).reduce((sum, bar) => sum + bar.width, 0)
  const whole = length('var(--upgrade)') + length('var(--ready)')
  expect(length('var(--upgrade)') / whole).toBeCloseTo(below / all, 6)
  // A row that crossed the gate would be of both colours.
  expect(new Set(drawn.map(({ y }) => y)).size).toBe(drawn.length)
})

test('one version, a hostile name of a version, nothing installed', async () => {
  const one = (await versionsChart([versionOf('1.0.0', 1)], []))!
  expect(one.summary).toBe(
    '1 endpoint has Claude Desktop, in one version that can be read, 1.0.0. No version of it is required.',
  )
  const odd = (await versionsChart([versionOf('<b>', 1, { readable: false })], []))!
  expect(odd.rows[0]![0]).toBe(`cannot be read: ${labelText('<b>', 20)}`)
  expect(await versionsChart([], [])).toBeUndefined()
  expect(await versionsChart([versionOf('1.0.0', 0)], [])).toBeUndefined()
})
