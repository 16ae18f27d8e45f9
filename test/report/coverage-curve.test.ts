import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { type CurveTarget, coverageCurve } from '../../src/report/coverage-curve.js'
import { paintFor } from '../../src/report/paint.js'
import type { PlanDocument } from '../../src/waves/plan-document.js'

type Projection = PlanDocument['projection']

const look = (width: number) => ({ width, paint: paintFor(false) })

function pointsOf(ready: readonly number[], of = 1000): Projection {
  return ready.map((expectedReady, at) => ({
    date: new Date(Date.UTC(2026, 10, 20) + at * 86_400_000).toISOString().slice(0, 10),
    soaked: at,
    expectedReady,
    percent: of === 0 ? null : Math.floor((expectedReady * 1000) / of) / 10,
  }))
}

const target: CurveTarget = { percent: 95, endpoints: 950 }
const barsOf = (lines: readonly string[]) => lines.slice(1).map((line) => line.split('  ')[2]!)

describe('the curve', () => {
  it('marks the target above all bars, and says what has happened', () => {
    const marks = [
      { date: '2026-11-20', text: 'now' },
      { date: '2026-11-22', text: 'wave-1 soaked' },
    ]
    expect(coverageCurve(pointsOf([500, 700, 949, 980]), target, marks, look(80))).toEqual([
      '              target 95 % ──────────────────────┐',
      '  2026-11-20  ██████████████████░░░░░░░░░░░░░░░░│░░   50.0 %  500  now',
      '  2026-11-21  █████████████████████████░░░░░░░░░│░░   70.0 %  700',
      '  2026-11-22  █████████████████████████████████░│░░   94.9 %  949  wave-1 soaked',
      '  2026-11-23  ██████████████████████████████████│█░   98.0 %  980  target met',
    ])
  })

  it('has nothing to show without points, and no bar where nothing is in scope', () => {
    expect(coverageCurve([], target, [], look(80))).toEqual([])
    const lines = coverageCurve(pointsOf([0], 0), { percent: 95, endpoints: 0 }, [], look(80))
    expect(lines).toHaveLength(2)
    expect(lines[1]).toMatch(/^ {2}2026-11-20 {2}░+│░+ {8}– {2}0$/)
  })

  it('does not take a rounded percentage for the target', () => {
    const lines = coverageCurve(pointsOf([9499, 9500], 10_000), { percent: 95, endpoints: 9500 }, [], look(80))
    expect(barsOf(lines).map((bar) => /█│/.test(bar))).toEqual([false, true])
    expect(lines.map((line) => line.includes('target met'))).toEqual([false, false, true])
  })

  it.each([0, 3, 95, 100])('has room for a target of %d percent', (percent) => {
    const [ruler, first] = coverageCurve(pointsOf([500]), { percent, endpoints: percent * 10 }, [], look(80))
    expect(ruler!.search(/[┐┌]/)).toBe(first!.indexOf('│'))
    expect(ruler).toContain(`target ${percent} %`)
  })

  it('shows of many points the first, the last, the one that meets the target, and waves spread over all', () => {
    const points = pointsOf(Array.from({ length: 300 }, (_, at) => 600 + at))
    const marks = points
      .filter((_, at) => at % 10 === 5)
      .map(({ date }, at) => ({ date, text: `wave-${at + 1} soaked` }))
    const lines = coverageCurve(points, { percent: 70, endpoints: 700 }, marks, look(100)).slice(1)
    expect(lines).toHaveLength(12)
    const dates = lines.map((line) => line.slice(2, 12))
    expect(dates[0]).toBe(points[0]!.date)
    expect(dates.at(-1)).toBe(points.at(-1)!.date)
    expect(lines.find((line) => line.includes('target met'))!.slice(2, 12)).toBe(points[100]!.date)
    expect(lines.filter((line) => line.includes('soaked'))).toHaveLength(9)
    expect(dates).toEqual([...dates].sort())
  })

  it('paints what is met, and draws the same signs', () => {
    const signs = { ...paintFor(false), good: (text: string) => text.replaceAll('█', '+') }
    const lines = coverageCurve(pointsOf([500, 980]), target, [], { width: 80, paint: signs })
    expect(lines.join('\n').replaceAll('+', '█')).toBe(
      coverageCurve(pointsOf([500, 980]), target, [], look(80)).join('\n'),
    )
    expect(lines.join('\n')).toContain('+')
  })
})

it('fits every width, and a bar touches the line of the target only where it is met', () => {
  const ready = fc
    .array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 40 })
    .map((all) => all.sort((a, b) => a - b))
  const names = fc.array(fc.tuple(fc.nat(40), fc.string({ unit: 'binary', maxLength: 40 })), { maxLength: 20 })
  fc.assert(
    fc.property(
      ready,
      names,
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 60, max: 220 }),
      (all, named, percent, width) => {
        const points = pointsOf(all)
        const marks = named.flatMap(([at, text]) => {
          const point = points[at]
          return point === undefined ? [] : [{ date: point.date, text }]
        })
        const endpoints = percent * 10
        const lines = coverageCurve(points, { percent, endpoints }, marks, look(width))
        expect(lines.length).toBeLessThanOrEqual(13)
        for (const line of lines) expect(stringWidth(line), line).toBeLessThanOrEqual(width)
        const column = lines[1]!.indexOf('│')
        for (const line of lines.slice(1)) {
          const point = points.find(({ date }) => date === line.slice(2, 12))!
          expect(line[column]).toBe('│')
          // A target below a cell has no cell before its line.
          if (column > 14) expect(line[column - 1] === '█').toBe(point.expectedReady >= endpoints)
          if (point.expectedReady < endpoints) expect(line[column + 1]).not.toBe('█')
        }
      },
    ),
  )
})
