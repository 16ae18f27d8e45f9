import { collectorAddress, type Setup } from '../experiment.js'

type Environment = Readonly<Record<string, unknown>>

/** Telemetry as it has to be for logs and metrics to arrive; `undefined` takes a variable out. */
export function telemetry(changes: Environment = {}): Environment {
  const environment = {
    CLAUDE_CODE_ENABLE_TELEMETRY: '1',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_ENDPOINT: collectorAddress,
    ...changes,
  }
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined))
}

/** A session whose managed settings are working telemetry with some changes, and other keys. */
export function withTelemetry(changes: Environment = {}, settings: Readonly<Record<string, unknown>> = {}): Setup {
  return { managed: { env: telemetry(changes), ...settings } }
}

/** A hook's answer that denies the call. */
const denial = {
  hookSpecificOutput: {
    hookEventName: 'PreToolUse',
    permissionDecision: 'deny',
    permissionDecisionReason: 'not allowed',
  },
}

export const denyScript = '/etc/claude-code/hooks/deny.sh'

/** Ends of hook scripts, each run after the input was read. */
const verdicts = {
  deny: `echo '${JSON.stringify(denial)}'`,
  'exit-1': 'echo no >&2; exit 1',
  'exit-2': 'echo no >&2; exit 2',
  slow: `sleep 5; echo '${JSON.stringify(denial)}'`,
} as const

/** The files that hold one hook script. */
export function hookFile(verdict: keyof typeof verdicts, mode = 0o755): NonNullable<Setup['files']> {
  return { [denyScript]: { content: `#!/bin/sh\ncat >/dev/null\n${verdicts[verdict]}\n`, mode } }
}

/** A `PreToolUse` entry that runs the script for every tool, with changes to the entry and to its hook. */
export function hookEntry(entry: Environment = {}, hook: Environment = {}): Environment {
  return { matcher: '*', ...entry, hooks: [{ type: 'command', command: denyScript, ...hook }] }
}

/** A session with working telemetry, a denying script and these hooks. */
export function withHooks(hooks: unknown, settings: Readonly<Record<string, unknown>> = {}): Setup {
  return { ...withTelemetry({}, { hooks, ...settings }), files: hookFile('deny') }
}

/** As `withHooks`, with one good managed hook. */
export function withGoodHook(settings: Readonly<Record<string, unknown>> = {}): Setup {
  return withHooks({ PreToolUse: [hookEntry()] }, settings)
}
