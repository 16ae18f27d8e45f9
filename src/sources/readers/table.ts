import { ByteDictionary } from '../../inventory/byte-dictionary.js'
import { CellReader, isMissingText, trimText } from '../../inventory/cell.js'
import type { AppRow } from '../../inventory/claude-product.js'
import { type FieldNumber, field, type Intake, type KnownApp, type TextField } from '../../inventory/intake.js'
import type { StatedProbe } from '../../inventory/observation.js'
import type { TableField, TableFormat } from '../source.js'
import { CsvReader, type CsvRow } from './csv.js'
import { columnOf, type FoundProbeColumn, probeColumns } from './probe-columns.js'
import { type Columns, findColumns, foldName, type TableDialect } from './table-header.js'

const identityFields = ['deviceId', 'serial', 'hardwareUuid'] as const
/** Details that lists of apps repeat where a devices export describes the endpoint. */
const repeatedFields = ['hostname', 'user', 'email', 'osVersion'] as const
/** Details that a list of apps adds even then. */
const freshFields = ['os', 'department', 'site', 'group', 'lastSeen', 'appsAsOf'] as const
const detailFields = [...repeatedFields, ...freshFields]

const appFields = [
  'app.name',
  'app.version',
  'app.publisher',
  'app.bundleId',
  'app.table',
] as const satisfies readonly TableField[]

/** A field that has columns in this table, best first. */
interface FieldColumns {
  readonly number: FieldNumber
  readonly columns: readonly number[]
}

const footer = /^(?:total|totals|sum|summe|count|records?|rows?|anzahl|gesamt|ende|end of report)\b/i

/** Reads the rows of one table into the inventory. Every row is counted or rejected. */
export class TableReader {
  readonly #csv: CsvReader
  readonly #format: TableFormat
  readonly #names: readonly string[]
  readonly #columns: Columns
  readonly #intake: Intake
  readonly #cell = new CellReader()
  readonly #skip: number
  readonly #hasApps: boolean
  readonly #nameColumn: number
  readonly #bundleColumn: number
  readonly #identityPlan: readonly FieldColumns[]
  readonly #detailPlan: readonly FieldColumns[]
  readonly #freshPlan: readonly FieldColumns[]
  readonly #identityColumn: number
  readonly #identityNameLength: number
  readonly #onlyDeviceColumn: number
  readonly #attributeColumns: readonly number[]
  readonly #attributesAsOf: number
  readonly #probeColumns: readonly FoundProbeColumn[]
  /** Cells that tell what an app is, their numbers, and what each turned out to be. */
  readonly #appColumns: readonly number[]
  readonly #appKeys = new ByteDictionary()
  readonly #knownApps: KnownApp[] = []
  readonly #scratch = new Uint8Array(4096)
  #rows = 0
  #lastRow = -1

  constructor(format: TableFormat, dialect: TableDialect, names: readonly string[], intake: Intake) {
    this.#format = format
    this.#names = names
    this.#columns = findColumns(format, names)
    this.#intake = intake
    this.#skip = dialect.recordsBeforeHeader + 1
    this.#nameColumn = this.#columns['app.name'][0] ?? -1
    this.#bundleColumn = this.#columns['app.bundleId'][0] ?? -1
    this.#hasApps = this.#nameColumn >= 0 || this.#bundleColumn >= 0
    this.#attributeColumns = attributeColumns(format, names)
    this.#attributesAsOf = columnOf(names, format.extensionAttributes?.asOf)
    this.#probeColumns = probeColumns(format, names, (name) => intake.isProbeName(name))
    const { deviceId, serial, hardwareUuid } = this.#columns
    this.#identityColumn = deviceId[0] ?? serial[0] ?? hardwareUuid[0] ?? 0
    this.#identityNameLength = Buffer.byteLength(names[this.#identityColumn] ?? '')
    const plan = (fields: readonly TextField[]): readonly FieldColumns[] =>
      fields.flatMap((name) =>
        this.#columns[name].length === 0 ? [] : [{ number: field[name], columns: this.#columns[name] }],
      )
    this.#identityPlan = plan(identityFields)
    this.#detailPlan = plan(detailFields)
    this.#freshPlan = plan(freshFields)
    const onlyDevice = this.#hasApps && deviceId.length === 1 && serial.length === 0 && hardwareUuid.length === 0
    this.#onlyDeviceColumn = onlyDevice ? deviceId[0]! : -1
    this.#appColumns = appFields.flatMap((field) => this.#columns[field])
    this.#csv = new CsvReader(
      { delimiter: dialect.delimiter },
      (row) => this.#read(row),
      ({ kind, record, line }) => {
        this.#lastRow = -1
        // A title above the header is no record, however it is quoted; a quote that never closes took the rest along.
        if (record <= this.#skip && kind !== 'unclosed-quote') return
        this.#rows++
        this.#intake.reject(Math.max(1, record - this.#skip), kind, line)
      },
    )
    const seen = new Set<string>()
    for (const name of names) {
      if (name !== '' && seen.has(foldName(name)))
        intake.warn('duplicate-column', 'Two columns have the same name; the first one that says something is used.')
      seen.add(foldName(name))
    }
  }

