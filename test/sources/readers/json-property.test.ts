import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { JsonReader, type RecordsPath } from '../../../src/sources/readers/json.js'
import { readJson } from './json-read.js'

const prototypeKeys = Reflect.ownKeys(Object.prototype)
afterEach(() => {
  expect(Reflect.ownKeys(Object.prototype)).toEqual(prototypeKeys)
})

/** Texts that look like structure, and keys that touch prototypes. */
const nasty = fc.constantFrom(
  '"',
  '\\',
  '\\"',
  '{',
  '}]',
  '[{"a":1}',
  ',',
  ':',
  '\n',
  '{"results":[1]}',
  'é',
  '😀',
  '__proto__',
)
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(nasty, { maxLength: 12 }).map((parts) => parts.join('')),
)
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(text, tie('value')), { maxLength: 4 }).map(Object.fromEntries),
  ),
}))
const values = fc.array(value, { maxLength: 6 })
const indent = fc.constantFrom(0, 2, '\t')
const container = value.map((inner) => ({ inner }))

interface Case {
  readonly text: string
  readonly path: RecordsPath
  readonly records: unknown[]
  readonly outside: unknown[]
}

const cases: fc.Arbitrary<Case> = fc.oneof(
  fc.tuple(values, indent).map(([all, space]) => ({
    text: JSON.stringify(all, null, space),
    path: [],
    records: all,
    outside: [],
  })),
  fc.tuple(fc.array(container), fc.constantFrom('\n', '\r\n', '\n\n', ' ', '')).map(([all, border]) => ({
    text: all.map((one) => JSON.stringify(one) + border).join(''),
    path: [],
    records: all,
    outside: [],
  })),
  fc.array(container).map((all) => ({
    text: all.map((one) => JSON.stringify(one, null, 2)).join('\n'),
    path: [],
    records: all,
    outside: [],
  })),
  fc.tuple(values, indent, value, value).map(([all, space, before, after]) => ({
    text: JSON.stringify({ before, results: all, after }, null, space),
    path: ['results'],
    records: all,
    outside: [{ before, results: [], after }],
  })),
  fc.tuple(values, indent, value, value).map(([all, space, before, after]) => ({
    text: JSON.stringify({ before, in: { before, list: all, after }, list: after }, null, space),
    path: ['in', 'list'],
    records: all,
    outside: [{ before, in: { before, list: [], after }, list: after }],
  })),
)

/** JSON.parse of the written form: -0 and lone surrogates are not what this is about. */
function written(anything: unknown): unknown {
  return JSON.parse(JSON.stringify(anything))
}

describe('the same records as JSON.parse', () => {
  test('in every form and any chunks', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 40 }), ({ text: file, path, records, outside }, size) => {
        const result = readJson(file, path, size)
        expect(result.faults).toEqual([])
        expect(written(result.records)).toEqual(written(records))
        expect(written(result.envelopes)).toEqual(written(outside))
      }),
      { numRuns: 1500 },
    )
  })

  test('long strings and long records, in chunks of every kind', () => {
    const long = fc.array(fc.constantFrom('x'.repeat(70), '\\', '"', 'ü'.repeat(40), '\\\\"', ' '), { maxLength: 30 })
    fc.assert(
      fc.property(fc.array(long), fc.integer({ min: 1, max: 300 }), (all, size) => {
        const records = all.map((parts) => ({ text: parts.join(''), parts }))
        expect(readJson(JSON.stringify(records), [], size).records).toEqual(records)
        const lines = records.map((record) => `${JSON.stringify(record)}\r\n`).join('')
        expect(readJson(lines, [], size).records).toEqual(records)
      }),
      { numRuns: 300 },
    )
  })
})

