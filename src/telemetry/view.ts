import type { EndpointPlatform } from '../inventory/platform.js'
import type { LoadedPolicy } from '../policy/load-policy.js'
import type { State } from '../readiness/verdict.js'
import type { IdentityKey } from './identity-keys.js'
import type { TelemetryCounts, TelemetryTables } from './tables.js'

/** One product on an endpoint, as the scan tells it. */
export interface KnownProduct {
  readonly status: 'installed' | 'absent' | 'unknown'
  /** Normal form of the version that decides. */
  readonly version?: string | undefined
  /** When the inventory saw it; milliseconds. */
  readonly asOf?: number | undefined
}

/** What evidence needs to know of an endpoint of the inventory. */
export interface KnownEndpoint {
  readonly id: string
  readonly serial?: string | undefined
  readonly hostname?: string | undefined
  readonly user?: string | undefined
  readonly email?: string | undefined
  readonly department?: string | undefined
  readonly site?: string | undefined
  readonly groups: readonly string[]
  readonly platform: EndpointPlatform
  readonly state: State
  /** Codes of the reasons for the state. */
  readonly reasons: readonly string[]
  readonly lastSeen?: number | undefined
  readonly desktop: KnownProduct
  readonly code: KnownProduct
}

/** How a sender was joined to the inventory. */
export const matchKinds = ['serial', 'attribute', 'email'] as const
export type MatchKind = (typeof matchKinds)[number]

/** Why a sender belongs to no endpoint. The first four are not attributable, the last two are ghosts. */
export const matchProblems = [
  /** Nothing that could name an endpoint. */
  'no-identity',
  /** Only a hash of an address, and no key to compare it with. */
  'hashed',
  /** What names it fits several endpoints. */
  'several-endpoints',
  /** Two things that name it point to different endpoints. */
  'disagreement',
  /** A serial number or other machine attribute that no endpoint of the inventory has. */
  'unknown-machine',
  /** No machine attribute, and an account that no endpoint of the inventory has. */
  'unknown-account',
] as const
export type MatchProblem = (typeof matchProblems)[number]

/** What became of one sender; `endpoint` is an index into the endpoints of the view. */
export type SenderMatch =
  | { readonly kind: MatchKind; readonly endpoint: number; readonly key: string }
  | { readonly kind: 'none'; readonly problem: MatchProblem }

/** Everything that a section of the evidence is worked out from. Pure data: the same view gives the same section. */
export interface EvidenceView {
  readonly tables: TelemetryTables
  readonly counts: TelemetryCounts
  readonly identityKeys: readonly IdentityKey[]
  readonly policy: LoadedPolicy
  /** `fleet.policy` as this policy would set it; undefined where the policy has no section `telemetry`. */
  readonly stamp: string | undefined
  /** The inventory; undefined without a scan. */
  readonly endpoints: readonly KnownEndpoint[] | undefined
  /** One for each sender, in their order; without a scan every sender is `none`, `no-identity`. */
  readonly matches: readonly SenderMatch[]
  /** Milliseconds. Silence is measured against `asOf`; records lie in since <= t < until. */
  readonly asOf: number
  readonly since: number
  readonly until: number
}
