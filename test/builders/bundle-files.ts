import type { BundleFile } from '../../src/bundle/artifact.js'
import { companionArtifacts, settingsArtifacts } from '../../src/bundle/artifacts/index.js'
import type { BundlePlan } from '../../src/bundle/plan.js'

/** Every file of a bundle without groups that run-books and README come after. */
export function filesOf(plan: BundlePlan): BundleFile[] {
  return [...settingsArtifacts, ...companionArtifacts].flatMap((artifact) => artifact.files(plan))
}
