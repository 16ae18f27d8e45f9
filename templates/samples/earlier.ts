import { asOf, day, frozen, type Machine } from './company.js'
import { Random } from './random.js'

/** How many of a hundred endpoints that are up to date today were upgraded within the last so many weeks. */
const upgradedWithin = [0, 7, 18, 31, 44, 52] as const
/** The earliest week there is a story for. */
export const earliestWeek = upgradedWithin.length - 1

/** The company as it was so many weeks before the exports were taken. */
export function earlier(machines: readonly Machine[], weeks: number): Machine[] {
  return machines.map((machine) => {
    const { lastSeen, appsAsOf } = machine
    const then = asOf - weeks * 7 * day
    // What has been silent for long was not yet silent then.
    const back = machine.oddity === 'stale' && lastSeen !== undefined && lastSeen <= then ? 0 : weeks * 7 * day
    return {
      ...machine,
      claude: claudeThen(machine, weeks),
      lastSeen: lastSeen === undefined ? undefined : lastSeen - back,
      appsAsOf: appsAsOf === undefined ? undefined : appsAsOf - back,
    }
  })
}

/** Finance, the pilot, was upgraded before everything that is told here. */
function claudeThen({ key, department, claude }: Machine, weeks: number): Machine['claude'] {
  if (department === 'Finance' || claude === undefined || !/^[12]\.\d+\.\d+$/.test(claude)) return claude
  const share = new Random(`${key} upgraded`).next() * 100
  return share < upgradedWithin[weeks]! ? frozen : claude
}
