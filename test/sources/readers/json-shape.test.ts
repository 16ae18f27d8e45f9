import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { field, jsonShape, listField, textField, unsafeNumber } from '../../../src/sources/readers/json.js'

const shapeOf = (text: string) => jsonShape(Buffer.from(text))

describe('shape', () => {
  test.each<[string, string, string, string[], unknown]>([
    [
      'an envelope that the head tears',
      '{"totalCount":2,"results":[{"id":"1","general":{"name":"A","si',
      'object',
      ['totalCount', 'results'],
      { totalCount: 2, results: [{ id: '1', general: { name: 'A' } }] },
    ],
    ['a torn text', '{"a":"xy', 'object', ['a'], { a: undefined }],
    ['a torn number', '{"a":12', 'object', ['a'], { a: undefined }],
    ['a torn word', '[{"a":nul', 'array', ['a'], [{ a: undefined }]],
    ['a key alone', '{"a"', 'object', [], {}],
    ['an open list', '{"a":[', 'object', ['a'], { a: [] }],
    ['an array', '[{"x":1,"y":[2]},{"x":3}]', 'array', ['x', 'y'], [{ x: 1, y: [2] }, { x: 3 }]],
    ['an array of texts', '["a","b"]', 'array', [], ['a', 'b']],
    ['an empty array', ' []', 'array', [], []],
    ['an empty object', '{}', 'object', [], {}],
    ['JSON lines', '{"a":1}\r\n{"b":2}\r\n{"c":', 'documents', ['a'], [{ a: 1 }, { b: 2 }, { c: undefined }]],
    ['pretty documents', '{\n "kind": "host"\n}\n{\n', 'documents', ['kind'], [{ kind: 'host' }, {}]],
    ['a byte order mark', '\ufeff{"a":1}', 'object', ['a'], { a: 1 }],
    ['a broken second line', '{"a":1}\n{"b":no}', 'documents', ['a'], [{ a: 1 }, { b: undefined }]],
  ])('%s', (_name, text, form, keys, sample) => {
    const shape = shapeOf(text)
    expect(shape).toMatchObject({ form, keys })
    expect(shape?.sample).toEqual(sample)
  })

  test.each([
    ['nothing', ''],
    ['blanks', ' \n'],
    ['a CSV with quotes', '"Computer Name","Serial"\n"a","b"'],
    ['an ini file', '[Section]\nkey=value'],
    ['a script', '{ foo: 1 }'],
    ['a page', '<html>'],
    ['a number', '12'],
    ['a text', '"abc"'],
    ['zeros', '\0\0\0'],
  ])('%s is not JSON', (_name, text) => {
    expect(shapeOf(text)).toBeUndefined()
  })

  test('paths lead through lists, and through own keys only', () => {
    const shape = shapeOf('{"results":[{"a":1},{"general":{"name":null}}],"__proto__":{"x":1}}')!
    expect(shape.path('results', 'general', 'name')).toBe(true)
    expect(shape.path('results', 'general', 'x')).toBe(false)
    expect(shape.path('toString')).toBe(false)
    expect(shape.path('__proto__', 'x')).toBe(true)
    expect(({} as Record<string, unknown>).x).toBeUndefined()
    expect(shapeOf('[{"a":1},{"b":1}]')!.path('b')).toBe(true)
  })

  test('deep nesting ends the look', () => {
    expect(shapeOf(`{"a":${'['.repeat(100_000)}`)).toMatchObject({ keys: ['a'] })
    expect(shapeOf('['.repeat(100_000))).toMatchObject({ form: 'array' })
  })

  test('never throws, and agrees with JSON.parse on the whole text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        jsonShape(bytes)
        jsonShape(Buffer.concat([Buffer.from('{"a":['), bytes]))
      }),
    )
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (object, cut) => {
        const text = JSON.stringify(object)
        expect(JSON.parse(JSON.stringify(shapeOf(text)?.sample))).toEqual(JSON.parse(text))
        const part = shapeOf(text.slice(0, 1 + (cut % text.length)))
        expect(part?.form).toBe('object')
        for (const key of part!.keys) expect(Object.hasOwn(object, key)).toBe(true)
      }),
    )
  })
})

describe('fields', () => {
  const record: unknown = JSON.parse(
    '{"a":{"b":"x","n":7,"f":1.5,"big":12345678901234567890},"l":[1],"o":{},"__proto__":{"p":"q"}}',
  )

  test('own members of objects only', () => {
    expect(field(record, 'a', 'b')).toBe('x')
    expect(field(record)).toBe(record)
    expect(field(record, 'toString')).toBeUndefined()
    expect(field(record, 'l', 'length')).toBeUndefined()
    expect(field(record, 'a', 'b', 'length')).toBeUndefined()
    expect(field(record, '__proto__', 'p')).toBe('q')
    expect(field(null, 'a')).toBeUndefined()
  })

  test('text, from numbers only if they are whole and kept all digits', () => {
    expect(textField(record, 'a', 'b')).toBe('x')
    expect(textField(record, 'a', 'n')).toBe('7')
    expect(textField(record, 'a', 'f')).toBeUndefined()
    expect(textField(record, 'a', 'big')).toBeUndefined()
    expect(textField(record, 'l')).toBeUndefined()
  })

  test('lists, also of a lone object', () => {
    expect(listField(record, 'l')).toEqual([1])
    expect(listField(record, 'o')).toEqual([{}])
    expect(listField(record, 'a', 'b')).toEqual([])
    expect(listField(record, 'none')).toEqual([])
  })

  test('numbers that lost digits', () => {
    expect(unsafeNumber(field(record, 'a', 'big'))).toBe(true)
    expect(unsafeNumber(2 ** 53 - 1)).toBe(false)
    expect(unsafeNumber(2 ** 53)).toBe(true)
    expect(unsafeNumber(JSON.parse('1e999'))).toBe(true)
    expect(unsafeNumber(1.5)).toBe(false)
    expect(unsafeNumber('12345678901234567890')).toBe(false)
  })
})
