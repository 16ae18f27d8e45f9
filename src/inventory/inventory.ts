import { byText } from '../platform/by-text.js'
import { type ListFreshness, productStatus, type VersionCache } from './app-status.js'
import type { Endpoint, EndpointAttribute, EndpointProbe, EndpointRecord, ProductStatus } from './endpoint.js'
import { endpointProbe } from './endpoint-probe.js'
import { joinObservations, productOfTag, type SharedIdentity } from './identity.js'
import { detail, type ObservationStore, platforms } from './observation-store.js'
import type { EndpointPlatform } from './platform.js'

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
    if (rows.length === 2) {
      if (compareRows(store, rows[0]!, rows[1]!) > 0) rows.reverse()
    } else if (rows.length > 2) rows.sort((a, b) => compareRows(store, a, b))
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
  const seenA = store.lastSeen(a)
  const seenB = store.lastSeen(b)
  if (seenA !== seenB && !(Number.isNaN(seenA) && Number.isNaN(seenB))) {
    if (Number.isNaN(seenA)) return 1
    if (Number.isNaN(seenB)) return -1
    return seenB - seenA
  }
  const byFile = byText(store.file(a).name, store.file(b).name)
  return byFile || compareContent(store, a, b) || store.record(a) - store.record(b) || a - b
}

/** Orders two rows by what they say: two equally fresh records must not depend on which of them was written first. */
function compareContent(store: ObservationStore, a: number, b: number): number {
  const identity = (id: number) => store.identities.text(id)
  const name = (id: number) => store.names.text(id)
  const text = (id: number) => store.texts.text(id)
  const order =
    compareCell(store.device(a), store.device(b), identity) ||
    compareCell(store.serial(a), store.serial(b), identity) ||
    compareCell(store.hardwareUuid(a), store.hardwareUuid(b), identity) ||
    compareDetails(store, a, b, [detail.hostname, detail.user, detail.email, detail.attributes], name) ||
    compareDetails(store, a, b, [detail.department, detail.site, detail.groups, detail.osVersion], text)
  if (order !== 0) return order
  const [appsA, appsB] = [store.appsAsOf(a), store.appsAsOf(b)]
  if (appsA !== appsB && !(Number.isNaN(appsA) && Number.isNaN(appsB)))
    return appsA > appsB || Number.isNaN(appsB) ? -1 : 1
  return store.platform(b) - store.platform(a) || byText(store.apps(b), store.apps(a))
}

function compareDetails(
  store: ObservationStore,
  a: number,
  b: number,
  columns: readonly number[],
  text: (id: number) => string,
): number {
  for (const column of columns) {
    const order = compareCell(store.detail(a, column), store.detail(b, column), text)
    if (order !== 0) return order
  }
  return 0
}

/** Rows that say something come before rows that do not. */
function compareCell(a: number, b: number, text: (id: number) => string): number {
  if (a < 0 || b < 0) return a === b ? 0 : a < 0 ? 1 : -1
  return a === b ? 0 : byText(text(a), text(b))
}

/** A view of the rows of one endpoint; texts are decoded only when somebody asks for them. */
class StoredEndpoint implements Endpoint {
  readonly #store: ObservationStore
  readonly #rows: readonly number[]
  readonly #freshness: ListFreshness
  readonly #versions: VersionCache
  #desktop: ProductStatus | undefined
  #code: ProductStatus | undefined
  #probe: EndpointProbe | undefined
  readonly lastSeen: number | undefined

  constructor(store: ObservationStore, rows: readonly number[], freshness: ListFreshness, versions: VersionCache) {
    this.#store = store
    this.#rows = rows
    this.#freshness = freshness
    this.#versions = versions
    // Rows are sorted by check-in, and those without one come last.
    const seen = store.lastSeen(rows[0]!)
    this.lastSeen = Number.isNaN(seen) ? undefined : seen
  }

  get desktop(): ProductStatus {
    this.#desktop ??= productStatus(this.#store, this.#rows, 0, this.#freshness, this.#versions)
    return this.#desktop
  }

  get code(): ProductStatus {
    this.#code ??= productStatus(this.#store, this.#rows, 1, this.#freshness, this.#versions)
    return this.#code
  }

  get probe(): EndpointProbe | undefined {
    if (this.#store.hasNoProbes) return undefined
    this.#probe ??= endpointProbe(this.#store, this.#rows, this.#freshness.asOf)
    return this.#probe
  }

  get id(): string {
    const { identities, sharedIdentities } = this.#store
    // What several machines claim names none of them; it serves only where there is nothing else.
    const own = (id: number) => (sharedIdentities.has(id) ? undefined : identities.text(id))
    const serial = this.#smallest((row) => this.#store.serial(row), own)
    if (serial !== undefined) return serial
    const device = this.#smallest(
      (row) => this.#store.device(row),
      (id) => `${productOfTag(identities.tag(id))}:${identities.text(id)}`,
    )
    if (device !== undefined) return device
    const uuid = this.#smallest((row) => this.#store.hardwareUuid(row), own)
    return uuid === undefined ? (this.serial ?? `uuid:${this.hardwareUuid}`) : `uuid:${uuid}`
  }

