import { ByteDictionary, grown, growth } from './byte-dictionary.js'
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
const firstCapacity = 1 << 10

/**
 * All observations, column by column. Memory grows with endpoints, not with rows of apps, and a million endpoints fit
 * into a few hundred bytes each; plain objects would take several times that.
 */
export class ObservationStore {
  readonly files: StoredFile[] = []
  readonly identities = new ByteDictionary()
  /** Texts that repeat: departments, sites, versions, field names. */
  readonly texts = new ByteDictionary({ keepTexts: true })
  /** Texts that do not: host names, users, paths. */
  readonly names = new TextArena()

  /** Serial numbers and UUIDs that several machines claim, by identity number; known once observations are joined. */
  readonly sharedIdentities = new Set<number>()

  count = 0
  #capacity = firstCapacity
  file = new Uint32Array(firstCapacity)
  record = new Uint32Array(firstCapacity)
  device = new Int32Array(firstCapacity)
  serial = new Int32Array(firstCapacity)
  hardwareUuid = new Int32Array(firstCapacity)
  platform = new Uint8Array(firstCapacity)
  lastSeen = new Float64Array(firstCapacity)
  appsAsOf = new Float64Array(firstCapacity)
  apps = new Uint8Array(firstCapacity)
  appsProblem = new Uint8Array(firstCapacity)
  firstInstall = new Int32Array(firstCapacity)
  #details = new Int32Array(firstCapacity)
  /** One more than the row in which a devices export describes a device, by identity number. */
  #describedBy = new Int32Array(firstCapacity)

  /** Details stand apart, because the rows of app lists have none where the devices export tells them already. */
  #detailCount = 0
  #detailCapacity = firstCapacity
  hostname = new Int32Array(firstCapacity)
  user = new Int32Array(firstCapacity)
  email = new Int32Array(firstCapacity)
  department = new Int32Array(firstCapacity)
  site = new Int32Array(firstCapacity)
  groups = new Int32Array(firstCapacity)
  osVersion = new Int32Array(firstCapacity)
  attributes = new Int32Array(firstCapacity)

  installCount = 0
  #installCapacity = firstCapacity
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
    const row = this.count++
    this.file[row] = file
    this.record[row] = record
    this.device[row] = none
    this.serial[row] = none
    this.hardwareUuid[row] = none
    this.platform[row] = 0
    this.lastSeen[row] = Number.NaN
    this.appsAsOf[row] = Number.NaN
    this.apps[row] = 0
    this.appsProblem[row] = 0
    this.firstInstall[row] = none
    this.#details[row] = none
    return row
  }

  /** The place of an observation's details, made when it is first asked for. */
  detail(row: number): number {
    const known = this.#details[row]!
    if (known >= 0) return known
    if (this.#detailCount === this.#detailCapacity) this.#growDetails()
    const detail = this.#detailCount++
    this.hostname[detail] = none
    this.user[detail] = none
    this.email[detail] = none
    this.department[detail] = none
    this.site[detail] = none
    this.groups[detail] = none
    this.osVersion[detail] = none
    this.attributes[detail] = none
    this.#details[row] = detail
    return detail
  }

  /** What an observation says in a detail column, or -1. */
  say(column: Int32Array, row: number): number {
    const detail = this.#details[row]!
    return detail < 0 ? none : column[detail]!
  }

  /** Remembers the row in which a devices export describes a device. */
  describe(device: number, row: number): void {
    if (device >= this.#describedBy.length)
      this.#describedBy = grown(this.#describedBy, Math.max(device + 1, growth(this.#describedBy.length)))
    this.#describedBy[device] = row + 1
  }

  /** Whether the row that describes a device says something in this field. */
  tells(device: number, field: string): boolean {
    const row = (this.#describedBy[device] ?? 0) - 1
    if (row < 0) return false
    if (field === 'hostname') return this.say(this.hostname, row) >= 0
    if (field === 'user') return this.say(this.user, row) >= 0
    if (field === 'email') return this.say(this.email, row) >= 0
    if (field === 'osVersion') return this.say(this.osVersion, row) >= 0
    return false
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
  mark(): StoreMark {
    return {
      files: this.files.length,
      observations: this.count,
      details: this.#detailCount,
      installs: this.installCount,
    }
  }

  rewind(mark: StoreMark): void {
    this.files.length = mark.files
    this.count = mark.observations
    this.#detailCount = mark.details
    this.installCount = mark.installs
    this.#describedBy.forEach((row, device) => {
      if (row > mark.observations) this.#describedBy[device] = 0
    })
  }

  #grow(): void {
    const capacity = growth(this.#capacity)
    this.#capacity = capacity
    this.file = grown(this.file, capacity)
    this.record = grown(this.record, capacity)
    this.device = grown(this.device, capacity)
    this.serial = grown(this.serial, capacity)
    this.hardwareUuid = grown(this.hardwareUuid, capacity)
    this.platform = grown(this.platform, capacity)
    this.lastSeen = grown(this.lastSeen, capacity)
    this.appsAsOf = grown(this.appsAsOf, capacity)
    this.apps = grown(this.apps, capacity)
    this.appsProblem = grown(this.appsProblem, capacity)
    this.firstInstall = grown(this.firstInstall, capacity)
    this.#details = grown(this.#details, capacity)
  }

  #growDetails(): void {
    const capacity = growth(this.#detailCapacity)
    this.#detailCapacity = capacity
    this.hostname = grown(this.hostname, capacity)
    this.user = grown(this.user, capacity)
    this.email = grown(this.email, capacity)
    this.department = grown(this.department, capacity)
    this.site = grown(this.site, capacity)
    this.groups = grown(this.groups, capacity)
    this.osVersion = grown(this.osVersion, capacity)
    this.attributes = grown(this.attributes, capacity)
  }

  #growInstalls(): void {
    const capacity = growth(this.#installCapacity)
    this.#installCapacity = capacity
    this.installProduct = grown(this.installProduct, capacity)
    this.installVersion = grown(this.installVersion, capacity)
    this.installPath = grown(this.installPath, capacity)
    this.installRecord = grown(this.installRecord, capacity)
    this.installField = grown(this.installField, capacity)
    this.installNotes = grown(this.installNotes, capacity)
    this.installStartable = grown(this.installStartable, capacity)
    this.nextInstall = grown(this.nextInstall, capacity)
  }
}

interface StoreMark {
  readonly files: number
  readonly observations: number
  readonly details: number
  readonly installs: number
}
