import type { Random } from '../random.js'
import type { Act, Client, Deed, HookRun, Run } from './script.js'

/** What a run is like. What is left out does not happen. */
export interface Habits {
  readonly start: number
  readonly prompts: number
  /** What the client says of its settings, hooks, plugins and servers when it starts. Cowork says none of it. */
  readonly atStart?: readonly Deed[]
  /** Tool calls of each prompt, at most. */
  readonly calls: number
  readonly tools: readonly ToolHabit[]
  /** How managed hooks end before each tool; without it none runs. */
  readonly hook?: Pick<HookRun, 'success' | 'blocking' | 'failed' | 'cancelled'>
  /** Runs of hooks of the user count as well, so that not only managed ones ran. */
  readonly managedOnly?: boolean
  /** After all prompts. */
  readonly atEnd?: readonly Deed[]
  readonly text?: string
  /** Seconds between two sendings of metrics; without it none arrives. */
  readonly pointSeconds?: number
  /** Resumed: the numbers start again under the same session. */
  readonly session?: string
}

export interface ToolHabit {
  readonly tool: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly scope?: string
  /** Of a hundred calls, how many fail. */
  readonly failures?: number
  /** Who decides, and how long it takes at most. */
  readonly source?: string
  readonly patience?: number
}

/** A run as people work: prompts, each with requests and tool calls, with hooks and decisions in between. */
export function typicalRun(random: Random, client: Client, habits: Habits): Run {
  const session = habits.session ?? random.guid()
  const acts: Act[] = []
  let at = habits.start
  const isCowork = client.service === 'cowork'
  const later = (low: number, high: number) => {
    at += random.integer(low, high)
  }
  const act = (deed: Deed, prompt?: string) => acts.push({ ...deed, at, prompt })

  for (const deed of isCowork ? [] : (habits.atStart ?? [])) {
    act(deed)
    later(0, 40)
  }
  for (let number = 0; number < habits.prompts; number++) {
    const prompt = random.guid()
    later(500, 90_000)
    act({ event: 'user_prompt', length: random.integer(4, 400), ...(habits.text && { text: habits.text }) }, prompt)
    for (let call = random.integer(habits.calls > 0 ? 1 : 0, habits.calls); call > 0; call--) {
      request(prompt)
      toolCall(prompt, random.pick(habits.tools))
    }
    request(prompt)
    act({ event: 'assistant_response', length: random.integer(20, 900) }, prompt)
  }
  for (const deed of habits.atEnd ?? []) {
    later(200, 2000)
    act(deed)
  }
  const { pointSeconds } = habits
  const points: number[] = []
  if (pointSeconds !== undefined) {
    const step = pointSeconds * 1000
    for (let time = habits.start + step; time < at + step; time += step) points.push(time)
  }
  return { session, client, acts, points }

  function request(prompt: string) {
    later(300, 6000)
    act({ event: 'api_request', duration: random.integer(200, 6000), tokens: random.integer(200, 9000) }, prompt)
  }

  function toolCall(prompt: string, habit: ToolHabit) {
    const { tool, parameters, scope, failures = 0, source = 'config', patience = 3 } = habit
    const toolUse = `toolu_${random.text('abcdefghijkmnpqrstuvwxyz23456789', 12)}`
    later(5, 60)
    const { hook } = habits
    if (hook !== undefined && !isCowork) {
      const hooks = hook.success + hook.blocking + hook.failed + hook.cancelled
      act({ event: 'hook_execution_start', hookEvent: 'PreToolUse', tool, hooks }, prompt)
      later(8, 90)
      const managedOnly = habits.managedOnly ?? true
      const hookSource = managedOnly ? 'policySettings' : 'merged'
      const duration = random.integer(8, 90)
      act(
        {
          event: 'hook_execution_complete',
          hookEvent: 'PreToolUse',
          hookSource,
          managedOnly,
          tool,
          hooks,
          ...hook,
          duration,
        },
        prompt,
      )
      if (hook.blocking > 0) {
        act({ event: 'tool_decision', tool, toolUse, decision: 'reject', source: 'hook' }, prompt)
        return
      }
    }
    later(1, patience)
    const decision = source === 'user_reject' ? 'reject' : 'accept'
    act({ event: 'tool_decision', tool, toolUse, decision, source }, prompt)
    if (decision === 'reject') return
    const duration = random.integer(3, 4000)
    at += duration
    const success = random.integer(0, 99) >= failures
    act(
      {
        event: 'tool_result',
        tool,
        toolUse,
        success,
        duration,
        source,
        ...(parameters && { parameters }),
        ...(scope !== undefined && { scope }),
      },
      prompt,
    )
  }
}

/** What a managed client of the newer kind says at its start. */
export function managedStart(digest: string, sources: readonly string[] = ['plist']): Deed[] {
  return [
    { event: 'managed_settings_resolved', trigger: 'startup', sources, digest },
    {
      event: 'hook_registered',
      hookEvent: 'PreToolUse',
      hookType: 'command',
      hookSource: 'policySettings',
      matcher: '*',
    },
  ]
}

export const goodHook = { success: 1, blocking: 0, failed: 0, cancelled: 0 }
