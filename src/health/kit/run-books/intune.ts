import { step } from '../../../bundle/run-books/run-book.js'
import { kitPaths, probeName } from '../kit-places.js'
import type { KitRunBook } from '../kit-run-books.js'
import { beforeYouBegin, hookSection, readSection, rollBackSection } from './shared-sections.js'

export const intune: KitRunBook = {
  sections: (plan) => [
    beforeYouBegin(plan),
    hookSection(
      ['macos', 'windows'],
      'Bring them in an app of yours (Win32 app, macOS package), which also removes them again; a platform script runs once.',
    ),
    {
      title: 'Windows: remediation',
      note: 'The detection script prints the line, and ends with 1 where something needs repair, which Intune shows as "With issues". Nothing is repaired by it: the remediation script beside it changes nothing and prints the line again, so that the machine is not shown as failed for want of one. The licence for remediations is Windows Enterprise E3 or E5, Education A3 or A5, or VDA for each user.',
      steps: [
        step`Devices > Scripts and remediations > Remediations > Create script package, name \`${{ plain: probeName }}\`. Detection script file: ${kitPaths.intuneDetect}. Remediation script file: ${kitPaths.intuneRemediate}. Upload the files, do not paste them.`,
        {
          text: 'Run this script using the logged-on credentials: No (as system it sees all users). Enforce script signature check: No, unless you sign the files. Run script in 64-bit PowerShell: Yes; the default is No, and a 32-bit one reads another part of the registry.',
          files: [kitPaths.intuneDetect],
        },
        { text: 'Assignments: the pilot group of devices, schedule Daily.', files: [kitPaths.intuneDetect] },
      ],
    },
    {
      title: 'Macs: custom attribute',
      steps: [
        step`Devices > macOS > Custom attributes > Add, name \`${{ plain: probeName }}\`. Data type of attribute: String. Script: ${kitPaths.intuneMac}. Assign it to the pilot group.`,
        {
          text: 'Do not take a shell script instead: Intune keeps only what its first run printed.',
          files: [kitPaths.intuneMac],
        },
      ],
    },
    readSection(
      [
        step`Windows: Reports export \`DeviceRunStatesByProactiveRemediation\` (Graph \`POST /deviceManagement/reports/exportJobs\`, filter \`PolicyId eq 'ID OF THE REMEDIATION'\`), or Export in Device status of the remediation with every column ticked. The line stands in \`PreRemediationDetectionScriptOutput\`, or the column Pre-remediation detection output. Or Graph \`GET /beta/deviceManagement/deviceHealthScripts/ID/deviceRunStates?$expand=managedDevice\`: without \`$expand\` no row says which device it is.`,
        step`Macs: Export in Device status of the custom attribute, or the report \`DeviceRunStatesByScript\`: the line stands in \`PolicyResultDetail\`, or the column Result.`,
        step`These reports name devices by \`DeviceId\` and no serial number: give \`fleet scan\` the export of all devices beside them, so that it can join them.`,
      ],
      'Remediations run daily and report on change, otherwise every 7 days in full. The time in the line is new in every run, so each run should be reported; where Intune shows older ones all the same, set `probe.staleAfterDays` to 8 or more. Custom attributes run every 8 hours. Intune keeps 2,048 characters of a remediation; the line has at most 1,500.',
    ),
    rollBackSection([
      step`Delete the remediation and the custom attribute, or take away their assignments. Nothing of them stays on the machines.`,
    ]),
  ],
  sources: [
    'https://learn.microsoft.com/en-us/intune/intune-service/fundamentals/remediations (copy of 2023-06-23, looked at 2026-11-21)',
    'https://learn.microsoft.com/en-us/intune/intune-service/apps/macos-shell-scripts (copy of 2022-07-29, looked at 2026-11-21): custom attributes',
    'https://learn.microsoft.com/en-us/intune/device-management/reports/ref-graph-available-reports (looked at 2026-11-21): the columns',
    'https://learn.microsoft.com/en-us/graph/api/resources/intune-devices-devicehealthscriptdevicestate (looked at 2026-11-21)',
  ],
}
