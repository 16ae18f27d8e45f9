import type { Policy } from '../policy/policy.js'
import type { EndpointField } from '../policy/telemetry.js'

/** An attribute that may name an endpoint, and what of the endpoint it holds. */
export interface IdentityKey {
  readonly key: string
  readonly field: EndpointField
}

/** Attributes that others than fleet set; `host.name` is OpenTelemetry's (https://opentelemetry.io/docs/specs/semconv/resource/host/, 2026-11-21). */
const common: readonly IdentityKey[] = [
  { key: 'endpoint.serial', field: 'serial' },
  { key: 'host.name', field: 'hostname' },
]

/** What may name an endpoint in the telemetry of this policy, in a fixed order: the policy's attributes, then the common ones. */
export function identityKeys({ telemetry }: Policy): readonly IdentityKey[] {
  const own = Object.entries(telemetry?.endpointAttributes ?? {}).map(([key, field]) => ({ key, field }))
  const named = new Set(own.map(({ key }) => key))
  return [...own, ...common.filter(({ key }) => !named.has(key))]
}
