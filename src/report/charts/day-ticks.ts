import { dayLength as day } from '../../platform/clock.js'

/** Days, weeks that begin on a Monday, and months, the shortest first. */
const steps: readonly { readonly unit: 'day' | 'month'; readonly count: number }[] = [
  ...[1, 2, 7, 14, 28].map((count) => ({ unit: 'day' as const, count })),
  ...[1, 2, 3, 6, 12, 24, 60, 120].map((count) => ({ unit: 'month' as const, count })),
]

/** About: whether it is worth a try. */
const longest = { day, month: 31 * day }

/** 1970-01-05, the first Monday that a clock of computers knows. */
const firstMonday = 4 * day

/** The start of a day, `2026-11-20`, in milliseconds UTC. */
export function dayStart(date: string): number {
  return Date.parse(`${date}T00:00:00Z`)
}

/** So many days after a time. */
export function daysLater(time: number, days: number): number {
  return time + days * day
}

/** The days to write at a time axis: of the shortest step that gives no more than `most`. */
export function dayTicks([from, to]: readonly [number, number], most: number): number[] {
  for (const step of steps) {
    if ((to - from) / (step.count * longest[step.unit]) > most + 1) continue
    const ticks = step.unit === 'day' ? everyDays(from, to, step.count) : everyMonths(from, to, step.count)
    if (ticks.length <= most) return ticks
  }
  return [from]
}

function everyDays(from: number, to: number, count: number): number[] {
  const step = count * day
  const first = firstMonday + Math.ceil((from - firstMonday) / step) * step
  const ticks: number[] = []
  for (let time = first; time <= to; time += step) ticks.push(time)
  return ticks
}

function everyMonths(from: number, to: number, count: number): number[] {
  const start = new Date(from)
  const ticks: number[] = []
  for (let month = start.getUTCFullYear() * 12; ; month += count) {
    const time = Date.UTC(Math.floor(month / 12), month % 12, 1)
    if (time > to) return ticks
    if (time >= from) ticks.push(time)
  }
}
