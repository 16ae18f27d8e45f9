import { describe, expect, test } from 'vitest'
import type { RecordsPath } from '../../../src/sources/readers/json.js'
import { jsonDepthLimit } from '../../../src/sources/readers/json-cutter.js'
import { type Result, readJson } from './json-read.js'

/** The same in every chunk size must give the same. */
function readEveryWay(text: string | Uint8Array, path: RecordsPath = []): Result {
  const whole = readJson(text, path)
  for (let size = 1; size <= Math.min(Buffer.from(text).length, 80); size++) {
    expect(readJson(text, path, size), `chunks of ${size}`).toEqual(whole)
  }
  return whole
}

describe('forms', () => {
  const a = { id: '1', name: 'A' }
  const b = { id: '2', name: 'B', list: [1, [2], {}] }
  const cases: [string, string, RecordsPath, unknown[], unknown[], string][] = [
    ['empty input', '', [], [], [], 'documents'],
    ['blank input', ' \r\n\t', [], [], [], 'documents'],
    ['bare array', JSON.stringify([a, b]), [], [a, b], [], 'array'],
    ['bare pretty array', JSON.stringify([a, b], null, 2), [], [a, b], [], 'array'],
    ['empty array', ' [ ] ', [], [], [], 'array'],
    ['array of scalars', '[1, "x" , true,null,-2.5e3]', [], [1, 'x', true, null, -2500], [], 'array'],
    ['one object', JSON.stringify(b), [], [b], [], 'object'],
    ['NDJSON', `${JSON.stringify(a)}\n${JSON.stringify(b)}\n`, [], [a, b], [], 'documents'],
    ['NDJSON, CRLF, blank lines', `${JSON.stringify(a)}\r\n\r\n${JSON.stringify(b)}\r\n`, [], [a, b], [], 'documents'],
    ['NDJSON without last newline', `${JSON.stringify(a)}\n${JSON.stringify(b)}`, [], [a, b], [], 'documents'],
    ['pretty documents', `${JSON.stringify(a, null, 2)}\n${JSON.stringify(b, null, 2)}`, [], [a, b], [], 'documents'],
    ['documents without border', `${JSON.stringify(a)}${JSON.stringify(b)}`, [], [a, b], [], 'documents'],
    ['pages of arrays', '[{"a":1}]\n[{"a":2},\n{"a":3}]', [], [{ a: 1 }, { a: 2 }, { a: 3 }], [], 'documents'],
    ['scalars in sequence', '12 true "x"', [], [12, true, 'x'], [], 'documents'],
    [
      'total before the list',
      '{"totalCount": 2, "results": [{"id":"1"},{"id":"2"}]}',
      ['results'],
      [{ id: '1' }, { id: '2' }],
      [{ totalCount: 2, results: [] }],
      'object',
    ],
    [
      'markers around the list',
      '{"@odata.context":"c","value":[{"id":"1"}],"@odata.nextLink":"n","o":{"value":[9]}}',
      ['value'],
      [{ id: '1' }],
      [{ '@odata.context': 'c', value: [], '@odata.nextLink': 'n', o: { value: [9] } }],
      'object',
    ],
    [
      'nested list',
      '{"x":{"versions":[0]},"computer_applications":{"versions":[{"number":"1"}],"unique_computers":[{"id":1}]}}',
      ['computer_applications', 'versions'],
      [{ number: '1' }],
      [{ x: { versions: [0] }, computer_applications: { versions: [], unique_computers: [{ id: 1 }] } }],
      'object',
    ],
    ['lone object for a list', '{"host":{"id":1},"n":2}', ['host'], [{ id: 1 }], [{ host: [], n: 2 }], 'object'],
    ['null for a list', '{"results":null}', ['results'], [], [{ results: null }], 'object'],
    ['no such list', '{"error":"no"}', ['results'], [], [{ error: 'no' }], 'object'],
    ['no object', '[1,2]', ['results'], [], [[1, 2]], 'array'],
    ['list of a list', '{"a":[[1,2],[3]]}', ['a'], [[1, 2], [3]], [{ a: [] }], 'object'],
    ['key with an escape', '{"re\\u0073ults":[1]}', ['results'], [1], [{ results: [] }], 'object'],
    [
      'pages of envelopes',
      '{"n":1,"r":[1]}\n{"n":2,"r":[2,3]}',
      ['r'],
      [1, 2, 3],
      [
        { n: 1, r: [] },
        { n: 2, r: [] },
      ],
      'documents',
    ],
    [
      'braces in strings',
      '[{"a":"}]{[\\"]}","b":"\\\\"},{"a":"\\\\\\"]"}]',
      [],
      [{ a: '}]{["]}', b: '\\' }, { a: '\\"]' }],
      [],
      'array',
    ],
    [
      'list in a string',
      '{"p":"\\"results\\":[1]","results":[2]}',
      ['results'],
      [2],
      [{ p: '"results":[1]', results: [] }],
      'object',
    ],
    ['letters beyond ASCII', '[{"ü":"日本"},"😀"]', [], [{ ü: '日本' }, '😀'], [], 'array'],
    [
      'long strings',
      `["${'x"'.repeat(0)}${'y'.repeat(300)}\\"${'\\\\'.repeat(99)}"]`,
      [],
      [`${'y'.repeat(300)}"${'\\'.repeat(99)}`],
      [],
      'array',
    ],
  ]
  test.each(cases)('%s', (_name, text, path, records, envelopes, form) => {
    const result = readEveryWay(text, path)
    expect(result.faults).toEqual([])
    expect(result).toMatchObject({ records, envelopes, form })
    expect(result.records).toHaveLength(records.length)
  })

  test('records carry their number and line', () => {
    expect(readEveryWay('[\n{"a":\n1},\r\n\n {"b":2}]').places).toEqual(['1:2', '2:5'])
    expect(readEveryWay('{"a":1}\n\n{\n"b":2\n}\n{"c":3}').places).toEqual(['1:1', '2:3', '3:6'])
  })
})

