import * as z from 'zod'
import { byText } from '../../platform/by-text.js'
import type { Example, Sender } from '../tables.js'
import type { EvidenceView, KnownEndpoint } from '../view.js'

/** Who sent something: an endpoint of the inventory, or an installation that belongs to none that is known. */
export interface Reporter {
  /** The same for everything that one endpoint or installation sent, also under several versions and surfaces. */
  readonly key: string
  readonly endpoint?: KnownEndpoint | undefined
  /** The random id of the installation (`user.id`), where there is no endpoint and the sender tells it. */
  readonly installation?: string | undefined
}

/** Several sections ask for the same view. */
const known = new WeakMap<EvidenceView, readonly Reporter[]>()

/** One for each sender, in their order. */
export function reportersOf(view: EvidenceView): readonly Reporter[] {
  const made = known.get(view) ?? view.tables.senders.map((sender, index) => reporterOf(view, sender, index))
  known.set(view, made)
  return made
}

function reporterOf({ matches, endpoints }: EvidenceView, sender: Sender, index: number): Reporter {
  const match = matches[index]
  const endpoint = match === undefined || match.kind === 'none' ? undefined : endpoints?.[match.endpoint]
  if (endpoint !== undefined) return { key: `endpoint ${endpoint.id}`, endpoint }
  return { key: installationKey(sender), ...(sender.installation !== '' && { installation: sender.installation }) }
}

/** The first thing that tells installations apart; senders that say nothing of themselves count as one. */
function installationKey({ installation, identity, account, email, owner }: Sender): string {
  if (installation !== '') return `installation ${installation}`
  if (identity.some((value) => value !== '')) return `machine ${JSON.stringify(identity)}`
  if (account !== '') return `account ${account}`
  if (email !== '') return `email ${email}`
  return owner === '' ? 'nobody' : `owner ${owner}`
}

const mostIds = 20

/** How many endpoints and installations something is true of, and the ids of some. */
export const Reach = z.object({
  endpoints: z.int().min(0),
  /** Senders that no endpoint of the inventory matches, by installation. */
  installations: z.int().min(0),
  endpointIds: z.array(z.string()).max(mostIds),
  installationIds: z.array(z.string()).max(mostIds),
})
export type Reach = z.infer<typeof Reach>

/** Counts each reporter once. */
export class ReachTally {
  readonly #reporters = new Map<string, Reporter>()

  add(reporter: Reporter): void {
    this.#reporters.set(reporter.key, reporter)
  }

  reach(): Reach {
    const all = [...this.#reporters.values()]
    const endpointIds = all.flatMap(({ endpoint }) => (endpoint === undefined ? [] : [endpoint.id]))
    const installationIds = all.flatMap(({ installation }) => (installation === undefined ? [] : [installation]))
    return {
      endpoints: endpointIds.length,
      installations: all.length - endpointIds.length,
      endpointIds: endpointIds.sort(byText).slice(0, mostIds),
      installationIds: installationIds.sort(byText).slice(0, mostIds),
    }
  }
}

/** Most endpoints first, then most installations. */
export function byReach(a: Reach, b: Reach): number {
  return b.endpoints - a.endpoints || b.installations - a.installations
}

/** The earlier of two examples, by the order of the tables: time, session by code unit, sequence. */
export function earlier(a: Example | undefined, b: Example | undefined): Example | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return (a.at - b.at || byText(a.session, b.session) || a.sequence - b.sequence) <= 0 ? a : b
}
