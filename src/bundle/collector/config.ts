import { Collector } from '../../policy/delivery.js'
import type { Telemetry } from '../../policy/telemetry.js'
import type { JsonValue } from '../formats/json-text.js'
import type { BundlePlan } from '../plan.js'
import { clientAuthentication } from './client-authentication.js'
import { ConfigText, type ConfigValue, collectorReference, renderConfig } from './config-text.js'
import { identityProcessor } from './identity.js'
import { redactionProcessor } from './redaction.js'
import { requiredAttributesProcessor } from './required-attributes.js'
import { connectors, fileExporters, pipelines } from './routing.js'
import { type Signal, signalsOf } from './signals.js'

/**
 * The core release whose sources the keys were checked against, and the oldest contrib release that reads the
 * configuration: path names in OTTL came with 0.120.0. Of contrib components stored copies of different releases from
 * 0.120 on were read (2026-11-21), not one release as a whole.
 */
export const collectorRelease = { checked: '0.159.0', oldest: '0.120.0' } as const

/** The section `collector`, or its defaults. */
export function collectorOf(plan: BundlePlan): Collector {
  return plan.loaded.policy.collector ?? Collector.parse({})
}

/** The collector's configuration, with every `$` of data doubled. Throws a Failure for a reference it cannot hold. */
export function collectorConfig(plan: BundlePlan, telemetry: Telemetry): JsonValue {
  const collector = collectorOf(plan)
  const signals = signalsOf(telemetry)
  const authentication = clientAuthentication(telemetry)
  const redaction = redactionProcessor(telemetry.privacy, signals)
  const named = {
    'transform/required_attributes': requiredAttributesProcessor(plan, signals),
    ...(redaction !== undefined && { 'transform/redaction': redaction }),
    ...(collector.hashIdentity && { 'transform/identity': identityProcessor(plan, signals) }),
  }
  const processorsFor = (signal: Signal['name']) => [
    'memory_limiter',
    // Metrics carry no content, so redaction has nothing for them.
    ...Object.keys(named).filter((name) => signal !== 'metrics' || name !== 'transform/redaction'),
    'batch',
  ]
  return renderConfig({
    extensions: {
      health_check: { endpoint: 'localhost:13133' },
      ...(authentication !== undefined && { bearertokenauth: authentication.extension }),
    },
    receivers: { otlp: { protocols: protocols(collector, authentication !== undefined) } },
    processors: {
      memory_limiter: { check_interval: '1s', limit_percentage: 75, spike_limit_percentage: 20 },
      ...named,
      batch: { send_batch_size: 5000, send_batch_max_size: 10_000, timeout: '5s' },
    },
    connectors: connectors(signals),
    exporters: {
      ...fileExporters(collector, signals),
      ...(collector.clickhouse && { clickhouse: clickhouse(plan, collector.clickhouse) }),
    },
    service: {
      extensions: ['health_check', ...(authentication === undefined ? [] : ['bearertokenauth'])],
      pipelines: pipelines(
        signals,
        { logs: processorsFor('logs'), metrics: processorsFor('metrics'), traces: processorsFor('traces') },
        collector.clickhouse !== undefined,
      ),
    },
  })
}

/** Keys: https://github.com/open-telemetry/opentelemetry-collector/tree/main/config/configtls (2026-08-21). */
function protocols({ tls }: Collector, hasAuthentication: boolean): ConfigValue {
  // Without TLS only a proxy on the same host may reach the receiver: telemetry and its token would travel in clear text.
  const host = tls === undefined ? 'localhost' : '0.0.0.0'
  const more = {
    ...(hasAuthentication && { auth: { authenticator: 'bearertokenauth' } }),
    ...(tls !== undefined && {
      tls: {
        cert_file: tls.certificate,
        key_file: tls.key,
        ...(tls.clientAuthority !== undefined && { client_ca_file: tls.clientAuthority }),
        min_version: '1.2',
        reload_interval: '1h',
      },
    }),
  }
  return { grpc: { endpoint: `${host}:4317`, ...more }, http: { endpoint: `${host}:4318`, ...more } }
}

/** Keys: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/clickhouseexporter (2026-11-21). */
function clickhouse(plan: BundlePlan, store: NonNullable<Collector['clickhouse']>) {
  const { endpoint, database, username, password, retentionDays } = store
  const file = plan.loaded.file ?? 'fleet.yaml'
  const secret = (reference: string, key: string) =>
    new ConfigText([collectorReference(reference, { file, path: `collector.clickhouse.${key}` })])
  return {
    endpoint,
    database,
    ...(username !== undefined && { username: secret(username, 'username') }),
    ...(password !== undefined && { password: secret(password, 'password') }),
    ...(usesNativeTls(endpoint) && { connection_params: { secure: 'true' } }),
    ttl: `${retentionDays * 24}h`,
    create_schema: true,
  }
}

/** ClickHouse's port for its own protocol over TLS: https://clickhouse.com/docs/guides/sre/network-ports (2026-11-21). */
function usesNativeTls(endpoint: string): boolean {
  return /^(?:tcp|clickhouse):/.test(endpoint) && /:9440(?:\/|$)/.test(endpoint)
}

/** Whether what is stored travels in clear text to another host. */
export function clickhouseInClearText({ clickhouse: store }: Collector): boolean {
  if (store === undefined || store.endpoint.startsWith('https:') || usesNativeTls(store.endpoint)) return false
  return !/^[a-z]+:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?:[:/]|$)/.test(store.endpoint)
}
