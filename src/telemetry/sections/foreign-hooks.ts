import type { EndpointPlatform } from '../../inventory/platform.js'
import type { Policy } from '../../policy/policy.js'
import { requiredOn } from './hook-seats.js'

/**
 * Which hooks `allowManagedHooksOnly` keeps out, and where the policy wants that:
 *
 * - `wantsManagedOnly(policy, platform)`: whether the policy has only managed hooks run on a platform; undefined where the
 *   platform is not known.
 * - `isKeptOut(policy, source)`: whether a `hook_source` is one that is then kept out.
 * - `staysUntilLocked(source)`: whether a later session without such a hook says nothing of it.
 */

/** `hook_source` of hooks that `allowManagedHooksOnly` keeps out (https://code.claude.com/docs/en/settings, October 2026). */
const foreignSources: ReadonlySet<string> = new Set(['userSettings', 'projectSettings', 'localSettings'])
/** Hooks of plugins that the managed settings force stay; which plugin a hook is of, telemetry need not tell. */
const pluginSource = 'pluginHook'
/** The one source that every session of a person has: hooks of projects, and plugins that a project enables, come and go. */
const everySession = 'userSettings'

/** Whether hooks of a source do not run where only managed ones may; of sources that nobody has heard of it is not said. */
export function isKeptOut({ plugins }: Policy, source: string): boolean {
  if (foreignSources.has(source)) return true
  return source === pluginSource && !(plugins?.approved.some(({ forced }) => forced) ?? false)
}

/**
 * Whether the policy wants managed hooks only on a platform; undefined where the platform is not known. A bundle leaves
 * the setting out on a platform for which none of the required hooks is made.
 */
export function wantsManagedOnly({ hooks }: Policy, platform: EndpointPlatform): boolean | undefined {
  if (hooks?.managedOnly !== true) return false
  if (hooks.required.length === 0) return true
  const required = requiredOn(hooks, platform)
  return required === undefined ? undefined : required.length > 0
}

/** Whether only an execution that says `managed_only` shows that a hook is gone: a session elsewhere never had it. */
export function staysUntilLocked(source: string): boolean {
  return source !== everySession
}
