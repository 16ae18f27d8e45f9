import { byText } from '../platform/by-text.js'
import type { Candidate } from './candidate.js'
import { orderCandidates, representation } from './order.js'
import type { PlanDocument, Wave } from './plan-document.js'
import type { WaveSettings } from './settings.js'
import { sizeWaves } from './sizes.js'

/** A wave that has not begun: who is in it, in the order they are attempted. */
export interface FutureWave {
  readonly name: string
  readonly kind: Wave['kind']
  readonly share?: string | undefined
  readonly members: readonly Candidate[]
  /** A day that was announced before: it never comes earlier. */
  readonly notBefore?: string | undefined
}

/** Waves, and how fair a sample the first automatic one is. */
export interface LaidOutWaves {
  readonly waves: readonly FutureWave[]
  readonly strata: PlanDocument['strata']
  readonly warnings: PlanDocument['warnings']
}

/** The waves of candidates that are in none yet; their names and numbers follow those of the waves that have begun. */
export function futureWaves(
  candidates: readonly Candidate[],
  settings: Pick<WaveSettings, 'campaign' | 'strata' | 'sizes'>,
  begun: readonly Wave[] = [],
): LaidOutWaves {
  const options = { campaign: settings.campaign, ...settings.strata }
  const at = (place: Candidate['place']) => candidates.filter((candidate) => candidate.place === place)
  const byHash = (members: readonly Candidate[]) => orderCandidates(members, { ...options, by: [] })
  const ordered = orderCandidates(at('automatic'), options)
  const first = 1 + Math.max(0, ...begun.map(({ name }) => Number(/^wave-(\d+)$/.exec(name)?.[1] ?? 0)))
  const waves: FutureWave[] = [{ name: freeName('pilot', begun), kind: 'pilot', members: byHash(at('pinned')) }]
  let taken = 0
  for (const [index, { share, size }] of sizeWaves(ordered.length, settings.sizes).entries()) {
    const members = ordered.slice(taken, taken + size)
    taken += size
    waves.push({ name: `wave-${first + index}`, kind: 'automatic', share, members })
  }
  waves.push({
    name: freeName('last', begun),
    kind: 'last',
    members: [...byHash(at('last')), ...byHash(at('no-identity'))],
  })
  const firstAutomatic = waves.find(({ kind }) => kind === 'automatic')
  return {
    waves: waves.filter(({ members }) => members.length > 0),
    strata: representation(ordered, firstAutomatic?.members.length ?? 0, options),
    warnings: firstAutomatic ? skewOf(ordered, firstAutomatic) : [],
  }
}

/** Fewer expected endpoints than this come out at half as many by chance. */
const enoughToTell = 5

/**
 * One endpoint of every stratum leaves a small first wave few places for the rest: platforms with less than half of what
 * their share would give, so that a fault on one of them may not show there.
 */
function skewOf(ordered: readonly Candidate[], { name, members }: FutureWave): PlanDocument['warnings'] {
  const countOf = (list: readonly Candidate[], platform: string) =>
    list.filter((candidate) => candidate.platform === platform).length
  const platforms = [...new Set(ordered.map(({ platform }) => platform))].sort(byText)
  return platforms.flatMap((platform) => {
    const [all, here] = [countOf(ordered, platform), countOf(members, platform)]
    const fair = (all * members.length) / ordered.length
    if (fair < enoughToTell || here * 2 >= fair) return []
    const message = `${name} has ${here} of ${all} endpoints with ${platform}; in proportion they would be ${Math.round(fair)}. The places went to one endpoint of every stratum: give the first wave more, or raise waves.strata.minimum (--minimum-stratum).`
    return [{ code: 'sample-skewed', message }]
  })
}

/** A name that no wave has yet: `last`, then `last-2`. */
export function freeName(name: string, waves: readonly Wave[]): string {
  const taken = new Set(waves.map((wave) => wave.name))
  if (!taken.has(name)) return name
  for (let number = 2; ; number++) if (!taken.has(`${name}-${number}`)) return `${name}-${number}`
}
