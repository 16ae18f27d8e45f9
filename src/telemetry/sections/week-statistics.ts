import { binomialTail, fisherExactGreater } from '../../waves/statistics.js'

/** Failures among so many calls or runs. */
export interface Counted {
  readonly of: number
  readonly failures: number
}

/** Two p-values of one question; the greater one counts, so that an anomaly must be one in both ways of counting. */
export interface TwoTests {
  /** As if every call were independent of the others. */
  readonly byRecord: number
  /** As if every week were one draw: what makes weeks differ anyway (one broken endpoint, a holiday) is allowed for. */
  readonly byWeek: number
}

export function pValue({ byRecord, byWeek }: TwoTests): number {
  return Math.max(byRecord, byWeek)
}

/**
 * Whether more failed this week than in the earlier weeks. By record: Fisher's exact test, which takes calls as
 * independent; they are not when one broken endpoint fails a thousand times. By week: Student's t for one new
 * observation against the earlier weeks, on two scales, of which the less sure one counts: asin √((k + 3/8) ÷ (n + 3/4))
 * (Anscombe), for rates that differ by chance, and the log odds, for rates that are sometimes many times as high. It
 * takes weeks as alike and independent, and never believes them to differ less than chance alone makes them.
 * https://en.wikipedia.org/wiki/Fisher%27s_exact_test,
 * https://en.wikipedia.org/wiki/Prediction_interval#Unknown_mean,_unknown_variance,
 * https://doi.org/10.1093/biomet/35.3-4.246 (2026-11-21).
 */
export function moreFailures(now: Counted, before: readonly Counted[]): TwoTests {
  const earlier = sum(before)
  const weeks = before.filter(({ of }) => of > 0)
  if (now.of === 0 || earlier.of === 0) return { byRecord: 1, byWeek: 1 }
  // Successes as often as before, so that the last success lost does not make a week of failures less sure.
  const successes = now.of * (1 - earlier.failures / earlier.of)
  const chanceOfNow = 1 / (now.failures + 1 / 2) + 1 / (successes + 1 / 2)
  return {
    byRecord: fisherExactGreater(now.failures, now.of, earlier.failures, earlier.of),
    byWeek: Math.max(
      newObservationGreater(arcsine(now), weeks.map(arcsine)),
      newObservationGreater({ ...logOdds(now), chance: chanceOfNow }, weeks.map(logOdds)),
    ),
  }
}

/** The least p-value that Fisher's test can give for these numbers of calls and this number of failures in all. */
export function leastForFailures(now: Counted, before: readonly Counted[]): number {
  const earlier = sum(before)
  if (now.of === 0 || earlier.of === 0) return 1
  const failures = now.failures + earlier.failures
  const most = Math.min(now.of, failures)
  return fisherExactGreater(most, now.of, failures - most, earlier.of)
}

/**
 * Whether there were fewer runs this week than in the earlier weeks. By record: given all runs, those of one of equal
 * weeks are binomial. By week: as above, on 2√(x + 3/8), whose variance is 1 for counts that vary by chance alone, and
 * on the logarithm, for numbers that are sometimes many times as high.
 * https://en.wikipedia.org/wiki/Poisson_distribution#Sums_of_Poisson-distributed_random_variables,
 * https://en.wikipedia.org/wiki/Anscombe_transform (2026-11-21).
 */
export function fewerRuns(now: number, before: readonly number[]): TwoTests {
  const total = before.reduce((sum, runs) => sum + runs, now)
  if (before.length === 0 || total === 0) return { byRecord: 1, byWeek: 1 }
  const logarithms = before.map(minusLogarithm)
  return {
    byRecord: binomialTail(total - now, total, before.length / (before.length + 1)),
    byWeek: Math.max(
      newObservationGreater(minusRoot(now), before.map(minusRoot)),
      newObservationGreater({ ...minusLogarithm(now), chance: meanChance(logarithms) }, logarithms),
    ),
  }
}

/** The least p-value for so many runs in all: that of none this week. */
export function leastForRuns(now: number, before: readonly number[]): number {
  const total = before.reduce((sum, runs) => sum + runs, now)
  return before.length === 0 ? 1 : (before.length / (before.length + 1)) ** total
}

export function sum(weeks: readonly Counted[]): Counted {
  return {
    of: weeks.reduce((total, { of }) => total + of, 0),
    failures: weeks.reduce((total, { failures }) => total + failures, 0),
  }
}

