import type { EndpointPlatform } from '../inventory/platform.js'
import { platformOf } from '../inventory/platform.js'
import { EndpointIndex, usableSerial } from './endpoint-index.js'
import { lastRecord } from './record-times.js'
import { identityOf, type SenderIdentity } from './sender-identity.js'
import { surfaces } from './surfaces/index.js'
import type { Sender } from './tables.js'
import type { EvidenceView, KnownEndpoint } from './view.js'

/** The last record that could be of an endpoint although it could not be joined to it. */
export interface PossibleRecords {
  /** Time of the last one, of one surface or of any; 0 where there is none. */
  last(endpoint: number, service?: string): number
}

/**
 * Which endpoints the senders could be that belong to none for certain. Before an endpoint is called silent, this must
 * say that nobody could be it:
 *
 * - several endpoints, or a disagreement: each endpoint that something of it points to;
 * - an unknown machine: the endpoints of its person whose own serial number is not known, and without a serial number all
 *   endpoints of its person, since host names change;
 * - an unknown account: the endpoints whose address the inventory does not have;
 * - only hashes: any endpoint of its operating system, until a key opens them.
 *
 * A sender that names nothing could be anybody, and saves nobody from being called silent: an endpoint whose telemetry
 * does not name it needs the same repair.
 */
export function possibleRecords(view: EvidenceView): PossibleRecords {
  const { endpoints = [], matches, tables, identityKeys } = view
  // Where everything was joined, nobody is looked up.
  let made: EndpointIndex | undefined
  const index = () => {
    made ??= new EndpointIndex(endpoints)
    return made
  }
  const marks = new Map(surfaces.map(({ service }) => [service, new Marks(endpoints)]))
  for (const [number, match] of matches.entries()) {
    if (match.kind !== 'none') continue
    const sender = tables.senders[number]!
    const marked = marks.get(sender.service)
    if (marked === undefined) continue
    const last = Math.max(lastRecord(sender), sender.lastAfter)
    const identity = identityOf(sender, identityKeys)
    const isHashed = identity.hashedEmails.length + identity.hashedLogins.length > 0 || identity.hashedMachine
    const mark = (some: readonly number[]) => {
      if (some.length > mostMarked) marked.anybody(sender, last)
      else for (const endpoint of some) marked.one(endpoint, last)
    }
    switch (match.problem) {
      case 'hashed':
        marked.anybody(sender, last)
        break
      case 'several-endpoints':
      case 'disagreement':
        // The key that opened the hashes is not kept, so which endpoints they meant is not known here.
        if (isHashed) marked.anybody(sender, last)
        else mark([...machinesOf(identity, index()), ...personsOf(identity, index())])
        break
      case 'unknown-machine':
        mark(
          personsOf(identity, index()).filter(
            (endpoint) => identity.serials.length === 0 || usableSerial(endpoints[endpoint]!.serial) === undefined,
          ),
        )
        break
      case 'unknown-account':
        if (mayBeOurs(sender, identity, view)) marked.withoutEmail(last)
    }
  }
  return {
    last(endpoint, service) {
      if (service !== undefined) return marks.get(service)?.last(endpoint) ?? 0
      return Math.max(...[...marks.values()].map((marked) => marked.last(endpoint)))
    },
  }
}

/** A name that more endpoints bear is nobody's; thousands of senders may bear it as well. */
const mostMarked = 1000

/** Whether a sender that names no machine can be an endpoint that has the settings of the policy. */
function mayBeOurs(sender: Sender, { lostMachine }: SenderIdentity, { policy, stamp }: EvidenceView): boolean {
  const fields = Object.values(policy.policy.telemetry?.endpointAttributes ?? {})
  const namesMachine = stamp !== undefined && fields.some((field) => field === 'serial' || field === 'hostname')
  const reportsPolicy = surfaces.find(({ service }) => service === sender.service)?.reportsPolicy ?? false
  return !namesMachine || !reportsPolicy || lostMachine || sender.stamp !== ''
}

function machinesOf({ serials, hostnames }: SenderIdentity, index: EndpointIndex): number[] {
  return [
    ...serials.flatMap(({ value }) => index.serial(value)),
    ...hostnames.flatMap(({ value }) => index.hostname(value)),
  ]
}

function personsOf({ logins, emails }: SenderIdentity, index: EndpointIndex): number[] {
  return [...logins.flatMap(({ value }) => index.login(value)), ...emails.flatMap(({ value }) => index.email(value))]
}

/** Latest times, of single endpoints and of groups of them, for one surface. */
class Marks {
  readonly #endpoints: readonly KnownEndpoint[]
  readonly #one = new Map<number, number>()
  readonly #anybody: Record<EndpointPlatform, number> = { macos: 0, windows: 0, linux: 0, other: 0, unknown: 0 }
  #withoutEmail = 0

  constructor(endpoints: readonly KnownEndpoint[]) {
    this.#endpoints = endpoints
  }

  one(endpoint: number, time: number): void {
    this.#one.set(endpoint, Math.max(time, this.#one.get(endpoint) ?? 0))
  }

  anybody({ service, osType }: Sender, time: number): void {
    for (const platform of platformsOf(service, osType))
      this.#anybody[platform] = Math.max(time, this.#anybody[platform])
  }

  withoutEmail(time: number): void {
    this.#withoutEmail = Math.max(time, this.#withoutEmail)
  }

  last(endpoint: number): number {
    const { email, platform } = this.#endpoints[endpoint]!
    const withoutEmail = email === undefined ? this.#withoutEmail : 0
    return Math.max(this.#anybody[platform], withoutEmail, this.#one.get(endpoint) ?? 0)
  }
}

/** The endpoints that `os.type` leaves: Linux may be WSL on Windows, and Cowork sends from a virtual machine. */
export function platformsOf(service: string, osType: string): readonly EndpointPlatform[] {
  const told = service === 'cowork' ? 'unknown' : platformOf(osType)
  switch (told) {
    case 'macos':
      return ['macos', 'unknown']
    case 'windows':
      return ['windows', 'unknown']
    case 'linux':
      return ['linux', 'windows', 'unknown']
    default:
      return ['macos', 'windows', 'linux', 'other', 'unknown']
  }
}
