import { foldSerial, serialProblem } from '../inventory/serial-number.js'
import { sha256 } from '../platform/sha256.js'
import { foldEmail, foldHostname, foldLogin, standingOf } from './sender-identity.js'
import type { KnownEndpoint } from './view.js'

const nobody: readonly number[] = []

interface HashedNames {
  readonly key: string
  readonly logins: Names
  readonly emails: Names
}

/** The endpoints of an inventory by what may name them; all answers are indexes, rising. */
export class EndpointIndex {
  readonly #endpoints: readonly KnownEndpoint[]
  readonly #serials = new Names()
  readonly #hostnames = new Names()
  /** Host names by their first part, of those that have more. */
  readonly #firstParts = new Names()
  readonly #logins = new Names()
  readonly #emails = new Names()
  #hashes: HashedNames | undefined

  constructor(endpoints: readonly KnownEndpoint[]) {
    this.#endpoints = endpoints
    for (const [index, { serial, hostname, user = '', email = '' }] of endpoints.entries()) {
      const folded = usableSerial(serial)
      if (folded !== undefined) this.#serials.add(folded, index)
      if (hostname !== undefined && standingOf('hostname', hostname) === 'filled') {
        const name = foldHostname(hostname)
        this.#hostnames.add(name, index)
        if (name.includes('.')) this.#firstParts.add(firstPart(name), index)
      }
      if (standingOf('user', user) === 'filled') this.#logins.add(foldLogin(user), index)
      for (const address of addresses(user, email)) this.#emails.add(foldEmail(address), index)
    }
  }

  /** Whether the inventory holds a field at all: what it does not hold, nothing can be looked up in. */
  holds(field: 'serial' | 'hostname' | 'user' | 'email'): boolean {
    if (this.#endpoints.length === 0) return true
    const names = { serial: this.#serials, hostname: this.#hostnames, user: this.#logins, email: this.#emails }[field]
    return names.size > 0
  }

  serial(folded: string): readonly number[] {
    return this.#serials.get(folded)
  }

  /**
   * By host name. Networks add their domain to a name (`mac-1.local`), and inventories often leave it out, so where
   * only one of the two has a domain, the first part decides.
   */
  hostname(folded: string): readonly number[] {
    const whole = this.#hostnames.get(folded)
    if (whole.length > 0) return whole
    return folded.includes('.') ? this.#hostnames.get(firstPart(folded)) : this.#firstParts.get(folded)
  }

  login(folded: string): readonly number[] {
    return this.#logins.get(folded)
  }

  email(folded: string): readonly number[] {
    return this.#emails.get(folded)
  }

  hashedLogin(hash: string, key: string): readonly number[] {
    return this.#hashed(key).logins.get(hash)
  }

  hashedEmail(hash: string, key: string): readonly number[] {
    return this.#hashed(key).emails.get(hash)
  }

  /** Made once, when the first hash is asked for. The collector lower-cases addresses before it hashes them, logins not. */
  #hashed(key: string): HashedNames {
    if (this.#hashes?.key === key) return this.#hashes
    const made = { key, logins: new Names(), emails: new Names() }
    const hash = (value: string) => `sha256:${sha256(`${key}:${value}`)}`
    for (const [index, { user = '', email = '' }] of this.#endpoints.entries()) {
      if (standingOf('user', user) === 'filled')
        for (const form of new Set([user, user.trim(), user.trim().toLowerCase(), foldLogin(user)]))
          made.logins.add(hash(form), index)
      for (const address of addresses(user, email))
        for (const form of new Set([foldEmail(address), address.trim()])) made.emails.add(hash(form), index)
    }
    this.#hashes = made
    return made
  }
}

/** A serial number of the inventory as it is compared, or undefined where it identifies nothing. */
export function usableSerial(serial: string | undefined): string | undefined {
  const folded = serial === undefined ? undefined : foldSerial(serial)
  return folded === undefined || serialProblem(folded) !== undefined ? undefined : folded
}

/** Some inventories have the address in the place of the user only. */
function addresses(user: string, email: string): readonly string[] {
  return [email, user].filter((text) => text.includes('@'))
}

function firstPart(hostname: string): string {
  // An IP address is no name with a domain.
  return /^[\d.]+$/.test(hostname) ? hostname : hostname.slice(0, hostname.indexOf('.'))
}

/** Texts and which endpoints bear them. */
class Names {
  readonly #endpoints = new Map<string, number[]>()

  get size(): number {
    return this.#endpoints.size
  }

  add(text: string, endpoint: number): void {
    const known = this.#endpoints.get(text)
    if (known === undefined) this.#endpoints.set(text, [endpoint])
    else if (known.at(-1) !== endpoint) known.push(endpoint)
  }

  get(text: string): readonly number[] {
    return this.#endpoints.get(text) ?? nobody
  }
}
