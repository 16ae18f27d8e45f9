import type { ObservationSink } from '../inventory/observation.js'
import { graphRecords, graphText, hasMember } from './readers/graph-answer.js'
import { type JsonShape, textField } from './readers/json.js'
import { openRunStates } from './readers/run-states.js'
import type { Source } from './source.js'

const docs = 'https://learn.microsoft.com/en-us/graph/api/resources/intune-devices-devicehealthscriptdevicestate'

/**
 * Intune remediations, what each device's last run printed: the report DeviceRunStatesByProactiveRemediation, and
 * Microsoft Graph. https://learn.microsoft.com/en-us/intune/device-management/reports/ref-graph-available-reports,
 * https://learn.microsoft.com/en-us/graph/api/resources/intune-devices-devicehealthscriptdevicestate (read 2026-11).
 */
export const source: Source = {
  id: 'intune-remediation-states',
  product: 'intune',
  title: 'Intune remediation device status (CSV, JSON)',
  gives: 'probe lines',
  docs,
  howToExport:
    "Graph: POST /deviceManagement/reports/exportJobs with reportName DeviceRunStatesByProactiveRemediation, the filter PolicyId eq '{id}' and select the columns below; pass the .zip as it is. Or GET /deviceManagement/deviceHealthScripts/{id}/deviceRunStates?$expand=managedDevice and follow @odata.nextLink.",
  uses: [
    'DeviceId',
    'DeviceName',
    'OSDescription',
    'OSVersion',
    'UserName',
    'UserEmail',
    'UPN',
    'ModifiedTime',
    'PreRemediationDetectionScriptOutput',
    'PostRemediationDetectionScriptOutput',
    'value[].preRemediationDetectionScriptOutput',
    'value[].postRemediationDetectionScriptOutput',
    'value[].lastStateUpdateDateTime',
    'value[].managedDevice',
    'value[].deviceId',
    '@odata.nextLink',
    '@odata.count',
  ],
  caveat:
    'No serial number, check-in or apps: give it together with a devices export, to which it is joined by device id. Intune keeps 2,048 characters of an output and reports an unchanged one every seventh day only.',
  formats: [
    {
      kind: 'table',
      matches: (header) =>
        header.has('DeviceId') &&
        (header.has('PreRemediationDetectionScriptOutput') || header.has('PostRemediationDetectionScriptOutput')),
      columns: {
        deviceId: ['DeviceId'],
        hostname: ['DeviceName'],
        os: ['OSDescription', 'OSDescription_loc'],
        osVersion: ['OSVersion', 'OSVersion_loc'],
        user: ['UserName', 'UserName_loc', 'PrimaryUser'],
        email: ['UserEmail', 'UPN'],
      },
      // After a repair the second detection tells how things stand.
      probes: [{ column: 'PostRemediationDetectionScriptOutput' }, { column: 'PreRemediationDetectionScriptOutput' }],
      probesAsOf: 'ModifiedTime',
      addsOnly: true,
    },
    {
      kind: 'json',
      matches: looksLikeRemediation,
      records: graphRecords,
      open: (sink: ObservationSink) =>
        openRunStates(sink, {
          // Remediations run on Windows only.
          system: 'Windows',
          probes: (state) =>
            ['postRemediationDetectionScriptOutput', 'preRemediationDetectionScriptOutput'].map((name) => ({
              field: name,
              text: graphText(state, name) ?? '',
              asOf: graphText(state, 'lastStateUpdateDateTime'),
            })),
        }),
    },
  ],
}

function looksLikeRemediation(shape: JsonShape): boolean {
  if (hasMember(shape, 'preRemediationDetectionScriptOutput')) return true
  if (hasMember(shape, 'postRemediationDetectionScriptOutput')) return true
  // A remediation that never ran gives an empty list.
  const context = textField(shape.sample, '@odata.context') ?? ''
  return !shape.path('value', 'id') && /deviceHealthScripts\('[^']*'\)\/deviceRunStates/.test(context)
}
