import { ByteDictionary, grown } from './byte-dictionary.js'
import type { ClaudeProduct } from './claude-product.js'
import { NumberTable } from './number-table.js'
import type { AppListProblem, Product } from './observation.js'
import type { EndpointPlatform } from './platform.js'
import { type ProbeKind, probeKinds } from './probe-text.js'
import { TextArena } from './text-arena.js'

export const platforms = [
  'unknown',
  'macos',
  'windows',
  'linux',
  'other',
] as const satisfies readonly EndpointPlatform[]

const appStatements = ['none', 'complete', 'partial', 'unknown'] as const
export type AppStatementKind = (typeof appStatements)[number]

const appListProblems = [
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

export const claudeProducts = ['claude-desktop', 'claude-code'] as const satisfies readonly ClaudeProduct[]

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

/**
 * The columns of an observation's details. Host name, user, e-mail and attributes are numbers of `names`, the others of
 * `texts`. Lists of apps tell the first four once more.
 */
export const detail = {
  hostname: 0,
  user: 1,
  email: 2,
  osVersion: 3,
  department: 4,
  site: 5,
  groups: 6,
  attributes: 7,
} as const
const detailCount = 8
const repeatedDetails = 4
/** All of the details that lists of apps repeat, one bit each. */
export const everythingRepeated = (1 << repeatedDetails) - 1

/** A copy of a product, as numbers: texts are those of the store, -1 where there is none. */
export interface StoredApp {
  readonly product: number
  /** A text, or `statedAbsent`. */
  readonly version: number
  readonly path: number
  readonly field: number
  readonly notes: number
  readonly startable: boolean
}

/** A probe line, or what there is of one; texts are those of the store. */
export interface StoredProbe {
  readonly kind: ProbeKind
  /** A text of `names`. */
  readonly text: number
  readonly field: number
  readonly record: number
  /** Milliseconds since 1970 UTC, or NaN. */
  readonly asOf: number
}

export interface StoredInstall extends StoredApp {
  readonly record: number
}

const none = -1
const observationColumn = {
  file: 0,
  record: 1,
  device: 2,
  serial: 3,
  hardwareUuid: 4,
  details: 5,
  firstInstall: 6,
  platform: 7,
  lastSeen: 8,
  appsAsOf: 10,
  apps: 12,
  appsProblem: 13,
} as const
const installColumn = { product: 0, version: 1, path: 2, record: 3, field: 4, notes: 5, startable: 6, next: 7 } as const
const probeColumn = { kind: 0, text: 1, field: 2, record: 3, asOf: 4 } as const

/**
 * All observations, as rows of numbers. Memory grows with endpoints, not with rows of apps, and a million endpoints fit
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
  readonly #observations = new NumberTable(14)
  /** Details stand apart, because the rows of app lists have none where the devices export tells them already. */
  readonly #details = new NumberTable(detailCount)
  readonly #installs = new NumberTable(8)
  readonly #probes = new NumberTable(6)
  /** One more than the probe of an observation; it stays empty until there is a probe, as most exports have none. */
  #probeOf = new Int32Array(0)
  /** For each identity number, which of the first details a devices export tells of that device, one bit each. */
  #told = new Uint8Array(1 << 10)

  get count(): number {
    return this.#observations.count
  }

  /** Adds an observation that says nothing yet. */
  add(file: number, record: number): number {
    const table = this.#observations
    const row = table.add()
    table.set(row, observationColumn.file, file)
    table.set(row, observationColumn.record, record)
    table.set(row, observationColumn.device, none)
    table.set(row, observationColumn.serial, none)
    table.set(row, observationColumn.hardwareUuid, none)
    table.set(row, observationColumn.details, none)
    table.set(row, observationColumn.firstInstall, none)
    table.setFloat(row, observationColumn.lastSeen, Number.NaN)
    table.setFloat(row, observationColumn.appsAsOf, Number.NaN)
    return row
  }

  file(row: number): StoredFile {
    return this.files[this.#observations.get(row, observationColumn.file)]!
  }

  fileNumber(row: number): number {
    return this.#observations.get(row, observationColumn.file)
  }

  record(row: number): number {
    return this.#observations.get(row, observationColumn.record)
  }

  /** Identity numbers of an observation, or -1. */
  device(row: number): number {
    return this.#observations.get(row, observationColumn.device)
  }

  serial(row: number): number {
    return this.#observations.get(row, observationColumn.serial)
  }

  hardwareUuid(row: number): number {
    return this.#observations.get(row, observationColumn.hardwareUuid)
  }

  identify(row: number, device: number, serial: number, hardwareUuid: number): void {
    this.#observations.set(row, observationColumn.device, device)
    this.#observations.set(row, observationColumn.serial, serial)
    this.#observations.set(row, observationColumn.hardwareUuid, hardwareUuid)
  }

  /** Index into `platforms`. */
  platform(row: number): number {
    return this.#observations.get(row, observationColumn.platform)
  }

  setPlatform(row: number, platform: number): void {
    this.#observations.set(row, observationColumn.platform, platform)
  }

  /** Milliseconds since 1970 UTC, or NaN. */
  lastSeen(row: number): number {
    return this.#observations.getFloat(row, observationColumn.lastSeen)
  }

  setLastSeen(row: number, time: number): void {
    this.#observations.setFloat(row, observationColumn.lastSeen, time)
  }

  /** Milliseconds since 1970 UTC, or NaN. */
  appsAsOf(row: number): number {
    return this.#observations.getFloat(row, observationColumn.appsAsOf)
  }

  setAppsAsOf(row: number, time: number): void {
    this.#observations.setFloat(row, observationColumn.appsAsOf, time)
  }

  apps(row: number): AppStatementKind {
    return appStatements[this.#observations.get(row, observationColumn.apps)]!
  }

  appsProblem(row: number): AppListProblem {
    return appListProblems[this.#observations.get(row, observationColumn.appsProblem)]!
  }

  setApps(row: number, kind: AppStatementKind, problem: AppListProblem = 'no-app-list'): void {
    this.#observations.set(row, observationColumn.apps, appStatements.indexOf(kind))
    this.#observations.set(row, observationColumn.appsProblem, appListProblems.indexOf(problem))
  }

  /** A text number (of `names` for host name, user, e-mail and attributes, else of `texts`), or -1. */
  detail(row: number, column: number): number {
    const place = this.#observations.get(row, observationColumn.details)
    return place < 0 ? none : this.#details.get(place, column)
  }

  setDetail(row: number, column: number, text: number): void {
    let place = this.#observations.get(row, observationColumn.details)
    if (place < 0) {
      place = this.#details.add()
      for (let other = 0; other < detailCount; other++) this.#details.set(place, other, none)
      this.#observations.set(row, observationColumn.details, place)
    }
    this.#details.set(place, column, text)
  }

  /** Remembers which details a devices export tells of a device. */
  describe(device: number, row: number): void {
    if (device >= this.#told.length) this.#told = grown(this.#told, Math.max(device + 1, this.#told.length * 2))
    let told = 0
    for (let column = 0; column < repeatedDetails; column++) if (this.detail(row, column) >= 0) told |= 1 << column
    this.#told[device] = told
  }

  /** The details that a devices export tells of a device, one bit each. */
  told(device: number): number {
    return this.#told[device] ?? 0
  }

  /** Adds a copy of a product to an observation. */
  addInstall(row: number, install: StoredApp, record: number): void {
    const table = this.#installs
    const index = table.add()
    table.set(index, installColumn.product, install.product)
    table.set(index, installColumn.version, install.version)
    table.set(index, installColumn.path, install.path)
    table.set(index, installColumn.record, record)
    table.set(index, installColumn.field, install.field)
    table.set(index, installColumn.notes, install.notes)
    table.set(index, installColumn.startable, install.startable ? 1 : 0)
    table.set(index, installColumn.next, this.#observations.get(row, observationColumn.firstInstall))
    this.#observations.set(row, observationColumn.firstInstall, index)
  }

  /** The last install that was added to an observation, or -1; the ones before it follow by `nextInstall`. */
  firstInstall(row: number): number {
    return this.#observations.get(row, observationColumn.firstInstall)
  }

  nextInstall(install: number): number {
    return this.#installs.get(install, installColumn.next)
  }

  installProduct(install: number): number {
    return this.#installs.get(install, installColumn.product)
  }

  installVersion(install: number): number {
    return this.#installs.get(install, installColumn.version)
  }

  install(install: number): StoredInstall {
    const table = this.#installs
    return {
      product: table.get(install, installColumn.product),
      version: table.get(install, installColumn.version),
      path: table.get(install, installColumn.path),
      record: table.get(install, installColumn.record),
      field: table.get(install, installColumn.field),
      notes: table.get(install, installColumn.notes),
      startable: table.get(install, installColumn.startable) === 1,
    }
  }

  /** True when no observation has a probe. */
  get hasNoProbes(): boolean {
    return this.#probes.count === 0
  }

  setProbe(row: number, probe: StoredProbe): void {
    if (row >= this.#probeOf.length)
      this.#probeOf = grown(this.#probeOf, Math.max(row + 1, this.#probeOf.length * 2, 1 << 10))
    const table = this.#probes
    const index = table.add()
    table.set(index, probeColumn.kind, probeKinds.indexOf(probe.kind))
    table.set(index, probeColumn.text, probe.text)
    table.set(index, probeColumn.field, probe.field)
    table.set(index, probeColumn.record, probe.record)
    table.setFloat(index, probeColumn.asOf, probe.asOf)
    this.#probeOf[row] = index + 1
  }

  probe(row: number): StoredProbe | undefined {
    const index = (this.#probeOf[row] ?? 0) - 1
    if (index < 0) return undefined
    const table = this.#probes
    return {
      kind: probeKinds[table.get(index, probeColumn.kind)]!,
      text: table.get(index, probeColumn.text),
      field: table.get(index, probeColumn.field),
      record: table.get(index, probeColumn.record),
      asOf: table.getFloat(index, probeColumn.asOf),
    }
  }

  /** Where the store stands, so that a file that turns out to be unreadable can be taken back. */
  mark(): StoreMark {
    return {
      files: this.files.length,
      observations: this.#observations.count,
      details: this.#details.count,
      installs: this.#installs.count,
      probes: this.#probes.count,
    }
  }

  rewind(mark: StoreMark): void {
    this.files.length = mark.files
    this.#observations.truncate(mark.observations)
    this.#details.truncate(mark.details)
    this.#installs.truncate(mark.installs)
    this.#probes.truncate(mark.probes)
    this.#probeOf.fill(0, mark.observations)
    // Forgetting too much only makes lists of apps keep details that are known already.
    this.#told.fill(0)
  }
}

interface StoreMark {
  readonly files: number
  readonly observations: number
  readonly details: number
  readonly installs: number
  readonly probes: number
}
