import { SaxesParser } from 'saxes'
import { afterEach, beforeEach, expect } from 'vitest'
import { chartLog } from '../../src/report/charts/draw-chart.js'

export interface ChartShapes {
  readonly elements: ReadonlySet<string>
  readonly attributes: ReadonlySet<string>
  /** Every text, in order. */
  readonly texts: readonly string[]
  /** Rectangles with where they are in the whole chart. */
  readonly bars: readonly ChartBar[]
  /** Of lines and points, as written. */
  readonly paths: readonly Readonly<Record<string, string>>[]
  readonly lines: readonly Readonly<Record<string, string>>[]
}

export interface ChartBar {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly fill: string
  readonly stroke: string | undefined
}

/** What a chart consists of, by another reader than a browser. Throws where the SVG is not well-formed XML. */
export function chartShapes(svg: string): ChartShapes {
  const [elements, attributes] = [new Set<string>(), new Set<string>()]
  const texts: string[] = []
  const bars: ChartBar[] = []
  const paths: Record<string, string>[] = []
  const lines: Record<string, string>[] = []
  let isText = false
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes: found }) => {
    elements.add(name)
    for (const key of Object.keys(found)) attributes.add(key)
    isText = name === 'text'
    if (isText) texts.push('')
    if (name === 'line') lines.push(found)
    if (name !== 'path') return
    const bar = /^M([-\d.e]+),([-\d.e]+)h([-\d.e]+)v([-\d.e]+)h-?[\d.e-]+Z$/.exec(found.d ?? '')
    if (bar === null) paths.push(found)
    else {
      const [x, y, width, height] = bar.slice(1).map(Number)
      bars.push({ x: x!, y: y!, width: width!, height: Math.round(height!), fill: found.fill!, stroke: found.stroke })
    }
  })
  parser.on('closetag', () => {
    isText = false
  })
  parser.on('text', (text) => {
    if (isText) texts[texts.length - 1] += text
  })
  parser.write(svg).close()
  return { elements, attributes, texts, bars, paths, lines }
}

/** In the tests of this file, a warning of Vega is a failure. */
export function failOnVegaWarnings(): void {
  const warnings: string[] = []
  const { warn } = chartLog
  beforeEach(() => {
    warnings.length = 0
    chartLog.warn = (message) => warnings.push(message)
  })
  afterEach(() => {
    chartLog.warn = warn
    expect(warnings).toEqual([])
  })
}

/** Department names that are something else somewhere: markup, types, expressions, directions, nothing. */
export const oddNames: readonly string[] = [
  '<script>alert(1)</script>',
  `\${datum.x}`,
  'datum["x"]',
  '"]',
  '__proto__',
  'constructor',
  '1e3',
  '0x10',
  '2026-11-20',
  'null',
  'true',
  'NaN',
  '',
  ' ',
  'שלום',
  'مرحبا',
  '日本語部門',
  'a\u202eb\u0000c\u2028d',
  '\ufffe\uffff',
  '\ud800',
  '&amp; &lt; \u0027 ` "',
  'line\nbreak\ttab',
  'x'.repeat(5000),
]
