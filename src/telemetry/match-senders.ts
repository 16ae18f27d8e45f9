import { EndpointIndex, usableSerial } from './endpoint-index.js'
import type { IdentityKey } from './identity-keys.js'
import { identityOf, type NamedValue, type SenderIdentity } from './sender-identity.js'
import type { Sender } from './tables.js'
import type { KnownEndpoint, MatchKind, MatchProblem, SenderMatch } from './view.js'

/** What the values of one kind point to: endpoints, nothing that is known, or different things. */
type Pointer =
  | { readonly to: 'endpoints'; readonly endpoints: readonly number[]; readonly key: string }
  | { readonly to: 'nothing-known' }
  | { readonly to: 'different' }

/**
 * Joins each sender to at most one endpoint; the answers are in the order of the senders. What names a machine (serial
 * number, then host name) goes before what names a person (login, then e-mail address), who may use several machines:
 *
 * - A serial number of the inventory decides, whatever the person. A host name that belongs to another endpoint is a
 *   `disagreement`; one that the inventory does not have is a machine that was renamed.
 * - A serial number that the inventory does not have is an `unknown-machine`, although the address may fit: that is what a
 *   company account on a personal machine looks like. Only a host name of an endpoint whose own serial number is not
 *   known can still join it.
 * - Where the machine fits several endpoints, the person may tell which of them it is.
 * - A host name alone does not decide against the person, for names are given twice: with a login or an address of other
 *   endpoints only it is a `disagreement`. A name that a machine has from the factory names nothing.
 * - Without a machine, a login that one endpoint has counts before an address that one endpoint has; where both are known
 *   and differ, it is a `disagreement`.
 *
 * Values that are placeholders, unfilled variables or hashes without a key name nothing; so does a kind of value that the
 * inventory does not hold at all, and a login where not one of all logins is found (inventories keep other names there).
 * With a `hashKey` hashes are compared; when not one of them is found, the key is taken to be another one.
 */
export function matchSenders(
  senders: readonly Sender[],
  keys: readonly IdentityKey[],
  endpoints: readonly KnownEndpoint[] | undefined,
  options: { readonly hashKey?: string | undefined } = {},
): readonly SenderMatch[] {
  if (endpoints === undefined) return senders.map(() => none('no-identity'))
  const index = new EndpointIndex(endpoints)
  const identities = senders.map((sender) => identityOf(sender, keys))
  const matcher = new Matcher(endpoints, index, workingKey(identities, index, options.hashKey), {
    serial: index.holds('serial'),
    hostname: index.holds('hostname'),
    login:
      index.holds('user') && identities.some(({ logins }) => logins.some(({ value }) => index.login(value).length > 0)),
    email: index.holds('email'),
  })
  return identities.map((identity) => matcher.match(identity))
}

/** The key, if it opens at least one hash. */
function workingKey(
  identities: readonly SenderIdentity[],
  index: EndpointIndex,
  hashKey: string | undefined,
): string | undefined {
  if (hashKey === undefined) return undefined
  const opens = identities.some(
    ({ hashedLogins, hashedEmails }) =>
      hashedEmails.some(({ value }) => index.hashedEmail(value, hashKey).length > 0) ||
      hashedLogins.some(({ value }) => index.hashedLogin(value, hashKey).length > 0),
  )
  return opens ? hashKey : undefined
}

type Usable = Readonly<Record<'serial' | 'hostname' | 'login' | 'email', boolean>>

class Matcher {
  readonly #endpoints: readonly KnownEndpoint[]
  readonly #index: EndpointIndex
  readonly #hashKey: string | undefined
  readonly #usable: Usable

  constructor(endpoints: readonly KnownEndpoint[], index: EndpointIndex, hashKey: string | undefined, usable: Usable) {
    this.#endpoints = endpoints
    this.#index = index
    this.#hashKey = hashKey
    this.#usable = usable
  }

