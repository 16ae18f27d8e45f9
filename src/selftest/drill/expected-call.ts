import { hookCommand } from '../../bundle/claude-code-settings.js'
import type { ProbePlatform } from '../../health/facts.js'
import { probeTarget } from '../../health/probe-target.js'
import type { DenyRule } from '../../policy/hooks.js'
import type { Policy } from '../../policy/policy.js'
import { denialOf, strongest } from './denial.js'
import { type DrillSettings, matchesBash } from './drill-settings.js'
import { drillCommand } from './model.js'

/** What should become of the drill's call, as the policy says; where it says nothing, as the settings of the machine say. */
export interface ExpectedCall {
  /** `either`: nobody says. */
  readonly call: 'runs' | 'stopped' | 'not-offered' | 'either'
  /** Whether a hook must be asked before the call. */
  readonly hook: boolean
  /** The verdict of the hook that fleet ships; `any` for others, and where a policy endpoint decides. */
  readonly verdict: 'allow' | 'deny' | 'any'
  /** The hook keeps a record: the one that fleet ships, or one of the organisation that says so. */
  readonly record: boolean
  /** The hook asks a policy endpoint, which must have answered. */
  readonly evaluates: boolean
}

/**
 * What is expected of `echo fleet-drill` on a platform. `places` are texts of this drill that stand in the event beside the
 * input, such as its folder: the reference hook looks for the text of a rule in all of it.
 */
export function expectedCall(
  policy: Policy | undefined,
  settings: DrillSettings,
  platform: ProbePlatform,
  places: readonly string[] = [],
): ExpectedCall {
  const deny = strongest([settings.deny, ...(policy?.permissions?.deny ?? []).map(denialOf)])
  const hooks = (policy?.hooks?.required ?? []).filter(
    ({ event, matcher }) => event === 'PreToolUse' && matchesBash(matcher) !== false,
  )
  const commands = hooks.filter((hook) => hookCommand(hook, platform) !== undefined)
  const hook =
    policy === undefined
      ? settings.asksHook && !settings.hooksOff
      : commands.length > 0 || hooks.some(({ url }) => url !== undefined)
  const guard = commands.length > 0 ? policy?.hooks?.guard : undefined
  const target = policy === undefined || commands.length === 0 ? undefined : probeTarget(policy, platform)
  const rules = (guard?.deny ?? []).filter(isAboutBash)
  const holds = (texts: readonly string[]) =>
    rules.some(({ contains }) => contains === undefined || texts.some((text) => text.includes(contains)))
  const denied = holds([JSON.stringify({ command: drillCommand })])
  const unsure = guard === undefined || guard.evaluate !== undefined || holds([...eventNames, ...places])
  const verdict = denied ? 'deny' : unsure ? 'any' : 'allow'
  return {
    call: callOf(deny, verdict, settings.ask),
    hook: hook && deny !== 'tool',
    verdict,
    record: target?.wantsRecord === true,
    evaluates: target?.evaluates === true && !denied,
  }
}

function callOf(deny: DrillSettings['deny'], verdict: ExpectedCall['verdict'], ask: boolean): ExpectedCall['call'] {
  if (deny === 'tool') return 'not-offered'
  if (deny === 'command' || verdict === 'deny') return 'stopped'
  // Nobody is there to be asked, and what then happens depends on the mode.
  if (deny === 'maybe' || ask) return 'either'
  return verdict === 'allow' ? 'runs' : 'either'
}

/** What else stands in an event: https://code.claude.com/docs/en/hooks (2026-11-21). */
const eventNames = [
  '"session_id":"","transcript_path":".jsonl","cwd":"","prompt_id":"","permission_mode":"default"',
  '"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":"","description":""},"tool_use_id":"toolu_drill"',
]

function isAboutBash({ tool }: DenyRule): boolean {
  return tool.endsWith('*') ? 'Bash'.startsWith(tool.slice(0, -1)) : tool === 'Bash'
}
