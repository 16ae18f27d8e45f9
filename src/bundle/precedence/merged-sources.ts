import { mergeKindOf } from './combination-rules.js'
import { strictestOf } from './every-source.js'
import { idOf } from './explained-key.js'
import type { TierContext } from './managed-tier.js'
import { counts, countsNowhere, firstOf, lostAll, notKnown, type Outcome, sameValue } from './outcome.js'
import { type Setting, union } from './source-settings.js'

/** What is in force under `managedSourcesBehavior: merge`. `settings`: those of admin sources, highest first. */
export function mergedOutcome(settings: readonly Setting[], context: TierContext): Outcome {
  const [first] = settings
  if (first === undefined) return countsNowhere([])
  const { winner, client } = context
  const rule = mergeKindOf(first.key.path, first.key, first.value, client)
  switch (rule.kind) {
    case 'highest-only': {
      const own = settings.filter(({ source }) => source === winner)
      const lost = lostAll(
        settings.filter(({ source }) => source !== winner),
        'highest-only',
      )
      return own[0] === undefined ? countsNowhere(lost) : counts(own[0].value, own, 'highest-only', lost)
    }
    case 'whole-list':
      return firstOf(settings, 'whole', 'whole-list')
    case 'whole-value':
      return firstOf(settings, 'whole', 'whole-value')
    case 'union':
      return joined(settings)
    case 'lock':
      return lockOutcome(settings, rule.ladder, context)
    case 'maybe-lock':
      return maybeLock(settings, context)
    case 'model-overrides':
      return modelOverrides(settings, context)
    case 'entry':
      return entryOutcome(settings, context)
    case 'highest':
      return firstOf(settings, 'highest', 'higher-wins')
  }
}

function joined(settings: readonly Setting[]): Outcome {
  const [first] = settings
  // A list here and something else there: the page speaks of lists only.
  if (settings.some(({ value }) => !Array.isArray(value))) return notKnown('not-stated', settings)
  const certain = settings.find(({ doubt }) => doubt !== undefined)
  if (certain?.doubt !== undefined) return notKnown(certain.doubt, settings)
  const lists = settings.map(({ value }) => value as readonly unknown[])
  return settings.length === 1
    ? counts(first?.value, settings, 'only-source', [])
    : counts(union(lists), settings, 'union', [])
}

/** The strictest value of any source; a looser one only from the highest. */
function lockOutcome(settings: readonly Setting[], ladder: readonly unknown[], { winner }: TierContext): Outcome {
  const rank = (value: unknown) => ladder.indexOf(value)
  const loosest = ladder.length === 1 ? -1 : 0
  if (settings.some(({ value }) => rank(value) > loosest))
    return { ...strictestOf(settings, rank), combination: 'strictest' }
  const own = settings.filter(({ source }) => source === winner)
  const lost = lostAll(
    settings.filter(({ source }) => source !== winner),
    'looser-below-top',
  )
  return own[0] === undefined ? countsNowhere(lost) : counts(own[0].value, own, 'strictest', lost)
}

/** The page does not name every lock: only what holds for locks and for other keys alike is known. */
function maybeLock(settings: readonly Setting[], { winner }: TierContext): Outcome {
  const [first] = settings
  const same = settings.every(({ value }) => sameValue(value, first?.value))
  // What only switches something off is strict when it is on: lock or not, it counts.
  const strict = /(?:^|\.)disable/.test(first?.key.path ?? '') && (first?.value === true || first?.value === 'disable')
  if (!same || (first?.source !== winner && !strict)) return notKnown('lock-not-named', settings)
  return counts(first?.value, settings, settings.length === 1 ? 'only-source' : 'highest', [])
}

/** The whole map of the highest source that has one, unless a higher source has `availableModels` and no map. */
function modelOverrides(settings: readonly Setting[], { sources }: TierContext): Outcome {
  const models = sources.findIndex((source) => source.settings.has(idOf(['availableModels'])))
  const overrides = sources.findIndex((source) => source.settings.has(idOf(['modelOverrides'])))
  if (models >= 0 && models < overrides) return countsNowhere(lostAll(settings, 'model-overrides-dropped'))
  return firstOf(settings, 'whole', 'whole-value')
}

/**
 * One entry of an object with free names. Server names join by what the page says; of other objects it only says that
 * the highest source's value counts, and not whether entries are values of their own.
 */
function entryOutcome(settings: readonly Setting[], { sources }: TierContext): Outcome {
  const [first] = settings
  if (first === undefined) return countsNowhere([])
  const name = first.path[0]
  if (name !== 'managedMcpServers' && first.path.length > 1) {
    const higher = sources.find(({ names }) => names.has(name))
    if (higher?.source !== first.source) return notKnown('entries-not-stated', settings)
  }
  return firstOf(settings, 'highest', 'higher-wins')
}
