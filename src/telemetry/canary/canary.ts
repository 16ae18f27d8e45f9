import type { PrivacyTier } from '../../policy/telemetry.js'
import { contentFields } from '../content-fields.js'

/** One token: where it was put, and what must become of it. */
export interface CanaryToken {
  /** Unique; lower-case letters and digits only, so that no encoding of texts changes it. */
  readonly token: string
  /** The whole value that it stands in. */
  readonly value: string
  /** The attribute, or `(log body)`. */
  readonly field: string
  readonly place: 'record' | 'resource'
  readonly signal: 'log' | 'span'
  readonly service: string
  /** '' for a resource. */
  readonly event: string
  /** The carriers that prove that it was on its way to the store: one of them must have arrived. */
  readonly carriers: readonly string[]
}

/** One record of a canary; its carrier is its session id, which nothing on the way may take out. */
export interface CanaryRecord {
  readonly carrier: string
  readonly signal: 'log' | 'span'
  readonly service: string
  readonly event: string
}

/** A canary as it was sent. */
export interface Canary {
  readonly records: readonly CanaryRecord[]
  readonly tokens: readonly CanaryToken[]
  /** SHA-256 of the file that was sent. */
  readonly digest: string
}

/** Bytes of the file at most. */
export const largestCanary = 4 * 1024 * 1024

/** What all tokens begin with. */
export const tokenStart = 'fleetcanary'
export const tokenForm = /fleetcanary[0-9a-f]{32}/
export const carrierForm = /^fleet-canary-[0-9a-f]{24}-\d{4}$/

/** The tier that first allows content in a field; undefined for a field that holds identity. */
export function tierOfField(field: string): Exclude<PrivacyTier, 'metadata'> | undefined {
  const tier = contentFields.find(({ name }) => name === field)?.tier
  return tier === 'identity' ? undefined : tier
}
