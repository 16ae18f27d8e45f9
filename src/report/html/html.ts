import { safeText } from '../../platform/safe-text.js'

/** Markup that is safe to write into the page: made by `html` alone, or by a part that vouches for it. */
export class Html {
  /** Only `html` and the few who write markup themselves make one; data comes in through `html`. */
  constructor(readonly markup: string) {}

  toString(): string {
    return this.markup
  }
}

/** What may stand in a place of `html`: text of any origin, numbers, markup made before, or nothing at all. */
export type HtmlPart = string | number | Html | undefined | false | readonly HtmlPart[]

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

/**
 * A text of any origin as the text of an element, or as the value of an attribute in double quotes. What acts on a terminal
 * or hides is made visible first (`safeText`), so no line end and no TAB is left either. Everything that HTML gives a meaning
 * to becomes a character reference: nothing that follows can be taken for markup.
 * https://html.spec.whatwg.org/multipage/parsing.html (read 2026-11-21)
 */
export function escapeHtml(text: string): string {
  return safeText(text).replace(/[&<>"'`]/g, (character) => references[character]!)
}

/**
 * Markup with data in its places: every text is escaped, `Html` is taken as it is, lists are joined, undefined and false
 * are nothing. A place is inside an element's text or inside an attribute's double quotes, and nowhere else: not a name of
 * an element or attribute, not an address, not in script or style.
 */
export function html(fixed: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  let markup = fixed[0]!
  for (const [at, part] of parts.entries()) markup += written(part) + fixed[at + 1]!
  return new Html(markup)
}

function written(part: HtmlPart): string {
  if (part instanceof Html) return part.markup
  if (part === undefined || part === false) return ''
  if (typeof part === 'string') return escapeHtml(part)
  if (typeof part === 'number') return String(part)
  return part.map(written).join('')
}
