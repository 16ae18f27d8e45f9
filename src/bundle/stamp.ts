import { createHash } from 'node:crypto'
import { canonicalJson } from '../platform/canonical-json.js'
import type { Policy } from '../policy/policy.js'

/**
 * Sixteen hexadecimal digits over the sections of a policy that shape settings: the value of `fleet.policy` in
 * telemetry. Sections such as `scope` are left out, so that an exclusion that ends does not look like new settings.
 */
export function policyStamp(policy: Policy): string {
  const { organization, telemetry, hooks, plugins, permissions, mcp, claudeCode, claudeDesktop } = policy
  const settings = { organization, telemetry, hooks, plugins, permissions, mcp, claudeCode, claudeDesktop }
  return createHash('sha256').update(canonicalJson(settings)).digest('hex').slice(0, 16)
}
