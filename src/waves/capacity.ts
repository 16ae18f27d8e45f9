import { exitCode, Failure } from '../platform/failure.js'
import { safeText } from '../platform/safe-text.js'
import type { SiteLink } from '../policy/waves.js'
import type { Candidate } from './candidate.js'
import { crowdOf, groupName } from './crowd.js'
import { countsByDay } from './day-counts.js'
import type { Capacity } from './settings.js'

/** A working day: outside of it most computers of a site are off, and download nothing. */
export const defaultHoursPerDay = 8

/**
 * How many endpoints of a site can download the installer on one day. Megabits and megabytes are decimal, as links and
 * downloads are given. Throws `Failure` (`link-too-slow`) when not even one can.
 */
export function endpointsPerDay(site: string, link: SiteLink, installerMegabytes: number): number {
  // 0.1 has no exact binary form: what is a whole number on paper must not be rounded down.
  const endpoints = Math.floor(Number((megabytesPerDay(link) / installerMegabytes).toPrecision(12)))
  if (endpoints >= 1) return endpoints
  const key = `waves.capacity.links.${safeText(site)}`
  throw new Failure(
    exitCode.usage,
    'link-too-slow',
    `At the site ${safeText(site)} not one installer can be downloaded in a day.`,
    {
      tryThis: [
        `${key}: raise megabitsPerSecond or hoursPerDay.`,
        'Or take the site out of waves.capacity.links, if it has a cache of its own.',
      ],
    },
  )
}

/**
 * The endpoints of one wave, day by day, each day in the order of the wave. No day has more than `perDay`, than
 * `perDepartment` of one department (those without one are a department, too), or than the link of a site can carry.
 * Names are compared without regard to case and surrounding blanks; a site without a link has no limit. Without limits
 * all is one day; nobody is none.
 *
 * The days are as few as possible, and each takes as many endpoints as it can while the rest fits into the days after
 * it. So no schedule has a larger first day. More days together may hold fewer than they could where departments and
 * sites both limit: some waves have no schedule that is best for one day and for two. `soonest` chooses: so many
 * endpoints (of this wave) are attempted by the earliest day that any schedule allows, if need be with fewer on the first.
 *
 * Throws `Failure` if a link is too slow for one endpoint (`link-too-slow`), or the size of the installer is not known
 * (`installer-size-missing`).
 */
export function assignDays(
  candidates: readonly Candidate[],
  capacity: Capacity,
  soonest?: number | undefined,
): readonly (readonly Candidate[])[] {
  const crowd = crowdOf(candidates, {
    perDay: capacity.perDay ?? Number.POSITIVE_INFINITY,
    ofDepartment: () => capacity.perDepartment ?? Number.POSITIVE_INFINITY,
    ofSite: siteLimits(capacity),
  })
  const dayOf = new Int32Array(candidates.length)
  const taken = new Int32Array(crowd.places.length)
  let days = 0
  for (const counts of countsByDay(crowd, soonest)) {
    for (const [cell, count] of counts.entries())
      for (let more = 0; more < count; more++) dayOf[crowd.places[cell]![taken[cell]!++]!] = days
    days++
  }
  const batches = Array.from({ length: days }, (): Candidate[] => [])
  for (const [place, candidate] of candidates.entries()) batches[dayOf[place]!]!.push(candidate)
  return batches
}

/** Where the names of two links are the same, the slower one counts. */
function siteLimits({ links, installerMegabytes }: Capacity): (site: string) => number {
  const slowest = new Map<string, [string, SiteLink]>()
  for (const [site, link] of Object.entries(links)) {
    const known = slowest.get(groupName(site))
    if (known === undefined || megabytesPerDay(link) < megabytesPerDay(known[1]))
      slowest.set(groupName(site), [site, link])
  }
  if (slowest.size > 0 && installerMegabytes === undefined)
    throw new Failure(
      exitCode.usage,
      'installer-size-missing',
      'Links of sites limit a day only by what is downloaded.',
      {
        tryThis: ['waves.capacity.installerMegabytes: say how large the installer is.'],
      },
    )
  return (name) => {
    const link = slowest.get(name)
    return link === undefined ? Number.POSITIVE_INFINITY : endpointsPerDay(...link, installerMegabytes!)
  }
}

function megabytesPerDay({ megabitsPerSecond, hoursPerDay = defaultHoursPerDay }: SiteLink): number {
  return (megabitsPerSecond * 3600 * hoursPerDay) / 8
}
