const dayLength = 86_400_000
/** 1970-01-01 was a Thursday: the Monday before is three days earlier. */
const mondayBefore1970 = -3

/** The number of the week (Monday to Sunday, UTC) that a time lies in. */
export function weekOf(milliseconds: number): number {
  return Math.floor((Math.floor(milliseconds / dayLength) - mondayBefore1970) / 7)
}

/** The Monday of a week, such as 2026-11-16. */
export function weekName(week: number): string {
  return dayName(week * 7 + mondayBefore1970)
}

/** The number of the day (UTC) that a time lies in. */
export function dayOf(milliseconds: number): number {
  return Math.floor(milliseconds / dayLength)
}

/** A day, such as 2026-11-19. */
export function dayName(day: number): string {
  return new Date(day * dayLength).toISOString().slice(0, 10)
}
