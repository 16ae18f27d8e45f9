import { type ListFreshness, productStatus, type VersionCache } from './app-status.js'
import type { Endpoint, EndpointAttribute, EndpointRecord, ProductStatus } from './endpoint.js'
import { joinObservations, productOfTag, type SharedIdentity } from './identity.js'
import type { Intake, LookAlikes } from './intake.js'
import { appStatements, type ObservationStore, platforms } from './observation-store.js'
import type { EndpointPlatform } from './platform.js'

export type { Intake, LookAlikes }

/** All endpoints that the observations add up to. */
export interface Inventory {
  readonly size: number
  readonly shared: readonly SharedIdentity[]
  /** One endpoint at a time; the order is not fixed, see `sortedById`. */
  endpoints(): Iterable<Endpoint>
  sortedById(): Iterable<Endpoint>
}

/** Joins what was read into endpoints. Endpoints are made one at a time, so that a million of them need no memory. */
export function buildInventory(store: ObservationStore, freshness: ListFreshness): Inventory {
  const { heads, next, shared } = joinObservations(store)
  const versions: VersionCache = new Map()
  const at = (index: number): Endpoint => {
    const rows: number[] = []
    for (let row = heads[index]!; row >= 0; row = next[row]!) rows.push(row)
    if (rows.length > 1) rows.sort((a, b) => compareRows(store, a, b))
    return new StoredEndpoint(store, rows, freshness, versions)
  }
  return {
    size: heads.length,
    shared,
    *endpoints() {
      for (let index = 0; index < heads.length; index++) yield at(index)
    },
    *sortedById() {
      const ids = Array.from(heads, (_, index) => at(index).id)
      const order = Uint32Array.from(heads.keys()).sort((a, b) => byText(ids[a]!, ids[b]!))
      for (const index of order) yield at(index)
    },
  }
}

/** Freshest check-in first; ties are settled by content, so that the order of files does not matter. */
function compareRows(store: ObservationStore, a: number, b: number): number {
  const seenA = store.lastSeen[a]!
  const seenB = store.lastSeen[b]!
  if (seenA !== seenB && !(Number.isNaN(seenA) && Number.isNaN(seenB))) {
    if (Number.isNaN(seenA)) return 1
    if (Number.isNaN(seenB)) return -1
    return seenB - seenA
  }
  const byFile = byText(store.files[store.file[a]!]!.name, store.files[store.file[b]!]!.name)
  return byFile || compareContent(store, a, b) || store.record[a]! - store.record[b]! || a - b
}

/** Orders two rows by what they say: two equally fresh records must not depend on which of them was written first. */
function compareContent(store: ObservationStore, a: number, b: number): number {
  const { device, serial, hardwareUuid, hostname, user, email, department, site, groups, osVersion, attributes } = store
  for (const column of [device, serial, hardwareUuid]) {
    const order = compareCell(column[a]!, column[b]!, (id) => store.identities.text(id))
    if (order !== 0) return order
  }
  for (const column of [hostname, user, email, attributes]) {
    const order = compareCell(store.say(column, a), store.say(column, b), (id) => store.names.text(id))
    if (order !== 0) return order
  }
  for (const column of [department, site, groups, osVersion]) {
    const order = compareCell(store.say(column, a), store.say(column, b), (id) => store.texts.text(id))
    if (order !== 0) return order
  }
  const [appsA, appsB] = [store.appsAsOf[a]!, store.appsAsOf[b]!]
  if (appsA !== appsB && !(Number.isNaN(appsA) && Number.isNaN(appsB)))
    return appsA > appsB || Number.isNaN(appsB) ? -1 : 1
  return store.platform[b]! - store.platform[a]! || store.apps[b]! - store.apps[a]!
}

