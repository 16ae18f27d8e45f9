import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readXml, writeXml, type XmlElement } from '../../src/platform/xml-element.js'

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/)
// What XML keeps as it is: no other control characters, no half characters; a reader turns CR into LF.
const text = fc.string({ unit: 'grapheme' }).map((given) => given.replace(/[^\t\n -\ud7ff\ue000-\ufffd]/gu, '?'))
const element = fc.letrec<{ element: XmlElement }>((tie) => ({
  element: fc.record({
    name,
    content: fc.oneof(
      { weight: 3, withCrossShrink: true, arbitrary: text as fc.Arbitrary<XmlElement['content']> },
      { weight: 1, arbitrary: fc.array(tie('element'), { minLength: 1, maxLength: 3 }) },
    ),
  }),
})).element

describe('XML elements', () => {
  it('reads back as it was written (law)', () => {
    fc.assert(
      fc.property(element, (given) => {
        expect(readXml(writeXml(given, 'UTF-8'))).toEqual(given)
      }),
    )
  })

  it('keeps a script with every sign that XML knows', () => {
    const content = '#!/bin/sh\necho "<result>a & b</result>" >&2 # \'x\' ]]> &lt;\n'
    const written = writeXml({ name: 'a', attributes: { b: '"<&>"' }, content }, 'UTF-8')
    expect(readXml(written)).toEqual({ name: 'a', attributes: { b: '"<&>"' }, content })
    expect(written.match(/<[^>]*>/g)).toHaveLength(3)
  })

  it('refuses what XML cannot hold', () => {
    for (const content of ['\u0000', '\u001b', '\r', '\ufffe', '\ud800'])
      expect(() => writeXml({ name: 'a', content }, 'UTF-8')).toThrowError(
        expect.objectContaining({ code: 'not-in-xml' }),
      )
  })

  it('does not read what is no XML', () => {
    for (const broken of ['', '<a>', '<a></b>', '<a>&x;</a>', 'a']) expect(() => readXml(broken)).toThrow()
  })
})
