import type { Guard } from '../../policy/hooks.js'
import { asInEvent } from './hook-files.js'

/** What a configuration of the hook says on one platform. */
export interface HookConfiguration {
  readonly whenUnsure: Guard['whenUnsure']
  readonly keep: number
  readonly evaluate?: { readonly url: string; readonly timeoutSeconds: number; readonly authorizationFile?: string }
  readonly deny: readonly { readonly tool: string; readonly contains?: string }[]
}

/**
 * Reads a configuration of the hook, as the hook does and independently of what writes it: for the build, which compares
 * before it publishes. Undefined for what the hook would not take.
 */
export function readHookConfiguration(bytes: Uint8Array): HookConfiguration | undefined {
  const once = new Map<string, string>()
  const deny: { tool: string; contains?: string }[] = []
  for (const line of new TextDecoder('latin1').decode(bytes).split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const { key, value } = /^(?<key>[a-z-]+) (?<value>[ -~]+)$/.exec(line)?.groups ?? {}
    if (key === undefined || value === undefined || once.has(key)) return undefined
    if (key !== 'deny') {
      once.set(key, value)
      continue
    }
    const rule = /^(?<tool>[A-Za-z0-9_.-]+\*?|\*)(?: (?<contains>.+))?$/.exec(value)?.groups
    if (rule === undefined) return undefined
    deny.push({ tool: rule.tool!, ...(rule.contains !== undefined && { contains: rule.contains }) })
  }
  return withSettings(once, deny)
}

const settings = /^(?:unsure|keep|evaluate|timeout|authorization-file)$/

function withSettings(
  once: ReadonlyMap<string, string>,
  deny: HookConfiguration['deny'],
): HookConfiguration | undefined {
  const whenUnsure = once.get('unsure')
  const keep = wholeNumber(once.get('keep') ?? '100', 500)
  const timeoutSeconds = wholeNumber(once.get('timeout') ?? '5', 60)
  const url = once.get('evaluate')
  const authorizationFile = once.get('authorization-file')
  if (whenUnsure !== 'allow' && whenUnsure !== 'deny') return undefined
  if (keep === undefined || timeoutSeconds === undefined || [...once.keys()].some((key) => !settings.test(key)))
    return undefined
  const evaluate = url !== undefined && {
    evaluate: { url, timeoutSeconds, ...(authorizationFile !== undefined && { authorizationFile }) },
  }
  return { whenUnsure, keep, ...evaluate, deny }
}

function wholeNumber(text: string, most: number): number | undefined {
  return /^[1-9]\d{0,2}$/.test(text) && Number(text) <= most ? Number(text) : undefined
}

/** What the configuration for a platform must say, as `readHookConfiguration` gives it back. */
export function expectedHookConfiguration(
  { deny, evaluate, whenUnsure, keep }: Guard,
  platform: 'macos' | 'linux' | 'windows',
): HookConfiguration {
  const authorizationFile = evaluate?.authorizationFile?.[platform]
  return {
    whenUnsure,
    keep,
    ...(evaluate !== undefined && {
      evaluate: {
        url: new URL(evaluate.url).href,
        timeoutSeconds: evaluate.timeoutSeconds,
        ...(authorizationFile !== undefined && { authorizationFile }),
      },
    }),
    deny: deny.map(({ tool, contains }) => ({
      tool,
      ...(contains !== undefined && { contains: asInEvent(contains) }),
    })),
  }
}
