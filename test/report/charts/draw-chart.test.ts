import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cellText } from '../../../src/report/charts/chart-text.js'
import { chartAttributes, chartElements, cleanSvg } from '../../../src/report/charts/clean-svg.js'
import { chartLog, drawChart } from '../../../src/report/charts/draw-chart.js'
import { drawingSpec } from '../../../src/report/charts/drawing.js'
import { chartShapes, failOnVegaWarnings, oddNames } from '../../builders/chart-shapes.js'

failOnVegaWarnings()

function drawingOf(texts: readonly string[]) {
  return drawingSpec({
    height: 100,
    space: { left: 10, right: 10, top: 10, bottom: 10 },
    x: { domain: [0, 10] },
    bars: [{ x: 0, x2: 4, y: 10, y2: 20, fill: 'var(--ready)' }],
    rules: [{ x: 0, x2: 10, y: 5, y2: 5, stroke: 'var(--line)', dash: [2, 2] }],
    lines: [
      {
        points: [
          { x: 0, y: 1 },
          { x: 5, y: 50 },
        ],
        stroke: 'var(--ready)',
      },
    ],
    points: [{ x: 5, y: 50, fill: 'var(--ready)', stroke: 'var(--ready)' }],
    labels: texts.map((text, at) => ({ x: 1, y: at, text: cellText(text) })),
  })
}

async function shapesOf(texts: readonly string[]) {
  return chartShapes(await drawChart(drawingOf(texts)))
}

test('a text is the text it is, whatever it looks like', async () => {
  const { texts } = await shapesOf(oddNames)
  expect(texts).toEqual(oddNames.map(cellText))
})

test('no text changes what a chart consists of', async () => {
  const harmless = await shapesOf(['Sales'])
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.constantFrom(...oddNames))
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 5 }), async (names) => {
      const { elements, attributes, texts } = await shapesOf(names)
      expect([...elements]).toEqual([...harmless.elements])
      expect([...attributes]).toEqual([...harmless.attributes])
      // A cell does not end in a space, but may hold several: an SVG shows them as one.
      expect(texts).toEqual(names.map(cellText))
    }),
    { numRuns: 25 },
  )
})

test('what is drawn is on the list, and scales', async () => {
  const svg = await drawChart(drawingOf(['Sales']))
  const { elements, attributes } = chartShapes(svg)
  expect([...elements].filter((name) => !chartElements.has(name))).toEqual([])
  expect([...attributes].filter((name) => !chartAttributes.has(name))).toEqual([])
  expect(svg).toMatch(/^<svg viewBox="0 0 760 120">/)
})

test('elements and attributes that are not on the list go, with what they hold', () => {
  const svg = `<svg viewBox="0 0 1 1" width="1" onload="x" style="x" class="x" xmlns="http://www.w3.org/2000/svg"><script>bad</script>
    <g id="a" aria-label="b"><a href="http://x.example"><text>gone</text></a><text style="x" x="1" role="c">kept &lt;</text></g>
    <style>* {}</style><foreignObject><text>gone</text></foreignObject><path d="M0,0h1" fill="red" onclick="x"/><path d="M0,0h1"/><g></g></svg>`
  expect(cleanSvg(svg)).toBe('<svg viewBox="0 0 1 1"><text x="1">kept &lt;</text><path d="M0,0h1" fill="red"/></svg>')
})

test('what Vega complains about is heard, and not written', async () => {
  const heard: string[] = []
  const before = chartLog.warn
  chartLog.warn = (message) => heard.push(message)
  const spec = drawingOf(['Sales']) as unknown as { encoding: object }
  await drawChart({ ...spec, encoding: { ...spec.encoding, shape: { field: 'a', type: 'nominal' } } } as never)
  chartLog.warn = before
  expect(heard.join()).toContain('shape')
})