  write(chunk: Uint8Array): void {
    this.#csv.write(chunk)
  }

  /** Ends the table and returns the number of its rows, without header and preamble. */
  end(): number {
    this.#csv.end()
    return this.#rows
  }

  #read(row: CsvRow): void {
    if (row.record <= this.#skip) return
    this.#rows++
    const record = row.record - this.#skip
    const width = this.#names.length
    if (row.cells > width) {
      for (let cell = width; cell < row.cells; cell++) {
        if (row.end(cell) > row.start(cell)) {
          this.#lastRow = -1
          this.#intake.reject(record, 'too-many-cells', row.line)
          return
        }
      }
    }
    if (this.#isRepeatedHeader(row)) {
      this.#intake.absorb(record)
      return
    }
    if ((row.cells < width || row.end(1) === row.start(1)) && this.#isFooter(row)) {
      this.#passFooter(record)
      return
    }
    if (row.cells < width && !row.closed) {
      this.#intake.reject(record, 'cut-off', row.line)
      return
    }
    const intake = this.#intake
    if (this.#isSameDevice(row, width)) {
      this.#readApp(row, this.#lastRow, record)
      intake.accounting.count(record)
      return
    }
    intake.begin()
    for (let index = 0; index < this.#identityPlan.length; index++) this.#put(this.#identityPlan[index]!, row, record)
    if (!intake.identified()) {
      this.#readUnidentified(row, record)
      return
    }
    if (row.cells < width) {
      intake.notices.addRecord(
        'short-rows',
        'A row has fewer cells than the header; the missing ones count as empty.',
        record,
      )
    }
    if (this.#hasApps) this.#readAppRow(row, record)
    else if (this.#format.addsOnly) this.#readAddition(row, record)
    else {
      this.#lastRow = intake.open(record)
      this.#readDetails(row, record)
    }
    intake.accounting.count(record)
  }

  #readUnidentified(row: CsvRow, record: number): void {
    const intake = this.#intake
    if (this.#isFooter(row)) {
      this.#passFooter(record)
      return
    }
    const named = this.#columns.hostname.some((column) =>
      this.#cell.read(row.bytes, row.start(column), row.end(column)),
    )
    if (this.#format.continuationRows && !named) {
      if (this.#lastRow < 0) {
        intake.reject(record, 'no-parent-record', row.line)
        return
      }
      for (const column of this.#columns.group) intake.addGroup(this.#lastRow, row.text(column))
      if (this.#hasApps) this.#readApp(row, this.#lastRow, record)
      intake.absorb(record)
      return
    }
    this.#lastRow = -1
    intake.reject(record, 'no-identity', row.line)
  }

  #readAddition(row: CsvRow, record: number): void {
    this.#lastRow = this.#intake.openList(record)
    if (this.#intake.fresh) this.#readDetails(row, record)
    else if (this.#probeColumns.length > 0) this.#readProbes(row, this.#lastRow, record)
  }

  #readAppRow(row: CsvRow, record: number): void {
    const observation = this.#intake.openList(record)
    this.#lastRow = observation
    if (this.#intake.fresh) this.#readDetails(row, record)
    this.#readApp(row, observation, record)
  }

  #readApp(row: CsvRow, observation: number, record: number): void {
    const { bytes } = row
    const name = this.#nameColumn
    const bundle = this.#bundleColumn
    const start = name >= 0 ? row.start(name) : 0
    const end = name >= 0 ? row.end(name) : 0
    const concerns = (name >= 0 && holds(bytes, start, end, laude)) || (bundle >= 0 && concernsClaude(row, bundle))
    const known = concerns ? this.#knowApp(row, observation) : undefined
    if (known) {
      this.#intake.noteClaudeRow()
      this.#stateList(observation)
      this.#intake.addKnownApp(observation, known, record)
    } else if (end > start || bundle >= 0) {
      this.#intake.passApp(bytes, start, end)
      this.#stateList(observation)
    }
    // A row without any app says nothing about apps: the endpoint is listed, its list is not.
  }

  /** What the app of a row is. Paths differ from row to row; without them the answer is kept. */
  #knowApp(row: CsvRow, observation: number): KnownApp {
    const key = this.#columns['app.path'].length > 0 ? -1 : this.#appKey(row, this.#intake.platformOf(observation))
    if (key >= 0 && key < this.#knownApps.length) return this.#knownApps[key]
    const known = this.#intake.know(observation, this.#app(row), this.#versionField(row))
    if (key >= 0) this.#knownApps.push(known)
    return known
  }

  /** A number for all cells that say what an app is, or -1 for very long ones; a million rows name a few hundred. */
  #appKey(row: CsvRow, platform: number): number {
    const { bytes } = row
    const scratch = this.#scratch
    let length = 0
    for (const column of this.#appColumns) {
      const start = row.start(column)
      const cellLength = row.end(column) - start
      if (length + cellLength + 2 > scratch.length) return -1
      // The length before the cell, so that no text can look like two cells.
      scratch[length++] = cellLength & 0xff
      scratch[length++] = cellLength >> 8
      for (let index = 0; index < cellLength; index++) scratch[length++] = bytes[start + index]!
    }
    return this.#appKeys.intern(scratch, 0, length, platform)
  }

  #stateList(observation: number): void {
    this.#intake.stateList(observation, this.#format.appList ?? 'partial')
  }

  /** The column that the version was taken from. */
  #versionField(row: CsvRow): string {
    const columns = this.#columns['app.version']
    const cell = (column: number) => trimText(row.text(column))
    const column =
      columns.find((candidate) => !isMissingText(cell(candidate))) ??
      columns.find((candidate) => cell(candidate) !== '') ??
      columns[0]
    return column === undefined ? 'version' : trimText(this.#names[column] ?? '')
  }

  #app(row: CsvRow): AppRow {
    const text = (field: TableField) => {
      const cells = this.#columns[field].map((column) => trimText(row.text(column))).filter((cell) => cell !== '')
      return cells.find((cell) => !isMissingText(cell)) ?? cells[0]
    }
    const app = {
      name: text('app.name'),
      version: text('app.version'),
      publisher: text('app.publisher'),
      bundleId: text('app.bundleId'),
      path: text('app.path'),
      table: text('app.table'),
    }
    return Object.fromEntries(Object.entries(app).filter(([, value]) => value !== undefined)) as AppRow
  }

