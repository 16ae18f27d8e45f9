import { describe, expect, test } from 'vitest'
import { aggregated, monday, week } from '../../builders/aggregated.js'
import type { RowSaid } from '../../builders/telemetry-rows.js'

const code = { service: 'claude-code', version: '2.1.197' }
const other = { service: 'cowork', version: '1.2.3' }

describe('senders', () => {
  test('are told apart by what they say of themselves, with times by signal', () => {
    const { tables } = aggregated([
      { ...other, event: 'user_prompt', session: 'c', sequence: 0, at: monday + 9 },
      {
        ...code,
        event: 'user_prompt',
        session: 'a',
        sequence: 0,
        at: monday + 5,
        identity: { 'endpoint.serial': 'X' },
      },
      {
        ...code,
        event: 'tool_result',
        session: 'b',
        sequence: 0,
        at: monday + 3,
        identity: { 'endpoint.serial': 'X' },
      },
      { ...code, event: 'tool_decision', session: 'b', sequence: 1, at: monday + 4 },
      { ...code, signal: 'point', at: monday + 1 },
      { ...code, signal: 'point', at: monday + 8 },
      { ...code, signal: 'span', at: monday + 2 },
    ])
    const counted = tables.senders.map(({ service, identity, events, sessions, first, last, toolEvents, prompts }) => ({
      service,
      identity,
      events,
      sessions,
      times: [first - monday, last - monday],
      toolEvents,
      prompts,
    }))
    expect(counted).toEqual([
      { service: 'claude-code', identity: [''], events: 1, sessions: 1, times: [4, 4], toolEvents: 1, prompts: 0 },
      { service: 'claude-code', identity: ['X'], events: 2, sessions: 2, times: [3, 5], toolEvents: 1, prompts: 1 },
      { service: 'cowork', identity: [''], events: 1, sessions: 1, times: [9, 9], toolEvents: 0, prompts: 1 },
    ])
    const { firstPoint, lastPoint, firstSpan, lastSpan } = tables.senders[0]!
    expect([firstPoint, lastPoint, firstSpan, lastSpan].map((time) => time - monday)).toEqual([1, 8, 2, 2])
    expect(tables.senders[1]).toMatchObject({ firstPoint: 0, lastPoint: 0, firstSpan: 0, lastSpan: 0 })
  })

  test('of points only count no events and no sessions', () => {
    const { tables, counts } = aggregated([{ ...code, signal: 'point', session: 's', at: monday }])
    expect(tables.senders).toMatchObject([{ events: 0, sessions: 0, first: 0, last: 0 }])
    expect(counts.read).toBe(0)
  })

  test('miss the numbers between those that arrived, of sessions that began with them', () => {
    const { tables } = aggregated([
      { ...code, event: 'auth', session: 'a', sequence: 9, at: monday + 9, email: 'later@example.com' },
      { ...code, event: 'auth', session: 'a', sequence: 2, at: monday + 2 },
      { ...code, event: 'auth', session: 'a', sequence: 4, at: monday + 4 },
      // The session goes on later, where its numbers begin again: 4 and 5 are not missing.
      { ...code, event: 'auth', session: 'a', sequence: 4, at: monday + 104 },
      { ...code, event: 'auth', session: 'a', sequence: 5, at: monday + 105 },
      { ...code, event: 'auth', session: 'b', sequence: 0, at: monday },
      { ...code, event: 'auth', session: 'b', sequence: 2_000_000_000, at: monday + 1 },
      { ...code, event: 'auth', session: 'c', at: monday + 1 },
    ])
    expect(tables.senders.map(({ email, sessions, missing }) => [email, sessions, missing])).toEqual([
      ['', 3, 4 + 1_000_000],
      ['later@example.com', 1, 0],
    ])
  })
})

describe('late records', () => {
  const late: RowSaid = {
    ...code,
    event: 'auth',
    session: 's',
    sequence: 3,
    at: monday + 2 * week,
    email: 'a@example.com',
  }

  test('show that their sender is there, by the last of them', () => {
    const { tables, counts } = aggregated([
      { ...late, at: late.at + 9 },
      late,
      { ...late, at: late.at + 9 },
      { ...late, at: late.at + 99, session: 'fleet-canary-1' },
      { ...late, at: late.at + 99, signal: 'point' },
      { ...late, at: late.at - 1, email: 'b@example.com' },
      { ...late, at: late.at + 5, email: 'b@example.com' },
    ])
    expect(counts).toMatchObject({ read: 6, canary: 1, duplicates: 0, afterWindow: 4 })
    expect(tables.senders).toMatchObject([
      { email: 'a@example.com', events: 0, sessions: 0, first: 0, last: 0, lastAfter: late.at + 9 },
      { email: 'b@example.com', events: 1, last: late.at - 1, lastAfter: late.at + 5 },
    ])
    expect(tables.events).toMatchObject([{ events: 1 }])
  })
})

describe('days', () => {
  test('count the records of a service that count, by UTC', () => {
    const said: RowSaid = { ...code, event: 'auth', session: 's', sequence: 0, at: monday }
    const day = week / 7
    const { tables } = aggregated([
      { ...said, at: monday + 3 * day },
      said,
      said,
      { ...said, at: monday + day - 1 },
      { ...other, event: 'auth', at: monday + day },
      { ...said, signal: 'span', at: monday + day },
      { ...said, at: monday + 2 * week },
    ])
    expect(tables.days).toStrictEqual([
      { service: 'claude-code', day: '2026-11-16', events: 2 },
      { service: 'claude-code', day: '2026-11-19', events: 1 },
      { service: 'cowork', day: '2026-11-17', events: 1 },
    ])
  })
})