  match(identity: SenderIdentity): SenderMatch {
    const index = this.#index
    const usable = this.#usable
    const serial = usable.serial ? pointer(identity.serials, (value) => index.serial(value)) : undefined
    const hostname = usable.hostname ? pointer(identity.hostnames, (value) => index.hostname(value)) : undefined
    const login = this.#login(identity)
    const email = this.#email(identity)
    return (
      this.#byMachine(serial, hostname, login, email) ??
      (identity.hashedMachine ? none('hashed') : this.#byPerson(identity, login, email))
    )
  }

  #byMachine(
    serial: Pointer | undefined,
    hostname: Pointer | undefined,
    login: Pointer | undefined,
    email: Pointer | undefined,
  ): SenderMatch | undefined {
    if (serial === undefined && hostname === undefined) return undefined
    if (serial?.to === 'different') return none('disagreement')
    if (serial?.to === 'nothing-known') {
      const only = hostname?.to === 'endpoints' && hostname.endpoints.length === 1 ? hostname.endpoints[0]! : undefined
      const mayBe = only !== undefined && usableSerial(this.#endpoints[only]!.serial) === undefined
      return mayBe && hostname?.to === 'endpoints'
        ? byHostname(hostname.endpoints, hostname.key, login, email)
        : none('unknown-machine')
    }
    if (serial === undefined) {
      if (hostname?.to === 'different') return none('disagreement')
      if (hostname?.to !== 'endpoints') return none('unknown-machine')
      return byHostname(hostname.endpoints, hostname.key, login, email)
    }
    if (hostname?.to !== 'endpoints') return narrow('serial', serial.endpoints, serial.key, login, email)
    const both = common(serial.endpoints, hostname.endpoints)
    if (both.length > 0)
      return serial.endpoints.length === 1
        ? found('serial', serial.endpoints[0]!, serial.key)
        : narrow('attribute', both, hostname.key, login, email)
    // A name that several others bear says nothing against a serial number.
    return hostname.endpoints.length === 1
      ? none('disagreement')
      : narrow('serial', serial.endpoints, serial.key, login, email)
  }

  #byPerson(identity: SenderIdentity, login: Pointer | undefined, email: Pointer | undefined): SenderMatch {
    if (login?.to === 'different' || email?.to === 'different') return none('disagreement')
    if (login?.to === 'endpoints' && login.endpoints.length === 1) {
      const [endpoint] = login.endpoints as [number]
      const contradicts =
        email?.to === 'endpoints'
          ? !includes(email.endpoints, endpoint)
          : email?.to === 'nothing-known' && this.#endpoints[endpoint]!.email !== undefined
      return contradicts ? none('disagreement') : found('attribute', endpoint, login.key)
    }
    if (email?.to === 'endpoints')
      return email.endpoints.length === 1 ? found('email', email.endpoints[0]!, email.key) : none('several-endpoints')
    if (email?.to === 'nothing-known') return none('unknown-account')
    if (login?.to === 'endpoints') return none('several-endpoints')
    if (this.#hashKey === undefined && identity.hashedEmails.length + identity.hashedLogins.length > 0)
      return none('hashed')
    return none(login === undefined ? 'no-identity' : 'unknown-account')
  }

  #login({ logins, hashedLogins }: SenderIdentity): Pointer | undefined {
    const index = this.#index
    const hashKey = this.#hashKey
    const clear = this.#usable.login ? pointer(logins, (value) => index.login(value)) : undefined
    if (clear !== undefined || hashKey === undefined) return clear
    return pointer(hashedLogins, (value) => index.hashedLogin(value, hashKey))
  }

  #email({ emails, hashedEmails }: SenderIdentity): Pointer | undefined {
    const index = this.#index
    const hashKey = this.#hashKey
    const clear = this.#usable.email ? pointer(emails, (value) => index.email(value)) : undefined
    if (clear !== undefined || hashKey === undefined) return clear
    return pointer(hashedEmails, (value) => index.hashedEmail(value, hashKey))
  }
}

/** What all values of one kind point to together; undefined without any. */
function pointer(values: readonly NamedValue[], look: (value: string) => readonly number[]): Pointer | undefined {
  const [first, ...others] = values
  if (first === undefined) return undefined
  let endpoints = look(first.value)
  for (const { value } of others) {
    const more = look(value)
    if (more.length === 0 && endpoints.length === 0) continue
    endpoints = common(endpoints, more)
    if (endpoints.length === 0) return { to: 'different' }
  }
  return endpoints.length === 0 ? { to: 'nothing-known' } : { to: 'endpoints', endpoints, key: first.key }
}

/** By a host name alone, unless the person says otherwise. */
function byHostname(
  endpoints: readonly number[],
  key: string,
  login: Pointer | undefined,
  email: Pointer | undefined,
): SenderMatch {
  const match = narrow('attribute', endpoints, key, login, email)
  if (match.kind === 'none') return match
  return speaksAgainst(login, match.endpoint) || speaksAgainst(email, match.endpoint) ? none('disagreement') : match
}

/** Whether a person is known, and has other endpoints only. */
function speaksAgainst(person: Pointer | undefined, endpoint: number): boolean {
  return person?.to === 'different' || (person?.to === 'endpoints' && !includes(person.endpoints, endpoint))
}

/** Of several endpoints the one that the person has, if it is one. */
function narrow(
  kind: MatchKind,
  endpoints: readonly number[],
  key: string,
  login: Pointer | undefined,
  email: Pointer | undefined,
): SenderMatch {
  if (endpoints.length === 1) return found(kind, endpoints[0]!, key)
  let left = endpoints
  for (const [how, person] of [['attribute', login] as const, ['email', email] as const]) {
    if (person?.to !== 'endpoints') continue
    const both = common(left, person.endpoints)
    if (both.length === 1) return found(how, both[0]!, person.key)
    if (both.length > 0) left = both
  }
  return none('several-endpoints')
}

/** What stands in both lists. Both rise; one may be most of the fleet, where a name was never changed. */
function common(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a === b) return a
  const [few, many] = a.length <= b.length ? [a, b] : [b, a]
  return few.filter((endpoint) => includes(many, endpoint))
}

function includes(rising: readonly number[], wanted: number): boolean {
  let [low, high] = [0, rising.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (rising[middle]! < wanted) low = middle + 1
    else high = middle
  }
  return rising[low] === wanted
}

function found(kind: MatchKind, endpoint: number, key: string): SenderMatch {
  return { kind, endpoint, key }
}

function none(problem: MatchProblem): SenderMatch {
  return problems[problem]
}

/** One object for each problem: there may be as many senders as endpoints. */
const problems: Readonly<Record<MatchProblem, SenderMatch>> = {
  'no-identity': { kind: 'none', problem: 'no-identity' },
  hashed: { kind: 'none', problem: 'hashed' },
  'several-endpoints': { kind: 'none', problem: 'several-endpoints' },
  disagreement: { kind: 'none', problem: 'disagreement' },
  'unknown-machine': { kind: 'none', problem: 'unknown-machine' },
  'unknown-account': { kind: 'none', problem: 'unknown-account' },
}