describe('whatever comes', () => {
  test('a document cut off anywhere is told, and gives no record that was not in it', () => {
    const apps = [{ a: 'x{"}\\"', n: [1, [2]] }, { a: null }, { a: true, b: {} }]
    const documents: [string, RecordsPath][] = [0, 2].flatMap((space): [string, RecordsPath][] => [
      [JSON.stringify(apps, null, space), []],
      [JSON.stringify({ id: 'x', apps }, null, space), []],
      [JSON.stringify({ total: 3, apps, next: 'n' }, null, space), ['apps']],
      [JSON.stringify({ in: { apps }, next: 'n' }, null, space), ['in', 'apps']],
    ])
    const lines = `{"id":"x","apps":[\n${apps.map((app) => JSON.stringify(app)).join(',\n')}\n]}`
    documents.push([lines, []], [lines, ['apps']], [`${lines}\r\n \n`, ['apps']])
    for (const [file, path] of documents) {
      const whole = readJson(file, path)
      expect(whole.faults).toEqual([])
      for (let length = 1; length <= file.length; length++) {
        const { faults, records } = readJson(file.slice(0, length), path, 7)
        expect(faults.length, file.slice(0, length)).toBe(length < file.trimEnd().length ? 1 : 0)
        expect(records).toEqual(whole.records.slice(0, records.length))
      }
    }
  })

  test('JSON lines cut off anywhere lose the torn line only', () => {
    const records = [{ a: 'x"\\' }, { b: [{ c: 1 }] }, { d: null }]
    const file = records.map((record) => `${JSON.stringify(record)}\n`).join('')
    for (let length = 1; length <= file.length; length++) {
      const part = file.slice(0, length)
      const complete = records.filter(
        (_, index) =>
          part.length >=
          file
            .split('\n')
            .slice(0, index + 1)
            .join('\n').length,
      )
      const result = readJson(part, [], 5)
      expect(result.records).toEqual(complete)
      const torn = part.split('\n')[complete.length] ?? ''
      expect(result.faults).toHaveLength(torn === '' || complete.length === part.split('\n').length ? 0 : 1)
    }
  })

  test('among JSON lines each broken one is told, and every other one read', () => {
    const broken = fc.constantFrom(
      '{"a":1',
      '{"a":"x',
      '{"a":1}}',
      '{"a" 1}',
      'text',
      '{"a":[1}',
      '{"a":tru}',
      '{"a":1,}',
    )
    const line = fc.oneof(
      fc.record({ good: fc.integer() }).map((good) => ({ text: JSON.stringify(good), good })),
      broken.map((bad) => ({ text: bad, good: undefined })),
    )
    fc.assert(
      fc.property(fc.array(line), fc.integer({ min: 1, max: 30 }), (all, size) => {
        const lines = [{ text: '{"good":0}', good: { good: 0 } }, ...all, { text: '{"good":0}', good: { good: 0 } }]
        const result = readJson(lines.map((one) => one.text).join('\n'), [], size)
        const good = lines.flatMap((one) => (one.good === undefined ? [] : [one.good]))
        expect(result.records.filter((one) => Object.hasOwn(one as object, 'good'))).toEqual(good)
        expect(result.faults.length).toBe(lines.length - good.length)
      }),
      { numRuns: 1000 },
    )
  })

  test('any bytes: no throw, and the same in any chunks', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          ',',
          ':',
          '"',
          '\\',
          '\n',
          '\r\n',
          ' ',
          '1',
          'null',
          '"a"',
          '{"a":1}',
          'x',
          '"r":[',
        ),
        fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      ),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(pieces, fc.constantFrom<RecordsPath>([], ['r'], ['a', 'r']), (parts, path) => {
        const bytes = Buffer.from(parts.join(''), 'latin1')
        const whole = readJson(bytes, path)
        for (const size of [1, 2, 3, 5, 8, 13]) expect(readJson(bytes, path, size)).toEqual(whole)
      }),
      { numRuns: 4000 },
    )
  })

  test('what JSON.parse refuses is never without a fault', () => {
    const file = '{"n":1,"r":[{"a":"b{"},[2,"\\""],{"c":null}],"m":[]}'
    const edits = fc.array(
      fc.tuple(fc.nat(file.length), fc.constantFrom('', '"', '{', '}', '[', ']', ',', ':', '\\', 'x')),
      {
        minLength: 1,
        maxLength: 3,
      },
    )
    fc.assert(
      fc.property(edits, fc.integer({ min: 1, max: 60 }), (all, size) => {
        const edited = all.reduce(
          (at, [where, what]) => at.slice(0, where) + what + at.slice(where + (what === '' ? 1 : 0)),
          file,
        )
        const result = readJson(edited, ['r'], size)
        let valid = true
        try {
          JSON.parse(edited)
        } catch {
          valid = false
        }
        if (valid) expect(result.faults).toEqual([])
        else if (result.form === 'object') expect(result.faults).not.toEqual([])
      }),
      { numRuns: 3000 },
    )
  })

  test('empty chunks change nothing', () => {
    const seen: unknown[] = []
    const reader = new JsonReader([], { record: (one) => seen.push(one), fault: (fault) => seen.push(fault) })
    const nothing = new Uint8Array(0)
    for (const byte of Buffer.from('{"a":\n"b"}\n{"c":12}')) {
      reader.write(nothing)
      reader.write(Uint8Array.of(byte))
    }
    reader.write(nothing)
    expect(reader.end()).toMatchObject({ records: 2, faults: 0 })
    expect(seen).toEqual([{ a: 'b' }, { c: 12 }])
  })
})
