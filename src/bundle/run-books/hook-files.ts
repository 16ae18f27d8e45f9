import { codeSpan } from '../../platform/markdown-text.js'
import type { RequiredHook } from '../../policy/hooks.js'
import { hookCommand } from '../claude-code-settings.js'
import { commandFile } from '../lint/command-file.js'
import { platformNames, type SettingsPlatform } from '../places.js'
import type { PlatformDelivery, RunBookContext, Section, Step } from './run-book.js'

/** The files that required hooks run: settings name them, and nothing of the bundle brings them. */
export function hookFiles({ plan }: RunBookContext, deliveries: readonly PlatformDelivery[]): Section {
  const required = plan.loaded.policy.hooks?.required ?? []
  return {
    title: 'Files of the required hooks, before the settings',
    note: 'The settings name the command of each hook; the bundle does not hold the files. A hook whose file is missing or cannot be run fails open: the tool runs. So the files have to be there before the settings are.',
    steps: [...deliveries.flatMap((delivery) => platformSteps(required, delivery)), ...addressSteps(required)],
  }
}

function platformSteps(required: readonly RequiredHook[], { platform, how }: PlatformDelivery): Step[] {
  const commands = new Map<string, Set<string>>()
  const without = new Set<string>()
  for (const hook of required.filter(({ url }) => url === undefined)) {
    const command = hookCommand(hook, platform)
    if (command === undefined) without.add(hook.event)
    else commands.set(command, (commands.get(command) ?? new Set()).add(hook.event))
  }
  const missing = spans(without)
  return [
    ...(commands.size === 0 ? [] : deliverySteps(commands, platform, how)),
    ...(missing === ''
      ? []
      : [plainStep(`${platformNames[platform]}: the hooks for ${missing} have no command there, and do not run.`)]),
  ]
}

function deliverySteps(
  commands: ReadonlyMap<string, ReadonlySet<string>>,
  platform: SettingsPlatform,
  how: string,
): Step[] {
  const list = [...commands].map(([command, events]) => `${codeSpan(command)} for ${spans(events)}`).join('; ')
  const runs = `${platformNames[platform]}: the hooks of the policy run ${list}.`
  const found = [...commands.keys()].flatMap((command) => fileOf(command) ?? [])
  const files = spans(new Set(found))
  if (files === '')
    return [plainStep(`${runs} They name no file of their own; what they call has to be there all the same.`)]
  const [rights, check] = platform === 'windows' ? windowsRights : posixRights
  return [
    plainStep(
      `${runs} Bring ${files}, and what is needed beside it, to the machines in a package or script of your own; it runs ${how} ${rights}`,
    ),
    plainStep(
      `Check it on every pilot machine before you go on: ${check} Later, on a machine with the settings, do once what each hook is to stop, and see that it does.`,
    ),
  ]
}

/** The file that a command starts; undefined where it gives commands to an interpreter as text. */
function fileOf(command: string): string | undefined {
  const { file, place } = commandFile(command)
  return place === 'interpreter' ? undefined : file
}

/** The client runs hooks as the person who is logged in, who must be able to run the file and not to change it. */
const posixRights = [
  'Owner root, mode 0755: everybody can run the file, and only root can write to it or to a folder on the way to it.',
  '`ls -l` shows `-rwxr-xr-x` and `root` for each of these files, and `ls -ld` no `w` for group or others on the folders above them.',
] as const
const windowsRights = [
  'Owner SYSTEM or Administrators: users can read and run the file, and only administrators can write to it or to a folder on the way to it.',
  '`icacls` shows for each of these files and the folders above them no `(F)`, `(M)` or `(W)` for users, and `Get-Acl` the owner; where App Control or AppLocker decides what runs, they are allowed.',
] as const

function addressSteps(required: readonly RequiredHook[]): Step[] {
  const addresses = spans(new Set(required.flatMap(({ url }) => url ?? [])))
  return addresses === ''
    ? []
    : [
        plainStep(
          `Hooks of the policy post to ${addresses}: no file is needed, but devices have to reach that address.`,
        ),
      ]
}

function spans(texts: ReadonlySet<string>): string {
  return [...texts].map(codeSpan).join(', ')
}

function plainStep(text: string): Step {
  return { text, files: [] }
}
