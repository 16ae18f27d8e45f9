import { bundlePaths } from '../places.js'
import { groupSteps, lookAtMac } from './apple-sections.js'
import { desktopLeftOut } from './desktop-left-out.js'
import { hookFiles } from './hook-files.js'
import { payloadVariableSteps } from './payload-variable-steps.js'
import { plain, type RunBook, step } from './run-book.js'
import { switchesInCopy } from './script-switches.js'
import { beforeYouBegin, checkOneMachine, coworkSection, headers, rollBack } from './shared-sections.js'
import { lookAtWindows, rollBackWindows } from './windows-sections.js'

const asScript =
  'with Resources > Scripts > Add, execution context System (on Windows also the 64-bit architecture), then assign it to the smart group of the pilot. Scripts need a SaaS environment, and are not for employee-owned devices.'

const deliveries = [
  { platform: 'macos', how: asScript },
  { platform: 'windows', how: asScript },
] as const

export const workspaceOne: RunBook = {
  mdm: 'workspace-one',
  title: 'Workspace ONE UEM: Macs and Windows',
  sections: (context) => [
    beforeYouBegin(context),
    headers(context, deliveries),
    hookFiles(context, deliveries),
    {
      title: 'Macs',
      note: "The vendor's page on the Custom Settings payload was not to be had; its public samples show the payload as one `<dict>`. Look at the delivered profile before it goes further than the pilot.",
      steps: [
        step`Resources > Profiles & Baselines > Profiles > Add, macOS, Device profile, payload Custom Settings. Paste from ${bundlePaths.codeProfile('workspace-one')} the one \`<dict>\` that stands in the array below \`PayloadContent\` at the top, from \`<dict>\` to its \`</dict>\`.`,
        ...payloadVariableSteps(context, 'workspace-one'),
        step`A second Device profile in the same way with ${bundlePaths.desktopProfile}. One payload for each profile.`,
        ...desktopLeftOut(context, 'macos'),
        step`Assign both to the smart group of the pilot, assignment type Auto.`,
        ...groupSteps(context, bundlePaths.codeProfile('workspace-one'), context.groups),
      ],
    },
    {
      title: 'Windows',
      steps: [
        step`Add ${bundlePaths.codePowerShell} ${plain(asScript)}`,
        step`Add ${bundlePaths.desktopPowerShell} in the same way.`,
        ...desktopLeftOut(context, 'windows'),
      ],
    },
    coworkSection(),
    checkOneMachine(
      context,
      ['macos', 'windows'],
      [...lookAtMac(context), ...lookAtWindows(switchesInCopy.powerShell)],
    ),
    rollBack(
      context,
      [
        step`Macs: take the smart group off the profiles.`,
        step`Windows: unassign the scripts, then:`,
        ...rollBackWindows(switchesInCopy.powerShell),
      ],
      ['macos', 'windows'],
    ),
  ],
  sources: [
    'https://docs.vmware.com/en/VMware-Workspace-ONE-UEM/2302/macOS_Platform/GUID-ProfilesOverview.html (looked at 2026-11-21)',
    'https://docs.vmware.com/fr/VMware-Workspace-ONE-UEM/services/Windows_Desktop_Device_Management/GUID-B71C39A4-C5FE-4E3B-B359-4E9E612158BD.html (looked at 2026-11-21)',
    'https://github.com/vmware-samples/euc-samples/tree/master/UEM-Samples/Profiles/macOS (2024-05-13)',
  ],
}
