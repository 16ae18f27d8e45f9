import fc from 'fast-check'
import { load, YAML11_SCHEMA } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { JsonValue } from '../../../src/bundle/formats/json-text.js'
import { readYaml, writeYaml } from '../../../src/bundle/formats/yaml-text.js'
import { hostileText, hostileValue } from './hostile-values.js'

describe('writeYaml', () => {
  it('writes what readers of YAML 1.1 and 1.2 read back', () => {
    const leaf = fc.oneof(fc.boolean(), fc.constant(null), fc.maxSafeInteger(), fc.constantFrom(1.5, -0.25, 100.125))
    fc.assert(
      fc.property(hostileValue(leaf, hostileText()), (value) => {
        const text = writeYaml({ value } as JsonValue)
        const expected = JSON.stringify({ value })
        expect(JSON.stringify(readYaml(text))).toBe(expected)
        expect(JSON.stringify(load(text, { schema: YAML11_SCHEMA }))).toBe(expected)
        expect(JSON.stringify(parse(text, { version: '1.1' }))).toBe(expected)
      }),
      { numRuns: 100 },
    )
  })

  it('quotes every text and every key that a reader could take otherwise', () => {
    const same = ['x']
    const text = writeYaml({
      receivers: { 'otlp/2': { endpoint: '0.0.0.0:4317', tls: null } },
      'service.name': '$' + '{env:NAME}',
      no: 'no',
      '12:30:45': 'a\nb\u{7f}\u{85}\u{2028}\u{1f600}',
      '<<': '<<',
      '1.10': '1.10',
      'a b': [1, 1.5, true, [], {}, ['deep'], { k: '' }],
      shared: [same, same],
      gone: undefined,
    })
    expect(text).toMatchInlineSnapshot(`
      "receivers:
        otlp/2:
          endpoint: "0.0.0.0:4317"
          tls: null
      service.name: "\${env:NAME}"
      "no": "no"
      "12:30:45": "a\\nb\\u007f\\u0085\\u2028😀"
      "<<": "<<"
      "1.10": "1.10"
      "a b":
        - 1
        - 1.5
        - true
        - []
        - {}
        - - "deep"
        - k: ""
      shared:
        - - "x"
        - - "x"
      "
    `)
  })

  it('keeps long texts in one line and long keys readable', () => {
    const value = { [`k ${'y'.repeat(2000)}`]: 'word '.repeat(500) }
    expect(readYaml(writeYaml(value))).toEqual(value)
    expect(writeYaml({ a: 'word '.repeat(500) }).trimEnd()).not.toContain('\n')
  })

  it('keeps __proto__ as a key', () => {
    const value = JSON.parse('{"a": {"__proto__": {"polluted": true}}}') as JsonValue
    const back = readYaml(writeYaml(value))
    expect(JSON.stringify(back)).toBe('{"a":{"__proto__":{"polluted":true}}}')
    expect((back as { a: Record<string, unknown> }).a.polluted).toBeUndefined()
  })

  it.each([
    [{ a: '\ud800' }],
    [{ a: 1e21 }],
    [{ a: 1e-7 }],
    [{ a: Number.NaN }],
    [{ a: 2 ** 53 }],
    [{ a: new Date(0) as unknown as JsonValue }],
  ])('refuses %o', (value) => {
    expect(() => writeYaml(value)).toThrowError(
      expect.objectContaining({ code: 'not-in-yaml', message: expect.stringContaining('at a ') }),
    )
  })
})

describe('readYaml', () => {
  it.each(['', 'a: [', 'a: 1\na: 2', 'a: &x 1\nb: *x', 'a\n---\nb', 'a: 1\n  b: 2', '*x', '['.repeat(500), '\u0007'])(
    'refuses %j',
    (text) => {
      expect(() => readYaml(text)).toThrowError(expect.objectContaining({ code: 'not-yaml', exit: 4 }))
    },
  )

  it('names the line and quotes nothing of the file', () => {
    expect(() => readYaml('a: 1\ntoken: [sk-secret\n')).toThrowError(
      /^This is not one valid YAML document without aliases \(line 3\)\.$/,
    )
  })

  it('reads by the rules of YAML 1.2', () => {
    expect(readYaml('a: no\nb: 0x10\nc: 12:30:45\nd: ~')).toEqual({ a: 'no', b: 16, c: '12:30:45', d: null })
  })

  it('fails in no other way, whatever the text is', () => {
    fc.assert(
      fc.property(fc.array(hostileText(), { maxLength: 8 }), (parts) => {
        try {
          readYaml(parts.join('\n'))
        } catch (error) {
          expect(error).toMatchObject({ code: 'not-yaml' })
        }
      }),
    )
  })
})