/** Rows that say something come before rows that do not. */
function compareCell(a: number, b: number, text: (id: number) => string): number {
  if (a < 0 || b < 0) return a === b ? 0 : a < 0 ? 1 : -1
  return a === b ? 0 : byText(text(a), text(b))
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** A view of the rows of one endpoint; texts are decoded only when somebody asks for them. */
class StoredEndpoint implements Endpoint {
  readonly #store: ObservationStore
  readonly #rows: readonly number[]
  readonly desktop: ProductStatus
  readonly code: ProductStatus
  readonly lastSeen: number | undefined

  constructor(store: ObservationStore, rows: readonly number[], freshness: ListFreshness, versions: VersionCache) {
    this.#store = store
    this.#rows = rows
    this.desktop = productStatus(store, rows, 0, freshness, versions)
    this.code = productStatus(store, rows, 1, freshness, versions)
    // Rows are sorted by check-in, and those without one come last.
    const seen = store.lastSeen[rows[0]!]!
    this.lastSeen = Number.isNaN(seen) ? undefined : seen
  }

  get id(): string {
    const { identities, sharedIdentities, serial, device, hardwareUuid } = this.#store
    // What several machines claim names none of them; it serves only where there is nothing else.
    const own = (id: number) => (sharedIdentities.has(id) ? undefined : identities.text(id))
    const uuid = (text: string | undefined) => (text === undefined ? undefined : `uuid:${text}`)
    return (
      this.#smallest(serial, own) ??
      this.#smallest(device, (id) => `${productOfTag(identities.tag(id))}:${identities.text(id)}`) ??
      uuid(this.#smallest(hardwareUuid, own)) ??
      this.serial ??
      `uuid:${this.hardwareUuid}`
    )
  }

  get serial(): string | undefined {
    return this.#smallest(this.#store.serial, (id) => this.#store.identities.text(id))
  }

  get hardwareUuid(): string | undefined {
    return this.#smallest(this.#store.hardwareUuid, (id) => this.#store.identities.text(id))
  }

  get hostname(): string | undefined {
    return this.#name(this.#store.hostname)
  }

  get user(): string | undefined {
    return this.#name(this.#store.user)
  }

  get email(): string | undefined {
    return this.#name(this.#store.email)
  }

  get department(): string | undefined {
    return this.#text(this.#store.department)
  }

  get site(): string | undefined {
    return this.#text(this.#store.site)
  }

  get osVersion(): string | undefined {
    return this.#text(this.#store.osVersion)
  }

  get platform(): EndpointPlatform {
    for (const row of this.#rows) {
      const platform = this.#store.platform[row]!
      if (platform !== 0) return platforms[platform]!
    }
    return 'unknown'
  }

  get groups(): readonly string[] {
    const groups = new Set<string>()
    for (const row of this.#rows) {
      const id = this.#store.say(this.#store.groups, row)
      if (id >= 0) for (const group of this.#store.texts.text(id).split('\u001f')) groups.add(group)
    }
    return [...groups].sort()
  }

  get extensionAttributes(): Readonly<Record<string, string>> {
    const attributes: Record<string, string> = Object.create(null)
    for (const row of [...this.#rows].reverse()) {
      const id = this.#store.say(this.#store.attributes, row)
      if (id < 0) continue
      for (const [name, value] of JSON.parse(this.#store.names.text(id)) as [string, string][]) attributes[name] = value
    }
    return attributes
  }

  get isAcrossProducts(): boolean {
    const { files, file } = this.#store
    const product = files[file[this.#rows[0]!]!]!.product
    for (let index = 1; index < this.#rows.length; index++) {
      if (files[file[this.#rows[index]!]!]!.product !== product) return true
    }
    return false
  }

  get hasDuplicates(): boolean {
    for (let index = 1; index < this.#rows.length; index++) {
      for (let other = 0; other < index; other++) {
        if (this.#areDuplicates(this.#rows[index]!, this.#rows[other]!)) return true
      }
    }
    return false
  }

  get records(): readonly EndpointRecord[] {
    const store = this.#store
    return this.#rows.map((row) => ({
      file: store.files[store.file[row]!]!.name,
      record: store.record[row]!,
      product: store.files[store.file[row]!]!.product,
      deviceId: store.device[row]! < 0 ? undefined : store.identities.text(store.device[row]!),
      serial: store.serial[row]! < 0 ? undefined : store.identities.text(store.serial[row]!),
      lastSeen: Number.isNaN(store.lastSeen[row]!) ? undefined : store.lastSeen[row]!,
      appsAsOf: Number.isNaN(store.appsAsOf[row]!) ? undefined : store.appsAsOf[row]!,
      apps: appStatements[store.apps[row]!]!,
    }))
  }

  origin(attribute: EndpointAttribute): number | undefined {
    const store = this.#store
    const says: Record<EndpointAttribute, (row: number) => boolean> = {
      serial: (row) => store.serial[row]! >= 0 && store.identities.text(store.serial[row]!) === this.serial,
      hostname: (row) => store.say(store.hostname, row) >= 0,
      platform: (row) => store.platform[row]! !== 0,
      osVersion: (row) => store.say(store.osVersion, row) >= 0,
      user: (row) => store.say(store.user, row) >= 0,
      email: (row) => store.say(store.email, row) >= 0,
      department: (row) => store.say(store.department, row) >= 0,
      site: (row) => store.say(store.site, row) >= 0,
      groups: (row) => store.say(store.groups, row) >= 0,
      lastSeen: (row) => !Number.isNaN(store.lastSeen[row]!),
    }
    const index = this.#rows.findIndex(says[attribute])
    return index < 0 ? undefined : index
  }

  /** Two device ids of one product, or two records of the same kind in one file. */
  #areDuplicates(row: number, other: number): boolean {
    const { identities, device, file, record, apps } = this.#store
    if (file[row] === file[other] && record[row] !== record[other] && apps[row] === apps[other]) return true
    if (device[row]! < 0 || device[other]! < 0 || device[row] === device[other]) return false
    return identities.tag(device[row]!) === identities.tag(device[other]!)
  }

  #name(column: Int32Array): string | undefined {
    for (const row of this.#rows) {
      const id = this.#store.say(column, row)
      if (id >= 0) return this.#store.names.text(id)
    }
    return undefined
  }

  #text(column: Int32Array): string | undefined {
    for (const row of this.#rows) {
      const id = this.#store.say(column, row)
      if (id >= 0) return this.#store.texts.text(id)
    }
    return undefined
  }

  #smallest(column: Int32Array, read: (id: number) => string | undefined): string | undefined {
    let smallest: string | undefined
    for (const row of this.#rows) {
      if (column[row]! < 0) continue
      const text = read(column[row]!)
      if (text !== undefined && (smallest === undefined || text < smallest)) smallest = text
    }
    return smallest
  }
}
