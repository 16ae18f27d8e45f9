import { decimalNumber } from '../otlp/value-text.js'

/** A value of an attribute as text. A long one is kept in part, so that a session with whole answers in it fits in memory. */
export interface StoryValue {
  readonly text: string
  /** Characters of the whole value. */
  readonly length: number
}

/** More than is ever shown of one value. */
const mostKept = 4096

/** Keeps a value, at most its first 4096 characters. */
export function storyValue(text: string): StoryValue {
  if (text.length <= mostKept) return { text, length: text.length }
  // A part of a text keeps the whole in memory; a copy does not.
  return { text: Buffer.from(cutTo(text, mostKept), 'utf16le').toString('utf16le'), length: text.length }
}

/** The first characters of a text; never half of a pair that is one sign. */
export function cutTo(text: string, most: number): string {
  if (text.length <= most) return text
  return text.slice(0, /[\ud800-\udbff]/.test(text[most - 1] ?? '') ? most - 1 : most)
}

/** What the text says as a number, since some clients write numbers as texts; NaN where it is none. */
export function numberOf(text: string | undefined): number {
  return text === undefined ? Number.NaN : (decimalNumber(text) ?? Number.NaN)
}
