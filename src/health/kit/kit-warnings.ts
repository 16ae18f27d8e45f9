import { hookCommand } from '../../bundle/claude-code-settings.js'
import { commandFile } from '../../bundle/lint/command-file.js'
import { platformNames } from '../../bundle/places.js'
import type { Hooks, RequiredHook } from '../../policy/hooks.js'
import type { ProbePlatform } from '../facts.js'
import { hookPlaces } from './hook-files.js'
import type { KitPlan } from './kit-plan.js'

/** Something the administrator must know about a kit: what its probes cannot tell, and why. */
export interface KitWarning {
  /** Stable code, such as `settings-without-stamp`. */
  readonly code: string
  readonly message: string
}

/** What the policy leaves out that a probe would need, in a fixed order. */
export function kitWarnings(plan: KitPlan): readonly KitWarning[] {
  return [...aboutSettings(plan), ...aboutHooks(plan), ...aboutGuard(plan), ...aboutReading(plan)]
}

function aboutSettings({ target, platforms }: KitPlan): KitWarning[] {
  const [platform] = platforms
  if (platform === undefined) return []
  const { wantsSettings, isStamped } = target(platform)
  if (!wantsSettings)
    return [
      {
        code: 'no-settings',
        message: 'The policy wants no settings of Claude Code: the stages installed and loaded do not apply anywhere.',
      },
    ]
  const undated = platforms.includes('windows')
    ? [
        {
          code: 'registry-tells-no-time',
          message:
            'Where settings come to Windows by the registry, nothing tells when they changed: loaded and invoked stay unknown there, and the word of the probe is never ok. Deliver them as the file in C:\\Program Files\\ClaudeCode where you want these stages proven.',
        },
      ]
    : []
  if (isStamped) return undated
  return [
    ...undated,
    {
      code: 'settings-without-stamp',
      message:
        'The policy has no section telemetry, and the stamp of the settings travels as an attribute of telemetry. So probes cannot tell whether settings are those of the policy: the stage installed stays unknown.',
    },
  ]
}

function aboutHooks({ loaded, platforms }: KitPlan): KitWarning[] {
  const required = loaded.policy.hooks?.required ?? []
  if (required.length === 0)
    return [
      {
        code: 'no-required-hooks',
        message:
          'The policy requires no hooks (hooks.required): a probe then tells settings and plugins, and nothing of what was invoked or evaluated.',
      },
    ]
  const without = platforms.flatMap((platform) => {
    const events = required
      .filter((hook) => hook.url === undefined && hookCommand(hook, platform) === undefined)
      .map(({ event }) => event)
    return events.length === 0 ? [] : [`${platformNames[platform]} (${[...new Set(events)].join(', ')})`]
  })
  return [
    ...(without.length === 0
      ? []
      : [
          {
            code: 'hook-without-command',
            message: `Required hooks have no command on ${without.join(' and ')}: they do not run there, and probes there do not ask for them.`,
          },
        ]),
    ...aboutRecord(loaded.policy.hooks),
  ]
}

function aboutRecord(hooks: Hooks | undefined): KitWarning[] {
  if (hooks?.required.every(({ url }) => url !== undefined))
    return [
      {
        code: 'hooks-without-record',
        message:
          'All required hooks post to an address and keep no record on the machine: the stages invoked and evaluated do not apply.',
      },
    ]
  if (hooks?.guard !== undefined || hooks?.records === true) return []
  return [
    {
      code: 'hooks-without-record',
      message:
        'Nothing in the policy says that the required hooks keep a record: the stages invoked and evaluated do not apply. Say hooks.records: true where they write the one that templates/hook/README.md describes, or take the hook that fleet ships (hooks.guard).',
    },
  ]
}

