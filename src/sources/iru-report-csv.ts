import type { Source } from './source.js'

/**
 * CSV files that the public scripts of Iru (formerly Kandji) write: installed-apps, device-library-items and
 * devices-report. https://github.com/kandji-inc/support (api-tools, read 2026-11).
 */
export const source: Source = {
  id: 'iru-report-csv',
  product: 'iru',
  title: 'Iru (Kandji) script reports (CSV)',
  gives: 'endpoints and apps',
  docs: 'https://github.com/kandji-inc/support/tree/main/api-tools',
  howToExport:
    'Run installed-apps (without an app name) or device-library-items of kandji-inc/support, api-tools; each writes a CSV.',
  uses: [
    'serial_number',
    'device_name',
    'blueprint_name',
    'platform',
    'os_version',
    'user',
    'app_name',
    'bundle_id',
    'version',
    'last_audit_log',
    'control_log',
    'log',
  ],
  caveat:
    'Endpoints are known by serial number only, and no check-in is given: add the devices list. Made for one app only, the installed-apps report cannot show that it is absent elsewhere. Library items are read for their endpoints and for probe lines in their logs.',
  formats: [
    {
      kind: 'table',
      matches: (header) => isScriptReport(header.names) && header.has('app_name', 'bundle_id'),
      columns: {
        serial: ['serial_number'],
        hostname: ['device_name'],
        group: ['blueprint_name'],
        os: ['platform'],
        osVersion: ['os_version'],
        user: ['user'],
        'app.name': ['app_name'],
        'app.version': ['version'],
        'app.bundleId': ['bundle_id'],
        'app.path': ['path'],
      },
      appList: 'complete',
    },
    {
      kind: 'table',
      // `name` is the library item here, never an app: its log columns carry script output over several lines.
      matches: (header) => isScriptReport(header.names) && !header.has('app_name'),
      columns: {
        serial: ['serial_number'],
        deviceId: ['device_id'],
        hostname: ['device_name'],
        group: ['blueprint_name'],
        os: ['platform'],
        osVersion: ['os_version'],
        user: ['user', 'user_name'],
        email: ['user_email'],
        lastSeen: ['last_check_in'],
      },
      probes: [
        { column: 'last_audit_log', asOf: 'last_audit_run', mayHoldOther: true },
        { column: 'control_log', asOf: 'control_reported_at', mayHoldOther: true },
        { column: 'log', asOf: 'reported_at', mayHoldOther: true },
      ],
      // One row for each library item.
      addsOnly: true,
    },
  ],
}

/** By the exact spelling: folded, the `device__name` of Prism would be the same as `device_name`. */
function isScriptReport(names: readonly string[]): boolean {
  const exact = new Set(names.map((name) => name.trim().toLowerCase()))
  return ['serial_number', 'device_name', 'blueprint_name'].every((name) => exact.has(name))
}
