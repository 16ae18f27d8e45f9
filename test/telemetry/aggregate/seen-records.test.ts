import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arrivals, SeenRecords } from '../../../src/telemetry/aggregate/seen-records.js'

interface Seen {
  readonly session: number
  readonly sequence: number
  readonly time: number
}

/** What each record must be, by sets of texts. */
function exactArrivals(records: readonly Seen[]): number[] {
  const whole = new Set<string>()
  const sequences = new Set<string>()
  return records.map(({ session, sequence, time }) => {
    const [record, number] = [`${session}/${sequence}/${time}`, `${session}/${sequence}`]
    const arrival = whole.has(record)
      ? arrivals.copy
      : sequences.has(number)
        ? arrivals.sameSequence
        : arrivals.newSequence
    whole.add(record)
    sequences.add(number)
    return arrival
  })
}

function arrivalsOf(records: readonly Seen[]): number[] {
  const seen = new SeenRecords()
  return records.map(({ session, sequence, time }) => seen.add(session, sequence, time))
}

/** One run of a session: its sequences start at 0, times grow. */
const run = fc.record({
  session: fc.integer({ min: 0, max: 3 }),
  start: fc.integer({ min: 0, max: 5_000_000_000 }),
  steps: fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 80, size: 'max' }),
})
const runs = fc.array(run, { minLength: 1, maxLength: 8, size: 'max' }).map((list) =>
  list.flatMap(({ session, start, steps }) =>
    steps.map(
      (_, sequence): Seen => ({
        session,
        sequence,
        time: start + steps.slice(0, sequence).reduce((a, b) => a + b, 0),
      }),
    ),
  ),
)

/** What a collector makes of a stream: split by kind over files, batches sent again, chunks out of order. */
const delivered = fc
  .tuple(runs, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 60 }), fc.infiniteStream(fc.nat(7)))
  .map(([records, kinds, chunk, dice]) => {
    const die = () => dice.next().value as number
    const kindOf = records.map(() => die() % kinds)
    const files = Array.from({ length: kinds }, (_, kind) => records.filter((_, index) => kindOf[index] === kind))
    files.push(records.filter(() => die() === 0))
    const chunks = files.flatMap((file) =>
      Array.from({ length: Math.ceil(file.length / chunk) }, (_, index) =>
        file.slice(index * chunk, (index + 1) * chunk),
      ),
    )
    const sent = chunks.flatMap((part) => (die() === 0 ? [part, part] : [part]))
    return (
      die() < 4
        ? sent
        : sent
            .map((part) => ({ part, at: die() }))
            .toSorted((a, b) => a.at - b.at)
            .map(({ part }) => part)
    ).flat()
  })

describe('records that were here', () => {
  test('are told apart as an exact set does, however a collector delivers them', () => {
    fc.assert(
      fc.property(delivered, (records) => {
        expect(arrivalsOf(records)).toEqual(exactArrivals(records))
      }),
      { numRuns: 300 },
    )
  })

  test('are told apart with any numbers and times', () => {
    const any = fc.record({
      session: fc.nat(2),
      sequence: fc.oneof(fc.nat(3), fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.constant(2 ** 31 - 1)),
      time: fc.oneof(
        fc.nat(40),
        fc.integer({ min: -1e13, max: 1e13 }),
        fc.nat(3).map((part) => part * 2 ** 32),
      ),
    })
    fc.assert(
      fc.property(fc.array(any, { maxLength: 400, size: 'max' }), (records) => {
        expect(arrivalsOf(records)).toEqual(exactArrivals(records))
      }),
      { numRuns: 300 },
    )
  })

  test('of a client that sends one number for ever cost no walk through all of them', () => {
    const seen = new SeenRecords()
    const count = 200_000
    const started = performance.now()
    const copies = [0, 0]
    for (let index = 0; index < 2 * count; index++)
      if (seen.add(0, 7, (index % count) * 1000) === arrivals.copy) copies[Math.floor(index / count)]!++
    expect(copies).toEqual([0, count])
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  test('are told apart by all of their time, also where one number comes with many', () => {
    const records = Array.from({ length: 40 }, (_, index) => ({
      session: 0,
      sequence: 7,
      time: (index - 20) * 2 ** 32,
    }))
    expect(arrivalsOf(records)).not.toContain(arrivals.copy)
    expect(arrivalsOf([...records, ...records])).toEqual(exactArrivals([...records, ...records]))
  })

  test('of a resumed session are not copies, though its files are split by kind', () => {
    const first = [0, 1, 2, 3].map((sequence) => ({ session: 0, sequence, time: sequence }))
    const second = [0, 1, 2, 3].map((sequence) => ({ session: 0, sequence, time: 1000 + sequence }))
    const records = [first[0]!, first[1]!, second[3]!, first[2]!, first[3]!, second[0]!, second[1]!, second[2]!]
    expect(arrivalsOf(records)).not.toContain(arrivals.copy)
    expect(arrivalsOf([...records, ...records]).filter((arrival) => arrival === arrivals.copy)).toHaveLength(8)
  })
})
