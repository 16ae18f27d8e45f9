import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { safeText } from '../../../src/platform/safe-text.js'
import { escapeHtml, html } from '../../../src/report/html/html.js'
import { hostileTexts } from '../../builders/hostile-texts.js'

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'<>&"\'`=/! -[]{}$#;\t\n\0\u2028\u202e', '\ud800', 'a') }),
  fc.constantFrom(...hostileTexts),
)

/** What a browser makes of the character references that `escapeHtml` writes. */
function readBack(markup: string): string {
  const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`' }
  return markup.replace(/&([^;]+);/g, (_, name: string) => characters[name]!)
}

describe('escapeHtml', () => {
  it('leaves nothing that HTML gives a meaning to, and nothing that hides', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const escaped = escapeHtml(text)
        expect(escaped).not.toMatch(/[<>"'`\0\t\n\r]|&(?!(?:amp|lt|gt|quot|#39|#96);)/)
        expect(safeText(escaped)).toBe(escaped)
      }),
    )
  })

  it('is read back as the safe text, whatever the text is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(readBack(escapeHtml(text))).toBe(safeText(text))
      }),
    )
  })

  it('keeps two texts apart that were apart when made safe', () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        expect(escapeHtml(a) === escapeHtml(b)).toBe(safeText(a) === safeText(b))
      }),
    )
  })
})

describe('html', () => {
  it('writes texts escaped, and markup as it is', () => {
    const inner = html`<b>${'<i>'}</b>`
    expect(html`<p class="${'" onclick="x'}">${inner}${['a', '&']}${1}${undefined}${false}</p>`.markup).toBe(
      '<p class="&quot; onclick=&quot;x"><b>&lt;i&gt;</b>a&amp;1</p>',
    )
  })

  it('has as many angle brackets and quotes as its fixed part, whatever stands in its places', () => {
    const count = (markup: string) => markup.replace(/[^<>"]/g, '')
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        expect(count(html`<p title="${a}">${[b, [a]]}</p>`.markup)).toBe(count('<p title=""></p>'))
      }),
    )
  })

  it('takes no text for markup, though it has the members of markup', () => {
    const forged = JSON.parse('{"markup":"<script>"}') as never
    expect(() => html`<p>${forged}</p>`.markup).toThrow(TypeError)
  })
})
