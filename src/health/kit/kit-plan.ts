import type { BundleFile } from '../../bundle/artifact.js'
import { policyStamp } from '../../bundle/stamp.js'
import { mdms as allMdms, type Mdm } from '../../policy/delivery.js'
import type { LoadedPolicy } from '../../policy/load-policy.js'
import { Probe } from '../../policy/probe.js'
import { type ProbePlatform, probePlatforms } from '../facts.js'
import { type ProbeTarget, probeTarget } from '../probe-target.js'
import { mdmsWithJob, platformsOf } from './kit-places.js'

/** One file of a kit. No file of a kit holds a secret. */
export type KitFile = Omit<BundleFile, 'secret'>

/** Everything a kit is made from. */
export interface KitPlan {
  readonly loaded: LoadedPolicy
  readonly stamp: string
  /** In the order of the policy's schema, each once. */
  readonly mdms: readonly Mdm[]
  /** Platforms that these products reach. */
  readonly platforms: readonly ProbePlatform[]
  /** Platforms where a job keeps the line, for products that keep no output of scripts. */
  readonly jobPlatforms: readonly ProbePlatform[]
  readonly target: (platform: ProbePlatform) => ProbeTarget
  /** Days after which a line says nothing any more. */
  readonly staleAfterDays: number
}

/** The plan of a kit for some products; without a list, for those that the policy delivers with. */
export function kitPlan(loaded: LoadedPolicy, only?: readonly Mdm[]): KitPlan {
  const { policy } = loaded
  const wanted: readonly Mdm[] = only ?? policy.delivery?.mdm ?? allMdms
  const mdms = allMdms.filter((mdm) => wanted.includes(mdm))
  const reached = (some: readonly Mdm[]) =>
    probePlatforms.filter((platform) => some.some((mdm) => (platformsOf[mdm] as readonly string[]).includes(platform)))
  return {
    loaded,
    stamp: policyStamp(policy),
    mdms,
    platforms: reached(mdms),
    jobPlatforms: reached(mdms.filter((mdm) => (mdmsWithJob as readonly Mdm[]).includes(mdm))),
    target: (platform) => probeTarget(policy, platform),
    staleAfterDays: (policy.probe ?? Probe.parse({})).staleAfterDays,
  }
}
