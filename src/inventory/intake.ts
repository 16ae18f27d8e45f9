import { Accounting } from './accounting.js'
import { ByteDictionary, grown, lowerCase, upperCase } from './byte-dictionary.js'
import { CellReader, cleanText, trimText } from './cell.js'
import { type AppRow, type ClaudeProduct, identifyApp } from './claude-product.js'
import { Notices } from './notices.js'
import {
  type AppListProblem,
  type Observation,
  type ObservationSink,
  type PageMarker,
  type Product,
  products,
  type StatedProbe,
} from './observation.js'
import {
  claudeProducts,
  detail,
  everythingRepeated,
  identityTag,
  type ObservationStore,
  platforms,
  type StoredApp,
  statedAbsent,
} from './observation-store.js'
import { platformOf } from './platform.js'
import { ProbeIntake } from './probe-intake.js'
import { beginsProbe } from './probe-text.js'
import { foldSerial, serialProblem } from './serial-number.js'
import { type DateOrder, parseTimestamp, plainIsoTime, type TimestampProblem } from './timestamp.js'

/** Fields of an endpoint that a cell can fill, as numbers: ten million cells are told apart by them. */
export const field = {
  deviceId: 0,
  serial: 1,
  hardwareUuid: 2,
  os: 3,
  lastSeen: 4,
  appsAsOf: 5,
  hostname: 6,
  user: 7,
  email: 8,
  department: 9,
  site: 10,
  group: 11,
  osVersion: 12,
} as const
export type TextField = keyof typeof field
export type FieldNumber = (typeof field)[TextField]

export interface IntakeOptions {
  readonly name: string
  readonly product: Product
  /** Milliseconds since 1970 UTC; later dates are unknown. */
  readonly asOf: number
  readonly dateOrder: DateOrder
  /** Columns that hold a probe line, besides those that fleet knows by name. */
  readonly probeColumns?: readonly string[] | undefined
}

/** An app that looks like Claude but does not count, by name and why. */
export type LookAlikes = Map<string, { name: string; why: string; rows: number }>

/** An application of a list, recognised: a copy of Claude, a look-alike, or nothing of interest. */
export type KnownApp = StoredApp | { readonly name: string; readonly lookAlike: string } | undefined

/** The column of the store that each detail goes to. */
const detailOfField = {
  [field.hostname]: detail.hostname,
  [field.user]: detail.user,
  [field.email]: detail.email,
  [field.department]: detail.department,
  [field.site]: detail.site,
  [field.group]: detail.groups,
  [field.osVersion]: detail.osVersion,
} as const

const saysNotInstalled = /^(?:not installed|absent|none installed|no|false|nicht installiert|missing)$/i
const separator = '\u001f'
const mostLookAlikes = 200

const dateMessages: Record<TimestampProblem, string> = {
  never: 'A date stands for "never" (such as 1970-01-01); the check-in counts as unknown.',
  ambiguous: 'Day and month cannot be told apart in dates such as 03/04/2026. Say which with --date-order.',
  unreadable: 'A date could not be read; it counts as unknown.',
  future: 'A date lies more than a day in the future; it counts as unknown.',
}

/**
 * Takes what one file says into the store: cleans cells, folds identities, reads dates, recognises Claude among the
 * apps, and accounts for every record.
 */
export class Intake implements ObservationSink {
  readonly accounting = new Accounting()
  readonly notices = new Notices()
  readonly lookAlikes: LookAlikes = new Map()
  /** What the pages of this file say of their completeness. */
  readonly pages: PageMarker[] = []
  readonly #store: ObservationStore
  readonly #options: IntakeOptions
  readonly #file: number
  readonly #deviceTag: number
  readonly #cell = new CellReader()
  readonly #systems = new ByteDictionary()
  readonly #platformOfSystem: number[] = []
  #lastDevice = -1
  #lastDeviceLength = -1
  readonly #lastDeviceBytes = new Uint8Array(64)
  #row = -1
  #device = -1
  #serial = -1
  #hardwareUuid = -1
  /** One more than the observation that holds the app list of an identity in this file, by identity number. */
  #listOf = new Int32Array(1 << 10)
  /** Whether `openList` opened a new observation. */
  fresh = false
  #claudeRows = 0
  #otherApps = 0
  #otherAppBytes: Uint8Array = new Uint8Array(0)
  readonly #probes: ProbeIntake

