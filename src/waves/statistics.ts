/**
 * The upper 95 % bound of a failure rate after `clean` endpoints without a failure, as a share from 0 to 1: the rate at
 * which so clean a result has a chance of 5 %. Nothing tried rules out nothing: 1. For many endpoints about 3 ÷ `clean`.
 * The exact (Clopper–Pearson) bound for zero events, https://en.wikipedia.org/wiki/Rule_of_three_(statistics),
 * https://doi.org/10.1001/jama.1983.03330370053031 (2026-11-21).
 */
export function failureRateRuledOut(clean: number): number {
  if (clean <= 0) return 1
  return -Math.expm1(Math.log(0.05) / clean)
}

/**
 * One-sided p-value of Fisher's exact test: the chance that, of all failures, `a` or more fall among the `n` endpoints
 * of the first group when it fails no more often than the second, of which `b` of `m` failed. 1 when a group is empty.
 * https://en.wikipedia.org/wiki/Fisher%27s_exact_test (2026-11-21).
 */
export function fisherExactGreater(a: number, n: number, b: number, m: number): number {
  const failed = a + b
  const lowest = Math.max(0, failed - m)
  const highest = Math.min(n, failed)
  // The hypergeometric distribution, each probability from the one before it.
  return upperTail(a, lowest, highest, Math.floor(((failed + 1) * (n + 1)) / (n + m + 2)), (x) => {
    return ((n - x) * (failed - x)) / ((x + 1) * (m - failed + x + 1))
  })
}

/**
 * The chance of `x` or more failures among `n` endpoints that fail with probability `p` each.
 * https://en.wikipedia.org/wiki/Binomial_distribution (2026-11-21).
 */
export function binomialTail(x: number, n: number, p: number): number {
  if (x <= 0) return 1
  if (x > n || p <= 0) return 0
  if (p >= 1) return 1
  const odds = p / (1 - p)
  return upperTail(x, 0, n, Math.floor((n + 1) * p), (at) => ((n - at) / (at + 1)) * odds)
}

/**
 * The share of a distribution over whole numbers that lies at `from` and above. `ratio(x)` is the probability of
 * x + 1 over that of x. Probabilities are taken relative to that of `mode`, the most likely number, so that nothing
 * overflows and no factorial is needed: all terms are positive, and about thirteen digits are right.
 */
function upperTail(from: number, lowest: number, highest: number, mode: number, ratio: (x: number) => number): number {
  if (from <= lowest) return 1
  const middle = Math.min(highest, Math.max(lowest, mode))
  let below = 0
  let above = 0
  const add = (x: number, weight: number) => {
    if (x >= from) above += weight
    else below += weight
  }
  add(middle, 1)
  for (let x = middle, weight = 1; x < highest; x += 1) {
    weight *= ratio(x)
    if (weight === 0) break
    add(x + 1, weight)
  }
  for (let x = middle - 1, weight = 1; x >= lowest; x -= 1) {
    weight /= ratio(x)
    if (weight === 0) break
    add(x, weight)
  }
  return above / (above + below)
}
