import type { BundlePlan } from '../../src/bundle/plan.js'
import { mdms } from '../../src/policy/delivery.js'
import { Policy } from '../../src/policy/policy.js'

/** A plan for a policy, as `fleet settings build` would make it; warnings are dropped unless `more.warn` takes them. */
export function planOf(policy: Record<string, unknown> = {}, more: Partial<BundlePlan> = {}): BundlePlan {
  const parsed = Policy.parse(policy)
  return {
    loaded: { policy: parsed, digest: `sha256:${'0'.repeat(64)}`, folder: '.' },
    stamp: '0123456789abcdef',
    lowest: {},
    mdms: parsed.delivery?.mdm ?? mdms,
    warn: () => {},
    ...more,
  }
}
