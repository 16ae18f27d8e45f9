import { type EverySourceRule, effortLevels } from './combination-rules.js'
import type { TierContext } from './managed-tier.js'
import { counts, firstOf, lostAll, notKnown, type Outcome, sameValue } from './outcome.js'
import { type Setting, union } from './source-settings.js'

/**
 * What is in force of a key that counts from every admin source, whichever wins. `settings`: highest source first.
 * Undefined where the values are of the kind that follows the ordinary rule: what can only deny is not widened so.
 */
export function everySourceOutcome(
  settings: readonly Setting[],
  rule: EverySourceRule,
  { winner, behaviour, client }: TierContext,
): Outcome | undefined {
  const outcome = everySource(settings, rule)
  // Only where another source than the winner has a say does the version of the rule matter.
  const reaches = behaviour === 'first-wins' && settings.some(({ source }) => source !== winner)
  return outcome !== undefined && reaches && client === undefined ? { ...outcome, since: rule.since } : outcome
}

function everySource(settings: readonly Setting[], rule: EverySourceRule): Outcome | undefined {
  switch (rule.how) {
    case 'true-anywhere':
      return anywhere(settings, (value) => value === true)
    case 'false-anywhere':
      return anywhere(settings, (value) => value === false)
    case 'opt-out':
      return anywhere(settings, (value) => value === false || value === '')
    case 'lowest-cap':
      return lowestCap(settings)
    case 'highest':
      return firstOf(settings, 'any-source', 'higher-wins')
    case 'union':
      return counts(union(settings.map(({ value }) => asList(value))), settings, 'any-source', [])
    case 'agreed':
      return agreed(settings)
  }
}

function anywhere(settings: readonly Setting[], isStrict: (value: unknown) => boolean): Outcome | undefined {
  if (!settings.some(({ value }) => isStrict(value))) return undefined
  return strictestOf(settings, (value) => Number(isStrict(value)))
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : []
}

/** The settings with the highest rank count together; of those without doubt, if one is there. */
export function strictestOf(settings: readonly Setting[], rank: (value: unknown) => number): Outcome {
  const most = Math.max(...settings.map(({ value }) => rank(value)))
  const strict = settings.filter(({ value }) => rank(value) === most)
  const certain = strict.filter(({ doubt }) => doubt === undefined)
  const used = certain.length > 0 ? certain : strict
  const lost = lostAll(
    settings.filter((setting) => !used.includes(setting)),
    'stricter-wins',
  )
  return counts(used[0]?.value, used, 'any-source', lost)
}

/** A word that is no level caps nothing we could compare. */
function lowestCap(settings: readonly Setting[]): Outcome {
  const words: readonly unknown[] = effortLevels
  const level = (value: unknown) => words.indexOf(value)
  if (settings.some(({ value }) => level(value) < 0)) return agreed(settings)
  return strictestOf(settings, (value) => effortLevels.length - level(value))
}

function agreed(settings: readonly Setting[]): Outcome {
  const [first] = settings
  if (settings.some(({ value }) => !sameValue(value, first?.value))) return notKnown('not-stated', settings)
  return counts(first?.value, settings, 'any-source', [])
}
