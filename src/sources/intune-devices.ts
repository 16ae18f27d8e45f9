import type { Source } from './source.js'

/**
 * Intune export jobs `Devices`, `DeviceCompliance` and `DeviceNonCompliance`, with the column names of the report API.
 * https://learn.microsoft.com/en-us/intune/device-management/reports/ref-graph-available-reports (read 2026-11).
 */
export const source: Source = {
  id: 'intune-devices',
  product: 'intune',
  title: 'Intune devices report (CSV)',
  gives: 'endpoints',
  docs: 'https://learn.microsoft.com/en-us/intune/device-management/reports/ref-graph-available-reports',
  howToExport:
    'Graph: POST /deviceManagement/reports/exportJobs with reportName Devices and select the columns below; pass the .zip as it is.',
  uses: [
    'DeviceId',
    'SerialNumber',
    'DeviceName',
    'OS',
    'OSVersion',
    'UserName',
    'UserEmail',
    'UPN',
    'CategoryName',
    'Ownership',
    'LastContact',
  ],
  caveat:
    'No app list: add an app inventory export. Intune has no departments; CategoryName is read as department and as a group.',
  formats: [
    {
      kind: 'table',
      // App rows carry an application and are another source, should a report ever hold both.
      matches: (header) => header.has('DeviceId', 'LastContact') && !header.has('ApplicationName'),
      columns: {
        deviceId: ['DeviceId', 'IntuneDeviceId'],
        serial: ['SerialNumber'],
        hostname: ['DeviceName', 'ManagedDeviceName'],
        // Exports carry localizable columns twice: OS is then a number and only OS_loc says Windows. Names of
        // operating systems are the same in every language, so the readable column goes first.
        os: ['OS_loc', 'OS', 'OSDescription', 'DeviceType_loc', 'DeviceType'],
        osVersion: ['OSVersion'],
        user: ['UserName', 'PrimaryUser_loc', 'UPN'],
        email: ['UserEmail', 'UPN'],
        department: ['CategoryName', 'CategoryName_loc'],
        group: ['CategoryName', 'CategoryName_loc'],
        ownership: ['Ownership', 'Ownership_loc', 'OwnerType', 'OwnerType_loc'],
        lastSeen: ['LastContact', 'LastContact_loc'],
      },
    },
  ],
}