  get serial(): string | undefined {
    return this.#smallest(
      (row) => this.#store.serial(row),
      (id) => this.#store.identities.text(id),
    )
  }

  get hardwareUuid(): string | undefined {
    return this.#smallest(
      (row) => this.#store.hardwareUuid(row),
      (id) => this.#store.identities.text(id),
    )
  }

  get hostname(): string | undefined {
    return this.#name(detail.hostname)
  }

  get user(): string | undefined {
    return this.#name(detail.user)
  }

  get email(): string | undefined {
    return this.#name(detail.email)
  }

  get department(): string | undefined {
    return this.#text(detail.department)
  }

  get site(): string | undefined {
    return this.#text(detail.site)
  }

  get osVersion(): string | undefined {
    return this.#text(detail.osVersion)
  }

  get platform(): EndpointPlatform {
    for (const row of this.#rows) {
      const platform = this.#store.platform(row)
      if (platform !== 0) return platforms[platform]!
    }
    return 'unknown'
  }

  get groups(): readonly string[] {
    const groups = new Set<string>()
    for (const row of this.#rows) {
      const id = this.#store.detail(row, detail.groups)
      if (id >= 0) for (const group of this.#store.texts.text(id).split('\u001f')) groups.add(group)
    }
    return [...groups].sort()
  }

  get extensionAttributes(): Readonly<Record<string, string>> {
    const attributes: Record<string, string> = Object.create(null)
    for (const row of [...this.#rows].reverse()) {
      const id = this.#store.detail(row, detail.attributes)
      if (id < 0) continue
      for (const [name, value] of JSON.parse(this.#store.names.text(id)) as [string, string][]) attributes[name] = value
    }
    return attributes
  }

  get isAcrossProducts(): boolean {
    for (let index = 1; index < this.#rows.length; index++) {
      if (this.#store.file(this.#rows[index]!).product !== this.#store.file(this.#rows[0]!).product) return true
    }
    return false
  }

  get hasDuplicates(): boolean {
    for (let index = 1; index < this.#rows.length; index++) {
      for (let other = 0; other < index; other++) {
        if (areDuplicates(this.#store, this.#rows[index]!, this.#rows[other]!)) return true
      }
    }
    return false
  }

  get records(): readonly EndpointRecord[] {
    const store = this.#store
    return this.#rows.map((row) => ({
      file: store.file(row).name,
      record: store.record(row),
      product: store.file(row).product,
      deviceId: store.device(row) < 0 ? undefined : store.identities.text(store.device(row)),
      serial: store.serial(row) < 0 ? undefined : store.identities.text(store.serial(row)),
      lastSeen: Number.isNaN(store.lastSeen(row)) ? undefined : store.lastSeen(row),
      appsAsOf: Number.isNaN(store.appsAsOf(row)) ? undefined : store.appsAsOf(row),
      apps: store.apps(row),
    }))
  }

  origin(attribute: EndpointAttribute): number | undefined {
    const index = this.#rows.findIndex((row) => this.#says(row, attribute))
    return index < 0 ? undefined : index
  }

  #says(row: number, attribute: EndpointAttribute): boolean {
    const store = this.#store
    if (attribute === 'serial')
      return store.serial(row) >= 0 && store.identities.text(store.serial(row)) === this.serial
    if (attribute === 'platform') return store.platform(row) !== 0
    if (attribute === 'lastSeen') return !Number.isNaN(store.lastSeen(row))
    return store.detail(row, detail[attribute]) >= 0
  }

  #name(column: number): string | undefined {
    for (const row of this.#rows) {
      const id = this.#store.detail(row, column)
      if (id >= 0) return this.#store.names.text(id)
    }
    return undefined
  }

  #text(column: number): string | undefined {
    for (const row of this.#rows) {
      const id = this.#store.detail(row, column)
      if (id >= 0) return this.#store.texts.text(id)
    }
    return undefined
  }

  #smallest(identity: (row: number) => number, read: (id: number) => string | undefined): string | undefined {
    let smallest: string | undefined
    for (const row of this.#rows) {
      const id = identity(row)
      if (id < 0) continue
      const text = read(id)
      if (text !== undefined && (smallest === undefined || text < smallest)) smallest = text
    }
    return smallest
  }
}

/** Two device ids of one product, or two records of the same kind in one file. */
function areDuplicates(store: ObservationStore, row: number, other: number): boolean {
  const sameFile = store.fileNumber(row) === store.fileNumber(other)
  if (sameFile && store.record(row) !== store.record(other) && store.apps(row) === store.apps(other)) return true
  const [device, otherDevice] = [store.device(row), store.device(other)]
  if (device < 0 || otherDevice < 0 || device === otherDevice) return false
  return store.identities.tag(device) === store.identities.tag(otherDevice)
}
