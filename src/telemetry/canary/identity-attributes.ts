import { emailAttributes, hashedAttributes } from '../../bundle/collector/identity.js'
import type { BundlePlan } from '../../bundle/plan.js'
import type { Policy } from '../../policy/policy.js'

/** The attributes that the collector of this policy hashes, and which of them hold e-mail addresses. */
export function identityAttributes(policy: Policy): {
  readonly all: readonly string[]
  readonly emails: readonly string[]
} {
  // The collector's modules take a whole plan of a bundle; of it they ask for the policy only.
  const loaded = { policy, digest: '', folder: '.' }
  const plan: BundlePlan = { loaded, stamp: '', lowest: {}, mdms: [], warn: () => {} }
  return { all: hashedAttributes(plan), emails: emailAttributes(plan) }
}
