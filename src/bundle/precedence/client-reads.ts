import { gte, lt, lte, satisfies } from 'semver'
import type { BehaviourInVersions } from '../client-behaviour.js'

/** The version that is explained, in the normal form of `parseVersion`; undefined stands for the newest known behaviour. */
export type Client = string | undefined

/** Whether a rule that holds from a version on holds for the client. */
export function holdsFrom(since: string | undefined, client: Client): boolean {
  return since === undefined || client === undefined || gte(client, since)
}

/** Whether the client reads a key that came with `since`, or at some time after `newerThan`. */
export function readsKey(
  key: { readonly since?: string | undefined; readonly newerThan?: string | undefined },
  client: Client,
): 'yes' | 'no' | 'unknown' {
  if (client === undefined) return 'yes'
  if (key.since !== undefined && lt(client, key.since)) return 'no'
  if (key.newerThan === undefined) return 'yes'
  return lte(client, key.newerThan) ? 'no' : 'unknown'
}

/**
 * The behaviours that the client may show: one, or several where the version of a change is not known. Without a
 * version the newest behaviour.
 */
export function behavioursOf<Behaviour extends string>(
  list: readonly BehaviourInVersions<Behaviour>[],
  client: Client,
): readonly Behaviour[] {
  if (client === undefined) return list.slice(-1).map(({ behaviour }) => behaviour)
  return list
    .filter(({ versions }) => satisfies(client, versions, { includePrerelease: true }))
    .map(({ behaviour }) => behaviour)
}
