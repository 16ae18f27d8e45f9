import { bundlePaths } from '../places.js'
import { type RunBookContext, type Section, type Step, step } from './run-book.js'
import type { ShellSwitch } from './script-switches.js'

/** How to see on a Mac that the profiles arrived. */
export function lookAtMac({ plan }: RunBookContext): Step[] {
  const hasVariables = Object.keys(plan.loaded.policy.telemetry?.endpointAttributes ?? {}).length > 0
  return [
    {
      text: `On a pilot Mac: \`defaults read "/Library/Managed Preferences/com.anthropic.claudecode"\` shows the settings.${hasVariables ? ' In `OTEL_RESOURCE_ATTRIBUTES` no variable is left as it was written: `$` or `{{` there would go into telemetry.' : ''}`,
      files: [bundlePaths.settings('macos')],
    },
    step`\`defaults read "/Library/Managed Preferences/com.anthropic.claudefordesktop"\` shows the policy of Claude Desktop, as ${bundlePaths.desktopProfile} has it.`,
  ]
}

/** Files instead of profiles, for Macs that no profile reaches. */
export function installScriptOnMac(how: string, withSwitch: ShellSwitch): Section {
  return {
    title: 'Macs without profiles',
    note: 'Only for Macs that cannot get the profile: where both are, the profile wins and the file is skipped.',
    steps: [
      {
        text: `Run \`${bundlePaths.installScript('macos')}\` ${how} It writes the managed settings file and fills in serial number and host name on the machine.`,
        files: [bundlePaths.installScript('macos')],
      },
      {
        text: `\`--check\` changes nothing and ends with 0 where all is in place; \`--drop-in\` writes beside settings of others, and a drop-in is then checked with \`--drop-in --check\`. ${withSwitch('--check')}`,
        files: [bundlePaths.installScript('macos')],
      },
    ],
  }
}

/** Takes the files away that the script wrote. */
export function rollBackMacScript(withSwitch: ShellSwitch): Step[] {
  return [
    {
      text: `Macs set up by script: run \`${bundlePaths.installScript('macos')}\` of the bundle that was delivered with \`--uninstall\`, and where it wrote a drop-in with \`--drop-in --uninstall\`. ${withSwitch('--uninstall')}`,
      files: [bundlePaths.installScript('macos')],
    },
  ]
}

/** One bundle for each group: where its profiles are. */
export function groupSteps({ has }: RunBookContext, path: string, groups: readonly string[]): Step[] {
  const [example] = groups
  if (example === undefined || !has(path)) return []
  return [
    {
      text: `This bundle has settings for groups as well: under \`groups/\` each folder has files of the same names, such as \`${example}/${path}\`. Assign each group its own, and the one above only to machines without a group: two profiles for one domain on one Mac contradict each other.`,
      files: [`${example}/${path}`],
    },
  ]
}
