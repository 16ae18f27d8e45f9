import * as z from 'zod'

/** One hook that the client ran, as it says itself. */
export interface ClientHook {
  readonly event: string
  /** `success`, `error`, `cancelled`; undefined while it had not ended. */
  readonly outcome: string | undefined
  readonly exitCode: number | undefined
}

/** What a client says of its session on stdout. */
export interface ClientOutput {
  readonly sessionId: string | undefined
  readonly version: string | undefined
  readonly permissionMode: string | undefined
  readonly hooks: readonly ClientHook[]
  /** Calls that it lists as denied; undefined without a result. */
  readonly denials: number | undefined
}

const Line = z.looseObject({
  type: z.string(),
  subtype: z.string().optional(),
  session_id: z.string().max(200).optional(),
  claude_code_version: z.string().max(60).optional(),
  permissionMode: z.string().max(60).optional(),
  hook_id: z.string().optional(),
  hook_event: z.string().max(60).optional(),
  outcome: z.string().max(60).optional(),
  exit_code: z.number().optional(),
  permission_denials: z.array(z.unknown()).optional(),
})
type Line = z.infer<typeof Line>

/**
 * Reads `--output-format stream-json --include-hook-events` (observed on 2.1.150 to 2.1.329, 2026-11-21). Lines that are
 * none of these are skipped: clients print notices among them.
 */
export function readClientOutput(text: string): ClientOutput {
  const lines = text.split('\n').flatMap(readLine)
  const init = lines.find(({ type, subtype }) => type === 'system' && subtype === 'init')
  const result = lines.find(({ type }) => type === 'result')
  const started = lines.filter(({ subtype }) => subtype === 'hook_started')
  const ended = new Map(lines.filter(({ subtype }) => subtype === 'hook_response').map((line) => [line.hook_id, line]))
  return {
    sessionId: init?.session_id,
    version: init?.claude_code_version,
    permissionMode: init?.permissionMode,
    hooks: started.map(({ hook_id, hook_event = '' }) => ({
      event: hook_event,
      outcome: ended.get(hook_id)?.outcome,
      exitCode: ended.get(hook_id)?.exit_code,
    })),
    denials: result?.permission_denials?.length,
  }
}

function readLine(text: string): Line[] {
  if (!text.startsWith('{')) return []
  try {
    const read = Line.safeParse(JSON.parse(text))
    return read.success ? [read.data] : []
  } catch {
    return []
  }
}
