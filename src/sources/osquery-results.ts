import type { AppRow } from '../inventory/claude-product.js'
import type { AppStatement, ObservationSink, StatedProbe } from '../inventory/observation.js'
import { field, listField, textField } from './readers/json.js'
import { ProbeHistory, probeOfRow } from './readers/osquery-probe.js'
import {
  addFields,
  type EndpointFields,
  endpointColumns,
  NamesSeen,
  type OsqueryApp,
  osqueryApp,
  systemOfTable,
  wholeTables,
} from './readers/osquery-table.js'
import type { RecordReader, Source } from './source.js'

/**
 * osquery result logs (osqueryd.results.log, osqueryd.snapshots.log): one JSON object a line, in four shapes.
 * https://github.com/osquery/osquery (docs/wiki/deployment/logging.md, specs, read 2026-11).
 */
export const source: Source = {
  id: 'osquery-results',
  product: 'osquery',
  title: 'osquery result logs (JSON lines)',
  gives: 'endpoints and apps',
  docs: 'https://osquery.readthedocs.io/en/stable/deployment/logging/',
  howToExport:
    'Schedule "SELECT * FROM apps" (macOS), programs (Windows), deb_packages or rpm_packages (Linux) and system_info as snapshots, and collect osqueryd.results.log and osqueryd.snapshots.log, oldest lines first.',
  uses: [
    'hostIdentifier',
    'name',
    'unixTime',
    'epoch',
    'counter',
    'action',
    'columns',
    'snapshot',
    'diffResults',
    'decorations',
    'apps: name, bundle_identifier, bundle_short_version, path',
    'programs: name, version, publisher, install_location',
    'deb_packages: name, version, maintainer',
    'rpm_packages: name, version, vendor',
    'system_info: hardware_serial, uuid, hostname, computer_name',
    'os_version: platform, version',
    'line, fleet_probe, probe: probe lines, also in decorations',
  ],
  caveat:
    'Tables are told by their columns. Any result line counts as a check-in. A query that changes nothing writes no line, so the age of a differential list is that of its last change. A log without its first lines, or a query that lists only a few apps, cannot show that an app is absent.',
  formats: [
    {
      kind: 'json',
      matches: (shape) =>
        shape.path('name') &&
        (shape.path('hostIdentifier') || shape.path('hostname')) &&
        (shape.path('columns') || shape.path('snapshot') || shape.path('diffResults')) &&
        (shape.path('unixTime') || shape.path('calendarTime')),
      records: () => [],
      open: (sink) => new Replay(sink),
    },
  ],
}

interface Moment {
  readonly time: number | undefined
  readonly text: string | undefined
}

/** The state of one query on one endpoint. Of other apps only the number is kept. */
interface AppList {
  mode: 'history' | 'snapshot' | 'snapshot-rows'
  /** Epoch of a history, and the batch that a row belongs to. */
  epoch: string | undefined
  batch: string | undefined
  complete: boolean
  at: Moment
  table: string | undefined
  others: number
  readonly rows: Map<string, { readonly app: AppRow; copies: number }>
}

interface Endpoint {
  record: number
  versionField: string | undefined
  readonly deviceId: string
  readonly fields: EndpointFields
  at: Moment
  system: string | undefined
  readonly lists: Map<string, AppList>
  readonly probes: ProbeHistory
}

interface QuerySeen {
  readonly names: NamesSeen
  table: string | undefined
  unusedLines: number
}

const mostUnusedNamed = 10

/** Replays the lines in their order into the state of each endpoint, and states it at the end. */
class Replay implements RecordReader {
  readonly #endpoints = new Map<string, Endpoint>()
  readonly #queries = new Map<string, QuerySeen>()
  #disordered = 0

  constructor(private readonly sink: ObservationSink) {}

