import { expect, test } from 'vitest'
import { amountOf, sequenceOf } from '../../../src/telemetry/aggregate/record-numbers.js'
import { weekName, weekOf } from '../../../src/telemetry/aggregate/week.js'

test.each([
  [0, 0],
  [-0, 0],
  [7, 7],
  [2 ** 31 - 1, 2 ** 31 - 1],
  [2 ** 31, -1],
  [2 ** 53, -1],
  [-1, -1],
  [1.5, -1],
  [Number.NaN, -1],
  [Number.POSITIVE_INFINITY, -1],
])('the sequence %d counts as %d', (value, sequence) => {
  expect(sequenceOf(value)).toBe(sequence)
})

test.each([
  [0, 0],
  [2.5, 2],
  [3.5, 3],
  [0.999, 0],
  [-0.5, 0],
  [-3, 0],
  [1e12, 1e12],
  [1e12 + 1, 0],
  [Number.NaN, 0],
  [Number.POSITIVE_INFINITY, 0],
])('the amount %d counts as %d', (value, amount) => {
  expect(amountOf(value)).toBe(amount)
})

test.each([
  ['2026-11-16T00:00:00.000Z', '2026-11-16'],
  ['2026-11-15T23:59:59.999Z', '2026-11-09'],
  ['2026-11-22T23:59:59.999Z', '2026-11-16'],
  ['2027-01-01T12:00:00Z', '2026-12-28'],
  ['1970-01-01T00:00:00Z', '1969-12-29'],
  ['1969-12-28T23:59:59Z', '1969-12-22'],
  ['2024-02-29T12:00:00Z', '2024-02-26'],
])('%s lies in the week of Monday %s', (time, week) => {
  expect(weekName(weekOf(Date.parse(time)))).toBe(week)
})
