import type { ObservationSink } from '../inventory/observation.js'
import { graphRecords, graphText, hasMember } from './readers/graph-answer.js'
import { openRunStates } from './readers/run-states.js'
import type { Source } from './source.js'

/**
 * Intune custom attributes and shell scripts of macOS, what each device's last run printed: the report
 * DeviceRunStatesByScript, and Microsoft Graph. https://github.com/MicrosoftDocs/memdocs (macos-shell-scripts,
 * platform-scripts-column-mappings), https://learn.microsoft.com/en-us/graph/api/resources/intune-devices-devicemanagementscriptdevicestate
 * (read 2026-11).
 */
export const source: Source = {
  id: 'intune-script-states',
  product: 'intune',
  title: 'Intune custom attribute and script status (CSV, JSON)',
  gives: 'probe lines',
  docs: 'https://learn.microsoft.com/en-us/graph/api/resources/intune-devices-devicemanagementscriptdevicestate',
  howToExport:
    "Graph: POST /deviceManagement/reports/exportJobs with reportName DeviceRunStatesByScript, the filter PolicyId eq '{id}' and select the columns below; pass the .zip as it is. Or GET /deviceManagement/deviceCustomAttributeShellScripts/{id}/deviceRunStates?$expand=managedDevice and follow @odata.nextLink.",
  uses: [
    'DeviceId',
    'DeviceName',
    'OSVersion',
    'UserName',
    'UserEmail',
    'UPN',
    'ModifiedTime',
    'PolicyResultDetail',
    'value[].resultMessage',
    'value[].lastStateUpdateDateTime',
    'value[].managedDevice',
    '@odata.nextLink',
    '@odata.count',
  ],
  caveat:
    'No serial number, check-in or apps: give it together with a devices export, to which it is joined by device id. Use a custom attribute: a plain shell script reports its first run only. Errors of the script stand in the same column.',
  formats: [
    {
      kind: 'table',
      matches: (header) => header.has('DeviceId', 'PolicyResultDetail'),
      columns: {
        deviceId: ['DeviceId'],
        hostname: ['DeviceName'],
        osVersion: ['OSVersion', 'OSVersion_loc'],
        user: ['UserName', 'UserName_loc'],
        email: ['UserEmail', 'UPN'],
      },
      probes: [{ column: 'PolicyResultDetail' }],
      probesAsOf: 'ModifiedTime',
      addsOnly: true,
    },
    {
      kind: 'json',
      matches: (shape) => hasMember(shape, 'runState') && hasMember(shape, 'resultMessage'),
      records: graphRecords,
      open: (sink: ObservationSink) =>
        openRunStates(sink, {
          probes: (state) => [
            {
              field: 'resultMessage',
              text: graphText(state, 'resultMessage') ?? '',
              asOf: graphText(state, 'lastStateUpdateDateTime'),
            },
          ],
        }),
    },
  ],
}
