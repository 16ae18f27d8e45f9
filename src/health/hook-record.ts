import { type HookVerdict, hookVerdicts } from './facts.js'

/** Where a hook records, below the home folder of the person it runs for. */
export const hookRecordPlaces = {
  macos: '.local/state/fleet/hook-record',
  linux: '.local/state/fleet/hook-record',
  windows: 'AppData\\Local\\Fleet\\hook-record',
} as const

/** The probe reads this much of the end of a record, and no more. */
export const recordReadLimit = 65_536

/** One invocation of a hook, as the hook wrote it down. */
export interface HookInvocation {
  /** ISO 8601, UTC, whole seconds. */
  readonly at: string
  readonly event: string
  /** `none` where the event has no tool. */
  readonly tool: string
  readonly verdict: HookVerdict
  readonly milliseconds: number
  /** HTTP status of the policy endpoint, 0 where none answered; undefined where the hook asks none. */
  readonly status?: number | undefined
}

const recordLine =
  /^FR1\|t=(?<at>\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ)\|ev=(?<event>[A-Za-z]{1,60})\|tool=(?<tool>[A-Za-z0-9_.-]{1,60})\|ver=(?<verdict>[a-z]{1,10})\|ms=(?<ms>\d{1,9})\|http=(?<http>\d{1,3}|none)\|end$/

/**
 * Reads the lines of a hook record, such as
 * `FR1|t=2026-11-18T07:41:00Z|ev=PreToolUse|tool=Bash|ver=allow|ms=12|http=none|end`. Lines that are none are skipped:
 * a hook may have been stopped while it wrote.
 */
export function readHookRecord(text: string): readonly HookInvocation[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const { at, event, tool, verdict, ms, http } = recordLine.exec(line)?.groups ?? {}
    if (at === undefined || Number.isNaN(Date.parse(at)) || !isVerdict(verdict)) return []
    const status = http === 'none' ? {} : { status: Number(http) }
    return [{ at, event: event!, tool: tool!, verdict, milliseconds: Number(ms), ...status }]
  })
}

function isVerdict(verdict: string | undefined): verdict is HookVerdict {
  return hookVerdicts.some((known) => known === verdict)
}
