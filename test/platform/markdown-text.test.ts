import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeSpan, markdownText } from '../../src/platform/markdown-text.js'
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

test.each([
  ['https://otel.example.com:4318', '`https://otel.example.com:4318`'],
  ['OTEL_AUTHORIZATION', '`OTEL_AUTHORIZATION`'],
  ['a`b', '``a`b``'],
  ['`a``', '``` `a`` ```'],
  [' a ', '`  a  `'],
  [' a', '` a`'],
  ['  ', '`  `'],
  ['a\nb', '`a\\u{a}b`'],
  ['\u202e', '`\\u{202e}`'],
  ['', '(empty)'],
])('%j becomes the code span %j', (data, shown) => {
  expect(codeSpan(data)).toBe(shown)
})

/** What a reader of CommonMark shows for a text that is one code span; undefined where it is not. */
function readCodeSpan(markdown: string): string | undefined {
  const fence = /^`+/.exec(markdown)?.[0] ?? ''
  const runs = [...markdown.matchAll(/`+/g)].filter(([run]) => run === fence)
  const end = runs[1]?.index
  if (fence === '' || end === undefined || end + fence.length !== markdown.length) return undefined
  const content = markdown.slice(fence.length, end)
  return /^ .*[^ ].* $/.test(content) || /^ [^ ] $/.test(content) ? content.slice(1, -1) : content
}

test('a code span shows the text and nothing else', () => {
  const unit = fc.constantFrom('`', '``', ' ', 'a', '\\', '|', '<b>', '\n', '\u202e', '*')
  fc.assert(
    fc.property(fc.string({ unit, minLength: 1 }), (data) => {
      expect(readCodeSpan(codeSpan(data))).toBe(safeText(data))
    }),
    { numRuns: 1000 },
  )
})
