import type { Telemetry } from '../policy/telemetry.js'
import { contentSwitches } from './catalogue/environment-variables.js'
import type { SettingsChannel } from './claude-code-settings.js'
import { attributesFor } from './endpoint-attributes.js'
import { platformOf } from './places.js'
import type { BundlePlan } from './plan.js'
import { encodeResourceAttributes } from './resource-attributes.js'

/**
 * The telemetry variables of Claude Code for one channel. Everything a user could fill in is set: a managed file that
 * leaves a content switch, an exporter or the attributes open lets users set them (observed on client 2.1.197).
 * Variables: https://code.claude.com/docs/en/monitoring-usage (2026-08-22).
 */
export function telemetryEnvironment(plan: BundlePlan, channel: SettingsChannel): Record<string, string> {
  const { telemetry } = plan.loaded.policy
  if (telemetry === undefined) return {}
  const { endpoint, protocol, privacy, traces, metricIntervalSeconds, logIntervalSeconds } = telemetry
  const headers = staticHeaders(plan, telemetry)
  return {
    CLAUDE_CODE_ENABLE_TELEMETRY: '1',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_TRACES_EXPORTER: traces ? 'otlp' : 'none',
    ...(traces && { CLAUDE_CODE_ENHANCED_TELEMETRY_BETA: '1' }),
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint.replace(/\/+$/, ''),
    ...(headers !== undefined && { OTEL_EXPORTER_OTLP_HEADERS: headers }),
    ...authority(telemetry, channel),
    OTEL_METRIC_EXPORT_INTERVAL: String(metricIntervalSeconds * 1000),
    OTEL_LOGS_EXPORT_INTERVAL: String(logIntervalSeconds * 1000),
    ...(traces && { OTEL_TRACES_EXPORT_INTERVAL: String(logIntervalSeconds * 1000) }),
    OTEL_METRICS_INCLUDE_VERSION: 'true',
    ...contentSwitches(privacy),
    OTEL_LOG_MANAGED_SETTINGS: '1',
    OTEL_RESOURCE_ATTRIBUTES: encodeResourceAttributes(attributesFor(plan, channel)),
  }
}

/** Whether headers have to come from the helper: some are secret, and none were resolved. */
export function needsHeadersHelper(plan: BundlePlan): boolean {
  return plan.secrets === undefined && secretHeaders(plan).length > 0
}

/** The headers of the policy whose value is a reference: name and reference. */
export function secretHeaders(plan: BundlePlan): [name: string, reference: string][] {
  return Object.entries(plan.loaded.policy.telemetry?.headers ?? {}).filter(([, value]) => !value.startsWith('plain:'))
}

/** Plain headers as name and value. */
export function plainHeaders(plan: BundlePlan): [name: string, value: string][] {
  return Object.entries(plan.loaded.policy.telemetry?.headers ?? {})
    .filter(([, value]) => value.startsWith('plain:'))
    .map(([name, value]) => [name, value.slice('plain:'.length)])
}

/** All headers with their values, where none is secret or all secrets are resolved; otherwise the plain ones. */
export function knownHeaders(plan: BundlePlan): [name: string, value: string][] {
  const resolved = [...(plan.secrets ?? [])].map(([name, secret]): [string, string] => [name, secret.reveal()])
  return [...plainHeaders(plan), ...resolved]
}

/** `name=value` pairs, sent as they are: observed not to be decoded, so a comma has no place in them. */
function staticHeaders(plan: BundlePlan, { headers }: Telemetry): string | undefined {
  // With a helper the plain ones come from its file as well: whether a client joins the two is not documented.
  if (Object.keys(headers).length === 0 || needsHeadersHelper(plan)) return undefined
  return knownHeaders(plan)
    .map(([name, value]) => `${name}=${value}`)
    .join(',')
}

function authority({ certificateAuthority, protocol }: Telemetry, channel: SettingsChannel): Record<string, string> {
  const platform = platformOf(channel)
  const file = platform && certificateAuthority?.[platform]
  if (file === undefined) return {}
  return protocol === 'grpc' ? { OTEL_EXPORTER_OTLP_CERTIFICATE: file } : { NODE_EXTRA_CA_CERTS: file }
}
