import type { ManagedTier } from './managed-tier.js'
import { countsNowhere, notKnown, type Outcome, sameValue } from './outcome.js'
import type { Setting } from './source-settings.js'

/** What holds whichever of the ways the sources combine in; unknown where it depends on the way. */
export function unifyTiers(tiers: readonly ManagedTier[]): ReadonlyMap<string, Outcome> {
  const [first, ...others] = tiers
  if (first === undefined) return new Map()
  if (others.length === 0) return first.outcomes
  const ids = new Set(tiers.flatMap(({ outcomes }) => [...outcomes.keys()]))
  const unified = new Map<string, Outcome>()
  for (const id of ids) {
    const outcomes = tiers.map((tier) => tier.outcomes.get(id) ?? countsNowhere([]))
    unified.set(id, unify(outcomes))
  }
  return unified
}

function unify(outcomes: readonly Outcome[]): Outcome {
  const [first, ...others] = outcomes
  if (first === undefined) return countsNowhere([])
  const alike = others.every(({ state, value }) => state === first.state && sameValue(value, first.value))
  if (alike) return first
  const settings = new Set<Setting>(
    outcomes.flatMap(({ used, lost }) => [...used, ...lost.map(({ setting }) => setting)]),
  )
  const reason = outcomes.find(({ unknown }) => unknown !== undefined)?.unknown
  return notKnown(reason ?? 'winner-not-known', [...settings])
}
