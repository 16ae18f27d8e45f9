import type { Endpoint, EndpointProbe } from '../inventory/endpoint.js'
import type { Policy } from '../policy/policy.js'
import { type Facts, type ProbePlatform, probePlatforms } from './facts.js'
import { type Health, judgeHealth } from './judge.js'
import { type ProbeTarget, probeTarget } from './probe-target.js'

/** Why a probe line says nothing about its endpoint. */
export const probeProblems = [
  'probe-cut',
  'probe-newer',
  'probe-too-old',
  'probe-in-future',
  'probe-other-platform',
] as const
export type ProbeProblem = (typeof probeProblems)[number]

/** What the probe of an endpoint comes to. */
export type EndpointHealth =
  | {
      readonly kind: 'judged'
      readonly facts: Facts
      readonly health: Health
      readonly receipt: EndpointProbe['receipt']
    }
  | { readonly kind: 'problem'; readonly problem: ProbeProblem; readonly receipt: EndpointProbe['receipt'] }

const day = 86_400_000

/**
 * Judges the probes of many endpoints by a policy, at a time in milliseconds since 1970 UTC. What the policy wants is
 * worked out once a platform.
 */
export function createHealthJudge(policy: Policy, asOf: number): (endpoint: Endpoint) => EndpointHealth | undefined {
  const targets = new Map<ProbePlatform, ProbeTarget>()
  const targetOf = (platform: ProbePlatform) => {
    const known = targets.get(platform)
    if (known !== undefined) return known
    const target = probeTarget(policy, platform)
    targets.set(platform, target)
    return target
  }
  const staleAfter = (policy.probe?.staleAfterDays ?? 7) * day
  return ({ probe, lastSeen, platform }) => {
    if (probe === undefined) return undefined
    const { reading, receipt } = probe
    if (reading.kind !== 'line')
      return { kind: 'problem', problem: reading.kind === 'newer' ? 'probe-newer' : 'probe-cut', receipt }
    const { facts } = reading
    const of = probePlatforms.find((known) => known === platform) ?? facts.platform
    if (of === undefined || (facts.platform !== undefined && facts.platform !== of))
      return { kind: 'problem', problem: 'probe-other-platform', receipt }
    const looked = Date.parse(facts.at)
    // Some products send an old line with every check-in; what it tells is as old as its own time.
    if (lastSeen !== undefined && lastSeen - looked > staleAfter)
      return { kind: 'problem', problem: 'probe-too-old', receipt }
    // Clocks of endpoints are not exact, but a day is more than that.
    if (looked - asOf > day) return { kind: 'problem', problem: 'probe-in-future', receipt }
    return { kind: 'judged', facts, health: judgeHealth(facts, targetOf(of)), receipt }
  }
}
