import { platformNames } from '../../../bundle/places.js'
import { plain, type Section, type Step, step } from '../../../bundle/run-books/run-book.js'
import type { ProbePlatform } from '../../facts.js'
import { hookPlaces } from '../hook-files.js'
import { linePlace } from '../kit-manifest.js'
import { kitPaths } from '../kit-places.js'
import type { KitPlan } from '../kit-plan.js'

/** Check the kit, deliver the settings first, choose a pilot. */
export function beforeYouBegin(plan: KitPlan): Section {
  return {
    title: 'Before you begin',
    note: 'The probe only reads. It prints one line of facts, and no names of people, machines or folders. It tells the time of the last use of a tool, and the product keeps it beside the machine and its user: tell your works council or data protection officer before you deliver it to everybody.',
    steps: [
      step`Check that the kit is what was built: \`sha256sum -c SHA256SUMS\` in its folder; on a Mac \`shasum -a 256 -c SHA256SUMS\`.`,
      step`Deliver the settings of the same policy first (\`fleet settings build\`): the probe compares what it finds with their stamp, ${plain(`\`${plan.stamp}\``)}. After each change of telemetry, hooks, plugins or permissions in the policy build the kit again and exchange the scripts, or every machine with the new settings is shown as one with others.`,
      step`Know the three words of the line. \`repair\`: something is wrong. \`ok\`: settings are installed and loaded. \`unknown\`: that could not be proved, which is usual where Claude did not run at that moment; it is no fault, and no pass.`,
      step`Choose a pilot group, and compare one machine by hand: \`fleet selftest\` there gives the same facts.`,
    ],
  }
}

/** What is made in ProgramData inherits that users may write, and anybody may have made the folder before. */
const windowsFolder: Step = {
  text: 'Windows: make the folder of the configuration, and take it from whoever may have made it, as SYSTEM or Administrator:',
  files: [],
  block: {
    language: 'bat',
    text: [
      'mkdir "C:\\ProgramData\\Fleet"',
      'icacls "C:\\ProgramData\\Fleet" /setowner *S-1-5-32-544 /T',
      'icacls "C:\\ProgramData\\Fleet" /inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F *S-1-5-32-545:(OI)(CI)RX',
    ].join('\n'),
  },
}

/** The hook that fleet ships, before the settings name it. */
export function hookSection(platforms: readonly ProbePlatform[], how: string): Section {
  return {
    title: 'The hook, before the settings that name it',
    note: `A hook whose file is missing fails open: the tool runs. So hook and configuration have to be there before the settings are. ${how}`,
    steps: [
      ...platforms.flatMap((platform): Step[] => {
        const { hook, configuration } = hookPlaces[platform]
        const rights =
          platform === 'windows'
            ? 'Owner Administrators or SYSTEM, users may read and run, nobody else may write to the files or the folders on the way.'
            : 'Owner root, mode 0755 for the hook and 0644 for its configuration, no folder on the way writable for others.'
        const folder = platform === 'windows' ? [windowsFolder] : []
        return [
          ...folder,
          step`${plain(platformNames[platform])}: bring ${kitPaths.hook(platform)} to ${plain(`\`${hook}\``)} and ${kitPaths.hookConfiguration(platform)} to ${plain(`\`${configuration}\``)}. ${plain(rights)}`,
        ]
      }),
      step`How the hook decides and what it records stands in ${kitPaths.hookPage}.`,
    ],
  }
}

const installNotes: Readonly<Record<ProbePlatform, string>> = {
  macos: '',
  linux:
    ' Without systemd add `--cron`, to `--check` as well; the first line then comes at the next start, or at 12:07.',
  windows: ' Where only signed scripts may run, the probe and its writer have to be signed, too.',
}

/** The job that keeps the line, where a product keeps no output of scripts. */
export function jobSection(platforms: readonly ProbePlatform[], how: Readonly<Record<ProbePlatform, string>>): Section {
  return {
    title: 'The job on the machines',
    note: 'This product keeps no output of scripts, so a job of the system runs the probe at start and every day, and keeps its line on the machine. The probe reads; the job writes that one line.',
    steps: platforms.flatMap((platform): Step[] => {
      const [check, remove] = platform === 'windows' ? ['-Check', '-Remove'] : ['--check', '--uninstall']
      return [
        step`${plain(platformNames[platform])}: run ${kitPaths.install(platform)} ${plain(how[platform])} It holds the probe and its job, and can be run again for a newer kit. \`${plain(check)}\` changes nothing and ends with 0 where all is in place; \`${plain(remove)}\` takes everything away.${plain(installNotes[platform])}`,
        step`${plain(platformNames[platform])}: some minutes later the line stands in ${plain(`\`${linePlace(platform)}\``)}. ${kitPaths.probe(platform)} is the probe alone: run it as an administrator to see its line at once.`,
      ]
    }),
  }
}

/** What the lines are for. */
export function readSection(steps: readonly Step[], refresh: string): Section {
  return {
    title: 'Get the lines back',
    note: refresh,
    steps: [
      ...steps,
      step`Give the export to \`fleet scan\`, together with the usual exports of devices: it says for each machine what is contradicted, why, and what to do. With a section \`probe\` in the policy an endpoint without a line that is new enough is not ready.`,
    ],
  }
}

/** What stays and what goes. */
export function rollBackSection(steps: readonly Step[]): Section {
  return {
    title: 'Roll back',
    steps: [
      ...steps,
      step`Take the section \`probe\` out of the policy, or \`fleet scan\` counts machines without a line as not ready.`,
    ],
  }
}
