import { bundlePaths } from '../places.js'
import { groupSteps, installScriptOnMac, lookAtMac, rollBackMacScript } from './apple-sections.js'
import { desktopLeftOut } from './desktop-left-out.js'
import { hookFiles } from './hook-files.js'
import { payloadVariableSteps } from './payload-variable-steps.js'
import { type RunBook, step } from './run-book.js'
import { switchesInCopy } from './script-switches.js'
import { beforeYouBegin, checkOneMachine, coworkSection, headers, rollBack } from './shared-sections.js'

const asScript =
  'with a Custom Script: Library > Add New > Custom Script, Install on Mac, execution frequency Install once per device, Blueprint of the pilot. Custom scripts run as root. Once means once: for a later bundle add a new library item.'

const deliveries = [{ platform: 'macos', how: asScript }] as const

export const iru: RunBook = {
  mdm: 'iru',
  title: 'Iru (Kandji): Macs',
  sections: (context) => [
    beforeYouBegin(context),
    headers(context, deliveries),
    hookFiles(context, deliveries),
    {
      title: 'Claude Code',
      steps: [
        step`Library > Add New > Custom Profile: upload ${bundlePaths.codeProfile('iru')}, unsigned as it is.`,
        step`Install on: Mac. Blueprint: the one of the pilot, later the others. Assignment rules can narrow it.`,
        ...payloadVariableSteps(context, 'iru'),
        ...groupSteps(context, bundlePaths.codeProfile('iru'), context.groups),
      ],
    },
    installScriptOnMac(asScript, switchesInCopy.shell),
    {
      title: 'Claude Desktop',
      steps: [
        step`Add ${bundlePaths.desktopProfile} as a second Custom Profile, with the same assignment.`,
        ...desktopLeftOut(context, 'macos'),
      ],
    },
    coworkSection(),
    checkOneMachine(context, ['macos'], lookAtMac(context)),
    rollBack(
      context,
      [
        step`Take the library items off the Blueprint, or switch them off: the profiles leave the Macs at the next check-in (about 15 minutes).`,
        ...rollBackMacScript(switchesInCopy.shell),
      ],
      ['macos'],
    ),
  ],
  sources: [
    'https://support.kandji.io/support/solutions/articles/72000558749-custom-scripts-overview, https://support.kandji.io/support/solutions/articles/72000559818, https://support.kandji.io/support/solutions/articles/72000599118-assigning-library-items (looked at 2026-11-21; from when the product was called Kandji)',
  ],
}
