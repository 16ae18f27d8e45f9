import { type AppRow, mayConcernClaude } from '../inventory/claude-product.js'
import type { AppStatement, ObservationSink } from '../inventory/observation.js'
import { field, type JsonShape, listField, textField } from './readers/json.js'
import type { RecordReader, Source } from './source.js'

/**
 * Fleet (fleetdm) REST API, GET /api/v1/fleet/hosts and /hosts/{id}, and what `fleetctl get hosts --json` prints.
 * https://github.com/fleetdm/fleet (docs/REST API, cmd/fleetctl test data), https://github.com/JupiterOne/graph-fleetdm
 * (recorded answers), read 2026-11.
 */
export const source: Source = {
  id: 'fleetdm-hosts-api',
  product: 'fleetdm',
  title: 'Fleet (fleetdm) hosts (JSON)',
  gives: 'endpoints and apps',
  docs: 'https://fleetdm.com/docs/rest-api/rest-api#list-hosts',
  howToExport:
    'GET /api/v1/fleet/hosts?populate_software=without_vulnerability_details&device_mapping=true&per_page=100&page=0, further pages until one is empty; all answers in one file. Or fleetctl get hosts --json (endpoints only).',
  uses: [
    'id',
    'hardware_serial',
    'uuid',
    'hostname',
    'computer_name',
    'platform',
    'os_version',
    'team_name',
    'fleet_name',
    'device_mapping[].email',
    'end_users[].idp_username',
    'end_users[].idp_full_name',
    'end_users[].idp_department',
    'seen_time',
    'software_updated_at',
    'software[].name',
    'software[].version',
    'software[].bundle_identifier',
    'software[].source',
    'software[].vendor',
    'software[].installed_paths',
  ],
  caveat:
    'Without populate_software the apps are unknown. Packages on Linux come without their maintainer. A list cut at a page border looks whole: fetch until an empty page.',
  formats: [
    {
      kind: 'json',
      matches: (shape) => recordsOf(shape) !== undefined,
      records: (shape) => recordsOf(shape) ?? [],
      open,
    },
  ],
}

function recordsOf(shape: JsonShape): string[] | undefined {
  const isHost = (...path: string[]) =>
    shape.path(...path, 'hardware_serial') && (shape.path(...path, 'uuid') || shape.path(...path, 'seen_time'))
  if (isHost('hosts')) return ['hosts']
  if (isHost('host')) return ['host']
  // fleetctl: documents of {kind, apiVersion, spec}, read one by one so that nothing piles up beside the records.
  if (shape.path('kind') && isHost('spec')) return []
  // The hosts without their pages, as `jq '.hosts[]'` leaves them.
  if (isHost() && shape.path('seen_time')) return []
  // The page behind the last one.
  const hosts = field(shape.sample, 'hosts')
  return shape.keys.length === 1 && Array.isArray(hosts) && hosts.length === 0 ? ['hosts'] : undefined
}

function open(sink: ObservationSink): RecordReader {
  return {
    record(value, record) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        sink.reject(record, 'not-an-object')
        return
      }
      observe(sink, textField(value, 'kind') === undefined ? value : (field(value, 'spec') ?? value), record)
    },
    end(envelopes) {
      for (const envelope of envelopes) {
        const more = field(envelope, 'meta', 'has_next_results')
        if (typeof more === 'boolean') sink.page({ kind: 'next', marker: 'meta.has_next_results', more })
      }
    },
  }
}

function observe(sink: ObservationSink, host: unknown, record: number): void {
  // Teams are becoming "fleets" in newer versions.
  const group = textField(host, 'team_name') || textField(host, 'fleet_name')
  const endUser = listField(host, 'end_users')[0]
  const account = textField(endUser, 'idp_username')
  const mapped = listField(host, 'device_mapping').map((mapping) => textField(mapping, 'email'))
  const apps = statement(host)
  sink.observe({
    record,
    deviceId: textField(host, 'id'),
    serial: textField(host, 'hardware_serial'),
    hardwareUuid: textField(host, 'uuid'),
    hostname: textField(host, 'hostname') || textField(host, 'computer_name') || textField(host, 'display_name'),
    os: textField(host, 'platform') || textField(host, 'os_version'),
    osVersion: textField(host, 'os_version'),
    user: textField(endUser, 'idp_full_name') || account,
    email: mapped.find((email) => email) ?? (account?.includes('@') ? account : undefined),
    department: textField(endUser, 'idp_department'),
    groups: group ? [group] : undefined,
    lastSeen: textField(host, 'seen_time') ?? textField(host, 'detail_updated_at'),
    appsAsOf: apps.kind === 'unknown' ? undefined : textField(host, 'software_updated_at'),
    apps,
    versionField: 'software[].version',
  })
}

function statement(host: unknown): AppStatement {
  const software = field(host, 'software')
  if (software === undefined || software === null) return { kind: 'unknown', reason: 'section-not-requested' }
  const list = listField(host, 'software')
  // Fleet was told not to collect software, or has not yet: no system is without any.
  if (list.length === 0) return { kind: 'unknown', reason: 'no-app-list' }
  return { kind: 'complete', rows: list.flatMap(appRows) }
}

/** One row for each copy: an entry names all paths where the same version lies. */
function appRows(software: unknown): AppRow[] {
  const name = textField(software, 'name')
  const bundleId = textField(software, 'bundle_identifier') || textField(software, 'extension_id')
  if (!mayConcernClaude(name ?? '', bundleId)) return []
  const app: AppRow = {
    name,
    bundleId,
    version: textField(software, 'version'),
    publisher: textField(software, 'vendor'),
    table: textField(software, 'source'),
    identifier: textField(software, 'upgrade_code') || textField(software, 'application_id'),
  }
  const paths = listField(software, 'installed_paths').filter((path) => typeof path === 'string')
  return paths.length === 0 ? [app] : paths.map((path) => ({ ...app, path }))
}
