import type { ParsedVersion } from '../gates/version.js'
import type { ProbeReading } from '../health/probe-line.js'
import type { ClaudeProduct } from './claude-product.js'
import type { AppListProblem, Product } from './observation.js'
import type { EndpointPlatform } from './platform.js'

/** Where a fact stands: a file, a record in it (1-based), a column or path, and the text found there. */
export interface Receipt {
  readonly file: string
  readonly record: number
  readonly field: string
  readonly value: string
}

/** One copy of a product on an endpoint. */
export interface Install {
  readonly product: ClaudeProduct
  /** As given. */
  readonly version: string
  readonly parsed: ParsedVersion
  readonly path?: string | undefined
  /** A copy in the bin or in a backup cannot be started and decides nothing. */
  readonly startable: boolean
  readonly notes: readonly string[]
  readonly receipt: Receipt
}

/** The three answers of an app list. Of several copies the oldest that a user can start decides. */
export type ProductStatus =
  | {
      readonly status: 'installed'
      readonly deciding: Install
      readonly copies: readonly Install[]
      /** True when a copy that can be started has a version that cannot be read: nothing may pass then. */
      readonly unreadable: boolean
      /** When the list was taken, in milliseconds since 1970 UTC, where the export says so. */
      readonly asOf?: number | undefined
      /** True when two equally fresh lists gave different answers; the worse one stands. */
      readonly disagreement: boolean
    }
  | {
      readonly status: 'absent'
      readonly receipt: Receipt
      readonly asOf?: number | undefined
      readonly disagreement: boolean
    }
  | { readonly status: 'unknown'; readonly reason: AppListProblem; readonly receipt?: Receipt | undefined }

/** One record that speaks of an endpoint. */
export interface EndpointRecord {
  readonly file: string
  readonly record: number
  readonly product: Product
  readonly deviceId?: string | undefined
  readonly serial?: string | undefined
  readonly lastSeen?: number | undefined
  readonly appsAsOf?: number | undefined
  readonly apps: 'none' | 'complete' | 'partial' | 'unknown'
}

/** What a probe on an endpoint said, as an export hands it on. */
export interface EndpointProbe {
  readonly reading: Exclude<ProbeReading, { readonly kind: 'none' }>
  /** Its value is the line, or what there is of one. */
  readonly receipt: Receipt
  /** When the product took it, in milliseconds since 1970 UTC, where the export says so. */
  readonly asOf?: number | undefined
}

/** The attributes whose origin an endpoint can name. */
export const endpointAttributes = [
  'serial',
  'hostname',
  'platform',
  'osVersion',
  'user',
  'email',
  'department',
  'site',
  'groups',
  'lastSeen',
] as const
export type EndpointAttribute = (typeof endpointAttributes)[number]

/** A managed computer: what all records together say about it. */
export interface Endpoint {
  /** Stable across scans: the serial number, else a product's device id, else the hardware UUID. */
  readonly id: string
  readonly serial?: string | undefined
  readonly hardwareUuid?: string | undefined
  readonly hostname?: string | undefined
  readonly platform: EndpointPlatform
  readonly osVersion?: string | undefined
  readonly user?: string | undefined
  readonly email?: string | undefined
  readonly department?: string | undefined
  readonly site?: string | undefined
  readonly groups: readonly string[]
  /** Last check-in with any product, in milliseconds since 1970 UTC. */
  readonly lastSeen?: number | undefined
  readonly desktop: ProductStatus
  readonly code: ProductStatus
  readonly extensionAttributes: Readonly<Record<string, string>>
  /** The newest probe line that any export has of this endpoint; a cut one only where there is no whole one. */
  readonly probe?: EndpointProbe | undefined
  /** True when more than one product knows it. */
  readonly isAcrossProducts: boolean
  /** True when one product knows it under several device ids, or lists it twice in one file. */
  readonly hasDuplicates: boolean
  /** The records it was joined from, freshest first. */
  readonly records: readonly EndpointRecord[]
  /** Which of `records` an attribute was taken from. */
  origin(attribute: EndpointAttribute): number | undefined
}