describe('a record', () => {
  const said: RowSaid = { ...code, event: 'auth', session: 's', sequence: 3, at: monday + 3 }

  test('that comes again counts once, one of a resumed session is another', () => {
    const { counts, tables } = aggregated([said, { ...said, at: monday + 4 }, said, { ...said, session: 't' }])
    expect(counts).toMatchObject({ read: 4, duplicates: 1 })
    expect(tables.events).toEqual([{ service: 'claude-code', event: 'auth', events: 3 }])
  })

  test.each([
    ['session', { session: '' }],
    ['sequence', { sequence: Number.NaN }],
    ['whole sequence', { sequence: 2.5 }],
    ['sequence from 0 on', { sequence: -1 }],
  ])('without %s counts as it comes', (_, without) => {
    const { counts } = aggregated([
      { ...said, ...without },
      { ...said, ...without },
    ])
    expect(counts).toMatchObject({ read: 2, duplicates: 0, withoutSequence: 2 })
  })

  test('outside the window is counted beside it', () => {
    const { counts, tables } = aggregated(
      [
        { ...said, at: 99 },
        { ...said, at: 100 },
        { ...said, at: 199 },
        { ...said, at: 200 },
        { ...said, at: 200 },
      ],
      { since: 100, until: 200 },
    )
    expect(counts).toMatchObject({ read: 5, beforeWindow: 1, afterWindow: 2, duplicates: 0 })
    expect(tables.senders).toMatchObject([{ events: 2, first: 100, last: 199, lastAfter: 200 }])
  })

  test('of a canary leaves no trace but its count', () => {
    const canary = { ...said, session: 'fleet-canary-1', content: ['prompt'] }
    const { counts, tables } = aggregated([canary, canary, { ...canary, signal: 'span' }, { ...canary, at: 0 }])
    expect(counts).toMatchObject({ read: 3, canary: 3, duplicates: 0, beforeWindow: 0 })
    expect(Object.values(tables).flat()).toEqual([])
  })

  test('is skewed where its time and the observed time are more than five minutes apart', () => {
    const { counts } = aggregated(
      [-300_001, -300_000, 0, 300_000, 300_001, Number.NaN].map((skew, sequence) => ({
        ...said,
        at: monday + 1e6,
        sequence,
        observed: monday + 1e6 + skew,
      })),
    )
    expect(counts.skewed).toBe(2)
  })
})

describe('runs', () => {
  test('count for the week and service of their first record, and fail by any record', () => {
    const { tables } = aggregated([
      { ...code, event: 'api_error', session: 'a', sequence: 5, at: monday + week + 1 },
      { ...code, event: 'user_prompt', session: 'a', sequence: 1, at: monday + week - 1 },
      { ...code, event: 'user_prompt', session: 'b', sequence: 1, at: monday },
      { ...code, event: 'user_prompt', session: 'c', sequence: 1, at: monday + week },
      // Cowork's failures do not name this one.
      { ...other, event: 'internal_error', session: 'd', sequence: 1, at: monday },
    ])
    expect(tables.runWeeks).toEqual([
      { service: 'claude-code', week: '2026-11-16', runs: 2, failed: 1 },
      { service: 'claude-code', week: '2026-11-23', runs: 1, failed: 0 },
      { service: 'cowork', week: '2026-11-16', runs: 1, failed: 0 },
    ])
  })
})

describe('records at the same time', () => {
  const said: RowSaid = { ...code, event: 'skill_activated', skill: 'x', at: monday }

  test.each([
    ['session, by code unit', [{ session: 'a' }, { session: 'B' }], { session: 'B' }],
    [
      'sequence',
      [
        { session: 's', sequence: 2 },
        { session: 's', sequence: 1 },
      ],
      { sequence: 1 },
    ],
    ['no sequence', [{ session: 's', sequence: 2 }, { session: 's' }], { sequence: -1 }],
    ['prompt', [{ prompt: 'b' }, { prompt: 'a' }], { prompt: 'a' }],
  ])('give the example with the least: %s', (_, rows: Partial<RowSaid>[], example) => {
    for (const order of [rows, rows.toReversed()]) {
      const { tables } = aggregated(order.map((row) => ({ ...said, ...row })))
      expect(tables.skills).toMatchObject([{ events: 2, example }])
    }
  })

  test('and of the same number begin a session for the sender that sorts first', () => {
    const rows: RowSaid[] = [
      { ...other, event: 'auth', session: 's', at: monday },
      { ...code, event: 'auth', session: 's', at: monday },
      { ...code, event: 'auth', session: 's', sequence: 0, at: monday + 1 },
      { ...code, event: 'auth', session: 's', sequence: 2, at: monday + 1 },
    ]
    for (const order of [rows, rows.toReversed()]) {
      const { tables } = aggregated(order)
      expect(tables.runWeeks.map(({ service }) => service)).toEqual(['claude-code'])
      expect(tables.senders.map(({ missing }) => missing)).toEqual([1, 0])
    }
  })
})

test('no records give empty tables', () => {
  const { tables, counts } = aggregated([])
  expect(Object.values(tables).every((rows) => rows.length === 0)).toBe(true)
  expect(counts).toEqual({
    read: 0,
    canary: 0,
    duplicates: 0,
    beforeWindow: 0,
    afterWindow: 0,
    withoutSequence: 0,
    skewed: 0,
    foreign: {},
  })
})
