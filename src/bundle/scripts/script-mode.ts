import type { BundlePlan } from '../plan.js'

/** Rights of a shell script that holds settings: with secrets in it, it is for its owner alone and run by `sh`. */
export function scriptMode(plan: BundlePlan): { readonly mode: 0o600 | 0o755; readonly secret: boolean } {
  const secret = (plan.secrets?.size ?? 0) > 0
  return { mode: secret ? 0o600 : 0o755, secret }
}
