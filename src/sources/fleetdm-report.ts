import type { AppRow } from '../inventory/claude-product.js'
import type { AppStatement, ObservationSink, StatedProbe } from '../inventory/observation.js'
import { field, textField } from './readers/json.js'
import { betterProbe, probeOfRow } from './readers/osquery-probe.js'
import {
  addFields,
  type EndpointFields,
  endpointColumns,
  NamesSeen,
  osqueryApp,
  systemOfTable,
} from './readers/osquery-table.js'
import type { RecordReader, Source, TableFormat, TableHeader } from './source.js'

/** Columns of the CSV that tell the endpoint; the host's display name alone is no identity. */
const endpointColumnsOfCsv = {
  deviceId: ['host_id'],
  serial: ['hardware_serial'],
  hardwareUuid: ['uuid', 'host_uuid', 'hardware_uuid'],
  hostname: ['hostname', 'computer_name', 'host_display_name'],
  // The time a host answered is a check-in too.
  lastSeen: ['last_fetched'],
} satisfies TableFormat['columns']

const probeColumnsOfCsv = {
  probes: [
    { column: 'line', mayHoldOther: true },
    { column: 'probe', mayHoldOther: true },
  ],
  probesAsOf: 'last_fetched',
} satisfies Partial<TableFormat>

/**
 * Results of a Fleet (fleetdm) report, formerly query: GET /api/v1/fleet/queries/{id}/report, the same for one host,
 * and the UI's CSV. https://github.com/fleetdm/fleet (docs/REST API: queries; frontend source, read 2026-11).
 */
export const source: Source = {
  id: 'fleetdm-report',
  product: 'fleetdm',
  title: 'Fleet (fleetdm) report results (JSON, CSV)',
  gives: 'endpoints and apps',
  docs: 'https://fleetdm.com/docs/rest-api/rest-api#get-query-report',
  howToExport:
    'Save the query "SELECT a.name, a.bundle_identifier, a.bundle_short_version, a.path, s.hardware_serial, s.uuid FROM apps a, system_info s" (on Windows: programs) as a report, or that of the probe kit for probe lines, let it run, then GET /api/v1/fleet/queries/<id>/report or Export results in the UI.',
  uses: [
    'host_id',
    'host_name',
    'last_fetched',
    'report_clipped',
    'hardware_serial',
    'uuid',
    'hostname',
    'name',
    'bundle_identifier',
    'bundle_short_version',
    'version',
    'publisher',
    'path',
    'install_location',
    'line, fleet_probe, probe: probe lines',
  ],
  caveat:
    'The CSV needs hardware_serial or uuid in the query, because display names identify nothing, and cannot show that an app is absent: it does not say whether Fleet clipped the report. Hosts whose query failed are missing.',
  formats: [
    {
      kind: 'json',
      matches: (shape) =>
        shape.keys.includes('results') &&
        (shape.keys.includes('report_clipped') || shape.path('results', 'host_id')) &&
        (shape.keys.includes('query_id') || shape.keys.includes('report_id')),
      records: () => ['results'],
      open: (sink) => new ReportReader(sink),
    },
    {
      kind: 'table',
      matches: (header) => isReport(header) && header.has('bundle_short_version'),
      columns: {
        ...endpointColumnsOfCsv,
        appsAsOf: ['last_fetched'],
        'app.name': ['name', 'bundle_name', 'display_name'],
        'app.version': ['bundle_short_version', 'bundle_version'],
        'app.bundleId': ['bundle_identifier'],
        'app.path': ['path'],
      },
      appList: 'partial',
      ...probeColumnsOfCsv,
    },
    {
      kind: 'table',
      matches: (header) => isReport(header) && listsPrograms(header),
      columns: {
        ...endpointColumnsOfCsv,
        appsAsOf: ['last_fetched'],
        'app.name': ['name'],
        'app.version': ['version'],
        'app.publisher': ['publisher', 'vendor', 'maintainer'],
        'app.bundleId': ['bundle_identifier', 'package_family_name'],
        'app.path': ['path', 'install_location', 'installed_path'],
        'app.table': ['source'],
      },
      appList: 'partial',
      ...probeColumnsOfCsv,
    },
    {
      kind: 'table',
      // `name` and `version` of any other table are no apps.
      matches: (header) => isReport(header) && !header.has('bundle_short_version') && !listsPrograms(header),
      columns: endpointColumnsOfCsv,
      ...probeColumnsOfCsv,
    },
  ],
}

function isReport(header: TableHeader): boolean {
  return header.has('host_display_name', 'last_fetched')
}

function listsPrograms(header: TableHeader): boolean {
  if (header.has('bundle_short_version') || !header.has('name', 'version')) return false
  return ['publisher', 'maintainer', 'identifying_number', 'bundle_identifier', 'vendor', 'install_location'].some(
    (name) => header.has(name),
  )
}

