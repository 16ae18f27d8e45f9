import { hookCommand } from '../bundle/claude-code-settings.js'
import { commandFile } from '../bundle/lint/command-file.js'
import { endpointPlaces } from '../bundle/places.js'
import { policyStamp } from '../bundle/stamp.js'
import type { Policy } from '../policy/policy.js'
import type { ProbePlatform } from './facts.js'

/** What a policy wants to find on an endpoint of one platform; a probe is built from it, and judged by it. */
export interface ProbeTarget {
  readonly platform: ProbePlatform
  /** Sixteen hexadecimal digits: the stamp of the policy. */
  readonly stamp: string
  /** Whether the policy puts any settings on endpoints. */
  readonly wantsSettings: boolean
  /** Whether the settings carry the stamp: it travels as a resource attribute of telemetry. */
  readonly isStamped: boolean
  /** The files of required hooks: absolute paths, each once. */
  readonly hookFiles: readonly string[]
  /** Whether hooks are required here at all, also those that are no files. */
  readonly wantsHooks: boolean
  /** Whether the hooks record what they do: the one that fleet ships, or one of the organisation with the same record. */
  readonly wantsRecord: boolean
  /** Whether a hook decides on tools before they run; then only these invocations count. */
  readonly decidesTools: boolean
  /** Whether that hook takes every tool: only then is a use of a tool without an invocation wrong. */
  readonly everyTool: boolean
  /** How long an app may run on after a change, in hours. */
  readonly restartWithinHours: number
  /** Whether the hook asks a policy endpoint, and that endpoint must have answered. */
  readonly evaluates: boolean
  readonly plugins: readonly { readonly name: string; readonly marketplace: string; readonly version?: string }[]
  /** The helper for telemetry headers and the file it reads, where headers are secret. */
  readonly credential?: { readonly helper: string; readonly file: string }
  readonly wantsTelemetry: boolean
}

/** What the policy wants on endpoints of a platform. */
export function probeTarget(policy: Policy, platform: ProbePlatform): ProbeTarget {
  const { telemetry, hooks, plugins, permissions, mcp, claudeCode } = policy
  const required = hooks?.required ?? []
  const here = required.filter((hook) => hookCommand(hook, platform) !== undefined)
  const commands = here.flatMap((hook) => hookCommand(hook, platform) ?? [])
  const deciding = here.filter(({ event }) => event === 'PreToolUse')
  const files = commands.map(commandFile).filter(({ place }) => place === 'absolute')
  const secret = Object.values(telemetry?.headers ?? {}).some((value) => !value.startsWith('plain:'))
  const { headersHelper, headersFile } = endpointPlaces[platform]
  const wantsHooks = commands.length > 0 || required.some(({ url }) => url !== undefined)
  return {
    platform,
    stamp: policyStamp(policy),
    wantsSettings: [telemetry, hooks, plugins, permissions, mcp, claudeCode].some((section) => section !== undefined),
    isStamped: telemetry !== undefined,
    hookFiles: [...new Set(files.map(({ file }) => file))],
    wantsHooks,
    wantsRecord: commands.length > 0 && (hooks?.guard !== undefined || hooks?.records === true),
    decidesTools: deciding.length > 0,
    everyTool: deciding.some(({ matcher = '' }) => matcher === '' || matcher === '*'),
    restartWithinHours: policy.probe?.restartWithinHours ?? 24,
    evaluates: commands.length > 0 && hooks?.guard?.evaluate !== undefined,
    plugins: (plugins?.approved ?? [])
      .filter(({ forced }) => forced)
      .map(({ plugin, version }) => {
        const at = plugin.lastIndexOf('@')
        return {
          name: plugin.slice(0, at),
          marketplace: plugin.slice(at + 1),
          ...(version !== undefined && { version }),
        }
      }),
    ...(secret && { credential: { helper: headersHelper, file: headersFile } }),
    wantsTelemetry: telemetry !== undefined,
  }
}
