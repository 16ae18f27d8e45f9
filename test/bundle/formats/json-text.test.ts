import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type JsonValue, readJsonText, writeJsonText } from '../../../src/bundle/formats/json-text.js'
import { keyPathText } from '../../../src/bundle/formats/read-format.js'
import { hostileBytes, hostileText, hostileValue } from './hostile-values.js'

const read = (text: string) => readJsonText(Buffer.from(text))
const codes = (text: string) => read(text).problems.map(({ code, line }) => `${code}:${line}`)
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

describe('writeJsonText', () => {
  it('writes what the reader reads back', () => {
    const leaf = fc.oneof(
      fc.boolean(),
      fc.constant(null),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
    )
    fc.assert(
      fc.property(hostileValue(leaf, hostileText()), (value) => {
        const text = writeJsonText({ value } as JsonValue)
        const { value: back, problems } = read(text)
        expect(problems).toEqual([])
        expect(JSON.stringify(back)).toBe(JSON.stringify({ value }))
        expect(text.endsWith('}\n')).toBe(true)
      }),
    )
  })

  it('keeps the order of keys and leaves out what is undefined', () => {
    expect(writeJsonText({ b: 1, a: { c: [] }, x: undefined })).toBe('{\n  "b": 1,\n  "a": {\n    "c": []\n  }\n}\n')
  })

  it.each([
    [{ a: ['\ud800'] }, 'a[0]'],
    [{ 'x\udc00': 1 }, String.raw`["x\udc00"]`],
    [{ n: Number.POSITIVE_INFINITY }, 'n'],
    [{ d: new Date(0) as unknown as JsonValue }, 'd'],
    [{ l: [undefined as unknown as JsonValue] }, 'l[0]'],
  ])('refuses %o and names the place', (value, path) => {
    expect(() => writeJsonText(value)).toThrowError(
      expect.objectContaining({ code: 'not-in-json', message: expect.stringContaining(`at ${path} `) }),
    )
  })

  it('refuses more levels than the reader reads', () => {
    expect(read(writeJsonText(JSON.parse(nested(64)))).value).toEqual(JSON.parse(nested(64)))
    expect(() => writeJsonText(JSON.parse(nested(65)))).toThrowError(expect.objectContaining({ code: 'not-in-json' }))
  })
})