/** The key of rows that name no host. */
const unnamed = ''

interface Host {
  record: number
  versionField: string | undefined
  readonly fields: EndpointFields
  /** Its rows may come from several runs. */
  oldest: string | undefined
  newest: string | undefined
  system: string | undefined
  others: number
  listsApps: boolean
  readonly rows: AppRow[]
  probe: StatedProbe | undefined
}

/** Gathers the rows of each host until the end, where the envelope may say that the report was clipped. */
class ReportReader implements RecordReader {
  readonly #hosts = new Map<string, Host>()
  readonly #names = new NamesSeen()
  /** Records that name no host: the results of one host name it only once, outside the list. */
  readonly #unnamed: number[] = []

  constructor(private readonly sink: ObservationSink) {}

  /** An arrow: readers are handed on without their object. */
  readonly record = (result: unknown, record: number): void => {
    if (typeof result !== 'object' || result === null || Array.isArray(result)) {
      this.sink.reject(record, 'not-an-object')
      return
    }
    const columns = field(result, 'columns')
    const app = osqueryApp(columns)
    const said = endpointColumns(columns, app !== undefined)
    const deviceId = textField(result, 'host_id')
    const key = deviceId ?? said.serial ?? said.hardwareUuid ?? unnamed
    if (key === unnamed) this.#unnamed.push(record)
    const known = this.#hosts.get(key)
    const host: Host = known ?? newHost(record, deviceId)
    if (!known) this.#hosts.set(key, host)
    addFields(host.fields, { ...said, hostname: said.hostname ?? textField(result, 'host_name') })
    const fetched = textField(result, 'last_fetched')
    if (fetched !== undefined) {
      host.oldest = host.oldest === undefined || fetched < host.oldest ? fetched : host.oldest
      host.newest = host.newest === undefined || fetched > host.newest ? fetched : host.newest
    }
    if (app) {
      host.listsApps = true
      host.system ??= systemOfTable.get(app.table)
    }
    if (app?.claudeLike) {
      // A receipt names one record: the row that lists Claude is the one to look at.
      if (known && key !== unnamed) this.sink.absorb(host.record)
      host.record = record
      host.versionField = `results[].columns.${app.versionColumn}`
      host.rows.push(app.app)
      return
    }
    if (!app) {
      const probe = probeOfRow(columns, (name) => this.sink.isProbeName(name), 'results[].columns.')
      if (probe) host.probe = betterProbe(host.probe, { ...probe, asOf: fetched, record })
    }
    if (app) {
      host.others++
      this.#names.add(app)
    }
    if (known && key !== unnamed) this.sink.absorb(record)
  }

  end(envelopes: readonly unknown[] = []): void {
    const clipped = envelopes.some((envelope) => field(envelope, 'report_clipped') === true)
    if (clipped)
      this.sink.warn(
        'report-clipped',
        'Fleet clipped this report: it kept early results only, so hosts are missing and others are out of date. Narrow the query to Claude, or use the hosts API with software.',
      )
    const outside = envelopes.length === 1 ? envelopes[0] : undefined
    this.#nameUnnamed(outside)
    const fetched = textField(outside, 'last_fetched')
    for (const host of this.#hosts.values()) {
      this.sink.observe({
        record: host.record,
        ...host.fields,
        os: host.fields.os ?? host.system,
        lastSeen: host.newest ?? fetched,
        appsAsOf: host.listsApps ? (host.oldest ?? fetched) : undefined,
        apps: host.listsApps ? this.#statement(host, clipped) : undefined,
        versionField: host.versionField,
        probes: host.probe && [{ ...host.probe, asOf: host.probe.asOf ?? fetched }],
      })
    }
  }

  /** Gives the records without a host to the one that the envelope names, or to nobody. */
  #nameUnnamed(outside: unknown): void {
    const host = this.#hosts.get(unnamed)
    if (!host) return
    const deviceId = textField(outside, 'host_id')
    if (deviceId === undefined) this.#hosts.delete(unnamed)
    else addFields(host.fields, { deviceId, hostname: textField(outside, 'host_name') })
    for (const record of this.#unnamed) {
      if (deviceId === undefined) this.sink.observe({ record })
      else if (record !== host.record) this.sink.absorb(record)
    }
  }

  #statement({ rows, others }: Host, clipped: boolean): AppStatement {
    if (!clipped && others > 0 && this.#names.looksWhole) return { kind: 'complete', rows }
    if (rows.length > 0) return { kind: 'partial', rows }
    return { kind: 'unknown', reason: clipped ? 'report-clipped' : 'filtered-list' }
  }
}

function newHost(record: number, deviceId: string | undefined): Host {
  const nothing = {
    versionField: undefined,
    oldest: undefined,
    newest: undefined,
    system: undefined,
    others: 0,
    listsApps: false,
    probe: undefined,
  }
  return { record, fields: { deviceId }, ...nothing, rows: [] }
}
