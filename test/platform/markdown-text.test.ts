import fc from 'fast-check'
import { expect, test } from 'vitest'
import { markdownText } from '../../src/platform/markdown-text.js'
import { safeText } from '../../src/platform/safe-text.js'

test.each([
  ['a|b', 'a\\|b'],
  ['<img src=x>', '\\<img src=x\\>'],
  ['[x](javascript:1)', '\\[x\\](javascript:1)'],
  ['https://evil.example', 'https\\://evil.example'],
  ['www.evil.example', 'www\\.evil.example'],
  ['WWW.evil.example', 'WWW\\.evil.example'],
  ['user@example.com', 'user\\@example.com'],
  ['one\ntwo', 'one\\\\u{a}two'],
  ['- item', '\\- item'],
  ['1. item', '1\\. item'],
  ['1.110.0', '1\\.110.0'],
  ['    code', '&#32;   code'],
  ['a &lt; b', 'a \\&lt; b'],
  ['Müller 名前', 'Müller 名前'],
])('%j becomes %j', (data, shown) => {
  expect(markdownText(data)).toBe(shown)
})

test('one line, every sign escaped, and the text comes back when read as Markdown does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii' }), (data) => {
      const shown = markdownText(data)
      expect(shown).not.toMatch(/[\r\n]/)
      const read = shown.replace(/^&#32;/, ' ').replace(/\\([!-/:-@[-`{-~])/g, '$1')
      expect(read).toBe(safeText(data))
      expect(shown.replace(/^&#32;/, ' ').replace(/\\[!-/:-@[-`{-~]/g, '')).not.toMatch(/[\\|<>[\]!`*_#@&]/)
    }),
    { numRuns: 500 },
  )
})
