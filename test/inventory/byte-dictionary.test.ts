import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteDictionary } from '../../src/inventory/byte-dictionary.js'
import { TextArena } from '../../src/inventory/text-arena.js'

const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('', 'a', 'A', 'ab', 'abc', 'abcd', 'abcde', '\0'),
)

describe('a dictionary of bytes', () => {
  it('behaves like a map from tag and text to the order of arrival', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(texts, fc.integer({ min: 0, max: 15 })), { maxLength: 80 }), (entries) => {
        const dictionary = new ByteDictionary()
        const map = new Map<string, number>()
        for (const [text, tag] of entries) {
          const key = `${tag} ${text}`
          if (!map.has(key)) map.set(key, map.size)
          expect(dictionary.internText(text, tag)).toBe(map.get(key))
        }
        expect(dictionary.size).toBe(map.size)
        for (const [key, id] of map) expect(`${dictionary.tag(id)} ${dictionary.text(id)}`).toBe(key)
      }),
    )
  })

  it('grows in entries, slots and bytes and forgets nothing', () => {
    const dictionary = new ByteDictionary()
    const text = (index: number) => `text ${index} ${'x'.repeat(index % 90)}`
    for (let index = 0; index < 20_000; index++) expect(dictionary.internText(text(index), index % 3)).toBe(index)
    for (let index = 0; index < 20_000; index++) expect(dictionary.internText(text(index), index % 3)).toBe(index)
    expect(dictionary.size).toBe(20_000)
    for (const index of [0, 2047, 2048, 3071, 3072, 19_999]) {
      expect(dictionary.text(index)).toBe(text(index))
      expect(dictionary.tag(index)).toBe(index % 3)
    }
  })

  it('takes a text that is longer than all its room', () => {
    const dictionary = new ByteDictionary()
    dictionary.internText('before', 0)
    const long = 'é'.repeat(200_000)
    const id = dictionary.internText(long, 0)
    expect(dictionary.text(id)).toBe(long)
    expect(dictionary.text(0)).toBe('before')
    expect(dictionary.internText(long, 0)).toBe(id)
  })

  it('reads bytes out of the middle of a buffer', () => {
    const dictionary = new ByteDictionary()
    const bytes = Buffer.from('abcdefghijkl')
    const id = dictionary.intern(bytes, 2, 9, 0)
    expect(dictionary.text(id)).toBe('cdefghi')
    expect(dictionary.internText('cdefghi', 0)).toBe(id)
    expect(dictionary.internText('cdefghij', 0)).not.toBe(id)
    bytes.fill(0)
    expect(dictionary.text(id)).toBe('cdefghi')
  })

  it('gives nothing for the numbers that stand for none', () => {
    const dictionary = new ByteDictionary()
    dictionary.internText('first', 0)
    expect([dictionary.textOrEmpty(-2), dictionary.textOrEmpty(-1), dictionary.textOrEmpty(0)]).toEqual([
      '',
      '',
      'first',
    ])
  })
})

describe('an arena of texts', () => {
  it('behaves like an array', () => {
    fc.assert(
      fc.property(fc.array(texts, { maxLength: 80 }), (list) => {
        const arena = new TextArena()
        const ids = list.map((text) => arena.addText(text))
        expect(ids).toEqual([...list.keys()])
        expect(ids.map((id) => arena.text(id))).toEqual(list)
      }),
    )
  })

  it('grows in texts and bytes and forgets nothing', () => {
    const arena = new TextArena()
    const text = (index: number) => `${index} ${'é'.repeat(index % 40)}`
    for (let index = 0; index < 10_000; index++) expect(arena.addText(text(index))).toBe(index)
    const long = 'x'.repeat(3_000_000)
    const id = arena.addText(long)
    for (let index = 0; index < 10_000; index++) expect(arena.text(index)).toBe(text(index))
    expect(arena.text(id)).toBe(long)
  })

  it('takes bytes out of the middle of a buffer', () => {
    const arena = new TextArena()
    expect(arena.text(arena.add(Buffer.from('abcdef'), 1, 4))).toBe('bcd')
  })
})
