/** 2^64 - 1 nanoseconds: what the field can hold. */
const mostMilliseconds = 18_446_744_073_709

/**
 * Whole milliseconds of a time in nanoseconds; undefined where there is none, which OTLP writes as 0. Digits are cut
 * off, never divided: a double cannot hold today's nanoseconds. A number in JSON counts as long as a double holds it;
 * `exactNumbers` makes texts of the longer ones. The first millisecond of 1970 counts as no time.
 */
export function nanosecondTime(value: unknown): number | undefined {
  const digits = typeof value === 'string' ? value : Number.isSafeInteger(value) ? String(value) : ''
  if (!/^\d{7,20}$/.test(digits)) return undefined
  const time = Number(digits.slice(0, -6))
  return time > 0 && time <= mostMilliseconds ? time : undefined
}

const isoForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/

/** Whole milliseconds of a time as ISO 8601 with its zone; undefined for everything else. */
export function isoInstant(text: string): number | undefined {
  if (!isoForm.test(text)) return undefined
  const time = Date.parse(text)
  return time > 0 ? time : undefined
}

const longNumber = /("(?:timeUnixNano|observedTimeUnixNano|startTimeUnixNano|intValue)"\s*:\s*)(-?\d{16,20})(?=[\s,}])/g

/**
 * Puts integers that a double cannot hold into quotes, as OTLP's JSON should have them; whoever wrote them as numbers
 * meant the digits. The quote before the name cannot be one inside a text, as that would follow a backslash.
 */
export function exactNumbers(json: string): string {
  return json.replace(longNumber, '$1"$2"')
}
