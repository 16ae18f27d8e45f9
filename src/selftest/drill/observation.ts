import type { HookInvocation } from '../../health/hook-record.js'
import type { ClientOutput } from './client-output.js'
import type { CollectorRecord, ReceivedEvent } from './collector.js'
import type { DrillDocument } from './drill-document.js'
import type { ModelRecord } from './model.js'
import { drillOutput } from './model.js'

/** Everything that a drill saw, before anybody judges it. */
export interface DrillObservation {
  readonly sessionId: string
  readonly ended: DrillDocument['ended']
  readonly exitCode: number | undefined
  readonly output: ClientOutput
  /** The client said something about its settings on stderr. */
  readonly complains: boolean
  readonly model: ModelRecord
  /** What a hook recorded in the throw-away home. */
  readonly record: readonly HookInvocation[]
  readonly where: DrillDocument['telemetry']['where']
  readonly received: CollectorRecord
}

/** The events of the drill's own session: somebody else may send to the same port. */
export function ownEvents({ received, sessionId }: Pick<DrillObservation, 'received' | 'sessionId'>): ReceivedEvent[] {
  return received.events.filter(({ attributes }) => (attributes['session.id'] ?? sessionId) === sessionId)
}

/** What became of the one call that the stand-in for the model asked for. */
export type CallOutcome = 'ran' | 'stopped' | 'not-offered' | 'unanswered'

export function callOutcome({ requests, bashOffered, toolResult, toolFailed }: ModelRecord): CallOutcome {
  if (requests > 0 && !bashOffered) return 'not-offered'
  if (toolResult === undefined) return 'unanswered'
  return toolFailed !== true && toolResult.includes(drillOutput) ? 'ran' : 'stopped'
}

/** How hooks that are asked before a call ended, in numbers. */
export interface HookRuns {
  /** Who told: telemetry, or the client's own output. */
  readonly from: 'telemetry' | 'client'
  readonly started: number
  /** Undefined where the source does not tell: the client's output calls a refusal a success. */
  readonly blocking: number | undefined
  readonly failed: number
  readonly cancelled: number
}

/**
 * Runs of hooks before the call. By telemetry where it came to us: at 2.1.290 a call that a hook denied appears in no
 * `tool_decision` and not among the client's denials, only in `hook_execution_complete` (observed 2026-11-20).
 */
export function hookRuns(observation: DrillObservation): HookRuns | undefined {
  const complete = ownEvents(observation).filter(
    ({ name, attributes }) => name === 'hook_execution_complete' && attributes.hook_event === 'PreToolUse',
  )
  const sum = (name: string) => complete.reduce((total, { attributes }) => total + (Number(attributes[name]) || 0), 0)
  if (complete.length > 0)
    return {
      from: 'telemetry',
      started: sum('num_hooks'),
      blocking: sum('num_blocking'),
      failed: sum('num_non_blocking_error'),
      cancelled: sum('num_cancelled'),
    }
  const told = observation.output.hooks.filter(({ event }) => event === 'PreToolUse')
  if (told.length === 0) return undefined
  return {
    from: 'client',
    started: told.length,
    blocking: told.some(({ exitCode }) => exitCode === 2)
      ? told.filter(({ exitCode }) => exitCode === 2).length
      : undefined,
    failed: told.filter(({ outcome, exitCode }) => outcome === 'error' && exitCode !== 2).length,
    cancelled: told.filter(({ outcome }) => outcome === 'cancelled' || outcome === undefined).length,
  }
}
