import { hookEventNamed } from './hook-events.js'

export type HandlerType = 'agent' | 'command' | 'http' | 'mcp_tool' | 'prompt'

/** A kind of hook handler and the fields it reads. `type` is required everywhere and not listed. */
export interface HookHandler {
  readonly type: HandlerType
  readonly required: readonly string[]
  readonly optional: readonly string[]
  /** Seconds. A handler that runs longer is cancelled, and what it was to guard goes ahead. */
  readonly defaultTimeout: number
}

/** `once` counts in the front matter of a skill only; in settings files it is read past. */
const common = ['if', 'once', 'statusMessage', 'timeout'] as const

/** Source: https://code.claude.com/docs/en/hooks (2026-08-22). */
export const hookHandlers: readonly HookHandler[] = [
  { type: 'agent', required: ['prompt'], optional: [...common, 'model'], defaultTimeout: 60 },
  {
    type: 'command',
    required: ['command'],
    optional: [...common, 'args', 'async', 'asyncRewake', 'shell'],
    defaultTimeout: 600,
  },
  { type: 'http', required: ['url'], optional: [...common, 'allowedEnvVars', 'headers'], defaultTimeout: 600 },
  { type: 'mcp_tool', required: ['server', 'tool'], optional: [...common, 'input'], defaultTimeout: 600 },
  { type: 'prompt', required: ['prompt'], optional: [...common, 'continueOnBlock', 'model'], defaultTimeout: 30 },
]

/** The handler of a type, or undefined. */
export function hookHandlerOf(type: string): HookHandler | undefined {
  return hookHandlers.find((handler) => handler.type === type)
}

/** How long a handler without a `timeout` may run on an event, in seconds. */
export function defaultTimeout(handler: HookHandler, eventName: string): number {
  const event = hookEventNamed(eventName)
  // The pages lower the default for scripts and calls only; the budget of SessionEnd is shared by all.
  const isLowered = handler.defaultTimeout === 600 || eventName === 'SessionEnd'
  return isLowered ? (event?.defaultTimeout ?? handler.defaultTimeout) : handler.defaultTimeout
}