describe('what is broken is told', () => {
  const cases: [string, string, RecordsPath, unknown[], string[]][] = [
    ['garbage', 'Bearer abc', [], [], ['not-json 1:1']],
    ['a page', '<html>\n<body>{}</body>', [], [], ['not-json 1:1']],
    ['a broken line', '{"a":1}\n{"a":}\n{"a":3}', [], [{ a: 1 }, { a: 3 }], ['not-json 2:2']],
    ['a line with an open string', '{"a":1}\n{"a":"x\n{"a":3}\n', [], [{ a: 1 }, { a: 3 }], ['not-json 2:2']],
    ['a line without its end', '{"a":1}\n{"a":2\n{"a":3}\n', [], [{ a: 1 }, { a: 3 }], ['not-json 2:2']],
    ['a first line without its end', '{"a":{"b":2\n{"a":3}\n{"a":4}', [], [{ a: 3 }, { a: 4 }], ['not-json 1:1']],
    [
      'a line torn behind a colon',
      '{"a":1}\n{"a":\n{"a":3}\n{"a":4}\n',
      [],
      [{ a: 1 }, { a: 3 }, { a: 4 }],
      ['not-json 2:2'],
    ],
    [
      'a line torn behind a colon, near the end',
      '{"a":1}\n{"a":\n{"a":3}\n',
      [],
      [{ a: 1 }, { a: 3 }],
      ['cut-off 2:2'],
    ],
    [
      'a line torn in a list',
      '{"a":1}\r\n{"a":[1,\r\n{"a":3}\r\n{"a":4}\r\n',
      [],
      [{ a: 1 }, { a: 3 }, { a: 4 }],
      ['not-json 2:2'],
    ],
    ['a torn last line', '{"a":1}\n{"a":2}\n{"a', [], [{ a: 1 }, { a: 2 }], ['cut-off 3:3']],
    ['a torn first line', 'e":1}\n{"a":2}\n', [], [{ a: 2 }], ['not-json 1:1']],
    ['text behind a line', '{"a":1} x\n{"a":2}', [], [{ a: 1 }, { a: 2 }], ['not-json 2:1']],
    ['a comma behind a document', '{"a":1},\n{"a":2}', [], [{ a: 1 }, { a: 2 }], ['extra-text 1:1']],
    ['two documents on the line of a broken one', '{"a":tru}{"a":2}', [], [{ a: 2 }], ['not-json 1:1']],
    ['a broken pretty document', '{\n "a": x\n}\n{\n "a": 2\n}\n', [], [{ a: 2 }], ['not-json 1:1']],
    ['a pretty document with an open string', '{\n "a": "x\n}\n{\n "a": 2\n}\n', [], [{ a: 2 }], ['not-json 1:1']],
    ['a document whose list is cut off', '{"a":[\n{"b":1},\n{"b":2}\n', [], [], ['cut-off 1:1 rest']],
    ['a broken element', '[{"a":1},{"a":tru},{"a":3}]', [], [{ a: 1 }, { a: 3 }], ['not-json 2:1']],
    ['an element with a comma too many', '{"r":[{"a":1,},{"a":2}],"n":3}', ['r'], [{ a: 2 }], ['not-json 1:1']],
    ['an element with an open string', '[{"a":1},{"a":"x},{"a":"y"},{"a":"z"}]', [], [{ a: 1 }], ['cut-off 2:1 rest']],
    ['a raw newline in a string', '[{"a":1},\n{"a":"x\n"},{"a":3}]', [], [{ a: 1 }], ['not-json 2:2 rest']],
    ['elements without a comma', '[{"a":1} {"a":2}]', [], [{ a: 1 }], ['extra-text 1:1 rest']],
    ['a comma before the end', '[1,]', [], [1], ['not-json 1:1 rest']],
    ['an array cut off', '[{"a":1},\n{"a"', [], [{ a: 1 }], ['cut-off 2:2 rest']],
    ['an array cut off between elements', '[{"a":1},\n', [], [{ a: 1 }], ['cut-off 1:2 rest']],
    ['an object without colon', '{"r" [1]}', ['r'], [], ['not-json 0:1 rest']],
    ['no key', '{r:[1]}', ['r'], [], ['not-json 0:1 rest']],
    ['a broken value before the list', '{"x":{"y":no},"r":[1]}', ['r'], [1], ['not-json 0:1']],
    ['an open string before the list', '{"x":{"y":"no},"r":[1]}', ['r'], [], ['cut-off 0:1 rest']],
    ['the wrong bracket', '[{"a":[1}},{"a":2}]', [], [{ a: 2 }], ['not-json 1:1']],
  ]
  test.each(cases)('%s', (_name, text, path, records, faults) => {
    const result = readEveryWay(text, path)
    expect(result.records).toEqual(records)
    expect(result.faults).toEqual(faults)
  })

  test('a cut off document still shows what it says of itself', () => {
    const result = readEveryWay('{"totalCount":9,"results":[{"id":1},{"id"', ['results'])
    expect(result.envelopes).toEqual([{ totalCount: 9, results: [] }])
    expect(result.faults).toEqual(['cut-off 2:1 rest'])
  })

  test('bytes that are not UTF-8 are a fault, never replaced', () => {
    const bytes = Buffer.concat([Buffer.from('[{"a":"'), Buffer.from([0xfc]), Buffer.from('"},{"a":"b"}]')])
    expect(readEveryWay(bytes)).toMatchObject({ records: [{ a: 'b' }], faults: ['not-json 1:1'] })
  })

  test('nesting up to the limit is read, deeper is told', () => {
    const nest = (depth: number): string => `${'['.repeat(depth)}1${']'.repeat(depth)}`
    expect(readEveryWay(`{"r":[${nest(jsonDepthLimit)},2]}`, ['r']).records).toHaveLength(2)
    const deep = readEveryWay(`{"r":[${nest(jsonDepthLimit + 1)},2]}`, ['r'])
    expect(deep).toMatchObject({ records: [2], faults: ['too-deep 1:1'] })
    expect(readEveryWay(`{"a":${nest(jsonDepthLimit)}}\n{"b":1}`)).toMatchObject({
      records: [{ b: 1 }],
      faults: ['too-deep 1:1'],
    })
    expect(readJson('['.repeat(100_000)).faults).toEqual(['too-deep 1:1 rest'])
    expect(readJson('{"a":'.repeat(100_000), ['a', 'a', 'a']).faults).toEqual(['too-deep 1:1 rest'])
  })

  test('a value over the limit is passed over, in any chunks', () => {
    const text = `{"r":[1,"${'x'.repeat(500)}",{"y":[${'1,'.repeat(400)}1]},3],"n":4}`
    for (const size of [1, 7, 600, 4096]) {
      expect(readJson(text, ['r'], size, 400)).toMatchObject({
        records: [1, 3],
        faults: ['element-too-long 2:1', 'element-too-long 3:1'],
      })
    }
    expect(readJson(`{"n":"${'x'.repeat(500)}","r":[1]}`, ['r'], 9, 400)).toMatchObject({
      records: [1],
      faults: ['element-too-long 0:1'],
      envelopes: [{ r: [] }],
    })
    expect(readJson('{"n":1}\n'.repeat(50), ['r'], 9, 4096)).toMatchObject({ faults: ['element-too-long 0:16'] })
  })

  test('many broken lines cost one pass each', () => {
    const text = '{"a":[1,\n{"b":2}\n'.repeat(20_000)
    const started = performance.now()
    const result = readJson(`{"a":1}\n${text}`)
    expect(result.records).toHaveLength(20_001)
    expect(result.faults).toHaveLength(20_000)
    expect(performance.now() - started).toBeLessThan(5000)
  })

  test('keys of prototypes are data', () => {
    const result = readEveryWay('{"__proto__":{"x":1},"r":[{"__proto__":{"y":2}}]}', ['r'])
    expect(Object.keys(result.envelopes[0] as object)).toEqual(['__proto__', 'r'])
    expect(Object.keys(result.records[0] as object)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>).y).toBeUndefined()
  })
})
