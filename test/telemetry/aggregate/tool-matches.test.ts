import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ToolMatches } from '../../../src/telemetry/aggregate/tool-matches.js'

interface Told {
  readonly kind: 'decision' | 'result'
  readonly session: number
  readonly call: number
  readonly time: number
}

/** Rows of decisions (their place in the list) and how long each waited, sorted. */
function matchesOf(told: readonly Told[], limits?: readonly [number, number]): [number, number][] {
  const matches: [number, number][] = []
  const tool = new ToolMatches((row, waited) => matches.push([row, waited]), limits)
  told.forEach(({ kind, session, call, time }, row) => {
    if (kind === 'decision') tool.decision(session, call, time, row)
    else tool.result(session, call, time)
  })
  tool.end()
  return matches.toSorted(([a], [b]) => a - b)
}

function plainMatches(told: readonly Told[]): [number, number][] {
  return told.flatMap(({ kind, session, call, time }, row): [number, number][] => {
    const results = told.filter((one) => one.kind === 'result' && one.session === session && one.call === call)
    if (kind === 'result' || results.length === 0) return []
    return [[row, Math.max(0, Math.min(...results.map((result) => result.time)) - time)]]
  })
}

const anyTold = fc.array(
  fc.record({
    kind: fc.constantFrom<Told['kind'][]>('decision', 'result'),
    session: fc.nat(2),
    call: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constantFrom(2 ** 52, 2 ** 52 + 1, 2 ** 32 + 1)),
    time: fc.nat(100),
  }),
  { maxLength: 120, size: 'max' },
)
/** Calls as clients make them: one decision, one result, in any order. */
const calls = (count: number): Told[] =>
  Array.from({ length: count }, (_, index) => ({ session: index, call: 1 + (index % 7), time: index })).flatMap(
    (call): Told[] => [
      { kind: 'decision', ...call },
      { kind: 'result', ...call, time: call.time + 5 },
    ],
  )

describe('tool calls', () => {
  test('match a decision with the earliest result of its call, in any order', () => {
    fc.assert(
      fc.property(anyTold, (told) => {
        expect(matchesOf(told)).toEqual(plainMatches(told))
      }),
      { numRuns: 500 },
    )
  })

  test('match all when every decision comes before the first result, and the other way round', () => {
    const told = calls(800)
    const [decisions, results] = [
      told.filter((one) => one.kind === 'decision'),
      told.filter((one) => one.kind === 'result'),
    ]
    for (const order of [
      [...decisions, ...results],
      [...results, ...decisions],
    ])
      expect(matchesOf(order)).toEqual(plainMatches(order))
  })

  test('that are complete make room for others, and none is lost', () => {
    expect(matchesOf(calls(1000), [8, 16])).toEqual(plainMatches(calls(1000)))
  })

  test('are allowed more room while they wait', () => {
    const told = calls(300)
    const order = [...told.filter((one) => one.kind === 'decision'), ...told.filter((one) => one.kind === 'result')]
    expect(matchesOf(order, [8, 1024])).toEqual(plainMatches(order))
  })

  test('that wait are given up from the oldest on where there are too many', () => {
    const told = calls(100)
    const order = [...told.filter((one) => one.kind === 'decision'), ...told.filter((one) => one.kind === 'result')]
    const rows = matchesOf(order, [8, 16]).map(([row]) => row)
    expect(rows.length).toBeGreaterThanOrEqual(4)
    expect(rows.length).toBeLessThanOrEqual(16)
    expect(rows).toEqual(rows.map((_, index) => 100 - rows.length + index))
  })
})
