import type { TrendPoint } from '../../history/trend.js'

/** A day with a share. */
export type KnownPoint = TrendPoint & { readonly percent: number }

/** Days that compare with each other. */
export interface Stretch {
  /** Why the days before do not compare, as of its first day; empty for the first stretch. */
  readonly why: readonly string[]
  /** The day right before, where it has a share but does not compare. */
  readonly before: KnownPoint | undefined
  readonly first: KnownPoint
  readonly last: KnownPoint
  /** From the first to the last, also those without a share. */
  readonly days: readonly TrendPoint[]
}

export function isKnown(point: TrendPoint): point is KnownPoint {
  return point.percent !== null
}

/** What a day has that makes it hard to compare with the day before, in the words of the chart. */
export function changesOf({ policyChanged, sourcesChanged, incomplete }: TrendPoint): string[] {
  const words = [policyChanged && 'other policy', sourcesChanged && 'other sources', incomplete && 'incomplete scan']
  return words.filter((word) => word !== false)
}

/** The days cut where another policy judged or other files were read; a change on a day without a share counts for the next. */
export function stretchesOf(trend: readonly TrendPoint[]): Stretch[] {
  const stretches: (Omit<Stretch, 'days' | 'last'> & { last: KnownPoint; days: TrendPoint[] })[] = []
  let why: string[] = []
  let unshared: TrendPoint[] = []
  trend.forEach((point, index) => {
    why = [...new Set([...why, ...changesOf({ ...point, incomplete: false })])]
    const current = stretches.at(-1)
    if (!isKnown(point)) unshared.push(point)
    else if (current === undefined || why.length > 0) {
      const before = trend[index - 1]
      stretches.push({
        why: current === undefined ? [] : why,
        before: current !== undefined && before !== undefined && isKnown(before) ? before : undefined,
        first: point,
        last: point,
        days: [point],
      })
      ;[why, unshared] = [[], []]
    } else {
      current.days.push(...unshared, point)
      current.last = point
      unshared = []
    }
  })
  return stretches
}
