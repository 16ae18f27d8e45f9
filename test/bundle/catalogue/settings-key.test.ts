import { describe, expect, it } from 'vitest'
import {
  describeType,
  fitsType,
  type KeyType,
  type SettingsKey,
  settingsReference,
  valueProblem,
} from '../../../src/bundle/catalogue/settings-key.js'

const cases: [KeyType, unknown[], unknown[]][] = [
  ['boolean', [true, false], ['true', 1, null, undefined]],
  ['string', ['', 'x'], [1, null, ['x'], {}]],
  ['number', [0, -1.5], ['1', Number.NaN, Number.POSITIVE_INFINITY, null]],
  ['integer', [0, -3], [0.5, '1', Number.POSITIVE_INFINITY]],
  ['string[]', [[], ['a']], ['a', [1], [['a']], {}]],
  ['object', [{}, { a: 1 }], [null, [], 'x']],
  ['object[]', [[], [{}]], [{}, ['a'], [null], [[]]]],
  ['any', [null, 1, 'x', [], undefined], []],
  [{ enum: ['disable'] }, ['disable'], ['Disable', true, ['disable']]],
  [{ enumArray: ['a', 'b'] }, [[], ['b', 'a']], ['a', ['c'], [1]]],
  [
    ['string', 'string[]'],
    ['x', ['x'], []],
    [1, [1], {}],
  ],
]

describe('the type of a settings key', () => {
  it.each(cases)('%j takes %j and not %j', (type, good, bad) => {
    expect(good.filter((value) => !fitsType(value, type))).toEqual([])
    expect(bad.filter((value) => fitsType(value, type))).toEqual([])
  })

  it.each([
    ['boolean', 'a boolean'],
    [{ enum: ['disable'] }, '"disable"'],
    [{ enum: ['accept', 'hold', 'refuse'] }, '"accept", "hold" or "refuse"'],
    [['boolean', { enumArray: ['agents', 'mcp'] }], 'a boolean or a list of "agents", "mcp"'],
    [['string', 'string[]'], 'a text or a list of texts'],
  ] satisfies [KeyType, string][])('%j is described', (type, words) => {
    expect(describeType(type)).toBe(words)
  })
})

describe('valueProblem', () => {
  const key = (more: Partial<SettingsKey>): SettingsKey => ({
    path: 'a',
    type: 'number',
    scope: 'any',
    ...settingsReference,
    ...more,
  })

  it.each([
    [key({}), 'x', 'wrong-type'],
    [key({ minimum: 1 }), 0, 'below-minimum'],
    [key({ minimum: 1 }), 1, undefined],
    [key({ maximum: 1 }), 1.5, 'above-maximum'],
    [key({ type: 'string[]', mostItems: 3 }), ['a', 'b', 'c', 'd'], 'too-many-items'],
    [key({ type: 'string[]', mostItems: 3 }), ['a', 'b', 'c'], undefined],
    [key({ type: ['number', { enum: ['auto'] }], minimum: 5 }), 'auto', undefined],
  ])('%j with %j: %s', (settingsKey, value, problem) => {
    expect(valueProblem(settingsKey, value)).toBe(problem)
  })
})
