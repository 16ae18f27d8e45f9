import type { Product } from '../inventory/observation.js'

/** What is done to an endpoint; candidates that need the same share one object. */
export interface Work {
  readonly action: 'install' | 'upgrade' | 'repair'
  readonly product?: string | undefined
  /** The lowest version that passes the required gates. */
  readonly to?: string | undefined
}

/** An endpoint that a wave can make ready. */
export interface Candidate {
  /** As in the scan. */
  readonly id: string
  readonly serial?: string | undefined
  readonly hostname?: string | undefined
  readonly user?: string | undefined
  readonly email?: string | undefined
  readonly platform: string
  /** Empty where there is none; so too site and version. */
  readonly department: string
  readonly site: string
  /** Of Claude Desktop, in normal form where it has one. */
  readonly version: string
  readonly work: readonly Work[]
  /** `pinned` go first, `last` go last; so does whoever has no serial number of its own: `no-identity`. */
  readonly place: 'pinned' | 'automatic' | 'last' | 'no-identity'
  /** Device id by the product whose export gave it. */
  readonly deviceIds: Readonly<Partial<Record<Product, string>>>
}

/** Where an endpoint belongs, as tables count it. */
export type Membership = Pick<Candidate, 'platform' | 'department' | 'site' | 'version'>
