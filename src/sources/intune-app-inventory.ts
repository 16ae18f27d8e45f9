import type { Source } from './source.js'

/**
 * Intune discovered apps, one row per endpoint and app: the reports AppInvRawData, AppInvByDevice and DevicesByAppInv.
 * https://learn.microsoft.com/en-us/intune/device-management/reports/ref-graph-available-reports (read 2026-11).
 */
export const source: Source = {
  id: 'intune-app-inventory',
  product: 'intune',
  title: 'Intune app inventory (CSV)',
  gives: 'apps',
  docs: 'https://learn.microsoft.com/en-us/intune/device-management/reports/ref-graph-available-reports',
  howToExport:
    'Intune admin center: Apps > Monitor > Discovered apps > Export, or a Graph export job with reportName AppInvRawData and no filter.',
  uses: [
    'DeviceId',
    'DeviceName',
    'ApplicationName',
    'ApplicationVersion',
    'ApplicationShortVersion',
    'ApplicationPublisher',
    'Platform',
    'OSVersion',
    'UserName',
    'EmailAddress',
  ],
  caveat:
    'No serial number, check-in, age or bundle id: give it together with a devices export. Personal devices list managed apps only. A filtered export cannot prove that an app is absent.',
  formats: [
    {
      kind: 'table',
      // Export jobs may leave out ApplicationKey by `select`; the aggregate report has no DeviceId and says nothing
      // about an endpoint. Header comparison ignores case: DeviceId is also seen as DeviceID.
      matches: (header) =>
        header.has('ApplicationName', 'DeviceId') && (header.has('ApplicationKey') || header.has('ApplicationVersion')),
      columns: {
        deviceId: ['DeviceId'],
        hostname: ['DeviceName'],
        // Platform may be a number with its reading in Platform_loc; names of systems are not translated.
        os: ['Platform_loc', 'Platform', 'OSDescription', 'OSDescription_loc'],
        osVersion: ['OSVersion', 'OSVersion_loc'],
        user: ['UserName', 'UserName_loc'],
        email: ['EmailAddress', 'EmailAddress_loc'],
        'app.name': ['ApplicationName', 'ApplicationName_loc'],
        'app.version': ['ApplicationVersion', 'ApplicationShortVersion'],
        'app.publisher': ['ApplicationPublisher', 'ApplicationPublisher_loc'],
      },
      appList: 'complete',
    },
  ],
}
