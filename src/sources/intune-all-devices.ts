import type { Source } from './source.js'

/**
 * Intune admin center, Devices > All devices > Export (report DevicesWithInventory).
 * https://learn.microsoft.com/en-us/intune/device-management/reports/ref-graph-available-reports (read 2026-11).
 */
export const source: Source = {
  id: 'intune-all-devices',
  product: 'intune',
  title: 'Intune all devices (CSV)',
  gives: 'endpoints',
  docs: 'https://learn.microsoft.com/en-us/intune/device-management/reports/ref-graph-available-reports',
  howToExport: 'Intune admin center: Devices > All devices > Export. Unzip or pass the .zip as it is.',
  uses: [
    'Device ID',
    'Serial number',
    'Device name',
    'OS',
    'OS version',
    'Primary user display name',
    'Primary user email address',
    'Primary user UPN',
    'Category',
    'Ownership',
    'Last check-in',
  ],
  caveat:
    'No app list: add an app inventory export. Intune has no departments; Category is read as department and as a group.',
  formats: [
    {
      kind: 'table',
      // With blanks, as Intune writes them: lists of other products name a column device_id.
      matches: (header) =>
        header.has('Device ID', 'Device name', 'Last check-in') &&
        header.names.some((name) => /^\W*device id$/i.test(name.trim())),
      columns: {
        deviceId: ['Device ID'],
        serial: ['Serial number'],
        hostname: ['Device name'],
        os: ['OS'],
        osVersion: ['OS version'],
        user: ['Primary user display name', 'Primary user UPN'],
        // The UPN looks like an address but need not be one; it serves where the export has no address column.
        email: ['Primary user email address', 'Primary user UPN'],
        department: ['Category'],
        group: ['Category'],
        ownership: ['Ownership'],
        lastSeen: ['Last check-in'],
      },
    },
  ],
}