function aboutGuard(plan: KitPlan): KitWarning[] {
  const guard = plan.loaded.policy.hooks?.guard
  const runs = plan.platforms.filter((platform) => runsOurHook(plan, platform))
  if (guard === undefined) {
    if (runs.length === 0) return []
    return [
      {
        code: 'hook-without-guard',
        message: `The policy requires ${namesOf(runs)} to run the hook that fleet ships, but says nothing in hooks.guard: the kit holds no hook and no configuration, and without that the hook cannot decide.`,
      },
    ]
  }
  const idle = plan.platforms.filter((platform) => !runs.includes(platform))
  const { deny, evaluate } = guard
  const files = evaluate?.authorizationFile
  const withoutFile = files === undefined ? [] : plan.platforms.filter((platform) => files[platform] === undefined)
  return [
    ...(evaluate === undefined ? [] : aboutTimeouts(plan, evaluate.timeoutSeconds)),
    ...(idle.length === 0
      ? []
      : [
          {
            code: 'guard-not-required',
            message: `hooks.guard configures the hook that fleet ships, but no command of hooks.required runs it on ${namesOf(idle)} (${idle.map((platform) => hookPlaces[platform].hook).join(', ')}): it does nothing there.`,
          },
        ]),
    ...(deny.length === 0 && evaluate === undefined
      ? [
          {
            code: 'guard-decides-nothing',
            message: 'hooks.guard refuses nothing and asks nobody: the hook records invocations and allows them all.',
          },
        ]
      : []),
    ...(withoutFile.length === 0
      ? []
      : [
          {
            code: 'no-authorization-file',
            message: `hooks.guard.evaluate.authorizationFile names no file for ${namesOf(withoutFile)}: the hook asks without authorization there.`,
          },
        ]),
  ]
}

/** The client stops a hook at its own timeout, and then lets the tool run, whatever `whenUnsure` says. */
function aboutTimeouts(plan: KitPlan, longest: number): KitWarning[] {
  const short = (plan.loaded.policy.hooks?.required ?? []).filter(
    (hook) =>
      hook.timeoutSeconds !== undefined &&
      hook.timeoutSeconds <= longest &&
      plan.platforms.some((platform) => startsOurHook(hook, platform)),
  )
  if (short.length === 0) return []
  const events = [...new Set(short.map(({ event }) => event))].join(', ')
  return [
    {
      code: 'hook-timeout-too-short',
      message: `The client stops the hook for ${events} no later than the hook stops waiting for the policy endpoint (${longest} seconds), and a hook that is stopped lets the tool run. Make timeoutSeconds of the required hook longer.`,
    },
  ]
}

function runsOurHook({ loaded }: KitPlan, platform: ProbePlatform): boolean {
  return (loaded.policy.hooks?.required ?? []).some((hook) => startsOurHook(hook, platform))
}

/** Also where an interpreter is given the file, as on Windows; paths there are compared without regard to case. */
function startsOurHook(hook: RequiredHook, platform: ProbePlatform): boolean {
  const command = hookCommand(hook, platform)
  if (command === undefined) return false
  const { file } = commandFile(command)
  const place = hookPlaces[platform].hook
  return platform === 'windows' ? file.toLowerCase() === place.toLowerCase() : file === place
}

function aboutReading({ loaded, mdms }: KitPlan): KitWarning[] {
  return [
    ...(loaded.policy.probe === undefined
      ? [
          {
            code: 'scan-asks-for-no-probe',
            message:
              'The policy has no section probe: fleet scan tells what probes contradict, but counts an endpoint without one as ready. Add probe: {} once the probes are out there.',
          },
        ]
      : []),
    ...(mdms.includes('workspace-one') || mdms.includes('group-policy')
      ? [
          {
            code: 'no-known-export',
            message:
              'fleet scan knows no export of Workspace ONE or Group Policy with a probe line: take it there by osquery, or in a CSV of your own that sources.map describes.',
          },
        ]
      : []),
  ]
}

function namesOf(platforms: readonly ProbePlatform[]): string {
  return platforms.map((platform) => platformNames[platform]).join(' and ')
}
