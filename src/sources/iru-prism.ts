import { type AppRow, mayConcernClaude } from '../inventory/claude-product.js'
import type { AppStatement, Observation, ObservationSink } from '../inventory/observation.js'
import { field, textField } from './readers/json.js'
import type { RecordReader, Source } from './source.js'

/**
 * Iru (formerly Kandji) Prism, GET /api/v1/prism/apps and /api/v1/prism/device_information: pages of at most 300 rows,
 * and the CSV of its export job. Row keys from public client code; https://github.com/kandji-inc/support
 * (api-tools, code-examples, read 2026-11) shows the paging.
 */
export const source: Source = {
  id: 'iru-prism',
  product: 'iru',
  title: 'Iru (Kandji) Prism apps and device information (JSON, CSV)',
  gives: 'endpoints and apps',
  docs: 'https://github.com/kandji-inc/support/tree/main/api-tools/code-examples',
  howToExport:
    'GET https://<tenant>.api.kandji.io/api/v1/prism/apps?limit=300, again with the cursor of each answer until it is null; all answers in one file. The same for prism/device_information. Or the CSV of a Prism export job.',
  uses: [
    'device_id',
    'serial_number',
    'device__name',
    'device__family',
    'device__user_name',
    'device__user_email',
    'blueprint_name',
    'name',
    'bundle_id',
    'version',
    'path',
    'last_collected_at',
    'cursor',
  ],
  caveat:
    'The time of collection also counts as check-in. Where the last page is missing (cursor not null) or a filter was used, nothing shows that an app is absent.',
  formats: [
    {
      kind: 'json',
      matches: (shape) =>
        shape.keys.includes('data') &&
        (shape.path('data', 'device__name') ||
          (shape.path('data', 'device_id') &&
            shape.path('data', 'serial_number') &&
            !shape.path('data', 'attributes'))),
      records: () => ['data'],
      open: (sink) => new PrismReader(sink),
    },
    {
      kind: 'table',
      matches: (header) => isPrism(header.names) && header.has('bundle_id', 'version'),
      columns: {
        deviceId: ['device_id'],
        serial: ['serial_number', 'device__serial_number'],
        // Compared without regard to the number of underscores.
        hostname: ['device__name'],
        os: ['device__family'],
        user: ['device__user_name'],
        email: ['device__user_email'],
        group: ['blueprint_name'],
        lastSeen: ['last_collected_at'],
        appsAsOf: ['last_collected_at'],
        'app.name': ['name'],
        'app.version': ['version', 'short_version'],
        'app.bundleId': ['bundle_id'],
        'app.path': ['path'],
      },
      appList: 'complete',
    },
    {
      kind: 'table',
      matches: (header) => isPrism(header.names) && !header.has('bundle_id', 'version'),
      columns: {
        deviceId: ['device_id'],
        serial: ['serial_number', 'device__serial_number'],
        hostname: ['device__name'],
        os: ['device__family'],
        osVersion: ['os_version'],
        user: ['device__user_name'],
        email: ['device__user_email'],
        group: ['blueprint_name'],
        lastSeen: ['last_check_in', 'last_collected_at'],
      },
    },
  ],
}

/** By the exact spelling: the double underscore is what sets Prism apart from other Iru files. */
function isPrism(names: readonly string[]): boolean {
  const exact = new Set(names.map((name) => name.trim().toLowerCase()))
  return exact.has('device__name') && (exact.has('device_id') || exact.has('serial_number'))
}

interface Device {
  observation: Observation
  /** The newest collection; the oldest would be wrong for a list that is replaced row by row. */
  asOf: string | undefined
  readonly rows: AppRow[]
  others: number
}

/** Gathers the app rows of each device, of which only the Claude-like ones are kept, until the paging is known. */
class PrismReader implements RecordReader {
  readonly #devices = new Map<string, Device>()
  /** Names of other apps, as far as it matters whether the file names more than one. */
  readonly #otherNames = new Set<string>()
  #rows = 0

  constructor(private readonly sink: ObservationSink) {}

