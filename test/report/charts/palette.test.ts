import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

type Colour = readonly [number, number, number]
type Matrix = readonly [Colour, Colour, Colour]

/** The variables of a page in light and in dark, in which those stand that differ. */
const schemes = (() => {
  const style = readFileSync('templates/report/report.css', 'utf8')
  const [light, dark] = [...style.matchAll(/:root \{([^}]*)\}/g)].map(([, block]) =>
    Object.fromEntries([...block!.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name!, value!])),
  )
  return { light: light!, dark: { ...light!, ...dark! } }
})()

/**
 * What people see who lack one kind of cones, of linear RGB: Machado, Oliveira and Fernandes 2009, severity 1
 * (https://www.inf.ufrgs.br/~oliveira/pubs_files/CVD_Simulation/CVD_Simulation.html, 2026-11-21).
 */
const sights: Readonly<Record<string, Matrix>> = {
  'all cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

/** sRGB to CIE XYZ under D65 (IEC 61966-2-1). */
const toXyz: Matrix = [
  [0.4124, 0.3576, 0.1805],
  [0.2126, 0.7152, 0.0722],
  [0.0193, 0.1192, 0.9505],
]

function times(matrix: Matrix, [a, b, c]: Colour): Colour {
  const [first, second, third] = matrix.map(([x, y, z]) => x * a + y * b + z * c)
  return [first!, second!, third!]
}

function linear(hex: string): Colour {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return [red!, green!, blue!]
}

/** WCAG 2.2 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio, 2026-11-21). */
function contrast(one: string, other: string): number {
  const [dark, bright] = [one, other].map((hex) => times(toXyz, linear(hex))[1]).sort((a, b) => a - b)
  return (bright! + 0.05) / (dark! + 0.05)
}

function lab(colour: Colour): Colour {
  const white = times(toXyz, [1, 1, 1])
  const [x, y, z] = times(toXyz, colour).map((part, at) => {
    const share = part / white[at]!
    return share > 216 / 24389 ? Math.cbrt(share) : ((24389 / 27) * share + 16) / 116
  })
  return [116 * y! - 16, 500 * (x! - y!), 200 * (y! - z!)]
}

/** CIE76, of what a sight leaves of both. */
function distance(sight: Matrix, one: string, other: string): number {
  const [a, b] = [one, other].map((hex) => {
    const [red, green, blue] = times(sight, linear(hex)).map((part) => Math.min(1, Math.max(0, part)))
    return lab([red!, green!, blue!])
  })
  return Math.hypot(...a!.map((part, at) => part - b![at]!))
}

/** Colours that stand in one chart. Excluded is an outline around the colour of the page, so that one is its colour. */
const together = {
  states: ['ready', 'upgrade', 'install', 'repair', 'unknown', 'stale', 'surface'],
  chain: ['proven', 'stale', 'contradicted', 'unknown', 'surface', 'line'],
  versions: ['ready', 'upgrade', 'unknown', 'stale'],
  trend: ['ready', 'accent', 'target'],
  waves: ['accent', 'upgrade', 'line', 'surface'],
  verdicts: ['ready', 'upgrade', 'contradicted', 'target'],
}

test('the measures are those of others', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 6)
  expect(contrast('#ffffff', '#767676')).toBeCloseTo(4.54, 2)
  expect(lab(linear('#ff0000')).map(Math.round)).toEqual([53, 80, 67])
  // Told apart by red and green alone: hardly anything is left of it.
  expect(distance(sights['all cones']!, '#a27b00', '#d2630a')).toBeGreaterThan(25)
  expect(distance(sights.deuteranopia!, '#a27b00', '#d2630a')).toBeLessThan(10)
})

describe.each(Object.entries(schemes))('in %s', (_, palette) => {
  const colourOf = (name: string) => palette[name] ?? expect.fail(`no colour --${name}`)

  test.each(Object.entries(together))('the colours of %s stay apart for everybody', (_chart, names) => {
    const close = Object.entries(sights).flatMap(([sight, matrix]) =>
      names.flatMap((one, at) =>
        names.slice(at + 1).flatMap((other) => {
          const apart = distance(matrix, colourOf(one), colourOf(other))
          return apart < 10 ? [`${one}, ${other} with ${sight}: ${apart.toFixed(1)}`] : []
        }),
      ),
    )
    expect(close).toEqual([])
  })

  test('every text has a contrast of 4.5 to what is behind it', () => {
    const states = ['ready', 'upgrade', 'install', 'repair', 'unknown', 'stale', 'proven', 'contradicted']
    // The colours of bars are behind texts of the colour of the page, which comes to the same.
    const words = ['ink', 'faint', 'accent', 'target', 'good', 'bad', 'doubt']
    const pairs = [
      ...[...states, ...words].map((name) => [name, 'surface'] as const),
      ...words.map((name) => [name, 'raised'] as const),
      ['ink', 'line'] as const,
    ]
    const weak = pairs.flatMap(([one, other]) => {
      const ratio = contrast(colourOf(one), colourOf(other))
      return ratio < 4.5 ? [`${one} on ${other}: ${ratio.toFixed(2)}`] : []
    })
    expect(weak).toEqual([])
  })

  test.each(['excluded', 'not-applicable'])('the outline %s has a contrast of 3', (name) => {
    for (const ground of ['surface', 'raised']) expect(contrast(colourOf(name), colourOf(ground))).toBeGreaterThan(3)
  })
})
