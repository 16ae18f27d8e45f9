import { canonicalJson } from '../platform/canonical-json.js'
import { sha256 } from '../platform/sha256.js'
import type { Policy } from '../policy/policy.js'

/**
 * Sixteen hexadecimal digits over the sections of a policy that shape settings: the value of `fleet.policy` in
 * telemetry. Sections such as `scope` are left out, so that an exclusion that ends does not look like new settings.
 */
export function policyStamp(policy: Policy): string {
  const { organization, telemetry, hooks, plugins, permissions, mcp, claudeCode, claudeDesktop } = policy
  const settings = { organization, telemetry, hooks, plugins, permissions, mcp, claudeCode, claudeDesktop }
  return sha256(canonicalJson(settings)).slice(0, 16)
}