  constructor(store: ObservationStore, options: IntakeOptions) {
    this.#store = store
    this.#options = options
    this.#file = store.files.length
    this.#probes = new ProbeIntake({
      store,
      notices: this.notices,
      asOf: options.asOf,
      names: options.probeColumns ?? [],
      readTime: (text, record) => (this.#cell.readText(text) ? this.#time(record) : Number.NaN),
    })
    this.#deviceTag = identityTag.device + products.indexOf(options.product)
    store.files.push({ name: options.name, product: options.product, filtered: false })
  }

  // --- objects (JSON, XML, result logs) ---

  observe(observation: Observation): void {
    const { record } = observation
    this.begin()
    this.putText(field.deviceId, observation.deviceId, record)
    this.putText(field.serial, observation.serial, record)
    this.putText(field.hardwareUuid, observation.hardwareUuid, record)
    if (!this.identified()) {
      this.reject(record, 'no-identity')
      return
    }
    const row = observation.addsOnly ? this.openList(record) : this.open(record)
    if (!observation.addsOnly || this.fresh) this.#describe(row, observation)
    if (observation.probes) this.readProbes(row, observation.probes, record)
    this.accounting.count(record)
  }

  #describe(row: number, observation: Observation): void {
    const { record } = observation
    this.putText(field.hostname, observation.hostname, record)
    this.putText(field.os, observation.os, record)
    this.putText(field.osVersion, observation.osVersion, record)
    this.putText(field.user, observation.user, record)
    this.putText(field.email, observation.email, record)
    this.putText(field.department, observation.department, record)
    this.putText(field.site, observation.site, record)
    this.putText(field.lastSeen, observation.lastSeen, record)
    this.putText(field.appsAsOf, observation.appsAsOf, record)
    const groups = (observation.groups ?? []).map(cleanText).filter((group) => group !== undefined)
    if (groups.length > 0) this.#setGroups(row, groups)
    const attributes = Object.entries(observation.extensionAttributes ?? {})
    if (attributes.length > 0) this.readAttributes(row, attributes, observation.attributesAsOf, record)
    const { apps } = observation
    if (apps?.kind === 'unknown') this.setApps(row, 'unknown', apps.reason)
    else if (apps) {
      this.setApps(row, apps.kind)
      for (const app of apps.rows) this.addApp(row, app, observation.versionField ?? 'version', record)
    }
    const { desktop, code } = observation.versions ?? {}
    if (desktop) this.addStatedVersion(row, 'claude-desktop', desktop.version, desktop.field, record)
    if (code) this.addStatedVersion(row, 'claude-code', code.version, code.field, record)
  }

  absorb(record: number): void {
    this.accounting.count(record)
  }

  reject(record: number, reason: Parameters<ObservationSink['reject']>[1], line?: number): void {
    this.accounting.reject(record, reason, line)
  }

  warn(code: string, message: string): void {
    this.notices.add(code, message)
  }

  page(marker: PageMarker): void {
    this.pages.push(marker)
  }

  // --- rows of tables: cells as bytes, so that a million rows make no strings ---

  /** Forgets the row before. */
  begin(): void {
    this.#row = -1
    this.#device = -1
    this.#serial = -1
    this.#hardwareUuid = -1
  }

  /** True when one of the identity fields of this row says something. */
  identified(): boolean {
    return this.#device >= 0 || this.#serial >= 0 || this.#hardwareUuid >= 0
  }

  /** Opens an observation for the identities put so far and returns its index in the store. */
  open(record: number): number {
    const row = this.#store.add(this.#file, record)
    this.#store.identify(row, this.#device, this.#serial, this.#hardwareUuid)
    this.#row = row
    return row
  }

  /**
   * The observation that gathers the rows of this row's identity, of apps or of probes: a new one for the first row
   * that names it, which is then `fresh`. Further rows of the same endpoint only add to it.
   */
  openList(record: number): number {
    const key = this.#device >= 0 ? this.#device : this.#serial >= 0 ? this.#serial : this.#hardwareUuid
    if (key >= this.#listOf.length) this.#listOf = grown(this.#listOf, Math.max(key + 1, this.#listOf.length * 2))
    const known = this.#listOf[key]! - 1
    this.fresh = known < 0
    if (known >= 0) {
      this.#row = known
      return known
    }
    const row = this.open(record)
    this.#listOf[key] = row + 1
    return row
  }

  /** Whether these bytes are the device id of the last row that named one. */
  isLastDevice(bytes: Uint8Array, start: number, end: number): boolean {
    const length = this.#lastDeviceLength
    if (end - start !== length || this.#device !== this.#lastDevice) return false
    const last = this.#lastDeviceBytes
    let index = 0
    while (index < length && bytes[start + index] === last[index]) index++
    return index === length
  }

  /** Remembers that this row describes its device. */
  describe(row: number): void {
    if (this.#device >= 0) this.#store.describe(this.#device, row)
  }

  /** The number of the platform that an observation names. */
  platformOf(row: number): number {
    return this.#store.platform(row)
  }

  /** Whether a devices export already told everything of this row's device that lists of apps repeat. */
  isTold(): boolean {
    return this.#device >= 0 && this.#store.told(this.#device) === everythingRepeated
  }

  putText(number: FieldNumber, text: string | undefined, record: number): void {
    if (this.#cell.readText(text)) this.#put(number, record)
  }

  /** False when the cell says nothing. */
  putCell(number: FieldNumber, bytes: Uint8Array, start: number, end: number, record: number): boolean {
    if (!this.#cell.read(bytes, start, end)) return false
    this.#put(number, record)
    return true
  }

  setApps(row: number, kind: 'complete' | 'partial' | 'unknown', problem: AppListProblem = 'no-app-list'): void {
    this.#store.setApps(row, kind, problem)
  }

  /** Notes a row of a table of apps that may concern Claude. */
  noteClaudeRow(): void {
    this.#claudeRows++
  }

  /** Notes a row of a table of apps that cannot concern Claude. */
  passApp(bytes: Uint8Array, start: number, end: number): void {
    if (this.#otherApps >= 2) return
    const length = end - start
    const known = this.#otherAppBytes
    if (this.#otherApps === 1 && known.length === length && known.every((byte, index) => byte === bytes[start + index]))
      return
    this.#otherApps++
    this.#otherAppBytes = bytes.slice(start, end)
  }

  /** Adds an application of a list: kept when it counts as Claude, noted when it only looks like it. */
  addApp(row: number, app: AppRow, versionField: string, record: number): void {
    const known = this.know(row, app, versionField)
    if (known) this.addKnownApp(row, known, record)
  }

  /** What an application is. The answer holds for every row with the same app and platform, so tables keep it. */
  know(row: number, app: AppRow, versionField: string): KnownApp {
    const identified = identifyApp(app, platforms[this.#store.platform(row)]!)
    if (identified === undefined) return undefined
    if ('lookAlike' in identified) return { name: app.name ?? app.bundleId ?? '', lookAlike: identified.lookAlike }
    const { texts } = this.#store
    const notes = identified.notStartable ? [...identified.flags, identified.notStartable] : identified.flags
    return {
      product: claudeProducts.indexOf(identified.product),
      version: texts.internText(trimText(app.version ?? ''), 0),
      field: texts.internText(versionField, 0),
      notes: notes.length > 0 ? texts.internText(notes.join(separator), 0) : -1,
      path: app.path ? this.#store.names.addText(app.path) : -1,
      startable: identified.startable,
    }
  }

  addKnownApp(row: number, known: NonNullable<KnownApp>, record: number): void {
    if ('lookAlike' in known) {
      this.#noteLookAlike(known.name, known.lookAlike)
      // A bare name proves neither that it is Claude Desktop nor that it is not.
      if (known.lookAlike === 'name-only') this.setApps(row, 'unknown', 'name-only')
      return
    }
    this.#store.addInstall(row, known, record)
  }

  /** Records that an observation holds a list of apps; a personal device's list stays what it is. */
  stateList(row: number, kind: 'complete' | 'partial'): void {
    if (this.#store.apps(row) === 'none') this.#store.setApps(row, kind)
  }

  /** Adds what a record states itself of one product, in a column of its own: only an explicit "no" is an absence. */
  addStatedVersion(row: number, product: ClaudeProduct, version: string, field: string, record: number): void {
    const { texts } = this.#store
    const install = {
      product: claudeProducts.indexOf(product),
      version: saysNotInstalled.test(version) ? statedAbsent : texts.internText(version, 0),
      path: -1,
      field: texts.internText(field, 0),
      notes: -1,
      startable: true,
    }
    this.#store.addInstall(row, install, record)
    this.stateList(row, 'partial')
  }

  /** Adds a further group to an observation. */
  addGroup(row: number, text: string): void {
    const group = cleanText(text)
    if (group === undefined) return
    const known = this.#store.detail(row, detail.groups)
    this.#setGroups(row, known < 0 ? [group] : [...this.#store.texts.text(known).split(separator), group])
  }

  /** Whether a column or attribute of this name holds a probe line. */
  isProbeName(name: string): boolean {
    return this.#probes.hasName(name)
  }

  /** Keeps the newest probe line of an observation, and gives the texts that hold one. */
  readProbes(row: number, probes: readonly StatedProbe[], record: number): readonly StatedProbe[] {
    return this.#probes.read(row, probes, record)
  }

  /** Keeps the extension attributes of an observation; a probe line among them is kept as such instead. */
  readAttributes(
    row: number,
    attributes: readonly (readonly [string, string])[],
    asOf: string | undefined,
    record: number,
  ): void {
    let others = attributes
    const named = attributes.filter(([name, text]) => this.isProbeName(name) || beginsProbe(text))
    if (named.length > 0) {
      const probes = named.map(([name, text]) => ({ field: name, text, asOf }))
      const lines = this.readProbes(row, probes, record)
      others = attributes.filter(([name]) => lines.every((line) => line.field !== name))
    }
    if (others.length === 0) return
    this.#store.setDetail(row, detail.attributes, this.#store.names.addText(JSON.stringify(others)))
  }

  #setGroups(row: number, groups: readonly string[]): void {
    this.#store.setDetail(row, detail.groups, this.#store.texts.internText([...groups].sort().join(separator), 0))
  }

  /** Ends the file: settles whether its lists were filtered, and checks that every record is accounted for. */
  end(records: number): void {
    const onlyClaude = this.#claudeRows > 0 && this.#otherApps === 0
    const onlyOneOther = this.#claudeRows === 0 && this.#otherApps === 1
    if (onlyClaude || onlyOneOther) this.#store.files[this.#file]!.filtered = true
    this.accounting.assertComplete(records, this.#options.name)
  }

  #noteLookAlike(name: string, why: string): void {
    const key = `${why}${separator}${name}`
    const known = this.lookAlikes.get(key)
    if (known) known.rows++
    else if (this.lookAlikes.size < mostLookAlikes) this.lookAlikes.set(key, { name, why, rows: 1 })
  }

  #put(number: FieldNumber, record: number): void {
    const store = this.#store
    const cell = this.#cell
    switch (number) {
      case field.deviceId:
        this.#device = this.#internDevice()
        return
      case field.serial:
        this.#serial = this.#internHardware(identityTag.serial, record)
        return
      case field.hardwareUuid:
        this.#hardwareUuid = this.#internHardware(identityTag.hardwareUuid, record)
        return
      case field.os:
        store.setPlatform(this.#row, this.#platform())
        return
      case field.lastSeen:
        store.setLastSeen(this.#row, this.#time(record))
        return
      case field.appsAsOf:
        store.setAppsAsOf(this.#row, this.#listTime(record))
        return
    }
    cell.compose()
    const { bytes, start, end } = cell
    const isName = number === field.hostname || number === field.user || number === field.email
    const text = isName ? store.names.add(bytes, start, end) : store.texts.intern(bytes, start, end, 0)
    store.setDetail(this.#row, detailOfField[number], text)
  }

  /** Device ids are compared without case. The bytes are kept, so that `isLastDevice` can tell the same one again. */
  #internDevice(): number {
    const { bytes, start, end } = this.#cell
    const last = this.#lastDeviceBytes
    // Of 36 characters nearly all are GUIDs, and the dictionary looks at each of them anyway.
    const device =
      end - start === 36 || isAscii(bytes, start, end)
        ? this.#store.identities.intern(bytes, start, end, this.#deviceTag, lowerCase)
        : this.#store.identities.internText(this.#cell.text().normalize('NFC').toLowerCase(), this.#deviceTag)
    this.#lastDevice = device
    this.#lastDeviceLength = end - start > last.length ? -1 : end - start
    for (let index = 0; index < this.#lastDeviceLength; index++) last[index] = bytes[start + index]!
    return device
  }

  #internHardware(tag: number, record: number): number {
    const { bytes, start, end } = this.#cell
    if (isPlainSerial(bytes, start, end)) return this.#store.identities.intern(bytes, start, end, tag, upperCase)
    const folded = foldSerial(this.#cell.text().replace(/^\{(.*)\}$/, '$1'))
    const problem = serialProblem(folded)
    if (problem === undefined) return this.#store.identities.internText(folded, tag)
    const what = tag === identityTag.serial ? 'serial number' : 'hardware UUID'
    if (problem === 'placeholder')
      this.notices.addRecord(
        `placeholder-${tag === identityTag.serial ? 'serial' : 'uuid'}`,
        `A ${what} is a placeholder that many machines share; it was not used to join records.`,
        record,
      )
    else
      this.notices.addRecord(
        'damaged-serial',
        `A ${what} was damaged, most likely by a spreadsheet (such as 3.74E+14); it was not used. Export again without opening the file.`,
        record,
      )
    return -1
  }

  /** A file names a handful of systems, row after row; each is read once. */
  #platform(): number {
    const { bytes, start, end } = this.#cell
    const id = this.#systems.intern(bytes, start, end, 0)
    const known = this.#platformOfSystem[id]
    if (known !== undefined) return known
    const platform = platforms.indexOf(platformOf(this.#cell.text()))
    this.#platformOfSystem[id] = platform
    return platform
  }

  #time(record: number): number {
    const { bytes, start, end } = this.#cell
    const plain = plainIsoTime(bytes, start, end)
    if (plain <= this.#options.asOf) {
      if (bytes[end - 1] !== 0x5a) this.#noteNoZone(record)
      return plain
    }
    const timestamp = parseTimestamp(this.#cell.text(), this.#options.dateOrder, this.#options.asOf)
    if (timestamp.time === undefined) {
      this.notices.addRecord(`date-${timestamp.problem}`, dateMessages[timestamp.problem], record)
      return Number.NaN
    }
    if (!timestamp.zoned) this.#noteNoZone(record)
    return timestamp.time
  }

  /** A list whose date cannot be read may be of any age, so it counts as too old; one without a date is another matter. */
  #listTime(record: number): number {
    const time = this.#time(record)
    return Number.isNaN(time) ? 0 : time
  }

  #noteNoZone(record: number): void {
    this.notices.addRecord('no-time-zone', 'Dates name no time zone; they were read as UTC.', record)
  }
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index++) if (bytes[index]! >= 0x80) return false
  return true
}

/** ASCII letters and digits with at least one of each beside E, F and X: no placeholder and no damaged number looks so. */
function isPlainSerial(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 8 || end - start > 40) return false
  let letters = false
  let digits = false
  for (let index = start; index < end; index++) {
    const byte = bytes[index]!
    const upper = byte & 0xdf
    if (byte >= 0x30 && byte <= 0x39) digits = true
    else if (upper >= 0x41 && upper <= 0x5a) {
      if (upper !== 0x45 && upper !== 0x46 && upper !== 0x58) letters = true
    } else return false
  }
  return letters && digits
}
