import fc from 'fast-check'
import { expect, test } from 'vitest'
import { safeJson, safeText } from '../../src/platform/safe-text.js'

const text = fc.string({ unit: 'binary', maxLength: 40 })
const anyUnit = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units))
const hostile = fc
  .array(
    fc.constantFrom(
      '\x1b',
      '\r',
      '\n',
      '\t',
      '\0',
      '\x7f',
      '\x9b',
      '\u202e',
      '\u2066',
      '\u200b',
      '\u{e0041}',
      '\ud800',
      '\udc00',
      'a',
      '\\',
      'é',
      '😀',
    ),
  )
  .map((parts) => parts.join(''))

test.each([
  ['plain Müller 名前 😀', 'plain Müller 名前 😀'],
  ['a\x1b[31mred', 'a\\u{1b}[31mred'],
  ['one\r\ntwo\tthree', 'one\\u{d}\\u{a}two\\u{9}three'],
  ['\u202Egpj.exe', '\\u{202e}gpj.exe'],
  ['a\ud800b', 'a\\u{d800}b'],
  ['x\u{e0041}\u{e007f}', 'x\\u{e0041}\\u{e007f}'],
  ['\ufeff\u00ad\u180e\u2060\u115f\u3164\u034f', '\\u{feff}\\u{ad}\\u{180e}\\u{2060}\\u{115f}\\u{3164}\\u{34f}'],
  ['☎\ufe0f', '☎\ufe0f'],
])('%j is shown as %j', (data, shown) => {
  expect(safeText(data)).toBe(shown)
})

test('applying it twice changes nothing, and nothing unsafe is left', () => {
  fc.assert(
    fc.property(fc.oneof(text, anyUnit, hostile), (data) => {
      const shown = safeText(data)
      expect(safeText(shown)).toBe(shown)
      expect(shown).not.toMatch(/\p{Surrogate}/u)
      for (const character of shown) {
        // All of general category Cc and Cf, separators of lines, and the tag characters.
        expect(
          /[\p{Cc}\p{Zl}\p{Zp}\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2060}-\u{206f}\u{feff}\u{e0000}-\u{e007f}]/u.test(
            character,
          ),
        ).toBe(false)
      }
    }),
    { numRuns: 500 },
  )
})

test('safe JSON holds the same value, and nothing that acts or hides', () => {
  fc.assert(
    fc.property(fc.oneof(text, hostile, anyUnit), fc.constantFrom(undefined, 2), (value, indent) => {
      const json = safeJson({ [value]: [value] }, indent)
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ [value]: [value] })))
      expect(safeText(json.replaceAll('\n', ''))).toBe(json.replaceAll('\n', ''))
    }),
  )
  expect(safeJson({ name: 'Müller \u009b \u{e0041}' })).toBe('{"name":"Müller \\u009b \\udb40\\udc41"}')
})
