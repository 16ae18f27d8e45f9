import { codeSpan } from '../../platform/markdown-text.js'
import { bundlePaths, endpointPlaces, platformNames, type SettingsPlatform } from '../places.js'
import { secretHeaders } from '../telemetry-environment.js'
import {
  hasCodeSettings,
  type PlatformDelivery,
  plain,
  type RunBookContext,
  type Section,
  type Step,
  step,
} from './run-book.js'

const oneWayOnly = step`Deliver the settings of Claude Code in one way only. It takes the first managed source that has a policy key and skips the others without a word: the admin console is above profiles and HKLM, they are above files, and the registry of the user comes last. One unrelated key in the admin console switches this bundle off. (From 2.1.242 on \`managedSourcesBehavior\` can merge them.)`

/** Check the bundle, know which source wins, choose a pilot; network and collector before the first client reports. */
export function beforeYouBegin(context: RunBookContext): Section {
  const { plan } = context
  const hasCode = hasCodeSettings(context)
  return {
    title: 'Before you begin',
    steps: [
      step`Check that the bundle is what was built: \`fleet settings verify .\` in its folder, or \`sha256sum -c SHA256SUMS\`.`,
      ...(hasCode ? [oneWayOnly] : []),
      step`Leave ${bundlePaths.console} aside. It is the same policy for the admin console, for companies that deliver it there and nowhere else.`,
      step`Let devices reach what ${bundlePaths.networkPage} lists.`,
      step`Start the collector before the first client reports: ${bundlePaths.collectorPage}.`,
      step`Choose a pilot: a few people of different departments, and each version of the client that is out there. The others follow after a working day without surprises.`,
      ...(hasCode && plan.lowest.code === undefined
        ? [
            step`No lowest version of Claude Code is known. Older clients ignore keys that came later: look at the versions of the pilot.`,
          ]
        : []),
    ],
  }
}

/** The headers come first: while their helper fails, a client sends nothing. */
export function headers({ plan }: RunBookContext, deliveries: readonly PlatformDelivery[]): Section {
  const names = secretHeaders(plan)
    .map(([name]) => codeSpan(name))
    .join(', ')
  return {
    title: 'Headers of the telemetry, first',
    note: 'The settings name a helper that prints the headers from a file on the machine. While it fails, the client sends nothing at all: so helper and file have to be there before the settings are.',
    steps: [
      {
        text: `Decide who can read the headers (${names}): the client runs the helper as the person who is logged in, so whoever is to send telemetry can also see them. Take a token that allows nothing but sending.`,
        files: [bundlePaths.headersInstall('linux')],
      },
      ...deliveries.flatMap(({ platform, how }): Step[] => {
        const installer = bundlePaths.headersInstall(platform)
        const { headersHelper, headersFile } = endpointPlaces[platform]
        const [call, check] =
          platform === 'windows'
            ? ['`-ReadableBy GROUP`', '`-Check`']
            : ['`GROUP <headers.txt`, or `everyone <headers.txt`', '`--check`']
        return [
          step`${plain(platformNames[platform])}: bring ${installer} to the machines in a package or script of your own that hands it the values of the headers on standard input, one \`Name: value\` on each line, and call it with ${plain(call)}. Never as arguments or script parameters: others can list those. Run it ${plain(how)}`,
          {
            text: `The same script with ${check} ends with 0 where all is in place: \`${headersHelper}\` and \`${headersFile}\`. It has to on every pilot machine before you go on.`,
            files: [installer],
          },
        ]
      }),
    ],
  }
}

/** The console of Cowork, which no MDM reaches. */
export function coworkSection(): Section {
  return {
    title: 'Cowork',
    steps: [
      step`Cowork is not set up by this product but in the admin console, once for the whole organization: follow ${bundlePaths.coworkPage}.`,
    ],
  }
}

const label = { macos: 'plist', windows: 'HKLM', linux: 'file' } as const

/** How to see on one machine that it works. */
export function checkOneMachine(
  context: RunBookContext,
  platforms: readonly SettingsPlatform[],
  look: readonly Step[],
): Section {
  const { plan, has } = context
  const labels = platforms.map((platform) => `\`(${label[platform]})\``).join(' or ')
  const sources = platforms.map((platform) => `\`${label[platform].toLowerCase()}\``).join(' or ')
  const telemetry = plan.loaded.policy.telemetry
  const hasDesktop = [bundlePaths.desktopProfile, bundlePaths.desktopRegistry, bundlePaths.desktopLinux].some(has)
  return {
    title: 'Check one machine',
    steps: [
      ...look,
      ...(hasCodeSettings(context)
        ? [
            step`Quit Claude Code and start it again. \`/status\` shows under \`Setting sources\` \`Enterprise managed settings\` with ${plain(labels)}. \`(remote)\` there means that the admin console wins.`,
            step`\`claude doctor\` shows no dropped entry.`,
          ]
        : []),
      ...(telemetry === undefined
        ? []
        : [
            {
              text: `Send one prompt, leave, and look at the collector: within a minute there are records of this machine with \`fleet.policy\` ${codeSpan(plan.stamp)}. Another stamp is an older bundle, none is a machine without one.`,
              files: [],
            },
            step`From Claude Code 2.1.274 on there is an event \`managed_settings_resolved\`: the first of \`managed_settings.sources\` is ${plain(sources)}. A second one is a source that is shadowed.`,
          ]),
      ...((plan.loaded.policy.hooks?.required.length ?? 0) > 0
        ? [
            step`There is an event \`hook_registered\` with \`hook_source\` \`policySettings\` for each hook of the policy. \`hook_execution_complete\` with \`num_non_blocking_error\` or \`num_cancelled\` above 0 is a hook that fails open.`,
          ]
        : []),
      ...(hasDesktop
        ? [
            step`Claude Desktop reads its policy when it starts: quit it fully and open it again. From 1.46388.1 on it looks again by itself.`,
          ]
        : []),
    ],
  }
}

/** Back: settings before headers, since a helper that is gone stops all telemetry. */
export function rollBack(
  { plan, has }: RunBookContext,
  steps: readonly Step[],
  platforms: readonly SettingsPlatform[],
): Section {
  const left = platforms
    .filter((platform) => has(bundlePaths.headersInstall(platform)))
    .map((platform) => `\`${endpointPlaces[platform].headersHelper}\` and \`${endpointPlaces[platform].headersFile}\``)
  return {
    title: 'Roll back',
    steps: [
      ...steps,
      step`To go back to an earlier bundle, deliver that one in the same way: the newer delivery replaces the older. Keep the folder of every bundle that you deliver.`,
      // Macs and Linux have the same places.
      ...[...new Set(left)].map((files) => ({
        text: `Only after the settings are gone everywhere, remove ${files}: a helper that is named and not there stops all telemetry.`,
        files: [],
      })),
      ...(plan.loaded.policy.hooks?.required.some(({ command }) => command !== undefined)
        ? [
            step`The files of the hooks go last too: as long as settings name them, a hook whose file is gone lets the tool run.`,
          ]
        : []),
      step`Clients read the change at their next start, a profile or the registry within 30 minutes. Telemetry needs a restart of the client.`,
    ],
  }
}