  #readDetails(row: CsvRow, record: number): void {
    const observation = this.#lastRow
    const told = this.#hasApps && this.#intake.isTold()
    const plan = told ? this.#freshPlan : this.#detailPlan
    for (let index = 0; index < plan.length; index++) this.#put(plan[index]!, row, record)
    if (!this.#hasApps) this.#intake.describe(observation)
    if (this.#isPersonal(row)) this.#intake.setApps(observation, 'unknown', 'personal-device')
    this.#readStatedVersion(row, observation, record, 'desktop.version', 'claude-desktop')
    this.#readStatedVersion(row, observation, record, 'code.version', 'claude-code')
    if (this.#attributeColumns.length > 0) this.#readAttributes(row, observation, record)
    if (this.#probeColumns.length > 0) this.#readProbes(row, observation, record)
  }

  /** Intune's ownerType as a number: 1 company, 2 personal (Microsoft Graph reference, ownerType, read 2026-11). */
  #isPersonal(row: CsvRow): boolean {
    for (const column of this.#columns.ownership) {
      const first = row.bytes[row.start(column)]!
      // Most cells say "Corporate"; only those that may say something else are decoded.
      const mayBe = first === 0x32 || (first | 0x20) === 0x70 || first <= 0x27 || first >= 0x80
      if (mayBe && /^(?:personal|2)$/i.test(trimText(row.text(column)))) return true
    }
    return false
  }

  /** A column that holds the version itself: empty is unknown, only an explicit "not installed" is absent. */
  #readStatedVersion(
    row: CsvRow,
    observation: number,
    record: number,
    field: 'desktop.version' | 'code.version',
    product: 'claude-desktop' | 'claude-code',
  ): void {
    for (const column of this.#columns[field]) {
      if (!this.#cell.read(row.bytes, row.start(column), row.end(column))) continue
      const version = this.#cell.text()
      this.#intake.addStatedVersion(observation, product, version, this.#names[column] ?? field, record)
      return
    }
  }

  #readAttributes(row: CsvRow, observation: number, record: number): void {
    const attributes: [string, string][] = []
    for (const column of this.#attributeColumns) {
      const value = row.text(column)
      if (value.trim() !== '') attributes.push([trimText(this.#names[column] ?? ''), value])
    }
    if (attributes.length === 0) return
    const asOf = this.#attributesAsOf < 0 ? undefined : row.text(this.#attributesAsOf)
    this.#intake.readAttributes(observation, attributes, asOf, record)
  }

  #readProbes(row: CsvRow, observation: number, record: number): void {
    const probes: StatedProbe[] = []
    for (const { column, name, asOf, mayHoldOther } of this.#probeColumns) {
      if (row.end(column) === row.start(column)) continue
      probes.push({ field: name, text: row.text(column), asOf: asOf < 0 ? undefined : row.text(asOf), mayHoldOther })
    }
    if (probes.length > 0) this.#intake.readProbes(observation, probes, record)
  }

  #put({ number, columns }: FieldColumns, row: CsvRow, record: number): void {
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index]!
      if (column >= row.cells) continue
      if (this.#intake.putCell(number, row.bytes, row.start(column), row.end(column), record)) return
    }
  }

  /** A row of a list of apps whose only identity is the device id, and the same as that of the row before. */
  #isSameDevice(row: CsvRow, width: number): boolean {
    const column = this.#onlyDeviceColumn
    if (column < 0 || this.#lastRow < 0 || row.cells !== width) return false
    return this.#intake.isLastDevice(row.bytes, row.start(column), row.end(column))
  }

  #isRepeatedHeader(row: CsvRow): boolean {
    const column = this.#identityColumn
    if (row.end(column) - row.start(column) !== this.#identityNameLength) return false
    // One cell proves nothing: firmware writes "Serial Number" where a serial number should be.
    return this.#names.every((expected, cell) => row.text(cell) === expected)
  }

  /**
   * A total or a remark below the table: it says so and has no more than a number beside it, or it is the only cell of
   * a row that should have many. Computers may be called "Count Dracula".
   */
  #isFooter(row: CsvRow): boolean {
    let filled = 0
    for (let cell = 0; cell < row.cells; cell++) if (row.end(cell) > row.start(cell)) filled++
    if (filled <= 2 && footer.test(trimText(row.text(0)))) return true
    return row.cells === 1 && row.closed && this.#names.length >= 3
  }

