import { writeYaml } from '../formats/yaml-text.js'
import { bundlePaths } from '../places.js'
import { groupSteps, lookAtMac } from './apple-sections.js'
import { desktopLeftOut } from './desktop-left-out.js'
import { hookFiles } from './hook-files.js'
import { lookAtLinux, rollBackLinux } from './linux-steps.js'
import { payloadVariableSteps } from './payload-variable-steps.js'
import { plain, type RunBook, type RunBookContext, type Step, step } from './run-book.js'
import { switchesInCopy } from './script-switches.js'
import { beforeYouBegin, checkOneMachine, coworkSection, headers, rollBack } from './shared-sections.js'
import { lookAtWindows, rollBackWindows } from './windows-sections.js'

const asScript =
  'with a script: Controls > Scripts, upload, then Hosts > the host > Actions > Run script (or a policy that runs it). Scripts run as root, on Windows as system; outside macOS the agent has to be packaged with `--enable-scripts`.'

const deliveries = [
  { platform: 'macos', how: asScript },
  { platform: 'windows', how: asScript },
  { platform: 'linux', how: asScript },
] as const

export const fleetdm: RunBook = {
  mdm: 'fleetdm',
  title: 'Fleet (fleetdm): macOS, Windows, Linux',
  sections: (context) => [
    beforeYouBegin(context),
    headers(context, deliveries),
    hookFiles(context, deliveries),
    {
      title: 'Macs',
      steps: [
        step`Controls > OS settings > Configuration profiles (older releases: Custom settings): add ${bundlePaths.codeProfile('fleetdm')}, unsigned as it is. Target a label of the pilot.`,
        ...payloadVariableSteps(context, 'fleetdm'),
        step`Add ${bundlePaths.desktopProfile} in the same way.`,
        ...desktopLeftOut(context, 'macos'),
        ...groupSteps(context, bundlePaths.codeProfile('fleetdm'), context.groups),
      ],
    },
    {
      title: 'Windows',
      steps: [
        step`Run ${bundlePaths.codePowerShell} on the pilot hosts ${plain(asScript)} A Windows profile of Fleet is XML for the policy CSP, which has no place for one long registry text.`,
        step`Run ${bundlePaths.desktopPowerShell} in the same way.`,
        ...desktopLeftOut(context, 'windows'),
      ],
    },
    {
      title: 'Linux',
      steps: [
        step`Run ${bundlePaths.installScript('linux')} ${plain(asScript)} With \`--drop-in\` it writes beside settings of others. ${plain(switchesInCopy.shell('--drop-in'))}`,
        step`Bring ${bundlePaths.desktopLinux} to \`/etc/claude-desktop/managed-settings.json\` with a package of yours: a real file, owned by root, writable by nobody else.`,
        ...desktopLeftOut(context, 'linux'),
      ],
    },
    { title: 'With GitOps instead', note: gitOpsNote, steps: gitOps(context) },
    coworkSection(),
    checkOneMachine(
      context,
      ['macos', 'windows', 'linux'],
      [...lookAtMac(context), ...lookAtWindows(switchesInCopy.powerShell), ...lookAtLinux(switchesInCopy.shell)],
    ),
    rollBack(
      context,
      [
        step`Delete the profiles in the console, or take them out of the YAML and run GitOps: Fleet removes them from the hosts.`,
        ...rollBackWindows(switchesInCopy.powerShell),
        ...rollBackLinux(switchesInCopy.shell),
      ],
      ['macos', 'windows', 'linux'],
    ),
  ],
  sources: [
    'https://fleetdm.com/docs/configuration/yaml-files and https://fleetdm.com/guides/scripts (repository fleetdm/fleet, looked at 2026-11-21)',
    'https://github.com/fleetdm/fleet/pull/40959 (2026-03-04): `apple_settings.configuration_profiles` is the new name of `macos_settings.custom_settings`, which still works and warns',
  ],
}

const gitOpsNote =
  'Paths are relative to the YAML file. Releases from before March 2026 know only `macos_settings.custom_settings`. GitOps takes `$NAME` in a profile for a variable of its own environment, unless the name begins with `FLEET_VAR_`: a profile with other dollar signs, as in the command of a hook, has to be added in the console.'

function gitOps({ has }: RunBookContext): Step[] {
  const profiles = [bundlePaths.codeProfile('fleetdm'), bundlePaths.desktopProfile].filter(has)
  const scripts = [
    bundlePaths.codePowerShell,
    bundlePaths.desktopPowerShell,
    bundlePaths.installScript('linux'),
  ].filter(has)
  if (profiles.length === 0) return []
  const yaml = writeYaml({
    controls: {
      apple_settings: {
        configuration_profiles: profiles.map((path) => ({
          path: `../lib/claude/${path}`,
          labels_include_any: ['Claude pilot'],
        })),
      },
      ...(scripts.length > 0 && { scripts: scripts.map((path) => ({ path: `../lib/claude/${path}` })) }),
    },
  })
  return [
    {
      text: 'Copy the bundle to `lib/claude` of your GitOps repository and add to the YAML of the fleet (team). Listing a script makes it available; a policy with `run_script`, or the console, runs it.',
      files: [...profiles, ...scripts],
      block: { language: 'yaml', text: yaml },
    },
  ]
}
