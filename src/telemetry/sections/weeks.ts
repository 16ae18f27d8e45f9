const day = 86_400_000
const week = 7 * day
/** The first Monday of the epoch, 1970-01-05; ISO weeks begin on Mondays (ISO 8601, https://en.wikipedia.org/wiki/ISO_week_date). */
const firstMonday = 4 * day

/** The Monday of the week of a moment, in milliseconds, UTC. */
export function mondayOf(time: number): number {
  return Math.floor((time - firstMonday) / week) * week + firstMonday
}

/** `2026-11-16`, as tables name a week. */
export function weekName(monday: number): string {
  return new Date(monday).toISOString().slice(0, 10)
}

export function weekStart(name: string): number {
  return Date.parse(`${name}T00:00:00Z`)
}

/** The Monday of the last week that had ended by a moment. */
export function lastCompleteWeek(time: number): number {
  return mondayOf(time) - week
}

/** The Mondays from one to before another. */
export function mondaysBetween(from: number, before: number): number[] {
  const mondays: number[] = []
  for (let monday = from; monday < before; monday += week) mondays.push(monday)
  return mondays
}
