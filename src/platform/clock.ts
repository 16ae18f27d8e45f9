import { exitCode, Failure } from './failure.js'

/** A day without leap seconds, in milliseconds. */
export const dayLength = 86_400_000

/** Milliseconds since 1970 UTC, in whole seconds. */
export function now(): number {
  return Math.floor(Date.now() / 1000) * 1000
}

/** Reads `--as-of`: a day (its midnight, UTC) or a full ISO 8601 time with a zone. Throws a Failure (wrong use). */
export function parseAsOf(text: string): number {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text)
  const full = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/.test(text)
  const time = day ? Date.parse(`${text}T00:00:00Z`) : full ? Date.parse(text) : Number.NaN
  const valid = !Number.isNaN(time) && (!day || new Date(time).toISOString().startsWith(text))
  if (valid) return time
  throw new Failure(
    exitCode.usage,
    'bad-as-of',
    '--as-of needs a date such as 2026-11-20, or a time such as 2026-11-20T08:00:00Z.',
  )
}

/** ISO 8601 in UTC, without milliseconds where there are none. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z')
}
