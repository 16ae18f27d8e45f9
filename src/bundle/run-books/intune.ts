import { bundlePaths } from '../places.js'
import { groupSteps, lookAtMac } from './apple-sections.js'
import { desktopLeftOut } from './desktop-left-out.js'
import { hookFiles } from './hook-files.js'
import { payloadVariableSteps } from './payload-variable-steps.js'
import { plain, type RunBook, step } from './run-book.js'
import { switchesInCopy } from './script-switches.js'
import { beforeYouBegin, checkOneMachine, coworkSection, headers, rollBack } from './shared-sections.js'
import { lookAtWindows, rollBackWindows } from './windows-sections.js'

const shellScript =
  'with Devices > macOS > Shell scripts > Add, Run script as signed-in user No (so it runs as root), frequency Not configured, retries 3, pilot group.'
const platformScript =
  'with Devices > Scripts and remediations > Platform scripts > Add, Run this script using the logged-on credentials No, Run script in 64-bit PowerShell Host Yes, pilot group.'

const deliveries = [
  { platform: 'windows', how: platformScript },
  { platform: 'macos', how: shellScript },
] as const

export const intune: RunBook = {
  mdm: 'intune',
  title: 'Microsoft Intune: Windows and Macs',
  sections: (context) => [
    beforeYouBegin(context),
    headers(context, deliveries),
    hookFiles(context, deliveries),
    {
      title: 'Claude Code on Windows',
      note: [
        'Use the remediation pair. It looks every day whether the registry value is the one of this bundle, writes it when it is not, and reports for each machine what it found; it fills in serial number and host name on the machine.',
        'The other ways are weaker: a platform script runs once and does not notice a change; a custom OMA-URI needs an ingested ADMX for this key, which nothing on the machine compares with the bundle, and no variable is filled in on Windows.',
        'The licence for remediations is Windows Enterprise E3 or E5, Education A3 or A5, or VDA for each user. Without it, take the platform script.',
      ].join(' '),
      steps: [
        step`Devices > Scripts and remediations > Remediations > Create script package. Detection script file: ${bundlePaths.intuneDetect}. Remediation script file: ${bundlePaths.intuneRemediate}. Upload the files, do not paste them: they have to stay as they are.`,
        {
          text: 'Run this script using the logged-on credentials: No (it runs as system). Enforce script signature check: No, unless you sign the files. Run script in 64-bit PowerShell: Yes; the script is made for it, and the default is No.',
          files: [bundlePaths.intuneDetect],
        },
        {
          text: 'Assignments: the pilot group of devices, schedule daily (every 8 hours for the pilot). A detection that exits with 1 starts the remediation.',
          files: [bundlePaths.intuneDetect],
        },
        {
          text: 'Device status shows for each machine Without issues, Issue fixed or Failed. Machines report on change, otherwise every 7 days.',
          files: [bundlePaths.intuneDetect],
        },
        step`Without the licence: add ${bundlePaths.codePowerShell} ${plain(platformScript)} It runs once for each version of the script.`,
      ],
    },
    {
      title: 'Claude Desktop on Windows',
      steps: [
        step`Add ${bundlePaths.desktopPowerShell} ${plain(platformScript)}`,
        {
          text: 'Do not use an ADMX or the settings catalog for Claude Desktop as well: values in keys below `SOFTWARE\\Policies\\Claude`, as some tools write them, are never read.',
          files: [bundlePaths.desktopPowerShell],
        },
        ...desktopLeftOut(context, 'windows'),
      ],
    },
    {
      title: 'Macs',
      steps: [
        step`Devices > macOS > Configuration > Create > Templates > Custom. Configuration profile file: ${bundlePaths.codeProfile('intune')}, unsigned as it is. Deployment channel: Device channel.`,
        ...payloadVariableSteps(context, 'intune'),
        step`A second custom profile, Device channel too, with ${bundlePaths.desktopProfile}.`,
        ...desktopLeftOut(context, 'macos'),
        step`Assign them to the pilot group. The limit is 1 000 000 bytes for each file.`,
        ...groupSteps(context, bundlePaths.codeProfile('intune'), context.groups),
      ],
    },
    coworkSection(),
    checkOneMachine(
      context,
      ['windows', 'macos'],
      [...lookAtWindows(switchesInCopy.powerShell), ...lookAtMac(context)],
    ),
    rollBack(
      context,
      [
        step`Unassign the remediation first, or it writes the settings again the next day. Then, on Windows:`,
        ...rollBackWindows(switchesInCopy.powerShell),
        step`Macs: unassign the custom profiles; they leave at the next check-in.`,
      ],
      ['windows', 'macos'],
    ),
  ],
  sources: [
    'https://learn.microsoft.com/en-us/intune/intune-service/fundamentals/remediations (copy of 2023-06-23, looked at 2026-11-21)',
    'https://learn.microsoft.com/en-us/intune/intune-service/configuration/custom-settings-macos (copy of 2024-02-28)',
    'https://learn.microsoft.com/en-us/intune/intune-service/apps/macos-shell-scripts (copy of 2022-07-29, looked at 2026-11-21)',
  ],
}
