import { products } from './observation.js'
import { detail, identityTag, type ObservationStore } from './observation-store.js'

/** A serial number or hardware UUID that several machines claim: it joins nothing. */
export interface SharedIdentity {
  readonly kind: 'serial' | 'hardware-uuid'
  readonly value: string
  readonly why: 'several-hardware-uuids' | 'several-serials' | 'several-platforms' | 'several-active-records'
}

/** Observations that belong together, as chains through an array: one chain is one endpoint. */
export interface JoinedObservations {
  /** First observation of each endpoint. */
  readonly heads: Int32Array
  /** The next observation of the same endpoint, or -1. */
  readonly next: Int32Array
  readonly shared: readonly SharedIdentity[]
}

const none = -1
const several = -2
const week = 7 * 86_400_000
const mostRecordsOfOneSerial = 100

/**
 * Joins observations: by device id within a product, by serial number and by hardware UUID across products, never by
 * name. A serial number that contradicts itself (two UUIDs, two platforms, or two records of one product that are both
 * in use under different names) joins nothing; public trackers saw one serial on up to 91 hosts
 * (fleetdm/fleet issues 19789 and 51180, read 2026-11). The result does not depend on the order of files or records.
 */
export function joinObservations(store: ObservationStore): JoinedObservations {
  const serials = findSharedSerials(store)
  const uuids = findSharedUuids(store)
  store.sharedIdentities.clear()
  for (const id of [...serials.keys(), ...uuids.keys()]) store.sharedIdentities.add(id)
  const parent = new Int32Array(store.identities.size).map((_, index) => index)
  const find = (node: number): number => {
    let root = node
    while (parent[root] !== root) root = parent[root]!
    for (let step = node; parent[step] !== root; ) {
      const up = parent[step]!
      parent[step] = root
      step = up
    }
    return root
  }
  const union = (a: number, b: number) => {
    const [rootA, rootB] = [find(a), find(b)]
    if (rootA !== rootB) parent[Math.max(rootA, rootB)] = Math.min(rootA, rootB)
  }
  /** The identities of an observation that may join it to others. */
  const anchor = new Int32Array(store.count)
  for (let row = 0; row < store.count; row++) {
    const device = store.device(row)
    const serial = store.serial(row)
    const uuid = store.hardwareUuid(row)
    const goodSerial = serial >= 0 && !serials.has(serial)
    const goodUuid = uuid >= 0 && !uuids.has(uuid)
    // Without anything better a shared identity stands for itself, apart from all others.
    const first = device >= 0 ? device : goodSerial ? serial : goodUuid ? uuid : serial >= 0 ? serial : uuid
    anchor[row] = first
    if (goodSerial) union(first, serial)
    if (goodUuid) union(first, uuid)
  }

  const next = new Int32Array(store.count).fill(none)
  const headOf = new Int32Array(store.identities.size).fill(none)
  let endpoints = 0
  for (let row = store.count - 1; row >= 0; row--) {
    const root = find(anchor[row]!)
    const head = headOf[root]!
    if (head === none) endpoints++
    next[row] = head
    headOf[root] = row
  }
  const heads = new Int32Array(endpoints)
  let position = 0
  for (const head of headOf) if (head !== none) heads[position++] = head
  return { heads, next, shared: describe(store, serials, uuids) }
}

type Shared = ReadonlyMap<number, SharedIdentity['why']>

function findSharedSerials(store: ObservationStore): Shared {
  const shared = new Map<number, SharedIdentity['why']>()
  const uuidOf = new Int32Array(store.identities.size).fill(none)
  const platformOf = new Uint8Array(store.identities.size)
  const deviceOf = new Int32Array(store.identities.size).fill(none)
  const manyDevices = new Map<number, number[]>()
  for (let row = 0; row < store.count; row++) {
    const serial = store.serial(row)
    if (serial < 0) continue
    const uuid = store.hardwareUuid(row)
    if (uuid >= 0) {
      const known = uuidOf[serial]!
      if (known === none) uuidOf[serial] = uuid
      else if (known !== uuid) shared.set(serial, 'several-hardware-uuids')
    }
    const platform = store.platform(row)
    if (platform !== 0) {
      const known = platformOf[serial]!
      if (known === 0) platformOf[serial] = platform
      else if (known !== platform && !shared.has(serial)) shared.set(serial, 'several-platforms')
    }
    const device = store.device(row)
    if (device < 0) continue
    const known = deviceOf[serial]!
    if (known === none) deviceOf[serial] = device
    else if (known !== device) deviceOf[serial] = several
  }
  for (let row = 0; row < store.count; row++) {
    const serial = store.serial(row)
    if (serial < 0 || deviceOf[serial] !== several || shared.has(serial)) continue
    const rows = manyDevices.get(serial)
    if (rows) rows.push(row)
    else manyDevices.set(serial, [row])
  }
  for (const [serial, rows] of manyDevices) {
    // So many re-enrolments do not happen, and comparing each record with each other one would take for ever.
    const tooMany = rows.length > mostRecordsOfOneSerial
    if (tooMany || rows.some((row, index) => rows.slice(index + 1).some((other) => bothActive(store, row, other))))
      shared.set(serial, 'several-active-records')
  }
  return shared
}

/**
 * Two records of one product with one serial but other ids and names, both checked in within the same week, are two
 * machines; after a re-enrolment the older record falls silent.
 */
function bothActive(store: ObservationStore, a: number, b: number): boolean {
  if (store.device(a) === store.device(b) || store.device(a) < 0 || store.device(b) < 0) return false
  if (store.identities.tag(store.device(a)) !== store.identities.tag(store.device(b))) return false
  const [nameA, nameB] = [store.detail(a, detail.hostname), store.detail(b, detail.hostname)]
  if (nameA < 0 || nameB < 0) return false
  if (store.names.text(nameA).toLowerCase() === store.names.text(nameB).toLowerCase()) return false
  return Math.abs(store.lastSeen(a) - store.lastSeen(b)) <= week
}

function findSharedUuids(store: ObservationStore): Shared {
  const shared = new Map<number, SharedIdentity['why']>()
  const serialOf = new Int32Array(store.identities.size).fill(none)
  for (let row = 0; row < store.count; row++) {
    const uuid = store.hardwareUuid(row)
    const serial = store.serial(row)
    if (uuid < 0 || serial < 0) continue
    const known = serialOf[uuid]!
    if (known === none) serialOf[uuid] = serial
    else if (known !== serial) shared.set(uuid, 'several-serials')
  }
  return shared
}

function describe(store: ObservationStore, serials: Shared, uuids: Shared): SharedIdentity[] {
  const list = (kind: SharedIdentity['kind'], shared: Shared) =>
    [...shared].map(([id, why]) => ({ kind, value: store.identities.text(id), why }))
  return [...list('serial', serials), ...list('hardware-uuid', uuids)].sort((a, b) =>
    a.kind === b.kind ? (a.value < b.value ? -1 : 1) : a.kind < b.kind ? 1 : -1,
  )
}

/** The product whose device ids carry this tag. */
export function productOfTag(tag: number): (typeof products)[number] {
  return products[tag - identityTag.device]!
}
