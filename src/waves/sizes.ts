import type { Sizes } from './settings.js'

/** An automatic wave before it has a date. */
export interface WaveSize {
  /** As people read it: `5 %`, `50` endpoints, or `rest`. */
  readonly share: string
  readonly size: number
}

/** Shares are counted in ten-thousandths of a percent, so that no share and no quota is ever a fraction. */
const unitsPerPercent = 10_000
const wholeInUnits = 100 * unitsPerPercent

/**
 * The rings of Windows Autopatch; the service puts nobody into its first ring, `Test`, which is our pilot.
 * https://learn.microsoft.com/windows/deployment/windows-autopatch/deploy/windows-autopatch-register-devices, step 5 of
 * the registration workflow (2024-09-26, read 2026-11-21).
 */
const autopatch = { upTo: 200, small: [5, 15, 80], large: [1, 9, 90] }
/** Cumulative: 1, 5, 25, 75 and 100 %. */
const fleet = [1, 4, 20, 50, 25]
const twoPhase = [10, 90]

/**
 * The automatic waves and their sizes, in order; together they hold exactly `endpoints`, and none is empty. Shares must
 * add up to 100 % (the policy sees to it): throws a RangeError otherwise, and for a share that is none.
 */
export function sizeWaves(endpoints: number, sizes: Sizes): readonly WaveSize[] {
  if (typeof sizes !== 'string') return isCounts(sizes) ? byCount(endpoints, sizes) : byShare(endpoints, sizes)
  return byShare(
    endpoints,
    presetShares(sizes, endpoints).map((percent) => `${percent} %`),
  )
}

function presetShares(preset: Extract<Sizes, string>, endpoints: number): readonly number[] {
  if (preset === 'fleet') return fleet
  if (preset === 'two-phase') return twoPhase
  return endpoints <= autopatch.upTo ? autopatch.small : autopatch.large
}

function isCounts(sizes: readonly string[] | readonly number[]): sizes is readonly number[] {
  return typeof sizes[0] === 'number'
}

function byCount(endpoints: number, counts: readonly number[]): readonly WaveSize[] {
  let left = endpoints
  const waves = counts.map((count) => {
    const size = Math.min(count, left)
    left -= size
    return { share: String(count), size }
  })
  return [...waves, { share: 'rest', size: left }].filter(({ size }) => size > 0)
}

/**
 * Rounds the cumulative quotas (half up) and takes the differences. Each size stays within one of its quota, and a
 * cumulative size depends on nothing but its own cumulative share: who raises a share adds endpoints to the waves up to
 * there and takes none away. Largest remainders (Hamilton) cannot promise that: of 7 endpoints, 5/5/90 % gives 1, 0, 6
 * and 5/10/85 % gives 0, 1, 6. For the same reason a wave that rounds to nothing takes its one endpoint from the waves
 * after it, or before it at the end, and not from the largest.
 */
function byShare(endpoints: number, texts: readonly string[]): readonly WaveSize[] {
  const shares = texts.map(shareInUnits)
  if (shares.reduce((sum, share) => sum + share, 0) !== wholeInUnits) {
    throw new RangeError('shares of waves must add up to 100 %')
  }
  const waves = shares.filter((share) => share > 0)
  let cumulativeShare = 0
  let given = 0
  return waves
    .map((share, index) => {
      cumulativeShare += share
      const after = waves.length - 1 - index
      const wanted = Math.max(roundedQuota(endpoints, cumulativeShare), given + 1)
      // With fewer endpoints than waves the earlier ones get one each.
      const most = endpoints < waves.length ? Math.min(given + 1, endpoints) : endpoints - after
      const size = Math.min(wanted, most) - given
      given += size
      return { share: `${share / unitsPerPercent} %`, size }
    })
    .filter(({ size }) => size > 0)
}

/** Below 2 to the power of 53 for far more endpoints than there are computers, so nothing is lost. */
function roundedQuota(endpoints: number, units: number): number {
  const doubled = 2 * endpoints * units + wholeInUnits
  return (doubled - (doubled % (2 * wholeInUnits))) / (2 * wholeInUnits)
}

/** Digits are read one by one: 0.0003 × 10,000 is not 3 in floating point. */
function shareInUnits(text: string): number {
  const match = /^(\d{1,3})(?:\.(\d{1,4}))?\s?%$/.exec(text)
  if (match === null) throw new RangeError('the share of a wave must be a percentage such as "5%"')
  return Number(match[1]) * unitsPerPercent + Number((match[2] ?? '').padEnd(4, '0'))
}
