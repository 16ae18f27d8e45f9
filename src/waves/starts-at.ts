import { Temporal } from 'temporal-polyfill'
import { byText } from '../platform/by-text.js'
import { exitCode, Failure } from '../platform/failure.js'
import { safeText } from '../platform/safe-text.js'
import type { Wave } from './plan-document.js'
import type { WaveSettings } from './settings.js'

/**
 * When a wave starts, in UTC: once for the time zone of the company (without sites), once for every other time zone with
 * its sites; the earliest first. A time that summer time leaves out is the one an hour later, and of two the first counts
 * (`compatible`, https://tc39.es/proposal-temporal/docs/ambiguity.html, 2026-11-21).
 * Throws `Failure` (`unknown-time-zone`) for a name that the time zone data of the machine lacks.
 */
export function startsAt(
  day: string,
  settings: Pick<WaveSettings, 'startTime' | 'timeZone' | 'timeZones'>,
): Wave['startsAt'] {
  const local = Temporal.PlainDateTime.from(`${day}T${settings.startTime}`)
  const company = startIn(settings.timeZone, local, 'waves.timeZone')
  const others = new Map<string, { timeZone: string; sites: string[]; at: string }>()
  for (const [site, timeZone] of Object.entries(settings.timeZones)) {
    const start = startIn(timeZone, local, `waves.timeZones.${safeText(site)}`)
    if (start.timeZone === company.timeZone) continue
    const known = others.get(start.timeZone)
    if (known !== undefined) known.sites.push(site)
    else others.set(start.timeZone, { timeZone: start.timeZone, sites: [site], at: start.at })
  }
  return [
    company,
    ...[...others.values()].map((start) => ({ ...start, sites: start.sites.toSorted(byText) })),
  ].toSorted((one, other) => byText(one.at, other.at) || byText(one.timeZone, other.timeZone))
}

/** The name comes back in its usual case: `europe/berlin` and `Europe/Berlin` are one. */
function startIn(timeZone: string, local: Temporal.PlainDateTime, key: string): { timeZone: string; at: string } {
  try {
    const start = local.toZonedDateTime(timeZone, { disambiguation: 'compatible' })
    return { timeZone: start.timeZoneId, at: start.toInstant().toString() }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new Failure(exitCode.usage, 'unknown-time-zone', `${key} is not a time zone that has one meaning.`, {
      tryThis: ['Use a name of the IANA database, such as Europe/Berlin or America/Los_Angeles.'],
    })
  }
}