describe('readJsonText', () => {
  const commented = `{
  // the company's collector
  "env": {
    "OTEL_EXPORTER_OTLP_ENDPOINT": "https://collector.example.com:4318", /* two
    lines */
    "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
  },
  "permissions": { "deny": [
    "Read(./.env)",
    "Bash(curl:*)",
  ] }
}
`

  it('reads on behind comments and trailing commas, but says that it is not JSON', () => {
    const { value, lenient, problems, lineOf } = read(commented)
    expect(value).toBeUndefined()
    expect(lenient).toEqual({
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example.com:4318', CLAUDE_CODE_ENABLE_TELEMETRY: '1' },
      permissions: { deny: ['Read(./.env)', 'Bash(curl:*)'] },
    })
    expect(problems.map(({ code, line }) => `${code}:${line}`)).toEqual([
      'comment:2',
      'comment:4',
      'trailing-comma:6',
      'trailing-comma:10',
    ])
    expect(lineOf(['env'])).toBe(3)
    expect(lineOf(['env', 'CLAUDE_CODE_ENABLE_TELEMETRY'])).toBe(6)
    expect(lineOf(['permissions', 'deny', 1])).toBe(10)
    expect(lineOf(['permissions', 'deny', 2])).toBeUndefined()
    expect(lineOf(['permissions', 'length'])).toBeUndefined()
    expect(lineOf([])).toBe(1)
  })

  it('counts CR LF and CR as one line end each', () => {
    expect(read('{\r\n"a":1,\r"b":\n2}').lineOf(['b'])).toBe(3)
  })

  it.each([
    ['', 'not-json:1'],
    [' \n ', 'not-json:1'],
    ['{"a": 1', 'not-json:1'],
    ['{\n"a" 1}', 'not-json:2'],
    ['{\n"a": 1\n"b": 2}', 'not-json:3'],
    ["{'a': 1}", 'not-json:1'],
    ['{"a": "x\ny"}', 'not-json:1'],
    ['{"a": "C:\\Users"}', 'not-json:1'],
    ['{"a": 01}', 'not-json:1'],
    ['{"a": 1} {}', 'not-json:1'],
    ['{"a": NaN}', 'not-json:1'],
    ['{,}', 'trailing-comma:1 not-json:1'],
    ['{"a":\u00a01}', 'not-json:1'],
    ['{\n\u201ca\u201d: 1}', 'smart-quote:2 not-json:2'],
    ['{"a": "\u201cquoted\u201d"}', ''],
    ['{"a": 1} // end', 'comment:1'],
    ['[1]', 'not-object:1'],
    ['\n"text"', 'not-object:2'],
    ['\ufeff{}', 'byte-order-mark:1'],
    ['{"a": 1e999}', 'number-inexact:1'],
    ['{"a": 9007199254740993}', 'number-inexact:1'],
    [nested(65), 'too-deep:1'],
    [nested(64), 'not-object:1'],
  ])('%j: %s', (text, expected) => {
    expect(codes(text).join(' ')).toBe(expected)
  })

  it('keeps the last of two keys and names the place of it', () => {
    const { value, problems, lineOf } = read('{"a": {"b": 1,\n"c": 2,\n"b": 3}}')
    expect(value).toEqual({ a: { b: 3, c: 2 } })
    expect(problems).toEqual([{ code: 'duplicate-key', message: expect.any(String), line: 3, path: ['a', 'b'] }])
    expect(lineOf(['a', 'b'])).toBe(3)
  })

  it('keeps __proto__ as a key like any other', () => {
    const { value, lenient } = read('{"__proto__": {"polluted": true}, "constructor": 1}')
    for (const object of [value, lenient]) {
      expect(Object.keys(object as object)).toEqual(['__proto__', 'constructor'])
      expect((object as Record<string, unknown>).polluted).toBeUndefined()
    }
  })

  it('reads UTF-16 only leniently', () => {
    const { value, lenient, problems } = readJsonText(Buffer.from('\ufeff{"a": "ü"}', 'utf16le'))
    expect(value).toBeUndefined()
    expect(lenient).toEqual({ a: 'ü' })
    expect(problems.map(({ code }) => code)).toEqual(['utf-16'])
  })

  it('gives no value for bytes that are not UTF-8', () => {
    const { value, problems } = readJsonText(Buffer.from('{"a": "\xfc"}', 'latin1'))
    expect(value).toBeUndefined()
    expect(problems.map(({ code }) => code)).toEqual(['not-utf-8'])
  })

  it('takes a text for JSON that looks like another kind of file at a certain byte', () => {
    const text = JSON.stringify({ a: `${'x'.repeat(251)}ustar` })
    expect(text.indexOf('ustar')).toBe(257)
    expect(read(text).problems).toEqual([])
  })

  it('reads files up to the limit only', () => {
    const { value, problems } = readJsonText(Buffer.alloc(4 * 1024 * 1024 + 1, ' '))
    expect(value).toBeUndefined()
    expect(problems.map(({ code }) => code)).toEqual(['too-large'])
  })

  it('says at most 200 problems and that there are more', () => {
    const { problems } = read(`{${'/**/'.repeat(1000)}}`)
    expect(problems).toHaveLength(201)
    expect(problems.at(-1)?.code).toBe('more-problems')
  })

  it.each(['[', '{"a":', ',', '"', '/*', '1,', '\u201c', '[1],'])('reads a megabyte of %s in time', (piece) => {
    const bytes = Buffer.from(piece.repeat(Math.floor(1_000_000 / Buffer.byteLength(piece))))
    expect(readJsonText(bytes).value).toBeUndefined()
  })

  it('has a value for exactly what JSON.parse takes, and never throws', () => {
    const good = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b"',
      ' ',
      '\n',
      '1',
      '-',
      '.5',
      'e1',
      'true',
      'null',
      '//',
      '/*',
      '*/',
      '\\',
      '"',
      '\ufeff',
    ]
    fc.assert(
      fc.property(hostileBytes(good), (bytes) => {
        const { value, lenient, problems } = readJsonText(bytes)
        let expected: unknown
        try {
          expected = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
        } catch {
          expect(problems.length).toBeGreaterThan(0)
        }
        expect(value).toEqual(expected)
        if (expected !== undefined) expect(lenient).toEqual(expected)
      }),
      { numRuns: 2000 },
    )
  })

  it('never quotes the file', () => {
    for (const text of ['{"token": sk-secret}', '{"token": "sk-secret', '{"sk-secret": 1, "sk-secret": 2}'])
      for (const { message } of read(text).problems) expect(message).not.toContain('secret')
  })
})

describe('keyPathText', () => {
  it('writes paths as people do', () => {
    expect(keyPathText(['hooks', 'PreToolUse', 0, 'matcher'])).toBe('hooks.PreToolUse[0].matcher')
    expect(keyPathText(['env', 'a b'])).toBe('env["a b"]')
    expect(keyPathText(['enabledPlugins', 'x@y'])).toBe('enabledPlugins["x@y"]')
    expect(keyPathText([0, 'a'])).toBe('[0].a')
    expect(keyPathText(['', '"'])).toBe('[""]["\\""]')
    expect(keyPathText([])).toBe('')
  })
})
