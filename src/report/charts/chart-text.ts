import stringWidth from 'string-width'
import { safeText } from '../../platform/safe-text.js'
import { cutText } from '../plan-words.js'
import { fontSize } from './draw-chart.js'

/** What XML cannot hold and `safeText` lets pass. */
const notInXml = /[\u{fffe}\u{ffff}]/gu

/** A text from data as a cell of the table: safe to show, never cut, and not empty. */
export function cellText(text: string): string {
  const safe = safeText(text).replace(notInXml, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)
  return safe.trim() === '' ? '(empty)' : safe
}

/** The same as a label of so many columns at most. */
export function labelText(text: string, columns: number): string {
  return cutText(cellText(text), columns)
}

/** About how wide a text gets, on the safe side for the usual sans-serif fonts. */
export function widthOf(text: string, size: number = fontSize): number {
  return stringWidth(text) * size * 0.62
}
