const day = 86_400_000
/** 1970-01-01 was a Thursday: the Monday before is three days earlier. */
const mondayBefore1970 = -3

/** The number of the week (Monday to Sunday, UTC) that a time lies in. */
export function weekOf(milliseconds: number): number {
  return Math.floor((Math.floor(milliseconds / day) - mondayBefore1970) / 7)
}

/** The Monday of a week, such as 2026-11-16. */
export function weekName(week: number): string {
  return new Date((week * 7 + mondayBefore1970) * day).toISOString().slice(0, 10)
}
