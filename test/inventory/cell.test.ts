import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CellReader, cleanText, isMissingText, trimText } from '../../src/inventory/cell.js'

/** Reads a cell out of the middle of a row, as tables do. */
function readCell(text: string): string | undefined {
  const before = Buffer.from('before,')
  const bytes = Buffer.concat([before, Buffer.from(text), Buffer.from(',after')])
  const cell = new CellReader()
  if (!cell.read(bytes, before.length, bytes.length - ',after'.length)) return undefined
  cell.compose()
  return cell.text()
}

const missing = [
  '',
  ' ',
  '\t\r\n',
  '\u00a0',
  '\u200b',
  '\ufeff',
  '-',
  '--',
  'n/a',
  'N/A',
  'na',
  'none',
  'None',
  'NULL',
  '(null)',
  'nil',
  'undefined',
  'Unknown',
  'No value',
  'Not present',
  'Not Collected',
  'not available',
  'Not applicable',
  'Not Supported',
  'Not specified',
  'Unsupported OS Version',
  '[no results]',
  '[current result unavailable]',
  '[results currently unavailable]',
  'REDACTED',
  ' redacted ',
  '00000000-0000-0000-0000-000000000000',
]

describe('a cell', () => {
  it.each(missing)('%j says nothing', (text) => {
    expect(cleanText(text)).toBeUndefined()
    expect(readCell(text)).toBeUndefined()
  })

  it.each([
    ['  Finance ', 'Finance'],
    ['\u00a0Ada\u200b', 'Ada'],
    ['\ufeffAda\u2060', 'Ada'],
    ['Ada\u00a0Example', 'Ada\u00a0Example'],
    ["'-1", '-1'],
    ["'=HYPERLINK", '=HYPERLINK'],
    ["'+49", '+49'],
    ["'@ada", '@ada'],
    ["'quoted'", "'quoted'"],
    ["''=x", "''=x"],
    ['Zoe\u0308', 'Zoë'],
    ['Zoë', 'Zoë'],
    ['Zoe\u0308 Example', 'Zoë Example'],
    ['none of us', 'none of us'],
    ['---', '---'],
    ['nilpferd', 'nilpferd'],
    ['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000001'],
    ['0', '0'],
    ['ℕ/A', 'ℕ/A'],
  ])('%j becomes %j', (text, clean) => {
    expect(cleanText(text)).toBe(clean)
    expect(readCell(text)).toBe(clean)
  })

  it('without a text says nothing', () => {
    expect(cleanText(undefined)).toBeUndefined()
    expect(new CellReader().readText(undefined)).toBe(false)
  })

  it('keeps composed letters when only blanks are taken off', () => {
    expect(trimText(' Zoe\u0308 ')).toBe('Zoe\u0308')
  })

  it('is missing only as a whole word', () => {
    expect(isMissingText('none')).toBe(true)
    expect(isMissingText('none.')).toBe(false)
    expect(isMissingText(' none')).toBe(false)
  })

  it('gives the same from bytes and from text, and cleaning twice changes nothing', () => {
    const pieces = fc.constantFrom(...missing, 'a', 'É', '\u0301', "'", '=', '😀', '\u0000', '\ud800', ' x ')
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: pieces, maxLength: 5 })), (text) => {
        const asBytes = Buffer.from(text).toString('utf8')
        const clean = cleanText(asBytes)
        const read = readCell(asBytes)
        // Control characters at the edges of a cell are taken off as bytes, in a text they stay: nobody writes them.
        const bare = asBytes.replace(/^[\x00-\x20]+|[\x00-\x20]+$/g, '')
        expect(read).toBe(cleanText(bare))
        if (clean !== undefined && !/^'[=+\-@]/.test(clean)) expect(cleanText(clean)).toBe(clean)
      }),
      { numRuns: 2000 },
    )
  })
})
