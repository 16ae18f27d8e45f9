import type { Telemetry } from '../policy/telemetry.js'

/**
 * Where a client that speaks no gRPC reports to: the address of the policy, with the port for HTTP (4318) in place of
 * that for gRPC (4317). Ports: https://opentelemetry.io/docs/specs/otlp/ (2026-11-21).
 */
export function httpEndpoint({ endpoint, protocol }: Telemetry): URL {
  const url = new URL(endpoint)
  if (protocol === 'grpc' && url.port === '4317') url.port = '4318'
  return url
}