/** A weekly number on some scale, and its variance there by chance alone. */
interface Scaled {
  readonly value: number
  readonly chance: number
}

function arcsine({ of, failures }: Counted): Scaled {
  return { value: Math.asin(Math.sqrt((failures + 3 / 8) / (of + 3 / 4))), chance: 1 / (4 * of) }
}

/** The empirical logit, with Anscombe’s correction of one half (1956, Biometrika 43, 461–464). */
function logOdds({ of, failures }: Counted): Scaled {
  const failed = failures + 1 / 2
  const succeeded = of - failures + 1 / 2
  return { value: Math.log(failed / succeeded), chance: 1 / failed + 1 / succeeded }
}

/** Turned round, as fewer is what is looked for. */
function minusRoot(count: number): Scaled {
  return { value: -2 * Math.sqrt(count + 3 / 8), chance: 1 }
}

function minusLogarithm(count: number): Scaled {
  return { value: -Math.log(count + 1 / 2), chance: 1 / (count + 1 / 2) }
}

function meanChance(values: readonly Scaled[]): number {
  return values.reduce((total, { chance }) => total + chance, 0) / values.length
}

/** One-sided: the chance of a new value so far above the earlier ones. */
function newObservationGreater(now: Scaled, earlier: readonly Scaled[]): number {
  const { length } = earlier
  if (length < 2) return 1
  const mean = earlier.reduce((total, { value }) => total + value, 0) / length
  const variance = earlier.reduce((total, { value }) => total + (value - mean) ** 2, 0) / (length - 1)
  const spread = Math.max(variance, now.chance) + Math.max(variance, meanChance(earlier)) / length
  return studentTail((now.value - mean) / Math.sqrt(spread), length - 1)
}

/** Differences of numbers near 1 are not known better than this. */
const leastTail = 1e-15

/**
 * The chance of a Student's t with whole degrees of freedom above `t`, by the finite series of Abramowitz and Stegun
 * 26.7.3 and 26.7.4 (https://personal.math.ubc.ca/~cbm/aands/page_948.htm, 2026-11-21); never below 1e-15.
 */
export function studentTail(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees))
  const cosine = Math.cos(angle)
  const odd = degrees % 2 === 1
  let term = odd ? cosine : 1
  let series = degrees === 1 ? 0 : term
  for (let index = odd ? 3 : 2; index <= degrees - 2; index += 2) {
    term *= ((index - 1) / index) * cosine * cosine
    series += term
  }
  const inside = odd ? (2 / Math.PI) * (angle + Math.sin(angle) * series) : Math.sin(angle) * series
  return Math.max(leastTail, Math.min(1, (1 - inside) / 2))
}

/** The normal quantile of a 95 % interval. */
const quantile = 1.959963984540054

/**
 * The 95 % Wilson score interval of a rate in percent, one decimal, rounded outwards; undefined of nothing.
 * https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval (2026-11-21).
 */
export function wilsonPercent({ of, failures }: Counted): { low: number; high: number } | undefined {
  if (of === 0) return undefined
  const rate = failures / of
  const square = quantile ** 2
  const middle = rate + square / (2 * of)
  const margin = quantile * Math.sqrt((rate * (1 - rate)) / of + square / (4 * of * of))
  const scale = 100 / (1 + square / of)
  return {
    low: failures === 0 ? 0 : Math.floor((middle - margin) * scale * 10) / 10,
    high: failures === of ? 100 : Math.ceil((middle + margin) * scale * 10) / 10,
  }
}

/**
 * How many comparisons a report must correct for: those that could give an anomaly at all. With m of them, each is held
 * against `falseAlarms` ÷ m, so that chance alone gives fewer than `falseAlarms` anomalies in the whole report on
 * average, however the comparisons depend on each other (Bonferroni). A comparison whose least p-value is above that
 * can never give one and costs nothing (Tarone 1990, https://doi.org/10.2307/2531456, 2026-11-21).
 */
export function comparisonsToCount(leastPValues: readonly number[], falseAlarms: number): number {
  const sorted = [...leastPValues].sort((a, b) => a - b)
  for (let count = 1; count < sorted.length; count++) {
    // The next one in order cannot reach this threshold, so that no more than `count` can.
    if (sorted[count]! > falseAlarms / count) return count
  }
  return Math.max(1, sorted.length)
}
