import * as z from 'zod'

/**
 * A name that people read on one line: of the organisation, a group, an owner. Control characters and line breaks would
 * break out of that line, and the marks that turn the reading direction (Unicode UAX #9, https://unicode.org/reports/tr9/,
 * 2025-08) make it show something else than it says.
 */
export const Name = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u, {
    error: 'holds a control character, a line break or a mark that turns the reading direction',
  })
