import type { Source } from './source.js'

/**
 * Fleet (fleetdm) hosts report, GET /api/v1/fleet/hosts/report?format=csv and the UI's "Export hosts".
 * https://github.com/fleetdm/fleet (docs/REST API: hosts, read 2026-11).
 */
export const source: Source = {
  id: 'fleetdm-hosts-csv',
  product: 'fleetdm',
  title: 'Fleet (fleetdm) hosts report (CSV)',
  gives: 'endpoints',
  docs: 'https://fleetdm.com/docs/rest-api/rest-api#get-hosts-report-in-csv',
  howToExport:
    'Fleet: Hosts > Export hosts, with the columns for serial number and last seen shown. Or GET /api/v1/fleet/hosts/report?format=csv.',
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
    'device_mapping',
    'seen_time',
  ],
  caveat:
    'No software columns: add the hosts API with software, or a report. The export of the UI has the visible columns only.',
  formats: [
    {
      kind: 'table',
      // The report of a query may select the same columns; host_display_name tells it apart.
      matches: (header) =>
        header.has('hostname', 'hardware_serial') &&
        !header.has('host_display_name') &&
        ['seen_time', 'osquery_version', 'detail_updated_at', 'primary_mac', 'team_name', 'fleet_name'].some((name) =>
          header.has(name),
        ),
      columns: {
        deviceId: ['id'],
        serial: ['hardware_serial'],
        hardwareUuid: ['uuid'],
        hostname: ['hostname', 'computer_name', 'display_name', 'display_text'],
        os: ['platform', 'os_version', 'platform_like'],
        osVersion: ['os_version'],
        email: ['device_mapping'],
        // Teams are becoming "fleets" in newer versions.
        group: ['team_name', 'fleet_name'],
        lastSeen: ['seen_time', 'detail_updated_at'],
      },
    },
  ],
}
