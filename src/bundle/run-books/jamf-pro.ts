import { bundlePaths } from '../places.js'
import { groupSteps, installScriptOnMac, lookAtMac, rollBackMacScript } from './apple-sections.js'
import { desktopLeftOut } from './desktop-left-out.js'
import { hookFiles } from './hook-files.js'
import { payloadVariableSteps } from './payload-variable-steps.js'
import { type RunBook, step } from './run-book.js'
import type { ShellSwitch } from './script-switches.js'
import { beforeYouBegin, checkOneMachine, coworkSection, headers, rollBack } from './shared-sections.js'

const asPolicy =
  'with a policy: Computers > Policies > New, payload Scripts or Packages, trigger Recurring Check-in, frequency Once per computer, scope the pilot group. Policies run as root. Once means once: for a later bundle under the same policy flush its log, or make a new policy.'

const deliveries = [{ platform: 'macos', how: asPolicy }] as const
/** Parameters 1 to 3 are those that Jamf Pro gives to every script. */
const asParameter: ShellSwitch = (switches) =>
  `In the payload Scripts of a policy \`${switches}\` goes into Parameter 4, a second switch into Parameter 5.`

export const jamfPro: RunBook = {
  mdm: 'jamf-pro',
  title: 'Jamf Pro: Macs',
  sections: (context) => [
    beforeYouBegin(context),
    headers(context, deliveries),
    hookFiles(context, deliveries),
    {
      title: 'Claude Code',
      steps: [
        step`Computers > Configuration Profiles > Upload: ${bundlePaths.codeProfile('jamf-pro')}. Upload it as it is. A signed profile is read-only in Jamf Pro, and nothing in it can be filled in.`,
        step`General: level Computer Level, distribution Install Automatically.`,
        ...payloadVariableSteps(context, 'jamf-pro'),
        step`Scope: the pilot group, later all computers with Claude Code. Save.`,
        ...groupSteps(context, bundlePaths.codeProfile('jamf-pro'), context.groups),
      ],
    },
    installScriptOnMac(asPolicy, asParameter),
    {
      title: 'Claude Desktop',
      steps: [
        ...desktopLeftOut(context, 'macos'),
        step`Upload ${bundlePaths.desktopProfile} in the same way, as a profile of its own with the same scope.`,
        {
          text: 'If there is a profile for `com.anthropic.claudefordesktop` already, take it out of scope for the pilot group: two profiles for one domain contradict each other.',
          files: [bundlePaths.desktopProfile],
        },
      ],
    },
    coworkSection(),
    checkOneMachine(context, ['macos'], lookAtMac(context)),
    rollBack(
      context,
      [
        step`Take the profiles out of scope: Jamf Pro removes them from the Macs at their next check-in.`,
        ...rollBackMacScript(asParameter),
      ],
      ['macos'],
    ),
  ],
  sources: [
    'https://learn.jamf.com/bundle/jamf-pro-documentation-current/page/Computer_Configuration_Profiles.html (2025-07-31)',
    'https://docs.jamf.com/10.15.0/jamf-pro/administrator-guide/About_Policies.html and https://docs.jamf.com/10.14.0/jamf-pro/administrator-guide/Managing_Policies.html (looked at 2026-11-21; older releases, newer menus may differ)',
    'https://github.com/adamargyle/Jamf-Scripts (looked at 2026-11-21): scripts get values of their own from parameter 4 on',
  ],
}
