import type { ExplainedSource, Explanation } from './explanation.js'
import type { ManagedTier } from './managed-tier.js'
import { isManagedSource, sourceLabels } from './source.js'

/** One sentence: who wins, and why. `start` comes first where no session starts. */
export function codeSummary(
  sources: readonly ExplainedSource[],
  tiers: readonly ManagedTier[],
  start: Explanation['start'],
): string {
  const sentence = winnerSentence(sources, tiers)
  if (start === 'refused') return `No session starts (see the notes). Otherwise: ${sentence}`
  return start === 'unknown' ? `Whether a session starts is not known (see the notes). If so: ${sentence}` : sentence
}

function winnerSentence(sources: readonly ExplainedSource[], tiers: readonly ManagedTier[]): string {
  const managed = sources.filter(({ source }) => isManagedSource(source))
  const [tier] = tiers
  if (tiers.length > 1) return unknownSentence(managed, tiers)
  const winner = managed.find(({ outcome }) => outcome === 'wins')
  if (tier === undefined || winner === undefined)
    return managed.length === 0
      ? 'No managed source was given: nothing is enforced.'
      : 'No managed source has a policy key that can be read: nothing is enforced.'
  const name = sourceLabels[winner.source]
  if (tier.helper)
    return `${name} wins and names a policyHelper: what the helper prints replaces all managed settings, and no file tells what that is.`
  const merged = managed.filter(({ outcome }) => outcome === 'merged')
  if (merged.length > 0) {
    const behaviour =
      tier.behaviourFrom === undefined ? '' : `: managedSourcesBehavior in ${sourceLabels[tier.behaviourFrom]}`
    return `${listed([winner, ...merged].map(({ source }) => sourceLabels[source]))} are merged${behaviour}.`
  }
  const skipped = managed.filter(({ outcome, keys }) => outcome === 'skipped' && keys > 0)
  if (skipped.length === 0) return `${name} is the only managed source with a policy key: ${keysText(winner.keys)}.`
  const parts = skipped.map((source) => skippedText(source))
  return `${name} wins whole: ${keysText(winner.keys)}; ${parts.join('; ')}.`
}

function skippedText({ source, keys, inForce }: ExplainedSource): string {
  const all = `${source === 'file' ? "the file's" : `${sourceLabels[source]}'s`} ${keysText(keys)}`
  if (inForce === 0) return `${all} ${keys === 1 ? 'is' : 'are'} skipped in silence`
  if (inForce >= keys) return `${all} ${keys === 1 ? 'counts' : 'count'} from every admin source`
  return `${all} are skipped in silence but for ${inForce}, which ${inForce === 1 ? 'counts' : 'count'} from every admin source`
}

function unknownSentence(managed: readonly ExplainedSource[], tiers: readonly ManagedTier[]): string {
  const candidates = tiers.map(({ winner }) => (winner === undefined ? 'no source' : sourceLabels[winner]))
  const unsure = managed.filter(({ outcome }) => outcome === 'may-win').map(({ source }) => sourceLabels[source])
  const [first] = unsure
  const tail = `whether what ${first ?? 'it'} has counts as a policy key is not stated.`
  return `Which source wins is not known (${candidates.join(' or ')}): ${tail}`
}

export function keysText(count: number): string {
  return count === 1 ? '1 key' : `${count} keys`
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
