import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TextBlocks } from '../../src/platform/text-blocks.js'

it('gives back what was added, as texts and as bytes, whatever the sizes (law)', () => {
  const long = fc.tuple(fc.constantFrom('a', 'ü', '漢', '🚀', '\ufeff'), fc.nat({ max: 100_000 }))
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    long.map(([sign, times]) => sign.repeat(times)),
  )
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), (texts) => {
      const blocks = new TextBlocks()
      for (const part of texts) blocks.add(part)
      expect([...blocks.texts()].join('') === texts.join('')).toBe(true)
      expect(blocks.bytes().equals(Buffer.from(texts.join('')))).toBe(true)
    }),
    { numRuns: 50 },
  )
})

it('keeps blocks, not one text for each that was added', () => {
  const blocks = new TextBlocks()
  for (let index = 0; index < 100_000; index++) blocks.add('0123456789')
  expect([...blocks.texts()].length).toBeLessThan(20)
})
