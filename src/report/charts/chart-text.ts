import stringWidth from 'string-width'
import { xmlText } from '../../platform/xml-element.js'
import { cutText } from '../plan-words.js'
import { fontSize } from './draw-chart.js'

/** A text from data as a cell of the table: safe to show, never cut, and not empty. */
export function cellText(text: string): string {
  const safe = xmlText(text)
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
