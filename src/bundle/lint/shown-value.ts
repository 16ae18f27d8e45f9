import { safeText } from '../../platform/safe-text.js'

const longest = 80

/** A name or value from data, in quotes, safe to show and cut to 80 characters. Never for what may be a secret. */
export function shown(text: string): string {
  const characters = [...text.slice(0, longest + 1)]
  const cut = characters.length > longest ? `${characters.slice(0, longest).join('')}…` : text
  return `"${safeText(cut)}"`
}

/** What a value is, without showing it. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing (null)'
  if (Array.isArray(value)) return 'a list'
  switch (typeof value) {
    case 'string':
      return /^(?:true|false)$/i.test(value) ? `the text "${value}"` : 'a text'
    case 'number':
      return 'a number'
    case 'boolean':
      return `the boolean ${value}`
    default:
      return 'an object'
  }
}

/** Names in one sentence: `a`, `a and b`, `a, b and c`; of more than ten, the first ten. */
export function listed(texts: readonly string[]): string {
  const more = texts.length - 10
  const all = more > 0 ? [...texts.slice(0, 10), `${more} more`] : texts
  return all.length < 2 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
}

/** A question with the nearest known names; empty where there is none. */
export function didYouMean(names: readonly string[]): string {
  return names.length === 0 ? '' : ` Did you mean ${names.map(shown).join(' or ')}?`
}
