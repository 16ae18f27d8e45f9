import { satisfies } from 'semver'
import type { BehaviourInVersions } from '../client-behaviour.js'
import type { LintContext } from './rule.js'

/** Claude Code versions out there that lie in a range; undefined where none were given: any may be out there. */
export function clientsIn({ codeVersions }: LintContext, range: string): readonly string[] | undefined {
  if (codeVersions.length === 0) return undefined
  return codeVersions.filter((version) => satisfies(version, range, { includePrerelease: true }))
}

/** Whether a client in the range may be out there. */
export function mayMeet(context: LintContext, range: string): boolean {
  return clientsIn(context, range)?.length !== 0
}

/** The behaviours that clients out there may show, in the order of the list. */
export function behavioursMet<Behaviour extends string>(
  context: LintContext,
  list: readonly BehaviourInVersions<Behaviour>[],
): readonly BehaviourInVersions<Behaviour>[] {
  return list.filter(({ versions }) => mayMeet(context, versions))
}

/** One range for all of the behaviours, which are in the order of versions; undefined for none. */
export function rangeOf(list: readonly BehaviourInVersions<string>[]): string | undefined {
  const joined: string[] = []
  for (const { versions } of list) {
    const previous = joined.pop()
    joined.push(...(previous === undefined ? [versions] : joinRanges(previous, versions)))
  }
  return joined.length === 0 ? undefined : joined.join(' || ')
}

/** `<2.1.251` and `>=2.1.251 <2.1.323` are one range; two with a gap between them stay two. */
function joinRanges(lower: string, upper: string): readonly string[] {
  const end = /<(?<version>[^ =]+)$/.exec(lower)?.groups?.version
  const start = /^>=(?<version>\S+)/.exec(upper)?.groups?.version
  if (end === undefined || end !== start) return [lower, upper]
  const from = lower.slice(0, lower.lastIndexOf('<')).trim()
  const before = upper.slice(`>=${end}`.length).trim()
  return [`${from} ${before}`.trim() || '*']
}

/** The range as people read it, such as `clients before 2.1.197`. */
export function clientsText(range: string): string {
  return range === '*' ? 'all clients' : `clients ${range.split(' || ').map(rangeText).join(' and ')}`
}

function rangeText(range: string): string {
  const from = />=(?<version>[^ ]+)/.exec(range)?.groups?.version
  const before = /<(?<version>[^ =]+)/.exec(range)?.groups?.version
  if (from !== undefined) return before === undefined ? `from ${from} on` : `from ${from} to before ${before}`
  return before === undefined ? range : `before ${before}`
}
