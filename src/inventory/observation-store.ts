import { ByteDictionary } from './byte-dictionary.js'
import type { AppListProblem, Product } from './observation.js'
import type { EndpointPlatform } from './platform.js'
import { TextArena } from './text-arena.js'

export const platforms = [
  'unknown',
  'macos',
  'windows',
  'linux',
  'other',
] as const satisfies readonly EndpointPlatform[]

export const appStatements = ['none', 'complete', 'partial', 'unknown'] as const

export const appListProblems = [
  'no-app-list',
  'section-not-requested',
  'personal-device',
  'name-only',
  'error-text',
  'app-list-too-old',
  'filtered-list',
  'partial-list',
  'history-incomplete',
  'no-version-given',
  'report-clipped',
] as const satisfies readonly AppListProblem[]

export const claudeProducts = ['claude-desktop', 'claude-code'] as const
export type ClaudeProduct = (typeof claudeProducts)[number]

/** In place of a version: the record says that the product is not installed. */
export const statedAbsent = -2

/** Name spaces of identity keys: a product's device ids stand apart, serial numbers and UUIDs join across products. */
export const identityTag = { serial: 0, hardwareUuid: 1, device: 2 } as const

/** What was read of one file, as far as the inventory is concerned. */
export interface StoredFile {
  readonly name: string
  readonly product: Product
  /** A list that names one application, or only Claude, is a filtered export: it cannot show that something is absent. */
  filtered: boolean
}

const none = -1

/**
 * All observations, column by column. Memory grows with endpoints, not with rows of apps, and a million endpoints fit
 * into a few hundred bytes each; plain objects would take several times that.
 */
export class ObservationStore {
  readonly files: StoredFile[] = []
  readonly identities = new ByteDictionary()
  /** Texts that repeat: departments, sites, versions, field names. */
  readonly texts = new ByteDictionary()
  /** Texts that do not: host names, users, paths. */
  readonly names = new TextArena()

  /** Serial numbers and UUIDs that several machines claim, by identity number; known once observations are joined. */
  readonly sharedIdentities = new Set<number>()

  count = 0
  #capacity = 1 << 10
  file = new Uint32Array(this.#capacity)
  record = new Uint32Array(this.#capacity)
  device = new Int32Array(this.#capacity)
  serial = new Int32Array(this.#capacity)
  hardwareUuid = new Int32Array(this.#capacity)
  hostname = new Int32Array(this.#capacity)
  user = new Int32Array(this.#capacity)
  email = new Int32Array(this.#capacity)
  department = new Int32Array(this.#capacity)
  site = new Int32Array(this.#capacity)
  groups = new Int32Array(this.#capacity)
  platform = new Uint8Array(this.#capacity)
  osVersion = new Int32Array(this.#capacity)
  lastSeen = new Float64Array(this.#capacity)
  appsAsOf = new Float64Array(this.#capacity)
  apps = new Uint8Array(this.#capacity)
  appsProblem = new Uint8Array(this.#capacity)
  attributes = new Int32Array(this.#capacity)
  firstInstall = new Int32Array(this.#capacity)

  installCount = 0
  #installCapacity = 1 << 10
  installProduct = new Uint8Array(this.#installCapacity)
  installVersion = new Int32Array(this.#installCapacity)
  installPath = new Int32Array(this.#installCapacity)
  installRecord = new Uint32Array(this.#installCapacity)
  installField = new Int32Array(this.#installCapacity)
  installNotes = new Int32Array(this.#installCapacity)
  installStartable = new Uint8Array(this.#installCapacity)
  nextInstall = new Int32Array(this.#installCapacity)

  /** Adds an observation that says nothing yet; the caller fills its columns. */
  add(file: number, record: number): number {
    if (this.count === this.#capacity) this.#grow()
    const index = this.count++
    this.file[index] = file
    this.record[index] = record
    this.device[index] = none
    this.serial[index] = none
    this.hardwareUuid[index] = none
    this.hostname[index] = none
    this.user[index] = none
    this.email[index] = none
    this.department[index] = none
    this.site[index] = none
    this.groups[index] = none
    this.platform[index] = 0
    this.osVersion[index] = none
    this.lastSeen[index] = Number.NaN
    this.appsAsOf[index] = Number.NaN
    this.apps[index] = 0
    this.appsProblem[index] = 0
    this.attributes[index] = none
    this.firstInstall[index] = none
    return index
  }

  /** Adds an install to an observation and returns its index. */
  addInstall(observation: number, product: number, version: number, record: number, field: number): number {
    if (this.installCount === this.#installCapacity) this.#growInstalls()
    const index = this.installCount++
    this.installProduct[index] = product
    this.installVersion[index] = version
    this.installPath[index] = none
    this.installRecord[index] = record
    this.installField[index] = field
    this.installNotes[index] = none
    this.installStartable[index] = 1
    this.nextInstall[index] = this.firstInstall[observation]!
    this.firstInstall[observation] = index
    return index
  }

  /** Where the store stands, so that a file that turns out to be unreadable can be taken back. */
  mark(): { files: number; observations: number; installs: number } {
    return { files: this.files.length, observations: this.count, installs: this.installCount }
  }

  rewind(mark: { files: number; observations: number; installs: number }): void {
    this.files.length = mark.files
    this.count = mark.observations
    this.installCount = mark.installs
  }

  #grow(): void {
    this.#capacity = larger(this.#capacity)
    this.file = grown(this.file, this.#capacity)
    this.record = grown(this.record, this.#capacity)
    this.device = grown(this.device, this.#capacity)
    this.serial = grown(this.serial, this.#capacity)
    this.hardwareUuid = grown(this.hardwareUuid, this.#capacity)
    this.hostname = grown(this.hostname, this.#capacity)
    this.user = grown(this.user, this.#capacity)
    this.email = grown(this.email, this.#capacity)
    this.department = grown(this.department, this.#capacity)
    this.site = grown(this.site, this.#capacity)
    this.groups = grown(this.groups, this.#capacity)
    this.platform = grown(this.platform, this.#capacity)
    this.osVersion = grown(this.osVersion, this.#capacity)
    this.lastSeen = grown(this.lastSeen, this.#capacity)
    this.appsAsOf = grown(this.appsAsOf, this.#capacity)
    this.apps = grown(this.apps, this.#capacity)
    this.appsProblem = grown(this.appsProblem, this.#capacity)
    this.attributes = grown(this.attributes, this.#capacity)
    this.firstInstall = grown(this.firstInstall, this.#capacity)
  }

  #growInstalls(): void {
    this.#installCapacity = larger(this.#installCapacity)
    this.installProduct = grown(this.installProduct, this.#installCapacity)
    this.installVersion = grown(this.installVersion, this.#installCapacity)
    this.installPath = grown(this.installPath, this.#installCapacity)
    this.installRecord = grown(this.installRecord, this.#installCapacity)
    this.installField = grown(this.installField, this.#installCapacity)
    this.installNotes = grown(this.installNotes, this.#installCapacity)
    this.installStartable = grown(this.installStartable, this.#installCapacity)
    this.nextInstall = grown(this.nextInstall, this.#installCapacity)
  }
}

/** Doubling while small, then by half: at a million rows the copy in flight stays affordable. */
function larger(capacity: number): number {
  return capacity < 1 << 16 ? capacity * 2 : Math.ceil(capacity * 1.5)
}

type Growable = Uint8Array | Uint32Array | Int32Array | Float64Array

function grown<T extends Growable>(column: T, capacity: number): T {
  const next = new (column.constructor as new (length: number) => T)(capacity)
  next.set(column)
  return next
}
