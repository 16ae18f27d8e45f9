import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Aggregator } from '../../../src/telemetry/aggregate/aggregator.js'
import type { TelemetryInput } from '../../../src/telemetry/batch.js'
import { WordList } from '../../../src/telemetry/otlp/batch-columns.js'
import type { TelemetryAnswer, TelemetryQuery } from '../../../src/telemetry/tables.js'
import { anyIdentityKeys, anyRows, anySince, anyTellableRows, anyUntil } from '../../builders/any-telemetry-rows.js'
import { referenceAnswer } from '../../builders/reference-tables.js'
import { batchOf, type RowSaid } from '../../builders/telemetry-rows.js'

const query: TelemetryQuery = { since: anySince, until: anyUntil, identityKeys: anyIdentityKeys }

/** What the aggregator answers when rows come in these batches. */
function answerOf(batches: readonly (readonly RowSaid[])[], inputs: readonly TelemetryInput[] = []): TelemetryAnswer {
  const words = new WordList()
  const aggregator = new Aggregator(query, words)
  for (const rows of batches) aggregator.add(batchOf(rows, words, { identityKeys: anyIdentityKeys }))
  return aggregator.end(inputs)
}

/** Any way to cut rows into batches. */
const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 10 })
function cut(rows: readonly RowSaid[], lengths: readonly number[]): (readonly RowSaid[])[] {
  const batches: (readonly RowSaid[])[] = []
  for (let start = 0, turn = 0; start < rows.length; turn++) {
    const end = start + lengths[turn % lengths.length]!
    batches.push(rows.slice(start, end))
    start = end
  }
  return batches
}

const shuffled = anyTellableRows.chain((rows) =>
  fc.record({
    rows: fc.constant(rows),
    other: fc.shuffledSubarray([...rows], { minLength: rows.length, maxLength: rows.length }),
  }),
)

describe('the aggregator', () => {
  test('answers what the plain way answers, however rows are cut into batches', () => {
    fc.assert(
      fc.property(anyRows, cuts, (rows, lengths) => {
        expect(answerOf(cut(rows, lengths))).toStrictEqual(referenceAnswer(rows, query))
      }),
      { numRuns: 1500 },
    )
  })

  test('answers the same in any order of the records', () => {
    fc.assert(
      fc.property(shuffled, cuts, ({ rows, other }, lengths) => {
        expect(JSON.stringify(answerOf(cut(other, lengths)))).toBe(JSON.stringify(answerOf([rows])))
      }),
      { numRuns: 700 },
    )
  })

  test('accounts for every log record that was read', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const { tables, counts } = answerOf([rows])
        const events = tables.senders.reduce((sum, sender) => sum + sender.events, 0)
        expect(counts.read).toBe(rows.filter(({ signal = 'log' }) => signal === 'log').length)
        expect(counts.canary + counts.duplicates + counts.beforeWindow + counts.afterWindow + events).toBe(counts.read)
        expect(tables.events.reduce((sum, row) => sum + row.events, 0)).toBe(events)
        expect(tables.days.reduce((sum, row) => sum + row.events, 0)).toBe(events)
      }),
      { numRuns: 500 },
    )
  })

  test('answers the same when every batch comes twice, but for what has no sequence', () => {
    fc.assert(
      fc.property(anyTellableRows, (rows) => {
        const tellable = rows.filter(
          ({ signal = 'log', session, sequence = -1 }) =>
            signal === 'log' && session && Number.isInteger(sequence) && sequence >= 0 && sequence < 2 ** 31,
        )
        const [twice, once] = [answerOf([tellable, tellable]).tables, answerOf([tellable]).tables]
        const records = (content: TelemetryAnswer['tables']['content']) =>
          content.map(({ presentInCopies, present, ...row }) => ({ ...row, present, all: present + presentInCopies }))
        const doubled = records(once.content).map((row) => ({ ...row, all: 2 * row.all }))
        expect({ ...twice, content: records(twice.content) }).toStrictEqual({ ...once, content: doubled })
      }),
    )
  })

  test('adds up the foreign records of all inputs, whatever the services are called', () => {
    const input = (foreign: Record<string, number>): TelemetryInput => ({
      file: 'file',
      bytes: 0,
      lines: 0,
      emptyLines: 0,
      badLines: {},
      records: 0,
      counted: { log: 0, point: 0, span: 0 },
      foreign,
      foreignOther: 0,
      rejected: {},
    })
    const hostile = JSON.parse('{"__proto__":4,"constructor":1}') as Record<string, number>
    const { counts } = answerOf([], [input({ checkout: 2, '': 1 }), input({ checkout: 3 }), input(hostile)])
    expect(JSON.stringify(counts.foreign)).toBe('{"":1,"__proto__":4,"checkout":5,"constructor":1}')
  })
})
