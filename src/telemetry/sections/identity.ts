import * as z from 'zod'
import { byText } from '../../platform/by-text.js'
import { endpointFields } from '../../policy/telemetry.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import { emailAttribute, ownerAttribute, standingOf, type ValueStanding } from '../sender-identity.js'
import type { Sender } from '../tables.js'
import { type EvidenceView, matchKinds, matchProblems } from '../view.js'
import { cutList, cutOf, percentOf } from './cut-list.js'

const count = z.int().min(0)

const percent = z.number().nullable()
const Completeness = z.object({
  /** Log records, of which the others are parts. */
  events: count,
  /** `user.email`: in clear, as a hash, or not there. */
  email: z.object({ clear: count, hashed: count, none: count, percent }),
  organization: z.object({ there: count, percent }),
  account: z.object({ there: count, percent }),
  /** Attributes that name the endpoint: one of them filled, none of them and a variable left, or none at all. */
  endpoint: z.object({ filled: count, unfilled: count, none: count, percent }),
})
type Completeness = z.infer<typeof Completeness>

/** How much telemetry says of who sent it, and what it was joined by. */
export const IdentitySection = z.object({
  /** Without an inventory nothing is joined. */
  problem: z.literal('no-inventory').optional(),
  total: Completeness,
  surfaces: z.array(Completeness.extend({ surface: z.string() })),
  versions: cutOf(Completeness.extend({ surface: z.string(), version: z.string() })),
  systems: cutOf(Completeness.extend({ system: z.string(), version: z.string() })),
  /** Each attribute that may name an endpoint, by what its values are worth. */
  attributes: z.array(
    z.object({
      key: z.string(),
      field: z.enum(endpointFields),
      filled: count,
      hashed: count,
      placeholder: count,
      unfilled: count,
      none: count,
    }),
  ),
  /** Log records by what joined them, or why nothing did; together they are all of them. */
  matches: z.object({
    ...(Object.fromEntries([...matchKinds, ...matchProblems].map((name) => [name, count])) as Record<
      (typeof matchKinds)[number] | (typeof matchProblems)[number],
      typeof count
    >),
  }),
  /** Joined to an endpoint. */
  joined: z.object({ events: count, percent }),
})
export type IdentitySection = z.infer<typeof IdentitySection>

export function identitySection(view: EvidenceView): IdentitySection {
  const { tables, matches, endpoints, identityKeys } = view
  const keys = [
    { key: emailAttribute, field: 'email' as const },
    { key: ownerAttribute, field: 'user' as const },
    ...identityKeys,
  ]
  const total = new Tally()
  const surfaces = new Map<string, Tally>()
  const versions = new Map<string, Tally>()
  const systems = new Map<string, Tally>()
  const attributes = keys.map(({ key, field }) => ({
    ...{ key, field, filled: 0, hashed: 0, placeholder: 0, unfilled: 0, none: 0 },
  }))
  const joins = Object.fromEntries(
    [...matchKinds, ...matchProblems].map((name) => [name, 0]),
  ) as IdentitySection['matches']
  for (const [index, sender] of tables.senders.entries()) {
    const { service, version, osType, osVersion, events } = sender
    if (events === 0) continue
    const values = [sender.email, sender.owner, ...sender.identity]
    const standings = keys.map(({ field }, at) => standingOf(field, values[at] ?? ''))
    for (const [at, standing] of standings.entries()) attributes[at]![standing] += events
    const endpoint = endpointStanding(standings.filter((_, at) => at >= 2 && namesEndpoint(keys[at]!.field)))
    const tallies = [
      total,
      getOrAdd(surfaces, service, () => new Tally()),
      getOrAdd(versions, JSON.stringify([service, version]), () => new Tally()),
      getOrAdd(systems, JSON.stringify([osType, osVersion]), () => new Tally()),
    ]
    for (const tally of tallies) tally.add(sender, standings[0]!, endpoint)
    const match = matches[index]!
    joins[match.kind === 'none' ? match.problem : match.kind] += events
  }
  const joinedEvents = matchKinds.reduce((sum, kind) => sum + joins[kind], 0)
  return {
    ...(endpoints === undefined && { problem: 'no-inventory' as const }),
    total: total.row(),
    surfaces: rowsOf(surfaces, (surface) => ({ surface })),
    versions: cutList(
      rowsOf(versions, (name) => {
        const [surface, version] = JSON.parse(name) as [string, string]
        return { surface, version }
      }),
    ),
    systems: cutList(
      rowsOf(systems, (name) => {
        const [system, version] = JSON.parse(name) as [string, string]
        return { system, version }
      }),
    ),
    attributes,
    matches: joins,
    joined: { events: joinedEvents, percent: percentOf(joinedEvents, total.row().events) },
  }
}

/** Department and site are attributes of many endpoints. */
function namesEndpoint(field: (typeof endpointFields)[number]): boolean {
  return field !== 'department' && field !== 'site'
}

type EndpointStanding = 'filled' | 'unfilled' | 'none'

function endpointStanding(standings: readonly ValueStanding[]): EndpointStanding {
  if (standings.some((standing) => standing === 'filled' || standing === 'hashed')) return 'filled'
  return standings.some((standing) => standing === 'unfilled' || standing === 'placeholder') ? 'unfilled' : 'none'
}

function rowsOf<Name extends object>(
  tallies: ReadonlyMap<string, Tally>,
  nameOf: (key: string) => Name,
): (Completeness & Name)[] {
  return [...tallies]
    .map(([key, tally]) => ({ key, row: { ...nameOf(key), ...tally.row() } }))
    .sort((a, b) => b.row.events - a.row.events || byText(a.key, b.key))
    .map(({ row }) => row)
}

class Tally {
  #events = 0
  readonly #email = { clear: 0, hashed: 0, none: 0 }
  readonly #endpoint = { filled: 0, unfilled: 0, none: 0 }
  #organization = 0
  #account = 0

  add({ events, organization, account }: Sender, email: ValueStanding, endpoint: EndpointStanding): void {
    this.#events += events
    this.#email[email === 'filled' ? 'clear' : email === 'hashed' ? 'hashed' : 'none'] += events
    this.#endpoint[endpoint] += events
    if (organization !== '') this.#organization += events
    if (account !== '') this.#account += events
  }

  row(): Completeness {
    const events = this.#events
    const there = (number: number) => ({ there: number, percent: percentOf(number, events) })
    return {
      events,
      email: { ...this.#email, percent: percentOf(this.#email.clear + this.#email.hashed, events) },
      organization: there(this.#organization),
      account: there(this.#account),
      endpoint: { ...this.#endpoint, percent: percentOf(this.#endpoint.filled, events) },
    }
  }
}