  #passFooter(record: number): void {
    this.#intake.notices.addRecord(
      'footer',
      'A row below the table holds a total, not an endpoint; it was passed over.',
      record,
    )
    this.#intake.absorb(record)
  }
}

function attributeColumns(format: TableFormat, names: readonly string[]): number[] {
  if (!format.extensionAttributes) return []
  const own = new Set(format.extensionAttributes.notNamed.map(foldName))
  const used = new Set(Object.values(format.columns).flatMap((candidates) => candidates.map(foldName)))
  return names.flatMap((name, column) => {
    const folded = foldName(name)
    return folded === '' || own.has(folded) || used.has(folded) ? [] : [column]
  })
}

const laude = new TextEncoder().encode('laude')
const anthropic = new TextEncoder().encode('anthropic')

function concernsClaude(row: CsvRow, bundle: number): boolean {
  const start = row.start(bundle)
  const end = row.end(bundle)
  return holds(row.bytes, start, end, laude) || holds(row.bytes, start, end, anthropic)
}

/** A first look that keeps most rows from being decoded: does a word in lower case stand in these bytes, in any case. */
function holds(bytes: Uint8Array, start: number, end: number, word: Uint8Array): boolean {
  const first = word[0]!
  const last = end - word.length
  for (let index = start; index <= last; index++) {
    if ((bytes[index]! | 0x20) !== first) continue
    let length = 1
    while (length < word.length && (bytes[index + length]! | 0x20) === word[length]) length++
    if (length === word.length) return true
  }
  return false
}