  /** An arrow: readers are handed on without their object. */
  readonly record = (line: unknown, record: number): void => {
    if (typeof line !== 'object' || line === null || Array.isArray(line)) {
      this.sink.reject(record, 'not-an-object')
      return
    }
    const identifier = textField(line, 'hostIdentifier') || textField(line, 'hostname')
    if (!identifier) {
      this.sink.observe({ record })
      return
    }
    const known = this.#endpoints.get(identifier)
    const endpoint: Endpoint = known ?? newEndpoint(identifier, record)
    if (!known) this.#endpoints.set(identifier, endpoint)
    const at = momentOf(line)
    if (!isOlder(at, endpoint.at)) {
      endpoint.at = at
      addFields(endpoint.fields, decorationsOf(line))
    }
    const decorated = probeOfRow(field(line, 'decorations'), this.#isProbeName, 'decorations.') ?? this.#atTop(line)
    // Decorations are of no query.
    if (decorated) endpoint.probes.add({ query: '', batch: '', time: at.time }, { ...decorated, asOf: at.text, record })
    const claudeAt = this.#apply(line, endpoint, at, record)
    if (claudeAt !== undefined) {
      // A receipt names one record: the last one that lists Claude is the one to look at.
      if (known) this.sink.absorb(endpoint.record)
      endpoint.record = record
      endpoint.versionField = claudeAt
    } else if (known) this.sink.absorb(record)
  }

  end(): void {
    for (const endpoint of this.#endpoints.values()) this.#observe(endpoint)
    if (this.#disordered > 0)
      this.sink.warn(
        'lines-out-of-order',
        `${this.#disordered} lines are older than lines above them and were not replayed. Put rotated logs together oldest first.`,
      )
    const unused = [...this.#queries].filter(([, query]) => query.unusedLines > 0)
    if (unused.length === 0) return
    const named = unused.slice(0, mostUnusedNamed).map(([name, query]) => `${name} (${query.unusedLines})`)
    const more = unused.length > mostUnusedNamed ? ` and ${unused.length - mostUnusedNamed} more` : ''
    this.sink.warn(
      'unused-queries',
      `Lines of queries without apps or system facts count as check-ins only: ${named.join(', ')}${more}.`,
    )
  }

  readonly #isProbeName = (name: string): boolean => this.sink.isProbeName(name)

  /** With decorations_top_level they stand among the line's own keys. */
  #atTop(line: object): StatedProbe | undefined {
    const name = Object.keys(line).find(this.#isProbeName)
    return name === undefined ? undefined : probeOfRow({ [name]: textField(line, name) }, this.#isProbeName, '')
  }

  /** Applies one line; returns the version's field if the line adds a Claude-like row. */
  #apply(line: object, endpoint: Endpoint, at: Moment, record: number): string | undefined {
    const name = textField(line, 'name') ?? ''
    const query = this.#queries.get(name) ?? { names: new NamesSeen(), table: undefined, unusedLines: 0 }
    this.#queries.set(name, query)
    const action = textField(line, 'action')
    const snapshot = field(line, 'snapshot')
    const isSnapshot = action === 'snapshot' || snapshot !== undefined
    const diff = field(line, 'diffResults')
    const columns = listField(line, 'columns')
    // Without results the `removed` of a batch is an empty text; listField takes it for an empty list.
    const removed = diff !== undefined ? listField(diff, 'removed') : action === 'removed' ? columns : []
    const added = diff !== undefined ? listField(diff, 'added') : Array.isArray(snapshot) ? snapshot : columns
    const list = endpoint.lists.get(name) ?? newList()
    if (isOlder(at, list.at)) {
      this.#disordered++
      if (list.mode === 'history') list.complete = false
      return undefined
    }
    if (isSnapshot) beginSnapshot(list, Array.isArray(snapshot), line)
    else beginHistory(list, line)
    list.at = at
    const batch = { query: name, batch: batchOf(line), time: at.time }
    if (isSnapshot) endpoint.probes.begin(batch)
    // An empty snapshot has no columns to tell its table by.
    let used = isSnapshot && added.length === 0
    let claudeAt: string | undefined
    for (const row of removed) {
      const isApp = this.#remove(list, row)
      const probe = isApp ? undefined : probeOfRow(row, this.#isProbeName, '')
      if (probe) endpoint.probes.remove(name, probe)
      used ||= isApp || probe !== undefined
    }
    for (const row of action === 'removed' ? [] : added) {
      const app = osqueryApp(row)
      const fields = endpointColumns(row, app !== undefined)
      const saysOfEndpoint = Object.values(fields).some((value) => value !== undefined)
      if (saysOfEndpoint) addFields(endpoint.fields, fields)
      used ||= saysOfEndpoint || app !== undefined
      if (!app) {
        const path = diff !== undefined ? 'diffResults.added[].' : Array.isArray(snapshot) ? 'snapshot[].' : 'columns.'
        const probe = probeOfRow(row, this.#isProbeName, path)
        if (probe) endpoint.probes.add(batch, { ...probe, asOf: at.text, record })
        used ||= probe !== undefined
        continue
      }
      query.table = list.table = app.table
      endpoint.system ??= systemOfTable.get(app.table)
      if (addApp(list, row, app, query.names))
        claudeAt = `${diff !== undefined ? 'diffResults.added[].' : Array.isArray(snapshot) ? 'snapshot[].' : 'columns.'}${app.versionColumn}`
    }
    if (!used) query.unusedLines++
    // The lists of other queries would only take memory.
    if ((list.table ?? query.table) !== undefined) endpoint.lists.set(name, list)
    return claudeAt
  }

  #remove(list: AppList, row: unknown): boolean {
    const app = osqueryApp(row)
    if (!app) return false
    list.table ??= app.table
    const key = keyOf(row)
    const known = list.rows.get(key)
    const countsAsOther = !app.claudeLike && wholeTables.has(app.table)
    if (known && --known.copies === 0) list.rows.delete(key)
    // What was never added cannot be removed: lines are missing.
    if (app.claudeLike ? !known : countsAsOther && list.others === 0) list.complete = false
    else if (countsAsOther) list.others--
    return true
  }

  #observe(endpoint: Endpoint): void {
    const { record, deviceId, fields, at, system, versionField } = endpoint
    const stated = this.#state(endpoint)
    const probe = endpoint.probes.best()
    this.sink.observe({
      record,
      deviceId,
      ...fields,
      // The identifier is the host name unless osqueryd was told otherwise.
      hostname: fields.hostname ?? (isUuid(deviceId) ? undefined : deviceId),
      os: fields.os ?? system,
      lastSeen: at.text,
      appsAsOf: stated?.at.text,
      apps: stated?.apps,
      versionField,
      probes: probe && [probe],
    })
  }

  /** Of each table the newest whole list counts, and what newer lists add to it. */
  #state(endpoint: Endpoint): { apps: AppStatement; at: Moment } | undefined {
    const lists = [...endpoint.lists]
      .map(([name, list]) => ({ list, query: this.#queries.get(name) }))
      .sort((a, b) => (a.list.at.time ?? 0) - (b.list.at.time ?? 0))
    const newest = lists.at(-1)?.list
    if (!newest) return undefined
    const whole = new Map<string | undefined, AppList>()
    for (const { list, query } of lists)
      if (list.complete && list.others > 0 && query?.names.looksWhole) whole.set(list.table, list)
    const copies: { readonly app: AppRow; readonly list: AppList }[] = []
    for (const { list } of lists) {
      const floor = whole.get(list.table)
      if (floor && list !== floor && isOlder(list.at, floor.at)) continue
      const own = [...list.rows.values()].map(({ app }) => app)
      const kept = copies.filter((copy) => !own.some((app) => isSameCopy(copy.app, app)))
      copies.splice(0, copies.length, ...kept, ...own.map((app) => ({ app, list })))
    }
    // No part of the statement is older than it says.
    const needed = [...whole.values(), ...copies.map(({ list }) => list)]
    const at = needed
      .map((list) => list.at)
      .reduce((oldest, time) => (isOlder(time, oldest) ? time : oldest), newest.at)
    const rows = copies.map(({ app }) => app)
    if (whole.size > 0) return { apps: { kind: 'complete', rows }, at }
    if (rows.length > 0) return { apps: { kind: 'partial', rows }, at }
    const broken = lists.some(({ list }) => !list.complete)
    return { apps: { kind: 'unknown', reason: broken ? 'history-incomplete' : 'filtered-list' }, at }
  }
}

/** Whether a newer row tells of the same copy; without a path it stands for all of them. */
function isSameCopy(known: AppRow, newer: AppRow): boolean {
  if (known.table !== newer.table || (known.bundleId ?? known.name) !== (newer.bundleId ?? newer.name)) return false
  return newer.path === undefined || known.path === undefined || newer.path === known.path
}

function newEndpoint(deviceId: string, record: number): Endpoint {
  const at = { time: undefined, text: undefined }
  return {
    record,
    versionField: undefined,
    deviceId,
    fields: {},
    at,
    system: undefined,
    lists: new Map(),
    probes: new ProbeHistory(),
  }
}

function newList(): AppList {
  const at = { time: undefined, text: undefined }
  const nothing = { epoch: undefined, batch: undefined, table: undefined, others: 0 }
  return { mode: 'history', ...nothing, complete: false, at, rows: new Map() }
}

function restart(list: AppList, complete: boolean): void {
  list.rows.clear()
  list.others = 0
  list.complete = complete
}

/** A snapshot replaces; its rows may also come one a line, all with the same time. */
function beginSnapshot(list: AppList, atOnce: boolean, line: object): void {
  const batch = batchOf(line)
  if (atOnce || list.mode !== 'snapshot-rows' || list.batch !== batch) restart(list, true)
  list.mode = atOnce ? 'snapshot' : 'snapshot-rows'
  list.batch = batch
}

/** Counter 0 is the whole result, at the start or after the query changed; anything later only tells differences. */
function beginHistory(list: AppList, line: object): void {
  const epoch = textField(line, 'epoch')
  const initial = Number(textField(line, 'counter') ?? Number.NaN) === 0
  const batch = initial ? batchOf(line) : undefined
  const goesOn = list.mode === 'history' && list.epoch === epoch
  if (initial ? !goesOn || list.batch !== batch : !goesOn) restart(list, initial)
  list.mode = 'history'
  list.epoch = epoch
  list.batch = batch
}

function batchOf(line: object): string {
  return `${textField(line, 'epoch')}:${textField(line, 'unixTime') ?? textField(line, 'calendarTime')}`
}

/** True if the row is one that is kept. */
function addApp(list: AppList, row: unknown, app: OsqueryApp, names: NamesSeen): boolean {
  if (!app.claudeLike) {
    if (wholeTables.has(app.table)) list.others++
    names.add(app)
    return false
  }
  const key = keyOf(row)
  const known = list.rows.get(key)
  if (known) known.copies++
  else list.rows.set(key, { app: app.app, copies: 1 })
  return true
}

/** A row as text, the same whatever the order of its columns and whether numbers are written as such. */
function keyOf(row: unknown): string {
  const cells = Object.entries(row as Record<string, unknown>).map(([name, value]) => [name, String(value)] as const)
  return JSON.stringify(cells.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function momentOf(line: object): Moment {
  const text = textField(line, 'unixTime')
  const time = Number(text ?? Number.NaN)
  return Number.isFinite(time) ? { time, text } : { time: undefined, text: textField(line, 'calendarTime') }
}

function isOlder(at: Moment, known: Moment): boolean {
  return at.time !== undefined && known.time !== undefined && at.time < known.time
}

/** Decorators stand in `decorations`, or at the top with decorations_top_level. */
function decorationsOf(line: object): EndpointFields {
  const text = (...names: string[]) =>
    names.map((name) => textField(line, 'decorations', name) || textField(line, name)).find((found) => found)
  return {
    serial: text('hardware_serial', 'serial_number', 'serial', 'host_serial'),
    hardwareUuid: text('hardware_uuid', 'host_uuid', 'uuid'),
    hostname: text('hostname', 'host_name', 'computer_name'),
    osVersion: text('os_version'),
    user: text('username', 'user', 'logged_in_user'),
    email: text('email', 'user_email'),
  }
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}