  /** An arrow: readers are handed on without their object. */
  readonly record = (value: unknown, record: number): void => {
    this.#rows++
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.sink.reject(record, 'not-an-object')
      return
    }
    const observation = endpoint(value, record)
    const key = observation.deviceId || observation.serial
    if (!isApp(value) || !key) this.sink.observe(observation)
    else this.#app(key, value, observation)
  }

  end(envelopes: readonly unknown[] = []): void {
    const complete = this.#isComplete(envelopes)
    const filtered = this.#otherNames.size < 2
    for (const { observation, asOf, rows, others } of this.#devices.values()) {
      this.sink.observe({
        ...observation,
        lastSeen: asOf,
        appsAsOf: asOf,
        apps: statement(rows, complete && !filtered && others > 0, filtered),
        versionField: 'data[].version',
      })
    }
  }

  #app(key: string, value: object, observation: Observation): void {
    const app = appRow(value)
    const concerns = mayConcernClaude(app.name ?? '', app.bundleId)
    const known = this.#devices.get(key)
    const device: Device = known ?? { observation, asOf: undefined, rows: [], others: 0 }
    if (!known) this.#devices.set(key, device)
    device.asOf = later(device.asOf, observation.lastSeen)
    if (!concerns) {
      device.others++
      if (this.#otherNames.size < 2) this.#otherNames.add(app.bundleId || app.name || '')
      if (known) this.sink.absorb(observation.record)
      return
    }
    // The receipt names one record: the row that names Claude is the one to look at.
    if (known) this.sink.absorb(device.observation.record)
    device.observation = observation
    device.rows.push(app)
  }

  /** The last page has a null cursor; older answers have an offset and a total instead. */
  #isComplete(envelopes: readonly unknown[]): boolean {
    // Pages are judged together over all files: the last page of the devices must not stand for that of the apps.
    const of = this.#devices.size > 0 ? 'apps' : 'device information'
    const cursors = envelopes.map((envelope) => field(envelope, 'cursor')).filter((cursor) => cursor !== undefined)
    for (const cursor of cursors) this.sink.page({ kind: 'next', marker: `cursor of ${of}`, more: !isLast(cursor) })
    if (cursors.length > 0) return cursors.some(isLast)
    const totals = envelopes.map((envelope) => field(envelope, 'total')).filter((total) => typeof total === 'number')
    if (totals.length > 0) {
      const total = Math.max(...totals)
      this.sink.page({ kind: 'total', marker: `total of ${of}`, total, read: this.#rows })
      return this.#rows >= total
    }
    if (this.#devices.size > 0)
      this.sink.warn(
        'no-page-marker',
        'This Prism export does not say which page is the last, so nothing in it shows that an app is absent. Save the answers as they are, with their cursor.',
      )
    return false
  }
}

function statement(rows: readonly AppRow[], whole: boolean, filtered: boolean): AppStatement {
  if (filtered && rows.length === 0) return { kind: 'unknown', reason: 'filtered-list' }
  return { kind: whole ? 'complete' : 'partial', rows }
}

function isLast(cursor: unknown): boolean {
  return cursor === null || cursor === ''
}

function isApp(value: object): boolean {
  return (
    field(value, 'bundle_id') !== undefined ||
    (field(value, 'version') !== undefined && field(value, 'path') !== undefined)
  )
}

function endpoint(value: object, record: number): Observation {
  const blueprint = textField(value, 'blueprint_name')
  return {
    record,
    deviceId: textField(value, 'device_id'),
    serial: textField(value, 'serial_number') ?? textField(value, 'device__serial_number'),
    hostname: textField(value, 'device__name'),
    os: textField(value, 'device__family'),
    osVersion: textField(value, 'os_version'),
    user: textField(value, 'device__user_name'),
    email: textField(value, 'device__user_email'),
    groups: blueprint ? [blueprint] : undefined,
    lastSeen: textField(value, 'last_check_in') ?? textField(value, 'last_collected_at'),
  }
}

function appRow(value: object): AppRow {
  return {
    name: textField(value, 'name'),
    version: textField(value, 'version') || textField(value, 'short_version'),
    bundleId: textField(value, 'bundle_id'),
    path: textField(value, 'path'),
  }
}

/** ISO 8601 texts of one export sort like the times they stand for. */
function later(known: string | undefined, text: string | undefined): string | undefined {
  return known === undefined || (text !== undefined && text > known) ? text : known
}
